"""Requests that discord.py does not repeat by itself: of posts the outbox decides on that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

import aiohttp
import discord

SHORT_WAIT: Final = 2.0
"""Seconds of a rate limit that discord.py may wait out within one attempt: the usual ones are shorter."""


class Unanswered(Exception):
    """Discord's server failed: it may have done what it was asked to do."""


_decides_on_repeats: ContextVar[bool] = ContextVar("the outbox decides on repeats", default=False)


def unanswered_posts_end() -> aiohttp.TraceConfig:
    """For discord.py's ``http_trace``: it repeats what is answered with 5xx or 429, unless within ``own_repeats``."""

    async def end(_session: aiohttp.ClientSession, _context: Any, params: aiohttp.TraceRequestEndParams) -> None:
        if _decides_on_repeats.get() and params.response.status >= 500:
            params.response.close()
            raise Unanswered(f"HTTP {params.response.status}")
        if _decides_on_repeats.get() and params.response.status == 429:
            headers = params.response.headers
            wait = float(headers.get("Retry-After", 0))
            if wait > SHORT_WAIT and "Via" in headers and "X-RateLimit-Global" not in headers:
                params.response.close()
                raise discord.RateLimited(wait)

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(end)
    return trace


@contextmanager
def own_repeats() -> Iterator[None]:
    """Within it, 5xx raises ``Unanswered``, and a place's limit above SHORT_WAIT ``discord.RateLimited``."""
    token = _decides_on_repeats.set(True)
    try:
        yield
    finally:
        _decides_on_repeats.reset(token)
