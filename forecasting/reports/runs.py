"""Finished jobs: which symbols they did, and why they could not do the others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Engine, Row, bindparam, insert, select

from forecasting.reports.schema import StoredRun
from forecasting.universe import Symbol

REMEMBERED_RUNS: Final = 20
"""Newest jobs among which a symbol's failure is looked for: more than a week of them."""

_SEARCHED_RUNS: Final = 500
"""Newest jobs among which the weekly one is looked for: members of many servers may ask for trainings."""


@dataclass(frozen=True)
class Failure:
    """A symbol that a run could not do.

    Attributes:
        error: name of the error's class, such as ``UnknownSymbol``.
        message: the sentence for a person.
    """

    symbol: Symbol
    error: str
    message: str


@dataclass(frozen=True)
class Run:
    """A finished job.

    Attributes:
        kind: ``retrain`` or ``refresh``.
        as_of: last session that its forecasts know.
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
        """All symbols that were asked for."""
        return frozenset((*self.ok, *(failure.symbol for failure in self.failed)))


class RunStore:
    """The finished jobs of one database. A job that was killed leaves none."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def record(self, run: Run) -> None:
        """Keep a finished job."""
        row = {**vars(run), "ok": list(run.ok), "failed": list(map(asdict, run.failed))}
        with self._engine.begin() as connection:
            connection.execute(insert(StoredRun), row)

    def last(self, kind: str, source: str, covering: Collection[Symbol] = ()) -> Run | None:
        """The newest run of this kind that was asked for all of ``covering``; if there is none, the newest of all.

        A training of one ETF that a member asked for says nothing about the weekly one.
        """
        query = _NEWEST_FIRST_OF_KIND.limit(_SEARCHED_RUNS)
        with self._engine.connect() as connection:
            newest = None
            for row in connection.execute(query, {"source": source, "kind": kind}):
                run = _run_of(row)
                newest = newest or run
                if run.symbols >= set(covering):
                    return run
            return newest

    def failures_since(self, kind: str, source: str, since: datetime) -> tuple[Failure, ...]:
        """The symbols whose newest run of this kind since ``since`` (aware) failed, and why."""
        failed: dict[Symbol, Failure] = {}
        done: set[Symbol] = set()
        with self._engine.connect() as connection:
            for row in connection.execute(_SINCE, {"source": source, "kind": kind, "since": since}):
                run = _run_of(row)
                for failure in run.failed:
                    if failure.symbol not in done:
                        failed.setdefault(failure.symbol, failure)
                done.update(run.ok)
        return tuple(failed.values())

    def finished(self, kinds: Collection[str], source: str, since: datetime) -> dict[Symbol, datetime]:
        """When a run of one of these kinds ended for each symbol, done or failed, since ``since`` (aware)."""
        ends: dict[Symbol, datetime] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(_FINISHED, {"source": source, "kinds": kinds, "since": since}):
                for symbol in _run_of(row).symbols:
                    ends.setdefault(symbol, row.finished_at)
        return ends

    def failure_message(self, symbol: Symbol, source: str) -> str:
        """Why the newest job that failed for ``symbol`` failed; empty if none of the last REMEMBERED_RUNS jobs did."""
        with self._engine.connect() as connection:
            runs = map(_run_of, connection.execute(_NEWEST_FIRST.limit(REMEMBERED_RUNS), {"source": source}))
            failures = (failure for run in runs for failure in run.failed)
            return next((failure.message for failure in failures if failure.symbol == symbol), "")


_NEWEST_FIRST: Final = (
    select(StoredRun.__table__)
    .where(StoredRun.source == bindparam("source"))
    .order_by(StoredRun.finished_at.desc(), StoredRun.id.desc())
)
_NEWEST_FIRST_OF_KIND: Final = _NEWEST_FIRST.where(StoredRun.kind == bindparam("kind"))
_SINCE: Final = _NEWEST_FIRST_OF_KIND.where(StoredRun.finished_at >= bindparam("since"))
_FINISHED: Final = _NEWEST_FIRST.where(
    StoredRun.finished_at >= bindparam("since"), StoredRun.kind.in_(bindparam("kinds", expanding=True))
)


def _run_of(row: Row[Any]) -> Run:
    ok = tuple(Symbol(symbol) for symbol in row.ok)
    failed = tuple(Failure(Symbol(f["symbol"]), f["error"], f["message"]) for f in row.failed)
    return Run(row.kind, row.source, row.as_of, row.started_at, row.finished_at, ok, failed)
