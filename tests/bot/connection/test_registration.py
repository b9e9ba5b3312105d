"""Commands are sent to Discord when they have changed, and only then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.connection import registration
from bot.connection.registration import tree_hash
from standin import Fault, redirected
from tests.support.bot_env import BotEnv, bot_env


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch) as env:
        yield env


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


async def test_commands_that_discord_refuses_are_sent_again_later(
    env: BotEnv, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(registration, "FIRST_PAUSE", 0.0)
    refusal = "Max number of daily application command creates has been reached (200)"
    env.discord.faults.append(Fault("PUT", r"/applications/\d+/commands", 400, 30034, refusal, times=2))
    async with env.discord.running(env.bot()):
        await env.discord.world.changes.until(lambda: bool(env.discord.commands.in_channel(env.club.general)), 10)
        assert (await env.ask("/help")).answered
    assert caplog.text.count("Discord did not accept the commands") == 2
    assert not [record for record in caplog.records if record.exc_info]
