"""``/forecast`` and the buttons under its answers."""

from __future__ import annotations

import io
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.forecast.buttons import Action, Shown, forecast_view
from bot.cogs.forecast.message import csv_note, forecast_alt_text, forecast_embed, quantiles_csv
from bot.cogs.scores.message import scores_alt_text, symbol_scores_embed
from bot.cogs.track.message import symbol_track_embed, track_alt_text
from bot.forecasts.door import Forecasts
from bot.interactions.answers import answer_press, deferred, is_own
from bot.interactions.cooldowns import Cooldowns
from bot.interactions.options import SymbolText, everywhere, picture_files, symbol_choices
from bot.interactions.translator import localized
from bot.texts import Texts, texts_for
from forecasting import HORIZON, ForecastReport, Theme

PICTURE = "forecast.png"
SCORES_PICTURE = "scores.png"
TRACK_PICTURE = "track.png"

Illustrated = tuple[discord.Embed, list[discord.File]]


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
    async def forecast(
        self,
        interaction: discord.Interaction,
        symbol: SymbolText,
        horizon: Literal[5, 20, 60] = HORIZON,
        private: bool = False,
    ) -> None:
        work = self._forecasts.with_chart(symbol, self._theme, horizon)
        report, chart = await deferred(interaction, work, private=private)
        shown = Shown(report.symbol, self._theme, horizon)
        texts = texts_for(interaction.locale)
        embed, files = self._answer(report, chart, shown, texts)
        await interaction.followup.send(embed=embed, files=files, view=forecast_view(shown, texts))

    @forecast.autocomplete("symbol")
    async def suggest(self, _: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return symbol_choices(self._forecasts, text)

    async def press(self, interaction: discord.Interaction, action: Action, of: Shown) -> None:
        """Answer a button, whoever pressed it, see ``bot.cogs.forecast.buttons``."""
        await answer_press(interaction, self._pressed(interaction, action, of), self._forecasts.job_state)

    async def _pressed(self, interaction: discord.Interaction, action: Action, of: Shown) -> None:
        self._cooldowns.count(interaction.user.id, "forecast buttons")
        texts = texts_for(interaction.locale)
        if action == "show" and is_own(interaction):
            await interaction.response.defer()
            embed, files = await self._shown(of, texts)
            await interaction.edit_original_response(embed=embed, attachments=files, view=forecast_view(of, texts))
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        match action:
            case "show":
                embed, files = await self._shown(of, texts)
                await interaction.followup.send(embed=embed, files=files, view=forecast_view(of, texts))
            case "scores":
                embed, files = await self._scores(of, texts)
                await interaction.followup.send(embed=embed, files=files)
            case "track":
                embed, files = await self._track(of, texts)
                await interaction.followup.send(embed=embed, files=files)
            case "csv":
                report = await self._forecasts.latest(of.symbol)
                file = discord.File(io.BytesIO(quantiles_csv(report)), f"{of.symbol}-{report.as_of}.csv")
                await interaction.followup.send(csv_note(texts, report), file=file)

    async def _shown(self, of: Shown, texts: Texts) -> Illustrated:
        report, chart = await self._forecasts.with_chart(of.symbol, of.theme, of.horizon)
        return self._answer(report, chart, of, texts)

    async def _scores(self, of: Shown, texts: Texts) -> Illustrated:
        report, chart = await self._forecasts.with_scores_chart(of.symbol, of.theme)
        embed = symbol_scores_embed(texts, report, SCORES_PICTURE if chart else None, self._forecasts.now())
        return embed, picture_files(chart, SCORES_PICTURE, scores_alt_text(texts, [report]))

    async def _track(self, of: Shown, texts: Texts) -> Illustrated:
        kept = await self._forecasts.track(of.symbol, of.theme)
        picture = TRACK_PICTURE if kept.chart else None
        embed = symbol_track_embed(texts, kept.records, kept.alarms, kept.head, picture)
        return embed, picture_files(kept.chart, TRACK_PICTURE, track_alt_text(texts, kept.records))

    def _answer(self, report: ForecastReport, chart: bytes | None, shown: Shown, texts: Texts) -> Illustrated:
        embed = forecast_embed(texts, report, PICTURE if chart else None, self._forecasts.now())
        return embed, picture_files(chart, PICTURE, forecast_alt_text(texts, report, shown.horizon))
