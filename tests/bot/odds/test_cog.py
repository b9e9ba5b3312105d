"""``/odds`` through the stand-in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from forecasting import open_database
from tests.support.bot_env import BotEnv, bot_env


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch) as env:
        env.publish(last_close=100.0)
        yield env


async def test_the_odds_of_a_price_at_a_close_and_until_then(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        rise = await env.ask("/odds SPY 104.5 20")
        fall = await env.ask("/odds spy 90 2026-12-15")
        env.bob.user.locale = "de"
        german = await env.ask('/odds SPY 104.5 by:"15. 12. 2026"')
    (file,) = rise.message.files
    assert file.content.startswith(b"\x89PNG")
    for words in (
        "SPY: the odds of $104.50",
        "Last close **$100.00**",
        "is +4.5% from there",
        "In 20 trading days",
        "Closes above: **",
        "Closes below: **",
        "Closes at $104.50 or higher at least once: **",
        "closing prices only",
    ):
        assert words in rise.text, words
    assert "On 2026-12-14: closes above " in (file.description or ""), "Thanksgiving is no trading day"
    assert "In 21 trading days" in fall.text
    assert "Closes at $90.00 or lower at least once: **" in fall.text
    for words in ("SPY: Chancen für", "In 21 Handelstagen", "Schließt darüber: **", "oder höher: **"):
        assert words in german.text, words


async def test_by_when_is_a_date_or_a_number_of_sessions_within_the_forecast(env: BotEnv) -> None:
    titles = {
        "60": "In 60 trading days",
        "1": "In 1 trading day",
        "2026-11-21": "In 5 trading days",  # a Saturday
        "2027-02-11": "In 60 trading days",  # the last session
    }
    refusals = {
        "0": "1 to 60 trading days",
        "61": "1 to 60 trading days",
        "2026-11-14": "reaches from 2026-11-16 to 2027-02-11",
        "2027-02-12": "reaches from 2026-11-16 to 2027-02-11",
        "01/02/2027": "“01/02/2027” is neither a date nor",
        "2026-02-30": "is neither a date nor",
        "soon": "“soon” is neither a date nor",
    }
    async with env.discord.running(env.bot()):
        assert "In 60 trading days" in (await env.ask("/odds SPY 104.5")).text
        for typed, words in (titles | refusals).items():
            env.clock.at += timedelta(seconds=30)
            exchange = await env.ask(f"/odds SPY 104.5 {typed}")
            assert words in exchange.text, typed
            assert exchange.ephemeral == (typed in refusals), typed


async def test_a_report_of_an_older_program_has_no_odds_yet(env: BotEnv) -> None:
    engine = open_database(env.database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM past_returns")
    async with env.discord.running(env.bot()):
        exchange = await env.ask("/odds SPY 104.5")
    assert exchange.ephemeral
    assert "It will work after the next refresh" in exchange.text
    engine.dispose()
