"""What the bot says, in each language: the one place for sentences.

A text has a key, such as ``report.off``: the folder ``en`` is the original, ``de`` a translation, and a test demands
that no key and no placeholder is missing. To add a language, copy ``en``, translate its files, and name it in
``LANGUAGES``; the descriptions of its commands go into ``commands.py``.

A message takes the ``Texts`` of whoever it is for: an answer speaks the language of whoever asked
(``interaction.locale``), a post the server's (``guild.preferred_locale``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import discord

from bot.texts.de import GERMAN
from bot.texts.en import ENGLISH

LANGUAGES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({"en": ENGLISH, "de": GERMAN})
"""By the language's code in a locale: ``de`` of ``de`` and of ``de-AT``."""


@dataclass(frozen=True)
class Texts:
    """The texts of one language: ``texts("report.off")``."""

    language: str = "en"

    def __call__(self, key: str, **facts: object) -> str:
        """The text, its placeholders filled with ``facts``."""
        return LANGUAGES[self.language][key].format(**facts)


IN_ENGLISH: Final = Texts("en")


def texts_for(locale: discord.Locale | None) -> Texts:
    """Those of the locale's language; English where it has none yet."""
    language = locale.value.partition("-")[0] if locale is not None else "en"
    return Texts(language if language in LANGUAGES else "en")
