"""``/track``"""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.track.message import symbol_track_embed, track_alt_text, track_embed
from bot.forecasts.door import Forecasts
from bot.interactions.answers import deferred
from bot.interactions.options import SymbolText, everywhere, picture_files, symbol_choices
from bot.interactions.translator import localized
from bot.texts import texts_for
from forecasting import Theme

PICTURE = "track.png"


class TrackCog(commands.Cog):
    """How the forecasts that were posted have done, whether anybody looked at them or not."""

    def __init__(self, forecasts: Forecasts, theme: Theme) -> None:
        self._forecasts = forecasts
        self._theme = theme

    @everywhere
    @app_commands.command(name="track", description=localized("command.track"))
    @app_commands.describe(symbol=localized("option.symbol_or_all"))
    async def track(self, interaction: discord.Interaction, symbol: SymbolText | None = None) -> None:
        kept = await deferred(interaction, self._forecasts.track(symbol, self._theme))
        texts = texts_for(interaction.locale)
        if symbol is None:
            await interaction.followup.send(embed=track_embed(texts, kept.records, kept.alarms, kept.head))
            return
        picture = None if kept.chart is None else PICTURE
        embed = symbol_track_embed(texts, kept.records, kept.alarms, kept.head, picture)
        files = picture_files(kept.chart, PICTURE, track_alt_text(texts, kept.records))
        await interaction.followup.send(embed=embed, files=files)

    @track.autocomplete("symbol")
    async def suggest(self, _: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return symbol_choices(self._forecasts, text)
