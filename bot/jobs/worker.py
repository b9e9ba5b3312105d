"""Runs jobs as child processes: one at a time, behind the bot in priority, with a time limit and progress.

A job is the command that an operator would type, ``python -m forecasting retrain … --json``. It gets its settings
through its environment, tells its progress on stdout as one JSON object per line, and logs on stderr.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from bot.jobs.job import Job, JobFailed, JobResult, RunningJob, WorkerState, parse_event

log = logging.getLogger(__name__)

COMMAND: Final = (sys.executable, "-m", "forecasting")
NICENESS: Final = 10
"""Added to a job's own, so that answers to members come first on a busy machine."""
GRACE_SECONDS: Final = 10.0
"""Between asking a job to end and ending it."""
LOG_TAIL_LINES: Final = 30
MAX_LINE_BYTES: Final = 1 << 20
"""The last line of a job names every symbol that failed and why."""


class Worker:
    """The one place that starts jobs."""

    def __init__(
        self,
        settings: Mapping[str, str],
        *,
        time_limit: timedelta,
        now: Callable[[], datetime],
        command: tuple[str, ...] = COMMAND,
    ) -> None:
        """``settings`` are the environment variables that the bot's own settings mean to a job."""
        self._settings = dict(settings)
        self._time_limit = time_limit
        self._now = now
        self._command = command
        self._turn = asyncio.Lock()
        self._running: RunningJob | None = None
        self._waiting: list[Job] = []
        self._callers: set[asyncio.Task[Any]] = set()
        self.listeners: list[Callable[[WorkerState], None]] = []
        """Called whenever a job joins the queue, starts, gets on or ends."""

    @property
    def state(self) -> WorkerState:
        return WorkerState(self._running, tuple(self._waiting))

    async def run(self, job: Job) -> JobResult:
        """Run the job after those before it, and return its result.

        Raises:
            JobFailed: it came to no proper end.
        """
        caller = asyncio.current_task()
        assert caller is not None  # noqa: S101 - a coroutine runs in a task
        self._callers.add(caller)
        try:
            await self._take_turn(job)
            try:
                return await self._run_now(job)
            finally:
                self._show(None)
                self._turn.release()
        finally:
            self._callers.discard(caller)

    async def close(self) -> None:
        """End the running job, forget those that wait, and return when no child is left."""
        callers = [task for task in self._callers if task is not asyncio.current_task()]
        for task in callers:
            task.cancel()
        await asyncio.gather(*callers, return_exceptions=True)

    def _show(self, running: RunningJob | None) -> None:
        self._running = running
        self._notify()

    def _notify(self) -> None:
        for listener in tuple(self.listeners):
            listener(self.state)

    async def _take_turn(self, job: Job) -> None:
        self._waiting.append(job)
        self._notify()
        try:
            await self._turn.acquire()
        finally:
            self._waiting.remove(job)

    async def _run_now(self, job: Job) -> JobResult:
        self._show(RunningJob(job, self._now()))
        log.info("Job starts: %s", " ".join(job.arguments()))
        process = await self._spawn(job)
        tail: deque[str] = deque(maxlen=LOG_TAIL_LINES)
        try:
            async with asyncio.timeout(self._time_limit.total_seconds()):
                async with asyncio.TaskGroup() as readers:
                    following = readers.create_task(self._follow(process))
                    readers.create_task(_keep_tail(process, tail))
                code = await process.wait()
        except TimeoutError:
            minutes = self._time_limit.total_seconds() / 60
            raise _failed(job, f"it was stopped after {minutes:g} minutes (JOB_TIME_LIMIT)", tail) from None
        finally:
            await _end(process)
        result = following.result()
        if result is None:
            raise _failed(job, f"exit code {code}", tail)
        log.info("Job ends: %s, %d done, %d failed", job.kind, len(result.ok), len(result.failed))
        return result

    async def _spawn(self, job: Job) -> Process:
        inherited = {name: value for name, value in os.environ.items() if name != "DISCORD_TOKEN"}
        process = await asyncio.create_subprocess_exec(
            *self._command,
            *job.arguments(),
            env=inherited | self._settings,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            limit=MAX_LINE_BYTES,
            start_new_session=True,  # its own group, so that it can be ended with all its workers
        )
        try:
            os.setpriority(os.PRIO_PGRP, process.pid, os.getpriority(os.PRIO_PROCESS, 0) + NICENESS)
        except ProcessLookupError:
            log.debug("Job %s ended before its priority was set", job.kind)
        return process

    async def _follow(self, process: Process) -> JobResult | None:
        """Read the job's events to their end; None if it never said that it was done."""
        assert process.stdout is not None  # noqa: S101 - it was asked for
        result = None
        async for line in process.stdout:
            event = parse_event(line)
            if isinstance(event, JobResult):
                result = event
            elif event is not None and self._running is not None:
                self._show(replace(self._running, progress=event))
        return result


async def _keep_tail(process: Process, tail: deque[str]) -> None:
    assert process.stderr is not None  # noqa: S101 - it was asked for
    async for line in process.stderr:
        text = line.decode(errors="replace").rstrip()
        log.debug("job: %s", text)
        tail.append(text)


def _failed(job: Job, reason: str, tail: deque[str]) -> JobFailed:
    said = [line for line in tail if line.strip()]
    log.error("Job %s failed: %s\n%s", " ".join(job.arguments()), reason, "\n".join(said))
    last = f" It said: {said[-1].strip()}" if said else ""
    return JobFailed(
        f"The {job.kind} of {', '.join(job.symbols)} did not finish: {reason}.{last} The bot's log has the rest."
    )


async def _end(process: Process) -> None:
    """End the whole process group of a job: ask it to end, then kill it, then empty its pipes."""
    if process.returncode is None:
        _signal_group(process, signal.SIGTERM)
        try:
            async with asyncio.timeout(GRACE_SECONDS):
                await process.communicate()
        except TimeoutError:
            log.warning("Job process %d did not end when asked; it is killed", process.pid)
        _signal_group(process, signal.SIGKILL)
    await process.communicate()


def _signal_group(process: Process, number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        log.debug("Nothing is left of the job's process group %d", process.pid)
