"""How fast the bot posts: below Discord's limit of requests, because running into it holds up every other request."""

from __future__ import annotations

import asyncio
from typing import Final

LIMIT: Final = 50.0
"""Requests a second that Discord takes of a bot, over all its processes. Answers to interactions don't count."""
POSTS: Final = 46.0
"""Posts a second of all processes: the rest is for other requests."""
CATCH_UP: Final = 2
"""Posts that may follow at once after a moment in which the bot was busy."""


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
