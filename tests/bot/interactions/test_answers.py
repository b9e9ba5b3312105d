"""Failures that are nobody's fault but Discord's or time's: each is told in words, and none is silent."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from bot import client
from standin import Fault
from tests.support.bot_env import BotEnv


def offered(env: BotEnv, command: str) -> dict[str, Any]:
    """The command as Discord's clients know it."""
    return next(body for body in env.discord.commands.in_channel(env.club.general) if body["name"] == command)


async def test_a_channel_that_the_bot_does_not_see_is_named_with_the_permission(env: BotEnv) -> None:
    secret = env.club.add_channel("secret")
    secret.set_permissions(env.club.bot, view_channel=False)
    bot = env.bot()
    async with env.discord.running(bot):
        await env.ask("/help", env.ann)  # by then the bot knows its servers
        guild = bot.get_guild(env.club.id)
        assert guild is not None
        guild._channels.pop(secret.id)  # a private thread is never told to the bot
        exchange = await env.ask("/report set channel:#secret day:mon time:9 timezone:UTC", env.ann)
    assert exchange.ephemeral
    assert f"I can't see <#{secret.id}>" in exchange.text
    assert "**View Channel**" in exchange.text


async def test_who_has_an_old_command_is_told_to_restart_discord(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        offered(env, "forecast")["options"][0]["name"] = "ticker"
        offered(env, "explain")["name"] = "wherefore"
        renamed_option = await env.ask("/forecast ticker:ARKK")
        renamed = await env.ask("/wherefore")
    for exchange, name in ((renamed_option, "forecast"), (renamed, "wherefore")):
        assert exchange.ephemeral
        assert f"`/{name}` has been updated" in exchange.text


async def test_a_failure_is_told_in_public_rather_than_not_at_all(env: BotEnv) -> None:
    env.monkeypatch.setattr("bot.interactions.answers.QUICK_SECONDS", 0.0)
    async with env.discord.running(env.bot()):
        env.discord.faults.append(
            Fault("DELETE", r"/webhooks/.+/messages/@original", 403, 50013, "Missing Permissions")
        )
        exchange = await env.ask("/forecast NOPE")
    assert "I don't know an ETF called “NOPE”" in exchange.text


async def test_a_database_that_another_program_holds_is_told(env: BotEnv, caplog: pytest.LogCaptureFixture) -> None:
    env.monkeypatch.setattr("forecasting.storage.database.BUSY_SECONDS", 0)
    async with env.discord.running(env.bot()):
        with closing(sqlite3.connect(env.folder / "bot.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            alert = await env.ask("/alert add ARKK condition:above price:60")
            report = await env.ask("/report here", env.ann)
            readable = await env.ask("/forecast ARKK")
        mended = await env.ask("/report here", env.ann)
    for exchange in (alert, report):
        assert exchange.ephemeral
        assert "database did not answer in time" in exchange.text
        assert exchange.text.split("`")[1] in caplog.text
    assert readable.message.embeds, "who only reads needs not wait"
    assert "From now on" in mended.text


@pytest.mark.slow
async def test_who_only_reads_does_not_wait_behind_those_who_wait_to_write(env: BotEnv) -> None:
    """Forty members' alerts wait for a program that holds the database; a forecast is read meanwhile."""
    env.monkeypatch.setattr(client, "MEMBERS_PATIENCE", 30)  # else a slow machine would take too long
    members = [env.club.add_member(f"member {number}") for number in range(40)]
    async with env.discord.running(env.bot()):
        with closing(sqlite3.connect(env.folder / "bot.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            line = "/alert add ARKK condition:above price:60"
            writing = [env.discord.begin(env.club.general, member, line) for member in members]
            forecast = await env.ask("/forecast ARKK")
            status = await env.ask("/status")
            assert not any(exchange.answered for exchange in writing)
        answers = [(await env.discord.wait(exchange)).text for exchange in writing]
    assert forecast.message.embeds
    assert "3 ETFs, as of" in status.text
    assert all("60" in text for text in answers), "once the database is free they are stored"


async def test_a_members_write_waits_for_seconds_and_that_of_the_schedule_longer(env: BotEnv) -> None:
    bot = env.bot()
    with bot.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000
    async with env.discord.running(bot):
        with bot.schedule.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000


async def test_a_lost_connection_is_taken_up_again(env: BotEnv) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        assert (await env.ask("/forecast ARKK")).message.embeds
        resumed = env.noticed(bot, "resumed")
        await env.discord.gateway.drop()
        await resumed()
        assert (await env.ask("/forecast SPY")).message.embeds
