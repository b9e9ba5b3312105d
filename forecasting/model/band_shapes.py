"""Band shapes: the distribution of past moves divided by predicted volatility, pooled over ETFs and for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from forecasting.model.baselines import KNOTS
from forecasting.model.drift import Rows
from forecasting.model.features import to_steps
from forecasting.model.serialization import Arrays
from forecasting.model.steps import smooth_weights
from forecasting.model.volatility import SESSIONS_PER_YEAR, WARM_UP, Volatility
from forecasting.prices.history import Array
from forecasting.quantiles import GAUSSIAN, HORIZON, LEVELS
from forecasting.universe import Symbol

SHAPE_EVERY: Final = 4
"""Sessions between the past origins whose moves are measured."""

FULL_SHAPE_YEARS: Final = 15
"""Years of history at which an ETF's own shape has its full weight of one half."""

PRIOR_ETF_YEARS: Final = 10.0
"""Years of history, summed over ETFs, at which the pooled shape is half measured and half Gaussian."""

REVERSION: Final = 0.2
"""Fraction of a predicted volatility's log distance from the long run that is removed. Out of sample, calm ETFs moved
more than predicted and turbulent ones less in both periods examined. It is a prior: two periods cannot measure a
slope."""

_LARGEST_STRESS: Final = 1.5
_LARGEST_DISTANCE: Final = 1.5
_LARGEST_SLOPE: Final = 0.5
_ITERATIONS: Final = 30
_CONVERGED: Final = 1e-9
_gaussian: Final = np.array(GAUSSIAN)
FROM_KNOTS: Final = smooth_weights(KNOTS)
"""Weights that turn values at KNOTS into values at every step."""


def stress(state: Volatility, origins: Rows) -> Array:
    """Log of fast over slow volatility at each origin, shape (origins,): above 0 in turmoil, below in calm."""
    return np.log(np.maximum(state.fast[origins], 1e-6) / np.maximum(state.slow[origins], 1e-6))


def distance(state: Volatility, origins: Rows, log_sigma: Array) -> Array:
    """Log of the volatility predicted for the longest horizon over that of all history, shape (origins,)."""
    return np.asarray(log_sigma[:, -1] - state.log_long_run[origins])


@dataclass(frozen=True, eq=False)
class Shapes:
    """What turns predicted volatility into bands.

    A 60-session move does not follow from daily volatility alone: daily moves add up in calm markets and cancel each
    other in turmoil. So volatility is first scaled by ``exp(slopes × (stress − centre) − REVERSION × (distance −
    usual_distance))``.

    Attributes:
        centre, slopes: of that scaling; ``slopes`` at KNOTS, shape (len(KNOTS),).
        usual_distance: mean of ``distance`` over past origins.
        pooled: standardised quantiles of all ETFs' moves at KNOTS, shrunk to the Gaussian if there are few, shape
            (len(KNOTS), len(LEVELS)).
        own: the same for each ETF.
        weight: of ``own`` against ``pooled``, at most one half.
    """

    centre: float
    slopes: Array
    usual_distance: float
    pooled: Array
    own: Mapping[Symbol, Array]
    weight: Mapping[Symbol, float]

    def of(self, symbol: Symbol) -> Array:
        """The shape for ``symbol`` at every step, (HORIZON, len(LEVELS)): up to one half its own, the rest pooled."""
        weight = self.weight.get(symbol, 0.0)
        return FROM_KNOTS @ (weight * self.own.get(symbol, self.pooled) + (1.0 - weight) * self.pooled)

    def scale(self, state: Volatility, origins: Rows, log_sigma: Array) -> Array:
        """Factor on predicted volatility at every step, shape (origins, HORIZON).

        Args:
            log_sigma: predicted log volatility at TARGET_STEPS, shape (origins, 5).
        """
        tension = _centred(stress(state, origins), self.centre, _LARGEST_STRESS)[:, None] * (FROM_KNOTS @ self.slopes)
        return np.exp(tension - REVERSION * self._far(distance(state, origins, log_sigma))[:, None])

    def _far(self, distances: Array) -> Array:
        return _centred(distances, self.usual_distance, _LARGEST_DISTANCE)

    def only(self, symbol: Symbol) -> Shapes:
        """The same for one ETF."""
        own = {s: shape for s, shape in self.own.items() if s == symbol}
        return replace(self, own=own, weight={s: self.weight[s] for s in own})

    def arrays(self) -> dict[str, Any]:
        """The arrays for ``from_arrays``."""
        arrays = {
            "shape.centre": np.array([self.centre]),
            "shape.slopes": self.slopes,
            "shape.usual_distance": np.array([self.usual_distance]),
            "shape.pooled": self.pooled,
        }
        for symbol, own in self.own.items():
            arrays[f"shape.own.{symbol}"] = own
            arrays[f"shape.weight.{symbol}"] = np.array([self.weight[symbol]])
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Shapes:
        symbols = [Symbol(n.removeprefix("shape.own.")) for n in arrays if n.startswith("shape.own.")]
        return cls(
            centre=float(arrays["shape.centre"][0]),
            slopes=arrays["shape.slopes"],
            usual_distance=float(arrays["shape.usual_distance"][0]),
            pooled=arrays["shape.pooled"],
            own={symbol: arrays[f"shape.own.{symbol}"] for symbol in symbols},
            weight={symbol: float(arrays[f"shape.weight.{symbol}"][0]) for symbol in symbols},
        )


NO_SHAPES: Final = Shapes(0.0, np.zeros(len(KNOTS)), 0.0, np.tile(_gaussian, (len(KNOTS), 1)), {}, {})
"""Gaussian bands of the predicted volatility."""


def shape_origins(state: Volatility) -> Rows:
    """Past sessions whose moves give a shape: averages warmed up, all outcomes known."""
    return np.arange(WARM_UP, len(state.returns) - HORIZON, SHAPE_EVERY)


def fit_shapes(
    states: Mapping[Symbol, Volatility], origins_of: Mapping[Symbol, Rows], log_sigma: Mapping[Symbol, Array]
) -> Shapes:
    """Shapes of past moves over predicted volatility.

    An ETF with fewer than two horizons of origins has no shape of its own; without any ETF the shape is Gaussian.

    Args:
        origins_of: of each ETF, from ``shape_origins``.
        log_sigma: log volatility predicted there, shape (origins, 5).
    """
    moves: dict[Symbol, Array] = {}
    stresses: dict[Symbol, Array] = {}
    distances: dict[Symbol, Array] = {}
    for symbol, state in states.items():
        origins = origins_of[symbol]
        if len(origins) * SHAPE_EVERY < 2 * HORIZON:
            continue
        sigma = to_steps(log_sigma[symbol])[:, KNOTS - 1]
        standardised = (state.log_close[origins[:, None] + KNOTS] - state.log_close[origins][:, None]) / sigma
        moves[symbol] = standardised - standardised.mean(axis=0)
        stresses[symbol] = stress(state, origins)
        distances[symbol] = distance(state, origins, log_sigma[symbol])
    if not moves:
        return NO_SHAPES
    centre, usual = (float(_joined(values).mean()) for values in (stresses, distances))
    tension = {symbol: _centred(values, centre, _LARGEST_STRESS)[:, None] for symbol, values in stresses.items()}
    slopes = _scale_slopes(_joined(moves), _joined(tension))
    far = {symbol: _centred(values, usual, _LARGEST_DISTANCE)[:, None] for symbol, values in distances.items()}
    scaled = {s: values / np.exp(tension[s] * slopes - REVERSION * far[s]) for s, values in moves.items()}
    years = {symbol: len(states[symbol].returns) / SESSIONS_PER_YEAR for symbol in moves}
    known = sum(years.values()) / (sum(years.values()) + PRIOR_ETF_YEARS)
    return Shapes(
        centre=centre,
        slopes=slopes,
        usual_distance=usual,
        pooled=known * _quantiles(_joined(scaled)) + (1.0 - known) * _gaussian,
        own={symbol: _quantiles(values) for symbol, values in scaled.items()},
        weight={symbol: 0.5 * min(1.0, years[symbol] / FULL_SHAPE_YEARS) for symbol in scaled},
    )


def _joined(parts: Mapping[Symbol, Array]) -> Array:
    return np.concatenate(list(parts.values()))


def _centred(values: Array, centre: float, largest: float) -> Array:
    return np.clip(values - centre, -largest, largest)


def _quantiles(moves: Array) -> Array:
    return np.asarray(np.quantile(moves, LEVELS, axis=0).T)


def _scale_slopes(moves: Array, tension: Array) -> Array:
    """Slopes of log E|move| on tension at each knot, shape (len(KNOTS),), by Fisher scoring of a log-linear mean.

    Args:
        moves: shape (rows, len(KNOTS)).
        tension: shape (rows, 1).
    """
    size = np.abs(moves)
    level, slopes = np.log(size.mean(axis=0)), np.zeros(moves.shape[1])
    centred = tension - tension.mean()
    variance = max(float((centred**2).mean()), 1e-6)
    for _ in range(_ITERATIONS):
        excess = size / np.exp(level + centred * slopes) - 1.0
        level = level + excess.mean(axis=0)
        former = slopes
        slopes = np.clip(slopes + (excess * centred).mean(axis=0) / variance, -_LARGEST_SLOPE, _LARGEST_SLOPE)
        if float(np.abs(slopes - former).max()) < _CONVERGED:
            break
    return slopes
