"""The stand-in's REST side, driven by a real discord.py client over real sockets."""

from __future__ import annotations

from bot.playground import StandIn
from tests.tiny_client import PNG, TinyClient


async def test_a_client_logs_in_syncs_and_is_told_of_the_server(standin: StandIn) -> None:
    standin.add_guild("Club")
    client = TinyClient()
    async with standin.running(client):
        await client.wait_until_ready()
        assert [guild.name for guild in client.guilds] == ["Club"]
        assert [channel.name for channel in client.guilds[0].text_channels] == ["general"]
        assert {command["name"] for command in standin.commands.of(0)} >= {"hello", "forecast", "report"}
    assert standin.commands.syncs == 1


async def test_a_deferred_command_is_answered_by_one_follow_up_with_its_picture(standin: StandIn) -> None:
    guild = standin.add_guild("Club")
    ann = guild.add_member("ann")
    async with standin.running(TinyClient()):
        exchange = await standin.send(guild.general, ann, "/forecast ARKK 20")
    assert exchange.deferred
    assert not exchange.ephemeral
    assert exchange.message.embeds[0]["description"] == "20 sessions"
    assert exchange.message.files[0].content == PNG
    assert exchange.message.files[0].description == "a line"
    assert exchange.message.attachments == []  # an embed shows it
    assert exchange.message.embeds[0]["image"]["url"] == exchange.message.files[0].url
