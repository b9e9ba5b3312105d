"""Splits that nobody adjusted for. They happen overnight; a crash of the same size is traded through the day."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecasting.prices.history import Array
from forecasting.prices.quality.findings import Finding
from forecasting.prices.quality.measures import (
    Mask,
    day_range,
    is_heavy,
    is_wild,
    log_returns,
    on_one_level,
    recent_sigma,
    robust_sigma,
    usual,
)
from forecasting.universe import Symbol

SPLIT_LEAST: Final = 0.5  # log return
SPLIT_TOLERANCE: Final = 0.15
"""Log return, or four robust standard deviations, or three times the root mean square of the last five returns, where
one of these is more: what the market does on the day of a split, which may fall into a crisis."""

SPLIT_SIGMAS: Final = 8.0
"""Robust standard deviations, of a history without opening prices: in a panic, leveraged ETFs halve in a day."""

SPLIT_RATIOS: Final = (2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 100.0)

SHARED: Final = 6.0
"""A move is shared by the others where SPY or the median ETF moved a sixth as much: leveraged ETFs move three times."""

CRASH_SHARE: Final = 0.25
"""Of the move, in log: a wider range between the day's low and high was traded, not re-based overnight. The panics of
forty ETFs, twice and three times as large either way, all have more than 0.3."""

CRASH_SHARE_OF_TWO: Final = 0.2
"""The same where heavy trade, or the day after, speaks for a crash as well."""

CRASH_SIGMAS: Final = 4.0
"""Robust standard deviations of the days before: more on the day after it speaks for a crash."""


def before_splits(symbol: Symbol, frame: pd.DataFrame, others: pd.Series | None) -> tuple[pd.DataFrame, list[Finding]]:
    """The rows of one level, and a finding for a split; see ``moves.check_moves``."""
    returns = log_returns(frame)
    move, sigma, recent = returns.to_numpy(), robust_sigma(returns).to_numpy(), recent_sigma(returns).to_numpy()
    tolerance = np.maximum(SPLIT_TOLERANCE, np.maximum(4 * sigma, 3 * recent))
    gap = np.log((frame["open"] / frame["close"].shift(1)).to_numpy())
    from_calm = np.abs(move) > SPLIT_SIGMAS * np.maximum(sigma, recent)  # a panic's moves are large among the last few
    overnight = np.where(np.isnan(gap), from_calm, _like_a_split(gap, tolerance) & (gap * move > 0))
    suspect = _like_a_split(move, tolerance) & overnight & ~_crash(frame, move, sigma)
    if others is not None:
        # A day of the others is no reason for a gap within whose day hardly anything happened.
        shared = np.abs(move) < SHARED * others.reindex(frame.index).fillna(0.0).to_numpy()
        suspect &= ~(shared & ~_quiet(frame, move))
    return on_one_level(symbol, frame, [], np.flatnonzero(suspect).tolist(), move, "unadjusted split")


def _like_a_split(move: Array, tolerance: Array) -> Mask:
    """Which log returns are those of a split, give or take what the market did beside it."""
    distance = np.abs(np.abs(move)[:, None] - np.log(SPLIT_RATIOS)).min(axis=1)
    return np.asarray((np.abs(move) > SPLIT_LEAST) & (distance <= tolerance))


def _quiet(frame: pd.DataFrame, move: Array) -> Mask:
    """Days whose range holds too little of the move for it to have been traded; none where there is no range."""
    return np.asarray(day_range(frame).to_numpy() <= CRASH_SHARE_OF_TWO * np.abs(move))


def _crash(frame: pd.DataFrame, move: Array, sigma: Array) -> Mask:
    """Where the move was made by trading, of which the day's range is the proof.

    The share that the range must hold grows with the move: in a crisis every day is wild and the next one too, also
    that of a split. Of a history without a range the day after decides; at the last session nothing speaks for a crash
    yet.
    """
    size, day = np.abs(move), day_range(frame)
    after = np.append(size[1:], 0.0)
    wild_after = after > CRASH_SIGMAS * sigma
    some = (day > CRASH_SHARE_OF_TWO * size).to_numpy()  # False where there is no range
    much = (day > CRASH_SHARE * size).to_numpy()
    unusual = usual(day).isna().to_numpy()  # nothing to compare the day with: its first weeks
    backed = ~unusual & some & (is_heavy(frame) | (wild_after & (after > CRASH_SHARE_OF_TWO * size)))
    traded = (unusual | is_wild(frame).to_numpy()) & (much | backed)
    return np.asarray(np.where(day.isna().to_numpy(), wild_after, traded))
