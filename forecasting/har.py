"""Panel HAR: a linear forecast of volatility, fitted on all ETFs at once, and the bands that follow from it.

Corsi (2009), "A Simple Approximate Long-Memory Model of Realized Volatility": log volatility over the coming sessions
is regressed on logs of past volatility at several half-lives, here range volatility, with the market's beside the
ETF's own. The LSTM starts from this forecast and learns what it leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from forecasting.bundles import Arrays
from forecasting.errors import NotEnoughHistory
from forecasting.forecasters import KNOTS, STEPS, Forecast, fan, interpolate_knots, require_history, shrunk_sharpe
from forecasting.prices.history import Array, Panel
from forecasting.quantiles import GAUSSIAN, HORIZON, LEVELS
from forecasting.universe import Symbol
from forecasting.volatility import SESSIONS_PER_YEAR, WARM_UP, Volatility
from forecasting.windows import Market, linear_features, targets, to_steps

Rows = npt.NDArray[np.int64]
"""Indices of sessions in a history."""

RIDGE: Final = 0.001
"""Penalty on standardised coefficients, as a share of the number of rows."""

_FULL_SHAPE_YEARS: Final = 15
"""Years of history at which an ETF's own shape has its full weight of one half."""


@dataclass(frozen=True, eq=False)
class VolatilityRegression:
    """Ridge regression of log volatility at TARGET_STEPS: ``features @ slopes + intercept``."""

    slopes: Array
    intercept: Array

    @classmethod
    def fit(cls, features: Array, outcomes: Array) -> VolatilityRegression:
        """Features of shape (rows, columns), outcomes of shape (rows, 5), both without NaN."""
        centre, spread = features.mean(axis=0), features.std(axis=0)
        spread = np.where(spread > 1e-9, spread, 1.0)
        scaled = (features - centre) / spread
        penalty = RIDGE * len(scaled) * np.eye(scaled.shape[1])
        level = outcomes.mean(axis=0)
        slopes = np.linalg.solve(scaled.T @ scaled + penalty, scaled.T @ (outcomes - level)) / spread[:, None]
        return cls(slopes, level - centre @ slopes)

    def __call__(self, features: Array) -> Array:
        return features @ self.slopes + self.intercept


@dataclass(frozen=True, eq=False)
class Shapes:
    """Standardised quantiles of past moves at KNOTS, shape (len(KNOTS), len(LEVELS)): pooled, and each ETF's own."""

    pooled: Array
    own: Mapping[Symbol, Array]
    weight: Mapping[Symbol, float]

    def of(self, symbol: Symbol) -> Array:
        """The shape for ``symbol`` at every step, (HORIZON, len(LEVELS)): up to half its own, the rest pooled."""
        weight = self.weight.get(symbol, 0.0)
        return interpolate_knots(weight * self.own.get(symbol, self.pooled) + (1.0 - weight) * self.pooled)


@dataclass(frozen=True)
class Har:
    """The recipe of the panel HAR."""

    name: str = "har"

    def fit(self, panel: Panel) -> HarPredictor:
        """Raises NotEnoughHistory where no ETF of the panel is long enough to learn from."""
        market = Market.of(panel)
        states = {symbol: Volatility.of(history) for symbol, history in panel.items()}
        rows = {symbol: linear_features(state, market.at(state)) for symbol, state in states.items()}
        wanted = {symbol: targets(state) for symbol, state in states.items()}
        usable = {symbol: _usable(wanted[symbol]) for symbol in states}
        if not any(mask.any() for mask in usable.values()):
            longest = max(panel.values(), key=len)
            raise NotEnoughHistory(longest.symbol, len(longest), WARM_UP + HORIZON + 1)
        regression = VolatilityRegression.fit(
            np.concatenate([rows[symbol][usable[symbol]] for symbol in states]),
            np.concatenate([wanted[symbol][usable[symbol]] for symbol in states]),
        )
        predicted = {symbol: regression(rows[symbol]) for symbol in states}
        return HarPredictor(regression, fit_shapes(states, predicted))


def _usable(wanted: Array) -> npt.NDArray[np.bool_]:
    """Rows past the averages' warm-up whose every outcome is known, as a mask."""
    warm = np.arange(len(wanted)) >= WARM_UP
    return np.asarray(np.isfinite(wanted).all(axis=1) & warm)


def fit_shapes(states: Mapping[Symbol, Volatility], predicted: Mapping[Symbol, Array]) -> Shapes:
    """Quantiles of past moves over the predicted volatility (log, at TARGET_STEPS), per ETF and pooled."""
    own, weight, pool = {}, {}, []
    for symbol, state in states.items():
        origins = np.arange(WARM_UP, len(state.returns) - HORIZON, 2)
        if len(origins) < HORIZON:
            continue
        sigma = to_steps(predicted[symbol][origins])[:, KNOTS - 1]
        moves = (state.log_close[origins[:, None] + KNOTS] - state.log_close[origins][:, None]) / sigma
        moves = moves - moves.mean(axis=0)
        pool.append(moves)
        own[symbol] = np.quantile(moves, LEVELS, axis=0).T
        weight[symbol] = 0.5 * min(1.0, len(state.returns) / SESSIONS_PER_YEAR / _FULL_SHAPE_YEARS)
    gaussian = np.tile(np.array(GAUSSIAN), (len(KNOTS), 1))
    pooled = np.quantile(np.concatenate(pool), LEVELS, axis=0).T if pool else gaussian
    return Shapes(pooled, own, weight)


class VolatilityPredictor(Protocol):
    """A predictor whose fan follows from a predicted volatility and a shape."""

    def log_sigma_at(self, state: Volatility, market: Array, origins: Rows) -> Array: ...

    def shape_of(self, symbol: Symbol) -> Array: ...


def forecast_last(predictor: VolatilityPredictor, symbol: Symbol, panel: Panel) -> Forecast:
    """The forecast from the end of ``panel``. Raises NotEnoughHistory."""
    history = panel[symbol]
    require_history(history)
    quantiles = forecasts_at(predictor, symbol, panel, np.array([len(history) - 1]))[0]
    return Forecast(symbol, history.last_session, float(history.adjusted[-1]), quantiles)


def forecasts_at(predictor: VolatilityPredictor, symbol: Symbol, panel: Panel, origins: Rows) -> Array:
    """Forecasts at several cut-offs in one pass, shape (origins, HORIZON, len(LEVELS)), adjusted USD.

    All that goes into a forecast is prefix-stable, so each is the one that the panel cut at its cut-off gives.
    """
    state = Volatility.of(panel[symbol])
    market = Market.of(panel).at(state)
    log_sigma = predictor.log_sigma_at(state, market, origins)
    return fans_at(state, origins, log_sigma, predictor.shape_of(symbol))


@dataclass(frozen=True, eq=False)
class HarPredictor:
    """The fitted regression and shapes."""

    regression: VolatilityRegression
    shapes: Shapes

    def predict(self, symbol: Symbol, panel: Panel) -> Forecast:
        return forecast_last(self, symbol, panel)

    def log_sigma_at(self, state: Volatility, market: Array, origins: Rows) -> Array:
        """Predicted log volatility at TARGET_STEPS, shape (origins, 5)."""
        return self.regression(linear_features(state, market)[origins])

    def shape_of(self, symbol: Symbol) -> Array:
        return self.shapes.of(symbol)

    def only(self, symbol: Symbol) -> HarPredictor:
        """The same without the shapes of other ETFs."""
        own = {s: shape for s, shape in self.shapes.own.items() if s == symbol}
        weight = {s: w for s, w in self.shapes.weight.items() if s == symbol}
        return HarPredictor(self.regression, Shapes(self.shapes.pooled, own, weight))

    def arrays(self) -> dict[str, Array]:
        """What ``from_arrays`` rebuilds this from."""
        arrays = {
            "har.slopes": self.regression.slopes,
            "har.intercept": self.regression.intercept,
            "shape.pooled": self.shapes.pooled,
        }
        for symbol, own in self.shapes.own.items():
            arrays[f"shape.own.{symbol}"] = own
            arrays[f"shape.weight.{symbol}"] = np.array([self.shapes.weight[symbol]])
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> HarPredictor:
        symbols = [Symbol(n.removeprefix("shape.own.")) for n in arrays if n.startswith("shape.own.")]
        shapes = Shapes(
            pooled=arrays["shape.pooled"],
            own={symbol: arrays[f"shape.own.{symbol}"] for symbol in symbols},
            weight={symbol: float(arrays[f"shape.weight.{symbol}"][0]) for symbol in symbols},
        )
        return cls(VolatilityRegression(arrays["har.slopes"], arrays["har.intercept"]), shapes)


def fans_at(state: Volatility, origins: Rows, log_sigma: Array, shape: Array) -> Array:
    """Quantiles of the 60 closes after each origin, adjusted USD, shape (origins, HORIZON, len(LEVELS)).

    The drift is the shrunk Sharpe ratio of the history up to the origin times the predicted volatility: calm markets
    drift less in price, not per risk.

    Args:
        origins: indices of cut-offs in the history.
        log_sigma: predicted log volatility at TARGET_STEPS, shape (origins, 5).
        shape: standardised quantiles, shape (HORIZON, len(LEVELS)).
    """
    sigma = to_steps(log_sigma)
    fans = []
    for row, origin in enumerate(origins):
        drift = shrunk_sharpe(state.returns[1 : origin + 1]) * sigma[row] * np.sqrt(STEPS)
        fans.append(fan(float(np.exp(state.log_close[origin])), drift, sigma[row], shape))
    return np.stack(fans)
