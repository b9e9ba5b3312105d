"""Failures that are nobody's fault but Discord's or time's: each is told in words, and none is silent."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from standin import Fault
from tests.support.town import Town, small_town


@pytest.fixture
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    async with small_town(tmp_path, monkeypatch) as town:
        town.publish()
        yield town


def offered(town: Town, command: str) -> dict[str, Any]:
    """The command as Discord's clients know it."""
    return next(body for body in town.discord.commands.in_channel(town.club.general) if body["name"] == command)


async def test_a_channel_that_the_bot_does_not_see_is_named_with_the_permission(town: Town) -> None:
    secret = town.club.add_channel("secret")
    bot = town.bot()
    async with town.discord.running(bot):
        await town.ask("/help", town.ann)  # by then the bot knows its servers
        guild = bot.get_guild(town.club.id)
        assert guild is not None
        guild._channels.pop(secret.id)  # a private thread is never told to the bot
        exchange = await town.ask("/report set channel:#secret day:mon time:9 timezone:UTC", town.ann)
    assert exchange.ephemeral
    assert f"I cannot see <#{secret.id}>" in exchange.text
    assert "**View Channel**" in exchange.text


async def test_who_has_an_old_command_is_told_to_restart_discord(town: Town) -> None:
    async with town.discord.running(town.bot()):
        offered(town, "forecast")["options"][0]["name"] = "ticker"
        offered(town, "explain")["name"] = "wherefore"
        renamed_option = await town.ask("/forecast ticker:ARKK")
        renamed = await town.ask("/wherefore")
    for exchange, name in ((renamed_option, "forecast"), (renamed, "wherefore")):
        assert exchange.ephemeral
        assert f"`/{name}` has changed" in exchange.text


async def test_a_failure_is_told_in_public_rather_than_not_at_all(town: Town) -> None:
    town.monkeypatch.setattr("bot.interactions.answers.QUICK_SECONDS", 0.0)
    async with town.discord.running(town.bot()):
        town.discord.faults.append(
            Fault("DELETE", r"/webhooks/.+/messages/@original", 403, 50013, "Missing Permissions")
        )
        exchange = await town.ask("/forecast NOPE")
    assert "No ETF is known here by the name 'NOPE'" in exchange.text


async def test_a_database_that_another_program_holds_is_told(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    town.monkeypatch.setattr("forecasting.storage.database.BUSY_SECONDS", 0)
    async with town.discord.running(town.bot()):
        with closing(sqlite3.connect(town.folder / "bot.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            alert = await town.ask("/alert add ARKK condition:above price:60")
            report = await town.ask("/report here", town.ann)
            readable = await town.ask("/forecast ARKK")
        mended = await town.ask("/report here", town.ann)
    for exchange in (alert, report):
        assert exchange.ephemeral
        assert "database did not answer in time" in exchange.text
        assert exchange.text.split("`")[1] in caplog.text
    assert readable.message.embeds, "who only reads needs not wait"
    assert "from now on" in mended.text


async def test_a_lost_connection_is_taken_up_again(town: Town) -> None:
    bot = town.bot()
    async with town.discord.running(bot):
        assert (await town.ask("/forecast ARKK")).message.embeds
        resumed = town.noticed(bot, "resumed")
        await town.discord.gateway.drop()
        await resumed()
        assert (await town.ask("/forecast SPY")).message.embeds
