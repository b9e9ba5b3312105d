"""The answer to ``/help``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import discord

from bot.interactions.formats import MAX_DESCRIPTION, answer_embed, fitting
from bot.texts import Texts

ROOM_FOR_INTRODUCTION: Final = 600


def help_embed(texts: Texts, commands: Sequence[tuple[str, str]]) -> discord.Embed:
    """What the member may use: ``commands`` has the key of each, such as ``command.report.set``, and its usage."""
    lines = [f"`/{usage}`\n{texts(key)}" for key, usage in commands]
    listed = fitting(texts, lines, MAX_DESCRIPTION - ROOM_FOR_INTRODUCTION)
    return answer_embed(texts("help.title"), f"{texts('help.intro')}\n\n{listed}", footer=texts("advice"))
