"""``/forecast`` and the buttons under its answers."""

from __future__ import annotations

from functools import partial
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.forecast.answer import csv_answer, forecast_answer
from bot.cogs.forecast.buttons import Action, ForecastButton, Shown
from bot.cogs.scores.answer import scores_answer
from bot.cogs.track.answer import track_answer
from bot.forecasts.door import Forecasts
from bot.interactions.answers import SendArguments, acknowledge, answer_press, deferred, is_own
from bot.interactions.cooldowns import Cooldowns
from bot.interactions.feature_bot import FeatureBot
from bot.interactions.options import SymbolText, everywhere, suggest_symbol
from bot.interactions.translator import localized
from bot.texts import Texts, texts_for
from forecasting import HORIZON, Theme


class ForecastCog(commands.Cog):
    """The newest forecast of one ETF."""

    def __init__(self, forecasts: Forecasts, theme: Theme, cooldowns: Cooldowns) -> None:
        self._forecasts = forecasts
        self._theme = theme
        self._cooldowns = cooldowns

    @everywhere
    @app_commands.command(name="forecast", description=localized("command.forecast"))
    @app_commands.describe(
        symbol=localized("option.symbol"),
        horizon=localized("option.forecast.horizon"),
        private=localized("option.forecast.private"),
    )
    @app_commands.autocomplete(symbol=suggest_symbol)
    async def forecast(
        self,
        interaction: discord.Interaction,
        symbol: SymbolText,
        horizon: Literal[5, 20, 60] = HORIZON,
        private: bool = False,
    ) -> None:
        texts = texts_for(interaction.locale)
        work = partial(forecast_answer, self._forecasts, texts, symbol, self._theme, horizon)
        await interaction.followup.send(**await deferred(interaction, work, private=private))

    async def press(self, interaction: discord.Interaction, action: Action, of: Shown) -> None:
        """Answer a button, see ``bot.cogs.forecast.buttons``."""
        await answer_press(interaction, self._pressed(interaction, action, of))

    async def _pressed(self, interaction: discord.Interaction, action: Action, of: Shown) -> None:
        self._cooldowns.count(interaction.user.id, "forecast buttons")
        changes_message = action == "show" and is_own(interaction)
        if changes_message:
            await acknowledge(interaction)
        else:
            await acknowledge(interaction, ephemeral=True, thinking=True)
        answer = await self._answer(texts_for(interaction.locale), action, of)
        if changes_message:
            await interaction.edit_original_response(attachments=answer.pop("files"), **answer)
        else:
            await interaction.followup.send(**answer)

    async def _answer(self, texts: Texts, action: Action, of: Shown) -> SendArguments:
        match action:
            case "show":
                return await forecast_answer(self._forecasts, texts, of.symbol, of.theme, of.horizon)
            case "scores":
                return await scores_answer(self._forecasts, texts, of.symbol, of.theme)
            case "track":
                return await track_answer(self._forecasts, texts, of.symbol, of.theme)
            case "csv":
                return await csv_answer(self._forecasts, texts, of.symbol)


async def setup(bot: FeatureBot) -> None:
    await bot.add_cog(ForecastCog(bot.forecasts, bot.settings.chart_theme, bot.cooldowns))
    bot.add_dynamic_items(ForecastButton)
