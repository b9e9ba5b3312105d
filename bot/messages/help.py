"""The answer to ``/help``."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.messages.formats import BLUE, MAX_DESCRIPTION, NOT_ADVICE, fitting

INTRODUCTION = (
    "Forecasts of ETFs, 60 sessions ahead. The middle hardly moves, and that is honest: nobody knows where an ETF will "
    "stand in three months. The bands carry the information: 8 in 10 outcomes should fall into the 80 % band, and "
    "`/scores` shows how many did."
)


def help_embed(commands: Sequence[tuple[str, str]]) -> discord.Embed:
    """``commands`` are those that the member may use, each with what it does."""
    lines = [f"`/{usage}`\n{description}" for usage, description in commands]
    embed = discord.Embed(
        title="What you can ask", colour=BLUE, description=f"{INTRODUCTION}\n\n{fitting(lines, MAX_DESCRIPTION - 500)}"
    )
    return embed.set_footer(text=NOT_ADVICE)
