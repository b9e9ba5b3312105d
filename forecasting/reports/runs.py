"""Jobs that came to their end: which symbols they did, and why they could not do the others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Engine, Select, select
from sqlalchemy.orm import Session

from forecasting.reports.schema import StoredRun
from forecasting.universe import Symbol

REMEMBERED_RUNS: Final = 20
"""Newest jobs among which a symbol's failure is looked for: more than a week of them."""

_SEARCHED_RUNS: Final = 500
"""Newest jobs among which that of the week is looked for: members of many servers may ask for trainings."""


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

    @property
    def symbols(self) -> frozenset[Symbol]:
        """All that it was to do."""
        return frozenset((*self.ok, *(failure.symbol for failure in self.failed)))


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


def last_run(engine: Engine, kind: str, source: str, covering: Collection[Symbol] = ()) -> Run | None:
    """The run of this kind that ended last, of those that were to do all of ``covering``; where none was, of all.

    A training that somebody asked for does its ETF alone, and says nothing about that of the week. A job that was
    killed leaves no run.
    """
    with Session(engine) as session:
        newest = None
        for row in session.scalars(_newest_first(kind, source).limit(_SEARCHED_RUNS)):
            run = _run_of(row)
            newest = newest or run
            if run.symbols >= set(covering):
                return run
        return newest


def failures_since(engine: Engine, kind: str, source: str, since: datetime) -> tuple[Failure, ...]:
    """The symbols at which their newest run of this kind since ``since`` (aware) failed, and why."""
    failed: dict[Symbol, Failure] = {}
    done: set[Symbol] = set()
    with Session(engine) as session:
        for row in session.scalars(_newest_first(kind, source).where(StoredRun.finished_at >= since)):
            run = _run_of(row)
            for failure in run.failed:
                if failure.symbol not in done:
                    failed.setdefault(failure.symbol, failure)
            done.update(run.ok)
    return tuple(failed.values())


def _newest_first(kind: str, source: str) -> Select[StoredRun]:
    return (
        select(StoredRun)
        .where(StoredRun.kind == kind, StoredRun.source == source)
        .order_by(StoredRun.finished_at.desc(), StoredRun.id.desc())
    )


def _run_of(row: StoredRun) -> Run:
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
