"""Merging: how an answer of the source goes together with what is stored already.

The two overlap by some sessions, and the overlap tells what has changed since. A dividend lowers the adjusted closes
before it by one ratio, a split all prices by its own: changes of units, in which nothing is wrong. Any other changed
number is a revision: the source says otherwise than it did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.prices.history import Array

OVERLAP: Final = 15
"""Sessions that a fetch asks for again."""

PRICE_TOLERANCE: Final = 1e-4
"""Relative. A quoted price that changes by less is the same: vendors round."""

VOLUME_TOLERANCE: Final = 0.1
"""Relative. Late trades are added to a session's volume in the days after it."""

RATIO_TOLERANCE: Final = 0.01
"""Relative, of the closes' ratio to a listed split's."""

_ADJUSTMENT_STEP: Final = 1e-5  # relative; a smaller change of the adjustment is rounding
_QUOTED: Final = ["close", "open", "high", "low"]
_ACTIONS: Final = ["dividend", "split"]


@dataclass(frozen=True)
class Rebasing:
    """A change of units of the sessions before ``before``: see ``tables.StoredRebasing``."""

    before: date
    adjusted: float
    quoted: float


@dataclass(frozen=True, eq=False)
class Merge:
    """What an answer changes.

    Attributes:
        rebasings: to be applied one after the other, to what was stored before this answer.
        new: sessions that were not stored.
        revised: sessions whose numbers the answer contradicts, with the new ones.
    """

    rebasings: tuple[Rebasing, ...]
    new: pd.DataFrame
    revised: pd.DataFrame

    @property
    def is_contradiction(self) -> bool:
        """Whether the answer denies so much that the stored history cannot be believed any more."""
        return len(self.revised) > OVERLAP // 2


def merge(known: pd.DataFrame, fetched: pd.DataFrame) -> Merge:
    """Compare ``fetched`` with ``known``: both in the columns of ``PriceHistory.frame``, sorted, one row a session."""
    overlap = pd.DatetimeIndex(known.index.intersection(fetched.index))
    new = fetched.loc[fetched.index.difference(known.index)]
    if overlap.empty:
        return Merge((), new, fetched.iloc[:0])
    rebasings = _split(known.loc[overlap], fetched)
    rebasings += _adjustment(rebased(known.loc[overlap], rebasings), fetched.loc[overlap])
    revised = _contradicted(rebased(known.loc[overlap], rebasings), fetched.loc[overlap])
    return Merge(rebasings, new, fetched.loc[overlap[revised]])


def rebased(
    frame: pd.DataFrame, rebasings: Sequence[Rebasing], applies: Sequence[npt.NDArray[np.bool_]] | None = None
) -> pd.DataFrame:
    """``frame`` in the units after ``rebasings``.

    Args:
        applies: for each of them the rows that it concerns, of those before its session; all of these without it.
    """
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
    """The split by which the source has re-based the sessions before it since they were stored, if there is one.

    A split can be listed days before the source re-bases, so it counts whether or not its session was stored.
    """
    splits = fetched["split"][fetched["split"] > 0]
    for session, split in zip(pd.DatetimeIndex(splits.index), splits.tolist(), strict=True):
        earlier = known.index < session
        if not earlier.any():
            continue
        ratio = (fetched.loc[known.index[earlier], "close"] / known.loc[earlier, "close"]).to_numpy()
        if abs(float(np.median(ratio)) * split - 1) < RATIO_TOLERANCE and split != 1:
            return (Rebasing(session.date(), 1 / split, 1 / split),)
    return ()


def _adjustment(known: pd.DataFrame, fetched: pd.DataFrame) -> tuple[Rebasing, ...]:
    """The steps in which the ratio of new to old adjusted closes falls to one: one for each dividend since."""
    quoted_same = np.isclose(fetched["close"], known["close"], rtol=PRICE_TOLERANCE, atol=0)
    sound = quoted_same & (known["adjusted"] > 0).to_numpy() & (fetched["adjusted"] > 0).to_numpy()
    sessions = pd.DatetimeIndex(known.index[sound])
    if sessions.empty:
        return ()
    ratio: Array = (fetched.loc[sessions, "adjusted"] / known.loc[sessions, "adjusted"]).to_numpy()
    following = np.append(ratio[1:], 1.0)
    steps = ratio / following
    return tuple(
        Rebasing(session.date() + timedelta(days=1), step, 1.0)
        for session, step in zip(sessions, steps.tolist(), strict=True)
        if abs(step - 1) > _ADJUSTMENT_STEP
    )


def _contradicted(known: pd.DataFrame, fetched: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which rows say something else, as a mask. An unknown number is no contradiction of another unknown one."""
    old, new = known[_QUOTED].to_numpy(), fetched[_QUOTED].to_numpy()
    wrong: npt.NDArray[np.bool_] = ~np.isclose(new, old, rtol=PRICE_TOLERANCE, atol=0, equal_nan=True).all(axis=1)
    old, new = known[["volume"]].to_numpy(), fetched[["volume"]].to_numpy()
    wrong |= ~np.isclose(new, old, rtol=VOLUME_TOLERANCE, atol=0, equal_nan=True).all(axis=1)
    old, new = known[_ACTIONS].to_numpy(), fetched[_ACTIONS].to_numpy()
    wrong |= ~np.isclose(new, old, rtol=RATIO_TOLERANCE, atol=1e-9, equal_nan=True).all(axis=1)
    return wrong
