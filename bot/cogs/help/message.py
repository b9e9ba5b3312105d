"""The answer to ``/help``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import discord

from bot.interactions.formats import BLUE, MAX_DESCRIPTION, fitting
from bot.texts import Texts
from bot.texts.commands import COMMANDS

ROOM_FOR_INTRODUCTION: Final = 600


def help_embed(texts: Texts, commands: Sequence[tuple[str, str]]) -> discord.Embed:
    """``commands`` are those that the member may use, each with its English description."""
    translated = COMMANDS.get(texts.language, {})
    lines = [f"`/{usage}`\n{translated.get(description, description)}" for usage, description in commands]
    listed = fitting(lines, MAX_DESCRIPTION - ROOM_FOR_INTRODUCTION, texts)
    embed = discord.Embed(title=texts("help.title"), colour=BLUE, description=f"{texts('help.intro')}\n\n{listed}")
    return embed.set_footer(text=texts("explain.advice"))
