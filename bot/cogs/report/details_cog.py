"""What the menu and the buttons under a weekly report answer, see ``bot.cogs.report.details``."""

from __future__ import annotations

from typing import Final

import discord
from discord.ext import commands

from bot.cogs.forecast.buttons import Shown, forecast_view
from bot.cogs.forecast.message import forecast_alt_text, forecast_embed
from bot.cogs.report.details import Overview
from bot.cogs.scores.message import scores_alt_text, scores_embed
from bot.cogs.track.message import track_embed
from bot.forecasts.door import Forecasts
from bot.interactions.answers import answer_press
from bot.interactions.cooldowns import Cooldowns
from bot.interactions.options import picture_files
from bot.texts import texts_for
from forecasting import NoForecastYet, Theme

PICTURE: Final = "forecast.png"
SCORES_PICTURE: Final = "scores.png"


class DetailsCog(commands.Cog):
    """Answers whoever pressed, alone."""

    def __init__(self, forecasts: Forecasts, theme: Theme, cooldowns: Cooldowns) -> None:
        self._forecasts = forecasts
        self._theme = theme
        self._cooldowns = cooldowns

    async def show_one(self, interaction: discord.Interaction, symbol: str) -> None:
        """The forecast of the ETF that was chosen from the menu."""
        await answer_press(interaction, self._one(interaction, symbol), self._forecasts.job_state)

    async def show_all(self, interaction: discord.Interaction, overview: Overview) -> None:
        """What ``/scores`` and ``/track`` answer."""
        work = self._scores(interaction) if overview == "scores" else self._track(interaction)
        await answer_press(interaction, work, self._forecasts.job_state)

    async def _begin(self, interaction: discord.Interaction) -> None:
        self._cooldowns.count(interaction.user.id, "report details")
        await interaction.response.defer(ephemeral=True, thinking=True)

    async def _one(self, interaction: discord.Interaction, symbol: str) -> None:
        await self._begin(interaction)
        report, chart = await self._forecasts.with_chart(symbol, self._theme)
        texts = texts_for(interaction.locale)
        embed = forecast_embed(texts, report, PICTURE if chart else None, self._forecasts.now())
        files = picture_files(chart, PICTURE, forecast_alt_text(texts, report))
        view = forecast_view(Shown(report.symbol, self._theme), texts)
        await interaction.followup.send(embed=embed, files=files, view=view, ephemeral=True)

    async def _scores(self, interaction: discord.Interaction) -> None:
        await self._begin(interaction)
        reports, chart = await self._forecasts.all_with_scores_chart(self._theme)
        if not reports:
            raise NoForecastYet(self._forecasts.universe.symbols[0], self._forecasts.source)
        texts = texts_for(interaction.locale)
        embed = scores_embed(texts, reports, SCORES_PICTURE if chart else None, self._forecasts.now())
        files = picture_files(chart, SCORES_PICTURE, scores_alt_text(texts, reports))
        await interaction.followup.send(embed=embed, files=files, ephemeral=True)

    async def _track(self, interaction: discord.Interaction) -> None:
        await self._begin(interaction)
        kept = await self._forecasts.track(None, self._theme)
        embed = track_embed(texts_for(interaction.locale), kept.records, kept.alarms, kept.head)
        await interaction.followup.send(embed=embed, ephemeral=True)
