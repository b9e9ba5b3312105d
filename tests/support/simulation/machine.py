"""The machine of a simulation: its processes, which can be killed at any statement, and what befalls its database.

All processes live in this one. What a process does carries its number in its context; of a killed one the event loop
runs nothing any more, and the database takes no statement. So nothing that it would have done next happens: no
``finally``, no handler of a cancellation.
"""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from random import Random
from typing import Any, Final
from unittest import mock

from sqlalchemy import event
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.pool import Pool

import bot.forecasts.chart_process
import bot.jobs.worker
import forecasting.storage.lease
from tests.support.simulation.child import Child
from tests.support.simulation.loop import Loop
from tests.support.simulation.process import NO_SUCH_PID, PROCESS, Killed, Process

WRITES: Final = ("INSERT", "UPDATE", "DELETE", "BEGIN IMMEDIATE", "COMMIT")


class Machine:
    """The processes, and what befalls their statements.

    Attributes:
        program: what a child process runs: called in a thread of its own with the arguments, ``say`` and ``pause``.
        storage_fault: what every statement that writes fails with, if anything: ``full`` or ``locked``.
    """

    def __init__(self, loop: Loop, random: Random) -> None:
        self.loop, self.random = loop, random
        loop.machine = self
        self.processes: dict[int, Process] = {}
        self.program: Callable[[Child], int]
        self.storage_fault: str | None = None
        self.job_faults: list[Callable[[Child], None]] = []
        """Each befalls one job: called with it before it starts."""
        self.kills = 0
        """So far."""
        self._last_pid = NO_SUCH_PID

    def spawn(self, name: str, parent: Process | None = None) -> Process:
        self._last_pid += 1
        context = Context()
        process = Process(self._last_pid, name, context, self.loop.create_future(), parent)
        context.run(PROCESS.set, process)
        self.processes[process.pid] = process
        return process

    def start_child(self, protocol: Any, arguments: tuple[str, ...], environment: dict[str, str]) -> Child:
        parent = PROCESS.get()
        child = Child(self, self.spawn(arguments[-1], parent), protocol, arguments, environment)
        if arguments[-1] != "draw" and self.job_faults:
            self.job_faults.pop(0)(child)
        child.start()
        return child

    def kill(self, process: Process) -> None:
        """SIGKILL."""
        if not process.is_alive:
            return
        self.kills += 1
        process.is_alive = False
        del self.processes[process.pid]
        self.loop.drop(process)
        Context().run(self.loop.call_soon, self.loop.bury, process)
        for call in process.on_death:
            call()
        if not process.death.done():
            process.death.set_result(None)
        for child in [other for other in self.processes.values() if other.parent is process]:
            child.on_signal(signal.SIGTERM)  # as its watch on stdin does

    def exit(self, process: Process) -> None:
        """It has come to its end by itself."""
        process.is_alive = False
        self.processes.pop(process.pid, None)
        if not process.death.done():
            process.death.set_result(None)

    def getpid(self) -> int:
        process = PROCESS.get()
        return os.getpid() if process is None else process.pid

    def signalled(self, pid: int, number: int) -> None:
        if pid < NO_SUCH_PID:
            os.kill(pid, number)
            return
        if (process := self.processes.get(pid)) is None:
            raise ProcessLookupError
        if number == signal.SIGKILL:
            process.on_signal(signal.SIGKILL)
        elif number:
            process.on_signal(number)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Stand for the operating system until the block ends."""
        system = _System(self)

        def connected(connection: Any, _record: object) -> None:
            # A killed process loses nothing that it has handed to the system; only a power cut would.
            connection.execute("PRAGMA synchronous=OFF")
            if process := PROCESS.get():
                process.connections.append(connection)

        def checked(execute: Callable[..., None]) -> Callable[..., None]:
            def checked_first(dialect: Any, cursor: Any, words: str, *more: Any) -> None:
                self._befall(words)
                execute(dialect, cursor, words, *more)

            return checked_first

        def commit(dialect: Any, connection: Any, do_commit: Any = DefaultDialect.do_commit) -> None:
            self._befall("COMMIT")
            do_commit(dialect, connection)

        modules = forecasting.storage.lease, bot.jobs.worker, bot.forecasts.chart_process
        # Where SQLAlchemy hands statements to the driver: its own events cost every statement more.
        patches = [
            *(mock.patch.object(module, "os", system) for module in modules),
            *(
                mock.patch.object(DefaultDialect, name, checked(getattr(DefaultDialect, name)))
                for name in ("do_execute", "do_executemany", "do_execute_no_params")
            ),
            mock.patch.object(DefaultDialect, "do_commit", commit),
        ]
        event.listen(Pool, "connect", connected)
        for patch in patches:
            patch.start()
        try:
            yield
        finally:
            for patch in patches:
                patch.stop()
            event.remove(Pool, "connect", connected)

    def _befall(self, words: str) -> None:
        process = PROCESS.get()
        if process is None:
            return
        if not process.is_alive:
            raise Killed
        process.statements += 1
        if process.kill_at is not None and process.statements >= process.kill_at:
            self.kill(process)
            raise Killed
        if self.storage_fault is not None and words.lstrip().upper().startswith(WRITES):
            said = {"full": "database or disk is full", "locked": "database is locked"}[self.storage_fault]
            raise sqlite3.OperationalError(said)


class _System:
    """The part of ``os`` that concerns processes."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def getpid(self) -> int:
        return self._machine.getpid()

    def kill(self, pid: int, number: int) -> None:
        self._machine.signalled(pid, number)

    killpg = kill

    def setpriority(self, _which: int, _who: int, _priority: int) -> None:
        pass
