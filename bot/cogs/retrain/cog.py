"""``/retrain``: train now."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.retrain import message as words
from bot.cogs.watch.store import Watches, served
from bot.forecasts.door import Forecasts
from bot.forecasts.trainings import Trainings
from bot.interactions.answers import Refusal, acknowledge
from bot.interactions.feature_bot import FeatureBot
from bot.interactions.formats import as_text
from bot.interactions.live_answer import LiveAnswer, TrainingStopped, follow
from bot.interactions.options import SymbolText, suggest_symbol
from bot.interactions.training_progress import training_progress
from bot.interactions.translator import localized
from bot.jobs.job import JobFailed
from bot.texts import texts_for
from forecasting import Symbol


async def may_operate(interaction: discord.Interaction[Any]) -> bool:
    """Whether it is the bot's owner, or somebody with the role that the settings name.

    Raises:
        Refusal: it is neither.
    """
    member, role_id = interaction.user, interaction.client.settings.operator_role
    if isinstance(member, discord.Member) and role_id in [role.id for role in member.roles]:
        return True
    if await interaction.client.is_owner(member):
        return True
    guild, texts = interaction.guild, texts_for(interaction.locale)
    server = "" if guild is None else as_text(guild.name)
    if guild is not None and role_id is not None and guild.get_role(role_id) is not None:
        raise Refusal(texts("retrain.lacks_role", role=f"<@&{role_id}>", server=server))
    raise Refusal(texts("retrain.no_role", server=server))


class RetrainCog(commands.Cog):
    """Only for the bot's owner and members with the role OPERATOR_ROLE.

    Discord knows neither: it offers the command to those who manage the server, and to whom an admin allows it there.
    """

    def __init__(
        self,
        forecasts: Forecasts,
        trainings: Trainings,
        watches: Watches,
        now: Callable[[], datetime],
    ) -> None:
        self._forecasts = forecasts
        self._trainings = trainings
        self._watches = watches
        self._now = now

    @app_commands.command(name="retrain", description=localized("command.retrain"))
    @app_commands.describe(symbol=localized("option.symbol_or_all"))
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.check(may_operate)
    @app_commands.autocomplete(symbol=suggest_symbol)
    async def retrain(self, interaction: discord.Interaction, symbol: SymbolText | None = None) -> None:
        await acknowledge(interaction, ephemeral=True, thinking=True)
        texts = texts_for(interaction.locale)
        symbols = await self._wanted(symbol)
        training = self._trainings.start(symbols)
        answer = LiveAnswer(interaction, texts, self._now)
        try:
            result = await follow(answer, training, lambda at: training_progress(texts, symbols, at))
        except JobFailed as error:
            await answer.show(texts("training.failed", symbols=", ".join(symbols), message=error))
        except TrainingStopped:
            await answer.show(texts("training.stopped", symbols=", ".join(symbols)))
        else:
            await answer.show(words.result(texts, result))

    async def _wanted(self, symbol: str | None) -> tuple[Symbol, ...]:
        """The ETF that is named, or all that the weekly job trains.

        Raises:
            UnknownSymbol: the text means none.
        """
        if symbol is not None:
            return (await self._forecasts.resolve(symbol),)
        return await asyncio.to_thread(served, self._forecasts.universe, self._watches, self._now())


async def setup(bot: FeatureBot) -> None:
    await bot.add_cog(RetrainCog(bot.forecasts, bot.trainings, Watches(bot.engine), bot.now))
