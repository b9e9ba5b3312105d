"""What the outcomes of an ETF add up to. The job stores it with each scoring: no answer sums up the whole record.

Of each kind (live, replayed): the sums of its outcomes' columns, its best and worst final forecast, and, of live ones,
the charts of monitoring.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, case, delete, func, insert, select

from forecasting.record.monitoring import Aspect, Cusum, charts_of
from forecasting.record.schema import PROMISED, SUMS, TRACKED, IssuedForecast, StoredOutcome, StoredTotals
from forecasting.universe import Symbol

Key = tuple[str, str]
"""ETF and kind."""

Totals = Mapping[str, Any]
"""Values that JSON can hold, by the labels of ``_SUMS``; ``best``, ``worst``, ``charts``."""

_COLUMN: Final = StoredOutcome.__table__.c

_ERROR: Final = (_COLUMN.lstm_pct / func.nullif(StoredOutcome.sessions, 0)).label("error")
"""Mean absolute error of a forecast, % of its as-of close."""

_SUMS: Final[tuple[ColumnElement[Any], ...]] = (
    func.max(StoredOutcome.currency).label("currency"),
    func.sum(StoredOutcome.sessions).label("sessions"),
    func.sum(case((StoredOutcome.sessions > 0, 1), else_=0)).label("cutoffs"),
    func.sum(case((StoredOutcome.is_final, 1), else_=0)).label("final"),
    func.sum(case((StoredOutcome.is_late, 1), else_=0)).label("late"),
    func.count(StoredOutcome.problem).label("waiting"),
    func.max(StoredOutcome.problem).label("problem"),
    func.sum(case((_COLUMN.promised_cover80.is_not(None), StoredOutcome.sessions), else_=0)).label("promised"),
    *(func.sum(_COLUMN[f"{model}_{name}"]).label(f"{model}_{name}") for model in TRACKED for name in SUMS),
    *(func.sum(_COLUMN[f"promised_{name}"] * StoredOutcome.sessions).label(f"promised_{name}") for name in PROMISED),
)

_WHOSE: Final = (StoredOutcome.source == bindparam("source"), StoredOutcome.symbol == bindparam("symbol"))

# Made once: a job sums up every ETF, and putting these together costs more than running them.
_SUMMED: Final = select(StoredOutcome.kind, *_SUMS).where(*_WHOSE).group_by(StoredOutcome.kind)
_EXTREMES: Final = {
    name: select(StoredOutcome.number, StoredOutcome.as_of, _ERROR)
    .where(*_WHOSE, StoredOutcome.kind == bindparam("of"), StoredOutcome.is_final, _ERROR.is_not(None))
    .order_by(order, StoredOutcome.number)
    .limit(1)
    for name, order in (("best", _ERROR.asc()), ("worst", _ERROR.desc()))
}


@dataclass(frozen=True)
class FinalForecast:
    """One final forecast, and its mean absolute error in % of the as-of close."""

    number: int
    as_of: date
    mae_pct: float


def summed(connection: Connection, source: str, symbol: Symbol) -> dict[str, Totals]:
    """The totals of one ETF by kind, summed up from its outcomes."""
    whose = {"source": source, "symbol": symbol}
    found: dict[str, Totals] = {}
    for row in connection.execute(_SUMMED, whose).mappings():
        kind, totals = row["kind"], {name: value for name, value in row.items() if name != "kind"}
        for name, query in _EXTREMES.items():
            first = connection.execute(query, {**whose, "of": kind}).one_or_none()
            totals[name] = None if first is None else (first.number, first.as_of.isoformat(), first.error)
        of = charts_of(connection, source, symbol) if kind == "live" else {}
        totals["charts"] = {what: _plain(chart) for what, chart in of.items()}
        found[kind] = totals
    return found


def renew(connection: Connection, source: str, symbol: Symbol) -> None:
    """Store the totals of an ETF whose outcomes have changed in this transaction."""
    whose = {"source": source, "symbol": symbol}
    rows = [{**whose, "kind": kind, "body": totals} for kind, totals in summed(connection, source, symbol).items()]
    connection.execute(_DELETE, whose)
    connection.execute(insert(StoredTotals), rows)


_DELETE: Final = delete(StoredTotals).where(
    StoredTotals.source == bindparam("source"), StoredTotals.symbol == bindparam("symbol")
)


_ISSUED: Final = (
    select(IssuedForecast.symbol, IssuedForecast.kind)
    .where(IssuedForecast.source == bindparam("source"))
    .distinct()
    .subquery()
)
_TOTALS: Final = (  # made once: the schedule asks every few minutes
    select(_ISSUED.c.symbol, _ISSUED.c.kind, StoredTotals.body)
    .outerjoin_from(
        _ISSUED,
        StoredTotals,
        (StoredTotals.source == bindparam("source"))
        & (StoredTotals.symbol == _ISSUED.c.symbol)
        & (StoredTotals.kind == _ISSUED.c.kind),
    )
    .order_by(_ISSUED.c.symbol, _ISSUED.c.kind)
)


def totals_of(connection: Connection, source: str, symbol: Symbol | None = None) -> dict[Key, Totals]:
    """The totals of one ETF, or of all: alphabetical, live before replayed.

    Those of issued forecasts that no job has stored yet are summed up here; there are none before the first outcome.
    """
    query = _TOTALS if symbol is None else _TOTALS.where(_ISSUED.c.symbol == symbol)
    rows = connection.execute(query, {"source": source}).all()
    missing = {Symbol(row.symbol) for row in rows if row.body is None}
    new = {whose: summed(connection, source, whose) for whose in missing}
    found = {(row.symbol, row.kind): row.body or new[Symbol(row.symbol)].get(row.kind) for row in rows}
    return {key: totals for key, totals in found.items() if totals is not None}


def final_forecast(stored: tuple[int, str, float] | None) -> FinalForecast | None:
    """The ``best`` or ``worst`` of totals."""
    return None if stored is None else FinalForecast(stored[0], date.fromisoformat(stored[1]), stored[2])


def charts_in(totals: Totals) -> dict[Aspect, Cusum]:
    """The charts of monitoring in totals."""
    return {what: _chart(stored) for what, stored in totals.get("charts", {}).items()}


def _plain(chart: Cusum) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(chart).items()}


def _chart(stored: Mapping[str, Any]) -> Cusum:
    days = {name: stored[name] and date.fromisoformat(stored[name]) for name in ("since", "first")}
    return Cusum(**{**stored, **days})
