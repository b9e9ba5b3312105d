"""Which servers the bot stays in: those that the setting ALLOWED_SERVERS names, or all."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator

import aiohttp
import discord

from bot.interactions.permissions import missing_permissions
from bot.texts import texts_for

log = logging.getLogger(__name__)


class Access:
    """Leaves other servers, and says so there once."""

    def __init__(self, allowed: Collection[int]) -> None:
        """``allowed`` are ids; none allows all."""
        self._allowed = frozenset(allowed)
        self._told: set[int] = set()

    async def check(self, guild: discord.Guild) -> None:
        """Stay in the server, or leave it."""
        if not self._allowed or guild.id in self._allowed:
            return
        log.warning("Leaving the server %d (%r): ALLOWED_SERVERS does not name it", guild.id, guild.name)
        try:
            await self._say(guild)
            await guild.leave()
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.warning("The server %d could not be left: %s. I try again at the next connection", guild.id, error)

    async def _say(self, guild: discord.Guild) -> None:
        if guild.id in self._told or (channel := next(_open_channels(guild), None)) is None:
            return
        self._told.add(guild.id)
        try:
            await channel.send(texts_for(guild.preferred_locale)("servers.not_allowed"))
        except discord.HTTPException as error:
            log.info("The server %d could not be notified: %s", guild.id, error)


def _open_channels(guild: discord.Guild) -> Iterator[discord.TextChannel]:
    """Where the bot may write: first the channel in which Discord welcomes members."""
    for channel in (guild.system_channel, *guild.text_channels):
        if channel is not None and not missing_permissions(channel, channel.permissions_for(guild.me)):
            yield channel
