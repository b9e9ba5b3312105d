"""What the bot says, in each language: the one place for sentences.

Each language is a folder named by its code, with one file per feature. Each file has a mapping ``TEXTS`` from a key,
such as ``report.off``, to a sentence. English is the original. A feature whose file a language lacks is answered in
English; a file that is there must have every key of the English one. To add a language, copy files of ``en`` and
translate them: nothing else names it.

Keys that begin with ``command.``, ``option.`` and ``choice.`` are what Discord shows while a member types a command.

An answer is in the language of the member who asked (``interaction.locale``), a post in the server's
(``guild.preferred_locale``).
"""

from __future__ import annotations

import functools
import pkgutil
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from types import MappingProxyType
from typing import Any, Final

import discord


def _texts_of(language: str) -> Mapping[str, str]:
    """All texts of a language's folder.

    Raises:
        ValueError: two files have the same key.
    """
    texts: dict[str, str] = {}
    folder = import_module(f"{__name__}.{language}")
    for file in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."):
        more: Mapping[str, str] = import_module(file.name).TEXTS
        if twice := texts.keys() & more.keys():
            raise ValueError(f"{file.name} repeats {', '.join(sorted(twice))}")
        texts |= more
    return MappingProxyType(texts)


LANGUAGES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {folder.name: _texts_of(folder.name) for folder in pkgutil.iter_modules(__path__) if folder.ispkg}
)
"""Texts by key, by the language's code in a locale: ``de`` of ``de`` and of ``de-AT``."""

_OF_PICTURES: Final = ("picture.", "number.", "percent", "price.", "model.")
"""The first part of each key that pictures need."""

ORIGINAL: Final = LANGUAGES["en"]


@dataclass(frozen=True)
class Texts:
    """The texts of one language: ``texts("report.off")``."""

    language: str = "en"

    def __call__(self, key: str, **facts: object) -> str:
        """The text of ``key``, its placeholders filled with ``facts``; in English if this language lacks it.

        A number in a placeholder with a format, such as ``{count:,}``, and a day are written as in the text's language.
        """
        texts = self if key in LANGUAGES[self.language] else Texts()
        return _InLanguage(texts).vformat(self._template(key), (), facts)

    def number(self, figure: str) -> str:
        """A figure in its English form, such as ``1,234.5``, as this language writes it."""
        thousands, point = self._template("number.thousands"), self._template("number.point")
        return figure.translate({ord(","): thousands, ord("."): point})

    def counted(self, key: str, count: float, **facts: object) -> str:
        """The same for a number of things, the placeholder ``count``. For one thing, the text of ``key.one`` if any."""
        is_one = count == 1 and f"{key}.one" in ORIGINAL
        return self(f"{key}.one" if is_one else key, count=count, **facts)

    def named(self, key: str, label: str) -> str:
        """The text of ``key`` if there is one, else ``label``: for names of things that can be added without texts."""
        return self._template(key) if key in ORIGINAL else label

    def said(self, words: str) -> str:
        """Sentences of ``forecasting`` in this language: those of the keys ``said.…``, known by their English words.

        They are stored, and sent between programs, in English. What no key has is left as it is.
        """
        if self.language == "en":
            return words
        for key, pattern in _said():
            if found := pattern.fullmatch(words):
                parts = found.groupdict()
                others = parts.pop("others", None)
                facts = {name: self._fact(part) for name, part in parts.items()}
                return self._template(key).format(**facts) + (f" {self.said(others)}" if others else "")
        return words

    def _fact(self, text: str) -> str:
        """A part of such a sentence: a number, days as in 2025-11-28, or words."""
        if _NUMBER.fullmatch(text):
            figure = self.number(text.rstrip("%").replace("-", "−"))
            return self("percent", number=figure) if text.endswith("%") else figure
        return _DAY.sub(lambda day: self.day(date(*map(int, day.groups()))), self.said(text))

    def day(self, when: date) -> str:
        """A day such as 2025-11-28, as members type it in English, or as this language writes it."""
        if self.language == "en":
            return when.isoformat()
        month = self("picture.months").split()[when.month - 1]
        return self("picture.date", day=when.day, month=month, year=when.year)

    @property
    def of_pictures(self) -> Mapping[str, str]:
        """What ``forecasting`` draws pictures with in this language; nothing for English, which it knows by itself."""
        if self.language == "en":
            return {}
        return {key: text for key, text in LANGUAGES[self.language].items() if key.startswith(_OF_PICTURES)}

    def _template(self, key: str) -> str:
        return LANGUAGES[self.language].get(key) or ORIGINAL[key]


_NUMBER: Final = re.compile(r"[+-]?[\d,]*\.?\d+%?")
_DAY: Final = re.compile(r"(?<![\w-])(\d{4})-(\d\d)-(\d\d)(?![\w-])")


@functools.cache
def _said() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What matches the sentences of ``Texts.said`` and others after them, those with most words of their own first."""
    found = {key: text for key, text in ORIGINAL.items() if key.startswith("said.")}
    order = sorted(found, key=lambda key: -sum(len(fixed) for fixed, *_ in string.Formatter().parse(found[key])))
    return tuple((key, re.compile(_pattern(found[key]))) for key in order)


def _pattern(text: str) -> str:
    pattern, names = "", set[str]()
    for fixed, name, _, _ in string.Formatter().parse(text):
        pattern += re.escape(fixed)
        if name:
            pattern += f"(?P={name})" if name in names else f"(?P<{name}>.+?)"
            names.add(name)
    return pattern if text.endswith("}") else pattern + "(?: (?P<others>.+))?"


class _InLanguage(string.Formatter):
    """Fills placeholders, with numbers and days in a language's form."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, date):
            return self._texts.day(value)
        written = format(value, format_spec)
        return self._texts.number(written) if format_spec and isinstance(value, (int, float)) else written


def texts_for(locale: discord.Locale | None) -> Texts:
    """The texts of the locale's language, or the English ones if there is no such folder."""
    language = locale.value.partition("-")[0] if locale is not None else "en"
    return Texts(language if language in LANGUAGES else "en")
