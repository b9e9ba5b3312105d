"""Volatility as known at each session: from closes and from the daily range, fast, slow and long-run.

Everything here is causal and prefix-stable: a value depends only on its session and earlier ones, so a history cut at a
session gives the same values up to it, to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from forecasting.prices.history import Array, PriceHistory
from forecasting.quantiles import SESSIONS_PER_YEAR as SESSIONS_PER_YEAR
from forecasting.sessions import closes_before_new_york, exchange_of

FAST_DECAY: Final = 0.94
"""RiskMetrics' daily decay (J.P. Morgan, 1996): the EWMA that follows the market."""

SLOW_DECAY: Final = 0.995
"""An EWMA with a half-life of 138 sessions: the level that volatility returns to."""

REVERSION_SESSIONS: Final = 30.0
"""Time constant with which the fast variance decays to the slow one; as the public benchmark has it."""

RANGE_HALF_LIVES: Final = (3, 10, 30, 120, 500)
"""Sessions; half-lives of the averages of range variance, from a week's news to two years."""

DOWNSIDE_HALF_LIFE: Final = 20
"""Sessions; half-life of the average square of falls, which raise volatility more than rises do (leverage effect)."""

WARM_UP: Final = 60
"""Sessions whose plain variance starts every average."""

_FLOOR: Final = 1e-10
"""Daily variance below which a price counts as not moving (0.001% a day); keeps logs finite."""


def log_returns(close: Array) -> Array:
    """Daily log returns, shape as ``close``; the first session's is 0."""
    log = np.log(close)
    return np.diff(log, prepend=log[0])


def half_life_decay(sessions: float) -> float:
    """The decay per session that halves a weight in ``sessions``."""
    return float(0.5 ** (1.0 / sessions))


def ewma_variance(squares: Array, decay: float) -> Array:
    """Exponentially weighted mean of ``squares``, same shape, started with the plain mean of the first WARM_UP."""
    return _smooth(squares, decay, float(np.mean(squares[:WARM_UP])))


def ewma_sigma(returns: Array, decay: float) -> Array:
    """EWMA volatility of log returns per session (RiskMetrics, J.P. Morgan 1996), shape (sessions,).

    ``σ²(t) = decay × σ²(t−1) + (1 − decay) × r²(t)``, started with the variance of the first WARM_UP returns.
    """
    return np.sqrt(_smooth(returns**2, decay, float(np.var(returns[:WARM_UP]))))


def _smooth(values: Array, decay: float, start: float) -> Array:
    padded = pd.Series(np.concatenate([[start], values]))
    return padded.ewm(alpha=1.0 - decay, adjust=False).mean().to_numpy(dtype=np.float64)[1:]


def reverting_sigma(fast: Array | float, slow: Array | float, steps: Array | float) -> Array:
    """Daily volatility averaged over the coming ``steps`` sessions if fast variance decays to slow; broadcasts.

    ``√(slow² + (fast² − slow²) × (1 − e^(−steps/T)) × T/steps)`` with T of REVERSION_SESSIONS.
    """
    reach = REVERSION_SESSIONS / steps * (1.0 - np.exp(-np.asarray(steps) / REVERSION_SESSIONS))
    slow_variance = np.square(slow)
    return np.asarray(np.sqrt(slow_variance + (np.square(fast) - slow_variance) * reach), dtype=np.float64)


def range_variance(history: PriceHistory) -> Array:
    """Daily variance from the session's range, shape (sessions,), log return units squared.

    Garman and Klass (1980), "On the Estimation of Security Price Volatilities from Historical Data", for the trading
    day, plus the square of the overnight move. A session without a range gets its squared close-to-close return.
    """
    frame = history.frame
    squares = log_returns(history.adjusted) ** 2
    values = {name: frame[name].to_numpy(dtype=np.float64) for name in ("open", "high", "low", "close")}
    with np.errstate(divide="ignore", invalid="ignore"):
        high_low = np.log(values["high"] / values["low"])
        open_close = np.log(values["close"] / values["open"])
        # Overnight from adjusted closes, so that a dividend's drop is no move.
        overnight = log_returns(history.adjusted) - open_close
        variance = 0.5 * high_low**2 - (2.0 * np.log(2.0) - 1.0) * open_close**2 + overnight**2
    usable = np.isfinite(variance) & (variance > 0.0)
    usable[0] = False  # no night before the first session
    return np.where(usable, variance, squares)


def log_range(history: PriceHistory) -> Array:
    """Log of range volatility at RANGE_HALF_LIVES, shape (sessions, 5)."""
    variance = range_variance(history)
    return np.stack([_log_sigma(ewma_variance(variance, half_life_decay(h))) for h in RANGE_HALF_LIVES], axis=1)


@dataclass(frozen=True, eq=False)
class Volatility:
    """One ETF's volatility as known at each session. Arrays of shape (sessions,) unless stated otherwise.

    Attributes:
        log_close: log of the adjusted close.
        returns: daily log returns.
        fast, slow: EWMA volatility per session.
        log_range: log of range volatility at RANGE_HALF_LIVES, shape (sessions, 5).
        log_downside: log of the volatility of falls only.
        log_long_run: log of the volatility over all history up to the session.
        is_behind: whether the exchange closes before New York, so that a session knows New York's of the day before.
    """

    sessions: pd.DatetimeIndex
    log_close: Array
    returns: Array
    fast: Array
    slow: Array
    log_range: Array
    log_downside: Array
    log_long_run: Array
    is_behind: bool = False

    @classmethod
    def of(cls, history: PriceHistory) -> Volatility:
        """The volatility of a history, computed once and kept as long as the history: every training step needs it."""
        known = _known.get(history)
        if known is None:
            known = _known[history] = cls._computed(history)
        return known

    @classmethod
    def _computed(cls, history: PriceHistory) -> Volatility:
        returns = log_returns(history.adjusted)
        squares = returns**2
        falls = np.where(returns < 0.0, squares, 0.0) * 2.0  # doubled: half of the sessions fall
        count = np.arange(1, len(returns) + 1)
        return cls(
            sessions=history.sessions,
            log_close=np.log(history.adjusted),
            returns=returns,
            fast=ewma_sigma(returns, FAST_DECAY),
            slow=ewma_sigma(returns, SLOW_DECAY),
            log_range=log_range(history),
            log_downside=_log_sigma(ewma_variance(falls, half_life_decay(DOWNSIDE_HALF_LIFE))),
            log_long_run=_log_sigma(np.cumsum(squares) / count),
            is_behind=closes_before_new_york(exchange_of(history.symbol)),
        )

    @property
    def log_fast(self) -> Array:
        return _log_sigma(self.fast**2)


_known: WeakKeyDictionary[PriceHistory, Volatility] = WeakKeyDictionary()


def _log_sigma(variance: Array) -> Array:
    return 0.5 * np.log(np.maximum(variance, _FLOOR))


def realised_log_sigma(returns: Array, steps: int) -> Array:
    """Log of the realised volatility over the ``steps`` sessions after each, shape (sessions,); NaN if not all exist.

    Realised volatility is the square root of the mean squared return: the outcome of volatility forecasts.
    """
    totals = np.concatenate([[0.0], np.cumsum(returns**2)])
    realised = np.full(len(returns), np.nan)
    if len(returns) > steps:
        # Session i sees the returns of i+1 … i+steps.
        realised[: len(returns) - steps] = (totals[1 + steps :] - totals[1:-steps]) / steps
    return _log_sigma(realised)
