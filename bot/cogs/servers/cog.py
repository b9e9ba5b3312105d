"""``/servers``: the servers that the bot is in, for its owner; and leaving those that it may not be in."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.servers.access import Access
from bot.cogs.servers.message import servers_embed
from bot.cogs.servers.store import use_by_server
from bot.interactions.answers import Refusal, acknowledge
from bot.interactions.feature_bot import FeatureBot
from bot.interactions.formats import as_text
from bot.interactions.options import MAX_CHOICE_NAME
from bot.interactions.translator import localized
from bot.texts import texts_for

ServerText = app_commands.Range[str, 1, 100]


async def _is_owner(interaction: discord.Interaction[Any]) -> bool:
    """Whether it is the bot's owner.

    Raises:
        Refusal: it is not.
    """
    if await interaction.client.is_owner(interaction.user):
        return True
    raise Refusal(texts_for(interaction.locale)("servers.owner_only"))


class ServersCog(commands.Cog):
    """Only for the bot's owner. Discord offers it to administrators at most: it knows nothing of owners."""

    def __init__(self, bot: FeatureBot, access: Access) -> None:
        self._bot = bot
        self._access = access

    @app_commands.command(name="servers", description=localized("command.servers"))
    @app_commands.describe(leave=localized("option.servers.leave"))
    @app_commands.guild_only()
    @app_commands.default_permissions(administrator=True)
    @app_commands.check(_is_owner)
    async def servers(self, interaction: discord.Interaction, leave: ServerText | None = None) -> None:
        await acknowledge(interaction, ephemeral=True)
        texts = texts_for(interaction.locale)
        if leave is None:
            use = await asyncio.to_thread(use_by_server, self._bot.engine)
            embed = servers_embed(texts, self._bot.guilds, use, self._bot.shards)
            await interaction.followup.send(embed=embed, ephemeral=True)
            return
        guild = await self._server(int(leave)) if leave.strip().isdecimal() else None
        if guild is None:
            raise Refusal(texts("servers.unknown", text=as_text(leave)))
        await guild.leave()
        await interaction.followup.send(texts("servers.left", name=as_text(guild.name)), ephemeral=True)

    async def _server(self, server_id: int) -> discord.Guild | None:
        """One of this process or, with shards, of another."""
        if self._bot.shards.has(server_id):
            return self._bot.get_guild(server_id)
        try:
            return await self._bot.fetch_guild(server_id, with_counts=False)
        except (discord.Forbidden, discord.NotFound):
            return None

    @servers.autocomplete("leave")
    async def suggest_servers(self, interaction: discord.Interaction[Any], text: str) -> list[app_commands.Choice[str]]:
        """Suggest names of servers, to the bot's owner alone."""
        if not await self._bot.is_owner(interaction.user):
            return []
        found = [guild for guild in self._bot.guilds if text.casefold() in f"{guild.name} {guild.id}".casefold()]
        return [app_commands.Choice(name=guild.name[:MAX_CHOICE_NAME], value=str(guild.id)) for guild in found[:25]]

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """After each connection, because the bot may have been invited while it was offline."""
        for guild in tuple(self._bot.guilds):
            await self._access.check(guild)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self._access.check(guild)


async def setup(bot: FeatureBot) -> None:
    await bot.add_cog(ServersCog(bot, Access(bot.settings.allowed_servers)))
