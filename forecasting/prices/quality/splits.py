"""Splits without adjustment. They happen overnight; a crash of the same size is traded through the day."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecasting.prices.findings import Finding
from forecasting.prices.history import Array, Mask
from forecasting.prices.quality.measures import (
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

SPLIT_LEAST: Final = 0.5  # log return; 2:1 is 0.69, less what the market does on that day
SPLIT_TOLERANCE: Final = 0.15
"""Log return, for what the market does on the day of a split. In a crisis more: four robust standard deviations, or
three times the root mean square of the last five returns."""

SPLIT_SIGMAS: Final = 8.0
"""Robust standard deviations, for a history without opening prices: in a panic, leveraged ETFs halve in a day."""

SPLIT_RATIOS: Final = (2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 100.0)

SHARED: Final = 6.0
"""A move is shared if SPY or the median ETF moved a sixth as much: leveraged ETFs move three times as far."""

CRASH_SHARE: Final = 0.25
"""Of the move, in log. If the day's range from low to high is wider, the move was traded and not re-based overnight.
The panics of forty ETFs, also doubled, tripled and inverted, all have more than 0.3."""

CRASH_SHARE_OF_TWO: Final = 0.2
"""The same if heavy trade, or the day after, is evidence for a crash too."""

CRASH_SIGMAS: Final = 4.0
"""Robust standard deviations of the days before. A larger move on the day after is evidence for a crash."""


def before_splits(symbol: Symbol, frame: pd.DataFrame, others: pd.Series | None) -> tuple[pd.DataFrame, list[Finding]]:
    """The rows on one price level, and a finding for a split; see ``gate.check_moves``."""
    returns = log_returns(frame)
    move, sigma, recent = returns.to_numpy(), robust_sigma(returns).to_numpy(), recent_sigma(returns).to_numpy()
    tolerance = np.maximum(SPLIT_TOLERANCE, np.maximum(4 * sigma, 3 * recent))
    gap = np.log((frame["open"] / frame["close"].shift(1)).to_numpy())
    from_calm = np.abs(move) > SPLIT_SIGMAS * np.maximum(sigma, recent)  # in a panic, large moves follow each other
    overnight = np.where(np.isnan(gap), from_calm, _like_a_split(gap, tolerance) & (gap * move > 0))
    suspect = _like_a_split(move, tolerance) & overnight
    if not suspect.any():
        return frame, []
    suspect &= ~_crash(frame, move, sigma)
    if others is not None:
        # Even a wild market does not explain a gap on a day with hardly any range.
        shared = np.abs(move) < SHARED * others.reindex(frame.index).fillna(0.0).to_numpy()
        suspect &= ~(shared & ~_quiet(frame, move))
    return on_one_level(symbol, frame, [], np.flatnonzero(suspect).tolist(), move, "unadjusted split")


def _like_a_split(move: Array, tolerance: Array) -> Mask:
    """Which log returns are those of a split, give or take ``tolerance`` for the market's move."""
    distance = np.abs(np.abs(move)[:, None] - np.log(SPLIT_RATIOS)).min(axis=1)
    return np.asarray((np.abs(move) > SPLIT_LEAST) & (distance <= tolerance))


def _quiet(frame: pd.DataFrame, move: Array) -> Mask:
    """Days whose range is too narrow for the move to have been traded; none if the range is unknown."""
    return np.asarray(day_range(frame).to_numpy() <= CRASH_SHARE_OF_TWO * np.abs(move))


def _crash(frame: pd.DataFrame, move: Array, sigma: Array) -> Mask:
    """Days whose move was made by trading, which their range proves.

    The range must be a share of the move rather than just unusual: in a crisis every day is wild, also that of a split
    and the next. Without a range the day after decides, so the last session never counts as a crash.
    """
    size, day = np.abs(move), day_range(frame)
    after = np.append(size[1:], 0.0)
    wild_after = after > CRASH_SIGMAS * sigma
    some = (day > CRASH_SHARE_OF_TWO * size).to_numpy()  # False if the range is unknown
    much = (day > CRASH_SHARE * size).to_numpy()
    unusual = usual(day).isna().to_numpy()  # the first weeks: nothing to compare with
    backed = ~unusual & some & (is_heavy(frame) | (wild_after & (after > CRASH_SHARE_OF_TWO * size)))
    traded = (unusual | is_wild(frame).to_numpy()) & (much | backed)
    return np.asarray(np.where(day.isna().to_numpy(), wild_after, traded))
