"""Trainings that people ask for, with their progress: an operator's own job, and many members' ETFs in one job.

Members' ETFs wait here, not among the jobs. When no job runs or waits, those that have waited longest become one job.
So scheduled work and operators are next in line, however many members ask.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.forecasts.door import Forecasts
from bot.jobs.job import Job, JobFailed, JobFailure, JobResult, RunningJob, WorkerState
from forecasting import Symbol

log = logging.getLogger(__name__)

REMEMBERED_FOR: Final = timedelta(days=1)
"""How long a failed job is reported to operators: long enough for every check of the schedule."""
AT_ONCE: Final = 25
"""Members' ETFs in one job: it shares its work among all processors, and scheduled work waits for one at most."""


@dataclass(frozen=True)
class TrainingState:
    """How far a training is: its ``place`` among those that wait, or what it does now; neither before it has begun."""

    place: int | None = None
    running: RunningJob | None = None


class Training:
    """A training that waits, is under way, or is done. Read ``state`` when ``changed`` is set."""

    def __init__(self, symbols: tuple[Symbol, ...], place: Callable[[Training], int | None], number: int = 0) -> None:
        """``place`` tells its place in the queue; ``number`` which one it is of all that ever waited here."""
        self.symbols = symbols
        self.number = number
        self.outcome: asyncio.Future[JobResult] = asyncio.get_running_loop().create_future()
        """Raises JobFailed if the job fails; cancelled if the bot ends."""
        self.outcome.add_done_callback(_noticed)
        self.changed = asyncio.Event()
        self._place = place
        self._running: RunningJob | None = None
        self._told = TrainingState()

    @property
    def state(self) -> TrainingState:
        return TrainingState(None if self._running is not None else self._place(self), self._running)

    def notice(self, running: RunningJob | None = None) -> None:
        """The queue has changed, or its job has begun or got on."""
        self._running = running or self._running
        if (state := self.state) != self._told:
            self._told = state
            self.changed.set()
            self.changed = asyncio.Event()


class Trainings:
    """Starts trainings. They go on if the member who asked leaves."""

    def __init__(self, forecasts: Forecasts) -> None:
        self._forecasts = forecasts
        self._operators: dict[tuple[Symbol, ...], Training] = {}
        self._members: dict[Symbol, Training] = {}
        """Those that wait here or are in the members' job."""
        self._waiting: deque[Training] = deque()
        """Trainings that members wait for, the oldest first."""
        self._numbered = 0
        self._jobs: dict[Job, tuple[Training, ...]] = {}
        """The trainings that each of the worker's jobs does."""
        self._members_job: asyncio.Task[None] | None = None
        self._ahead = 0
        """Jobs that waited at the last look."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._failures: dict[tuple[Symbol, ...], JobFailure] = {}
        self._is_closed = False
        forecasts.listen(self._notice)

    def start(self, symbols: tuple[Symbol, ...]) -> Training:
        """Train ``symbols`` next after the jobs at hand, or join a training of theirs that is under way."""
        if symbols not in self._operators:
            training = self._operators[symbols] = Training(symbols, self._place)
            training.outcome.add_done_callback(lambda _: self._operators.pop(symbols))
            self._begin(self._run((training,), only_funds=False))
        return self._operators[symbols]

    def want(self, symbol: Symbol) -> Training:
        """Train a fund together with others once no job is at hand, or join a training of it that is under way."""
        if symbol not in self._members:
            self._numbered += 1
            training = self._members[symbol] = Training((symbol,), self._place, self._numbered)
            training.outcome.add_done_callback(lambda _: self._members.pop(symbol))
            self._waiting.append(training)
            self._start_members()
        return self._members[symbol]

    @property
    def wanted(self) -> frozenset[Symbol]:
        """What members wait for."""
        return frozenset(self._members)

    def failures(self, now: datetime) -> tuple[JobFailure, ...]:
        """The trainings that failed recently and have not succeeded since. It may be called in a thread."""
        failures = list(self._failures.values())  # at once: jobs change the dictionary
        return tuple(failure for failure in failures if now - failure.due_at < REMEMBERED_FOR)

    def close(self) -> None:
        """Start nothing more, and give up what waits."""
        self._is_closed = True
        for training in self._waiting:
            training.outcome.cancel()
        self._waiting.clear()

    def _place(self, training: Training) -> int | None:
        """Behind the jobs at hand, and behind the ETFs that have waited longer."""
        queue = self._forecasts.job_state
        for job, trainings in self._jobs.items():
            if training in trainings:
                place = queue.place_of(job)
                return None if place is None else place + trainings.index(training)
        if not self._waiting or training.number < self._waiting[0].number:
            return None
        return len(queue.waiting) + training.number - self._waiting[0].number + 1

    def _notice(self, queue: WorkerState) -> None:
        """The queue of jobs has changed: tell those whom it concerns, and use it if it is free."""
        for job, trainings in self._jobs.items():
            running = queue.running if queue.running is not None and queue.running.job is job else None
            progress = None if running is None else running.progress
            for training in trainings:
                if progress is None or progress.symbol in training.symbols:
                    training.notice(running)
        if len(queue.waiting) != self._ahead:
            self._ahead = len(queue.waiting)
            for training in self._waiting:
                training.notice()
        self._start_members()

    def _start_members(self) -> None:
        queue = self._forecasts.job_state
        is_free = queue.running is None and not queue.waiting and self._members_job is None
        if self._waiting and is_free and not self._is_closed:
            self._members_job = self._begin(self._run_members())

    async def _run_members(self) -> None:
        taken = tuple(self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting))))
        for training in self._waiting:
            training.notice()
        try:
            await self._run(taken, only_funds=True)
        finally:
            self._members_job = None
            self._start_members()

    async def _run(self, trainings: tuple[Training, ...], *, only_funds: bool) -> None:
        """Run a job for these trainings, and give each its part of the result."""
        symbols = tuple(symbol for training in trainings for symbol in training.symbols)
        try:
            job = await asyncio.to_thread(self._forecasts.training, symbols, only_funds=only_funds)
            self._jobs[job] = trainings
            try:
                result = await self._forecasts.run(job)
            finally:
                del self._jobs[job]
        except asyncio.CancelledError:
            for training in trainings:
                training.outcome.cancel()
            raise
        except Exception as error:
            if isinstance(error, JobFailed):
                self._failures[symbols] = JobFailure(self._forecasts.now(), str(error))
            else:
                log.exception("The training of %s broke", ", ".join(symbols))
            for training in trainings:
                training.outcome.set_exception(error)
        else:
            self._forget_failures(frozenset(symbols))
            for training in trainings:
                training.outcome.set_result(_part(result, training.symbols))

    def _forget_failures(self, done: frozenset[Symbol]) -> None:
        """What failed in one job may succeed in several."""
        left = ((tuple(s for s in symbols if s not in done), failure) for symbols, failure in self._failures.items())
        self._failures = {symbols: failure for symbols, failure in left if symbols}

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _part(result: JobResult, symbols: tuple[Symbol, ...]) -> JobResult:
    return JobResult(
        tuple(symbol for symbol in result.ok if symbol in symbols),
        tuple(failure for failure in result.failed if failure.symbol in symbols),
    )


def _noticed(outcome: asyncio.Future[JobResult]) -> None:
    """A failure that nobody waits for any more is no surprise: the worker has logged it."""
    if not outcome.cancelled():
        outcome.exception()
