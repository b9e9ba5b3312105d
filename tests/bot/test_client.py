"""The bot as a whole: put together without a loop or a socket."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack, suppress
from pathlib import Path

import discord
import pytest
from sqlalchemy import QueuePool, text
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.client import build_bot
from bot.cogs.report.subscriptions import Subscriptions
from bot.settings import BotSettings
from tests.support.bot_env import BotEnv, bot_env

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


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


def test_a_process_opens_as_many_connections_as_the_operator_was_told(postgresql: str) -> None:
    bot = build_bot(BotSettings(_env_file=None, database_url=postgresql))
    with ExitStack() as stack:
        for engine in (bot.engine, bot.schedule.engine):
            assert isinstance(engine.pool, QueuePool)
            engine.pool._timeout = 0.0  # instead of half a minute
            with suppress(PoolTimeout):
                while True:
                    opened = stack.enter_context(engine.connect())
        mine = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        assert f"opens up to {opened.scalar(text(mine))} connections" in OPERATIONS.read_text()
    for engine in (bot.engine, bot.schedule.engine):
        engine.dispose()


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
        assert Subscriptions(bot.engine).all_of(env.club.id)
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
