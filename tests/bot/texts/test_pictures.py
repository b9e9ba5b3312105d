"""Pictures in each language: every word is translated, and all can be read."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.texts import LANGUAGES, Texts
from forecasting import PICTURE_WORDS, Symbol, open_database
from forecasting.chart.comparison import comparison_sheet
from forecasting.chart.forecast import forecast_sheet
from forecasting.chart.overview import overview_sheet
from forecasting.chart.past_forecasts import past_forecasts_sheet
from forecasting.chart.portfolio import portfolio_sheet
from forecasting.chart.scores import scores_sheet
from forecasting.chart.sheet import Sheet
from forecasting.chart.words import Words
from forecasting.models import MODELS
from forecasting.record.past import Past
from forecasting.record.schema import TRACK_FACTS, StoredTrackChart
from forecasting.scenarios.mix import MixForecast, Part
from tests.support.approved_pictures import ARKK, PAST, REPORTS
from tests.support.bot_env import BotEnv, bot_env
from tests.support.pictures import PNG
from tests.support.sheets import assert_readable

OTHERS = sorted(set(LANGUAGES) - {"en"})
MIX = MixForecast(
    parts=tuple(
        Part(report.symbol, 1 / len(REPORTS), share) for report, share in zip(REPORTS, (0.7, -0.1, 0.4), strict=True)
    ),
    source=ARKK.source,
    as_of=ARKK.as_of,
    past=tuple((row.session, row.close / ARKK.last_close) for row in ARKK.history),
    sessions=tuple(step.session for step in ARKK.forecast),
    fan=(fan := tuple(tuple(price / ARKK.last_close for price in step.quantiles) for step in ARKK.forecast)),
    loss_odds=(0.5,) * len(fan),
    worst=0.7,
    as_one=fan,
)
UNSCORED = replace(ARKK, symbol=Symbol("NEW"), scores={})
VAGUE = replace(ARKK, scores={name: replace(of, skill_se=0.0, cutoffs=1) for name, of in ARKK.scores.items()})


def sheets(words: Words) -> dict[str, Sheet]:
    """Every kind of picture, with every text that it may have."""
    other_day = replace(REPORTS[1], as_of=ARKK.as_of - timedelta(days=1))
    return {
        "forecast": forecast_sheet(ARKK, "dark", words=words),
        "five sessions": forecast_sheet(ARKK, "light", 5, words=words),
        "odds": forecast_sheet(ARKK, "dark", 20, 1.03 * ARKK.last_close, words),
        "elsewhere": forecast_sheet(replace(ARKK, source="elsewhere"), "dark", words=words),
        "comparison": comparison_sheet(REPORTS, "dark", words),
        "overview": overview_sheet([ARKK, other_day], "dark", words),
        "portfolio": portfolio_sheet(MIX, "dark", words),
        "scores": scores_sheet([*REPORTS, UNSCORED], "dark", words),
        "scores of many": scores_sheet([VAGUE] * 8, "dark", words),
        "few scores": scores_sheet([VAGUE], "dark", words),
        "no scores": scores_sheet([UNSCORED], "dark", words),
        "track": past_forecasts_sheet(PAST, "dark", words),
        "replayed track": past_forecasts_sheet(replace(PAST, kind="replay", fans=PAST.fans[:1]), "dark", words),
    }


def said(sheet: Sheet) -> str:
    return " ".join(text.get_text() for text in sheet.figure.texts)


@pytest.mark.slow
def test_no_word_of_a_picture_is_fixed() -> None:
    """In a language whose only letter is Ж, the Latin letters that are left are names."""
    texts = {key: re.sub(r"[A-Za-z](?![^{}]*})", "Ж", text) for key, text in PICTURE_WORDS.items()}
    names = {"ARKK", "SPY", "FNGU", "NEW", "LSTM", "HAR", "ARK", "Innovation", "ETF", "Elsewhere"}
    models = {word for model in MODELS.values() for word in model.label.split()}  # these are named by other texts
    for name, sheet in sheets(Words(texts)).items():
        assert set(re.findall("[A-Za-z]+", said(sheet))) <= names | models, name


@pytest.mark.slow
@pytest.mark.parametrize("language", OTHERS)
def test_every_picture_can_be_read(language: str) -> None:
    for sheet in sheets(Words(Texts(language).of_pictures)).values():
        assert_readable(sheet)


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_of_a_picture_is_translated(language: str) -> None:
    same = {key for key, text in PICTURE_WORDS.items() if LANGUAGES[language].get(key) == text}
    assert same <= {"picture.day", "picture.date", "picture.scores.basis.one", "picture.scores.basis"}


@pytest.mark.parametrize(
    ("language", "amount", "change", "day", "asked"),
    [
        ("de", "1.234,50\u00a0$", "−2,5\u00a0%", "28. Nov. 2025", "52,74\u00a0$, der gefragte Kurs"),
        ("fr", "1\u202f234,50\u00a0$", "−2,5\u202f%", "28 nov. 2025", "52,74\u00a0$, le cours demandé"),
    ],
)
def test_numbers_and_dates_follow_the_language(language: str, amount: str, change: str, day: str, asked: str) -> None:
    words = Words(Texts(language).of_pictures)
    assert words.money(1234.5, "USD") == amount
    assert words.percent(-2.5, 1) == change
    assert words.date(date(2025, 11, 28)) == day
    assert asked in said(forecast_sheet(ARKK, "dark", 20, 52.74, words))


def test_english_pictures_need_no_words() -> None:
    nothing: Mapping[str, str] = {}
    assert Texts("en").of_pictures == nothing


def test_what_a_track_picture_shows_can_be_kept() -> None:
    assert Past.from_json(PAST.to_json()) == PAST


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch) as env:
        env.publish()
        engine = open_database(env.database_url)
        with engine.begin() as connection:
            row = {"source": "simulated", "symbol": "ARKK", "kind": "live"}
            for theme, png in (("dark", PNG), (TRACK_FACTS, PAST.to_json().encode())):
                connection.execute(insert(StoredTrackChart).values(row | {"theme": theme, "png": png}))
        engine.dispose()
        yield env


@pytest.mark.slow
async def test_every_command_shows_its_picture_in_the_members_language(env: BotEnv) -> None:
    """Also those pictures that a job has drawn, in English. The drawing process gives each request its own picture."""
    lines = (
        "/forecast ARKK",
        "/forecast ARKK horizon:20",
        "/compare ARKK, SPY",
        "/odds ARKK 52",
        "/portfolio ARKK:1 SPY:1",
        "/scores",
        "/scores ARKK",
        "/track ARKK",
    )
    shown: dict[str, list[bytes]] = {line: [] for line in lines}
    async with env.discord.running(env.bot()):
        for locale in ("en-US", "de", "fr"):
            env.bob.user.locale = locale
            for line in lines:
                (file,) = (await env.ask(line)).message.files
                shown[line].append(file.content)
    for line, pictures in shown.items():
        assert len(set(pictures)) == 3, line
