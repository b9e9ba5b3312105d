"""A process of a simulation: what it does carries it in its context, so that nothing of it happens once it is dead."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context, ContextVar
from dataclasses import dataclass, field
from typing import Any, Final
from weakref import WeakSet

NO_SUCH_PID: Final = 1 << 23
"""Larger than any process id of a real machine: a signal that escapes the simulation hits nobody."""


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
