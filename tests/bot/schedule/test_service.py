"""The schedule meets what is no fault of its own: another job at work, a full disk, a database that is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bot.schedule import service
from forecasting import Lease, open_database
from tests.support.bot_env import SATURDAY, UNIVERSE, BotEnv, bot_env
from tests.support.small_disk import SmallDisk

HELD = "Another job is using this database: replay, process 17 on desk. Wait until it has ended."


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch) as env:
        yield env


@pytest.mark.slow
async def test_a_job_that_finds_another_one_at_work_waits_and_costs_no_attempt(env: BotEnv) -> None:
    env.publish()
    bot = env.bot()
    async with env.discord.running(bot):
        await bot.schedule.run_due()
        env.clock.at = SATURDAY
        env.plan_jobs("talk", failing={symbol: ["JobRunning", HELD] for symbol in UNIVERSE})
        for _ in range(7):  # more often than a training is tried
            await bot.schedule.run_due()
        tried = len(env.jobs())
        status = (await env.ask("/status")).text
        env.plan_jobs("work")
        await bot.schedule.run_due()
        solved = (await env.ask("/status")).text
    assert tried == 7, "once at each check"
    assert HELD in status
    assert env.jobs()[-1][:2] == ("retrain", UNIVERSE)
    assert "replay" not in solved


async def test_on_a_full_disk_everybody_hears_the_cause_and_nothing_counts_as_an_attempt(
    small_disk: SmallDisk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with bot_env(small_disk.folder, monkeypatch) as env:
        env.publish()
        env.ann.user.locale = "de"
        bot = env.bot()
        async with env.discord.running(bot):
            await bot.schedule.run_due()
            env.clock.at = SATURDAY
            with small_disk.full():
                for _ in range(7):  # more often than a training is tried
                    with pytest.raises(OperationalError):
                        await bot.schedule.run_due()
                member = await env.ask("/alert add ARKK condition:above price:60")
                german = await env.ask("/alert add SPY condition:above price:60", env.ann)
                status = (await env.ask("/status")).text
                ops = (await env.ask("/ops status", env.ann)).text
            assert env.jobs() == []
            await bot.schedule.run_due()
            assert env.jobs()[0][:2] == ("retrain", UNIVERSE)
            solved = (await env.ask("/status")).text
    assert "the disk of the bot's machine is full" in member.text
    assert "try again in a minute" not in member.text
    assert "Speicherplatz" in german.text
    assert "Trainings, refreshes and reports have stopped. The disk is full." in status
    assert "Der Speicherplatz ist voll." in ops, "the owner reads German"
    assert "3 ETFs, as of" in status, "what can be read is shown"
    assert "disk is full" not in solved


async def test_while_the_database_cannot_be_read_status_and_ops_answer_from_memory(env: BotEnv) -> None:
    env.publish()
    bot = env.bot()
    database = env.folder / "bot.db"
    async with env.discord.running(bot):
        await bot.schedule.run_due()
        for engine in (bot.engine, bot.schedule.engine):
            engine.dispose()
        database.rename(env.folder / "away")
        database.mkdir()
        with pytest.raises(OperationalError):
            await bot.schedule.run_due()
        status = (await env.ask("/status")).text
        ops = (await env.ask("/ops status", env.ann)).text
        forecast = (await env.ask("/forecast ARKK")).text
        database.rmdir()
        (env.folder / "away").rename(database)
        await bot.schedule.run_due()
        again = (await env.ask("/status")).text
    assert "The bot's database can't be read at the moment." in status
    assert "Next: " in status
    for answer in (status, ops):
        assert "The database does not answer: unable to open database file" in answer
    assert "database did not answer in time" in forecast
    assert "3 ETFs, as of" in again
    assert "does not answer" not in again


async def test_who_takes_the_schedule_over_looks_at_once(env: BotEnv) -> None:
    """The other bot's heart has stopped; the next heartbeat of this one notices, long before its next check."""
    env.monkeypatch.setattr(service, "HEARTBEAT_SECONDS", 0.2)
    env.publish()
    engine = open_database(env.database_url)
    other = Lease(engine, "schedule")
    assert other.claim(env.clock())
    with engine.begin() as connection:
        connection.execute(text("UPDATE leases SET host = 'elsewhere'"))
    bot = env.bot()
    async with env.discord.running(bot):
        await bot.schedule.run_due()
        env.clock.at = SATURDAY
        assert other.renew(env.clock())
        await bot.schedule.run_due()
        assert env.jobs() == []
        env.clock.at += timedelta(minutes=3)
        async with asyncio.timeout(30):
            while not env.jobs():  # noqa: ASYNC110 - a file that another process writes
                await asyncio.sleep(0)
    engine.dispose()
    assert env.jobs()[0][:2] == ("retrain", UNIVERSE)


async def test_a_bot_that_cannot_give_its_lease_back_leaves_discord_all_the_same(
    env: BotEnv, caplog: pytest.LogCaptureFixture
) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        await bot.schedule.run_due()
        for engine in (bot.engine, bot.schedule.engine):
            engine.dispose()
        (env.folder / "bot.db").rename(env.folder / "away")
        (env.folder / "bot.db").mkdir()
        await bot.close()
        assert bot.ws._keep_alive is None, "discord.py's thread has ended"
        assert bot.http._HTTPClient__session.closed  # type: ignore[attr-defined]
    assert "The schedule's leases were not given back. " in caplog.text
