"""``/privacy`` and ``/delete-data``: what is stored, and its removal."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.privacy.departures import Departures
from bot.cogs.privacy.message import DeleteButton, Whose, delete_view, deletion, privacy_embed
from bot.cogs.privacy.stored_data import StoredData
from bot.interactions.answers import Refusal, acknowledge, answer_press
from bot.interactions.feature_bot import FeatureBot
from bot.interactions.options import everywhere
from bot.interactions.translator import localized
from bot.texts import texts_for

log = logging.getLogger(__name__)


class PrivacyCog(commands.Cog):
    """Members see and delete what is theirs; those with Manage Server what is their server's."""

    def __init__(self, bot: FeatureBot, stored_data: StoredData, departures: Departures) -> None:
        self._bot = bot
        self._stored_data = stored_data
        self._departures = departures

    @everywhere
    @app_commands.command(name="privacy", description=localized("command.privacy"))
    async def privacy(self, interaction: discord.Interaction) -> None:
        await acknowledge(interaction, ephemeral=True)
        mine = await self._counts(interaction, "mine")
        server = None if interaction.guild_id is None else await self._counts(interaction, "server")
        embed = privacy_embed(texts_for(interaction.locale), mine, server)
        await interaction.followup.send(embed=embed, ephemeral=True)

    @everywhere
    @app_commands.command(name="delete-data", description=localized("command.delete-data"))
    @app_commands.describe(whose=localized("option.delete-data.whose"))
    @app_commands.choices(
        whose=[
            app_commands.Choice(name=localized("choice.delete-data.mine"), value="mine"),
            app_commands.Choice(name=localized("choice.delete-data.server"), value="server"),
        ]
    )
    async def delete_data(
        self, interaction: discord.Interaction, whose: app_commands.Choice[str] | None = None
    ) -> None:
        await acknowledge(interaction, ephemeral=True)
        texts, what = texts_for(interaction.locale), _whose(whose)
        _check_may_delete(interaction, what)
        counts = await self._counts(interaction, what)
        if not counts:
            raise Refusal(texts(f"privacy.nothing_{what}"))
        view = delete_view(texts, what)
        await interaction.followup.send(deletion(texts, what, counts), view=view, ephemeral=True)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """After each connection, because the bot may have joined or left servers while it was offline.

        No servers at all means that Discord has a problem, not that the bot has left them.
        """
        if present := frozenset(server.id for server in self._bot.guilds):
            await asyncio.to_thread(self._departures.catch_up, present, self._bot.now())

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Keep the settings of a server that invited the bot again."""
        await asyncio.to_thread(self._departures.come_back, guild.id)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Start the time after which the server's settings are deleted."""
        await asyncio.to_thread(self._departures.leave, guild.id, self._bot.now())

    async def delete_expired(self) -> None:
        """Delete the data of servers that the bot left long ago."""
        if deleted := await asyncio.to_thread(self._departures.delete_expired, self._bot.now()):
            log.info("Deleted the settings of servers that the bot left long ago: %d", deleted)

    async def delete_for_good(self, interaction: discord.Interaction[Any], whose: Whose) -> None:
        """The button was pressed."""
        await answer_press(interaction, self._delete(interaction, whose))

    async def _delete(self, interaction: discord.Interaction[Any], whose: Whose) -> None:
        await acknowledge(interaction)
        _check_may_delete(interaction, whose)
        if whose == "mine":
            await asyncio.to_thread(self._stored_data.forget_member, interaction.user.id)
        else:
            await asyncio.to_thread(self._stored_data.forget_server, interaction.guild_id or 0)
        done = texts_for(interaction.locale)(f"privacy.deleted_{whose}")
        await interaction.edit_original_response(content=done, view=None)

    async def _counts(self, interaction: discord.Interaction[Any], whose: Whose) -> Mapping[str, int]:
        if whose == "mine":
            return await asyncio.to_thread(self._stored_data.of_member, interaction.user.id)
        return await asyncio.to_thread(self._stored_data.of_server, interaction.guild_id or 0)


def _whose(choice: app_commands.Choice[str] | None) -> Whose:
    return "server" if choice is not None and choice.value == "server" else "mine"


def _check_may_delete(interaction: discord.Interaction[Any], whose: Whose) -> None:
    """Everybody may delete what is theirs.

    Raises:
        NoPrivateMessage: there is no server here.
        MissingPermissions: it is the server's, and the member may not manage it.
    """
    if whose == "mine":
        return
    if interaction.guild_id is None:
        raise app_commands.NoPrivateMessage
    if not interaction.permissions.manage_guild:
        raise app_commands.MissingPermissions(["manage_guild"])


async def setup(bot: FeatureBot) -> None:
    cog = PrivacyCog(bot, StoredData(bot.engine), Departures(bot.engine, bot.shards))
    await bot.add_cog(cog)
    bot.add_dynamic_items(DeleteButton)
    bot.schedule.post_run.append(cog.delete_expired)
