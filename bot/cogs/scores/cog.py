"""``/scores``"""

from __future__ import annotations

from functools import partial

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.scores.answer import scores_answer
from bot.forecasts.door import Forecasts
from bot.interactions.answers import deferred
from bot.interactions.feature_bot import FeatureBot
from bot.interactions.options import SymbolText, everywhere, suggest_symbol
from bot.interactions.translator import localized
from bot.texts import texts_for
from forecasting import Theme


class ScoresCog(commands.Cog):
    """How far off the forecasts were, compared with simple methods."""

    def __init__(self, forecasts: Forecasts, theme: Theme) -> None:
        self._forecasts = forecasts
        self._theme = theme

    @everywhere
    @app_commands.command(name="scores", description=localized("command.scores"))
    @app_commands.describe(symbol=localized("option.symbol_or_all"))
    @app_commands.autocomplete(symbol=suggest_symbol)
    async def scores(self, interaction: discord.Interaction, symbol: SymbolText | None = None) -> None:
        texts = texts_for(interaction.locale)
        work = partial(scores_answer, self._forecasts, texts, symbol, self._theme)
        await interaction.followup.send(**await deferred(interaction, work))


async def setup(bot: FeatureBot) -> None:
    await bot.add_cog(ScoresCog(bot.forecasts, bot.settings.chart_theme))
