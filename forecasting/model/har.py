"""Panel HAR: a linear forecast of volatility, fitted on all ETFs at once.

    log σ(t, h) = intercept(h) + slopes(h) · x(t)        for each horizon h of TARGET_STEPS

where x holds logs of past volatility at several half-lives, of the ETF and of the market (``linear_features``), and in
a second regression also what the VIX says (``vix_inputs``). This is
the heterogeneous autoregressive model of Corsi (2009), "A Simple Approximate Long-Memory Model of Realized Volatility",
with range volatility in place of realised volatility. The LSTM starts from this forecast and learns what it leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import numpy as np

from forecasting.errors import NotEnoughHistory
from forecasting.forecast import Forecast
from forecasting.model.band_shapes import NO_SHAPES, Shapes, fit_shapes, shape_origins
from forecasting.model.drift import Rows
from forecasting.model.fan import VolatilityModel, forecast_last, forecasts_of_days
from forecasting.model.features import linear_features, targets
from forecasting.model.market import Market, MarketView
from forecasting.model.serialization import Arrays, with_prefix, without_prefix
from forecasting.model.volatility import WARM_UP, Volatility
from forecasting.prices.history import Array, Mask, Panel
from forecasting.quantiles import HORIZON
from forecasting.universe import Symbol

RIDGE: Final = 0.1
"""Penalty on standardised slopes, as a fraction of the number of rows. The rows overlap and share one market, so many
thousands of them are worth a few hundred."""

RIDGE_ROWS: Final = 1000
"""Rows added in the penalty: a single ETF with a few years of history is held closer to its mean level."""

MIN_VIX_ROWS: Final = 0.5
"""Fraction of the rows whose VIX must be known for a regression on it."""

VIX_PREFIX: Final = "vix."
"""How the names of arrays begin that belong to the model with the VIX."""

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
        # Not a matrix product, whose last bits depend on the number of rows.
        return np.asarray(np.einsum("ij,jk->ik", features, self.slopes) + self.intercept)


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
        views = {symbol: market.at(state) for symbol, state in states.items()}
        plain = {symbol: linear_features(state, views[symbol].log_range) for symbol, state in states.items()}
        informed = {symbol: np.concatenate([rows, views[symbol].vix], axis=1) for symbol, rows in plain.items()}
        wanted = {symbol: targets(state) for symbol, state in states.items()}
        known = self._rows(plain, wanted)
        if not known:
            longest = max(panel.values(), key=len)
            alone = "a model trained without a longer history of another ETF"
            raise NotEnoughHistory(longest.symbol, len(longest), WARM_UP + HORIZON + 1, alone)
        with_vix = None
        if self._rows(informed, wanted) >= MIN_VIX_ROWS * known:
            with_vix = self._fit(states, views, informed, wanted)
        return HarPredictor(self._fit(states, views, plain, wanted), with_vix)

    def _rows(self, features: Mapping[Symbol, Array], wanted: Mapping[Symbol, Array]) -> int:
        return sum(int(self._usable(features[symbol], wanted[symbol]).sum()) for symbol in features)

    def _usable(self, features: Array, wanted: Array) -> Mask:
        """Each ``every``-th row past the averages' warm-up with all inputs and outcomes known, as a mask."""
        rows = np.arange(len(wanted))
        known = np.isfinite(features).all(axis=1) & np.isfinite(wanted).all(axis=1)
        return np.asarray(known & (rows >= WARM_UP) & (rows % self.every == 0))

    def _fit(
        self,
        states: Mapping[Symbol, Volatility],
        views: Mapping[Symbol, MarketView],
        features: Mapping[Symbol, Array],
        wanted: Mapping[Symbol, Array],
    ) -> HarModel:
        usable = {symbol: self._usable(rows, wanted[symbol]) for symbol, rows in features.items()}
        regression = VolatilityRegression.fit(
            np.concatenate([rows[usable[symbol]] for symbol, rows in features.items()]),
            np.concatenate([wanted[symbol][usable[symbol]] for symbol in features]),
            RIDGE_ROWS / self.every,
        )
        return HarModel(regression, shapes_of(HarModel(regression, NO_SHAPES), states, views))


def shapes_of(
    model: VolatilityModel, states: Mapping[Symbol, Volatility], views: Mapping[Symbol, MarketView]
) -> Shapes:
    """The shapes of past moves around a model's predictions, at origins whose inputs the model has."""
    origins = {symbol: shape_origins(state) for symbol, state in states.items()}
    predicted = {symbol: model.log_sigma_at(state, views[symbol], origins[symbol]) for symbol, state in states.items()}
    known = {symbol: np.isfinite(rows).all(axis=1) for symbol, rows in predicted.items()}
    return fit_shapes(
        states,
        {symbol: rows[known[symbol]] for symbol, rows in origins.items()},
        {symbol: rows[known[symbol]] for symbol, rows in predicted.items()},
    )


@dataclass(frozen=True, eq=False)
class HarModel:
    """A fitted regression and the shapes of the bands around it. Its inputs are those that its slopes are for."""

    regression: VolatilityRegression
    shapes: Shapes
    mixture: None = None
    """A baseline is not mixed with another."""

    def log_sigma_at(self, state: Volatility, view: MarketView, origins: Rows) -> Array:
        """Predicted log volatility at TARGET_STEPS, shape (origins, 5); NaN where the regression's VIX is unknown."""
        features = linear_features(state, view.log_range)[origins]
        if len(self.regression.slopes) > features.shape[1]:
            features = np.concatenate([features, view.vix[origins]], axis=1)
        return self.regression(features)

    def only(self, symbol: Symbol) -> HarModel:
        """The same for one ETF."""
        return replace(self, shapes=self.shapes.only(symbol))

    def arrays(self) -> dict[str, Any]:
        return {"har.slopes": self.regression.slopes, "har.intercept": self.regression.intercept} | self.shapes.arrays()

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> HarModel:
        regression = VolatilityRegression(arrays["har.slopes"], arrays["har.intercept"])
        return cls(regression, Shapes.from_arrays(arrays))


@dataclass(frozen=True, eq=False)
class HarPredictor:
    """The regression on past prices alone, and the one on past prices and the VIX (None if too few VIX are known)."""

    plain: HarModel
    with_vix: HarModel | None = None

    def predict(self, symbol: Symbol, panel: Panel) -> Forecast:
        return forecast_last(self, symbol, panel)

    def predict_at(self, symbol: Symbol, panel: Panel, cutoffs: Sequence[date]) -> Array:
        """As ``ManyAtOnce.predict_at``."""
        return forecasts_of_days(self, symbol, panel, cutoffs)

    def only(self, symbol: Symbol) -> HarPredictor:
        """The same for one ETF."""
        return HarPredictor(self.plain.only(symbol), self.with_vix and self.with_vix.only(symbol))

    def arrays(self) -> dict[str, Any]:
        """The arrays for ``from_arrays``."""
        return self.plain.arrays() | (with_prefix(VIX_PREFIX, self.with_vix.arrays()) if self.with_vix else {})

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> HarPredictor:
        informed = without_prefix(VIX_PREFIX, arrays)
        return cls(HarModel.from_arrays(arrays), HarModel.from_arrays(informed) if "har.slopes" in informed else None)
