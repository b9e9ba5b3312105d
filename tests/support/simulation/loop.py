"""The event loop of a simulation, in virtual time: it runs nothing of dead processes, and threads' work at once."""

from __future__ import annotations

import asyncio
import os
import selectors
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.exc import OperationalError

from tests.support.simulation.process import PROCESS, Killed, Process

if TYPE_CHECKING:
    from tests.support.simulation.machine import Machine

SETTLING_SECONDS: Final = 0.002
"""Of real time: what a byte takes through the loopback interface, at most, if nothing else is under way."""
STANDSTILL_SECONDS: Final = 10.0


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
    """Where a real event loop would wait, this one lets the virtual time pass at once.

    Attributes:
        is_settled: no byte can be under way: nothing was sent, and no connection made or closed, since it waited last.
    """

    loop: Loop
    is_settled = False

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if not ready and (timeout is None or timeout > 0) and not self.is_settled:
            ready = super().select(SETTLING_SECONDS)
            self.is_settled = True
        if ready:
            self.is_settled = False
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if timeout is not None:
            self.loop.pass_time(timeout)
            return []
        if not (ready := super().select(STANDSTILL_SECONDS)):
            raise RuntimeError("The simulation stands still: nobody waits for anything")
        return ready

    def register(self, *args: Any) -> selectors.SelectorKey:
        self.is_settled = False
        return super().register(*args)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        self.is_settled = False
        return super().unregister(fileobj)


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
        for name in ("write", "writelines", "write_eof"):  # newer Pythons send lines by themselves
            setattr(transport, name, self._noting(getattr(transport, name)))
        if process := PROCESS.get():
            process.transports.append(transport)
        return transport

    def _noting(self, send: Callable[..., None]) -> Callable[..., None]:
        def noted(*data: Any) -> None:
            self._selector.is_settled = False  # type: ignore[attr-defined]
            send(*data)

        return noted

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
