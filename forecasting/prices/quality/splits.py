"""New price levels: splits without adjustment, other units. They come overnight; a crash is traded through the day."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecasting.prices.findings import Finding, Kind
from forecasting.prices.history import Array, Mask
from forecasting.prices.quality.measures import (
    UNTRADED_SHARE,
    beside,
    day_range,
    is_heavy,
    is_one_step,
    is_untraded,
    is_wild,
    log_returns,
    move_finding,
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

SMALL_RATIOS: Final = (1.2, 1.25, 4 / 3, 1.5)
"""6:5, 5:4, 4:3 and 3:2, which have the size of an ordinary crash."""

SHIFT_SIGMAS: Final = 8.0
"""Standard deviations, robust ones and those of the last week. A larger move that was not traded
(``measures.is_untraded``) is a new price level; forty clean histories, also doubled and tripled, have 6.1 at most."""

HELD_SIGMAS: Final = 6.5
"""The same for the last row, which costs less: it waits for the next session."""

HELD_TRADED_SIGMAS: Final = 10.0
"""The same for a last row whose range explains the move, if the trade was usual and the others moved under a quarter as
much. Clean histories have 8.5: on such days there is far more trade than usual."""

LARGE: Final = 0.15
"""Log return. A smaller shift may be an unlisted distribution, so it is reported and used."""

LARGE_WEIGHT: Final = 4 / 3
"""Factor for a larger one, which is proof sooner: clean histories have none that was not traded, doubled and tripled
ones have 5.4 standard deviations."""

ALONE_SIGMAS: Final = 12.0
"""The same without ranges, if SPY and the median ETF moved less than a sixth as much; clean histories have 11.4."""

SHARED: Final = 6.0
"""A move is shared if SPY or the median ETF moved a sixth as much: leveraged ETFs move three times as far."""

CRASH_SHARE: Final = 0.25
"""Of the move, in log. If the day's range from low to high is wider, the move was traded and not re-based overnight.
The panics of forty ETFs, also doubled, tripled and inverted, all have more than 0.3."""

CRASH_SHARE_OF_TWO: Final = 0.2
"""The same if heavy trade, or the day after, is evidence for a crash too."""

_DAY: Final = 0.02  # log return

CRASH_SIGMAS: Final = 4.0
"""Robust standard deviations of the days before. A larger move on the day after is evidence for a crash."""


@np.errstate(divide="ignore", invalid="ignore")  # prices that stand still have a deviation of 0
def before_splits(symbol: Symbol, frame: pd.DataFrame, others: pd.Series | None) -> tuple[pd.DataFrame, list[Finding]]:
    """The rows on one price level, and a finding for a split; see ``gate.check_moves``."""
    move = log_returns(frame)
    sigma, recent = robust_sigma(move), recent_sigma(move)
    # Every rule needs one of these two; most histories have neither.
    far = LARGE_WEIGHT * (np.abs(move) / np.maximum(sigma, recent)) > HELD_SIGMAS
    if not (np.abs(move) > SPLIT_LEAST).any() and (others is None or not far.any()):
        return frame, []
    tolerance = np.maximum(SPLIT_TOLERANCE, np.maximum(4 * sigma, 3 * recent))
    gap = np.log((frame["open"] / frame["close"].shift(1)).to_numpy())
    from_calm = np.abs(move) > SPLIT_SIGMAS * np.maximum(sigma, recent)  # in a panic, large moves follow each other
    overnight = np.where(np.isnan(gap), from_calm, _like_a_split(gap, tolerance) & (gap * move > 0))
    one_step = is_one_step(frame)
    suspect = _like_a_split(move, tolerance) & overnight & ~one_step
    if suspect.any():
        suspect &= ~_crash(frame, move, sigma)
        if others is not None:
            # Even a wild market does not explain a gap on a day with hardly any range.
            shared = np.abs(move) < SHARED * beside(frame, others)
            suspect &= ~(shared & ~_quiet(frame, move))
    if others is None:
        return on_one_level(symbol, frame, [], np.flatnonzero(suspect).tolist(), move, "unadjusted split")
    return _before_shifts(symbol, frame, move, np.maximum(sigma, recent), suspect, one_step, others)


def _before_shifts(
    symbol: Symbol,
    frame: pd.DataFrame,
    move: Array,
    sigma: Array,
    splits: Mask,
    one_step: Mask,
    others: pd.Series,
) -> tuple[pd.DataFrame, list[Finding]]:
    """The rows before the first split or level shift. A shift on the last row is held back: the next may undo it.

    Args:
        sigma: the robust standard deviation or that of the last week, whichever is larger.
        splits, one_step: the rows with a split, and those whose close moved by the usual step.
    """
    size, of_others, has_range = np.abs(move), beside(frame, others), day_range(frame).notna().to_numpy()
    sigmas = size / sigma
    held = (of_others < UNTRADED_SHARE * size) & (sigmas > HELD_TRADED_SIGMAS) & has_range
    ordinary = is_heavy(frame) | one_step
    sigmas = np.where(size <= LARGE, sigmas, LARGE_WEIGHT * sigmas)
    far = (sigmas > HELD_SIGMAS) & ~ordinary
    if far.any():
        by_closes = (sigmas > LARGE_WEIGHT * ALONE_SIGMAS) & (size > SHARED * of_others)
        far &= np.where(has_range, is_untraded(frame, size, others), by_closes)
    shifts = far & (sigmas > SHIFT_SIGMAS)
    findings: list[Finding] = []
    if (far[-1] or (held[-1] and not ordinary[-1])) and not splits[-1]:
        findings = [move_finding(symbol, frame, len(frame) - 1, "level shift", "quarantined", move[-1])]
        frame, splits, shifts, move = frame.iloc[:-1], splits[:-1], shifts[:-1], move[:-1]
    for row in np.flatnonzero(shifts & (np.abs(move) <= LARGE)).tolist():
        findings.append(move_finding(symbol, frame, row, "level shift", "left open", move[row]))
    certain = np.flatnonzero(splits | (shifts & (np.abs(move) > LARGE))).tolist()
    kind: Kind = "level shift"
    if certain and (splits[certain[0]] or _is_ratio(move[certain[0]])):
        kind = "unadjusted split"
    return on_one_level(symbol, frame, findings, certain, move, kind)


def _is_ratio(move: float) -> bool:
    """Whether a log return is that of a usual split, give or take a day's move."""
    return bool(np.abs(np.abs(move) - np.log((*SMALL_RATIOS, *SPLIT_RATIOS))).min() < _DAY)


def _like_a_split(move: Array, tolerance: Array) -> Mask:
    """Mask of the log returns that are those of a split, give or take ``tolerance`` for the market's move."""
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
    traded = (unusual | is_wild(frame)) & (much | backed)
    return np.asarray(np.where(day.isna().to_numpy(), wild_after, traded))
