"""Sentences of ``forecasting`` and of jobs in the reader's language, also those that an older program has stored."""

from __future__ import annotations

import ast
import re
import string
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest

import bot.cogs.ops
import bot.interactions
import bot.jobs
import forecasting
from bot.cogs.ops.problems import UNPOSTED, _unposted, alert_problems, outbox_problems
from bot.cogs.report.deliveries import Delivery
from bot.delivery import MAX_ATTEMPTS, Pause
from bot.interactions.failures import STEPS, schedule_stands_still, step_broke
from bot.jobs.job import Job, JobKind
from bot.jobs.worker import _failed
from bot.texts import LANGUAGES, Texts
from forecasting import NotEnoughHistory, PriceFault, UnknownSymbol
from forecasting.champion.training_card import notes_of
from forecasting.errors import NotAFund
from forecasting.prices.findings import Kind
from forecasting.record.monitoring import Cusum, _sentence
from forecasting.reports.build import refusal_note
from forecasting.storage.failures import _SENTENCES
from forecasting.universe import Symbol
from tests.bot.watch.test_cog import ends_with
from tests.support.bot_env import BotEnv

SAID = {key: text for key, text in LANGUAGES["en"].items() if key.startswith("said.")}
SPY = Symbol("SPY")
NOW = datetime(2026, 11, 28, tzinfo=UTC)
QUARANTINED = (
    "bad tick", "spike", "level shift", "repeated rows", "unfinished session", "adjustment without an action",
    "doubled session", "no positive price", "no volume", "inconsistent range",
)  # fmt: skip
OURS = [
    *notes_of(SPY, 300, scored=False),
    refusal_note("The limits are 0.5 and 2. This version of the program cannot read the previous model."),
    _sentence(SPY, "coverage", Cusum(failures=9, trials=20)),
    _sentence(SPY, "median", Cusum(failures=15, trials=20)),
    str(NotEnoughHistory(SPY, 40, 60)),
    f"SPY: {UnknownSymbol('SPYY')}",
    str(NotAFund("AAPL", "Apple", "stock")),
    "SPY: Yahoo limits the rate of requests. Try again in an hour.",
    "Not asked, because the source is down: SPY: Yahoo limits the rate of requests. Try again in an hour.",
    *(str(_failed(Job(kind, (SPY,), NOW.date()), "exit code 1", deque(["broken"]))) for kind in get_args(JobKind)),
    *(_SENTENCES[cause] for cause in ("locked", "full", "read-only", "damaged")),
    "The stored model has format 1, and this version of the program reads only format 4. Retrain the ETF.",
    "SPY: The stored model cannot be read: x. Retrain the ETF.",
    "The model SPY-1 of SPY cannot be read: x. Train a new one: etf-forecast retrain SPY",
    "The file models/champion should name the model in use, but 'x' is not the name of a model of SPY. "
    "Train a new model: etf-forecast retrain SPY",
    *(PriceFault(SPY, NOW.date(), kind, "close 6712.3, ratio 10").sentence for kind in QUARANTINED),
    schedule_stands_still(None, 5),
    schedule_stands_still(_SENTENCES["full"], 5),
    *(step_broke(task, attempts, 4) for task in STEPS for attempts in (1, 4)),
    *(_unposted(Delivery("2026-W47", state, attempts, NOW)) for state in UNPOSTED for attempts in (1, MAX_ATTEMPTS)),
    *(problem.sentence for problem in (*alert_problems(2, NOW), *outbox_problems(Pause(3, NOW, NOW, "HTTP 500")))),
]
ENGLISH = re.compile(r"\b(the|is|are|of|and|its|with|from|again|only|refresh)\b", re.IGNORECASE)


@pytest.mark.parametrize(
    "language", [name for name in LANGUAGES if name != "en" and SAID.keys() <= LANGUAGES[name].keys()]
)
def test_no_english_is_left_of_a_sentence_that_is_known(language: str) -> None:
    for sentence in OURS:
        assert not ENGLISH.search(Texts(language).said(sentence)), Texts(language).said(sentence)


def test_english_and_unknown_sentences_stay_as_they_are() -> None:
    assert all(Texts().said(sentence) == sentence for sentence in OURS)
    for stored in ("Version 0.3 said: this, differently.", "", "SPY", "2025-11-28 {symbol} 5%"):
        assert Texts("de").said(stored) == stored


def test_the_kind_of_a_wrong_price_is_said_in_the_language() -> None:
    assert set(QUARANTINED) <= set(get_args(Kind))
    sentences = [PriceFault(SPY, NOW.date(), kind, "close 6712.3").sentence for kind in QUARANTINED]
    assert Texts("de").said(sentences[1]) == "SPY 28. Nov. 2026: Ausreißer (close 6712.3)"
    for kind, sentence in zip(QUARANTINED, sentences, strict=True):
        assert kind not in Texts("de").said(sentence) + Texts("fr").said(sentence)


def test_days_and_numbers_follow_the_language() -> None:
    sentence = (
        "On 12 test dates from 2024-01-02 to 2025-11-28, not used for training, its mean error (pinball loss) is "
        "1.123% of the price and the previous model's 1.120%: a difference of -0.0030% with a standard error of "
        "0.0010%. The limits are 0.5 and 2."
    )
    german = Texts("de").said(sentence)
    for words in ("vom 2. Jan. 2024 bis 28. Nov. 2025", "1,123\u00a0%", "−0,0030\u00a0%", "Grenzen sind 0,5 und 2."):
        assert words in german


def test_a_model_named_after_a_day_keeps_its_name() -> None:
    refused = "SPY: SPY-2026-11-13 was not accepted; in use: no model. The limits are 0.5 and 2."
    assert "SPY-2026-11-13 wurde nicht angenommen; im Einsatz: kein Modell." in Texts("de").said(refused)


@pytest.mark.slow
def test_the_program_still_says_each_of_them() -> None:
    """A sentence that was reworded there would silently be English everywhere."""
    folders = (Path(package.__file__).parent for package in (forecasting, bot.jobs, bot.cogs.ops, bot.interactions))
    sources = (file.read_text() for folder in folders for file in folder.rglob("*.py"))
    literals = "\n".join(text for source in sources for text in literals_of(ast.parse(source)))
    for key, template in SAID.items():
        for fixed, *_ in string.Formatter().parse(template):
            for part in re.split(r"(?<=[,.:!]) ", fixed):
                assert part.strip(" (,:)") in literals, (key, part)


def literals_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


async def test_why_a_training_failed_is_german_for_a_german(env: BotEnv) -> None:
    env.ann.user.locale = "de"
    why = "TLT: Yahoo limits the rate of requests. Try again in an hour."
    env.plan_jobs(failing={"TLT": ["RateLimited", why]})
    async with env.discord.running(env.bot()):
        exchange = await env.ask("/watch add TLT", env.ann)
        await ends_with(env, exchange, "in einer Stunde wieder.")
    assert "Yahoo begrenzt die Zahl der Anfragen" in exchange.message.content
    assert "Try again" not in exchange.message.content
