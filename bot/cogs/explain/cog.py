"""``/explain``"""

from __future__ import annotations

from typing import Final, cast, get_args

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.explain.message import Topic, explain_embed
from bot.interactions.feature_bot import FeatureBot
from bot.interactions.options import everywhere
from bot.interactions.translator import localized
from bot.texts import texts_for

TOPICS: Final = [
    app_commands.Choice(name=localized(f"choice.explain.{topic}"), value=topic) for topic in get_args(Topic)
]


class ExplainCog(commands.Cog):
    """Explains how to read a forecast, and what its words mean."""

    @everywhere
    @app_commands.command(name="explain", description=localized("command.explain"))
    @app_commands.describe(topic=localized("option.explain.topic"))
    @app_commands.choices(topic=TOPICS)
    async def explain(self, interaction: discord.Interaction, topic: str = "reading") -> None:
        await interaction.response.send_message(embed=explain_embed(texts_for(interaction.locale), cast(Topic, topic)))


async def setup(bot: FeatureBot) -> None:
    await bot.add_cog(ExplainCog())
