"""The bot as a whole: put together without a loop or a socket, and honest to Discord about its commands."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.backoff import ExponentialBackoff

from bot import client
from bot.client import build_bot
from bot.cogs.report.subscriptions import Subscriptions
from bot.interactions.registration import tree_hash
from bot.settings import BotSettings
from standin import Fault, redirected
from tests.support.bot_env import BotEnv, bot_env


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch) as env:
        yield env


def test_it_is_put_together_without_a_loop_a_socket_or_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> socket.socket:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    for url in (f"sqlite:///{tmp_path}/var/bot.db", "postgresql://bot@127.0.0.1:1/bot"):
        bot = build_bot(BotSettings(_env_file=None, database_url=url))
        assert bot.intents == discord.Intents(guilds=True)
        assert bot.allowed_mentions is not None
        assert bot.allowed_mentions.to_dict() == {"parse": []}
    assert list(tmp_path.iterdir()) == []


async def test_commands_are_sent_once_and_again_only_when_they_have_changed(env: BotEnv) -> None:
    env.publish()
    for _ in range(2):
        async with env.discord.running(env.bot()):
            pass
    assert env.discord.commands.syncs == 1

    bot = env.bot()

    @bot.tree.command(name="new", description="Not there before")
    async def new(_: discord.Interaction) -> None: ...

    async with env.discord.running(bot):
        pass
    assert env.discord.commands.syncs == 2
    names = {command["name"] for command in env.discord.commands.in_channel(env.club.general)}
    assert names >= {"forecast", "scores", "report", "status", "help", "new"}


async def test_the_sync_command_sends_them_in_any_case_and_starts_nothing(env: BotEnv) -> None:
    for _ in range(2):
        async with env.bot() as bot:
            with redirected(env.discord.url):
                await bot.sync_commands(env.discord.token)
    assert env.discord.commands.syncs == 2
    assert env.jobs() == []


async def test_the_hash_sees_each_change_and_no_other_order() -> None:
    async def hash_of(*names: str, description: str = "Does something") -> str:
        commands: app_commands.CommandTree[Any] = app_commands.CommandTree(
            discord.Client(intents=discord.Intents.none())
        )
        for name in names:

            async def act(_: discord.Interaction) -> None: ...

            commands.add_command(app_commands.Command(name=name, description=description, callback=act))
        return await tree_hash(commands)

    assert await hash_of("a", "b") == await hash_of("b", "a")
    hashes = {await hash_of("a"), await hash_of("a", "b"), await hash_of("a", description="Does more")}
    assert len(hashes) == 3


async def test_a_server_that_throws_the_bot_out_is_left_and_found_again(env: BotEnv) -> None:
    env.publish()
    bot = env.bot()
    async with env.discord.running(bot):
        await env.noticed(bot, "ready")()
        left, joined = env.noticed(bot, "guild_remove"), env.noticed(bot, "guild_join")
        await env.ask("/report here", env.ann)
        env.club.remove_bot()
        await left()
        assert Subscriptions(bot.engine).all() == ()
        assert Subscriptions(bot.engine).of(env.club.id) is not None
        invitation = {key: value for key, value in env.club.payload().items() if key != "unavailable"}
        env.discord.gateway.dispatch("GUILD_CREATE", invitation, env.club)
        await joined()
        assert [subscription.server_id for subscription in Subscriptions(bot.engine).all()] == [env.club.id]


async def test_a_departure_that_the_bot_did_not_see_is_noticed_when_it_is_ready(env: BotEnv) -> None:
    env.publish()
    async with env.discord.running(env.bot()):
        await env.ask("/report here", env.ann)
    del env.discord.world.guilds[env.club.id]
    env.discord.add_guild("Library")
    bot = env.bot()
    async with env.discord.running(bot):
        await env.noticed(bot, "ready")()
        assert Subscriptions(bot.engine).all() == ()


async def test_the_token_is_in_no_text_that_the_settings_give(tmp_path: Path) -> None:
    token = "very-" + "secret"
    settings = BotSettings(_env_file=None, discord_token=token)
    assert token not in f"{settings!r} {settings} {settings.for_jobs()}"


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
    monkeypatch.setattr(client, "FIRST_PAUSE", 0.0)
    monkeypatch.setattr(ExponentialBackoff, "delay", lambda _: 0.0)
    env.discord.faults.append(replace(fault))
    async with env.discord.running(env.bot()):
        assert (await env.ask("/help")).answered
    assert not [record for record in caplog.records if record.exc_info]
    assert "Trying again in" in caplog.text


async def test_a_first_connection_that_is_refused_is_tried_again(
    env: BotEnv, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(client, "FIRST_PAUSE", 0.0)
    monkeypatch.setattr(ExponentialBackoff, "delay", lambda _: 0.0)
    env.discord.gateway.refusals = 3
    async with env.discord.running(env.bot()):
        assert (await env.ask("/help")).answered
    assert not [record for record in caplog.records if record.exc_info]
    assert "The connection to Discord broke" in caplog.text


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


async def test_commands_that_discord_refuses_are_sent_again_later(
    env: BotEnv, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(client, "FIRST_RESYNC", 0.0)
    refusal = "Max number of daily application command creates has been reached (200)"
    env.discord.faults.append(Fault("PUT", r"/applications/\d+/commands", 400, 30034, refusal, times=2))
    async with env.discord.running(env.bot()):
        await env.discord.world.changes.until(lambda: bool(env.discord.commands.in_channel(env.club.general)), 10)
        assert (await env.ask("/help")).answered
    assert caplog.text.count("Discord did not accept the commands") == 2
    assert not [record for record in caplog.records if record.exc_info]
