"""What a model sees at each session and what it predicts, in units of volatility so that all ETFs are comparable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.model.volatility import RANGE_HALF_LIVES, WARM_UP, Volatility, realised_log_sigma
from forecasting.prices.history import Array, Panel, PriceHistory
from forecasting.quantiles import HORIZON
from forecasting.universe import Symbol

TARGET_STEPS: Final = (5, 10, 20, 40, 60)
"""Horizons, in sessions, whose realised volatility is predicted. Steps in between are interpolated."""

LOOKBACK: Final = 15
"""Default number of sessions in the LSTM's window."""

MARKET: Final = Symbol("SPY")
"""The ETF whose volatility is taken as the market's. If a panel lacks it, the panel's mean is."""

FEATURES: Final = (
    "scaled_return",
    "size_of_scaled_return",
    "range_3_to_30",
    "range_10_to_120",
    "range_30_to_500",
    "close_to_range",
    "level",
    "market_3_to_30",
    "market_30_to_500",
    "own_to_market",
)
"""The LSTM's inputs per session, in the order of ``session_features``."""

_INTERPOLATION: Final = np.stack(
    [np.interp(np.arange(1, HORIZON + 1), TARGET_STEPS, unit) for unit in np.eye(len(TARGET_STEPS))]
)
"""Weights of the horizons in each step, shape (5, HORIZON)."""

_TYPICAL_LOG_SIGMA: Final = float(np.log(0.01))
_LARGEST_SCALED_RETURN: Final = 6.0
"""Larger moves, in volatilities, say no more to the network; the crash itself is in the averages."""


def market_members(panel: Panel) -> tuple[PriceHistory, ...]:
    """The histories that are taken as the market: SPY's if the panel has it, or else all."""
    return (panel[MARKET],) if MARKET in panel else tuple(panel.values())


@dataclass(frozen=True, eq=False)
class Market:
    """The market's volatility: ``log_range`` of shape (sessions, 5), as in Volatility."""

    sessions: pd.DatetimeIndex
    log_range: Array

    @classmethod
    def of(cls, panel: Panel) -> Market:
        """SPY's if the panel has it, or else the mean over the ETFs that trade at each session."""
        members = market_members(panel)
        sessions = members[0].sessions
        for history in members[1:]:
            sessions = sessions.union(history.sessions)
        total, count = np.zeros((len(sessions), len(RANGE_HALF_LIVES))), np.zeros((len(sessions), 1))
        for history in members:
            rows = sessions.searchsorted(history.sessions)
            total[rows] += Volatility.of(history).log_range
            count[rows] += 1.0
        return cls(sessions, total / count)

    def at(self, volatility: Volatility) -> Array:
        """The market at an ETF's sessions, shape (sessions, 5): the newest value known by each.

        Before the market's first session, the ETF's own volatility is used.
        """
        newest = self.sessions.searchsorted(volatility.sessions, side="right") - 1
        return np.where((newest >= 0)[:, None], self.log_range[np.maximum(newest, 0)], volatility.log_range)


def linear_features(volatility: Volatility, market: Array) -> Array:
    """The panel HAR's inputs, shape (sessions, 13): logs of volatilities, the ETF's own and the market's."""
    own = np.stack([volatility.log_fast, volatility.log_downside, volatility.log_long_run], axis=1)
    return np.concatenate([volatility.log_range, own, market], axis=1)


def session_features(volatility: Volatility, market: Array) -> Array:
    """The LSTM's inputs, shape (sessions, len(FEATURES)), without unit and of order one."""
    yesterday = np.concatenate([volatility.fast[:1], volatility.fast[:-1]])
    scaled = volatility.returns / np.maximum(yesterday, 1e-6)
    scaled = np.clip(scaled, -_LARGEST_SCALED_RETURN, _LARGEST_SCALED_RETURN)
    own = volatility.log_range
    columns = [
        scaled,
        np.abs(scaled) - 0.8,  # the mean size of a standard normal
        own[:, 0] - own[:, 2],
        own[:, 1] - own[:, 3],
        own[:, 2] - own[:, 4],
        volatility.log_fast - own[:, 1],
        own[:, 4] - _TYPICAL_LOG_SIGMA,
        market[:, 0] - market[:, 2],
        market[:, 2] - market[:, 4],
        own[:, 2] - market[:, 2],
    ]
    return np.stack(columns, axis=1)


def targets(volatility: Volatility) -> Array:
    """Log realised volatility over the next TARGET_STEPS sessions, shape (sessions, 5); NaN if not all are known.

    A price that does not move has no log volatility, so a tenth of the slow volatility is the minimum.
    """
    floor = np.log(np.maximum(volatility.slow, 1e-4)) + np.log(0.1)
    realised = [realised_log_sigma(volatility.returns, steps) for steps in TARGET_STEPS]
    return np.stack([np.maximum(column, floor) for column in realised], axis=1)


def window_origins(sessions: int, every: int, lookback: int) -> npt.NDArray[np.int64]:
    """Indices of the last sessions of a history's windows: averages warmed up before each, every outcome known."""
    return np.arange(WARM_UP + lookback, sessions - HORIZON, every)


def to_steps(log_sigma: Array) -> Array:
    """Log volatility at TARGET_STEPS, shape (…, 5), to volatility up to each step, shape (…, HORIZON).

    The daily volatility is interpolated between the horizons, constant below the first, and grows with the square
    root of the step.
    """
    daily = np.exp(log_sigma @ _INTERPOLATION)
    return np.asarray(daily * np.sqrt(np.arange(1, HORIZON + 1)))
