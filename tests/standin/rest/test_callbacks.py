"""Answers to interactions, as Discord allows and refuses them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import discord

from standin import Channel, Member, StandIn
from tests.support.tiny_client import PNG, MovedClock, TinyClient


async def test_a_deferred_command_is_answered_by_one_follow_up_with_its_picture(standin: StandIn) -> None:
    guild = standin.add_guild("Club")
    ann = guild.add_member("ann")
    async with standin.running(TinyClient()):
        exchange = await standin.send(guild.general, ann, "/forecast ARKK 20")
    assert exchange.deferred
    assert not exchange.ephemeral
    assert exchange.message.embeds[0]["description"] == "20 trading days"
    assert exchange.message.files[0].content == PNG
    assert exchange.message.files[0].description == "a line"
    assert exchange.message.attachments == []  # an embed shows it
    assert exchange.message.embeds[0]["image"]["url"] == exchange.message.files[0].url


async def refused(client: TinyClient, standin: StandIn, channel: Channel, member: Member) -> discord.HTTPException:
    """What the API refused of ``client.attempt`` within one command."""
    await standin.send(channel, member, "/try_it")
    async with asyncio.timeout(10):
        await client.attempted.wait()
    (error,) = client.raised
    return error


async def test_a_first_answer_after_three_seconds_is_too_late() -> None:
    clock = MovedClock()
    async with StandIn(now=clock) as stand_in:
        guild = stand_in.add_guild("Club")
        client = TinyClient()

        async def attempt(interaction: discord.Interaction) -> None:
            clock.now += timedelta(seconds=3.1)
            try:
                await interaction.response.send_message("late")
            finally:
                clock.now -= timedelta(seconds=3.1)

        client.attempt = attempt
        async with stand_in.running(client):
            error = await refused(client, stand_in, guild.general, guild.add_member("ann"))
    assert isinstance(error, discord.NotFound)
    assert error.code == 10062
    assert "late" not in [message.content for message in guild.general.messages.values()]


async def test_a_token_lives_fifteen_minutes() -> None:
    clock = MovedClock()
    async with StandIn(now=clock) as stand_in:
        guild = stand_in.add_guild("Club")
        client = TinyClient()

        async def attempt(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("first")
            clock.now += timedelta(minutes=14)
            await interaction.followup.send("in time")
            clock.now += timedelta(minutes=2)
            await interaction.followup.send("too late")

        client.attempt = attempt
        async with stand_in.running(client):
            error = await refused(client, stand_in, guild.general, guild.add_member("ann"))
    assert [message.content for message in guild.general.messages.values()] == ["first", "in time"]
    assert (error.status, error.code) == (401, 50027)


async def test_an_interaction_is_answered_once(standin: StandIn) -> None:
    guild = standin.add_guild("Club")
    client = TinyClient()

    async def attempt(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("first")
        again = discord.InteractionResponse(interaction)
        await again.send_message("second")

    client.attempt = attempt
    async with standin.running(client):
        error = await refused(client, standin, guild.general, guild.add_member("ann"))
    assert (error.status, error.code) == (400, 40060)


async def test_a_follow_up_needs_a_first_answer(standin: StandIn) -> None:
    guild = standin.add_guild("Club")
    client = TinyClient()

    async def attempt(interaction: discord.Interaction) -> None:
        await interaction.followup.send("before anything")

    client.attempt = attempt
    async with standin.running(client):
        error = await refused(client, standin, guild.general, guild.add_member("ann"))
    assert (error.status, error.code) == (404, 10015)


async def test_a_deferral_settles_who_sees_the_answer(standin: StandIn) -> None:
    guild = standin.add_guild("Club")
    ann = guild.add_member("ann")
    client = TinyClient()

    async def attempt(interaction: discord.Interaction) -> None:
        await interaction.response.defer(thinking=True)
        await interaction.followup.send("for all, whatever it asks", ephemeral=True)
        await interaction.followup.send("for the asker", ephemeral=True)
        await interaction.delete_original_response()

    client.attempt = attempt
    async with standin.running(client):
        exchange = await standin.send(guild.general, ann, "/try_it")
        first = exchange.original
        assert first is not None
        assert not first.ephemeral
        await standin.world.changes.until(lambda: first.deleted, 10)
    assert [(message.content, message.ephemeral) for message in exchange.messages] == [("for the asker", True)]
