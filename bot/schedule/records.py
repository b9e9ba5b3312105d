"""What the schedule remembers: how far each due job got. All methods block on the database: call them in a thread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Connection, Engine, Select, Update, bindparam, insert, select, update

from bot.schedule.decision import RunState, ScheduledRun, Task
from bot.storage.schema import StoredScheduledRun
from forecasting import Symbol

REMEMBERED = 64
"""Newest records that a decision can depend on: a dozen weeks of days."""

PERMANENT = "hopeless"
"""State in the table of a failed run that no further attempt can repair."""

_RUN: Final = StoredScheduledRun
# Made once: the schedule asks every few minutes, and putting a statement together costs more than running it.
_NEWEST: Final = (
    select(  # whole objects cost three times as much
        _RUN.task, _RUN.due_at, _RUN.state, _RUN.attempts, _RUN.tried_at, _RUN.failed, _RUN.problem
    )
    .where(_RUN.source == bindparam("source"))
    .order_by(_RUN.due_at.desc())
    .limit(REMEMBERED)
)
_NEWEST_SINCE: Final = _NEWEST.where(_RUN.due_at >= bindparam("since"))
_CHANGE: Final = update(_RUN).where(
    _RUN.source == bindparam("whose"), _RUN.task == bindparam("which"), _RUN.due_at == bindparam("when")
)
_COUNT: Final = _CHANGE.values(attempts=_RUN.attempts + 1)
_COUNT_NOT: Final = _CHANGE.values(attempts=_RUN.attempts - 1)


class RunRecords:
    """The scheduled runs of one price source."""

    def __init__(self, engine: Engine, source: str) -> None:
        self._engine = engine
        self._source = source

    def newest(self, since: datetime) -> Mapping[tuple[Task, datetime], ScheduledRun]:
        """Those due at ``since`` or later, by task and due time."""
        return dict(self._read(_NEWEST_SINCE, since=since))

    def newest_first(self) -> Iterator[tuple[tuple[Task, datetime], ScheduledRun]]:
        """All, one by one: runs that are not asked for are not read."""
        return self._read(_NEWEST)

    def _read(
        self, query: Select[*tuple[Any, ...]], **bounds: datetime
    ) -> Iterator[tuple[tuple[Task, datetime], ScheduledRun]]:
        with self._engine.connect() as connection:
            rows = connection.execute(query, {"source": self._source, **bounds})
            for task, due_at, state, attempts, tried_at, failed, problem in rows:
                yield (cast(Task, task), due_at), _run(state, attempts, tried_at, failed, problem)

    def begin(self, task: Task, due_at: datetime, symbols: tuple[Symbol, ...], now: datetime) -> None:
        """Count an attempt before it is made, so that one that takes the bot down counts too."""
        values = {"state": "running", "tried_at": now, "failed": list(symbols), "problem": None}
        with self._engine.begin() as connection:
            if not self._change(connection, _COUNT, task, due_at, **values):
                row = {"source": self._source, "task": task, "due_at": due_at, "attempts": 1}
                connection.execute(insert(_RUN), row | values)

    def interrupt(self, task: Task, due_at: datetime, problem: str | None = None) -> None:
        """The attempt ended through no fault of its own, as when the bot stops or another job is at work.

        It doesn't count.
        """
        with self._engine.begin() as connection:
            self._change(connection, _COUNT_NOT, task, due_at, problem=problem)

    def end(
        self,
        task: Task,
        due_at: datetime,
        remaining: tuple[Symbol, ...],
        problem: str | None,
        *,
        permanent: bool = False,
    ) -> None:
        """Store the outcome: done if no symbol remains."""
        state = (PERMANENT if permanent else "failed") if remaining else "done"
        with self._engine.begin() as connection:
            self._change(connection, _CHANGE, task, due_at, state=state, failed=list(remaining), problem=problem)

    def _change(
        self, connection: Connection, statement: Update, task: Task, due_at: datetime, **values: object
    ) -> bool:
        """Change the row of a run. False if it has none."""
        which = {"whose": self._source, "which": task, "when": due_at}
        return connection.execute(statement, which | values).rowcount > 0


def _run(state: str, attempts: int, tried_at: datetime, failed: Iterable[str], problem: str | None) -> ScheduledRun:
    is_permanent = state == PERMANENT
    return ScheduledRun(
        state="failed" if is_permanent else cast(RunState, state),
        attempts=attempts,
        tried_at=tried_at,
        remaining=tuple(map(Symbol, failed)),
        permanent=is_permanent,
        problem=problem,
    )
