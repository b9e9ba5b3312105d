"""Runs jobs as child processes: one at a time, behind the bot in priority, with a time limit and progress.

A job is the command that an operator would type, ``python -m forecasting retrain … --json``. It gets its settings
through its environment, tells its progress on stdout as one JSON object per line, and logs on stderr. The bot holds its
stdin open and writes nothing: when the bot is gone, even if it was killed, that ends, and with it the job.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from asyncio import SubprocessTransport
from asyncio.subprocess import PIPE
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from bot.jobs.job import Job, JobFailed, JobKind, JobResult, Progress, RunningJob, WorkerState, parse_event
from forecasting import ENDS_WITH_STDIN

log = logging.getLogger(__name__)

COMMAND: Final = (sys.executable, "-m", "forecasting")
WORK: Final[Mapping[JobKind, str]] = {"retrain": "training", "refresh": "refresh"}
NICENESS: Final = 10
"""Added to a job's own, so that answers to members come first on a busy machine."""
GRACE_SECONDS: Final = 10.0
"""Seconds between asking a job to end and killing it."""
LOG_TAIL_LINES: Final = 30
MAX_LINE_BYTES: Final = 1 << 20
"""The last line of a job names every symbol that failed and why."""
STDOUT, STDERR = 1, 2
SECRETS: Final = frozenset({"DISCORD_TOKEN", "PUSH_URL"})
"""Of the environment, what a job does not need."""


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
        self.settings = dict(settings)
        """For the jobs that are not started yet."""
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
            JobFailed: it did not finish.
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
        output = JobOutput(self._heard)
        process = await self._spawn(job, output)
        reason = ""
        try:
            async with asyncio.timeout(self._time_limit.total_seconds()):
                await output.over.wait()
        except TimeoutError:
            reason = f"it was stopped after JOB_TIME_LIMIT, {self._time_limit.total_seconds() / 60:g} min"
        finally:
            await _end(process, output)
        if output.result is None or output.fault:
            raise _failed(job, reason or output.fault or f"exit code {process.get_returncode()}", output.tail)
        log.info("Job ends: %s, %d done, %d failed", job.kind, len(output.result.ok), len(output.result.failed))
        for failure in output.result.failed:
            log.warning("%s failed. %s", failure.symbol, failure.message)
        return output.result

    async def _spawn(self, job: Job, output: JobOutput) -> SubprocessTransport:
        inherited = {name: value for name, value in os.environ.items() if name not in SECRETS}
        process, _ = await asyncio.get_running_loop().subprocess_exec(
            lambda: output,
            *self._command,
            *job.arguments(),
            env=inherited | self.settings | {ENDS_WITH_STDIN: "1"},
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            start_new_session=True,  # its own group, so that it can be ended with all its workers
        )
        pid = process.get_pid()
        try:
            os.setpriority(os.PRIO_PGRP, pid, os.getpriority(os.PRIO_PROCESS, 0) + NICENESS)
        except ProcessLookupError:
            log.debug("Job %s ended before its priority was set", job.kind)
        return process

    def _heard(self, progress: Progress) -> None:
        if self._running is not None:
            self._show(replace(self._running, progress=progress))


class JobOutput(asyncio.SubprocessProtocol):
    """What a job says until it ends.

    Attributes:
        result: of its event ``done``; None if it has not said that.
        fault: why the job cannot be followed any further; empty if it can.
        tail: the last lines of its log.
        exited: set once it has ended.
        over: set then too, or once it cannot be followed any further.
        emptied: set once all that it wrote has been read.
    """

    def __init__(self, on_progress: Callable[[Progress], None]) -> None:
        self.result: JobResult | None = None
        self.fault = ""
        self.tail: deque[str] = deque(maxlen=LOG_TAIL_LINES)
        self.exited = asyncio.Event()
        self.over = asyncio.Event()
        self.emptied = asyncio.Event()
        self._on_progress = on_progress
        self._begun = {STDOUT: b"", STDERR: b""}
        """Of each stream, the line that has no end yet."""

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        *lines, rest = (self._begun[fd] + data).split(b"\n")
        for line in lines:
            self._read(fd, line)
        if len(rest) > MAX_LINE_BYTES:
            self._read(fd, rest[:MAX_LINE_BYTES])
            rest = b""
        self._begun[fd] = rest

    def pipe_connection_lost(self, fd: int, _error: Exception | None) -> None:
        if rest := self._begun.pop(fd, b""):
            self._read(fd, rest)
        if not self._begun:
            self.emptied.set()

    def process_exited(self) -> None:
        self.exited.set()
        self.over.set()

    def _read(self, fd: int, line: bytes) -> None:
        if fd == STDERR:
            text = line.decode(errors="replace").rstrip()
            log.debug("job: %s", text)
            self.tail.append(text)
        elif len(line) >= MAX_LINE_BYTES:
            self.fault = f"it wrote a line of more than {MAX_LINE_BYTES} bytes"
            self.over.set()
        elif isinstance(event := parse_event(line), JobResult):
            self.result = event
        elif event is not None:
            self._on_progress(event)


def _failed(job: Job, reason: str, tail: deque[str]) -> JobFailed:
    said = [line for line in tail if line.strip()]
    log.error("Job %s failed: %s\n%s", " ".join(job.arguments()), reason, "\n".join(said))
    last = f" It said: {said[-1].strip()}" if said else ""
    return JobFailed(
        f"The {WORK[job.kind]} of {', '.join(job.symbols)} did not finish: {reason}.{last} The bot's log has the rest."
    )


async def _end(process: SubprocessTransport, output: JobOutput) -> None:
    """End the whole process group of a job: ask it to end, then kill it, then empty its pipes. No wait is endless."""
    pid = process.get_pid()
    try:
        if process.get_returncode() is None:
            _signal_group(pid, signal.SIGTERM)
            if not await _within_grace(output.exited):
                log.warning("Job process %d did not end when asked; it is killed", pid)
            _signal_group(pid, signal.SIGKILL)
        if not await _within_grace(output.emptied):
            log.warning("A process that job %d started is still there; it is killed", pid)
            _signal_group(pid, signal.SIGKILL)
            await _within_grace(output.emptied)
    finally:
        process.close()


async def _within_grace(event: asyncio.Event) -> bool:
    try:
        # Not asyncio.timeout, which in Python 3.11.2 ends a cancelled task instead of this wait.
        return await asyncio.wait_for(event.wait(), GRACE_SECONDS)
    except TimeoutError:
        return False


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        log.debug("Nothing is left of the job's process group %d", pid)
