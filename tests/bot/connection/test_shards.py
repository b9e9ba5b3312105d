"""A bot with shards: which servers are its own, how it logs in, and what it says of the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from discord import Client, Intents
from discord.app_commands import CommandTree
from sqlalchemy import Engine, text

from bot.client import ForecastBot
from bot.cogs.privacy.departures import Departures
from bot.cogs.report.subscriptions import Subscriptions
from bot.connection import shard_connections
from bot.connection.registration import Registration, tree_hash
from bot.connection.shard_connections import LoginTurns
from bot.health.health import Health
from bot.settings.shards import ALL, Shards
from forecasting import Lease, open_database
from standin import Guild, Member
from tests.support.bot_env import BotEnv, bot_env

SERVER = 1 << 40
"""Of shard 0 of 2; the next shard's is higher by this:"""
NEXT = 1 << 22


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch) as env:
        monkeypatch.setattr(shard_connections, "LOGIN_SECONDS", 0.05)
        env.discord.gateway.login_seconds = 0.04
        env.publish()
        yield env


@pytest.fixture
def servers(env: BotEnv) -> tuple[Guild, Guild]:
    """One of each shard."""
    guilds = env.discord.add_guild("Even", SERVER), env.discord.add_guild("Odd", SERVER + NEXT)
    for guild in guilds:
        guild.join(env.ann.user).roles.append(guild.add_role("admin", administrator=True))
    return guilds


def sharded(env: BotEnv, **settings: Any) -> ForecastBot:
    bot = env.bot(**settings)
    bot._connection.guild_ready_timeout = 0.1  # discord.py waits so long for more servers
    return bot


def admin(guild: Guild) -> Member:
    return next(member for member in guild.members.values() if member.user.name == "ann")


async def ready(bot: ForecastBot) -> None:
    async with asyncio.timeout(30):
        while not bot.is_ready():  # noqa: ASYNC110 - its event is made only in the course of the start
            await asyncio.sleep(0.01)


def test_a_server_has_one_shard_and_direct_messages_are_the_first_ones() -> None:
    assert [Shards(2).of(server) for server in (SERVER, SERVER + NEXT, None)] == [0, 1, 0]
    assert Shards(4).ids == (0, 1, 2, 3)
    assert [Shards(2, (1,)).has(server) for server in (SERVER, SERVER + NEXT, None)] == [False, True, False]
    assert ALL.has(SERVER + NEXT)


async def test_one_process_has_several_shards_and_stays_with_all_of_them(
    env: BotEnv, servers: tuple[Guild, Guild]
) -> None:
    bot = sharded(env, shard_count=3, shard_ids="0,2")
    async with env.discord.running(bot):
        await ready(bot)
        gateway = env.discord.gateway
        assert sorted(session.shard or [] for session in gateway.sessions.values()) == [[0, 3], [2, 3]]
        assert {guild.id for guild in bot.guilds} == {
            guild.id for guild in env.discord.world.guilds.values() if bot.shards.has(guild.id)
        }
        assert bot.is_connected
        assert b'etf_bot_shard_connected{shard="2"} 1.0' in await Health(bot).metrics()
        logins = gateway.identified
        gateway.refusals = 1
        await gateway.drop()
        await env.discord.world.changes.until(lambda: gateway.resumed == 2, 30)
        assert gateway.identified == logins, "a broken connection is resumed, because logins are rationed"
        gateway.refusals = 1000
        await gateway.drop()
        async with asyncio.timeout(15):
            while bot.is_connected:  # noqa: ASYNC110 - discord.py tells nobody at once
                await asyncio.sleep(0.01)
        assert b'etf_bot_shard_connected{shard="0"} 0.0' in await Health(bot).metrics()


async def test_what_one_shard_cannot_read_ends_no_shard(env: BotEnv, servers: tuple[Guild, Guild]) -> None:
    bot = sharded(env, shard_count=2)
    env.monkeypatch.setattr("bot.connection.connected_bot.FIRST_PAUSE", 0.01)
    async with env.discord.running(bot) as running:
        await ready(bot)
        for session in env.discord.gateway.sessions.values():
            assert session.socket is not None
            await session.socket.send_str("no JSON")
            break
        await env.discord.world.changes.until(lambda: env.discord.gateway.identified >= 3, 30)
        assert not running.done()
        for guild in servers:
            assert "ARKK" in (await env.ask("/forecast ARKK", admin(guild), guild)).text


@pytest.mark.parametrize(("count", "ends"), [(2, ["· shard 0 of 2", "· shard 1 of 2"]), (1, ["advice", "advice"])])
async def test_status_names_the_servers_shard_where_there_are_several(
    env: BotEnv, servers: tuple[Guild, Guild], count: int, ends: list[str]
) -> None:
    async with env.discord.running(bot := sharded(env, shard_count=count)):
        await ready(bot)
        answers = [await env.ask("/status", admin(guild), guild) for guild in servers]
    for answer, end in zip(answers, ends, strict=True):
        assert answer.message.embeds[0]["footer"]["text"].endswith(end)


async def test_a_process_does_not_take_servers_of_another_for_left(env: BotEnv, servers: tuple[Guild, Guild]) -> None:
    for shard in (0, 1):
        bot = sharded(env, shard_count=2, shard_ids=str(shard))
        async with env.discord.running(bot):
            await ready(bot)
            await env.ask("/report here", admin(servers[shard]), servers[shard])
    subscriptions = Subscriptions(bot.engine)
    assert {to.server_id for to in subscriptions.all()} == {guild.id for guild in servers}
    env.discord.world.guilds.pop(servers[1].id)
    Departures(bot.engine, Shards(2, (0,))).catch_up(frozenset({servers[0].id}), env.clock())
    assert len(subscriptions.all()) == 2
    Departures(bot.engine, Shards(2, (1,))).catch_up(frozenset({SERVER + 3 * NEXT}), env.clock())
    assert [to.server_id for to in subscriptions.all()] == [servers[0].id], "its own process knows that it was left"
    bot.engine.dispose()


async def test_the_owner_sees_which_servers_are_listed_and_can_leave_one_of_another_process(
    env: BotEnv, servers: tuple[Guild, Guild]
) -> None:
    bot = sharded(env, shard_count=2, shard_ids="0")
    async with env.discord.running(bot):
        await ready(bot)
        env.monkeypatch.setattr(bot, "is_owner", lambda _user: asyncio.sleep(0, True))
        listed = await env.ask("/servers", admin(servers[0]), servers[0])
        assert "one process (shards 0 of 2)" in listed.text
        assert "Odd" not in listed.text
        unknown = await env.ask(f"/servers leave:{SERVER + 3 * NEXT}", admin(servers[0]), servers[0])
        left = await env.ask(f"/servers leave:{servers[1].id}", admin(servers[0]), servers[0])
    assert "I'm not in a server" in unknown.text
    assert "I left the server **Odd**" in left.text
    assert not servers[1].has_bot


def elsewhere(engine: Engine) -> None:
    """As if another machine held the leases."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE leases SET host = 'elsewhere'"))


async def test_while_another_process_sends_the_commands_this_one_waits_and_sends_none(env: BotEnv) -> None:
    env.monkeypatch.setattr("bot.connection.registration.LOOK_SECONDS", 0.01)
    engine = open_database(env.database_url)
    other = Lease(engine, "commands")
    assert other.claim(env.clock())
    elsewhere(engine)
    tree = CommandTree(Client(intents=Intents.none()))  # it is not logged in: sending would raise
    registration = Registration(engine, env.clock)
    syncing = asyncio.create_task(registration.sync(tree, 7))
    await asyncio.wait([syncing], timeout=0.1)
    assert not syncing.done()
    registration._store(7, await tree_hash(tree))
    other.release()
    assert await asyncio.wait_for(syncing, 10) is False
    engine.dispose()


async def test_a_login_waits_for_that_of_another_process_and_for_none_that_discord_allows_beside_it(
    env: BotEnv,
) -> None:
    engine = open_database(env.database_url)
    other = Lease(engine, "login 0")
    assert other.claim(env.clock())
    elsewhere(engine)
    turns = LoginTurns(engine, env.clock)
    turns.max_concurrency = 2
    await asyncio.wait_for(turns.wait(1), 10)
    waiting = asyncio.create_task(turns.wait(2))
    await asyncio.wait([waiting], timeout=0.2)
    assert not waiting.done()
    other.release()
    await asyncio.wait_for(waiting, 10)
    await turns.close()
    again = Lease(engine, "login 0")
    assert again.claim(env.clock())
    engine.dispose()
