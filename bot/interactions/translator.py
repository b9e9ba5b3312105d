"""Tells Discord the commands' descriptions in other languages; each reader's client chooses its own."""

from __future__ import annotations

from typing import Any, Final

import discord
from discord import app_commands

from bot.texts.commands import COMMANDS

TRANSLATED: Final = frozenset(
    {
        app_commands.TranslationContextLocation.command_description,
        app_commands.TranslationContextLocation.group_description,
        app_commands.TranslationContextLocation.parameter_description,
        app_commands.TranslationContextLocation.choice_name,
    }
)
"""Names of commands and options are the same everywhere, see ``bot.texts.commands``."""


class CommandTranslator(app_commands.Translator):
    """From the catalogue in memory."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContext[Any, Any],
    ) -> str | None:
        """None where the catalogue has no such language or sentence: then Discord shows the English one."""
        if context.location not in TRANSLATED:
            return None
        return COMMANDS.get(locale.value.partition("-")[0], {}).get(string.message)
