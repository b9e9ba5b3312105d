"""Trainings that members ask for: one job for everyone who wants the same, with its progress."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.forecasts.door import Forecasts
from bot.jobs.job import Job, JobFailed, JobFailure, JobResult, RunningJob, WorkerState
from forecasting import Symbol

REMEMBERED_FOR: Final = timedelta(days=1)
"""How long a failed job is reported to operators: long enough for every check of the schedule."""


@dataclass(frozen=True)
class TrainingState:
    """How far a job is: its ``place`` among those that wait, or what it does now; neither before it has begun."""

    place: int | None = None
    running: RunningJob | None = None


class Training:
    """A training under way, or done. Read ``state`` when ``changed`` is set."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.state = TrainingState()
        self.changed = asyncio.Event()

    def notice(self, queue: WorkerState) -> None:
        """The queue has changed; perhaps this job's state too."""
        running = queue.running if queue.running is not None and queue.running.job is self.job else None
        state = TrainingState(queue.place_of(self.job), running)
        if state != self.state:
            self.state = state
            self.changed.set()
            self.changed = asyncio.Event()


class Trainings:
    """Starts trainings. They go on if the member who asked leaves."""

    def __init__(self, forecasts: Forecasts) -> None:
        self._forecasts = forecasts
        self._under_way: dict[tuple[Symbol, ...], tuple[Training, asyncio.Task[JobResult]]] = {}
        self._failures: dict[tuple[Symbol, ...], JobFailure] = {}

    async def start(
        self, symbols: tuple[Symbol, ...], *, only_funds: bool = False
    ) -> tuple[Training, asyncio.Future[JobResult]]:
        """Train ``symbols``, or join a training that is under way.

        Returns:
            The training, and its result, which raises JobFailed if the job fails.
        """
        if symbols not in self._under_way:
            job = await asyncio.to_thread(self._forecasts.training, symbols, only_funds=only_funds)
        if symbols not in self._under_way:  # somebody may have been quicker while the calendar was asked
            training = Training(job)
            task = asyncio.create_task(self._run(training))
            self._under_way[symbols] = training, task
            task.add_done_callback(lambda _: self._under_way.pop(symbols))
        training, task = self._under_way[symbols]
        return training, asyncio.shield(task)

    def failures(self, now: datetime) -> tuple[JobFailure, ...]:
        """The trainings that failed recently and have not succeeded since. It may be called in a thread."""
        failures = list(self._failures.values())  # at once: jobs change the dictionary
        return tuple(failure for failure in failures if now - failure.due_at < REMEMBERED_FOR)

    async def _run(self, training: Training) -> JobResult:
        stop_listening: Callable[[], None] = self._forecasts.listen(training.notice)
        try:
            result = await self._forecasts.run(training.job)
        except JobFailed as error:
            self._failures[training.job.symbols] = JobFailure(self._forecasts.now(), str(error))
            raise
        else:
            self._failures.pop(training.job.symbols, None)
            return result
        finally:
            stop_listening()
