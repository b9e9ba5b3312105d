"""Many wishes at once: what waits has a bound, becomes one job, and lets scheduled work and operators go first."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.client import COMMANDS_TASK, ForecastBot
from bot.forecasts.trainings import AT_ONCE
from bot.interactions import live_answer as following
from standin import Exchange, Fault, Guild
from standin.exchange import CallbackType
from tests.support.bot_env import UNIVERSE, BotEnv, bot_env, posts


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    monkeypatch.setattr(following, "EDIT_SECONDS", 0)
    monkeypatch.setattr(following, "PAUSE_SECONDS", 0)
    async with bot_env(tmp_path, monkeypatch) as env:
        env.publish()
        yield env


async def until(env: BotEnv, exchange: Exchange, words: str) -> None:
    """Wait until the answer says so."""
    try:
        await env.discord.world.changes.until(lambda: words in exchange.text, 30)
    except TimeoutError:
        raise AssertionError(f"{exchange.line} says {exchange.text!r}, not {words!r}") from None


def ask_for(env: BotEnv, guild: Guild, symbols: list[str]) -> list[Exchange]:
    admin = guild.add_member("admin", manage_guild=True)
    return [env.discord.begin(guild.general, admin, f"/watch add {symbol}") for symbol in symbols]


async def a_long_job(env: BotEnv, bot: ForecastBot) -> None:
    """The owner has the universe retrained, which does not end by itself."""
    bot.owner_id = env.ann.id
    env.plan_jobs("hang")
    env.discord.begin(env.club.general, env.ann, "/retrain")
    await env.job_reaches(bot, "fit")
    env.plan_jobs()


def end_job(env: BotEnv) -> None:
    """End the newest job that hangs."""
    os.killpg(env.job_processes()[-2], signal.SIGKILL)


async def test_what_waits_counts_against_the_limit(env: BotEnv) -> None:
    bot = env.bot(watch_limit=3)
    async with env.discord.running(bot):
        await a_long_job(env, bot)
        asked = ask_for(env, env.club, [f"ETF{n}" for n in range(12)])
        for exchange in asked:
            await until(env, exchange, "ETF")
        assert sum("waiting for training" in exchange.text for exchange in asked) == 3
        assert sum("already follows 3 ETFs, the maximum" in exchange.text for exchange in asked) == 9
        end_job(env)
        for exchange in asked:
            if "waiting for training" in exchange.text:
                await until(env, exchange, "now follows")
    assert len(env.jobs()) == 2, "the three were one job"


async def test_a_failed_wish_makes_room_again(env: BotEnv) -> None:
    env.plan_jobs(failing={"NOPE": ["UnknownSymbol", "No ETF called 'NOPE' is known here."]})
    async with env.discord.running(env.bot(watch_limit=1)):
        refused = await env.ask("/watch add NOPE", env.ann)
        await until(env, refused, "can't be followed")
        await until(env, await env.ask("/watch add TLT", env.ann), "now follows TLT (1 of 1)")


async def test_all_servers_together_have_a_limit_too(env: BotEnv) -> None:
    env.publish(("TLT",))
    bot = env.bot(max_symbols=len(UNIVERSE) + 2)
    async with env.discord.running(bot):
        await a_long_job(env, bot)
        (waits,) = ask_for(env, env.discord.add_guild("First"), ["QQQ"])
        await until(env, waits, "waiting for training")
        second = env.discord.add_guild("Second")
        joins, known = ask_for(env, second, ["QQQ", "TLT"])
        await until(env, joins, "waiting for training, number 1 ")
        await until(env, known, "now follows TLT")
        (refused,) = ask_for(env, second, ["VGK"])
        await until(env, refused, "as many ETFs as I can for all servers together")


@pytest.mark.parametrize("minutes", [1, 5])
async def test_a_message_whose_answer_was_lost_is_not_posted_again(env: BotEnv, minutes: int) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        await a_long_job(env, bot)
        (waits,) = ask_for(env, env.club, ["TLT"])
        await until(env, waits, "number 1 ")
        env.clock.at += timedelta(minutes=20)  # the answer goes on in the channel
        lost = Fault("POST", r"/channels/\d+/messages", cuts=True, is_accepted=True)
        env.discord.faults.append(lost)
        env.discord.begin(env.club.general, env.ann, "/retrain SPY")
        await env.discord.world.changes.until(lambda: lost.times == 0, 10)
        env.clock.at += timedelta(minutes=minutes)
        env.discord.begin(env.club.general, env.ann, "/retrain ARKK")
        await env.discord.world.changes.until(lambda: len(bot.worker.state.waiting) == 2, 10)
        end_job(env)
        async with asyncio.timeout(30):
            await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == COMMANDS_TASK))
    assert sum("TLT" in message.content for message in posts(env.club)) == 1


@pytest.mark.slow
async def test_many_wishes_are_one_job_after_the_scheduled_and_the_operators_jobs(env: BotEnv) -> None:
    bot = env.bot()
    symbols = [f"ETF{n}" for n in range(AT_ONCE + 2)]
    async with env.discord.running(bot):
        bot.owner_id = env.ann.id
        env.plan_jobs("hang")
        (first,) = ask_for(env, env.discord.add_guild("Early"), ["FIRST"])
        await env.job_reaches(bot, "fit")
        asked = [
            exchange
            for number in range(0, len(symbols), 9)
            for exchange in ask_for(env, env.discord.add_guild(f"Club {number}"), symbols[number : number + 9])
        ]
        for exchange in asked:
            await until(env, exchange, "waiting for training, number ")
        assert _places(asked) == list(range(1, len(symbols) + 1))

        owner = env.discord.begin(env.club.general, env.ann, "/retrain SPY")
        await until(env, owner, "waiting for training, number 1 ")
        for exchange in asked:
            await env.discord.world.changes.until(lambda e=exchange: " number 1 " not in e.text, 30)  # type: ignore[misc]
        refreshing = asyncio.create_task(bot.forecasts.refresh())  # as the schedule does
        await env.discord.world.changes.until(lambda: len(bot.worker.state.waiting) == 2, 30)

        env.plan_jobs()
        end_job(env)
        await until(env, first, "failed")
        for exchange in asked:
            await until(env, exchange, "now follows")
        await refreshing
    kinds = [symbols for _, symbols, _ in env.jobs()[1:]]
    assert kinds[:2] == [("SPY",), UNIVERSE]
    assert [len(symbols) for symbols in kinds[2:]] == [AT_ONCE, 2]


def _places(asked: list[Exchange]) -> list[int]:
    return sorted(int(re.findall(r"number (\d+)", exchange.text)[0]) for exchange in asked)


@pytest.mark.slow
async def test_hundreds_of_wishes_at_once_are_all_acknowledged_and_few_wait(env: BotEnv) -> None:
    bot = env.bot(max_symbols=100)
    async with env.discord.running(bot):
        await a_long_job(env, bot)
        guilds = [env.discord.add_guild(f"Club {number}") for number in range(50)]
        asked = [
            exchange
            for number, guild in enumerate(guilds)
            for exchange in ask_for(env, guild, [f"E{(25 * number + n) % 620}" for n in range(25)])
        ]
        forecast = await env.ask("/forecast SPY")
        await env.discord.world.changes.until(
            lambda: all(e.answer_type is not None and (e.answered or e.deferred) for e in asked), 60
        )
        assert forecast.message.embeds
        refused = [e for e in asked if (e.answered and "maximum" in e.text) or "as many ETFs" in e.text]
        assert all(e.answer_type == CallbackType.DEFER for e in asked)
        assert len(bot.trainings.wanted) <= 100 - len(UNIVERSE)
        assert refused
        assert not bot.worker.state.waiting
