"""A child process of a simulation: a job, or the program that draws pictures."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import TYPE_CHECKING, Any

from tests.support.simulation.process import Killed, Process

if TYPE_CHECKING:
    from tests.support.simulation.machine import Machine


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
        self._go, self._stopped = threading.Lock(), threading.Lock()  # each is released once for each time it is taken
        self._go.acquire()
        self._stopped.acquire()
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
        """As a real one, which closes itself when the process at its other end is gone."""
        return self._is_closing or self._child is None or not self._child.process.is_alive

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
