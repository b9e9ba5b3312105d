"""The answer to ``/explain``."""

from __future__ import annotations

import discord

from bot.interactions.formats import answer_embed
from bot.texts import Texts


def explain_embed(texts: Texts) -> discord.Embed:
    """Why the median of a forecast is nearly flat, and what the bands are for."""
    paragraphs = f"{texts('explain.middle')}\n\n{texts('explain.bands')}"
    return answer_embed(texts("explain.title"), paragraphs, footer=texts("advice"))
