"""What Discord shows while a member types a command, in each member's language.

Names of commands and options are the same in all languages: people and documents refer to commands by them.
"""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.texts import LANGUAGES, Texts


def localized(key: str) -> app_commands.locale_str:
    """The description or choice of this key, in English; ``CommandTranslator`` knows it in the other languages."""
    return app_commands.locale_str(Texts()(key), key=key)


class CommandTranslator(app_commands.Translator):
    """Translates what ``localized`` made."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        _context: app_commands.TranslationContext[Any, Any],
    ) -> str | None:
        """None if the language has no such text: Discord then shows the English one."""
        language = locale.value.partition("-")[0]
        return None if language == "en" else LANGUAGES.get(language, {}).get(string.extras.get("key", ""))
