"""Merging: combine an answer of the source with what is stored.

The two overlap by some sessions, which show what has changed. A dividend lowers all adjusted closes before it by one
ratio, a split lowers all prices before it: these are changes of units. Any other changed number is a revision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import pandas as pd

from forecasting.prices.history import Array, Mask, columns_of
from forecasting.sessions import NYSE, first_day, session_stamps

OVERLAP: Final = 15
"""Sessions at the end of the stored history that a fetch asks for again. The second fetch, and one in so many after it,
asks for the whole history, so that no fault of an answer stays."""

PRICE_TOLERANCE: Final = 1e-4
"""Relative. A smaller change of a quoted price is rounding."""

VOLUME_TOLERANCE: Final = 0.1
"""Relative. A smaller change of volume is late trades, which sources add for days."""

RATIO_TOLERANCE: Final = 0.01
"""Relative. How far the closes may differ from a listed split's ratio, and a dividend or split from the stored one."""

IDENTICAL: Final = 0.9
"""Share of the closes in an overlap that prove one security if they are equal; sources revise single ones."""

_FEWEST: Final = 5  # sessions in an overlap that prove anything
_ADJUSTMENT_STEP: Final = 1e-5  # relative; a smaller change of the adjustment is rounding
_QUOTED: Final = ["close", "open", "high", "low"]
_ACTIONS: Final = ["dividend", "split"]


@dataclass(frozen=True)
class Rebasing:
    """A change of units of the sessions before ``before``: see ``schema.StoredRebasing``."""

    before: date
    adjusted: float
    quoted: float


@dataclass(frozen=True, eq=False)
class Merge:
    """What an answer changes.

    Attributes:
        rebasings: to be applied in this order to everything stored before.
        new: rows of sessions that were not stored.
        revised: rows of stored sessions whose numbers changed, with the new numbers.
        withdrawn: stored days that are no sessions, and that the answer no longer has.
    """

    rebasings: tuple[Rebasing, ...]
    new: pd.DataFrame
    revised: pd.DataFrame
    withdrawn: pd.DatetimeIndex

    @property
    def is_contradiction(self) -> bool:
        """Whether more than half of the overlap changed, so that the rest of the stored history is in doubt too."""
        return len(self.revised) > OVERLAP // 2


def merge(known: pd.DataFrame, fetched: pd.DataFrame, exchange: str = NYSE) -> Merge:
    """Compare ``fetched`` with ``known``, both with the columns of ``PriceHistory.frame``, sorted, a row a session.

    Args:
        exchange: whose sessions the rows are of (MIC).
    """
    at = known.index.get_indexer(fetched.index)
    stored = at >= 0
    new = fetched[~stored]
    if not stored.any():
        return Merge((), new, fetched.iloc[:0], pd.DatetimeIndex(known.index[:0]))
    ours, theirs = known.iloc[at[stored]], fetched[stored]
    rebasings = _split(ours, fetched)
    rebasings += _adjustment(rebased(ours, rebasings), theirs)
    revised = _contradicted(rebased(ours, rebasings), theirs)
    return Merge(rebasings, new, theirs[revised], _withdrawn(known, fetched, exchange))


def is_identical(known: pd.DataFrame, fetched: pd.DataFrame) -> bool:
    """Whether the two have the same closes, so that they are prices of one security. Arguments as for ``merge``."""
    overlap = pd.DatetimeIndex(known.index.intersection(fetched.index))
    if len(overlap) < _FEWEST:
        return False
    ours = rebased(known.loc[overlap], _split(known.loc[overlap], fetched))["close"]
    equal = np.isclose(fetched.loc[overlap, "close"], ours, rtol=PRICE_TOLERANCE, atol=0)
    return bool(equal.mean() >= IDENTICAL)


def lacks_actions(known: pd.DataFrame, fetched: pd.DataFrame) -> bool:
    """Whether ``fetched`` has none of the dividends known of its span: then its adjusted closes may be missing too."""
    paid = known["dividend"] > 0
    return bool(paid[known.index.isin(fetched.index)].sum() > 1 and not (fetched["dividend"] > 0).any())


def _withdrawn(known: pd.DataFrame, fetched: pd.DataFrame, exchange: str) -> pd.DatetimeIndex:
    """Rows of weekends and closures that an answer had once; one that lacks a session is no reason to drop that."""
    first, last = max(fetched.index[0], pd.Timestamp(first_day(exchange))), fetched.index[-1]
    within = known.index[(known.index >= first) & (known.index <= last)]
    gone = within[~within.isin(fetched.index)]
    if gone.empty:
        return pd.DatetimeIndex(gone)
    return pd.DatetimeIndex(gone.difference(session_stamps(gone[0].date(), gone[-1].date(), exchange)))


def rebased(frame: pd.DataFrame, rebasings: Sequence[Rebasing], applies: Sequence[Mask] | None = None) -> pd.DataFrame:
    """``frame`` in the units after ``rebasings``.

    Args:
        applies: for each rebasing a mask of the rows that it may change (default: all rows before its session).
    """
    if not rebasings:
        return frame
    adjusted, quoted = np.ones(len(frame)), np.ones(len(frame))
    for number, rebasing in enumerate(rebasings):
        rows = frame.index < pd.Timestamp(rebasing.before)
        if applies is not None:
            rows &= applies[number]
        adjusted[rows] *= rebasing.adjusted
        quoted[rows] *= rebasing.quoted
    if (adjusted == 1).all() and (quoted == 1).all():
        return frame
    scaled: dict[str, pd.Series] = {column: frame[column] * quoted for column in [*_QUOTED, "dividend"]}
    return frame.assign(adjusted=frame["adjusted"] * adjusted, volume=frame["volume"] / quoted, **scaled)


def _split(known: pd.DataFrame, fetched: pd.DataFrame) -> tuple[Rebasing, ...]:
    """The listed split by which the source has re-based the stored sessions, if there is one.

    Sources list a split days before or after they re-base, so its session may be stored already.
    """
    listed = fetched["split"].to_numpy() > 0
    if not listed.any():
        return ()
    splits = fetched["split"][listed]
    for session, split in zip(pd.DatetimeIndex(splits.index), splits.tolist(), strict=True):
        earlier = known.index < session
        if not earlier.any():
            continue
        ratio = (fetched.loc[known.index[earlier], "close"] / known.loc[earlier, "close"]).to_numpy()
        if abs(float(np.median(ratio)) * split - 1) < RATIO_TOLERANCE and split != 1:
            return (Rebasing(session.date(), 1 / split, 1 / split),)
    return ()


def _adjustment(known: pd.DataFrame, fetched: pd.DataFrame) -> tuple[Rebasing, ...]:
    """One rebasing for each step in the ratio of new to old adjusted closes; each dividend makes one."""
    (old, old_close), (new, close) = (columns_of(rows, ["adjusted", "close"]).T for rows in (known, fetched))
    sound = np.isclose(close, old_close, rtol=PRICE_TOLERANCE, atol=0) & (old > 0) & (new > 0)
    if not sound.any():
        return ()
    with np.errstate(all="ignore"):  # faulty rows may hold any number
        ratio: Array = new[sound] / old[sound]
    following = np.append(ratio[1:], 1.0)
    steps = ratio / following
    rows = np.flatnonzero(np.abs(steps - 1) > _ADJUSTMENT_STEP)
    sessions = pd.DatetimeIndex(known.index[sound][rows])
    return tuple(
        Rebasing(session.date() + timedelta(days=1), step, 1.0)
        for session, step in zip(sessions, steps[rows].tolist(), strict=True)
    )


def _contradicted(known: pd.DataFrame, fetched: pd.DataFrame) -> Mask:
    """Mask of the rows whose numbers changed. NaN equals NaN."""
    same = np.ones(len(known), dtype=bool)
    for columns, rtol, atol in (
        (_QUOTED, PRICE_TOLERANCE, 0.0),
        (["volume"], VOLUME_TOLERANCE, 0.0),
        (_ACTIONS, RATIO_TOLERANCE, 1e-9),
    ):
        old, new = columns_of(known, columns), columns_of(fetched, columns)
        same &= np.isclose(new, old, rtol=rtol, atol=atol, equal_nan=True).all(axis=1)
    return ~same
