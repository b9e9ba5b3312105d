"""The catalogue: complete in every language, and spoken to those who read it."""

from __future__ import annotations

import ast
import pkgutil
import re
import string
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import discord
import pytest

import bot
from bot.client import build_bot
from bot.cogs.explain.message import Topic
from bot.interactions.translator import CommandTranslator
from bot.settings import BotSettings
from bot.texts import LANGUAGES, Texts, texts_for
from standin import Exchange
from tests.support.bot_env import REPORT_TIME, BotEnv, posts
from tests.support.reports import publish, young_report

OTHERS = sorted(set(LANGUAGES) - {"en"})
NOT_TRANSLATED: dict[str, set[str]] = {}
"""Files of words that a language lacks, by language, such as ``{"fr": {"dice"}}``: those are answered in English."""


def files_of(language: str) -> dict[str, dict[str, str]]:
    """The texts in each file of a language's folder, by the file's name."""
    folder = import_module(f"bot.texts.{language}")
    names = (file.name for file in pkgutil.iter_modules(folder.__path__))
    return {name: import_module(f"{folder.__name__}.{name}").TEXTS for name in names}


UNTRANSLATED = {
    key
    for key in LANGUAGES["en"]
    if key.startswith(("picture.source.", "picture.means.")) and not any(key in LANGUAGES[other] for other in OTHERS)
}
"""Of price sources and baselines that were added without texts: their English names do in every language."""
ENGLISH = {key: text for key, text in LANGUAGES["en"].items() if key not in UNTRANSLATED}
MAX_DESCRIPTION = 100
UNKNOWN = next(locale for locale in discord.Locale if locale.value.partition("-")[0] not in LANGUAGES)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", OTHERS)
class TestCatalogue:
    def test_only_the_files_listed_are_not_translated(self, language: str) -> None:
        assert files_of("en").keys() - files_of(language).keys() == NOT_TRANSLATED.get(language, set())

    def test_a_file_has_every_text_and_no_other(self, language: str) -> None:
        english = files_of("en")
        for name, texts in files_of(language).items():
            assert texts.keys() == english[name].keys() - UNTRANSLATED, name

    def test_every_placeholder_is_kept(self, language: str) -> None:
        for key, text in LANGUAGES[language].items():
            assert placeholders(text) == placeholders(ENGLISH[key]), key

    def test_commands_named_in_a_text_are_the_same(self, language: str) -> None:
        for key, text in LANGUAGES[language].items():
            named = {word for word in ENGLISH[key].split("`") if word.startswith("/")}
            assert named == {word for word in text.split("`") if word.startswith("/")}, key


def test_every_key_that_the_program_names_is_there() -> None:
    folder = Path(bot.__file__).parent
    named = {key for file in folder.rglob("*.py") for key in keys_in(ast.parse(file.read_text()))}
    assert named <= ENGLISH.keys()
    families = {key.split(".")[0] for key in named}
    assert {"report", "weekly", "watch", "retrain", "privacy", "failure", "command", "option"} <= families


CALLS = ("texts", "localized")


def keys_in(tree: ast.AST) -> Iterator[str]:
    """The first arguments of calls of ``texts(…)`` and ``localized(…)`` that are plain strings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        (discord.Locale.german, "de"),
        (discord.Locale.french, "fr"),
        (discord.Locale.british_english, "en"),
        (UNKNOWN, "en"),
        (None, "en"),
    ],
)
def test_a_locale_speaks_its_language_or_english(locale: discord.Locale | None, language: str) -> None:
    assert texts_for(locale) == Texts(language)


@pytest.mark.parametrize(
    ("language", "days"),
    [
        ("en", "2025-11-03 to 2026-02-01"),
        ("de", "3. Nov. 2025 bis 1. Feb. 2026"),
        ("fr", "3 nov. 2025 au 1 févr. 2026"),
    ],
)
def test_a_day_is_written_as_in_the_language(language: str, days: str) -> None:
    said = Texts(language)("card.cutoffs", first=date(2025, 11, 3), last=date(2026, 2, 1))
    assert days in said


def test_a_feature_that_is_not_translated_is_answered_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    rest = {key: text for key, text in LANGUAGES["de"].items() if key not in files_of("de")["model"]}
    monkeypatch.setattr("bot.texts.LANGUAGES", {**LANGUAGES, "de": rest})
    facts = {"sessions": 1234, "symbol": "SPY", "first": date(2025, 11, 3), "last": date(2026, 2, 1)}
    assert Texts("de")("card.learnt_from", **facts) == "1,234 trading days of SPY (2025-11-03 to 2026-02-01)"


OWN_NAMES = {Texts(language)("language.name") for language in LANGUAGES}
"""A language is offered by its own name, whoever asks."""


class TestCommands:
    @pytest.fixture
    async def payloads(self, tmp_path: Path) -> list[dict[str, Any]]:
        bot = build_bot(BotSettings(_env_file=None, database_url=f"sqlite:///{tmp_path}/bot.db", prices="simulated"))
        await bot.add_features()
        translator = CommandTranslator()
        return [await command.get_translated_payload(bot.tree, translator) for command in bot.tree.get_commands()]

    async def test_every_description_and_choice_is_translated_and_short_enough(
        self, payloads: list[dict[str, Any]]
    ) -> None:
        for node in (node for payload in payloads for node in nodes(payload)):
            for language in OTHERS:
                if node.get("description", node["name"]) in english_texts(language):
                    continue
                if description := node.get("description"):
                    assert language in (node.get("description_localizations") or {}), description
                    assert len(node["description_localizations"][language]) <= MAX_DESCRIPTION, description
                elif "value" in node and not (str(node["name"]).isdigit() or node["name"] in OWN_NAMES):
                    assert language in (node.get("name_localizations") or {}), node["name"]
                    assert len(node["name_localizations"][language]) <= MAX_DESCRIPTION, node["name"]

    async def test_names_are_the_same_everywhere(self, payloads: list[dict[str, Any]]) -> None:
        for node in (node for payload in payloads for node in nodes(payload)):
            if "value" not in node:
                assert not node.get("name_localizations"), node["name"]


def english_texts(language: str) -> set[str]:
    """The texts of features that are not translated into the language."""
    return {text for key, text in ENGLISH.items() if key not in LANGUAGES[language]}


def nodes(payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The command, its options and their choices, at every depth."""
    yield payload
    yield from payload.get("choices") or ()
    for option in payload.get("options") or ():
        yield from nodes(option)


@pytest.mark.slow
async def test_a_german_admin_and_a_german_server_are_answered_in_german(env: BotEnv) -> None:
    env.ann.user.locale = "de"
    env.club.locale = "de"
    bot = env.bot()
    async with env.discord.running(bot):
        assert bot.tree.translator is not None
        here = await env.ask("/report here", env.ann)
        unknown = await env.ask("/forecast NOPE", env.ann)
        forecast = await env.ask("/forecast ARKK", env.ann)
        env.let_everybody_use("report")
        env.bob.user.locale = "de"
        refused = await env.ask("/report off", env.bob)
        env.clock.at = REPORT_TIME
        await bot.schedule.run_due()
    assert "jeden Samstag um 09:00 (America/New_York)" in here.message.content
    assert "Ich kenne keinen ETF" in unknown.message.content
    for words in ("Letzter Schluss **51,20\u00a0$**", "In 60 Handelstagen", "keine Anlageberatung"):
        assert words in forecast.message.text
    assert "20 Handelstage" in str(forecast.message.components)
    assert "Past forecasts" not in str(forecast.message.components)
    assert "dann die Prognose für 60 Handelstage" in (forecast.message.files[0].description or "")
    assert "brauchst du das Recht **Server verwalten** auf dem Server **Club**" in refused.message.content
    (post,) = posts(env.club)
    assert "Wochenprognose, 60 Handelstage voraus" in post.text
    assert "6\u00a0% besser als" in post.text
    assert "Aus simulierten Kursen" in post.text


async def test_a_french_member_reads_numbers_as_french_writes_them(env: BotEnv) -> None:
    env.bob.user.locale = "fr"
    async with env.discord.running(env.bot()):
        forecast = await env.ask("/forecast ARKK", env.bob)
    for words in (
        "Dernière clôture **51,20\u00a0$**",
        "Médiane **54,27\u00a0$** (+6,0\u202f%)",
        "Fourchette à 80\u202f%",
    ):
        assert words in forecast.message.text


LOOSE_MARKS = re.compile(r" [:;!?%»]|« |[\w)}][;!?%»]|[\w)}]:(?=[\s*]|$)|'")
"""A mark without its fixed space, or a straight apostrophe, which French does not have."""


def test_french_marks_have_their_fixed_spaces() -> None:
    for key, text in LANGUAGES["fr"].items():
        said = re.sub(r"`[^`]*`|{[^}]*}", "x", text)
        assert not LOOSE_MARKS.search(said), key


ENGLISH_WORDS = re.compile(
    r"\b(the|of|and|as|from|no change|next|above|below|close|closes|sessions?|skill|with|not|is|are|made)\b",
    re.IGNORECASE,
)
"""Words of which no German or French sentence of these answers has any."""

ENGLISH_NUMBERS = re.compile(r"[$€]\s?\d\S*|\d+\.(?!\d{3}(?!\d))\d+|\d[ ]?%")
"""A sign before its amount, a point before other than three digits, a per cent sign without its fixed space."""


@pytest.mark.slow
@pytest.mark.parametrize("language", ["de", "fr"])
async def test_a_member_reads_their_language_in_every_answer(env: BotEnv, language: str) -> None:
    env.bob.user.locale = env.ann.user.locale = language
    publish(env.database_url, [young_report()])
    lines = (
        *(f"/explain topic:{topic}" for topic in get_args(Topic)),
        "/forecast ARKK", "/scores", "/scores ARKK", "/scores YNG", "/compare ARKK, SPY", "/compare ARKK, SPY, FNGU",
        "/compare ARKK", "/model ARKK", "/explain", "/track", "/track ARKK", "/status", "/help", "/privacy",
        "/delete-data", "/alert list", "/alert add ARKK condition:band", "/alert remove 9",
    )  # fmt: skip
    admins = (
        "/report here", "/report status", "/report preview", "/report test", "/report pause", "/report resume",
        "/report off", "/watch add SPY", "/watch list", "/watch remove TLT", "/ops channel", "/ops status", "/ops off",
        "/retrain",
    )  # fmt: skip
    async with env.discord.running(env.bot()):
        for line, who in (*((line, env.bob) for line in lines), *((line, env.ann) for line in admins)):
            assert_not_english(await env.ask(line, who), line, language)
        forecast = await env.ask("/forecast ARKK")
        for button in ("scores", "track", "csv"):
            label = Texts(language)(f"forecast.button_{button}")
            assert_not_english(await env.discord.press(forecast.message, label, env.bob), label, language)


def assert_not_english(exchange: Exchange, line: str, language: str) -> None:
    alt_texts = [file.description or "" for file in exchange.files]
    for text in (exchange.text, *alt_texts):
        told = re.sub(r"`[^`]*`|<[^>]*>|https?://\S+|YNG is too young[^.]*\.", "", text)  # names, moments, a job's note
        for english in english_texts(language):
            told = told.replace(english, "")
        found = {match[0].casefold() for match in ENGLISH_WORDS.finditer(told)}
        assert not found, f"{line}: {found} in {told}"
        numbers = {match[0] for match in ENGLISH_NUMBERS.finditer(told)}
        assert not numbers, f"{line}: {numbers} in {told}"
