"""``/forecast`` and ``/scores`` through the stand-in: what members see, and what they see when it fails."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.interactions import answers
from standin import Exchange
from tests.support.bot_env import BotEnv, bot_env
from tests.support.reports import PNG, made_report, publish, young_report


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch) as env:
        yield env


def shown_file(exchange: Exchange) -> tuple[bytes, str]:
    """Content and alt text of the only file, which the only embed shows."""
    message = exchange.message
    (file,), (embed,) = message.files, message.embeds
    assert embed["image"]["url"] == file.url
    assert message.attachments == []
    return file.content, file.description or ""


async def test_a_forecast_is_one_message_with_embed_chart_and_alt_text(env: BotEnv) -> None:
    env.publish()
    async with env.discord.running(env.bot()):
        exchange = await env.ask("/forecast ARKK")

    assert exchange.deferred
    assert not exchange.ephemeral
    content, alt_text = shown_file(exchange)
    assert content == PNG
    text = exchange.message.text
    for words in (
        "ARKK · ARK Innovation ETF",
        "$51.20",
        "In 5 trading days",
        "In 20 trading days",
        "In 60 trading days",
        "Median **$54.27** (+6.0%)",
        "this model was off by $12.10 on average (MAE), 6% better than assuming no change",
        "simulated prices",
        "not investment advice",
        "dividends count as reinvested",
        "<t:1794603600:f>",  # the bell of 2026-11-13
        "<t:1794661500:f>",  # trained
    ):
        assert words in text
    for words in ("Chart of ARKK", "$54.27", "6% better than assuming no change", "simulated prices"):
        assert words in alt_text


@pytest.mark.parametrize("line", ["/forecast arkk", "/forecast $ARKK", "/forecast symbol:ark innovation etf"])
async def test_an_etf_is_named_by_ticker_or_name(env: BotEnv, line: str) -> None:
    env.publish()
    async with env.discord.running(env.bot()):
        assert "ARKK · ARK Innovation ETF" in (await env.ask(line)).message.text


@pytest.mark.slow
async def test_suggestions_come_by_ticker_and_by_name_and_know_what_jobs_have_added(env: BotEnv) -> None:
    env.publish(("ARKK", "TLT"))
    async with env.discord.running(env.bot(universe="QQQ=Invesco QQQ Trust")):

        async def suggested(line: str) -> list[str]:
            choices = await env.discord.autocomplete(env.club.general, env.bob, line, "symbol")
            return [choice["value"] for choice in choices]

        assert await suggested("/forecast symbol:ark inn") == ["ARKK"]
        assert await suggested("/forecast symbol:q") == ["QQQ"]
        assert await suggested("/scores symbol:tl") == ["TLT"]
        assert set(await suggested("/scores symbol:")) == {"ARKK", "SPY", "FNGU", "QQQ", "TLT"}


async def test_an_unknown_symbol_is_told_to_the_asker_alone(env: BotEnv) -> None:
    env.publish()
    async with env.discord.running(env.bot()):
        exchange = await env.ask("/forecast NOPE")
    assert exchange.ephemeral
    assert "I don't know an ETF called “NOPE”" in exchange.message.content


async def test_a_failure_that_comes_after_a_public_deferral_is_still_private(
    env: BotEnv, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "QUICK_SECONDS", 0.0)
    env.publish()
    async with env.discord.running(env.bot()):
        exchange = await env.ask("/forecast NOPE")
        good = await env.ask("/forecast SPY")
    assert "I don't know an ETF" in exchange.message.content
    assert exchange.ephemeral
    assert exchange.original is not None
    assert exchange.original.deleted
    assert not good.ephemeral
    shown_file(good)


async def test_discord_is_told_to_wait_before_slow_work_is_done(env: BotEnv) -> None:
    env.publish()
    async with env.discord.running(env.bot()):
        gate, threads = threading.Event(), ThreadPoolExecutor(1)
        asyncio.get_running_loop().set_default_executor(threads)
        threads.submit(gate.wait)  # the database's thread is busy
        exchange = env.discord.begin(env.club.general, env.bob, "/forecast SPY")
        await env.discord.world.changes.until(lambda: exchange.deferred, 2.5)
        assert exchange.message.thinking
        assert not exchange.ephemeral
        gate.set()
        await env.discord.wait(exchange)
    shown_file(exchange)


async def test_an_answer_that_needs_a_training_under_way_completes_itself(env: BotEnv) -> None:
    env.plan_jobs("hang")
    env.monkeypatch.setattr(answers, "QUICK_SECONDS", 0.0)
    bot = env.bot()
    async with env.discord.running(bot):
        await env.job_reaches(bot, "fit")
        exchange = env.discord.begin(env.club.general, env.bob, "/forecast ARKK")
        await env.discord.world.changes.until(lambda: exchange.deferred, 30)
        assert exchange.message.thinking
        env.publish(("ARKK",))
        os.killpg(env.job_processes()[0], signal.SIGTERM)
        await env.discord.wait(exchange)
        assert "ARKK · ARK Innovation ETF" in exchange.message.text


async def test_an_answer_waits_no_longer_for_a_job_than_discord_does_and_says_how_far_it_is(env: BotEnv) -> None:
    env.plan_jobs("hang")
    env.monkeypatch.setattr(answers, "PATIENCE_SECONDS", 0.0)
    env.publish(("SPY",))
    bot = env.bot()
    async with env.discord.running(bot):
        await env.job_reaches(bot, "fit")
        exchange = await env.ask("/forecast ARKK")
    assert exchange.ephemeral
    assert "ARKK has no forecast yet" in exchange.message.content
    assert "training of ARKK, FNGU" in exchange.message.content
    assert "ARKK, fit (1 of 8)" in exchange.message.content


async def test_without_a_forecast_or_a_job_the_answer_says_when_one_comes(env: BotEnv) -> None:
    env.plan_jobs("crash")
    bot = env.bot()
    async with env.discord.running(bot):
        await bot.schedule.run_due()
        exchange = await env.ask("/forecast ARKK")
        of_all = await env.ask("/scores")
    assert exchange.ephemeral
    assert "The next training will make one" in exchange.message.content
    assert of_all.ephemeral


async def test_an_unforeseen_failure_gets_a_reference_and_a_log_entry(
    env: BotEnv, caplog: pytest.LogCaptureFixture
) -> None:
    env.publish()
    bot = env.bot()
    async with env.discord.running(bot):
        await bot.schedule.run_due()
        publish(env.database_url, [made_report("SPY", source="simulated", as_of=env.clock.at.date())])
        env.break_reports()
        exchange = await env.ask("/forecast SPY")
    assert exchange.ephemeral
    reference = exchange.message.content.split("`")[1]
    assert f"Reference {reference}: /forecast broke" in caplog.text
    assert "Traceback" in caplog.text


async def test_scores_of_all_show_the_model_beside_its_baselines(env: BotEnv) -> None:
    env.publish()
    async with env.discord.running(env.bot()):
        exchange = await env.ask("/scores")
    content, alt_text = shown_file(exchange)
    assert content == PNG
    text = exchange.message.text
    for words in ("MAE, USD", "RMSE, USD", "MSE, USD²", "LSTM", "No change", "Drift", "simulated prices"):
        assert words in text
    assert re.search(r"ARKK +12\.10 +12\.87 +12\.87", text)
    assert "MAE $12.10 ($12.87 when assuming no change)" in alt_text


async def test_scores_of_one_name_every_baseline_and_the_coverage(env: BotEnv) -> None:
    env.publish()
    async with env.discord.running(env.bot()):
        exchange = await env.ask("/scores SPY")
        unknown = await env.ask("/scores NOPE")
    shown_file(exchange)
    for words in ("SPY · forecast errors", "LSTM", "HAR", "No change", "Climatology", "81%", "198 past"):
        assert words in exchange.message.text
    assert unknown.ephemeral


async def test_an_etf_without_scores_breaks_no_answer_and_is_told(env: BotEnv) -> None:
    env.publish(("ARKK", "SPY", "FNGU"))
    publish(env.database_url, [young_report()])
    async with env.discord.running(env.bot()):
        forecast, of_all, of_one = [await env.ask(line) for line in ("/forecast YNG", "/scores", "/scores YNG")]
    _, alt_text = shown_file(forecast)
    for words in ("$51.20", "YNG is too young for a backtest of its own", "no errors to show yet"):
        assert words in forecast.message.text
    assert "YNG is too young" in alt_text

    _, alt_text = shown_file(of_all)
    assert re.search(r"ARKK +12\.10 +12\.87 +12\.87", of_all.message.text)
    for shown in (of_all.message.text, alt_text):
        assert "Too young for a backtest: YNG" in shown

    assert "YNG is too young for a backtest of its own" in of_one.message.text
    assert of_one.message.files == [], "a job's picture of no errors shows nothing"


async def test_where_no_etf_has_scores_the_answer_says_so(env: BotEnv) -> None:
    publish(env.database_url, [young_report(symbol) for symbol in ("ARKK", "SPY", "FNGU")])
    async with env.discord.running(env.bot()):
        answer = await env.ask("/scores")
    assert "No ETF has scores yet" in answer.message.text
    assert answer.message.files == []


async def test_twenty_five_etfs_with_long_names_and_huge_prices_fit_every_answer(env: BotEnv) -> None:
    symbols = [f"LONGTICKER{number}" for number in range(22)]
    env.publish(("ARKK", "SPY", "FNGU", *symbols), name="N" * 100, last_close=12_345_678.9)
    universe = ",".join(f"{symbol}={'N' * 95}" for symbol in symbols)
    async with env.discord.running(env.bot(universe=universe)):
        for line in ("/forecast LONGTICKER7", "/scores", "/scores LONGTICKER7", "/status", "/help"):
            assert (await env.ask(line)).message.embeds, line
        choices = await env.discord.autocomplete(env.club.general, env.bob, "/forecast symbol:", "symbol")
    assert len(choices) == 25
    assert all(len(choice["name"]) <= 100 for choice in choices)
