"""``/report``: where a server gets its weekly report."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import discord
from discord import app_commands
from discord.ext import commands

from bot.answers import BotLacks
from bot.guilds import WEEKLY, Servers
from bot.messages import report as words
from bot.schedule import Schedule


def missing_permissions(channel: discord.abc.Snowflake | None, has: discord.Permissions) -> tuple[str, ...]:
    """What the bot would need in ``channel`` to post the report there, and lacks."""
    send = "send_messages_in_threads" if isinstance(channel, discord.Thread) else "send_messages"
    return tuple(name for name in ("view_channel", send, "embed_links", "attach_files") if not getattr(has, name))


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class ReportCog(commands.GroupCog, name="report", description="The weekly report of this server"):
    """Needs Manage Server, whatever a server's own settings of the command allow."""

    def __init__(self, servers: Servers, schedule: Schedule, now: Callable[[], datetime]) -> None:
        self._servers = servers
        self._schedule = schedule
        self._now = now

    @app_commands.command(name="here", description="Have the weekly report posted in this channel")
    @app_commands.checks.has_permissions(manage_guild=True)
    async def here(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        server_id, channel_id = _place(interaction)
        if missing := missing_permissions(interaction.channel, interaction.app_permissions):
            raise BotLacks(missing, channel_id)
        await asyncio.to_thread(self._servers.subscribe, server_id, channel_id, self._now())
        await interaction.followup.send(words.subscribed(channel_id, self._schedule.next_report()), ephemeral=True)

    @app_commands.command(name="off", description="No more weekly reports in this server")
    @app_commands.checks.has_permissions(manage_guild=True)
    async def off(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        was_subscribed = await asyncio.to_thread(self._servers.unsubscribe, _place(interaction)[0])
        await interaction.followup.send(words.unsubscribed(was_subscribed), ephemeral=True)

    @app_commands.command(name="status", description="Where the weekly report goes, and when it comes next")
    @app_commands.checks.has_permissions(manage_guild=True)
    async def status(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        server_id, _ = _place(interaction)
        subscription = await asyncio.to_thread(self._servers.subscription, server_id)
        last = await asyncio.to_thread(self._servers.last_delivery, server_id, WEEKLY)
        text = words.subscription_status(subscription, last, self._schedule.next_report())
        await interaction.followup.send(text, ephemeral=True)


def _place(interaction: discord.Interaction) -> tuple[int, int]:
    """Ids of server and channel.

    Raises:
        NoPrivateMessage: it is no server's channel.
    """
    if interaction.guild_id is None or interaction.channel_id is None:
        raise app_commands.NoPrivateMessage
    return interaction.guild_id, interaction.channel_id
