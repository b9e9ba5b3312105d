"""What an issued forecast says, read from its column ``quantiles``: its sessions, and prices of the first of them.

Three thousand forecasts are open at once, each new close meets all of them, and to read 420 prices costs more than to
score them: so no more are read than have met a close.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from forecasting.prices.history import Array
from forecasting.quantiles import LEVELS
from forecasting.sessions import session_stamps

Days = npt.NDArray[np.datetime64]
DAY: Final = "datetime64[D]"

_KEY: Final = re.compile(r'"(\d{4}-\d\d-\d\d)"\s*:\s*\[')


@dataclass(frozen=True, eq=False)
class Timetable:
    """The sessions that a forecast is of.

    Attributes:
        days: shape (HORIZON,).
        is_session: whether the exchange opens on it, as is known today; the same shape.
    """

    days: Days
    is_session: npt.NDArray[np.bool_]

    def day(self, step: int) -> date:
        """Of session number ``step``, counted from 0."""
        found: date = self.days[step].item()
        return found


Stored = Mapping[str, Sequence[float]] | str
"""The column ``quantiles``: what it means, or its text."""


def timetable_of(stored: Stored) -> Timetable:
    """The sessions that it is of."""
    return _timetable(tuple(_KEY.findall(stored) if isinstance(stored, str) else stored))


def prices_of(stored: Stored, count: int) -> Array:
    """Prices of the first ``count`` sessions, shape (count, len(LEVELS)), in USD of the as-of session.

    Raises:
        ValueError: a session has not as many prices as there are levels.
    """
    if isinstance(stored, str):
        text = "".join(stored.split("]", count)[:count])
        prices = np.fromstring(_KEY.sub("", text).strip("{} "), sep=",")
    else:
        prices = np.array(list(stored.values())[:count], dtype=np.float64)
    return prices.reshape(count, len(LEVELS))


@lru_cache(maxsize=256)
def _timetable(sessions: tuple[str, ...]) -> Timetable:
    """Kept for a while: the forecasts of all ETFs as of one day have the same."""
    days: Days = np.array(sessions, dtype=DAY)
    calendar = session_stamps(days[0].item(), days[-1].item()).to_numpy().astype(DAY)
    return Timetable(days, np.isin(days, calendar))
