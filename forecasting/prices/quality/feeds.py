"""Faults of the feed behind the rows: one that stood still, and one that was read before the session was over."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecasting.prices.quality.findings import Finding
from forecasting.prices.quality.rows import PRICES, Mask, Sifted, day_of, keep
from forecasting.sessions import closes_early
from forecasting.universe import Symbol

COPIES: Final = 5
"""Equal rows, volume included, that no market makes: forty real histories have two at most, unless nobody traded."""

EQUAL_ROWS: Final = 10
"""Rows of equal prices that make a feed that stands still, though volumes differ or are unknown or zero."""

STILL: Final = 0.25
"""Share of days of equal prices in the year before, above which ten of them are this ETF's way of life: of ten in a
row, where one day in four is like that, there is one case in 260,000 days."""

IDLE: Final = 0.05
"""The same of days without trade, which come in clusters."""

UNFINISHED_USUAL: Final = 0.4
"""Of the median volume of twenty sessions. A last row with less may have been taken while its session went on."""

UNFINISHED_SHORT: Final = 0.1
"""The same for a session that closes early: half of the day's trade is missing from it anyway."""

UNFINISHED_LEAST: Final = 0.75
"""Of the least volume in the year before (the second least, in a whole year, for one may be wrong). A last row with
less, too, was taken too early: of 190,000 true sessions, one in 1,300 is below both."""

_LIQUID: Final = 1e5  # shares; below that, a session of hardly any volume is nothing strange
_YEAR, _MONTH = 250, 20  # sessions


def without_repeats(symbol: Symbol, frame: pd.DataFrame) -> Sifted:
    """Without the copies of a row that a stuck feed repeats. Days on which nobody traded may well be equal."""
    prices, volume = frame[PRICES].to_numpy(), frame["volume"].to_numpy()
    same = (np.diff(prices, axis=0) == 0) | np.isnan(prices[1:])
    repeats = np.concatenate([[False], same.all(axis=1)])
    copies = repeats & np.concatenate([[False], (np.diff(volume) == 0) & (volume[1:] > 0)])
    stuck = copies & (_run_lengths(copies) >= COPIES - 1)
    long = np.flatnonzero(repeats & (_run_lengths(repeats) >= EQUAL_ROWS - 1) & ~np.roll(repeats, 1))
    for first in long.tolist():
        last = first + int(np.argmin(np.append(repeats[first:], False)))
        if _is_strange(repeats, volume, first, last):
            stuck[first:last] = True
    findings = [
        Finding(symbol, day_of(stamp), "repeated rows", "quarantined", {"close": float(close)})
        for stamp, close in frame["close"][stuck].items()
    ]
    return keep(frame, ~stuck), findings


def _is_strange(repeats: Mask, volume: np.ndarray, first: int, last: int) -> bool:
    """Whether the rows from ``first`` to before ``last``, which repeat the one before, are unlike the year before."""
    idle = not volume[first:last].any()  # an unknown volume counts as some
    before = slice(max(0, first - 1 - _YEAR), first - 1)
    days = (volume == 0 if idle else repeats)[before]
    if len(days) < _MONTH:
        return not idle  # the first weeks of an ETF may pass without any trade
    return float(days.mean()) <= (IDLE if idle else STILL)


def _run_lengths(repeats: Mask) -> np.ndarray:
    """Of each row, how many repeats its run has."""
    return pd.Series(repeats).groupby(np.cumsum(~repeats)).transform("sum").to_numpy()


def without_unfinished(symbol: Symbol, frame: pd.DataFrame) -> Sifted:
    """Without a last row whose volume is that of a session that was still going on."""
    volume = frame["volume"].to_numpy()
    usual = float(np.median(volume[-_MONTH - 1 : -1])) if len(volume) > _MONTH else np.nan
    if not usual >= _LIQUID:
        return frame, []
    before = np.sort(volume[-_YEAR - 1 : -1])
    if closes_early(day_of(frame.index[-1])):
        least = min(UNFINISHED_SHORT * usual, UNFINISHED_LEAST * before[0])
    else:
        least = min(UNFINISHED_USUAL * usual, UNFINISHED_LEAST * before[len(before) // _YEAR])
    if not volume[-1] < least:
        return frame, []
    values = {"volume": float(volume[-1]), "usual volume": usual}
    finding = Finding(symbol, day_of(frame.index[-1]), "unfinished session", "quarantined", values)
    return frame.iloc[:-1], [finding]
