"""``/scores``"""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.scores.message import scores_alt_text, scores_embed, symbol_scores_embed
from bot.forecasts.door import Forecasts
from bot.interactions.answers import deferred
from bot.interactions.options import SymbolText, everywhere, picture_files, symbol_choices
from bot.interactions.translator import localized
from bot.texts import texts_for
from forecasting import ForecastReport, NoForecastYet, Theme

PICTURE = "scores.png"


class ScoresCog(commands.Cog):
    """How far off the forecasts were, beside forecasts that anybody could make."""

    def __init__(self, forecasts: Forecasts, theme: Theme) -> None:
        self._forecasts = forecasts
        self._theme = theme

    @everywhere
    @app_commands.command(name="scores", description=localized("command.scores"))
    @app_commands.describe(symbol=localized("option.symbol_or_all"))
    async def scores(self, interaction: discord.Interaction, symbol: SymbolText | None = None) -> None:
        reports, chart = await deferred(interaction, self._of_all() if symbol is None else self._of_one(symbol))
        picture = None if chart is None else PICTURE
        texts, now = texts_for(interaction.locale), self._forecasts.now()
        embed = (
            scores_embed(texts, reports, picture, now)
            if symbol is None
            else symbol_scores_embed(texts, reports[0], picture, now)
        )
        files = picture_files(chart, PICTURE, scores_alt_text(texts, reports))
        await interaction.followup.send(embed=embed, files=files)

    @scores.autocomplete("symbol")
    async def suggest(self, _: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return symbol_choices(self._forecasts, text)

    async def _of_all(self) -> tuple[tuple[ForecastReport, ...], bytes | None]:
        reports, chart = await self._forecasts.all_with_scores_chart(self._theme)
        if not reports:
            raise NoForecastYet(self._forecasts.universe.symbols[0], self._forecasts.source)
        return reports, chart

    async def _of_one(self, text: str) -> tuple[tuple[ForecastReport, ...], bytes | None]:
        report, chart = await self._forecasts.with_scores_chart(text, self._theme)
        return (report,), chart
