"""The simple forecasts that models are compared with: RandomWalk ("no change"), Drift and Climatology."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from forecasting.errors import NotEnoughHistory
from forecasting.forecast import STEPS, Forecast
from forecasting.model.volatility import (
    FAST_DECAY,
    SESSIONS_PER_YEAR,
    SLOW_DECAY,
    ewma_sigma,
    log_returns,
    reverting_sigma,
)
from forecasting.prices.history import Array, Panel, PriceHistory
from forecasting.quantiles import GAUSSIAN, HORIZON, LEVELS
from forecasting.universe import Symbol

KNOTS: Final = np.array([1, 5, 10, 20, 30, 40, 50, 60])
"""Steps at which the shape of moves is measured. In between it is interpolated."""

MIN_SESSIONS: Final = 60
"""Minimum number of sessions for a forecast."""

PRIOR_SHARPE: Final = 0.35
"""Yearly ratio of mean to volatility of log returns to which an ETF's own is shrunk."""

PRIOR_SHARPE_SPREAD: Final = 0.25
"""Standard deviation of that ratio between ETFs: the smaller it is, the more the prior counts."""

_BANDS_SESSIONS: Final = 1260  # five years
_SHAPE_FROM, _SHAPE_EVERY = 250, 2
_gaussian: Final = np.array(GAUSSIAN)


def fan(last: float | Array, drift: Array, sigma: Array, shape: Array) -> Array:
    """Quantiles of the coming adjusted closes, USD, shape (…, HORIZON, len(LEVELS)).

    Args:
        last: adjusted close at each cut-off, USD, shape (…,).
        drift: expected log return up to each step, shape (…, HORIZON).
        sigma: volatility of the log return up to each step, shape (…, HORIZON).
        shape: standardised quantiles of the moves, shape (HORIZON, len(LEVELS)) or (len(LEVELS),).
    """
    moves = np.exp(drift[..., None] + sigma[..., None] * shape)
    return np.maximum.accumulate(np.asarray(last)[..., None, None] * moves, axis=-1)


def interpolate_knots(at_knots: Array) -> Array:
    """Values at KNOTS, shape (len(KNOTS), columns), to every step, shape (HORIZON, columns)."""
    return np.stack([np.interp(STEPS, KNOTS, column) for column in at_knots.T], axis=1)


def shrunk_sharpe(returns: Array) -> float:
    """Daily ratio of mean to volatility of daily log ``returns``, shape (sessions,), shrunk to PRIOR_SHARPE.

    The longer the history, the more its own ratio counts.
    """
    weight = PRIOR_SHARPE_SPREAD**2 / (PRIOR_SHARPE_SPREAD**2 + SESSIONS_PER_YEAR / len(returns))
    yearly = weight * _sharpe(returns) * np.sqrt(SESSIONS_PER_YEAR) + (1.0 - weight) * PRIOR_SHARPE
    return float(yearly / np.sqrt(SESSIONS_PER_YEAR))


def _sharpe(returns: Array) -> float:
    sigma = float(returns.std())
    return float(returns.mean()) / sigma if sigma > 0.0 else 0.0


def require_history(history: PriceHistory) -> None:
    """Raises NotEnoughHistory if ``history`` has fewer than MIN_SESSIONS sessions."""
    if len(history) < MIN_SESSIONS:
        raise NotEnoughHistory(history.symbol, len(history), MIN_SESSIONS)


@dataclass(frozen=True)
class RandomWalk:
    """The price stays where it is; Gaussian bands from the volatility of the last five years' daily returns."""

    name: str = "random_walk"

    def fit(self, panel: Panel) -> RandomWalk:  # noqa: ARG002  # nothing to fit
        return self

    def predict(self, symbol: Symbol, panel: Panel) -> Forecast:
        history = panel[symbol]
        require_history(history)
        sigma = log_returns(history.adjusted)[1:][-_BANDS_SESSIONS:].std()
        return _forecast(history, np.zeros(HORIZON), sigma * np.sqrt(STEPS), _gaussian)


@dataclass(frozen=True)
class Drift:
    """The price moves on by the mean daily log return of all history; Gaussian bands from the EWMA volatility."""

    name: str = "drift"

    def fit(self, panel: Panel) -> Drift:  # noqa: ARG002  # nothing to fit
        return self

    def predict(self, symbol: Symbol, panel: Panel) -> Forecast:
        history = panel[symbol]
        require_history(history)
        returns = log_returns(history.adjusted)
        fast = ewma_sigma(returns, FAST_DECAY)[-1]
        return _forecast(history, returns[1:].mean() * STEPS, fast * np.sqrt(STEPS), _gaussian)


@dataclass(frozen=True)
class Climatology:
    """Past moves repeat: a shrunk drift, volatility that reverts to its long-run level, the ETF's own band shape."""

    name: str = "climatology"

    def fit(self, panel: Panel) -> ClimatologyPredictor:
        return ClimatologyPredictor({symbol: climatology_shape(history) for symbol, history in panel.items()})


@dataclass(frozen=True, eq=False)
class ClimatologyPredictor:
    """Holds each ETF's shape, (HORIZON, len(LEVELS)); an ETF that it was not fitted on gets the Gaussian."""

    shapes: Mapping[Symbol, Array]

    def predict(self, symbol: Symbol, panel: Panel) -> Forecast:
        history = panel[symbol]
        require_history(history)
        returns = log_returns(history.adjusted)
        fast, slow = ewma_sigma(returns, FAST_DECAY)[-1], ewma_sigma(returns, SLOW_DECAY)[-1]
        drift = shrunk_sharpe(returns[1:]) * returns[1:].std() * STEPS
        sigma = reverting_sigma(fast, slow, STEPS) * np.sqrt(STEPS)
        return _forecast(history, drift, sigma, self.shapes.get(symbol, _gaussian))


def climatology_shape(history: PriceHistory) -> Array:
    """``shape_at_knots`` interpolated to every step, shape (HORIZON, len(LEVELS))."""
    return interpolate_knots(shape_at_knots(history))


def shape_at_knots(history: PriceHistory) -> Array:
    """Standardised quantiles of the ETF's own moves, shrunk to the Gaussian, shape (len(KNOTS), len(LEVELS))."""
    sessions = len(history)
    origins = np.arange(_SHAPE_FROM, sessions - HORIZON, _SHAPE_EVERY)
    if not len(origins):
        return np.tile(_gaussian, (len(KNOTS), 1))
    returns, log_close = log_returns(history.adjusted), np.log(history.adjusted)
    fast, slow = ewma_sigma(returns, FAST_DECAY)[origins], ewma_sigma(returns, SLOW_DECAY)[origins]
    rows = []
    for knot in KNOTS:
        sigma = reverting_sigma(fast, slow, float(knot)) * np.sqrt(knot)
        moves = (log_close[origins + knot] - log_close[origins]) / np.where(sigma > 0.0, sigma, 1.0)
        rows.append(np.quantile(moves - moves.mean(), LEVELS))
    own = min(1.0, sessions / SESSIONS_PER_YEAR / 15) * 0.8
    return own * np.array(rows) + (1.0 - own) * _gaussian


def _forecast(history: PriceHistory, drift: Array, sigma: Array, shape: Array) -> Forecast:
    last = float(history.adjusted[-1])
    return Forecast(history.symbol, history.last_session, last, fan(last, drift, sigma, shape))
