"""Faults of the feed behind the rows: it was stuck, or it was read before the session was over."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecasting.prices.findings import Finding
from forecasting.prices.history import Mask, columns_of
from forecasting.prices.quality.rows import PRICES, Sifted, day_of, keep
from forecasting.sessions import closes_early, exchange_of
from forecasting.universe import Symbol

COPIES: Final = 5
"""Rows. This many equal ones, volume included, are a stuck feed."""

EQUAL_ROWS: Final = 10
"""Rows. This many with equal prices are a stuck feed, even if volumes differ, are unknown or are zero."""

EQUAL_LIQUID_ROWS: Final = 3
"""The same for a liquid ETF: forty real histories have no two such rows."""

EQUAL_CLOSES: Final = 5
"""Rows with equal closes, of a liquid ETF or if only closes are known: forty real histories have three."""

STILL: Final = 0.25
"""Share of days with equal prices in the year before. With more, ten in a row are normal for this ETF; at this share
they occur by chance once in 260,000 days."""

RARELY_STILL: Final = 0.05
"""The same for EQUAL_CLOSES in a row, which occur by chance once in 160,000 days, and for days without trade, which
come in clusters."""

UNFINISHED_USUAL: Final = 0.4
"""Fraction of the median volume of twenty sessions. A last row with less may have been read during its session."""

UNFINISHED_SHORT: Final = 0.1
"""The same for a session that closes early or follows Christmas, which has about half the usual trade."""

UNFINISHED_LEAST: Final = 0.75
"""Fraction of the least volume in the year before (in a whole year the second least, as one row may be wrong). A last
row below both limits was read too early; of 190,000 real sessions, one in 1,300 is below both."""

_BOXING_DAY: Final = (12, 26)
_CLOSES: Final = ["adjusted", "close"]  # the first of PRICES
_LIQUID: Final = 1e5  # shares; for thinner trade, a session with hardly any volume is normal
_YEAR, _MONTH = 250, 20  # sessions


def without_repeats(symbol: Symbol, frame: pd.DataFrame) -> Sifted:
    """Without the copies of a row that a stuck feed repeats, and without days of no trade in a liquid ETF.

    Other ETFs may have no trade and equal prices on several days without a fault.
    """
    prices, volume = columns_of(frame, PRICES), frame["volume"].to_numpy()
    same = (np.diff(prices, axis=0) == 0) | np.isnan(prices[1:])
    repeats = np.append(False, same.all(axis=1))
    still = np.append(False, same[:, : len(_CLOSES)].all(axis=1))
    if not (still.any() or (volume == 0).any()):
        return frame, []
    liquid = _usual_volume(frame["volume"]) >= _LIQUID
    ranged = ~np.isnan(prices[:, len(_CLOSES) :]).any(axis=1)
    copies = repeats & np.append(False, (np.diff(volume) == 0) & (volume[1:] > 0))
    stuck = (copies & (_run_lengths(copies) >= COPIES - 1)) | _idle(volume, liquid)
    for equal, least, usual in (
        (repeats, EQUAL_ROWS, STILL),
        (repeats & liquid & ranged, EQUAL_LIQUID_ROWS, RARELY_STILL),
        (still & (liquid | np.isnan(volume)), EQUAL_CLOSES, RARELY_STILL),
    ):
        long = np.flatnonzero(equal & (_run_lengths(equal) >= least - 1) & ~np.roll(equal, 1))
        for first in long.tolist():
            last = first + int(np.argmin(np.append(equal[first:], False)))
            if _is_strange(equal, volume, first, last, usual):
                stuck[first:last] = True
    findings = [
        Finding(symbol, day_of(stamp), "repeated rows", "quarantined", {"close": float(close)})
        for stamp, close in frame["close"][stuck].items()
    ]
    return keep(frame, ~stuck), findings


def _usual_volume(volume: pd.Series) -> np.ndarray:
    """The median of the 20 sessions before each, in shares; NaN in the first weeks and if unknown."""
    return volume.rolling(_MONTH).median().shift(1).to_numpy()


def _idle(volume: np.ndarray, liquid: Mask) -> Mask:
    """Days without trade in an ETF that trades every day."""
    idle: Mask = (volume == 0) & liquid
    for row in np.flatnonzero(idle).tolist():
        idle[row] = float((volume[max(0, row - _YEAR) : row] == 0).mean()) <= RARELY_STILL
    return idle


def _is_strange(equal: Mask, volume: np.ndarray, first: int, last: int, usual: float) -> bool:
    """Whether a run of repeats, from row ``first`` to before ``last``, is unusual compared with the year before."""
    idle = not volume[first:last].any()  # an unknown volume counts as trade
    before = slice(max(0, first - 1 - _YEAR), first - 1)
    days = (volume == 0 if idle else equal)[before]
    if len(days) < _MONTH:
        return not idle  # a new ETF may not trade for weeks
    return float(days.mean()) <= (RARELY_STILL if idle else usual)


def _run_lengths(repeats: Mask) -> np.ndarray:
    """The number of repeats in each row's run."""
    run = np.cumsum(~repeats)
    return np.asarray(np.bincount(run[repeats], minlength=run[-1] + 1)[run])


def without_unfinished(symbol: Symbol, frame: pd.DataFrame) -> Sifted:
    """The rows without a last one whose volume is that of an unfinished session."""
    volume = frame["volume"].to_numpy()
    usual = float(np.median(volume[-_MONTH - 1 : -1])) if len(volume) > _MONTH else np.nan
    if not usual >= _LIQUID:
        return frame, []
    before = np.sort(volume[-_YEAR - 1 : -1])
    day = day_of(frame.index[-1])
    if closes_early(day, exchange_of(symbol)) or (day.month, day.day) == _BOXING_DAY:
        least = min(UNFINISHED_SHORT * usual, UNFINISHED_LEAST * before[0])
    else:
        least = min(UNFINISHED_USUAL * usual, UNFINISHED_LEAST * before[len(before) // _YEAR])
    if not volume[-1] < least:
        return frame, []
    values = {"volume": float(volume[-1]), "usual volume": usual}
    finding = Finding(symbol, day_of(frame.index[-1]), "unfinished session", "quarantined", values)
    return frame.iloc[:-1], [finding]
