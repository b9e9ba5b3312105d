"""``/track`` through the stand-in, last week's record in the weekly report, and the flag of forecasts that fail."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.client import ForecastBot
from bot.cogs.ops.notifier import problem_sources
from bot.cogs.track.message import track_alt_text
from bot.texts import Texts
from forecasting import ReportStore, Symbol, next_sessions, open_database, sessions_between
from forecasting.record.chain import newest_head
from forecasting.record.schema import StoredTrackChart
from forecasting.record.scoring import score_open
from forecasting.sessions import NYSE
from tests.support.bot_env import REPORT_TIME, UNIVERSE, BotEnv, bot_env, posts
from tests.support.databases import open_file
from tests.support.issued import evening, forecast_from, live_through, made_prices
from tests.support.reports import PNG

DAYS = sessions_between(date(2026, 8, 3), date(2026, 11, 13))
"""Enough for some forecasts to be final."""
WILD = 0.05
"""Volatility at which few closes stay inside the made forecasts' bands."""


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch) as env:
        yield env


def keep_chart(env: BotEnv, symbol: str = "ARKK") -> None:
    engine = open_database(env.database_url)
    with engine.begin() as connection:
        row = {"source": "simulated", "symbol": symbol, "kind": "live", "theme": "dark", "png": PNG}
        connection.execute(insert(StoredTrackChart).values(row))
    engine.dispose()


def head_of(env: BotEnv) -> str:
    engine = open_database(env.database_url)
    head = str(newest_head(engine))
    engine.dispose()
    return head


@pytest.mark.slow
async def test_the_record_of_one_etf_is_one_message_with_table_calls_and_chart(env: BotEnv) -> None:
    live_through(env.database_url, DAYS)
    keep_chart(env)
    async with env.discord.running(env.bot(chart_theme="dark")):
        exchange = await env.ask("/track arkk")

    message = exchange.message
    (file,), (embed,) = message.files, message.embeds
    assert not exchange.ephemeral
    assert file.content == PNG
    assert embed["image"]["url"] == file.url
    assert "Chart of ARKK" in (file.description or "")
    final = len(DAYS) - 60
    for words in (
        "ARKK · track record",
        f"{len(DAYS)} forecasts: 60 running, {final} finished",
        "LSTM",
        "No change",
        "Drift",
        "Promised",
        "The table counts every day of every live forecast",
        "picture shows only forecasts that do not overlap",
        "Best forecast",
        "Worst",
        f"Only {final} forecasts have finished so far",
        "simulated prices",
    ):
        assert words in message.text, words
    assert re.search(r"record \d+:[0-9a-f]{16}$", message.text)
    assert re.search(r"80% +\d+% +\d+% +\d+% +81%", message.text)


@pytest.mark.slow
async def test_of_all_there_is_a_row_each_and_live_and_replayed_stay_apart(env: BotEnv) -> None:
    live_through(env.database_url, DAYS, ("ARKK", "SPY"))
    engine = open_database(env.database_url)
    prices = made_prices(DAYS[0] - timedelta(days=100), DAYS[-1], "SPY", seed=2)
    ReportStore(engine).issue(forecast_from(prices, DAYS[3]), evening(DAYS[4]), "replayed")
    engine.dispose()
    async with env.discord.running(env.bot()):
        of_all = (await env.ask("/track")).message.text
        of_one = (await env.ask("/track SPY")).message.text

    assert re.search(r"ARKK +\d+ +\d+\.\d +[+-]0\.\d\d +\d+% \(81%\)", of_all)
    assert of_all.index("Live") < of_all.index("SPY") < of_all.index("Replayed")
    live, replayed = of_all.split("Replayed")
    assert f"{2 * len(DAYS)} forecasts" in live
    assert "1 forecast: 1 running, 0 finished" in replayed
    assert "no closing price to compare with yet" in replayed
    assert "1 forecast: 1 running, 0 finished" in of_one.split("Replayed")[1]
    assert "too late to count" not in of_one


def test_the_words_of_the_picture_are_of_the_replay_until_a_live_forecast_has_met_a_close(tmp_path: Path) -> None:
    """The first day of a server that began with a replay."""
    engine = open_file(tmp_path / "bot.db")
    store, prices = ReportStore(engine), made_prices(DAYS[0] - timedelta(days=100), DAYS[-1])
    store.issue(forecast_from(prices, DAYS[0]), evening(DAYS[0]), "replayed")
    score_open(engine, "simulated", {prices.symbol: prices}, {NYSE: DAYS[-1]}, evening(DAYS[-1]))
    store.publish(forecast_from(prices, DAYS[-1]), evening(DAYS[-1]))
    kept = store.track("simulated").records(prices.symbol)
    engine.dispose()
    assert [record.kind for record in kept] == ["live", "replayed"]
    assert f"from {DAYS[0]} on that do not overlap, replayed on past prices" in track_alt_text(Texts(), kept)


async def test_what_was_never_issued_is_told_to_the_asker_alone(env: BotEnv) -> None:
    live_through(env.database_url, DAYS[-3:])
    env.plan_jobs("crash")  # or the job of its start may issue one for FNGU before it is asked
    bot = env.bot()
    async with env.discord.running(bot):
        await bot.schedule.run_due()
        unknown, nothing = await env.ask("/track NOPE"), await env.ask("/track FNGU")
        young = await env.ask("/track ARKK")
    assert unknown.ephemeral
    assert nothing.ephemeral
    assert "FNGU has no forecast yet" in nothing.message.content
    assert "3 forecasts: 3 running, 0 finished" in young.message.text
    assert young.message.files == []


@pytest.mark.slow
async def test_twenty_five_etfs_live_and_replayed_fit(env: BotEnv) -> None:
    symbols = [f"LONGTICKER{number}" for number in range(25)]
    live_through(env.database_url, DAYS[-2:], symbols)
    async with env.discord.running(env.bot()):
        message = (await env.ask("/track")).message
    assert message.embeds
    assert "50 forecasts" in message.text


@pytest.mark.slow
async def test_the_weekly_report_leads_with_last_week_and_ends_with_the_head_of_the_record(env: BotEnv) -> None:
    days = sessions_between(date(2026, 11, 6), date(2026, 11, 20))
    env.publish()
    async with env.discord.running(env.bot()):
        admin = env.club.add_member("admin", manage_guild=True)
        await env.ask("/report here", admin)
    live_through(env.database_url, days, UNIVERSE)
    env.clock.at = REPORT_TIME
    bot: ForecastBot = env.bot()
    async with env.discord.running(bot):
        await bot.schedule.run_due()
        await bot.schedule.run_due()
    (message,) = posts(env.club)
    (embed,) = message.embeds
    assert re.match(
        r"\*\*Last week:\*\* \d+ of 15 closing prices fell inside the 80% bands; .* \d of 3 ETFs", embed["description"]
    )
    assert f"record {head_of(env)}" in embed["footer"]["text"]


@pytest.mark.slow
async def test_forecasts_that_fail_are_flagged_where_they_are_shown_and_to_operators(env: BotEnv) -> None:
    days = next_sessions(date(2025, 11, 1), 250)[::5]
    live_through(env.database_url, days, ("SPY",), WILD)
    live_through(env.database_url, days[-5:], ("ARKK",), 0.001)
    bot = env.bot()
    async with env.discord.running(bot):
        answers = {line: (await env.ask(line)).message.text for line in ("/forecast SPY", "/model SPY", "/track SPY")}
        good = (await env.ask("/forecast ARKK")).message.text
        told = [problem.sentence for find in problem_sources(bot) for problem in find(env.clock.at)]
    sentence = "SPY: its bands are too narrow"
    for line, text in answers.items():
        assert sentence in text, line
    assert "too narrow" not in good
    assert sum(sentence in problem for problem in told) == 1


def test_the_symbols_of_a_record_are_those_that_were_issued(tmp_path: Path) -> None:
    live_through(f"sqlite:///{tmp_path}/t.db", DAYS[-8:], ("ARKK", "TLT"))
    engine = open_file(tmp_path / "t.db")
    track = ReportStore(engine).track("simulated")
    assert [record.symbol for record in track.records()] == ["ARKK", "TLT"]
    assert track.records(Symbol("SPY")) == ()
    assert set(track.last_week(DAYS[-1])) == {"ARKK", "TLT"}
    assert track.last_week(DAYS[-1] + timedelta(days=30)) == {}
    engine.dispose()
