"""``/watch``: the server's own ETFs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.watch import message as words
from bot.cogs.watch.store import TooManyForAll, TooManyWatched, Watches
from bot.forecasts.door import Forecasts
from bot.forecasts.trainings import Training, Trainings
from bot.interactions.answers import Refusal, acknowledge
from bot.interactions.feature_bot import FeatureBot
from bot.interactions.live_answer import LiveAnswer, TrainingStopped, follow
from bot.interactions.options import SymbolText, looked_up, suggest_symbol
from bot.interactions.training_progress import training_progress
from bot.interactions.translator import localized
from bot.jobs.job import JobFailed
from bot.texts import Texts, texts_for
from forecasting import ForecastReport, NoForecastYet, Symbol, UnknownSymbol


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class WatchCog(commands.GroupCog, name="watch", group_description=localized("command.watch")):
    """Needs Manage Server, whatever a server's own settings of the command allow. Answers the admin alone."""

    def __init__(
        self,
        forecasts: Forecasts,
        watches: Watches,
        trainings: Trainings,
        limit: int,
        most: int,
        now: Callable[[], datetime],
    ) -> None:
        """``limit`` is the number of ETFs that one server may follow, ``most`` that of all that the bot trains."""
        self._forecasts = forecasts
        self._watches = watches
        self._trainings = trainings
        self._limit = limit
        self._most = most - len(forecasts.universe.symbols)
        self._now = now
        self._waiting: dict[int, set[Symbol]] = {}
        """What servers wait for: it counts as followed."""
        self._database = asyncio.Semaphore(2)
        """So that other commands find a thread, however many admins ask at once."""

    @app_commands.command(name="add", description=localized("command.watch.add"))
    @app_commands.describe(symbol=localized("option.watch.new"))
    @app_commands.checks.has_permissions(manage_guild=True)
    @app_commands.autocomplete(symbol=suggest_symbol)
    async def add(self, interaction: discord.Interaction, symbol: SymbolText) -> None:
        await acknowledge(interaction, ephemeral=True, thinking=True)
        texts, server_id = texts_for(interaction.locale), interaction.guild_id or 0
        async with self._database:
            wanted = await self._wanted(texts, server_id, symbol)
            report = await self._report(wanted)
            await self._check_room(texts, server_id, wanted)
            if report is None:
                self._waiting.setdefault(server_id, set()).add(wanted)
                training = self._trainings.want(wanted)
            else:
                text = await self._followed(texts, server_id, report)
        if report is not None:
            await interaction.followup.send(text, ephemeral=True)
            return
        answer = LiveAnswer(interaction, texts, self._now)
        try:
            await answer.show(await self._trained(answer, texts, server_id, training))
        finally:
            self._waiting[server_id].discard(wanted)

    @app_commands.command(name="remove", description=localized("command.watch.remove"))
    @app_commands.describe(symbol=localized("option.watch.followed"))
    @app_commands.checks.has_permissions(manage_guild=True)
    async def remove(self, interaction: discord.Interaction, symbol: SymbolText) -> None:
        await acknowledge(interaction, ephemeral=True)
        texts, server_id = texts_for(interaction.locale), interaction.guild_id or 0
        wanted = self._forecasts.universe.ticker(symbol)
        was_followed = await asyncio.to_thread(self._watches.remove, server_id, wanted, self._now())
        if not was_followed:
            raise Refusal(texts("watch.not_followed", symbol=wanted))
        await interaction.followup.send(texts("watch.removed", symbol=wanted), ephemeral=True)

    @app_commands.command(name="list", description=localized("command.watch.list"))
    @app_commands.checks.has_permissions(manage_guild=True)
    async def show(self, interaction: discord.Interaction) -> None:
        await acknowledge(interaction, ephemeral=True)
        watched = await asyncio.to_thread(self._watches.of, interaction.guild_id or 0)
        texts = texts_for(interaction.locale)
        text = words.listed(texts, watched, self._forecasts.universe.symbols, self._limit)
        await interaction.followup.send(text, ephemeral=True)

    @remove.autocomplete("symbol")
    async def suggest_watched(self, interaction: discord.Interaction[Any], text: str) -> list[app_commands.Choice[str]]:
        watched = await looked_up(interaction, partial(self._watches.of, interaction.guild_id or 0))
        typed = text.strip().lstrip("$").upper()
        return [app_commands.Choice(name=symbol, value=symbol) for symbol in watched if symbol.startswith(typed)]

    async def _wanted(self, texts: Texts, server_id: int, text: str) -> Symbol:
        """The symbol that the text names or spells, which the server may follow.

        Raises:
            UnknownSymbol: the text can be no ticker.
            Refusal: every server has it, this one follows it already, or with those that wait it is one too many.
        """
        if len(self._waiting.get(server_id, ())) >= self._limit:
            raise Refusal(texts.counted("watch.full", self._limit))
        try:
            symbol = await self._forecasts.resolve(text)
        except UnknownSymbol:
            symbol = self._forecasts.universe.ticker(text)
        if symbol in self._forecasts.universe.names:
            raise Refusal(texts("watch.for_everybody", symbol=symbol))
        if symbol in await asyncio.to_thread(self._watches.of, server_id):
            raise Refusal(texts("watch.already", symbol=symbol))
        return symbol

    async def _check_room(self, texts: Texts, server_id: int, symbol: Symbol) -> None:
        """Check that the server may follow one more ETF. What waits for its training counts as followed.

        Raises:
            Refusal: it is one too many, for the server or for all.
        """
        watched = await asyncio.to_thread(self._watches.of, server_id)
        trained = await asyncio.to_thread(self._watches.trained, self._now())
        own, wanted = self._waiting.get(server_id, set()), self._trainings.wanted
        if len(own.union(watched, {symbol})) > self._limit:
            raise Refusal(texts.counted("watch.full", self._limit))
        if len(wanted.union(trained, {symbol}).difference(self._forecasts.universe.names)) > self._most:
            raise Refusal(texts("watch.full_for_all"))

    async def _report(self, symbol: Symbol) -> ForecastReport | None:
        """The ETF's newest forecast, if it has one."""
        try:
            return await self._forecasts.latest(symbol)
        except (NoForecastYet, UnknownSymbol):
            return None

    async def _trained(self, answer: LiveAnswer, texts: Texts, server_id: int, training: Training) -> str:
        """Train it, and show the admin its progress. Returns the outcome in words."""
        (symbol,) = training.symbols
        try:
            result = await follow(answer, training, lambda at: training_progress(texts, (symbol,), at))
        except JobFailed as error:
            return texts("training.failed", symbols=symbol, message=error)
        except TrainingStopped:
            return texts("training.stopped", symbols=symbol)
        if result.failed:
            return words.refused(texts, result.failed[0])
        return await self._followed(texts, server_id, await self._forecasts.latest(symbol))

    async def _followed(self, texts: Texts, server_id: int, report: ForecastReport) -> str:
        """Follow it from now on. Others may have added some while it was trained."""
        try:
            await asyncio.to_thread(
                self._watches.add, server_id, report.symbol, self._limit, self._now(), max(self._most, 0)
            )
        except TooManyWatched:
            return texts.counted("watch.full", self._limit)
        except TooManyForAll:
            return texts("watch.full_for_all")
        count = len(await asyncio.to_thread(self._watches.of, server_id))
        return words.added(texts, report, count, self._limit)


async def setup(bot: FeatureBot) -> None:
    limit, most = bot.settings.watch_limit, bot.settings.max_symbols
    await bot.add_cog(WatchCog(bot.forecasts, Watches(bot.engine), bot.trainings, limit, most, bot.now))
