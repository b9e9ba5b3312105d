"""``/report``: where and when a server gets its weekly report."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

import discord
from discord import app_commands
from discord.ext import commands

from bot.calendar.weektime import WeeklyTime
from bot.cogs.report import message as words
from bot.cogs.report.details import DetailsMenu, OverviewButton
from bot.cogs.report.options import DAYS, check_role, time_of_day, weekday, zone_choices, zone_of
from bot.cogs.report.sender import ReportSender, report_sender
from bot.cogs.report.subscriptions import ReportOptions, Subscription, Subscriptions
from bot.forecasts.door import Forecasts
from bot.interactions.answers import BotLacks, Refusal, acknowledge
from bot.interactions.channels import PostChannel, channel_problem, find_channel
from bot.interactions.feature_bot import FeatureBot, Scheduled
from bot.interactions.options import SymbolsText, named, suggest_list
from bot.interactions.permissions import check_bot_may_post
from bot.interactions.translator import localized
from bot.texts import Texts, texts_for
from forecasting import Symbol

MAX_SYMBOLS: Final = 25
FOR_A_REPORT: Final = ("embed_links", "attach_files")
"""Permissions."""


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class ReportCog(commands.GroupCog, name="report", group_description=localized("command.report")):
    """Needs Manage Server, whatever a server's own settings of the command allow. Answers the admin alone."""

    def __init__(
        self,
        forecasts: Forecasts,
        subscriptions: Subscriptions,
        schedule: Scheduled,
        report_sender: ReportSender,
        zone: ZoneInfo,
        now: Callable[[], datetime],
    ) -> None:
        """``zone`` is that of servers that have not named theirs."""
        self._forecasts = forecasts
        self._subscriptions = subscriptions
        self._schedule = schedule
        self._report_sender = report_sender
        self._default = WeeklyTime("sat", time(9, 0), zone)
        self._now = now

    @app_commands.command(name="set", description=localized("command.report.set"))
    @app_commands.describe(
        channel=localized("option.report.channel"),
        day=localized("option.report.day"),
        time=localized("option.report.time"),
        timezone=localized("option.report.timezone"),
        role=localized("option.report.role"),
        symbols=localized("option.report.symbols"),
        skip_weekend=localized("option.report.skip_weekend"),
    )
    @app_commands.choices(day=DAYS)
    @app_commands.checks.has_permissions(manage_guild=True)
    @app_commands.autocomplete(symbols=suggest_list)
    async def set_report(
        self,
        interaction: discord.Interaction,
        channel: PostChannel,
        day: str,
        time: app_commands.Range[str, 1, 20],
        timezone: app_commands.Range[str, 1, 100],
        role: discord.Role | None = None,
        symbols: SymbolsText | None = None,
        skip_weekend: bool = False,
    ) -> None:
        await acknowledge(interaction, ephemeral=True)
        texts = texts_for(interaction.locale)
        bot_may = channel.permissions_for(channel.guild.me)
        check_bot_may_post(channel, channel.id, bot_may, *FOR_A_REPORT)
        if role is not None:
            check_role(texts, role, channel.id, bot_may)
        when = WeeklyTime(weekday(day), time_of_day(texts, time), zone_of(texts, timezone), skip_weekend)
        chosen = await self._chosen(texts, symbols)
        options = ReportOptions(channel.id, when, None if role is None else role.id, chosen)
        await self._subscribe(interaction, texts, channel.guild.id, options)

    @set_report.autocomplete("timezone")
    async def suggest_zones(self, _: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return zone_choices(text, self._now())

    @app_commands.command(name="here", description=localized("command.report.here"))
    @app_commands.checks.has_permissions(manage_guild=True)
    async def here(self, interaction: discord.Interaction) -> None:
        """The server's zone, role and ETFs stay where they were set before."""
        await acknowledge(interaction, ephemeral=True)
        texts = texts_for(interaction.locale)
        server_id, channel_id = _place(interaction)
        check_bot_may_post(interaction.channel, channel_id, interaction.app_permissions, *FOR_A_REPORT)
        before = await asyncio.to_thread(self._subscriptions.of, server_id)
        if before is None:
            options = ReportOptions(channel_id, self._default)
        else:
            when = WeeklyTime(self._default.day, self._default.at, before.options.when.zone)
            role = interaction.guild.get_role(before.options.role_id or 0) if interaction.guild is not None else None
            if role is not None:
                check_role(texts, role, channel_id, interaction.app_permissions)
            options = ReportOptions(channel_id, when, None if role is None else role.id, before.options.symbols)
        await self._subscribe(interaction, texts, server_id, options)

    @app_commands.command(name="preview", description=localized("command.report.preview"))
    @app_commands.checks.has_permissions(manage_guild=True)
    async def preview(self, interaction: discord.Interaction) -> None:
        await acknowledge(interaction, ephemeral=True)
        texts = texts_for(interaction.locale)
        server_id, channel_id = _place(interaction)
        subscription = await asyncio.to_thread(self._subscriptions.of, server_id)
        options = ReportOptions(channel_id, self._default) if subscription is None else subscription.options
        post = await self._report_sender.preview(server_id, options, texts)
        await interaction.followup.send(texts("report.preview"), **post.arguments(), ephemeral=True)

    @app_commands.command(name="test", description=localized("command.report.test"))
    @app_commands.checks.has_permissions(manage_guild=True)
    async def test(self, interaction: discord.Interaction) -> None:
        await acknowledge(interaction, ephemeral=True)
        texts = texts_for(interaction.locale)
        subscription = await self._subscription(interaction, texts)
        guild = interaction.guild
        assert guild is not None  # noqa: S101 - the command is for servers only
        try:
            channel = await find_channel(guild, subscription.channel_id)
        except (discord.NotFound, discord.InvalidData):
            raise Refusal(texts("report.gone")) from None
        except discord.Forbidden:
            raise BotLacks(("view_channel",), subscription.channel_id) from None
        check_bot_may_post(channel, channel.id, channel.permissions_for(guild.me), *FOR_A_REPORT)
        message = await self._report_sender.test(subscription)
        done = texts("report.tested", channel=f"<#{subscription.channel_id}>", link=message.jump_url)
        await interaction.followup.send(done, ephemeral=True)

    @app_commands.command(name="pause", description=localized("command.report.pause"))
    @app_commands.checks.has_permissions(manage_guild=True)
    async def pause(self, interaction: discord.Interaction) -> None:
        await acknowledge(interaction, ephemeral=True)
        texts = texts_for(interaction.locale)
        subscription = await self._subscription(interaction, texts)
        await asyncio.to_thread(self._subscriptions.pause, subscription.server_id)
        await interaction.followup.send(texts("report.paused"), ephemeral=True)

    @app_commands.command(name="resume", description=localized("command.report.resume"))
    @app_commands.checks.has_permissions(manage_guild=True)
    async def resume(self, interaction: discord.Interaction) -> None:
        await acknowledge(interaction, ephemeral=True)
        texts = texts_for(interaction.locale)
        subscription = await self._subscription(interaction, texts)
        if (
            interaction.guild is not None
            and await channel_problem(interaction.guild, subscription.channel_id) == "gone"
        ):
            raise Refusal(texts("report.gone"))
        await asyncio.to_thread(self._subscriptions.resume, subscription.server_id, self._now())
        await self._schedule.plan_next_report()
        last = await asyncio.to_thread(self._subscriptions.last_delivery, subscription.server_id)
        await interaction.followup.send(words.resumed(texts, subscription, last, self._now()), ephemeral=True)

    @app_commands.command(name="off", description=localized("command.report.off"))
    @app_commands.checks.has_permissions(manage_guild=True)
    async def off(self, interaction: discord.Interaction) -> None:
        await acknowledge(interaction, ephemeral=True)
        was_subscribed = await asyncio.to_thread(self._subscriptions.unsubscribe, _place(interaction)[0])
        text = words.unsubscribed(texts_for(interaction.locale), was_subscribed)
        await interaction.followup.send(text, ephemeral=True)

    @app_commands.command(name="status", description=localized("command.report.status"))
    @app_commands.checks.has_permissions(manage_guild=True)
    async def status(self, interaction: discord.Interaction) -> None:
        await acknowledge(interaction, ephemeral=True)
        server_id, _ = _place(interaction)
        subscription = await asyncio.to_thread(self._subscriptions.of, server_id)
        if subscription is not None and subscription.problem is None and interaction.guild is not None:
            problem = await channel_problem(interaction.guild, subscription.channel_id, *FOR_A_REPORT)
            subscription = replace(subscription, problem=problem)
        last = await asyncio.to_thread(self._subscriptions.last_delivery, server_id)
        text = words.subscription_status(
            texts_for(interaction.locale), subscription, last, self._schedule.next_runs()["retrain"], self._now()
        )
        await interaction.followup.send(text, ephemeral=True)

    async def _subscribe(
        self, interaction: discord.Interaction, texts: Texts, server_id: int, options: ReportOptions
    ) -> None:
        now = self._now()
        subscription = await asyncio.to_thread(self._subscriptions.subscribe, server_id, options, now)
        await self._schedule.plan_next_report()
        last = await asyncio.to_thread(self._subscriptions.last_delivery, server_id)
        text = words.subscribed(texts, subscription, last, self._schedule.next_runs()["retrain"], now)
        await interaction.followup.send(text, ephemeral=True)

    async def _subscription(self, interaction: discord.Interaction, texts: Texts) -> Subscription:
        """The server's.

        Raises:
            Refusal: it has none.
        """
        subscription = await asyncio.to_thread(self._subscriptions.of, _place(interaction)[0])
        if subscription is None:
            raise Refusal(texts("report.none"))
        return subscription

    async def _chosen(self, texts: Texts, symbols: str | None) -> tuple[Symbol, ...]:
        """The ETFs of a list, each once.

        Raises:
            UnknownSymbol: one of them is none.
            Refusal: they are too many.
        """
        chosen = await self._forecasts.resolved([name for name in named(symbols or "", self._forecasts) if name])
        if len(chosen) > MAX_SYMBOLS:
            raise Refusal(texts("report.too_many_symbols", most=MAX_SYMBOLS, count=len(chosen)))
        return chosen


def _place(interaction: discord.Interaction) -> tuple[int, int]:
    """Ids of server and channel.

    Raises:
        NoPrivateMessage: it is no server's channel.
    """
    if interaction.guild_id is None or interaction.channel_id is None:
        raise app_commands.NoPrivateMessage
    return interaction.guild_id, interaction.channel_id


async def setup(bot: FeatureBot) -> None:
    zone, subscriptions, sender = bot.settings.time_zone, Subscriptions(bot.engine), report_sender(bot)
    await bot.add_cog(ReportCog(bot.forecasts, subscriptions, bot.schedule, sender, zone, bot.now))
    bot.add_dynamic_items(DetailsMenu, OverviewButton)
