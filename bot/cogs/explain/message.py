"""The answer to ``/explain``: why the middle of a forecast is nearly flat, and what the bands are for."""

from __future__ import annotations

import discord

from bot.interactions.formats import BLUE
from bot.texts import Texts


def explain_embed(texts: Texts) -> discord.Embed:
    """Two paragraphs."""
    paragraphs = "\n\n".join(texts(f"explain.{part}") for part in ("middle", "bands"))
    embed = discord.Embed(title=texts("explain.title"), colour=BLUE, description=paragraphs)
    return embed.set_footer(text=texts("advice"))
