"""Past forecasts and the closes that followed, in one unit, for the picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection, Engine, Row, bindparam, func, select

from forecasting.prices.history import Array, PriceHistory
from forecasting.quantiles import HIGH80, LOW80, MEDIAN
from forecasting.record.calibration import Calibration, calibration_of, issued_days
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
    closes = history.adjusted * history.as_quoted
    whose = {"source": history.source, "symbol": history.symbol, "kind": kind}
    with engine.connect() as connection:
        days = issued_days(connection, **whose)
        fans = _fans(connection, history, closes, days)
        if not fans or fans[0].as_of >= history.last_session:
            return None
        issued, inside, met = connection.execute(_OF_ALL, whose).one()
        calibration = calibration_of(connection, history, days)
    start = max(0, int(history.sessions.searchsorted(pd.Timestamp(fans[0].as_of))) - LEAD)
    return Past(
        history.symbol,
        history.source,
        kind,
        history.currency,
        tuple(map(Close, history.sessions[start:].date, closes[start:].tolist())),
        tuple(fans),
        int(issued),
        int(inside),
        int(met),
        calibration,
    )


_ISSUED, _OUTCOMES = IssuedForecast.__table__.c, StoredOutcome.__table__.c

# Made once: a job asks for every ETF.
_FAN: Final = select(_ISSUED.as_of, _ISSUED.raw_close, _ISSUED.quantiles).where(_ISSUED.number == bindparam("number"))
_OF_ALL: Final = select(
    func.count(), func.coalesce(func.sum(_OUTCOMES.lstm_in80), 0), func.coalesce(func.sum(_OUTCOMES.sessions), 0)
).where(*(_OUTCOMES[name] == bindparam(name) for name in ("source", "symbol", "kind")))
"""How many forecasts, closes inside their 80% bands, and closes."""


def _fans(connection: Connection, history: PriceHistory, closes: Array, issued: Sequence[Row[int, date]]) -> list[Fan]:
    """Fans that do not overlap, the oldest first: each begins where the one before ended."""
    first = history.sessions[max(0, len(history) - SHOWN_SESSIONS)].date()
    fans: list[Fan] = []
    for number, as_of in issued:
        if as_of < (fans[-1].sessions[-1] if fans else first):
            continue
        place = int(history.sessions.searchsorted(pd.Timestamp(as_of)))
        if place < len(history) and history.sessions[place].date() == as_of:
            fans.append(_fan(connection.execute(_FAN, {"number": number}).one(), float(closes[place])))
    return fans


def _fan(issued: Row[Any, Any, Any], close: float) -> Fan:
    units = close / issued.raw_close
    quantiles: Sequence[Sequence[float]] = list(issued.quantiles.values())

    def level(column: int) -> tuple[float, ...]:
        return tuple(units * row[column] for row in quantiles)

    sessions = tuple(date.fromisoformat(day) for day in issued.quantiles)
    return Fan(issued.as_of, close, sessions, level(LOW80), level(MEDIAN), level(HIGH80))
