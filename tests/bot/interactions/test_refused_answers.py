"""What Discord refuses of an answer: words or silence, one line in the log, nothing done twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.cogs.report.subscriptions import Subscriptions
from standin import Exchange, Fault, NoAnswer
from standin.exchange import InteractionType
from tests.support.bot_env import BotEnv

CALLBACK = r"/interactions/\d+/[^/]+/callback"
WEBHOOK = r"/webhooks/\d+/[^/]+"
UNKNOWN_INTERACTION = Fault("POST", CALLBACK, 404, 10062, "Unknown interaction")
OF_DISCORD_PY = ("CommandTree-invoker", "discord-ui-")
"""Names of its tasks that answer an interaction."""
FOLLOW_UPS = [
    Fault("POST", WEBHOOK, 404, 10015, "Unknown Webhook"),
    Fault("POST", WEBHOOK, 404, 10008, "Unknown Message"),
    Fault("POST", WEBHOOK, 401, 50027, "Invalid Webhook Token"),
]


async def settled(env: BotEnv, bot_requests: int) -> None:
    """Wait until the bot has made so many requests of answers, and has done what follows from them."""

    def made() -> bool:
        return sum(
            r.path.startswith(("/interactions", "/webhooks")) and r.status > 0 for r in env.discord.requests
        ) >= (bot_requests)

    await env.discord.world.changes.until(made, 10)
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name().startswith(OF_DISCORD_PY)))


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log says about a failure; tracebacks are none of it."""
    assert not [record for record in caplog.records if record.exc_info]
    found = [record.getMessage() for record in caplog.records if record.levelname in ("WARNING", "ERROR")]
    return [line for line in found if "Unknown" in line or "Invalid" in line or "Missing" in line or "already" in line]


@pytest.mark.parametrize(
    "line", ["/report here", "/forecast SPY", "/status", "/alert add ARKK condition:above price:60", "/watch add TLT"]
)
async def test_a_late_acknowledgement_is_met_with_silence_and_nothing_is_done(
    env: BotEnv, caplog: pytest.LogCaptureFixture, line: str
) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        env.discord.faults.append(replace(UNKNOWN_INTERACTION))
        exchange = env.discord.begin(env.club.general, env.ann, line)
        await settled(env, 1)
        assert len(complaints(caplog)) == 1
        assert not exchange.answered
        assert not Subscriptions(bot.engine).all_of(env.club.id)
        assert "no alerts" in (await env.ask("/alert list", env.ann)).text
    assert env.jobs() == []


@pytest.mark.parametrize("fault", FOLLOW_UPS, ids=lambda fault: str(fault.code))
@pytest.mark.parametrize("line", ["/report status", "/forecast SPY", "/alert list", "/forecast NOPE"])
async def test_an_answer_that_nobody_can_be_given_is_met_with_silence(
    env: BotEnv, caplog: pytest.LogCaptureFixture, fault: Fault, line: str
) -> None:
    async with env.discord.running(env.bot()):
        env.discord.faults.append(replace(fault))
        env.discord.begin(env.club.general, env.ann, line)
        await settled(env, 2)
    assert len(complaints(caplog)) == 1


async def test_a_press_under_a_message_that_is_gone_is_met_with_silence(
    env: BotEnv, caplog: pytest.LogCaptureFixture
) -> None:
    async with env.discord.running(env.bot()):
        shown = await env.ask("/forecast SPY")
        fault = Fault("PATCH", rf"{WEBHOOK}/messages/@original", 404, 10008, "Unknown Message")
        env.discord.faults.append(fault)
        env.discord.begin_press(shown.message, "20 trading days", env.bob)
        await settled(env, 4)
    assert len(complaints(caplog)) == 1


async def test_suggestions_that_come_too_late_are_one_line_in_the_log(
    env: BotEnv, caplog: pytest.LogCaptureFixture
) -> None:
    async with env.discord.running(env.bot()):
        env.discord.faults.append(replace(UNKNOWN_INTERACTION))
        with pytest.raises(NoAnswer):
            await env.discord.autocomplete(env.club.general, env.bob, "/forecast symbol:sp", "symbol", within=1)
    assert len(complaints(caplog)) == 1


@pytest.mark.parametrize(
    ("status", "code", "message"), [(403, 50013, "Missing Permissions"), (404, 10003, "Unknown Channel")]
)
async def test_a_post_that_discord_refuses_despite_what_the_bot_has_heard_is_explained(
    env: BotEnv, caplog: pytest.LogCaptureFixture, status: int, code: int, message: str
) -> None:
    async with env.discord.running(env.bot()):
        await env.ask("/report here", env.ann)
        env.discord.faults.append(Fault("POST", r"/channels/\d+/messages", status, code, message))
        told = await env.ask("/report test", env.ann)
    assert told.ephemeral
    assert f"Discord refused that ({message})" in told.text
    assert len(complaints(caplog)) == 1


@pytest.mark.slow
async def test_an_acknowledgement_whose_answer_was_lost_counts(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        env.discord.faults.append(Fault("POST", CALLBACK, 504, is_accepted=True))
        told = await env.ask("/report here", env.ann)
    assert "From now on the weekly report is posted" in told.text


async def test_where_another_process_was_first_this_one_does_nothing(
    env: BotEnv, caplog: pytest.LogCaptureFixture
) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        env.discord.faults.append(Fault("POST", CALLBACK, 400, 40060, "Interaction has already been acknowledged."))
        env.discord.begin(env.club.general, env.ann, "/report here")
        await settled(env, 1)
        assert not Subscriptions(bot.engine).all_of(env.club.id)
    assert len(complaints(caplog)) == 1


async def test_a_number_beyond_the_databases_is_refused(env: BotEnv, caplog: pytest.LogCaptureFixture) -> None:
    async with env.discord.running(env.bot()):
        exchange = Exchange("/alert remove", env.club.general, env.bob.user, env.clock.at)
        exchange.data = env.discord._client(env.club.general, env.bob).invoke("/alert remove 5")
        exchange.data["options"][0]["options"][0]["value"] = 2**31
        env.discord._interact(exchange, InteractionType.COMMAND)
        await env.discord.wait(exchange)
        typed = await env.ask(f"/alert remove {2**31}")
    assert "no alert with that number" in exchange.text
    assert typed.refused
    assert complaints(caplog) == []
