"""``/explain``"""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.explain.message import explain_embed
from bot.interactions.feature_bot import FeatureBot
from bot.interactions.options import everywhere
from bot.interactions.translator import localized
from bot.texts import texts_for


class ExplainCog(commands.Cog):
    """How to read a forecast."""

    @everywhere
    @app_commands.command(name="explain", description=localized("command.explain"))
    async def explain(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(embed=explain_embed(texts_for(interaction.locale)))


async def setup(bot: FeatureBot) -> None:
    await bot.add_cog(ExplainCog())
