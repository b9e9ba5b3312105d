"""What the bot says, in each language: the one place for sentences.

A text has a key, such as ``report.off``: ``en.py`` is the original, ``de.py`` a translation, and a test demands that no
key and no placeholder is missing. To add a language, copy ``en.py`` and ``en_forecast.py``, translate them, and name
them in ``LANGUAGES``; the descriptions of its commands go into ``commands.py``.

A message takes the ``Texts`` of whoever reads it: an answer that one person sees speaks that person's language
(``interaction.locale``), a post speaks the server's (``guild.preferred_locale``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import discord

from bot.texts import de, de_forecast, en, en_forecast

LANGUAGES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {"en": {**en.ENGLISH, **en_forecast.ENGLISH}, "de": {**de.GERMAN, **de_forecast.GERMAN}}
)
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
