"""``/odds``: how likely an ETF closes above a price, or reaches it."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.odds.deadline import sessions_until
from bot.cogs.odds.message import odds_alt_text, odds_embed
from bot.forecasts.door import Forecasts
from bot.interactions.answers import SendArguments, deferred
from bot.interactions.feature_bot import FeatureBot
from bot.interactions.options import Price, SymbolText, everywhere, picture_files, suggest_symbol
from bot.interactions.translator import localized
from bot.texts import Texts, texts_for
from forecasting import Theme

PICTURE = "odds.png"

DateText = app_commands.Range[str, 1, 20]


class OddsCog(commands.Cog):
    """The odds of one price."""

    def __init__(self, forecasts: Forecasts, theme: Theme) -> None:
        self._forecasts = forecasts
        self._theme = theme

    @everywhere
    @app_commands.command(name="odds", description=localized("command.odds"))
    @app_commands.describe(
        symbol=localized("option.symbol"), price=localized("option.odds.price"), by=localized("option.odds.by")
    )
    @app_commands.autocomplete(symbol=suggest_symbol)
    async def odds(
        self, interaction: discord.Interaction, symbol: SymbolText, price: Price, by: DateText | None = None
    ) -> None:
        texts = texts_for(interaction.locale)
        answer = await deferred(interaction, lambda: self._answer(texts, symbol, price, by))
        await interaction.followup.send(**answer)

    async def _answer(self, texts: Texts, symbol: str, price: float, by: str | None) -> SendArguments:
        report = await self._forecasts.latest(symbol)
        sessions = sessions_until(texts, by, report.forecast)
        found, chart = await self._forecasts.odds(report, price, sessions, self._theme, texts)
        picture = PICTURE if chart else None
        return {
            "embed": odds_embed(texts, report, price, sessions, found, picture, self._forecasts.now()),
            "files": picture_files(chart, PICTURE, odds_alt_text(texts, report, price, sessions, found)),
        }


async def setup(bot: FeatureBot) -> None:
    await bot.add_cog(OddsCog(bot.forecasts, bot.settings.chart_theme))
