"""The market as an ETF's sessions know it: SPY's volatility, the ETF's correlation with SPY, and the VIX.

The VIX is what option prices say about the S&P 500's volatility over the coming month. It tells more about an ETF that
moves with the market, so it counts with the square of the correlation: the fraction of the ETF's variance that the
market explains.

Everything here is causal and prefix-stable, as in ``volatility``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.model.drift import Rows
from forecasting.model.volatility import RANGE_HALF_LIVES, SESSIONS_PER_YEAR, Volatility, half_life_decay
from forecasting.prices.history import Array, Mask, Panel, PriceHistory
from forecasting.universe import Symbol

MARKET: Final = Symbol("SPY")
"""The ETF that is taken as the market. If a panel lacks it, the panel's mean volatility is the market's."""

CORRELATION_HALF_LIFE: Final = 120
"""Sessions; half-life of the averages behind a correlation."""

PRIOR_CORRELATION: Final = 0.5
PRIOR_CORRELATION_SESSIONS: Final = 60
"""Common sessions at which a measured correlation has half of its weight against PRIOR_CORRELATION."""

VIX_OLDEST: Final = 2
"""Sessions after which a VIX is too old to be used: its lead over past prices is gone within a week."""

VIX_LAGS: Final = (1, 5)
"""Sessions over which the VIX's changes are inputs."""

_MARKET_HALF_LIFE: Final = RANGE_HALF_LIVES.index(10)
"""Index of the average of SPY that the VIX is compared with."""


def market_members(panel: Panel) -> tuple[PriceHistory, ...]:
    """The histories that are taken as the market: SPY's if the panel has it, or else all."""
    return (panel[MARKET],) if MARKET in panel else tuple(panel.values())


def seen_by(symbol: Symbol, panel: Panel) -> Panel:
    """The part of ``panel`` that a forecast of ``symbol`` depends on: its history, the market's and the VIX."""
    return panel.only({symbol, *(history.symbol for history in market_members(panel))})


@dataclass(frozen=True, eq=False)
class MarketView:
    """The market at each session of one ETF, as it was known then.

    Attributes:
        log_range: log of the market's range volatility at RANGE_HALF_LIVES, shape (sessions, 5).
        correlation: of the ETF with SPY, shape (sessions,); None if the panel lacks SPY.
        vix: the inputs of ``vix_inputs``, shape (sessions, 5); NaN in every column where one of them is unknown.
    """

    log_range: Array
    correlation: Array | None
    vix: Array

    def knows_vix(self, origins: Rows) -> Mask:
        """Whether the VIX can be used at each origin, shape (origins,)."""
        return np.asarray(~np.isnan(self.vix[origins, 0]))


@dataclass(frozen=True, eq=False)
class Market:
    """The market of a panel.

    Attributes:
        sessions, log_range: its volatility, ``log_range`` of shape (sessions, 5) as in Volatility.
        spy: SPY's volatility; None if the panel lacks SPY.
        implied: the sessions whose VIX is known with its changes, and those numbers, see ``vix_inputs``.
    """

    sessions: pd.DatetimeIndex
    log_range: Array
    spy: Volatility | None
    implied: tuple[pd.DatetimeIndex, Array]
    _views: WeakKeyDictionary[Volatility, MarketView] = field(default_factory=WeakKeyDictionary, init=False, repr=False)

    @classmethod
    def of(cls, panel: Panel) -> Market:
        """SPY's volatility if the panel has it, or else the mean over the ETFs that trade at each session.

        Computed once and kept as long as the panel, as are its views: every training step needs them.
        """
        known = _known.get(panel)
        if known is None:
            known = _known[panel] = cls._computed(panel)
        return known

    @classmethod
    def _computed(cls, panel: Panel) -> Market:
        members = market_members(panel)
        sessions = members[0].sessions
        for history in members[1:]:
            sessions = sessions.union(history.sessions)
        total, count = np.zeros((len(sessions), len(RANGE_HALF_LIVES))), np.zeros((len(sessions), 1))
        for history in members:
            rows = sessions.searchsorted(history.sessions)
            total[rows] += Volatility.of(history).log_range
            count[rows] += 1.0
        spy = Volatility.of(panel[MARKET]) if MARKET in panel else None
        return cls(sessions, total / count, spy, _implied(panel.vix, sessions))

    def at(self, state: Volatility) -> MarketView:
        """The market at an ETF's sessions: the newest values known by each.

        Before the market's first session, the ETF's own volatility is used.
        """
        known = self._views.get(state)
        if known is None:
            known = self._views[state] = self._seen_from(state)
        return known

    def _seen_from(self, state: Volatility) -> MarketView:
        newest = _newest(self.sessions, state)
        log_range = np.where((newest >= 0)[:, None], self.log_range[np.maximum(newest, 0)], state.log_range)
        if self.spy is None:
            return MarketView(log_range, None, np.full((len(newest), 3 + len(VIX_LAGS)), np.nan))
        rho = correlation(state, self.spy)
        return MarketView(log_range, rho, vix_inputs(self._implied_at(state), rho, log_range[:, _MARKET_HALF_LIFE]))

    def _implied_at(self, state: Volatility) -> Array:
        """The newest ``implied`` at each of an ETF's sessions, NaN if it is over VIX_OLDEST sessions old."""
        days, rows = self.implied
        found = np.full((len(state.sessions), rows.shape[1]), np.nan)
        newest = _newest(days, state)
        at = np.flatnonzero(newest >= 0)
        age = at - _newest_of(state.sessions, days[newest[at]])
        at = at[age <= VIX_OLDEST + state.is_behind]
        found[at] = rows[newest[at]]
        return found


_known: WeakKeyDictionary[Panel, Market] = WeakKeyDictionary()


def correlation(state: Volatility, market: Volatility) -> Array:
    """Exponentially weighted correlation of an ETF's daily log returns with the market's, shape (sessions,).

    No mean is removed: daily means are small and mostly noise. The estimate is shrunk to PRIOR_CORRELATION.

    An exchange that closes before New York shares part of its session with New York's of the same date and part with
    the one before. So both products count (Scholes and Williams 1977, "Estimating Betas from Nonsynchronous Data"), and
    a correlation is known one session later.
    """
    newest = _newest_of(market.sessions, state.sessions)
    level = np.where(newest >= 0, market.log_close[np.maximum(newest, 0)], np.nan)
    theirs = np.diff(level, prepend=np.nan)
    common = np.isfinite(theirs)
    ours = np.where(common, state.returns, np.nan)
    shared = theirs + np.nan_to_num(np.append(np.nan, theirs[:-1])) if state.is_behind else theirs
    both, own, market_only = (_average(product) for product in (ours * shared, ours**2, theirs**2))
    spread = np.sqrt(own * market_only)
    measured = np.divide(both, spread, out=np.full(len(both), PRIOR_CORRELATION), where=spread > 0.0)
    count = np.cumsum(common)
    if state.is_behind:
        measured = np.append(PRIOR_CORRELATION, np.clip(measured[:-1], -1.0, 1.0))
        count = np.append(0, count[:-1])
    weight = count / (count + PRIOR_CORRELATION_SESSIONS)
    return np.asarray(weight * measured + (1.0 - weight) * PRIOR_CORRELATION)


def vix_inputs(implied: Array, rho: Array, market: Array) -> Array:
    """What the VIX says about an ETF's volatility, shape (sessions, 5): v, ρ², ρ² (v − m), ρ² times v's changes.

    Args:
        implied: v, the log of the VIX as a daily volatility, and its changes over VIX_LAGS, shape (sessions, 3); NaN in
            whole rows where they are unknown.
        rho: correlation with SPY, shape (sessions,).
        market: m, the log of SPY's range volatility, shape (sessions,).
    """
    log_vix, changes, shared = implied[:, :1], implied[:, 1:], (rho**2)[:, None]
    columns = np.concatenate([log_vix, shared, shared * (log_vix - market[:, None]), shared * changes], axis=1)
    return np.where(np.isnan(log_vix), np.nan, columns)


def _implied(vix: pd.Series | None, sessions: pd.DatetimeIndex) -> tuple[pd.DatetimeIndex, Array]:
    """The market's sessions whose VIX and its changes over VIX_LAGS are known, and these as in ``vix_inputs``."""
    if vix is None:
        return sessions[:0], np.zeros((0, 1 + len(VIX_LAGS)))
    daily = np.log(vix.reindex(sessions).to_numpy(dtype=np.float64) / 100.0 / np.sqrt(SESSIONS_PER_YEAR))
    earlier = [np.concatenate([np.full(min(lag, len(daily)), np.nan), daily[:-lag]]) for lag in VIX_LAGS]
    rows = np.stack([daily, *(daily - then for then in earlier)], axis=1)
    known = np.isfinite(rows).all(axis=1)
    return sessions[known], rows[known]


def _newest(known: pd.DatetimeIndex, state: Volatility) -> npt.NDArray[np.intp]:
    """Position of the newest of New York's days ``known`` that each session of an ETF knows; -1 if there is none."""
    return _newest_of(known, state.sessions - pd.Timedelta(days=1) if state.is_behind else state.sessions)


def _newest_of(known: pd.DatetimeIndex, at: pd.DatetimeIndex) -> npt.NDArray[np.intp]:
    """Position of the newest of ``known`` that is not after each of ``at``; -1 if there is none."""
    return np.asarray(known.searchsorted(at, side="right") - 1)


def _average(values: Array) -> Array:
    """Exponentially weighted mean of the values so far, NaN left out; 0 before the first."""
    decay = half_life_decay(CORRELATION_HALF_LIFE)
    mean = pd.Series(values).ewm(alpha=1.0 - decay, ignore_na=True).mean()
    return mean.fillna(0.0).to_numpy(dtype=np.float64)
