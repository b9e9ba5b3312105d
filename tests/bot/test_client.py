"""The bot as a whole: put together without a loop or a socket, and honest to Discord about its commands."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.client import build_bot
from bot.interactions.registration import tree_hash
from bot.settings import BotSettings
from standin import redirected
from tests.support.town import Town, small_town


@pytest.fixture
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    async with small_town(tmp_path, monkeypatch) as town:
        yield town


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


async def test_commands_are_sent_once_and_again_only_when_they_have_changed(town: Town) -> None:
    town.publish()
    for _ in range(2):
        async with town.discord.running(town.bot()):
            pass
    assert town.discord.commands.syncs == 1

    bot = town.bot()

    @bot.tree.command(name="new", description="Not there before")
    async def new(_: discord.Interaction) -> None: ...

    async with town.discord.running(bot):
        pass
    assert town.discord.commands.syncs == 2
    names = {command["name"] for command in town.discord.commands.in_channel(town.club.general)}
    assert names >= {"forecast", "scores", "report", "status", "help", "new"}


async def test_the_sync_command_sends_them_in_any_case_and_starts_nothing(town: Town) -> None:
    for _ in range(2):
        async with town.bot() as bot:
            with redirected(town.discord):
                await bot.sync_commands(town.discord.token)
    assert town.discord.commands.syncs == 2
    assert town.jobs() == []


def test_the_hash_sees_each_change_and_no_other_order() -> None:
    def tree(*names: str, description: str = "Does something") -> app_commands.CommandTree[Any]:
        commands = app_commands.CommandTree(discord.Client(intents=discord.Intents.none()))
        for name in names:

            async def act(_: discord.Interaction) -> None: ...

            commands.add_command(app_commands.Command(name=name, description=description, callback=act))
        return commands

    assert tree_hash(tree("a", "b")) == tree_hash(tree("b", "a"))
    hashes = {tree_hash(tree("a")), tree_hash(tree("a", "b")), tree_hash(tree("a", description="Does more"))}
    assert len(hashes) == 3


async def test_a_server_that_throws_the_bot_out_is_left_and_found_again(town: Town) -> None:
    town.publish()
    bot = town.bot()
    async with town.discord.running(bot):
        await town.noticed(bot, "ready")()
        left, joined = town.noticed(bot, "guild_remove"), town.noticed(bot, "guild_join")
        await town.ask("/report here", town.ann)
        town.club.remove_bot()
        await left()
        assert bot.servers.subscriptions() == ()
        assert bot.servers.subscription(town.club.id) is not None
        invitation = {key: value for key, value in town.club.payload().items() if key != "unavailable"}
        town.discord.gateway.tell("GUILD_CREATE", invitation, town.club)
        await joined()
        assert [subscription.server_id for subscription in bot.servers.subscriptions()] == [town.club.id]


async def test_a_departure_that_the_bot_did_not_see_is_noticed_when_it_is_ready(town: Town) -> None:
    town.publish()
    async with town.discord.running(town.bot()):
        await town.ask("/report here", town.ann)
    del town.discord.world.guilds[town.club.id]
    town.discord.add_guild("Library")
    bot = town.bot()
    async with town.discord.running(bot):
        await town.noticed(bot, "ready")()
        assert bot.servers.subscriptions() == ()


async def test_the_token_is_in_no_text_that_the_settings_give(tmp_path: Path) -> None:
    token = "very-" + "secret"
    settings = BotSettings(_env_file=None, discord_token=token)
    assert token not in f"{settings!r} {settings} {settings.for_jobs()}"
