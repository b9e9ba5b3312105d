"""Interactions in the order of their arrival: first all are acknowledged, then a few at a time are worked out.

discord.py begins whatever has arrived in one go. Hundreds at once would hold up the event loop, and the last of them
would be acknowledged only when the first have their pictures.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

AT_A_TIME: Final = 8
"""Answers that are worked out at the same time."""
PATIENCE: Final = 5.0
"""Seconds that one waits for its turn at most: pictures that hang keep nobody else waiting."""


class Arrivals:
    """Begins each interaction in a turn of the event loop of its own.

    Args:
        begin: reads an event of the gateway and starts its task.
    """

    def __init__(self, begin: Callable[[Any], None]) -> None:
        self._begin = begin
        self._waiting: asyncio.Queue[Any] = asyncio.Queue()
        self._all_begun = asyncio.Event()
        self._all_begun.set()
        self._turns = asyncio.Semaphore(AT_A_TIME)
        self._task: asyncio.Task[None] | None = None

    def put(self, event: Any) -> None:
        """Take an INTERACTION_CREATE from the gateway, in the order of arrival."""
        self._all_begun.clear()
        self._waiting.put_nowait(event)

    def start(self) -> None:
        """Begin what arrives. Needs the running event loop; a second call changes nothing."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    def stop(self) -> None:
        """Begin nothing more."""
        if self._task is not None:
            self._task.cancel()

    @property
    def is_rush(self) -> bool:
        """Whether work that is begun now has to wait for its turn."""
        return self._turns.locked() or not self._all_begun.is_set()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until everybody who has asked so far is acknowledged and few answers are being worked out."""
        has_turn = False
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    has_turn = await self._turns.acquire()
                    await self._all_begun.wait()
            yield
        finally:
            if has_turn:
                self._turns.release()

    async def _run(self) -> None:
        while True:
            self._begin(await self._waiting.get())
            if self._waiting.empty():
                self._all_begun.set()
            await asyncio.sleep(0)
