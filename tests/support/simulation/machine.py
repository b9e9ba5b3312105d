"""The machine of a simulation: its clock, its event loop, and its processes, which can be killed at any statement.

All processes live in this one. What a process does carries its number in its context; of a killed one the event loop
runs nothing any more, and the database takes no statement. So nothing that it would have done next happens: no
``finally``, no handler of a cancellation.
"""

from __future__ import annotations

import asyncio
import os
import selectors
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import Context, ContextVar, copy_context
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from unittest import mock
from weakref import WeakSet

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import Pool

import bot.forecasts.chart_process
import bot.jobs.worker
import forecasting.storage.lease

NO_SUCH_PID: Final = 1 << 23
"""Larger than any process id of a real machine: a signal that escapes the simulation hits nobody."""
SETTLING_SECONDS: Final = 0.002
"""Of real time: what a byte takes through the loopback interface, at most, if nothing else is under way."""
STANDSTILL_SECONDS: Final = 10.0

WRITES: Final = ("INSERT", "UPDATE", "DELETE", "BEGIN IMMEDIATE", "COMMIT")


class Killed(BaseException):
    """The process that runs this code is dead."""


@dataclass(eq=False)
class Process:
    """A process of the simulation.

    Attributes:
        parent: what started it, if a process did.
        kill_at: the number of the statement before which it is killed.
        statements: sent so far.
        death: done once it is dead.
    """

    pid: int
    name: str
    context: Context
    death: asyncio.Future[None]
    parent: Process | None = None
    kill_at: int | None = None
    statements: int = 0
    is_alive: bool = True
    connections: list[Any] = field(default_factory=list)
    transports: list[Any] = field(default_factory=list)
    tasks: WeakSet[asyncio.Task[Any]] = field(default_factory=WeakSet)
    on_signal: Callable[[int], None] = lambda _: None
    on_death: list[Callable[[], None]] = field(default_factory=list)


PROCESS: ContextVar[Process | None] = ContextVar("the simulated process", default=None)


class Clock:
    """The true time, which Discord and Yahoo know, and that of the machine, which may be wrong."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.skew = timedelta(0)

    def __call__(self) -> datetime:
        return self.at

    def of_the_machine(self) -> datetime:
        return self.at + self.skew


class _Jumping(selectors.DefaultSelector):
    """Where a real event loop would wait, this one lets the virtual time pass at once."""

    loop: Loop

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if ready := super().select(SETTLING_SECONDS):
            return ready
        if timeout is not None:
            self.loop.pass_time(timeout)
            return []
        if not (ready := super().select(STANDSTILL_SECONDS)):
            raise RuntimeError("The simulation stands still: nobody waits for anything")
        return ready


class Loop(asyncio.SelectorEventLoop):
    """An event loop in virtual time, which runs nothing of dead processes, and threads' work at once."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.machine: Machine
        self._virtual = 1.0
        self.is_burying = False
        selector = _Jumping()
        selector.loop = self
        super().__init__(selector)
        self.set_task_factory(_task)

    def time(self) -> float:
        return self._virtual

    def pass_time(self, seconds: float) -> None:
        self._virtual += seconds
        self.clock.at += timedelta(seconds=seconds)

    def call_soon(self, *args: Any, **kwargs: Any) -> asyncio.Handle:
        return _unless_dead(super().call_soon(*args, **kwargs))

    def call_soon_threadsafe(self, *args: Any, **kwargs: Any) -> asyncio.Handle:
        return _unless_dead(super().call_soon_threadsafe(*args, **kwargs))

    def call_at(self, *args: Any, **kwargs: Any) -> Any:
        return _unless_dead(super().call_at(*args, **kwargs))

    def run_in_executor(self, _executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Killed:
            return self.create_future()  # nobody is left to wait for it
        except BaseException as error:
            if isinstance(error, StopIteration):
                raise
            future.set_exception(error)
        return future

    def _make_socket_transport(self, *args: Any, **kwargs: Any) -> Any:
        transport = super()._make_socket_transport(*args, **kwargs)  # type: ignore[misc]
        if process := PROCESS.get():
            process.transports.append(transport)
        return transport

    async def subprocess_exec(self, protocol_factory: Callable[[], Any], *args: Any, **options: Any) -> Any:  # type: ignore[override]
        protocol = protocol_factory()
        return self.machine.start_child(protocol, tuple(map(str, args)), options.get("env") or {}), protocol

    def drop(self, process: Process) -> None:
        """Forget everything that the process would do."""
        for handle in [*self._ready, *self._scheduled]:  # type: ignore[attr-defined]
            if handle._context is not None and handle._context.get(PROCESS) is process:
                handle.cancel()
        for transport in process.transports:
            if (sock := transport._sock) is not None:
                self._remove_reader(transport._sock_fd)  # type: ignore[attr-defined]
                self._remove_writer(transport._sock_fd)  # type: ignore[attr-defined]
                transport._sock = None
                transport._closing = True
                sock.close()
        for key in list((self._selector.get_map() or {}).values()):  # type: ignore[attr-defined]
            for handle in key.data or ():
                if handle is not None and handle._context.get(PROCESS) is process:
                    self._selector.unregister(key.fileobj)  # type: ignore[attr-defined]
                    with suppress(OSError):
                        os.close(key.fd)
                    break

    def bury(self, process: Process) -> None:
        """End the coroutines of a dead process, where none of them can do harm any more."""
        self.is_burying = True
        for task in [task for task in process.tasks if not task.done()]:
            task._log_destroy_pending = False  # type: ignore[attr-defined]
            for _ in range(20):
                try:
                    process.context.copy().run(task.get_coro().close)  # type: ignore[union-attr]
                except (RuntimeError, Killed, OperationalError):
                    continue
                break
            asyncio.tasks._unregister_task(task)  # type: ignore[attr-defined]
        for connection in process.connections:
            with suppress(Exception):
                connection.close()
        self.is_burying = False


def _task(loop: asyncio.AbstractEventLoop, work: Any, context: Context | None = None, **more: Any) -> asyncio.Task[Any]:
    task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, context=context, **more)
    if process := PROCESS.get() if context is None else context.get(PROCESS):
        process.tasks.add(task)
    return task


def _unless_dead(handle: Any) -> Any:
    if handle._context is not None and (process := handle._context.get(PROCESS)) and not process.is_alive:
        handle.cancel()
    return handle


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

        def statement(_connection: Any, _cursor: Any, words: str, *_: Any) -> None:
            self._befall(words)

        def commit(_connection: Any) -> None:
            self._befall("COMMIT")

        listeners: list[tuple[Any, str, Any]] = [
            (Pool, "connect", connected),
            (Engine, "before_cursor_execute", statement),
            (Engine, "commit", commit),
        ]
        modules = forecasting.storage.lease, bot.jobs.worker, bot.forecasts.chart_process
        patches = [mock.patch.object(module, "os", system) for module in modules]
        for target, name, call in listeners:
            event.listen(target, name, call)
        for patch in patches:
            patch.start()
        try:
            yield
        finally:
            for patch in patches:
                patch.stop()
            for target, name, call in listeners:
                event.remove(target, name, call)

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
            raise OperationalError(words, {}, Exception(said))


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


class Child(asyncio.SubprocessTransport):
    """A child process: its program runs in a thread of its own, which the event loop waits for until it pauses.

    So one of all threads runs at any time, and a run can be repeated.
    """

    def __init__(
        self, machine: Machine, process: Process, protocol: Any, arguments: tuple[str, ...], environment: dict[str, str]
    ) -> None:
        super().__init__()
        self.machine, self.process, self.arguments, self.environment = machine, process, arguments, environment
        self.input = ""
        """What the parent has written, and the program has not read."""
        self.stall = 0.0
        """Seconds that it waits at its first pause: it hangs."""
        self.is_stubborn = False
        self.dies_at_pause: int | None = None
        self.on_pause: Callable[[], None] = lambda: None
        self._protocol = protocol
        self._to_parent = copy_context()
        self._code: int | None = None
        self._signal: int | None = None
        self._said: list[str] = []
        self._complained: list[str] = []
        self._pauses = 0
        self._waits_for_input = False
        self._is_over = False
        self._go, self._stopped = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=process.context.run, args=(self._run,), name=process.name, daemon=True)
        self._next: asyncio.TimerHandle | None = None
        self._exit_waiter: asyncio.Future[int] = machine.loop.create_future()
        process.on_signal = self._signalled
        process.on_death.append(self._died)

    # What the parent sees.

    def get_pid(self) -> int:
        return self.process.pid

    def get_returncode(self) -> int | None:
        return self._code

    def get_pipe_transport(self, fd: int) -> Any:
        return _Pipe(self) if fd == 0 else _Pipe(None)

    async def _wait(self) -> int:
        return await asyncio.shield(self._exit_waiter)

    def close(self) -> None:
        pass

    def start(self) -> None:
        self._protocol.connection_made(self)
        self._thread.start()
        self._later(0.0)

    def write(self, data: bytes) -> None:
        self.input += data.decode()
        if self._waits_for_input:
            self._later(0.0)

    def end_of_input(self) -> None:
        self._signalled(signal.SIGTERM)

    # What the program calls, in its thread.

    def say(self, text: str) -> None:
        self._said.append(text)

    def complain(self, text: str) -> None:
        self._complained.append(text)

    def pause(self) -> None:
        """Let the others go on for a while."""
        self._pauses += 1
        self._stopped.release()
        self._go.acquire()
        if self._signal == signal.SIGKILL or not self.process.is_alive:
            raise Killed
        if self._signal is not None and not self.is_stubborn:
            raise SystemExit(128 + self._signal)

    def read(self) -> str:
        """A line of the input; empty at its end."""
        while "\n" not in self.input:
            self._waits_for_input = True
            self.pause()
        self._waits_for_input = False
        line, _, self.input = self.input.partition("\n")
        return line

    # What the machine does.

    def _run(self) -> None:
        self._go.acquire()
        code = -signal.SIGKILL
        try:
            if self._signal is None:
                code = self.machine.program(self)
        except SystemExit as end:
            code = int(str(end.code or 0))
        except Killed:
            pass
        except BaseException as error:
            self.complain(f"{error!r}\n")
            code = 1
        finally:
            self._end_with = code
            self._is_over = True
            self._stopped.release()

    def _later(self, seconds: float) -> None:
        if self._next is not None:
            self._next.cancel()
        self._next = Context().run(self.machine.loop.call_later, seconds, self._resume)

    def _resume(self) -> None:
        """Let the program run until it pauses or ends."""
        self._next = None
        if self._code is not None:
            return
        self._go.release()
        self._stopped.acquire()
        said, self._said = "".join(self._said), []
        if self._is_over:
            self._thread.join()
            self._exited(self._end_with, said)
            return
        if said:
            self._tell(self._protocol.pipe_data_received, 1, said.encode())
        self.on_pause()
        if not self.process.is_alive:
            return
        if self.dies_at_pause == self._pauses:
            self.machine.kill(self.process)
        elif not self._waits_for_input:
            self._later(self.stall or self.machine.random.uniform(0.5, 20.0))
            self.stall = 0.0

    def _signalled(self, number: int) -> None:
        if number == signal.SIGKILL:
            self.machine.kill(self.process)
        elif not self.is_stubborn and self._code is None:
            self._signal = number
            self._later(0.0)

    def _died(self) -> None:
        """Killed: the thread unwinds at its pause, if it stands at one, without a statement getting through."""
        self._signal = signal.SIGKILL
        if threading.current_thread() is not self._thread:
            Context().run(self.machine.loop.call_soon, self._resume)

    def _exited(self, code: int, said: str) -> None:
        self._code = code
        self.machine.exit(self.process)
        self.machine.loop.bury(self.process)
        if said:
            self._tell(self._protocol.pipe_data_received, 1, said.encode())
        if self._complained:
            self._tell(self._protocol.pipe_data_received, 2, "".join(self._complained).encode())
        for fd in (1, 2):
            self._tell(self._protocol.pipe_connection_lost, fd, None)
        self._tell(self._protocol.process_exited)
        self._tell(self._protocol.connection_lost, None)
        if not self._exit_waiter.done():
            self._exit_waiter.set_result(code)

    def _tell(self, call: Callable[..., Any], *args: Any) -> None:
        self.machine.loop.call_soon(call, *args, context=self._to_parent.copy())


class _Pipe(asyncio.WriteTransport):
    """A child's stdin, or the end of a pipe that is only read."""

    def __init__(self, child: Child | None) -> None:
        super().__init__()
        self._child = child
        self._is_closing = False

    def write(self, data: Any) -> None:
        if self._child is not None:
            self._child.write(bytes(data))

    def is_closing(self) -> bool:
        return self._is_closing

    def close(self) -> None:
        if self._child is not None and not self._is_closing:
            self._child.end_of_input()
        self._is_closing = True

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def can_write_eof(self) -> bool:
        return False

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default
