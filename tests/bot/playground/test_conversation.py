"""Lines that press buttons, and places beside a server's channels: direct messages, and servers without the bot."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.playground.conversation import begin_line
from bot.playground.page import Page
from bot.playground.runner import add_servers, commands_end
from bot.playground.transcript import Transcript, relative
from standin import Exchange, Guild, Member, StandIn
from tests.support.tiny_client import TinyClient


@pytest.fixture
async def furnished() -> AsyncIterator[tuple[StandIn, Guild, Member]]:
    page = Page()
    async with StandIn(extend=page.attach) as discord:
        guild = add_servers(discord)
        async with discord.running(TinyClient()):
            yield discord, guild, next(m for m in guild.members.values() if m.name == "admin")


async def said(place: tuple[StandIn, Guild, Member], line: str) -> Exchange:
    discord, guild, admin = place
    exchange = begin_line(discord, guild.general, admin, line)
    return await discord.wait(exchange)


async def test_a_line_presses_the_newest_button_of_that_label(furnished: tuple[StandIn, Guild, Member]) -> None:
    first, second = await said(furnished, "/hello ann"), await said(furnished, "/hello bob")
    changed = await said(furnished, 'press "Change"')
    assert changed.message is second.message
    assert second.message.content == "changed"
    assert first.message.content == "hello ann"
    assert changed.line == 'press "Change"'
    assert (await said(furnished, "press More")).text == "more words"
    assert (await said(furnished, "choose Five")).text == "picked 5"


@pytest.mark.parametrize("line", ['press "Nothing"', "choose Seven"])
async def test_what_is_not_there_cannot_be_pressed(furnished: tuple[StandIn, Guild, Member], line: str) -> None:
    await said(furnished, "/hello ann")
    exchange = await said(furnished, line)
    assert "No message here has a usable" in (exchange.refusal or "")


async def test_what_only_another_member_sees_cannot_be_pressed(furnished: tuple[StandIn, Guild, Member]) -> None:
    discord, guild, _ = furnished
    await said(furnished, "/hello private:True")
    other = next(m for m in guild.members.values() if m.name == "member")
    assert begin_line(discord, guild.general, other, "press More").refused


async def test_the_page_has_direct_messages_and_a_server_without_the_bot(
    furnished: tuple[StandIn, Guild, Member],
) -> None:
    discord, _, _ = furnished
    async with aiohttp.ClientSession(discord.url) as browser:
        async with browser.get("/page/api/state") as answer:
            places = {place["name"]: place for place in (await answer.json())["guilds"]}
        assert "Elsewhere (without the bot)" in places
        direct = places["Direct messages of admin"]
        (channel,), (person,) = direct["channels"], direct["members"]
        asked = {"channel": channel["id"], "member": person["id"], "line": "/hello you"}
        async with browser.post("/page/api/send", json=asked) as answer:
            assert not (await answer.json())["refused"]
        mine = discord.world.channels[int(channel["id"])]
        await discord.world.changes.until(lambda: bool(mine.messages), 10)
        stranger = places["Direct messages of member"]["members"][0]
        async with browser.post("/page/api/send", json=asked | {"member": stranger["id"]}) as answer:
            assert answer.status == 404, "nobody else can be there"


async def test_a_bot_hears_nothing_of_servers_without_it_until_a_member_takes_it_along(standin: StandIn) -> None:
    elsewhere = standin.add_guild("Elsewhere", has_bot=False)
    tess, sam = elsewhere.add_member("tess"), elsewhere.add_member("sam")
    tess.user.takes_bot_along = True
    client = TinyClient()
    async with standin.running(client):
        elsewhere.add_channel("news")
        assert not client.guilds
        for who in (tess, sam):
            assert standin.begin(elsewhere.general, who, "/hello").refused, "installed with servers only"
        hello = next(body for body in standin.commands.of(0) if body["name"] == "hello")
        hello["integration_types"] = [0, 1]
        assert (await standin.send(elsewhere.general, tess, "/hello")).text == "hello you"
        assert standin.begin(elsewhere.general, sam, "/hello").refused, "who did not install it"


async def test_a_transcript_keeps_each_answer_as_it_was_before_the_next_press(
    furnished: tuple[StandIn, Guild, Member], tmp_path: Path
) -> None:
    transcript = Transcript("Talk")
    for line in ("/hello ann", 'press "Change"'):
        transcript.add(await said(furnished, line))
    first, second = transcript.text().split("\n## ")[1:]
    assert "hello ann" in first
    assert "changed" not in first
    assert "changed" in second
    transcript.add(await said(furnished, "/forecast ARKK"))
    transcript.add(await said(furnished, "/forecast SPY"))
    written = transcript.write(tmp_path).read_text()
    assert re.findall(r"!\[chart.png\]\((.+)\)", written) == ["01-chart.png", "02-chart.png"]


async def test_a_transcript_tells_moments_and_mentions_in_words(furnished: tuple[StandIn, Guild, Member]) -> None:
    _, guild, admin = furnished
    role = guild.add_role("Traders")
    soon = (datetime.now(UTC) + timedelta(hours=3, minutes=10)).replace(microsecond=0)
    jump = f"https://discord.com/channels/{guild.id}/{guild.general.id}/1"
    names = f"<@&{role.id}> <@{admin.id}> <#{guild.general.id}> <@&1> {jump}"
    transcript = Transcript("Talk")
    transcript.add(await said(furnished, f'/hello "{names} <t:{soon.timestamp():.0f}:F> <t:{soon.timestamp():.0f}:R>"'))
    assert (
        f"hello @Traders @admin #general @unknown the message in #general {soon:%Y-%m-%d %H:%M} UTC in 3 hours"
        in transcript.text()
    )


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(seconds=1), "in 1 second"),
        (timedelta(minutes=-59), "59 minutes ago"),
        (timedelta(hours=25), "in 1 day"),
        (timedelta(days=-2), "2 days ago"),
    ],
)
def test_a_relative_moment_is_told_in_its_largest_unit(away: timedelta, words: str) -> None:
    assert relative(away) == words


async def test_a_line_has_ended_when_the_answer_changes_no_more() -> None:
    client = TinyClient()
    async with StandIn() as discord:
        admin = discord.add_guild("Club").add_member("admin")
        async with discord.running(client):
            assert await commands_end(0)
            exchange = await discord.send(admin.guild.general, admin, "/progress")
            assert exchange.text == "half of it"
            assert not await commands_end(0), "it has answered and goes on"
            client.release.set()
            assert await commands_end(30)
            assert exchange.text == "at last"
