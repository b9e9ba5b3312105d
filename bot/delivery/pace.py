"""How fast the bot posts: below Discord's limit of requests, because running into it holds up every other request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeVar

LIMIT: Final = 50.0
"""Requests a second that Discord takes of a bot, over all its processes. Answers to interactions don't count."""
POSTS: Final = 46.0
"""Posts a second of all processes: the rest is for other requests."""
CATCH_UP: Final = 2
"""Posts that may follow at once after a moment in which the bot was busy."""

T = TypeVar("T")


class Pace:
    """Lets one request after another through, in the order in which they came, at most ``per_second``."""

    def __init__(self, per_second: float = POSTS) -> None:
        self._gap = 1.0 / per_second
        self._turn = asyncio.Lock()
        self._next = 0.0
        """On the event loop's clock."""

    async def turn(self) -> None:
        """Wait until the next request may be made."""
        loop = asyncio.get_running_loop()
        async with self._turn:
            if (wait := self._next - loop.time()) > 0:
                await asyncio.sleep(wait)
            self._next = max(self._next, loop.time() - CATCH_UP * self._gap) + self._gap


async def for_each(items: Iterable[T], act: Callable[[T], Awaitable[object]], at_once: int = 1) -> None:
    """Do ``act`` for every item, even if it breaks for some.

    Args:
        act: its result tells whether it went well: then one more may be under way, else only one until one does.
        at_once: how many may be under way at most.

    Raises:
        ExceptionGroup: it broke for some.
    """
    broken: list[Exception] = []
    width = 1

    async def one(item: T) -> None:
        nonlocal width
        try:
            width = min(width + 1, at_once) if await act(item) else 1
        except Exception as error:
            width = 1
            error.add_note(f"while delivering {item}")
            broken.append(error)

    under_way: set[asyncio.Task[None]] = set()
    async with asyncio.TaskGroup() as tasks:
        for item in items:
            while len(under_way) >= width:
                _, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            under_way.add(tasks.create_task(one(item)))
    if broken:
        raise ExceptionGroup("some messages could not be delivered", broken)
