"""Last week's record: what the newest closes say about the forecasts that were issued before them."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Engine, Row, func, select

from forecasting.quantiles import HIGH80, HORIZON, LOW80
from forecasting.record.schema import WEEK, IssuedForecast, StoredOutcome
from forecasting.universe import Symbol

RECENT: Final = timedelta(days=4)
"""A week counts as the last one if it ends at most this long before the newest session: holidays move its end."""


@dataclass(frozen=True)
class WeekOfCloses:
    """What one ETF's last five closes say about the forecast from before them.

    Attributes:
        as_of: the session that it was made from.
        ends: the fifth session.
        inside, closes: how many closes were inside the 80% band, of how many.
        is_nearer: whether the median was nearer to the last of them than the as-of close.
    """

    as_of: date
    ends: date
    inside: int
    closes: int
    is_nearer: bool


def last_week(engine: Engine, source: str, newest: date) -> Mapping[Symbol, WeekOfCloses]:
    """What last week's closes say, by ETF. An ETF whose closes are not known yet is missing.

    Only live forecasts that were issued in time count.

    Args:
        newest: the newest session.
    """
    table = StoredOutcome.__table__.c
    recent = (
        select(func.max(table.number))
        .where(table.source == source, table.kind == "live", table.is_late.is_(False))
        .where(table.week_ends > newest - RECENT, table.week_ends <= newest)
        .group_by(table.symbol)
    )
    query = (
        select(
            IssuedForecast.symbol,
            IssuedForecast.as_of,
            IssuedForecast.quantiles,
            StoredOutcome.closes,
            StoredOutcome.week_ends,
            StoredOutcome.week_worse,
        )
        .join(StoredOutcome, StoredOutcome.number == IssuedForecast.number)
        .where(IssuedForecast.number.in_(recent))
    )
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    return {Symbol(row.symbol): _week(row) for row in rows}


def _week(row: Row[Any]) -> WeekOfCloses:
    bands = list(row.quantiles.values())[:WEEK]
    closes = struct.unpack(f"<{HORIZON}d", row.closes)[:WEEK]
    pairs = [(band, close) for band, close in zip(bands, closes, strict=True) if not math.isnan(close)]
    return WeekOfCloses(
        as_of=row.as_of,
        ends=row.week_ends,
        inside=sum(band[LOW80] <= close <= band[HIGH80] for band, close in pairs),
        closes=len(pairs),
        is_nearer=not row.week_worse,
    )
