"""Takes the steps that are due, and remembers which of them failed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

from bot.cogs.report.due import PostReports
from bot.forecasts.door import Forecasts
from bot.interactions.failures import step_broke
from bot.jobs.job import JobFailed, JobFailure
from bot.schedule.decision import MAX_ATTEMPTS, RunJob, ScheduledRun, Task
from bot.schedule.records import RunRecords
from bot.schedule.retries import Retries
from forecasting import Failure, storage_failure

log = logging.getLogger(__name__)

PERMANENT_ERRORS: Final = frozenset({"UnknownSymbol", "NotEnoughHistory"})
"""Failures of a symbol that the next attempt would meet again."""

NO_ATTEMPT: Final = "JobRunning"
"""The failure of every symbol of a job that found another one at work, such as an operator's."""


class Steps:
    """The jobs and posts of one schedule."""

    def __init__(
        self,
        records: RunRecords,
        forecasts: Forecasts,
        post_reports: Callable[[PostReports], Awaitable[None]],
        now: Callable[[], datetime],
    ) -> None:
        self._records = records
        self._retries = Retries()
        self._forecasts = forecasts
        self._post_reports = post_reports
        self._now = now

    def runs(self, since: datetime) -> dict[tuple[Task, datetime], ScheduledRun]:
        """The runs due at ``since`` or later, and those that broke, by task and due time. It blocks on the database."""
        return {**self._records.newest(since), **self._retries.runs()}

    def broken(self) -> tuple[JobFailure, ...]:
        """The steps that broke unexpectedly and wait for their next attempt; from memory."""
        return tuple(
            JobFailure(due_at, step_broke(task, run.attempts, MAX_ATTEMPTS))
            for (task, due_at), run in self._retries.runs().items()
        )

    async def take(self, step: RunJob | PostReports) -> bool:
        """Do it, and remember what came of it.

        Returns:
            False if it has to wait because another job holds the database.

        Raises:
            Exception: the database failed, so nothing can be stored of any step.
        """
        log.info("Due: %s", _in_words(step))
        try:
            if isinstance(step, PostReports):
                await self._post_reports(step)
            elif not await self._run_job(step):
                return False
        except Exception as error:
            if storage_failure(error) is not None:
                raise  # no attempt: until it is mended, nothing can be stored of any step
            log.exception("Unexpected error in a scheduled step: %s", _in_words(step))
            self._retries.add(step, self._now())
        else:
            self._retries.resolve(step.task)
        return True

    async def _run_job(self, step: RunJob) -> bool:
        """Run a job, and store its state before and after. False if another job holds the database."""
        task, due_at = step.task, step.due_at
        await asyncio.to_thread(self._records.begin, task, due_at, step.symbols, self._now())
        run = self._forecasts.refresh if task == "refresh" else self._forecasts.retrain
        try:
            result = await run(step.symbols)
        except JobFailed as error:
            await asyncio.to_thread(self._records.end, task, due_at, step.symbols, str(error))
            return True
        except asyncio.CancelledError:
            await asyncio.to_thread(self._records.interrupt, task, due_at)
            raise
        if held := [failure.message for failure in result.failed if failure.error == NO_ATTEMPT]:
            await asyncio.to_thread(self._records.interrupt, task, due_at, held[0])
            return False
        remaining = tuple(failure.symbol for failure in result.failed)
        permanent = all(failure.error in PERMANENT_ERRORS for failure in result.failed)
        await asyncio.to_thread(
            self._records.end, task, due_at, remaining, _problem_words(result.failed), permanent=permanent
        )
        return True

    def failure(self) -> JobFailure | None:
        """The first failure among each task's newest runs; a retrain that succeeded ends earlier ones. It blocks."""
        seen = set()
        for (task, due_at), run in self._records.newest_first():
            if task not in seen and run.problem:
                return JobFailure(due_at, run.problem)
            if task == "retrain" and run.state == "done":
                return None
            seen.add(task)
        return None


def _problem_words(failed: tuple[Failure, ...]) -> str | None:
    return "\n".join(f"{failure.symbol}: {failure.message}" for failure in failed) or None


_TASKS: Final = {"retrain": "weekly training", "missing": "first training", "report": "reports"}
"""What the log calls tasks whose names in the database say too little."""


def _in_words(step: RunJob | PostReports) -> str:
    """For the log: ``weekly training of SPY, TLT, since 2026-11-28 13:00 UTC``."""
    whom = f"of {', '.join(step.symbols)}" if isinstance(step, RunJob) else f"({len(step.reports)} to post)"
    return f"{_TASKS.get(step.task, step.task)} {whom}, since {step.due_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
