"""The schedule meets what is no fault of its own: another job at work, a full disk, a database that is gone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.bot_env import SATURDAY, UNIVERSE, BotEnv, bot_env

HELD = "Another job is using this database: replay, process 17 on desk. Wait until it has ended."


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch) as env:
        yield env


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
