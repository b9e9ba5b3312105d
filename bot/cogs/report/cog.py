"""``/report``: where and when a server gets its reports."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time
from typing import Final, Literal
from zoneinfo import ZoneInfo

import discord
from discord import app_commands
from discord.ext import commands

from bot.calendar.cadence import report_time
from bot.calendar.weektime import WeeklyTime
from bot.cogs.portfolio.saved import MixName, own_mix, saved_choices
from bot.cogs.portfolio.store import SavedMixes
from bot.cogs.report import message as words
from bot.cogs.report.deliveries import Deliveries
from bot.cogs.report.details import DetailsMenu, OverviewButton
from bot.cogs.report.options import (
    DAYS,
    LANGUAGE_CHOICES,
    check_place,
    check_role,
    number_of,
    suggest_change,
    suggest_report,
    time_of_day,
    zone_choices,
    zone_of,
)
from bot.cogs.report.sender import ReportSender, report_sender
from bot.cogs.report.subscriptions import (
    ReportOptions,
    Subscription,
    Subscriptions,
    TooManyReports,
    WhichReport,
)
from bot.forecasts.door import Forecasts
from bot.interactions.answers import BotLacks, Refusal, acknowledge
from bot.interactions.channels import ReportChannel, channel_problem, find_channel
from bot.interactions.feature_bot import FeatureBot, Scheduled
from bot.interactions.options import SymbolsText, named, suggest_list
from bot.interactions.permissions import check_bot_may_post
from bot.interactions.translator import localized
from bot.texts import Texts, texts_for
from forecasting import Symbol

MAX_SYMBOLS: Final = 25
FOR_A_REPORT: Final = ("embed_links", "attach_files")
"""Permissions."""

ReportText = app_commands.Range[str, 1, 100]
"""One of the server's reports, by its number."""


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class ReportCog(commands.GroupCog, name="report", group_description=localized("command.report")):
    """Needs Manage Server, whatever a server's own settings of the command allow. Answers the admin alone."""

    def __init__(
        self,
        forecasts: Forecasts,
        subscriptions: Subscriptions,
        deliveries: Deliveries,
        mixes: SavedMixes,
        schedule: Scheduled,
        report_sender: ReportSender,
        zone: ZoneInfo,
        most: int,
        now: Callable[[], datetime],
    ) -> None:
        """``zone`` is that of servers that have not named theirs, ``most`` how many reports a server may have."""
        self._forecasts = forecasts
        self._subscriptions = subscriptions
        self._deliveries = deliveries
        self._mixes = mixes
        self._schedule = schedule
        self._report_sender = report_sender
        self._most = most
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
        language=localized("option.report.language"),
        publish=localized("option.report.publish"),
        portfolio=localized("option.report.portfolio"),
        report=localized("option.report.change"),
    )
    @app_commands.choices(day=DAYS, language=LANGUAGE_CHOICES)
    @app_commands.checks.has_permissions(manage_guild=True)
    @app_commands.autocomplete(symbols=suggest_list, report=suggest_change)
    async def set_report(
        self,
        interaction: discord.Interaction,
        channel: ReportChannel,
        day: str,
        time: app_commands.Range[str, 1, 20],
        timezone: app_commands.Range[str, 1, 100],
        role: discord.Role | None = None,
        symbols: SymbolsText | None = None,
        skip_weekend: bool = False,
        language: str | None = None,
        publish: bool = False,
        portfolio: MixName | None = None,
        report: ReportText | None = None,
    ) -> None:
        await acknowledge(interaction, ephemeral=True)
        texts = texts_for(interaction.locale)
        bot_may = channel.permissions_for(channel.guild.me)
        check_bot_may_post(channel, channel.id, bot_may, *FOR_A_REPORT)
        check_place(texts, channel, publishes=publish)
        if role is not None:
            check_role(texts, role, channel.id, bot_may)
        when = report_time(day, time_of_day(texts, time), zone_of(texts, timezone), skip_weekend)
        chosen = await self._chosen(texts, symbols)
        mix = None if portfolio is None else await own_mix(texts, self._mixes, interaction.user.id, portfolio)
        options = ReportOptions(channel.id, when, None if role is None else role.id, chosen, language, publish, mix)
        known = await asyncio.to_thread(self._subscriptions.all_of, channel.guild.id)
        await self._subscribe(interaction, texts, channel.guild.id, options, number_of(texts, report, known))

    @set_report.autocomplete("timezone")
    async def suggest_zones(self, _: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return zone_choices(text, self._now())

    @set_report.autocomplete("portfolio")
    async def suggest_saved(self, interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return await saved_choices(interaction, self._mixes, text)

    @app_commands.command(name="here", description=localized("command.report.here"))
    @app_commands.checks.has_permissions(manage_guild=True)
    async def here(self, interaction: discord.Interaction) -> None:
        """The zone, role, ETFs, portfolio and language of the server's weekly report stay as they were set before."""
        await acknowledge(interaction, ephemeral=True)
        texts = texts_for(interaction.locale)
        server_id, channel_id = _place(interaction)
        check_bot_may_post(interaction.channel, channel_id, interaction.app_permissions, *FOR_A_REPORT)
        known = await asyncio.to_thread(self._subscriptions.all_of, server_id)
        before = next((each.options for each in known if each.options.cadence == "weekly"), None)
        if before is None:
            options = ReportOptions(channel_id, self._default)
        else:
            when = WeeklyTime(self._default.day, self._default.at, before.when.zone)
            role = interaction.guild.get_role(before.role_id or 0) if interaction.guild is not None else None
            if role is not None:
                check_role(texts, role, channel_id, interaction.app_permissions)
            role_id = None if role is None else role.id
            options = ReportOptions(channel_id, when, role_id, before.symbols, before.language, mix=before.mix)
        await self._subscribe(interaction, texts, server_id, options)

    @app_commands.command(name="preview", description=localized("command.report.preview"))
    @app_commands.describe(report=localized("option.report.report"))
    @app_commands.checks.has_permissions(manage_guild=True)
    @app_commands.autocomplete(report=suggest_report)
    async def preview(self, interaction: discord.Interaction, report: ReportText | None = None) -> None:
        await acknowledge(interaction, ephemeral=True)
        texts = texts_for(interaction.locale)
        server_id, channel_id = _place(interaction)
        known = await asyncio.to_thread(self._subscriptions.all_of, server_id)
        if known or report is not None:
            options = (await self._meant(interaction, texts, report)).options
        else:
            options = ReportOptions(channel_id, self._default)
        post = await self._report_sender.preview(server_id, options, texts)
        await interaction.followup.send(texts("report.preview"), **post.arguments(), ephemeral=True)

    @app_commands.command(name="test", description=localized("command.report.test"))
    @app_commands.describe(report=localized("option.report.report"))
    @app_commands.checks.has_permissions(manage_guild=True)
    @app_commands.autocomplete(report=suggest_report)
    async def test(self, interaction: discord.Interaction, report: ReportText | None = None) -> None:
        await acknowledge(interaction, ephemeral=True)
        texts = texts_for(interaction.locale)
        subscription = await self._meant(interaction, texts, report)
        guild = interaction.guild
        assert guild is not None  # noqa: S101 - the command is for servers only
        try:
            channel = await find_channel(guild, subscription.channel_id)
        except (discord.NotFound, discord.InvalidData):
            raise Refusal(texts("report.gone")) from None
        except discord.Forbidden:
            raise BotLacks(("view_channel",), subscription.channel_id) from None
        check_bot_may_post(channel, channel.id, channel.permissions_for(guild.me), *FOR_A_REPORT)
        link = await self._report_sender.test(subscription)
        done = texts("report.tested", channel=f"<#{subscription.channel_id}>", link=link)
        await interaction.followup.send(done, ephemeral=True)

    @app_commands.command(name="pause", description=localized("command.report.pause"))
    @app_commands.describe(report=localized("option.report.report"))
    @app_commands.checks.has_permissions(manage_guild=True)
    @app_commands.autocomplete(report=suggest_report)
    async def pause(self, interaction: discord.Interaction, report: ReportText | None = None) -> None:
        await acknowledge(interaction, ephemeral=True)
        texts = texts_for(interaction.locale)
        subscription = await self._meant(interaction, texts, report)
        await asyncio.to_thread(self._subscriptions.pause, subscription.server_id, subscription.number)
        await interaction.followup.send(words.paused(texts, subscription), ephemeral=True)

    @app_commands.command(name="resume", description=localized("command.report.resume"))
    @app_commands.describe(report=localized("option.report.report"))
    @app_commands.checks.has_permissions(manage_guild=True)
    @app_commands.autocomplete(report=suggest_report)
    async def resume(self, interaction: discord.Interaction, report: ReportText | None = None) -> None:
        await acknowledge(interaction, ephemeral=True)
        texts = texts_for(interaction.locale)
        subscription = await self._meant(interaction, texts, report)
        server_id, number, now = subscription.server_id, subscription.number, self._now()
        if (
            interaction.guild is not None
            and await channel_problem(interaction.guild, subscription.channel_id) == "gone"
        ):
            raise Refusal(texts("report.gone"))
        await asyncio.to_thread(self._subscriptions.resume, server_id, now, number)
        await self._schedule.plan_next_report()
        last = await asyncio.to_thread(self._deliveries.last, server_id, number)
        await interaction.followup.send(words.resumed(texts, subscription, last, now), ephemeral=True)

    @app_commands.command(name="off", description=localized("command.report.off"))
    @app_commands.describe(report=localized("option.report.report"))
    @app_commands.checks.has_permissions(manage_guild=True)
    @app_commands.autocomplete(report=suggest_report)
    async def off(self, interaction: discord.Interaction, report: ReportText | None = None) -> None:
        await acknowledge(interaction, ephemeral=True)
        texts, (server_id, _) = texts_for(interaction.locale), _place(interaction)
        was_subscribed = False
        if await asyncio.to_thread(self._subscriptions.all_of, server_id):
            subscription = await self._meant(interaction, texts, report)
            was_subscribed = await asyncio.to_thread(self._subscriptions.unsubscribe, server_id, subscription.number)
        await interaction.followup.send(texts("report.off" if was_subscribed else "report.off_anyway"), ephemeral=True)

    @app_commands.command(name="status", description=localized("command.report.status"))
    @app_commands.describe(report=localized("option.report.report"))
    @app_commands.checks.has_permissions(manage_guild=True)
    @app_commands.autocomplete(report=suggest_report)
    async def status(self, interaction: discord.Interaction, report: ReportText | None = None) -> None:
        await acknowledge(interaction, ephemeral=True)
        texts, (server_id, _) = texts_for(interaction.locale), _place(interaction)
        if report is None:
            wanted = await asyncio.to_thread(self._subscriptions.all_of, server_id)
        else:
            wanted = (await self._meant(interaction, texts, report),)
        found = []
        for each in wanted:
            last = await asyncio.to_thread(self._deliveries.last, server_id, each.number)
            problem = each.problem
            if problem is None and interaction.guild is not None:
                problem = await channel_problem(interaction.guild, each.channel_id, *FOR_A_REPORT)
            found.append((replace(each, problem=problem), last))
        text = words.status(texts, found, self._schedule.next_runs()["retrain"], self._now())
        await interaction.followup.send(text, ephemeral=True)

    async def _subscribe(
        self,
        interaction: discord.Interaction,
        texts: Texts,
        server_id: int,
        options: ReportOptions,
        number: int | Literal["new"] | None = None,
    ) -> None:
        now = self._now()
        try:
            subscription = await asyncio.to_thread(
                self._subscriptions.subscribe, server_id, options, now, number, self._most
            )
        except TooManyReports:
            known = await asyncio.to_thread(self._subscriptions.all_of, server_id)
            raise Refusal(texts("report.too_many", count=len(known))) from None
        except WhichReport:
            known = await asyncio.to_thread(self._subscriptions.all_of, server_id)
            raise Refusal(words.which(texts, "report.which_set", known)) from None
        await self._schedule.plan_next_report()
        last = await asyncio.to_thread(self._deliveries.last, server_id, subscription.number)
        text = words.subscribed(texts, subscription, last, self._schedule.next_runs()["retrain"], now)
        await interaction.followup.send(text, ephemeral=True)

    async def _meant(self, interaction: discord.Interaction, texts: Texts, report: str | None) -> Subscription:
        """The server's report that ``report`` means, or its only one.

        Raises:
            Refusal: it has none, none like that, or several.
        """
        known = await asyncio.to_thread(self._subscriptions.all_of, _place(interaction)[0])
        if not known:
            raise Refusal(texts("report.none"))
        if report is not None:
            known = tuple(each for each in known if each.number == number_of(texts, report, known))
        if len(known) != 1:
            known = known or await asyncio.to_thread(self._subscriptions.all_of, _place(interaction)[0])
            raise Refusal(words.which(texts, "report.which", known))
        return known[0]

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
    zone, most, sender = bot.settings.time_zone, bot.settings.report_limit, report_sender(bot)
    stores = Subscriptions(bot.engine), Deliveries(bot.engine), SavedMixes(bot.engine)
    await bot.add_cog(ReportCog(bot.forecasts, *stores, bot.schedule, sender, zone, most, bot.now))
    bot.add_dynamic_items(DetailsMenu, OverviewButton)
