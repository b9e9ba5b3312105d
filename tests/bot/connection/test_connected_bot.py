"""The bot stays connected, or comes back by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import discord
import pytest
from discord.backoff import ExponentialBackoff

from bot.connection import connected_bot
from standin import Fault, redirected
from tests.support.bot_env import BotEnv, bot_env


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch) as env:
        yield env


@pytest.mark.parametrize(
    "fault",
    [
        Fault("GET", "/users/@me", 503, times=3),
        Fault("GET", "/users/@me", 429, via=False, times=3),
        Fault("GET", "/oauth2/applications/@me", 503, times=3),
        Fault("GET", "/users/@me", cuts=True, times=3),
    ],
    ids=lambda fault: f"{fault.path} {fault.status}",
)
async def test_what_passes_by_itself_is_waited_out(
    env: BotEnv, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: Fault
) -> None:
    monkeypatch.setattr(connected_bot, "FIRST_PAUSE", 0.0)
    monkeypatch.setattr(ExponentialBackoff, "delay", lambda _: 0.0)
    env.discord.faults.append(replace(fault))
    async with env.discord.running(env.bot()):
        assert (await env.ask("/help")).answered
    assert not [record for record in caplog.records if record.exc_info]
    assert "Trying again in" in caplog.text


async def test_a_first_connection_that_is_refused_is_tried_again(
    env: BotEnv, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connected_bot, "FIRST_PAUSE", 0.0)
    monkeypatch.setattr(ExponentialBackoff, "delay", lambda _: 0.0)
    env.discord.gateway.refusals = 3
    async with env.discord.running(env.bot()):
        assert (await env.ask("/help")).answered
    assert not [record for record in caplog.records if record.exc_info]
    assert "The connection to Discord broke" in caplog.text


async def test_a_bot_that_is_stopped_while_it_connects_leaves_without_an_error(env: BotEnv) -> None:
    """aiohttp fails by an assertion where its socket is gone at the end of the handshake."""
    bot = env.bot()

    async def connect(*, reconnect: bool) -> None:
        await bot.close()
        raise AssertionError

    async with env.discord.running(bot):
        await bot._stay_connected(bot, connect, reconnect=True)


async def test_a_bad_token_ends_the_bot(env: BotEnv) -> None:
    bot = env.bot()
    with redirected(env.discord.url), pytest.raises(discord.LoginFailure):
        await bot.start("wrong")
    await bot.close()


async def test_an_event_that_cannot_be_read_is_logged_and_the_bot_lives_on(
    env: BotEnv, caplog: pytest.LogCaptureFixture
) -> None:
    env.publish()
    async with env.discord.running(env.bot()):
        await env.ask("/help")
        for event in ("GUILD_CREATE", "CHANNEL_UPDATE", "INTERACTION_CREATE", "THREAD_UPDATE"):
            env.discord.gateway.dispatch(event, {"id": "x", "guild_id": str(env.club.id)}, env.club)
        assert (await env.ask("/forecast SPY")).message.embeds
    assert caplog.text.count("that cannot be read") >= 3
    assert env.discord.gateway.identified == 1
