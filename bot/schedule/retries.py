"""Scheduled steps that failed unexpectedly. They wait before the next attempt instead of being retried for ever.

Kept in memory, because the database itself may have failed. After a restart everything is tried at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.schedule.decision import RunJob, ScheduledRun, Step, Task


class Retries:
    """Of each task, the newest due time at which it broke, in the form in which records tell of a failed run."""

    def __init__(self) -> None:
        self._newest: dict[Task, tuple[datetime, ScheduledRun]] = {}

    def add(self, step: Step, now: datetime) -> None:
        """Count one more attempt in vain."""
        due_at, before = self._newest.get(step.task, (None, None))
        attempts = before.attempts + 1 if before is not None and due_at == step.due_at else 1
        remaining = step.symbols if isinstance(step, RunJob) else ()
        self._newest[step.task] = step.due_at, ScheduledRun("failed", attempts, now, remaining)

    def resolve(self, task: Task) -> None:
        """The step has succeeded. A training of the universe also settles all that broke before it."""
        if task == "retrain":
            self._newest.clear()
        self._newest.pop(task, None)

    def runs(self) -> Mapping[tuple[Task, datetime], ScheduledRun]:
        """By task and due time."""
        return {(task, due_at): run for task, (due_at, run) in self._newest.items()}
