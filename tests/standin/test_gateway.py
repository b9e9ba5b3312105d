"""The stand-in's gateway: what a client notices of it, on a good day and when it breaks."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import discord
import pytest

from standin import NoAnswer, StandIn, redirected
from tests.support.tiny_client import TinyClient


async def resumed(client: TinyClient) -> None:
    async with asyncio.timeout(15):
        await client.resumed.wait()


async def ready(client: discord.Client) -> None:
    async with asyncio.timeout(15):
        while not client.is_ready():  # noqa: ASYNC110 - its event is made only in the course of the start
            await asyncio.sleep(0.01)


async def test_events_reach_the_client_in_their_order(standin: StandIn) -> None:
    guild = standin.add_guild("Club")
    ann = guild.add_member("ann")
    client = TinyClient()
    async with standin.running(client):
        news = guild.add_channel("news")
        second = standin.add_guild("Second")
        guild.remove_channel(news)
        await standin.send(guild.general, ann, "/hello")  # answered after what was told before
        assert {server.name for server in client.guilds} == {"Club", "Second"}
        assert [channel.name for channel in client.get_guild(guild.id).channels] == ["general"]
        second.remove_bot()
        await standin.send(guild.general, ann, "/hello")
        assert {server.name for server in client.guilds} == {"Club"}


async def test_after_a_dropped_connection_the_client_resumes_and_gets_what_it_missed(standin: StandIn) -> None:
    guild = standin.add_guild("Club")
    ann = guild.add_member("ann")
    client = TinyClient()
    async with standin.running(client):
        await standin.gateway.drop()
        exchange = await standin.send(guild.general, ann, "/hello")  # typed while nobody was connected
        assert exchange.text == "hello you"
        await resumed(client)
    assert (standin.gateway.identified, standin.gateway.resumed) == (1, 1)


async def test_op_7_makes_the_client_resume(standin: StandIn) -> None:
    guild = standin.add_guild("Club")
    ann = guild.add_member("ann")
    client = TinyClient()
    async with standin.running(client):
        await standin.gateway.ask_to_reconnect()
        await resumed(client)
        assert (await standin.send(guild.general, ann, "/hello")).text == "hello you"
    assert standin.gateway.identified == 1


async def test_op_9_resumable_makes_the_client_resume(standin: StandIn) -> None:
    standin.add_guild("Club")
    client = TinyClient()
    async with standin.running(client):
        await standin.gateway.invalidate(resumable=True)
        await resumed(client)
    assert standin.gateway.identified == 1


async def test_op_9_makes_the_client_identify_again(standin: StandIn) -> None:
    standin.add_guild("Club")
    client = TinyClient()
    async with standin.running(client):
        await standin.gateway.invalidate(resumable=False)
        await standin.world.changes.until(lambda: standin.gateway.identified == 2, 15)
    assert standin.gateway.resumed == 0


async def test_an_unknown_session_cannot_be_resumed(standin: StandIn) -> None:
    standin.add_guild("Club")
    client = TinyClient()
    async with standin.running(client):
        standin.gateway.sessions.clear()
        await standin.gateway.drop()
        await standin.world.changes.until(lambda: standin.gateway.identified == 2, 15)
    assert standin.gateway.resumed == 0


async def test_a_wrong_token_cannot_log_in(standin: StandIn) -> None:
    with redirected(standin.url), pytest.raises(discord.LoginFailure):
        async with TinyClient() as client:
            await client.start("wrong")


async def test_privileged_intents_are_refused(standin: StandIn) -> None:
    standin.add_guild("Club")
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with standin.running(TinyClient(discord.Intents.all())):
            pass


async def test_events_need_their_intent(standin: StandIn) -> None:
    guild = standin.add_guild("Club")
    ann = guild.add_member("ann")
    for intents, expected in ((discord.Intents(guilds=True), 0), (discord.Intents(guilds=True, messages=True), 1)):
        client = TinyClient(intents)
        seen: list[discord.Message] = []

        async def on_message(message: discord.Message, seen: list[discord.Message] = seen) -> None:
            seen.append(message)

        client.event(on_message)
        async with standin.running(client):
            await standin.send(guild.general, ann, "/hello")
            await standin.send(guild.general, ann, "/hello private:True")  # nobody is told of a private answer
        assert len(seen) == expected


async def test_a_sharded_client_is_served_too(standin: StandIn) -> None:
    guild = standin.add_guild("Club")
    client = discord.AutoShardedClient(intents=discord.Intents.default(), shard_count=1, guild_ready_timeout=0.1)
    async with standin.running(client):
        await client.wait_until_ready()
        assert [server.id for server in client.guilds] == [guild.id]


async def test_a_bot_that_says_nothing_is_told_from_one_that_only_thinks(standin: StandIn) -> None:
    guild = standin.add_guild("Club")
    ann = guild.add_member("ann")
    client = TinyClient()
    async with standin.running(client):
        with pytest.raises(NoAnswer, match="only said that it is thinking"):
            await standin.send(guild.general, ann, "/slow", within=0.2)
        client.release.set()
    with pytest.raises(NoAnswer, match="said nothing"):
        await standin.send(guild.general, ann, "/hello", within=0.05)


async def test_each_shard_has_its_own_servers_and_the_first_has_direct_messages(standin: StandIn) -> None:
    guilds = [standin.add_guild(name, number << 22) for name, number in (("Even", 1000), ("Odd", 1001))]
    ann = guilds[0].add_member("ann")
    heard: list[list[int | None]] = [[], []]
    async with AsyncExitStack() as stack:
        for shard in (0, 1):
            client = TinyClient(shard_id=shard, shard_count=2)

            async def on_interaction(asked: discord.Interaction, mine: list[int | None] = heard[shard]) -> None:
                mine.append(asked.guild_id)

            client.event(on_interaction)
            await stack.enter_async_context(standin.running(client))
            await ready(client)
            assert [guild.id for guild in client.guilds] == [guilds[shard].id]
        await standin.send(guilds[0].general, ann, "/hello")
        guilds[1].join(ann.user)
        await standin.send(guilds[1].general, ann, "/hello")
        await standin.send(standin.direct(ann), ann, "/hello")
    assert heard == [[guilds[0].id, None], [guilds[1].id]]


async def test_a_shard_that_does_not_exist_is_refused(standin: StandIn) -> None:
    with pytest.raises(discord.ConnectionClosed) as refusal:
        async with standin.running(TinyClient(shard_id=2, shard_count=2)):
            pass
    assert refusal.value.code == 4010


async def test_a_second_login_within_the_pause_is_refused_and_one_of_another_remainder_is_not(standin: StandIn) -> None:
    standin.gateway.login_seconds, standin.gateway.max_concurrency = 3600.0, 2
    async with AsyncExitStack() as stack:
        for shard in (0, 1, 2):
            client = TinyClient(shard_id=shard, shard_count=3)
            await stack.enter_async_context(standin.running(client))
            if shard < 2:
                await ready(client)
        async with asyncio.timeout(15):
            while standin.gateway.identified < 3:  # noqa: ASYNC110 - a number that grows
                await asyncio.sleep(0.01)
        assert [session.shard for session in standin.gateway.sessions.values()] == [[0, 3], [1, 3]]
