"""Panel HAR: a linear forecast of volatility, fitted on all ETFs at once.

    log σ(t, h) = intercept(h) + slopes(h) · x(t)        for each horizon h of TARGET_STEPS

where x holds logs of past volatility at several half-lives, of the ETF and of the market (``linear_features``). This is
the heterogeneous autoregressive model of Corsi (2009), "A Simple Approximate Long-Memory Model of Realized Volatility",
with range volatility in place of realised volatility. The LSTM starts from this forecast and learns what it leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forecasting.errors import NotEnoughHistory
from forecasting.forecast import Forecast
from forecasting.model.band_shapes import Shapes, fit_shapes, shape_origins
from forecasting.model.drift import Rows
from forecasting.model.fan import forecast_last
from forecasting.model.features import Market, linear_features, targets
from forecasting.model.serialization import Arrays
from forecasting.model.volatility import WARM_UP, Volatility
from forecasting.prices.history import Array, Panel
from forecasting.quantiles import HORIZON
from forecasting.universe import Symbol

RIDGE: Final = 0.1
"""Penalty on standardised slopes, as a fraction of the number of rows. The rows overlap and share one market, so many
thousands of them are worth a few hundred."""

RIDGE_ROWS: Final = 1000
"""Rows added in the penalty: a single ETF with a few years of history is held closer to its mean level."""

_ITERATIONS: Final = 30
_DAMPING: Final = 0.5  # far from the solution, a single glitch in the prices makes full steps overshoot
_NEAR: Final = 0.01
_CONVERGED: Final = 1e-9
_LARGEST_EXCESS: Final = np.e**4


@dataclass(frozen=True, eq=False)
class VolatilityRegression:
    """Log volatility at TARGET_STEPS as ``features @ slopes + intercept``; slopes (features, 5), intercept (5,)."""

    slopes: Array
    intercept: Array

    @classmethod
    def fit(cls, features: Array, outcomes: Array, ridge_rows: float = RIDGE_ROWS) -> VolatilityRegression:
        """Ridge regression under QLIKE loss of volatility: mean of s/ŝ − log(s/ŝ) − 1 for realised s and predicted ŝ.

        A gamma regression with log link, by Fisher scoring from the least-squares solution in logs. On volatility, not
        variance, the loss gives turmoil more weight than logs do, and no single crash decides.

        Args:
            features: shape (rows, columns), without NaN.
            outcomes: log realised volatility, shape (rows, 5), without NaN.
            ridge_rows: rows added to the number of rows in the penalty.
        """
        centre, spread = features.mean(axis=0), features.std(axis=0)
        spread = np.where(spread > 1e-9, spread, 1.0)
        scaled = (features - centre) / spread
        rows, columns = scaled.shape
        penalty = RIDGE * rows + ridge_rows
        scoring = np.linalg.inv(scaled.T @ scaled + penalty * np.eye(columns))
        level = outcomes.mean(axis=0)
        slopes = scoring @ (scaled.T @ (outcomes - level))
        for _ in range(_ITERATIONS):
            ratio = np.exp(outcomes - level - scaled @ slopes)
            excess = np.minimum(ratio, _LARGEST_EXCESS) - 1.0
            step = excess.mean(axis=0)
            turn = scoring @ (scaled.T @ (excess - step) - penalty * slopes)
            largest = max(float(np.abs(step).max()), float(np.abs(turn).max()))
            damping = 1.0 if largest < _NEAR else _DAMPING
            level, slopes = level + damping * step, slopes + damping * turn
            if largest < _CONVERGED:
                break
        slopes = slopes / spread[:, None]
        return cls(slopes, level - centre @ slopes)

    def __call__(self, features: Array) -> Array:
        return features @ self.slopes + self.intercept


@dataclass(frozen=True)
class Har:
    """The recipe of the panel HAR.

    Attributes:
        every: which of an ETF's sessions are used: 1 for all, 2 for every second and so on.

    Example:
        >>> from forecasting.model.har import Har
        >>> predictor = Har().fit(panel)
        >>> predictor.predict(Symbol("SPY"), panel).quantiles.shape
        (60, 7)
    """

    name: str = "har"
    every: int = 1

    def fit(self, panel: Panel) -> HarPredictor:
        """Raises NotEnoughHistory if no ETF of the panel is long enough to fit on."""
        market = Market.of(panel)
        states = {symbol: Volatility.of(history) for symbol, history in panel.items()}
        rows = {symbol: linear_features(state, market.at(state)) for symbol, state in states.items()}
        wanted = {symbol: targets(state) for symbol, state in states.items()}
        usable = {symbol: _usable(outcomes, self.every) for symbol, outcomes in wanted.items()}
        if not any(mask.any() for mask in usable.values()):
            longest = max(panel.values(), key=len)
            alone = "a model trained without a longer history of another ETF"
            raise NotEnoughHistory(longest.symbol, len(longest), WARM_UP + HORIZON + 1, alone)
        regression = VolatilityRegression.fit(
            np.concatenate([rows[symbol][usable[symbol]] for symbol in states]),
            np.concatenate([wanted[symbol][usable[symbol]] for symbol in states]),
            RIDGE_ROWS / self.every,
        )
        predicted = {symbol: regression(rows[symbol][shape_origins(state)]) for symbol, state in states.items()}
        return HarPredictor(regression, fit_shapes(states, predicted))


def _usable(wanted: Array, every: int) -> npt.NDArray[np.bool_]:
    """Each ``every``-th row past the averages' warm-up whose every outcome is known, as a mask."""
    rows = np.arange(len(wanted))
    return np.asarray(np.isfinite(wanted).all(axis=1) & (rows >= WARM_UP) & (rows % every == 0))


@dataclass(frozen=True, eq=False)
class HarPredictor:
    """The fitted regression, and the shapes of the bands around it."""

    regression: VolatilityRegression
    shapes: Shapes
    mixture: None = None
    """A baseline is not mixed with another."""

    def predict(self, symbol: Symbol, panel: Panel) -> Forecast:
        return forecast_last(self, symbol, panel)

    def log_sigma_at(self, state: Volatility, market: Array, origins: Rows) -> Array:
        """Predicted log volatility at TARGET_STEPS, shape (origins, 5)."""
        return self.regression(linear_features(state, market)[origins])

    def only(self, symbol: Symbol) -> HarPredictor:
        """The same for one ETF."""
        return HarPredictor(self.regression, self.shapes.only(symbol))

    def arrays(self) -> dict[str, Any]:
        """The arrays for ``from_arrays``."""
        return {"har.slopes": self.regression.slopes, "har.intercept": self.regression.intercept} | self.shapes.arrays()

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> HarPredictor:
        regression = VolatilityRegression(arrays["har.slopes"], arrays["har.intercept"])
        return cls(regression, Shapes.from_arrays(arrays))
