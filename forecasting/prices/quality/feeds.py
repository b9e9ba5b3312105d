"""Faults of the feed behind the rows: it was stuck, or it was read before the session was over."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecasting.prices.findings import Finding
from forecasting.prices.history import Mask
from forecasting.prices.quality.rows import PRICES, Sifted, day_of, keep
from forecasting.sessions import closes_early
from forecasting.universe import Symbol

COPIES: Final = 5
"""Rows. This many equal ones, volume included, are a stuck feed: forty real histories have two at most when there is
trade."""

EQUAL_ROWS: Final = 10
"""Rows. This many with equal prices are a stuck feed, even if volumes differ, are unknown or are zero."""

STILL: Final = 0.25
"""Share of days with equal prices in the year before. With more, ten in a row are normal for this ETF; at this share
they occur by chance once in 260,000 days."""

IDLE: Final = 0.05
"""The same for days without trade; lower, because these come in clusters."""

UNFINISHED_USUAL: Final = 0.4
"""Of the median volume of twenty sessions. A last row with less may have been read during its session."""

UNFINISHED_SHORT: Final = 0.1
"""The same for a session that closes early, which has about half the usual trade."""

UNFINISHED_LEAST: Final = 0.75
"""Of the least volume in the year before (in a whole year the second least, as one row may be wrong). A last row below
both limits was read too early; of 190,000 real sessions, one in 1,300 is below both."""

_LIQUID: Final = 1e5  # shares; for thinner trade, a session with hardly any volume is normal
_YEAR, _MONTH = 250, 20  # sessions


def without_repeats(symbol: Symbol, frame: pd.DataFrame) -> Sifted:
    """Without the copies of a row that a stuck feed repeats. Days without trade may be equal without a fault."""
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
    """Whether a run of repeats, from row ``first`` to before ``last``, is unusual compared with the year before."""
    idle = not volume[first:last].any()  # an unknown volume counts as trade
    before = slice(max(0, first - 1 - _YEAR), first - 1)
    days = (volume == 0 if idle else repeats)[before]
    if len(days) < _MONTH:
        return not idle  # a new ETF may not trade for weeks
    return float(days.mean()) <= (IDLE if idle else STILL)


def _run_lengths(repeats: Mask) -> np.ndarray:
    """For each row the number of repeats in its run."""
    return pd.Series(repeats).groupby(np.cumsum(~repeats)).transform("sum").to_numpy()


def without_unfinished(symbol: Symbol, frame: pd.DataFrame) -> Sifted:
    """Without a last row whose volume is that of an unfinished session."""
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
