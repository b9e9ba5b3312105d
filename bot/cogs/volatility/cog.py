"""``/volatility``: how much an ETF is expected to move, and has moved."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.volatility.message import volatility_embed
from bot.forecasts.door import Forecasts
from bot.interactions.answers import deferred
from bot.interactions.feature_bot import FeatureBot
from bot.interactions.options import SymbolText, everywhere, suggest_symbol
from bot.interactions.translator import localized
from bot.texts import texts_for


class VolatilityCog(commands.Cog):
    """One ETF's volatility."""

    def __init__(self, forecasts: Forecasts) -> None:
        self._forecasts = forecasts

    @everywhere
    @app_commands.command(name="volatility", description=localized("command.volatility"))
    @app_commands.describe(symbol=localized("option.symbol"))
    @app_commands.autocomplete(symbol=suggest_symbol)
    async def volatility(self, interaction: discord.Interaction, symbol: SymbolText) -> None:
        report = await deferred(interaction, lambda: self._forecasts.latest(symbol))
        embed = volatility_embed(texts_for(interaction.locale), report, self._forecasts.now())
        await interaction.followup.send(embed=embed)


async def setup(bot: FeatureBot) -> None:
    await bot.add_cog(VolatilityCog(bot.forecasts))
