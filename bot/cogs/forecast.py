"""``/forecast``"""

from __future__ import annotations

import io

import discord
from discord import app_commands
from discord.ext import commands

from bot.answers import deferred
from bot.cogs.options import SymbolText, symbol_choices
from bot.forecasts import Forecasts
from bot.messages.forecast import forecast_alt_text, forecast_embed
from forecasting import Theme

PICTURE = "forecast.png"


class ForecastCog(commands.Cog):
    """The newest forecast of one ETF."""

    def __init__(self, forecasts: Forecasts, theme: Theme) -> None:
        self._forecasts = forecasts
        self._theme = theme

    @app_commands.command(
        name="forecast", description="The next 60 sessions of an ETF, and how far off such forecasts were"
    )
    @app_commands.describe(symbol="Ticker or name of the ETF")
    async def forecast(self, interaction: discord.Interaction, symbol: SymbolText) -> None:
        report, chart = await deferred(interaction, self._forecasts.with_chart(symbol, self._theme))
        if chart is None:
            await interaction.followup.send(embed=forecast_embed(report, None, self._forecasts.now()))
            return
        file = discord.File(io.BytesIO(chart), PICTURE, description=forecast_alt_text(report))
        await interaction.followup.send(embed=forecast_embed(report, PICTURE, self._forecasts.now()), file=file)

    @forecast.autocomplete("symbol")
    async def suggest(self, _: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return symbol_choices(self._forecasts, text)
