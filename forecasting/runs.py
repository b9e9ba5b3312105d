"""Jobs that came to their end: which symbols they did, and why they could not do the others."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from forecasting.tables import StoredRun
from forecasting.universe import Symbol

REMEMBERED_RUNS: Final = 20
"""Newest jobs among which a symbol's failure is looked for: more than a week of them."""


@dataclass(frozen=True)
class Failure:
    """A symbol that a run could not do.

    Attributes:
        error: the kind, by the name of its class: ``UnknownSymbol``.
        message: the sentence for a person.
    """

    symbol: Symbol
    error: str
    message: str


@dataclass(frozen=True)
class Run:
    """A job that came to its end.

    Attributes:
        kind: ``retrain`` or ``refresh``.
        as_of: the last session that its forecasts know.
        started_at, finished_at: aware.
        ok, failed: the symbols it did, and those it could not do.
    """

    kind: str
    source: str
    as_of: date
    started_at: datetime
    finished_at: datetime
    ok: tuple[Symbol, ...]
    failed: tuple[Failure, ...]


def keep_run(engine: Engine, run: Run) -> None:
    """Keep that a job came to its end."""
    with Session(engine) as session, session.begin():
        session.add(
            StoredRun(
                kind=run.kind,
                source=run.source,
                as_of=run.as_of,
                started_at=run.started_at,
                finished_at=run.finished_at,
                ok=list(run.ok),
                failed=[asdict(failure) for failure in run.failed],
            )
        )


def last_run(engine: Engine, kind: str, source: str) -> Run | None:
    """The run of this kind that ended last. A job that was killed leaves none."""
    query = (
        select(StoredRun)
        .where(StoredRun.kind == kind, StoredRun.source == source)
        .order_by(StoredRun.finished_at.desc(), StoredRun.id.desc())
        .limit(1)
    )
    with Session(engine) as session:
        row = session.scalar(query)
        if row is None:
            return None
        ok = tuple(Symbol(symbol) for symbol in row.ok)
        failed = tuple(Failure(Symbol(f["symbol"]), f["error"], f["message"]) for f in row.failed)
        return Run(row.kind, row.source, row.as_of, row.started_at, row.finished_at, ok, failed)


def why_not(engine: Engine, symbol: Symbol, source: str) -> str:
    """What the newest job that failed at ``symbol`` said of it; empty where none of the last few did."""
    query = (
        select(StoredRun.failed)
        .where(StoredRun.source == source)
        .order_by(StoredRun.finished_at.desc(), StoredRun.id.desc())
        .limit(REMEMBERED_RUNS)
    )
    with Session(engine) as session:
        failures = (failure for failed in session.scalars(query) for failure in failed)
        return next((failure["message"] for failure in failures if failure["symbol"] == symbol), "")
