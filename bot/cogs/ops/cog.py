"""``/ops``: the channel in which problems are reported."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands
from sqlalchemy.exc import SQLAlchemyError

from bot.cogs.ops import message as words
from bot.cogs.ops.channels import OpsChannels
from bot.cogs.ops.notifier import ProblemNotifier, problem_sources
from bot.cogs.ops.problems import concerning
from bot.interactions.answers import acknowledge
from bot.interactions.channels import PostChannel, channel_problem
from bot.interactions.feature_bot import FeatureBot
from bot.interactions.permissions import check_bot_may_post
from bot.interactions.translator import localized
from bot.texts import texts_for
from forecasting import storage_failure


async def _may_operate(interaction: discord.Interaction[Any]) -> bool:
    """Those who may manage the server, and the bot's owner wherever they are a member."""
    if interaction.guild_id is None:
        raise app_commands.NoPrivateMessage
    if interaction.permissions.manage_guild or await interaction.client.is_owner(interaction.user):
        return True
    raise app_commands.MissingPermissions(["manage_guild"])


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class OpsCog(commands.GroupCog, name="ops", group_description=localized("command.ops")):
    """Needs Manage Server, whatever a server's own settings of the command allow, or the bot's owner."""

    def __init__(self, channels: OpsChannels, notifier: ProblemNotifier, now: Callable[[], datetime]) -> None:
        self._channels = channels
        self._notifier = notifier
        self._now = now

    @app_commands.command(name="channel", description=localized("command.ops.channel"))
    @app_commands.describe(channel=localized("option.ops.channel"))
    @app_commands.check(_may_operate)
    async def channel(self, interaction: discord.Interaction, channel: PostChannel | None = None) -> None:
        await acknowledge(interaction, ephemeral=True)
        place = interaction.channel if channel is None else channel
        if interaction.guild_id is None or not isinstance(place, discord.abc.GuildChannel | discord.Thread):
            raise app_commands.NoPrivateMessage
        check_bot_may_post(place, place.id, place.permissions_for(place.guild.me), "embed_links")
        await asyncio.to_thread(self._channels.set, interaction.guild_id, place.id, self._now())
        texts = texts_for(interaction.locale)
        told = texts("ops.set", channel=place.mention, what=texts("ops.what"))
        await interaction.followup.send(told, ephemeral=True)

    @app_commands.command(name="off", description=localized("command.ops.off"))
    @app_commands.check(_may_operate)
    async def off(self, interaction: discord.Interaction) -> None:
        await acknowledge(interaction, ephemeral=True)
        was_on = await asyncio.to_thread(self._channels.off, interaction.guild_id or 0)
        texts = texts_for(interaction.locale)
        await interaction.followup.send(texts("ops.off" if was_on else "ops.off_anyway"), ephemeral=True)

    @app_commands.command(name="status", description=localized("command.ops.status"))
    @app_commands.check(_may_operate)
    async def status(self, interaction: discord.Interaction) -> None:
        await acknowledge(interaction, ephemeral=True)
        server_id = interaction.guild_id or 0
        problems = concerning(await self._notifier.problems(), server_id)
        embed = words.ops_problems(texts_for(interaction.locale), problems)
        try:
            channel = await asyncio.to_thread(self._channels.of, server_id)
        except SQLAlchemyError as error:
            if storage_failure(error) is None:
                raise  # else it is among the problems
        else:
            if channel is not None and channel.problem is None and interaction.guild is not None:
                problem = await channel_problem(interaction.guild, channel.channel_id, "embed_links")
                channel = replace(channel, problem=problem)
            embed.description = words.ops_place(texts_for(interaction.locale), channel)
        await interaction.followup.send(embed=embed, ephemeral=True)


async def setup(bot: FeatureBot) -> None:
    channels, sources = OpsChannels(bot.engine), problem_sources(bot)
    notifier = ProblemNotifier(bot.outbox, channels, sources, bot.schedule.failures, bot.now, bot.schedule.posts_to)
    await bot.add_cog(OpsCog(channels, notifier, bot.now))
    bot.schedule.post_run.append(notifier.run)
