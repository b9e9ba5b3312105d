"""How often closes fell inside the bands of issued forecasts, counted on forecasts that do not overlap."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Row, bindparam, select

from forecasting.prices.history import PriceHistory
from forecasting.quantiles import HIGH50, HIGH80, HIGH95, LEVELS, LOW50, LOW80, LOW95
from forecasting.record.schema import IssuedForecast, StoredOutcome

AHEAD: Final = (5, 20, 60)
"""Sessions ahead that are counted, each on its own: a week's forecasts are many before a quarter's are."""

BANDS: Final = ((LOW50, HIGH50), (LOW80, HIGH80), (LOW95, HIGH95))
SAID: Final = tuple(LEVELS[high] - LEVELS[low] for low, high in BANDS)
"""What the bands promise: .5, .8 and .95."""

FEWEST: Final = 20
"""Forecasts that do not overlap below which shares are not shown. With so many, the interval about 80% is from 58 to
92%, which still tells a band from the next one; with 10 it is from 49 to 94%, which does not."""

_Z: Final = 1.959964


@dataclass(frozen=True)
class Calibration:
    """What came of forecasts for one session ahead, each made when the one before was over.

    Attributes:
        ahead: that session, counted from the as-of session.
        forecasts: how many.
        inside: closes inside each of BANDS.
    """

    ahead: int
    forecasts: int
    inside: tuple[int, ...]

    @property
    def is_long_enough(self) -> bool:
        return self.forecasts >= FEWEST


_ISSUED: Final = IssuedForecast.__table__.c

# Made once: a job asks for every ETF.
_DAYS: Final = (
    select(_ISSUED.number, _ISSUED.as_of)
    .where(*(_ISSUED[name] == bindparam(name) for name in ("source", "symbol", "kind")))
    .order_by(_ISSUED.as_of, _ISSUED.number)
)
_MET: Final = (
    select(_ISSUED.number, _ISSUED.quantiles, StoredOutcome.closes)
    .join(StoredOutcome, StoredOutcome.number == _ISSUED.number)
    .where(_ISSUED.number.in_(bindparam("numbers", expanding=True)))
)


def issued_days(connection: Connection, source: str, symbol: str, kind: str) -> Sequence[Row[int, date]]:
    """``number`` and ``as_of`` of one ETF's issued forecasts of this kind (``live`` or ``replayed``), oldest first."""
    return connection.execute(_DAYS, {"source": source, "symbol": symbol, "kind": kind}).all()


def calibration_of(
    connection: Connection, history: PriceHistory, issued: Sequence[Row[int, date]]
) -> tuple[Calibration, ...]:
    """The calibration of the forecasts that ``issued_days`` gave, for each of AHEAD."""
    places = history.sessions.get_indexer(pd.DatetimeIndex([row.as_of for row in issued])).tolist()
    numbers = [row.number for row in issued]
    chosen = {ahead: _separate(numbers, places, ahead, len(history)) for ahead in AHEAD}
    rows = connection.execute(_MET, {"numbers": sorted({n for some in chosen.values() for n in some})}).all()
    fans = {row.number: (list(row.quantiles.values()), np.frombuffer(row.closes, dtype="<f8")) for row in rows}
    return tuple(_counted(ahead, (fans[number] for number in some if number in fans)) for ahead, some in chosen.items())


def _separate(numbers: Sequence[int], places: Sequence[int], ahead: int, sessions: int) -> list[int]:
    """The forecasts of which each begins where the one before has met its close, the oldest first.

    Args:
        places: of the as-of sessions in the history; -1 if it lacks the session.
    """
    chosen, free = [], 0
    for number, place in zip(numbers, places, strict=True):
        if free <= place and 0 <= place < sessions - ahead:
            chosen.append(number)
            free = place + ahead
    return chosen


def _counted(ahead: int, fans: Iterable[tuple[Sequence[Sequence[float]], np.ndarray]]) -> Calibration:
    met = [(bands[ahead - 1], closes[ahead - 1]) for bands, closes in fans if not np.isnan(closes[ahead - 1])]
    return Calibration(
        ahead, len(met), tuple(int(sum(band[low] <= close <= band[high] for band, close in met)) for low, high in BANDS)
    )


def wilson(hits: int, count: int) -> tuple[float, float]:
    """The 95% interval of a share (Wilson 1927): good for few trials and for shares near 1.

    Args:
        count: independent trials, at least 1.
    """
    share, square = hits / count, _Z**2 / count
    middle = share + square / 2
    reach = _Z * math.sqrt(share * (1 - share) / count + square / (4 * count))
    return max(0.0, (middle - reach) / (1 + square)), min(1.0, (middle + reach) / (1 + square))
