"""The stand-in's REST side, driven by a real discord.py client over real sockets."""

from __future__ import annotations

import asyncio
import io
from datetime import timedelta
from pathlib import Path

import aiohttp
import discord
import pytest
from discord.http import Route

from standin import Fault, StandIn
from standin.content import CROSSPOSTED
from standin.model import ANNOUNCEMENTS, FORUM
from standin.rest.faults import RateLimits
from tests.support.discord_document import answers_outside_the_document
from tests.support.tiny_client import PNG, MovedClock, TinyClient


async def test_a_client_logs_in_syncs_and_is_told_of_the_server(standin: StandIn) -> None:
    standin.add_guild("Club")
    client = TinyClient()
    async with standin.running(client):
        await client.wait_until_ready()
        assert [guild.name for guild in client.guilds] == ["Club"]
        assert [channel.name for channel in client.guilds[0].text_channels] == ["general"]
        assert {command["name"] for command in standin.commands.of(0)} >= {"hello", "forecast", "report"}
    assert standin.commands.syncs == 1


async def test_what_the_client_asks_and_gets_is_what_the_document_says(standin: StandIn, shared: Path) -> None:
    guild = standin.add_guild("Club")
    ann = guild.add_member("ann", manage_guild=True)
    client = TinyClient()
    async with standin.running(client):
        await standin.send(guild.general, ann, "/forecast ARKK")
        message = (await standin.send(guild.general, ann, "/hello")).message
        for custom_id in ("more", "change", "later"):
            await standin.press(message, custom_id, ann)
        await standin.press(message, "pick", ann, values=["5"])
        await standin.autocomplete(guild.general, ann, "/forecast ar", "symbol")
        await standin.send(guild.general, ann, "/report here #general")
        channel = await client.fetch_channel(guild.general.id)
        sent = await channel.send("one", embed=discord.Embed(title="t").add_field(name="n", value="v"))
        await channel.fetch_message(sent.id)
        await sent.edit(content="two")
        assert [found.id async for found in channel.history(limit=1)] == [sent.id]
        await client.tree.fetch_commands()
        await client.fetch_user(ann.id)
        person = await client.fetch_user(ann.id)
        await person.send("in private")
        await client.application_info()
    assert len(standin.requests) > 20
    assert answers_outside_the_document(standin.requests, shared) == []


async def test_permissions_of_the_channel_are_discords_codes(standin: StandIn) -> None:
    guild = standin.add_guild("Club")
    channel = guild.general
    picture = lambda: discord.File(io.BytesIO(PNG), "chart.png")  # noqa: E731
    async with standin.running(client := TinyClient()):
        await client.wait_until_ready()
        here = client.get_channel(channel.id)
        assert isinstance(here, discord.TextChannel)
        channel.set_permissions(guild.bot, embed_links=False)
        with pytest.raises(discord.Forbidden) as error:
            await here.send(embed=discord.Embed(title="t"))
        assert error.value.code == 50013
        channel.set_permissions(guild.bot, attach_files=False)
        with pytest.raises(discord.Forbidden) as error:
            await here.send(file=picture())
        assert error.value.code == 50013
        await here.send("words are allowed still")
        channel.set_permissions(guild, send_messages=False)  # everybody
        with pytest.raises(discord.Forbidden) as error:
            await here.send("x")
        assert error.value.code == 50013
        channel.set_permissions(guild.bot, send_messages=True)  # a member's overwrite comes last
        await here.send("x")
        channel.set_permissions(guild.bot, view_channel=False)
        with pytest.raises(discord.Forbidden) as error:
            await here.send("x")
        assert error.value.code == 50001
        assert not here.permissions_for(here.guild.me).view_channel  # the client was told
    assert len(channel.messages) == 2


async def test_what_is_unknown_is_answered_with_its_code(standin: StandIn) -> None:
    guild = standin.add_guild("Club")
    async with standin.running(client := TinyClient()):
        here = await client.fetch_channel(guild.general.id)
        assert isinstance(here, discord.TextChannel)
        message = await here.send("x")
        await message.delete()
        asked = {
            10003: client.fetch_channel(1),
            10004: client.fetch_guild(1),
            10008: message.edit(content="y"),
            10013: client.fetch_user(1),
            10063: client.http.delete_global_command(client.application_id, 1),
            10002: client.http.get_global_commands(1),
        }
        for code, request in asked.items():
            with pytest.raises(discord.NotFound) as error:
                await request
            assert error.value.code == code
        guild.remove_bot()
        with pytest.raises(discord.Forbidden) as gone:
            await here.send("x")
        assert gone.value.code == 50001


async def test_a_nonce_makes_a_repeated_post_return_the_first_message() -> None:
    clock = MovedClock()
    async with StandIn(now=clock) as stand_in:
        guild = stand_in.add_guild("Club")
        async with stand_in.running(client := TinyClient()):
            here = await client.fetch_channel(guild.general.id)
            assert isinstance(here, discord.TextChannel)
            first = await here.send("report", nonce="week 48")
            again = await here.send("report", nonce="week 48")
            other = await here.send("report", nonce="week 49")
            clock.now += timedelta(minutes=6)
            late = await here.send("report", nonce="week 48")
    assert first.id == again.id
    assert len({first.id, other.id, late.id}) == 3


async def test_an_edit_lists_the_files_that_stay(standin: StandIn) -> None:
    guild = standin.add_guild("Club")
    async with standin.running(client := TinyClient()):
        here = await client.fetch_channel(guild.general.id)
        assert isinstance(here, discord.TextChannel)
        chart = discord.Embed(title="t").set_image(url="attachment://chart.png")
        files = [discord.File(io.BytesIO(PNG), "chart.png"), discord.File(io.BytesIO(b"a,b"), "table.csv")]
        message = await here.send(embed=chart, files=files)
        assert [file.filename for file in message.attachments] == ["table.csv"]  # the picture is in the embed
        stored = guild.general.messages[message.id]
        new = discord.File(io.BytesIO(b"c"), "new.csv")
        message = await message.edit(attachments=[*message.attachments, new])
        assert [file.filename for file in stored.files] == ["table.csv", "new.csv"]
        assert await message.attachments[0].read() == b"a,b"
        async with aiohttp.ClientSession() as session, session.get(message.attachments[1].url) as answer:
            assert (await answer.read(), answer.headers["Content-Disposition"]) == (
                b"c",
                'attachment; filename="new.csv"',
            )
    assert stored.edits == 1


async def test_direct_messages(standin: StandIn) -> None:
    guild = standin.add_guild("Club")
    ann, bob = guild.add_member("ann"), guild.add_member("bob")
    bob.user.accepts_direct = False
    async with standin.running(client := TinyClient()):
        await (await client.fetch_user(ann.id)).send("hi ann")
        with pytest.raises(discord.Forbidden) as error:
            await (await client.fetch_user(bob.id)).send("hi bob")
        assert error.value.code == 50007
        exchange = await standin.send(standin.direct(ann), ann.user, "/hello ann")
    assert exchange.text == "hello ann"
    assert [message.content for message in standin.direct(ann).messages.values()] == ["hi ann", "hello ann"]


async def test_faults_on_demand(standin: StandIn) -> None:
    guild = standin.add_guild("Club")
    async with standin.running(client := TinyClient()):
        here = await client.fetch_channel(guild.general.id)
        assert isinstance(here, discord.TextChannel)
        posts = r"/channels/\d+/messages"
        standin.faults.append(Fault("POST", posts, 403, code=50013, message="Missing Permissions"))
        with pytest.raises(discord.Forbidden):
            await here.send("x")
        standin.faults.append(Fault("POST", posts, 429, retry_after=0.01, times=2))
        await here.send("after two 429s")
    statuses = [asked.status for asked in standin.requests if asked.method == "POST"]
    assert statuses == [403, 429, 429, 200]


def test_rate_limits_are_those_of_discord() -> None:
    seconds = 0.0
    limits = RateLimits(enforced=True, clock=lambda: seconds)
    posts = [limits.check("POST", "/channels/1/messages") for _ in range(6)]
    assert posts[:5] == [None] * 5
    assert posts[5] is not None
    status, body, headers = posts[5]
    assert (status, body["retry_after"], body["global"]) == (429, 5.0, False)
    assert headers["Via"]
    assert limits.check("POST", "/channels/2/messages") is None
    assert all(limits.check("POST", "/interactions/1/t/callback") is None for _ in range(99))
    answers = [limits.check("GET", "/users/@me") for _ in range(50)]
    assert next(answer for answer in answers if answer)[1]["global"]
    seconds = 5.0
    assert limits.check("POST", "/channels/1/messages") is None


def test_ten_messages_an_hour_are_published_in_one_channel() -> None:
    seconds = 0.0
    limits = RateLimits(enforced=True, clock=lambda: seconds)
    answers = [limits.check("POST", f"/channels/1/messages/{number}/crosspost") for number in range(11)]
    assert answers[:10] == [None] * 10
    assert answers[10] is not None
    assert answers[10][1]["retry_after"] == 3600.0
    seconds = 3600.0
    assert limits.check("POST", "/channels/1/messages/12/crosspost") is None


async def test_a_forum_takes_threads_with_a_first_message_and_no_messages(standin: StandIn, shared: Path) -> None:
    guild = standin.add_guild("Club")
    forum, strict = guild.add_channel("talk", kind=FORUM), guild.add_channel("strict", kind=FORUM, requires_tag=True)
    async with standin.running(client := TinyClient()):
        await client.wait_until_ready()
        here, there = client.get_channel(forum.id), client.get_channel(strict.id)
        assert isinstance(here, discord.ForumChannel)
        assert isinstance(there, discord.ForumChannel)
        assert there.flags.require_tag
        file = discord.File(io.BytesIO(PNG), "chart.png")
        begun = await here.create_thread(name="Weekly", embed=discord.Embed(title="t"), file=file)
        assert begun.message.id == begun.thread.id
        assert [file.filename for file in begun.message.attachments] == ["chart.png"]
        await begun.thread.send("a reply")
        assert [thread.name for thread in await here.guild.active_threads()] == ["Weekly"]
        with pytest.raises(discord.HTTPException) as refused:
            await there.create_thread(name="Weekly", content="x")
        assert refused.value.code == 40067
        with pytest.raises(discord.HTTPException) as refused:
            await client.get_partial_messageable(forum.id).send("x")
        assert refused.value.code == 50008
        forum.set_permissions(guild.bot, send_messages=False)
        with pytest.raises(discord.Forbidden):
            await here.create_thread(name="Weekly", content="x")
    assert [message.content for thread in guild.threads.values() for message in thread.messages.values()] == [
        "",
        "a reply",
    ]
    assert answers_outside_the_document(standin.requests, shared) == []


async def test_a_message_of_an_announcement_channel_is_published_once(standin: StandIn, shared: Path) -> None:
    guild = standin.add_guild("Club")
    news = guild.add_channel("news", kind=ANNOUNCEMENTS)
    async with standin.running(client := TinyClient()):
        await client.wait_until_ready()
        here, general = client.get_channel(news.id), client.get_channel(guild.general.id)
        assert isinstance(here, discord.TextChannel)
        assert isinstance(general, discord.TextChannel)
        assert here.is_news()
        message = await here.send("x")
        assert (await message.publish(), news.messages[message.id].flags)[1] & CROSSPOSTED
        for again in (message, await general.send("x")):
            with pytest.raises(discord.HTTPException):
                await again.publish()
        await here.guild.leave()
    assert not guild.has_bot
    assert answers_outside_the_document(standin.requests, shared) == []


async def test_a_request_that_arrives_twice_is_done_twice_unless_its_nonce_says_that_it_is_one(
    standin: StandIn,
) -> None:
    guild = standin.add_guild("Club")
    async with standin.running(client := TinyClient()):
        channel = await client.fetch_channel(guild.general.id)
        assert isinstance(channel, discord.TextChannel)
        twice = Fault("POST", f"/channels/{guild.general.id}/messages", doubles=True, times=2)
        standin.faults.append(twice)
        await channel.send("one", nonce="abc")
        assert len(guild.general.messages) == 1
        # discord.py gives every message a nonce
        await client.http.request(Route("POST", f"/channels/{channel.id}/messages"), json={"content": "two"})
        assert len(guild.general.messages) == 3


async def test_an_answer_can_come_late(standin: StandIn) -> None:
    guild = standin.add_guild("Club")
    async with standin.running(client := TinyClient()):
        standin.faults.append(Fault("GET", f"/channels/{guild.general.id}", delay=0.05))
        began = asyncio.get_running_loop().time()
        await client.fetch_channel(guild.general.id)
        assert asyncio.get_running_loop().time() - began >= 0.05
