"""What the outcomes of one ETF add up to: renewed by the job with them, read by everybody in a millisecond.

Everything here can be computed again from the outcomes; nothing is added to what was there before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, case, func, select
from sqlalchemy.orm import Session

from forecasting.record.monitoring import Alarm, Week, alarms_of
from forecasting.record.schema import StoredOutcome, StoredTotal
from forecasting.universe import Symbol

TRACKED: Final = ("lstm", "random_walk", "drift")
"""The issued forecast, and what it is measured against on the same sessions."""

SUMS: Final = ("abs", "sq", "pct", "pct_sq", "in80", "in95")
"""Of each of them, see ``StoredOutcome``."""

PROMISED: Final = ("mae_pct", "rmse_pct", "skill_rw", "skill_drift", "cover80", "cover95")
"""The figures of a backtest that stand beside those of the record."""

_OUTCOMES: Final = StoredOutcome.__table__.c
_Whose = tuple[ColumnElement[bool], ...]


def renew(session: Session, source: str, records: Iterable[tuple[Symbol, str]]) -> None:
    """Add up the outcomes of these ETFs and kinds anew, in the transaction that changed them."""
    for symbol, kind in sorted(set(records)):
        whose = (_OUTCOMES.source == source, _OUTCOMES.symbol == symbol, _OUTCOMES.kind == kind)
        body = {
            "sums": _sums(session, whose),
            "best": _call(session, whose, worst=False),
            "worst": _call(session, whose, worst=True),
            "alarms": _alarms(session, whose, source, symbol) if kind == "live" else [],
        }
        session.merge(StoredTotal(source=source, symbol=symbol, kind=kind, body=body))


def totals_of(connection: Connection, source: str, symbol: Symbol | None = None) -> Iterable[Any]:
    """Rows of symbol, kind and body: of every ETF that has outcomes, or of one."""
    query = select(StoredTotal.symbol, StoredTotal.kind, StoredTotal.body).where(StoredTotal.source == source)
    if symbol is not None:
        query = query.where(StoredTotal.symbol == symbol)
    return connection.execute(query.order_by(StoredTotal.symbol, StoredTotal.kind)).all()


def alarms(engine: Engine, source: str, symbol: Symbol | None = None) -> tuple[Alarm, ...]:
    """The ETFs that are flagged now, in alphabetical order, or one."""
    with engine.connect() as connection:
        return tuple(
            Alarm(Symbol(row.symbol), source, told["what"], date.fromisoformat(told["since"]), told["sentence"])
            for row in totals_of(connection, source, symbol)
            for told in row.body["alarms"]
        )


def _sums(session: Session, whose: _Whose) -> dict[str, Any]:
    columns = [func.sum(_OUTCOMES[f"{model}_{name}"]).label(f"{model}_{name}") for model in TRACKED for name in SUMS]
    columns += [
        func.sum(_OUTCOMES[f"promised_{name}"] * _OUTCOMES.sessions).label(f"promised_{name}") for name in PROMISED
    ]
    query = select(
        func.max(_OUTCOMES.currency).label("currency"),
        func.sum(_OUTCOMES.sessions).label("sessions"),
        func.sum(case((_OUTCOMES.sessions > 0, 1), else_=0)).label("cutoffs"),
        func.sum(case((_OUTCOMES.is_final, 1), else_=0)).label("final"),
        func.sum(case((_OUTCOMES.is_late, 1), else_=0)).label("late"),
        func.count(_OUTCOMES.problem).label("waiting"),
        func.max(_OUTCOMES.problem).label("problem"),
        func.sum(case((_OUTCOMES.promised_cover80.is_not(None), _OUTCOMES.sessions), else_=0)).label("promised"),
        *columns,
    ).where(*whose)
    return dict(session.execute(query).mappings().one())


def _call(session: Session, whose: _Whose, *, worst: bool) -> dict[str, Any] | None:
    """The final forecast with the smallest mean error, or with the largest."""
    error = (_OUTCOMES.lstm_pct / _OUTCOMES.sessions).label("error")
    query = (
        select(_OUTCOMES.number, _OUTCOMES.as_of, error)
        .where(*whose, _OUTCOMES.is_final, _OUTCOMES.sessions > 0)
        .order_by(error.desc() if worst else error, _OUTCOMES.number)
        .limit(1)
    )
    row = session.execute(query).first()
    return None if row is None else {"number": row.number, "as_of": row.as_of.isoformat(), "error": float(row.error)}


def _alarms(session: Session, whose: _Whose, source: str, symbol: Symbol) -> list[dict[str, Any]]:
    """Of forecasts that were issued in time."""
    query = (
        select(
            _OUTCOMES.as_of,
            _OUTCOMES.week_ends,
            _OUTCOMES.week_in80,
            _OUTCOMES.week_worse,
            _OUTCOMES.promised_cover80,
        )
        .where(*whose, _OUTCOMES.week_ends.is_not(None), _OUTCOMES.is_late.is_(False))
        .order_by(_OUTCOMES.as_of, _OUTCOMES.number)
    )
    weeks = [
        Week(
            row.as_of,
            row.week_ends,
            outside=not row.week_in80,
            worse=row.week_worse,
            promised=None if row.promised_cover80 is None else 1.0 - row.promised_cover80,
        )
        for row in session.execute(query)
    ]
    told = [asdict(alarm) for alarm in alarms_of(symbol, source, weeks)]
    return [{**alarm, "since": alarm["since"].isoformat()} for alarm in told]
