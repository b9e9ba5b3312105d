"""``/help`` through the stand-in: what this member may do here, and nothing else."""

from __future__ import annotations

import re

from standin import Exchange
from tests.support.bot_env import BotEnv


def offered(exchange: Exchange) -> set[str]:
    """The commands that the answer to /help names."""
    return set(re.findall(r"`/(\w+)", exchange.text))


async def test_help_shows_just_what_this_member_may_do_here(env: BotEnv) -> None:
    traveller = env.discord.add_guild("Elsewhere", has_bot=False).add_member("tess")
    traveller.user.takes_bot_along = True
    async with env.discord.running(env.bot()):
        member, admin = await env.ask("/help"), await env.ask("/help", env.ann)
        direct = await env.discord.send(env.discord.direct(env.bob), env.bob.user, "/help")
        elsewhere = await env.discord.send(traveller.guild.general, traveller, "/help")
    readable = {"forecast", "scores", "compare", "model", "explain", "help", "status"}
    assert readable <= offered(member)
    assert "report" not in offered(member)
    assert "report" in offered(admin)
    assert readable <= offered(direct)
    assert "report" not in offered(direct)
    assert readable <= offered(elsewhere)
    assert "report" not in offered(elsewhere)
    assert all(exchange.ephemeral for exchange in (member, admin, direct, elsewhere))


async def test_help_speaks_the_askers_language(env: BotEnv) -> None:
    env.bob.user.locale = "de"
    async with env.discord.running(env.bot()):
        answer = await env.ask("/help")
    assert "Was du fragen kannst" in answer.text
    assert "Kürzel" not in answer.text
    assert "Prognose eines ETFs für die nächsten 60 Handelstage" in answer.text


async def test_what_help_offers_in_direct_messages_works_there(env: BotEnv) -> None:
    direct = env.discord.direct(env.bob)
    async with env.discord.running(env.bot()):
        for line in ("/forecast ARKK", "/scores", "/compare ARKK, SPY", "/model ARKK", "/explain", "/status"):
            answer = await env.discord.send(direct, env.bob.user, line)
            assert answer.message.embeds, line
        report = await env.discord.send(direct, env.bob.user, "/report here")
        forecast = await env.discord.send(direct, env.bob.user, "/forecast ARKK")
        pressed = await env.discord.press(forecast.message, "20 trading days", env.bob.user)
    assert report.refused, "Discord offers it in servers only"
    assert pressed.message is forecast.message
