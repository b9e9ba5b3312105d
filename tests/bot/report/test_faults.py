"""The weekly report and every way in which a post can fail: never twice, bounded, and made up for."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import delivery
from bot.client import ForecastBot
from bot.cogs.report.deliveries import Deliveries
from bot.cogs.report.due import PostReports, due_reports
from bot.cogs.report.sender import report_sender
from bot.delivery import MAX_ATTEMPTS, RETRY_AFTER, outbox
from standin import Fault, Guild, Message
from tests.support.bot_env import REPORT_TIME, BotEnv, bot_env, posts

POST = r"/channels/\d+/messages"
HOUR = timedelta(hours=1)
ALWAYS = 1_000_000

FAULTS = {
    "500": Fault("POST", POST, 500),
    "502": Fault("POST", POST, 502),
    "503": Fault("POST", POST, 503),
    "504": Fault("POST", POST, 504),
    "524": Fault("POST", POST, 524),
    "accepted 500": Fault("POST", POST, 500, is_accepted=True),
    "accepted 504": Fault("POST", POST, 504, is_accepted=True),
    "cut": Fault("POST", POST, cuts=True),
    "accepted, then cut": Fault("POST", POST, cuts=True, is_accepted=True),
    "an answer without a message": Fault("POST", POST, 200, is_accepted=True),
    "400": Fault("POST", POST, 400, 50035, "Invalid Form Body"),
    "401": Fault("POST", POST, 401),
    "403": Fault("POST", POST, 403, 50013, "Missing Permissions"),
    "404": Fault("POST", POST, 404, 10003, "Unknown Channel"),
    "a limit of seconds": Fault("POST", POST, 429, retry_after=7.0),
    "a limit of an hour": Fault("POST", POST, 429, retry_after=3600.0),
    "Cloudflare's ban": Fault("POST", POST, 429, via=False),
}
REFUSALS = ("403", "404")
"""After them an admin has to name the channel again."""


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    monkeypatch.setattr(outbox, "REPEATS_SECONDS", (0.0, 0.0))
    async with bot_env(tmp_path, monkeypatch) as env:
        env.publish()
        yield env


async def subscribe(env: BotEnv, *guilds: Guild, symbols: str = "") -> None:
    for guild in guilds:
        admin = guild.add_member("admin", manage_guild=True)
        line = f"/report set #general day:Saturday time:09:00 timezone:America/New_York{symbols}"
        assert "From now on" in (await env.ask(line, admin, guild)).text


async def post_due(bot: ForecastBot) -> None:
    """As the schedule does, without its jobs, and not while it is still at its first look."""
    async with bot.schedule._turn:
        now = bot.now()
        due = due_reports(now, *bot.schedule._reports.at(now), bot.outbox.outage)
        if due:
            await report_sender(bot).post(PostReports(due))


async def days_pass(env: BotEnv, bot: ForecastBot, hours: Sequence[float]) -> None:
    """Look for what is due at these hours after the report's time."""
    start = env.clock.at
    for hour in hours:
        env.clock.at = start + hour * HOUR
        await post_due(bot)


def asked(env: BotEnv, guild: Guild) -> int:
    """Requests about the messages in the server's channel."""
    return sum(r.path == f"/channels/{guild.general.id}/messages" for r in env.discord.requests)


LOOKS = (0, 0.1, 0.2, 0.5, 1, 1.1, 2, 3, 6, 12, 18, 23, 23.5, 24, 30, 48, 72, 100, 113, 116, 119)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("reads", [True, False], ids=["may look", "may not look"])
async def test_a_fault_that_lasts_for_weeks_makes_no_second_post_and_few_requests(
    env: BotEnv, fault: str, reads: bool
) -> None:
    env.club.general.set_permissions(env.club.bot, read_message_history=reads)
    bot = env.bot()
    async with env.discord.running(bot):
        await subscribe(env, env.club)
        env.discord.faults.append(replace(FAULTS[fault], times=ALWAYS))
        for week in range(13):
            env.clock.at = REPORT_TIME + timedelta(weeks=week)
            before, posted = asked(env, env.club), len(posts(env.club))
            await days_pass(env, bot, LOOKS)
            assert asked(env, env.club) - before <= MAX_ATTEMPTS
            assert len(posts(env.club)) - posted <= 1, "it is posted once at most"


@pytest.mark.slow
@pytest.mark.parametrize("fault", [name for name in FAULTS if name not in REFUSALS])
@pytest.mark.parametrize("well_after", [0.3, 20.0])
async def test_what_can_be_posted_within_a_day_is_posted_once(env: BotEnv, fault: str, well_after: float) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        await subscribe(env, env.club)
        for week in range(3):
            env.clock.at = REPORT_TIME + timedelta(weeks=week)
            env.discord.faults.append(replace(FAULTS[fault], times=ALWAYS))
            await days_pass(env, bot, [hour for hour in LOOKS if hour < well_after])
            env.discord.faults.clear()
            env.clock.at = REPORT_TIME + timedelta(weeks=week)
            await days_pass(env, bot, [hour for hour in LOOKS if well_after < hour <= 24])
            assert len(posts(env.club)) == week + 1


async def test_a_post_whose_answer_was_lost_is_found_and_not_repeated(env: BotEnv) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        await subscribe(env, env.club)
        env.discord.faults.append(replace(FAULTS["accepted 504"]))
        env.clock.at = REPORT_TIME
        await post_due(bot)
        unsure = await env.ask("/report status", env.ann)
        env.clock.at += RETRY_AFTER[0]
        await post_due(bot)
        found = await env.ask("/report status", env.ann)
    assert len(posts(env.club)) == 1
    assert "Discord didn't confirm the report for week 2026-W47" in unsure.text
    assert "The report for week 2026-W47 was posted" in found.text
    assert [r.method for r in env.discord.requests if r.path == f"/channels/{env.club.general.id}/messages"] == [
        "POST",
        "GET",
    ]


async def test_where_the_bot_may_not_look_it_repeats_at_once_under_the_same_nonce(env: BotEnv) -> None:
    env.club.general.set_permissions(env.club.bot, read_message_history=False)
    bot = env.bot()
    async with env.discord.running(bot):
        await subscribe(env, env.club)
        env.discord.faults.append(replace(FAULTS["accepted, then cut"]))
        env.clock.at = REPORT_TIME
        await post_due(bot)
        status = await env.ask("/report status", env.ann)
    assert len(posts(env.club)) == 1
    assert "was posted" in status.text


async def test_it_does_not_repeat_what_discord_no_longer_knows_by_its_nonce(
    env: BotEnv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer was waited for so long: aiohttp gives a request up after five minutes."""
    monkeypatch.setattr(outbox, "NONCE_WINDOW", timedelta(0))
    env.club.general.set_permissions(env.club.bot, read_message_history=False)
    bot = env.bot()
    async with env.discord.running(bot):
        await subscribe(env, env.club)
        env.discord.faults.append(replace(FAULTS["accepted, then cut"]))
        env.clock.at = REPORT_TIME
        before = asked(env, env.club)
        await days_pass(env, bot, LOOKS)
        assert asked(env, env.club) - before == 1
    assert len(posts(env.club)) == 1


async def test_a_repeat_that_fails_for_sure_does_not_mean_that_the_first_post_did(env: BotEnv) -> None:
    env.club.general.set_permissions(env.club.bot, read_message_history=False)
    bot = env.bot()
    async with env.discord.running(bot):
        await subscribe(env, env.club)
        env.discord.faults += [replace(FAULTS["accepted 504"]), replace(FAULTS["400"], times=2)]
        env.clock.at = REPORT_TIME
        await days_pass(env, bot, LOOKS)
    assert len(posts(env.club)) == 1


async def test_in_a_channel_where_much_was_said_meanwhile_it_posts_nothing_blindly(env: BotEnv) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        await subscribe(env, env.club)
        env.clock.at = REPORT_TIME
        env.discord.faults.append(replace(FAULTS["accepted 504"]))
        await days_pass(env, bot, LOOKS[:1])
        for number in range(delivery.LOOKS_AT):
            message = Message(env.discord.world.new_id(), env.club.general, env.bob.user, env.clock.at)
            env.discord.world.post(message, {"content": f"{number}"}, [])
        await days_pass(env, bot, LOOKS[1:])
        status = await env.ask("/report status", env.ann)
    assert sum(message.author.bot for message in posts(env.club)) == 1
    assert "I won't post it again" in status.text


async def test_of_a_report_that_may_have_arrived_where_nobody_can_look_operators_are_told(env: BotEnv) -> None:
    env.club.general.set_permissions(env.club.bot, read_message_history=False)
    bot = env.bot()
    async with env.discord.running(bot):
        await subscribe(env, env.club)
        env.discord.faults.append(replace(FAULTS["accepted 504"], times=ALWAYS))
        env.clock.at = REPORT_TIME
        await days_pass(env, bot, LOOKS)
        env.discord.faults.clear()
        status = await env.ask("/report status", env.ann)
        ops = await env.ask("/ops status", env.ann)
    assert len(posts(env.club)) == 1
    assert "I won't post it again" in status.text
    assert "The report of 2026-W47" in ops.text
    assert "may be missing" in ops.text


async def test_a_report_is_marked_only_once_its_picture_is_drawn(env: BotEnv) -> None:
    """A bot that stops while it draws has posted nothing for sure."""
    gate = env.folder / "gate"
    os.mkfifo(gate)
    env.monkeypatch.setenv("GATE", str(gate))
    bot = env.bot()
    async with env.discord.running(bot):
        await subscribe(env, env.club)
        env.clock.at = REPORT_TIME
        posting = asyncio.create_task(post_due(bot))
        opened = await asyncio.to_thread(gate.open, "w")  # when the drawing has begun
        meanwhile = Deliveries(bot.engine).last(env.club.id)
        opened.close()
        await posting
    assert meanwhile is None
    assert len(posts(env.club)) == 1


@pytest.mark.slow
async def test_a_ban_of_days_costs_few_requests_and_then_every_server_gets_its_report(env: BotEnv) -> None:
    guilds = [env.club, *(env.discord.add_guild(f"Club {number}") for number in range(9))]
    bot = env.bot()
    async with env.discord.running(bot):
        await subscribe(env, *guilds)
        ban = replace(FAULTS["Cloudflare's ban"], times=ALWAYS)
        env.discord.faults.append(ban)
        env.clock.at = REPORT_TIME
        await days_pass(env, bot, (0, 0.2, 0.5, *range(1, 97)))
        ops = await env.ask("/ops status", env.ann)
        assert max(asked(env, guild) for guild in guilds) <= MAX_ATTEMPTS - 1
        assert "Discord is not accepting messages, reports and alerts included (429" in ops.text
        assert "has not been posted: Discord did not accept it. I'll try again in a few days." in ops.text
        env.discord.faults.clear()
        env.clock.at += HOUR
        await days_pass(env, bot, range(23))
    assert [len(posts(guild)) for guild in guilds] == [1] * len(guilds)


async def test_where_all_of_discord_fails_few_places_are_tried(env: BotEnv) -> None:
    guilds = [env.club, *(env.discord.add_guild(f"Club {number}") for number in range(9))]
    bot = env.bot()
    async with env.discord.running(bot):
        await subscribe(env, *guilds)
        env.discord.faults.append(replace(FAULTS["500"], times=ALWAYS))
        env.clock.at = REPORT_TIME
        await days_pass(env, bot, (0, 0.1))
        assert sum(asked(env, guild) for guild in guilds) == delivery.SILENT_PLACES
        env.discord.faults.clear()
        env.clock.at = REPORT_TIME
        await days_pass(env, bot, (0.2, 0.4, 1.1))
    assert [len(posts(guild)) for guild in guilds] == [1] * len(guilds)


@pytest.mark.slow
async def test_what_one_server_asked_for_and_nobody_has_is_its_own_matter(
    env: BotEnv, caplog: pytest.LogCaptureFixture
) -> None:
    library = env.discord.add_guild("Library")
    env.publish(("TLT",))
    bot = env.bot()
    async with env.discord.running(bot):
        await subscribe(env, library, symbols=" symbols:TLT")
        await subscribe(env, env.club)
        with bot.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM reports WHERE symbol = 'TLT'")
        env.clock.at = REPORT_TIME
        await bot.schedule.run_due()
        for pause in RETRY_AFTER[:2]:
            env.clock.at += pause
            await bot.schedule.run_due()
        assert await bot.schedule.problem() is None
        librarian = next(member for member in library.members.values() if member.name == "admin")
        status = await env.ask("/report status", librarian, library)
        env.publish(("TLT",), as_of=REPORT_TIME.date() - timedelta(days=1))
        env.clock.at += RETRY_AFTER[2]
        await bot.schedule.run_due()
    assert "Traceback" not in caplog.text
    assert len(posts(env.club)) == 1
    assert "none of its ETFs has a forecast yet" in status.text
    assert "**TLT**" in posts(library)[0].text
