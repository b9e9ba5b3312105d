"""Suggestions while a member types, and commands where a member took the bot along."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from standin import NoAnswer
from tests.support.bot_env import UNIVERSE, BotEnv
from tests.support.reports import made_report, publish


async def suggested(env: BotEnv, line: str, option: str) -> list[str]:
    choices = await env.discord.autocomplete(env.club.general, env.bob, line, option)
    return [str(choice["value"]) for choice in choices]


@pytest.mark.parametrize("command", ["forecast", "scores", "model", "alert add", "track"])
async def test_each_command_about_an_etf_suggests_it_by_name(env: BotEnv, command: str) -> None:
    async with env.discord.running(env.bot()):
        assert await suggested(env, f"/{command} symbol:ark inn", "symbol") == ["ARKK"]


async def test_a_member_takes_the_bot_along_to_servers_without_it(env: BotEnv) -> None:
    elsewhere = env.discord.add_guild("Elsewhere", has_bot=False)
    tess, sam = elsewhere.add_member("tess"), elsewhere.add_member("sam")
    tess.user.takes_bot_along = True
    async with env.discord.running(env.bot()):
        forecast = await env.discord.send(elsewhere.general, tess, "/forecast ARKK")
        pressed = await env.discord.press(forecast.message, "Scores", sam)
        assert "ARKK" in forecast.text
        assert "forecast errors" in pressed.text
        assert (await env.discord.send(elsewhere.general, sam, "/forecast ARKK")).refused
        assert (await env.discord.send(elsewhere.general, tess, "/report here")).refused


@pytest.mark.slow
async def test_suggestions_come_from_memory_in_no_time(env: BotEnv) -> None:
    names = {f"SYM{n}": f"Some {n} Fund of the {n % 7} sector" for n in range(500)}
    universe = ",".join(f"{symbol}={name}" for symbol, name in names.items())
    bot = env.bot(universe=universe)
    async with env.discord.running(bot):
        started = time.process_time()
        for text in ("ark inn", "some 4 f", "sym49", "", "nothing at all"):
            bot.forecasts.suggest(text)
        seconds = time.process_time() - started
    assert seconds < 5 * 0.05


async def test_an_etf_trained_by_another_program_is_suggested_without_a_restart(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        publish(env.database_url, [replace(made_report("TLT"), name="iShares 20+ Year Treasury")])
        assert await suggested(env, "/forecast symbol:year trea", "symbol") == []
        env.clock.at += timedelta(minutes=2)
        assert await suggested(env, "/forecast symbol:year trea", "symbol") == []  # this miss looks again
        async for _ in _tries():
            if await suggested(env, "/forecast symbol:year trea", "symbol") == ["TLT"]:
                break

        publish(env.database_url, [replace(made_report("GLD"), name="SPDR Gold")])
        env.clock.at += timedelta(minutes=2)
        assert (await env.ask("/forecast GLD")).message.embeds, "a lookup that the memory does not know looks again too"
        async for _ in _tries():
            if await suggested(env, "/forecast symbol:spdr", "symbol") == ["SPY", "GLD"]:  # SPY alone is no miss
                break


async def _tries(most: int = 50) -> AsyncIterator[int]:
    """The memory is renewed behind the caller's back, so that the answer need not wait: ask again a few times."""
    for n in range(most):
        yield n
    raise NoAnswer("the memory was not renewed")


@pytest.mark.slow
async def test_every_command_of_the_universe_is_still_answered_with_it_full(env: BotEnv) -> None:
    symbols = [f"LONGTICKER{number}" for number in range(22)]
    env.publish((*UNIVERSE, *symbols), name="N" * 100, last_close=12_345_678.9)
    async with env.discord.running(env.bot(universe=",".join(f"{symbol}={'N' * 95}" for symbol in symbols))):
        for line in ("/forecast LONGTICKER7", "/scores", "/model LONGTICKER7", "/explain", "/status", "/help"):
            assert (await env.ask(line)).message.embeds, line
        choices = await env.discord.autocomplete(
            env.club.general, env.bob, "/compare symbols:LONGTICKER1, long", "symbols"
        )
    assert 0 < len(choices) <= 25
    assert all(len(choice["name"]) <= 100 for choice in choices)


async def test_suggestions_come_while_writers_wait_for_the_database(env: BotEnv) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        await env.ask("/alert add ARKK condition:above price:60", env.ann)
        connection = sqlite3.connect(env.folder / "bot.db", isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        waiting = [env.discord.begin(env.club.general, env.ann, "/report here") for _ in range(40)]
        await env.discord.world.changes.until(lambda: all(exchange.deferred for exchange in waiting), 20)
        choices = await env.discord.autocomplete(env.club.general, env.ann, "/alert remove alert:", "alert", within=10)
        held = not any(exchange.answered for exchange in waiting)
        connection.execute("ROLLBACK")
        connection.close()
        for exchange in waiting:
            await env.discord.wait(exchange)
    assert held
    assert len(choices) == 1
