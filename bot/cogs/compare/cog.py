"""``/compare``"""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.compare.message import FEWEST, MOST, compare_alt_text, compare_embed, wrong_number
from bot.forecasts.door import Forecasts
from bot.interactions.answers import Refusal, deferred
from bot.interactions.feature_bot import FeatureBot
from bot.interactions.options import SymbolsText, everywhere, named, picture_files, suggest_list
from bot.interactions.translator import localized
from bot.texts import Texts, texts_for
from forecasting import ForecastReport, Theme

PICTURE = "compared.png"


class CompareCog(commands.Cog):
    """Several ETFs side by side."""

    def __init__(self, forecasts: Forecasts, theme: Theme) -> None:
        self._forecasts = forecasts
        self._theme = theme

    @everywhere
    @app_commands.command(name="compare", description=localized("command.compare"))
    @app_commands.describe(symbols=localized("option.compare.symbols"))
    @app_commands.autocomplete(symbols=suggest_list)
    async def compare(self, interaction: discord.Interaction, symbols: SymbolsText) -> None:
        texts = texts_for(interaction.locale)
        reports, chart = await deferred(interaction, lambda: self._compared(texts, symbols))
        embed = compare_embed(texts, reports, PICTURE if chart else None, self._forecasts.now())
        files = picture_files(chart, PICTURE, compare_alt_text(texts, reports))
        await interaction.followup.send(embed=embed, files=files)

    async def _compared(self, texts: Texts, text: str) -> tuple[tuple[ForecastReport, ...], bytes | None]:
        names = [name for name in named(text, self._forecasts) if name]
        symbols = await self._forecasts.resolved(names)
        if not FEWEST <= len(symbols) <= MOST:
            raise Refusal(wrong_number(texts))
        return await self._forecasts.compared(symbols, self._theme, texts)


async def setup(bot: FeatureBot) -> None:
    await bot.add_cog(CompareCog(bot.forecasts, bot.settings.chart_theme))
