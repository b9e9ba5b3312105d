"""``/model``"""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.model.message import model_embed
from bot.forecasts.door import Forecasts
from bot.interactions.answers import deferred
from bot.interactions.feature_bot import FeatureBot
from bot.interactions.options import SymbolText, everywhere, suggest_symbol
from bot.interactions.translator import localized
from bot.texts import texts_for
from forecasting import ForecastReport, ModelCard


class ModelCog(commands.Cog):
    """What the model behind an ETF's forecast is."""

    def __init__(self, forecasts: Forecasts) -> None:
        self._forecasts = forecasts

    @everywhere
    @app_commands.command(name="model", description=localized("command.model"))
    @app_commands.describe(symbol=localized("option.symbol"))
    @app_commands.autocomplete(symbol=suggest_symbol)
    async def model(self, interaction: discord.Interaction, symbol: SymbolText) -> None:
        report, card = await deferred(interaction, lambda: self._read(symbol))
        embed = model_embed(texts_for(interaction.locale), report, card, self._forecasts.now())
        await interaction.followup.send(embed=embed)

    async def _read(self, text: str) -> tuple[ForecastReport, ModelCard | None]:
        report = await self._forecasts.latest(text)
        return report, await self._forecasts.card(report)


async def setup(bot: FeatureBot) -> None:
    await bot.add_cog(ModelCog(bot.forecasts))
