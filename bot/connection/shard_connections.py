"""The connections of a process's shards to Discord, and their turns to log in."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, cast

import discord
from discord.gateway import DiscordWebSocket
from discord.state import AutoShardedConnectionState
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.logs import reason_of
from forecasting import Lease

log = logging.getLogger(__name__)

LOGIN_SECONDS: float = 5.0
"""Pause between two logins. Discord refuses an earlier one, unless ``max_concurrency`` lets both log in."""
LOOK_SECONDS: Final = 0.5
"""Pause between checks whether it is this process's turn."""


class ShardConnection:
    """One shard of a client that has several: to discord.py's ``Client.connect`` it is a client of its own.

    discord.py's own way to have several, ``AutoShardedClient``, ends the whole client where one of them meets what it
    cannot read, and logs in anew after each failure of the network, though only so many logins a day are allowed.
    """

    ws: DiscordWebSocket | None = None

    def __init__(self, client: discord.Client, shard_id: int) -> None:
        self._client = client
        self.shard_id = shard_id

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def connect(self, *, reconnect: bool) -> None:
        """Be connected until the client is closed."""
        await discord.Client.connect(cast(discord.Client, self), reconnect=reconnect)

    @property
    def is_open(self) -> bool:
        return self.ws is not None and self.ws.open


class ShardedState(AutoShardedConnectionState[discord.Client]):
    """discord.py's state of the servers of these shards: it is ready when each shard is."""

    def __init__(self, shard_ids: tuple[int, ...], **options: Any) -> None:
        super().__init__(**options)
        self.shard_ids = list(shard_ids)


class LoginTurns:
    """One login at a time over all processes of a database; several if Discord allows them.

    A login that comes too early costs one of the day's, but does no harm: discord.py tries again. So where the database
    fails, this does not keep anybody from logging in.
    """

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now
        self.max_concurrency = 1
        """How many shards may log in at the same time, those with different remainders; Discord says how many."""
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._ending: set[asyncio.Task[None]] = set()

    async def wait(self, shard_id: int) -> None:
        """Return when it is the shard's turn. The turn ends by itself."""
        turn = shard_id % self.max_concurrency
        await self._locks[turn].acquire()
        lease = Lease(self._engine, f"login {turn}")
        try:
            while not await asyncio.to_thread(lease.claim, self._now()):  # noqa: ASYNC110 - held by other processes
                await asyncio.sleep(LOOK_SECONDS)
        except SQLAlchemyError as error:
            log.warning("Whether another process logs in now cannot be seen: %s", reason_of(error))
        except asyncio.CancelledError:
            self._locks[turn].release()
            raise
        ending = asyncio.create_task(self._end(turn, lease))
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)

    async def _end(self, turn: int, lease: Lease) -> None:
        try:
            await asyncio.sleep(LOGIN_SECONDS)
        finally:
            try:
                if lease.is_held:
                    await asyncio.to_thread(lease.release)
            except SQLAlchemyError as error:  # it passes to others by this one's silence
                log.warning("The turn to log in was not passed on: %s", reason_of(error))
            finally:
                self._locks[turn].release()

    async def close(self) -> None:
        """Give the turns to the other processes."""
        for ending in self._ending:
            ending.cancel()
        await asyncio.gather(*self._ending, return_exceptions=True)
