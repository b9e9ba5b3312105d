"""What the outbox knows of the servers that it posts to: also of those whose own process is gone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, cast

import aiohttp
import discord

from bot.delivery.repeats import Unanswered
from bot.logs import reason_of
from bot.settings.shards import Shards
from bot.texts import Texts, texts_for

log = logging.getLogger(__name__)

OTHERS: Final = 100
"""Servers of other processes that are remembered: more than are posted to at the same time."""


class Servers:
    """The servers of this process, as Discord keeps it informed, and those of others that were asked for."""

    def __init__(
        self, client: discord.Client, shards: Shards, request: Callable[[], AbstractAsyncContextManager[None]]
    ) -> None:
        """``request`` waits for the turn of a request."""
        self._client = client
        self._shards = shards
        self._request = request
        self._others: dict[int, discord.Guild] = {}
        """Servers of other processes, the newest known."""

    async def know(self, server_id: int | None) -> None:
        """Ask Discord for a server of another process, before something is posted there in its place."""
        if server_id is None or self._shards.has(server_id) or self._client.user is None:
            return
        http, own = self._client.http, self._client.user.id
        self._others.pop(server_id, None)
        try:
            async with self._request():
                server = dict(await http.get_guild(server_id, with_counts=False))
            async with self._request():
                server["channels"] = await http.get_all_guild_channels(server_id)
            async with self._request():
                server["threads"] = (await http.get_active_threads(server_id))["threads"]
            async with self._request():
                server["members"] = [await http.get_member(server_id, own)]
        except (discord.DiscordException, aiohttp.ClientError, OSError, Unanswered) as error:
            log.warning("Discord did not describe the server %d: %s", server_id, reason_of(error))
            return
        while len(self._others) >= OTHERS:
            del self._others[next(iter(self._others))]
        self._others[server_id] = discord.Guild(data=cast(Any, server), state=self._client._connection)

    def knows(self, server_id: int | None) -> bool:
        """Whether Discord has told this process of that server, as it does of its own, or was asked for it."""
        return self._shards.has(server_id) or self._guild(server_id) is not None

    def _guild(self, server_id: int | None) -> discord.Guild | None:
        return None if server_id is None else self._client.get_guild(server_id) or self._others.get(server_id)

    def texts_of(self, server_id: int) -> Texts:
        """The texts in the server's language."""
        guild = self._guild(server_id)
        return texts_for(None if guild is None else guild.preferred_locale)

    def forum(self, server_id: int | None, channel_id: int) -> discord.ForumChannel | None:
        """The forum with that id; None for any other channel."""
        guild = self._guild(server_id)
        channel = guild.get_channel(channel_id) if guild is not None else None
        return channel if isinstance(channel, discord.ForumChannel) else None

    def may_read(self, server_id: int | None, channel_id: int) -> bool:
        """Whether the bot is sure to see what it posted there."""
        guild = self._guild(server_id)
        channel = guild.get_channel_or_thread(channel_id) if guild is not None else None
        if guild is None or channel is None:
            return False
        try:
            return channel.permissions_for(guild.me).read_message_history
        except discord.ClientException:  # a thread of a channel that the bot does not see
            return False
