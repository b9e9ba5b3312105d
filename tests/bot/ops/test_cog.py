"""``/ops`` and what it leads to, through the stand-in: each problem is told once, to those whom it concerns."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import pandas as pd
import pytest

from bot.cogs.ops.channels import Batch, OpsChannel, OpsChannels
from bot.cogs.ops.message import KINDS, ops_place, ops_problems, problems_embed
from bot.cogs.ops.problems import Problem, job_problems
from bot.delivery import NONCE_WINDOW, RETRY_AFTER, Outcome
from bot.jobs.job import JobFailure
from bot.texts import Texts
from forecasting import PriceFaults, open_database
from forecasting.prices.fetching import Fetched
from forecasting.prices.findings import Finding
from forecasting.prices.security import Security
from forecasting.prices.store.store import PriceStore
from forecasting.universe import Symbol
from standin import Channel, Fault, Guild
from tests.support.bot_env import SATURDAY, WEDNESDAY, BotEnv, bot_env
from tests.support.databases import open_file
from tests.support.messages import assert_within_limits

NOTE_2018 = Security("MicroSectors FANG+ 3X (2018)", "EQUITY", "USD", "NYSEArca", date(2018, 1, 22))
NOTE_2025 = Security("MicroSectors FANG+ 3X (2025)", "EQUITY", "USD", "NYSEArca", date(2025, 2, 20))


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch) as env:
        env.publish(as_of=date(2026, 11, 17))
        yield env


def ops_room(guild: Guild) -> Channel:
    return guild.add_channel("ops")


def told(channel: Channel) -> list[str]:
    """Every post in the channel, as one text."""
    return [message.text for message in channel.messages.values() if message.invoked_by is None]


async def name_channel(env: BotEnv, channel: Channel) -> None:
    exchange = await env.ask(f"/ops channel #{channel.name}", env.ann)
    assert f"report problems in <#{channel.id}> from now on" in exchange.message.content


async def test_channel_status_and_off_are_told_to_the_admin_alone(env: BotEnv) -> None:
    ops = ops_room(env.club)
    async with env.discord.running(env.bot()):
        before = await env.ask("/ops status", env.ann)
        named = await env.ask("/ops channel #ops", env.ann)
        between = await env.ask("/ops status", env.ann)
        here = await env.ask("/ops channel", env.ann)
        off = await env.ask("/ops off", env.ann)
        again = await env.ask("/ops off", env.ann)
    assert all(exchange.ephemeral for exchange in (before, named, between, here, off, again))
    assert "Problem reports are off. Turn them on with `/ops channel`" in before.message.text
    assert "No problems right now" in before.message.text
    assert f"report problems in <#{ops.id}> from now on" in named.message.content
    for what in ("jobs", "stale", "reassigned", "prices", "models", "worse than their backtest", "reports"):
        assert what in named.message.content, "every kind of problem is announced"
    assert f"Problems are reported in <#{ops.id}>." in between.message.text
    assert f"report problems in <#{env.club.general.id}> from now on" in here.message.content
    assert "no longer report problems here" in off.message.content
    assert "already off in this server" in again.message.content


async def test_a_member_may_not_and_the_bots_owner_may(env: BotEnv) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        hidden = await env.ask("/ops channel")
        env.let_everybody_use("ops")
        refused = await env.ask("/ops channel")
        bot.owner_id = env.bob.user.id
        allowed = await env.ask("/ops channel")
        direct = await env.discord.send(env.discord.direct(env.ann), env.ann.user, "/ops status")
    assert hidden.refused
    assert "you need the permission **Manage Server**" in refused.message.content
    assert "from now on" in allowed.message.content
    assert direct.refused


@pytest.mark.parametrize("line", ["/ops status", "/retrain SPY"])
async def test_who_is_not_the_owner_is_told_so_while_discord_tells_nothing_of_the_bot(env: BotEnv, line: str) -> None:
    async with env.discord.running(env.bot()):
        for command in ("ops", "retrain"):
            env.let_everybody_use(command)
        env.discord.faults.append(Fault("GET", r"/(oauth2/)?applications/@me", 403, times=9))
        refused = await env.ask(line)
    assert refused.ephemeral
    assert "you need the permission" in refused.text or "is only for the bot's owner" in refused.text


async def test_a_channel_in_which_the_bot_may_not_post_is_refused(env: BotEnv) -> None:
    ops = ops_room(env.club)
    ops.set_permissions(env.club.bot, embed_links=False)
    async with env.discord.running(env.bot()):
        exchange = await env.ask("/ops channel #ops", env.ann)
    assert f"I need the permission **Embed Links** in <#{ops.id}>" in exchange.message.content


@pytest.mark.slow
async def test_a_failed_job_is_told_once_however_often_it_is_tried(env: BotEnv) -> None:
    ops, bot = ops_room(env.club), env.bot()
    async with env.discord.running(bot):
        await name_channel(env, ops)
        await bot.schedule.run_due()
        assert told(ops) == []
        failing = {"FNGU": ["PricesNotReady", "FNGU: simulated has no prices of 2026-11-20 yet. Try again in an hour."]}
        env.plan_jobs(failing=failing)
        env.clock.at = SATURDAY
        for pause in (timedelta(0), *RETRY_AFTER[:1], timedelta(minutes=1)):
            env.clock.at += pause
            await bot.schedule.run_due()
    (text,) = told(ops)
    assert Texts()("ops.job") in text
    assert "FNGU: simulated has no prices of 2026-11-20 yet" in text
    async with env.discord.running(env.bot()):
        pass
    assert len(told(ops)) == 1, "neither does a restart tell it again"


@pytest.mark.slow
async def test_a_job_that_a_member_asked_for_is_told_too_where_it_breaks(env: BotEnv) -> None:
    ops, bot = ops_room(env.club), env.bot()
    bot.owner_id = env.bob.id
    async with env.discord.running(bot):
        env.let_everybody_use("retrain")
        await name_channel(env, ops)
        await bot.schedule.run_due()
        env.plan_jobs("crash")
        asked = await env.ask("/retrain SPY")
        await env.discord.world.changes.until(lambda: "Training of SPY failed" in asked.text, 30)
        for _ in range(2):
            await bot.schedule.run_due()
        (text,) = told(ops)
        assert "The prices of ARKK cannot be had." in text
        status = await env.ask("/ops status", env.ann)
        assert "The training of SPY did not finish" in status.text

        env.plan_jobs()
        mended = await env.ask("/retrain SPY")
        await env.discord.world.changes.until(lambda: "Trained: SPY" in mended.text, 30)
        assert "No problems right now" in (await env.ask("/ops status", env.ann)).text


@pytest.mark.slow
async def test_what_was_mended_is_told_again_when_it_comes_back(env: BotEnv) -> None:
    ops, bot = ops_room(env.club), env.bot()
    async with env.discord.running(bot):
        await name_channel(env, ops)
        await bot.schedule.run_due()
        for week in range(2):
            env.clock.at = SATURDAY + timedelta(weeks=week)
            env.plan_jobs("crash")
            await bot.schedule.run_due()
            env.plan_jobs()
            env.clock.at += RETRY_AFTER[0]
            await bot.schedule.run_due()
    assert ["The prices of ARKK cannot be had." in text for text in told(ops)] == [True, True]


async def test_stale_prices_are_told_once(env: BotEnv) -> None:
    ops, bot = ops_room(env.club), env.bot()
    env.plan_jobs("crash")
    async with env.discord.running(bot):
        await name_channel(env, ops)
        await bot.schedule.run_due()
        env.clock.at = WEDNESDAY + timedelta(days=2, hours=7)  # Friday evening
        await bot.schedule.run_due()
        await bot.schedule.run_due()
    stale = [text for text in told(ops) if Texts()("ops.stale") in text]
    assert len(stale) == 1
    assert "ARKK: prices end on 2026-11-17, and more than two trading days have passed since." in stale[0]


async def test_securities_that_changed_or_ended_and_prices_left_out_are_told_once(env: BotEnv) -> None:
    engine = open_database(env.database_url)
    store, fngu, sqqq = PriceStore(engine, "simulated"), Symbol("FNGU"), Symbol("SQQQ")
    rows = pd.DataFrame({"adjusted": [24.0], "close": [24.0]}, index=pd.DatetimeIndex(["2025-02-20"]))
    store.take_in(fngu, Fetched(NOTE_2018, rows), WEDNESDAY - timedelta(days=30))
    store.take_in(fngu, Fetched(NOTE_2025, rows), WEDNESDAY)
    store.take_in(sqqq, Fetched(NOTE_2018, rows), WEDNESDAY - timedelta(days=30))
    store.mark_unknown(sqqq, WEDNESDAY)
    ops, bot = ops_room(env.club), env.bot()
    async with env.discord.running(bot):
        spike = Finding(Symbol("SPY"), date(2026, 11, 16), "spike", "quarantined", {"close": 6712.3, "ratio": 10.0})
        PriceFaults(engine).keep("simulated", Symbol("SPY"), [spike], date(2026, 11, 17), WEDNESDAY)
        await name_channel(env, ops)
        await bot.schedule.run_due()
        await bot.schedule.run_due()
        status = await env.ask("/status")
    engine.dispose()
    (text,) = told(ops)
    for words in (
        "FNGU has meant a different security since 2026-11-18: MicroSectors FANG+ 3X (2025) (EQUITY, first traded "
        "2025-02-20), previously MicroSectors FANG+ 3X (2018) (EQUITY, first traded 2018-01-22). Forecasts of the "
        "previous one have stopped",
        "etf-forecast retrain FNGU",
        "SQQQ (MicroSectors FANG+ 3X (2018)) has been unknown to its source since 2026-11-18",
        "SPY 2026-11-16: spike (close 6712.3, ratio 10)",
    ):
        assert words in text
    assert "FNGU has meant a different security since 2026-11-18" in status.message.text
    assert "SQQQ" in status.message.text


async def test_a_report_that_cannot_be_posted_is_told_to_that_server_alone(env: BotEnv) -> None:
    library = env.discord.add_guild("Library")
    librarian = library.add_member("lib", manage_guild=True)
    club_ops, library_ops, bot = ops_room(env.club), ops_room(library), env.bot()
    async with env.discord.running(bot):
        await name_channel(env, club_ops)
        await env.ask("/ops channel #ops", librarian, library)
        await env.ask("/report here", env.ann)
        await bot.schedule.run_due()
        env.club.general.set_permissions(env.club.bot, send_messages=False)
        env.discord.faults.append(
            Fault("POST", rf"/channels/{env.club.general.id}/messages", 403, 50013, "Missing Permissions")
        )
        env.clock.at = SATURDAY + timedelta(hours=3)
        await bot.schedule.run_due()
        await bot.schedule.run_due()
    (text,) = told(club_ops)
    assert f"Reports cannot be posted in <#{env.club.general.id}>: I'm not allowed to post there." in text
    assert told(library_ops) == []


async def test_a_channel_that_forbids_is_not_tried_again_until_it_is_named_again(env: BotEnv) -> None:
    ops, bot = ops_room(env.club), env.bot()
    async with env.discord.running(bot):
        await name_channel(env, ops)
        await bot.schedule.run_due()
        env.discord.faults.append(Fault("POST", rf"/channels/{ops.id}/messages", 403, 50013, "Missing Permissions"))
        env.plan_jobs("crash")
        env.clock.at = SATURDAY
        await bot.schedule.run_due()
        tries = sum(request.path.endswith(f"/channels/{ops.id}/messages") for request in env.discord.requests)
        await bot.schedule.run_due()
        status = await env.ask("/ops status", env.ann)
        assert sum(r.path.endswith(f"/channels/{ops.id}/messages") for r in env.discord.requests) == tries == 1
        env.discord.faults.clear()
        await name_channel(env, ops)
        await bot.schedule.run_due()
    assert "doesn't let me post there, so I stopped trying" in status.message.text
    assert "Current problems" in status.message.text
    assert len(told(ops)) == 1


@pytest.mark.slow
@pytest.mark.parametrize("fault", [Fault("", "", 500), Fault("", "", 504, is_accepted=True), Fault("", "", 400)])
async def test_a_channel_that_fails_gets_few_requests_in_a_week_and_nothing_twice(env: BotEnv, fault: Fault) -> None:
    ops, bot = ops_room(env.club), env.bot()
    async with env.discord.running(bot):
        await name_channel(env, ops)
        await bot.schedule.run_due()
        fault = replace(fault, method="POST", path=rf"/channels/{ops.id}/messages", times=10_000)
        env.discord.faults.append(fault)
        env.plan_jobs("crash")
        env.clock.at = SATURDAY
        for _ in range(7 * 24):
            await bot.schedule.run_due()
            env.clock.at += timedelta(hours=1)
    assert sum(request.path.endswith(f"/channels/{ops.id}/messages") for request in env.discord.requests) <= 5
    texts = told(ops)
    assert len(texts) == len(set(texts))


PROBLEMS = [Problem("stale", "SPY: old", "SPY"), Problem("prices", "SPY: wrong", "SPY")]


@pytest.fixture
def channels(tmp_path: Path) -> OpsChannels:
    engine = open_file(tmp_path / "ops.db")
    channels = OpsChannels(engine)
    channels.set(1, 42, WEDNESDAY)
    return channels


def begin(channels: OpsChannels, problems: list[Problem], after: timedelta = timedelta(0)) -> Batch | None:
    return channels.begin(1, problems, WEDNESDAY + after)


def test_a_post_cut_off_by_a_crash_is_repeated_under_its_nonce_while_discord_knows_that(channels: OpsChannels) -> None:
    first = begin(channels, PROBLEMS[:1])
    again = begin(channels, PROBLEMS, NONCE_WINDOW)
    assert first is not None
    assert again == replace(first, repeats=True), "what is new since waits for the next post"
    channels.end(1, again, Outcome("sent"))
    rest = begin(channels, PROBLEMS, NONCE_WINDOW)
    assert rest is not None
    assert rest.problems == (PROBLEMS[1],)
    assert rest.nonce != first.nonce


def test_much_later_than_the_crash_it_is_looked_for_first(channels: OpsChannels) -> None:
    first = begin(channels, PROBLEMS)
    again = begin(channels, PROBLEMS, 2 * NONCE_WINDOW)
    assert first is not None
    assert again == replace(first, unsure=WEDNESDAY)


@pytest.mark.parametrize("state", ["failed", "unknown"])
def test_what_did_not_arrive_waits_and_is_repeated_as_it_was(
    channels: OpsChannels, state: Literal["failed", "unknown"]
) -> None:
    batch = begin(channels, PROBLEMS[:1])
    assert batch is not None
    channels.end(1, batch, Outcome(state))
    assert begin(channels, PROBLEMS, RETRY_AFTER[0] - timedelta(seconds=1)) is None
    again = begin(channels, PROBLEMS, RETRY_AFTER[0])
    assert again == replace(batch, unsure=WEDNESDAY if state == "unknown" else None)


def test_what_may_have_arrived_and_cannot_be_looked_for_is_not_repeated(channels: OpsChannels) -> None:
    batch = begin(channels, PROBLEMS)
    assert batch is not None
    channels.end(1, batch, Outcome("lost"))
    assert begin(channels, PROBLEMS, timedelta(days=1)) is None


def test_a_failure_with_other_numbers_is_the_same_one_until_the_next_week() -> None:
    def key(sentence: str, days: int) -> str:
        (problem,) = job_problems([JobFailure(SATURDAY + timedelta(days=days), sentence)])
        return problem.key

    assert key("SPY: no prices of 2026-11-20", 0) == key("SPY: no prices of 2026-11-21", 1)
    assert key("SPY: no prices of 2026-11-20", 0) != key("SPY: no prices of 2026-11-20", 7)
    assert key("SPY: no prices", 0) != key("QQQ: no prices", 0)


def test_hundreds_of_troubles_fit() -> None:
    problems = [Problem(kind, "A long sentence. " * 100, str(n)) for kind in KINDS for n in range(300)]
    assert_within_limits(problems_embed(Texts(), problems))
    embed = ops_problems(Texts(), problems)
    embed.description = ops_place(Texts(), OpsChannel(1, 42, "forbidden"))
    assert_within_limits(embed)
    values = [field.value or "" for field in problems_embed(Texts(), problems).fields]
    assert all("A long sentence." in value and "more" in value for value in values)
