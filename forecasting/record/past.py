"""Past forecasts and the closes that followed, in one unit, for the picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from forecasting.prices.history import PriceHistory
from forecasting.quantiles import HIGH80, LOW80, MEDIAN
from forecasting.record.calibration import Calibration, calibration_of
from forecasting.record.schema import IssuedForecast, StoredOutcome
from forecasting.report import Close
from forecasting.storage.stored_json import from_json

SHOWN_SESSIONS: Final = 480
"""About two years: the span of as-of sessions that the picture goes back to."""

LEAD: Final = 10
"""Sessions before the first forecast that are shown."""


@dataclass(frozen=True)
class Fan:
    """A past forecast, in closes of the newest session.

    Attributes:
        as_of, close: what it starts from.
        sessions: those that it forecast, of which a few may still be to come.
        low, median, high: the 80% band and its middle at each of them.
    """

    as_of: date
    close: float
    sessions: tuple[date, ...]
    low: tuple[float, ...]
    median: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class Past:
    """What happened, and some of the forecasts from before it that do not overlap.

    Attributes:
        closes: in closes of the newest session, dividends reinvested; oldest first.
        kind: of the forecasts.
        issued: how many forecasts of this kind there are, ``fans`` among them.
        inside, met: closes inside the 80% bands of them all, of how many that have come.
        calibration: of all of this kind.
    """

    symbol: str
    source: str
    kind: str
    currency: str
    closes: tuple[Close, ...]
    fans: tuple[Fan, ...]
    issued: int
    inside: int
    met: int
    calibration: tuple[Calibration, ...]

    def to_json(self) -> str:
        """The form in which the store keeps it, to be drawn later; ``from_json`` gives it back."""
        return json.dumps(self, default=_plain, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Past:
        return from_json(cls, text)


def _plain(part: Any) -> Any:
    """A part of a Past as JSON holds it. ``asdict`` copies every number, which costs more than all the rest."""
    return part.isoformat() if isinstance(part, date) else vars(part)


def past_of(engine: Engine, history: PriceHistory, kind: str) -> Past | None:
    """What to draw for an ETF; None if no forecast has met a close yet."""
    closes = history.frame["adjusted"] * history.as_quoted
    fans = _fans(engine, history, closes, kind)
    if not fans or fans[0].as_of >= history.last_session:
        return None
    start = max(0, int(history.sessions.searchsorted(pd.Timestamp(fans[0].as_of))) - LEAD)
    shown = closes.iloc[start:]
    return Past(
        history.symbol,
        history.source,
        kind,
        history.currency,
        tuple(Close(stamp.date(), float(close)) for stamp, close in shown.items()),  # type: ignore[attr-defined]
        tuple(fans),
        *_of_all(engine, history, kind),
        calibration_of(engine, history, kind),
    )


def _of_all(engine: Engine, history: PriceHistory, kind: str) -> tuple[int, int, int]:
    """How many forecasts, closes inside their 80% bands, and closes."""
    table = StoredOutcome.__table__.c
    sums = (func.count(), func.coalesce(func.sum(table.lstm_in80), 0), func.coalesce(func.sum(table.sessions), 0))
    whose = (table.source == history.source, table.symbol == history.symbol, table.kind == kind)
    with engine.connect() as connection:
        issued, inside, met = connection.execute(select(*sums).where(*whose)).one()
    return int(issued), int(inside), int(met)


def _fans(engine: Engine, history: PriceHistory, closes: pd.Series[float], kind: str) -> list[Fan]:
    """Fans that do not overlap, the oldest first: each begins where the one before ended."""
    table = IssuedForecast
    first = history.sessions[max(0, len(history) - SHOWN_SESSIONS)].date()
    whose = (table.source == history.source, table.symbol == history.symbol, table.kind == kind)
    days = select(table.number, table.as_of).where(*whose, table.as_of >= first).order_by(table.as_of, table.number)
    fans: list[Fan] = []
    with Session(engine) as session:
        for number, as_of in session.execute(days).all():
            if (fans and as_of < fans[-1].sessions[-1]) or pd.Timestamp(as_of) not in closes.index:
                continue
            fans.append(_fan(session.get_one(IssuedForecast, number), closes))
    return fans


def _fan(issued: IssuedForecast, closes: pd.Series[float]) -> Fan:
    close = float(closes[pd.Timestamp(issued.as_of)])
    units = close / issued.raw_close
    quantiles: Sequence[Sequence[float]] = list(issued.quantiles.values())

    def level(column: int) -> tuple[float, ...]:
        return tuple(units * row[column] for row in quantiles)

    sessions = tuple(date.fromisoformat(day) for day in issued.quantiles)
    return Fan(issued.as_of, close, sessions, level(LOW80), level(MEDIAN), level(HIGH80))
