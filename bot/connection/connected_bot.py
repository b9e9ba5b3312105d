"""ConnectedBot: a client that stays logged in and connected, with every shard of its process."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Coroutine
from functools import partial
from itertools import count
from typing import Any, Final, Self

import discord
from discord.state import ConnectionState

from bot.connection.login import EXIT_BAD_SETTINGS, explained
from bot.connection.shard_connections import LoginTurns, ShardConnection, ShardedState
from bot.interactions.feature_bot import FeatureBot
from bot.settings.shards import Shards

log = logging.getLogger(__name__)

FIRST_PAUSE: float = 5.0
LONGEST_PAUSE: Final = 600.0
"""Seconds between two attempts to log in or to connect, which double."""


class ConnectedBot(FeatureBot):
    """Waits out failures that pass by themselves, and survives events that discord.py cannot read."""

    def __init__(self, shards: Shards, login_turns: LoginTurns, **options: Any) -> None:
        """``options`` are those of ``discord.ext.commands.Bot``."""
        self.shards = shards
        only = shards.ids[0] if len(shards.ids) == 1 else None
        super().__init__(shard_id=only, shard_count=shards.count, **options)
        self.connections = () if only is not None else tuple(ShardConnection(self, n) for n in shards.ids)
        """The connections of several shards. One shard, or a bot without shards, uses the client's own."""
        self.login_turns = login_turns
        self._waits_for_login = True
        """Whether a failed login is waited out and tried again; not once the bot is set up."""
        parsers = self._connection.parsers
        for name, parse in tuple(parsers.items()):
            parsers[name] = partial(_parse, name, parse)

    async def login(self, token: str) -> None:
        """Log in, and wait out failures that may pass by themselves: only a bad token or setting ends the bot.

        Raises:
            discord.LoginFailure: Discord refuses the token.
            BadSettings: the database cannot be used.
        """
        for attempt in count():
            try:
                await super().login(token)
            except Exception as error:
                failure = explained(error, understood=self.application is not None)
                if failure is None or failure.exit_code == EXIT_BAD_SETTINGS or not self._waits_for_login:
                    raise
                await self._wait_out(str(failure), attempt)
                await self.http.close()
                self.http.connector = discord.utils.MISSING  # closed with its session
            else:
                return

    def _get_state(self, **options: Any) -> ConnectionState[Any]:
        if len(self.shards.ids) < 2:
            return super()._get_state(**options)
        parts = {"dispatch": self.dispatch, "handlers": self._handlers, "hooks": self._hooks, "http": self.http}
        return ShardedState(self.shards.ids, **parts, **options)

    async def connect(self, *, reconnect: bool = True) -> None:
        """Stay connected, with every shard of this process."""
        if not self.connections:
            await self._stay_connected(self, super().connect, reconnect=reconnect)
            return
        await asyncio.gather(
            *(self._stay_connected(shard, shard.connect, reconnect=reconnect) for shard in self.connections)
        )

    async def _stay_connected(
        self, shard: Self | ShardConnection, connect: Callable[..., Coroutine[Any, Any, None]], *, reconnect: bool
    ) -> None:
        """Connect again where discord.py gives up: if the first connection fails, or if it cannot read an event."""
        for attempt in count():
            try:
                if shard.shard_id is not None:
                    _, _, limit = await self.http.get_bot_gateway()
                    self.login_turns.max_concurrency = limit["max_concurrency"]
                    await self.login_turns.wait(shard.shard_id)  # not while Discord waits for a login
                await connect(reconnect=reconnect)
            except (discord.ConnectionClosed, discord.PrivilegedIntentsRequired):
                raise
            except Exception as error:
                if not reconnect:
                    raise
                log.debug("The connection broke", exc_info=True)
                if self.is_closed():  # stopped in the middle of connecting: aiohttp finds its socket gone
                    return
                if shard.ws is not None:
                    await shard.ws.close()  # or its heart beats on
                await self._wait_out(f"The connection to Discord broke ({type(error).__name__}).", attempt)
            else:
                return

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait for the shard's turn to log in again."""
        if shard_id is None:
            await super().before_identify_hook(shard_id, initial=initial)
        elif not initial:
            await self.login_turns.wait(shard_id)

    @property
    def is_connected(self) -> bool:
        """Whether every shard is connected and has received its servers."""
        if not self.is_ready() or self.is_closed():
            return False
        return all(shard.is_open for shard in self.connections) if self.connections else self.ws.open

    @property
    def latency(self) -> float:
        """Seconds that Discord took to answer the last heartbeat; of several shards that of the slowest."""
        slowest = max((shard.ws.latency for shard in self.connections if shard.ws is not None), default=math.nan)
        return slowest if self.connections else super().latency

    async def _wait_out(self, what: str, attempt: int) -> None:
        pause = min(FIRST_PAUSE * 2**attempt, LONGEST_PAUSE)
        log.error("%s Trying again in %.0f s", what, pause)
        await asyncio.sleep(pause)

    async def close(self) -> None:
        """Leave Discord."""
        leaving = asyncio.create_task(super().close())  # first, so that discord.py does not connect again
        await asyncio.sleep(0)
        await asyncio.gather(*(shard.ws.close(code=1000) for shard in self.connections if shard.ws is not None))
        await leaving
        await self.login_turns.close()


def _parse(name: str, parse: Callable[[Any], None], data: Any) -> None:
    """Have discord.py read an event. One that it cannot read would end its connection, and with that the bot."""
    try:
        parse(data)
    except Exception:
        log.exception("Discord sent an event %s that cannot be read", name)
