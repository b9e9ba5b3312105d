"""The weekly work through the stand-in: once per week and server, whatever happens in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update

from bot.cogs.privacy.departures import Departures
from bot.cogs.report.subscriptions import Subscriptions
from bot.schedule.decision import RETRY_AFTER
from bot.schedule.records import RunRecords
from bot.storage.schema import StoredDelivery
from forecasting import open_database
from standin import Fault, Guild
from tests.support.bot_env import REPORT_TIME, SATURDAY, UNIVERSE, WEDNESDAY, BotEnv, bot_env, posts
from tests.support.reports import PNG, publish, young_report

RETRAIN = ("retrain", UNIVERSE, "2026-11-20")
MINUTE = timedelta(minutes=1)
MONDAY_EVENING = SATURDAY + timedelta(days=2, hours=10)  # 18:00 in New York: the refresh is due


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch) as env:
        yield env


async def subscribe(env: BotEnv, *guilds: Guild) -> None:
    for guild in guilds:
        admin = guild.add_member("admin", manage_guild=True)
        assert (await env.ask("/report here", admin, guild)).message


async def a_started_week(env: BotEnv, *guilds: Guild) -> None:
    """The bot has run since Wednesday, has every forecast, and these servers have asked for the report."""
    env.publish()
    async with env.discord.running(env.bot()):
        await subscribe(env, *guilds)


def as_if_killed_before_the_mark(env: BotEnv) -> None:
    engine = open_database(env.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE deliveries SET state = 'sending', message_id = NULL"))
    engine.dispose()


async def look(env: BotEnv, **settings: str) -> None:
    """Start the bot, let it do what is due, and stop it."""
    bot = env.bot(**settings)
    async with env.discord.running(bot):
        await bot.schedule.run_due()


async def test_it_retrains_and_posts_one_report_to_each_server_that_asked(env: BotEnv) -> None:
    env.publish()
    library, silent = env.discord.add_guild("Library"), env.discord.add_guild("Silent")
    bot = env.bot()
    async with env.discord.running(bot):
        await subscribe(env, env.club, library)
        await bot.schedule.run_due()
        assert env.jobs() == []

        env.clock.at = REPORT_TIME
        await bot.schedule.run_due()
        await bot.schedule.run_due()

        assert env.jobs() == [RETRAIN]
        for guild in (env.club, library):
            (message,) = posts(guild)
            (embed,), (file,) = message.embeds, message.files
            assert all(f"**{symbol}** $51.20" in embed["description"] for symbol in UNIVERSE)
            assert "6% better than assuming no change" in embed["description"]
            assert "not new" not in embed["description"].casefold()
            assert "simulated prices" in embed["footer"]["text"]
            assert file.content.startswith(PNG)
            assert "ARKK: +6.0%, −9.5% to +21.5%." in (file.description or "")
            row, _ = message.components
            assert [option["value"] for option in row["components"][0]["options"]] == list(UNIVERSE)
        assert posts(silent) == []

    await look(env)
    assert env.jobs() == [RETRAIN]
    assert [len(posts(guild)) for guild in (env.club, library, silent)] == [1, 1, 0]


@pytest.mark.slow
async def test_text_alt_text_and_picture_cover_every_etf_that_has_a_forecast(env: BotEnv) -> None:
    await a_started_week(env, env.club)
    env.publish(("TLT",))
    publish(env.database_url, [young_report()])
    env.clock.at = REPORT_TIME
    await look(env)
    (message,) = posts(env.club)
    text, alt_text = message.embeds[0]["description"], message.files[0].description or ""
    for symbol in (*UNIVERSE, "TLT", "YNG"):
        assert f"**{symbol}** $51.20" in text
        assert f"{symbol}: " in alt_text
    assert "Markets are closed today" in text, "it is a Saturday"
    assert "too young for a backtest of its own" in text


@pytest.mark.slow
async def test_after_a_saturday_without_the_host_one_start_makes_up_for_it_once(env: BotEnv) -> None:
    await a_started_week(env, env.club)
    env.clock.at = REPORT_TIME + timedelta(days=1, hours=5)
    async with env.discord.running(env.bot()):  # nobody calls run_due: the start does
        await env.discord.world.changes.until(lambda: len(posts(env.club)) == 1, 30)
    await look(env)
    assert env.jobs() == [RETRAIN]
    assert len(posts(env.club)) == 1


@pytest.mark.slow
async def test_the_next_week_brings_the_next_report(env: BotEnv) -> None:
    await a_started_week(env, env.club)
    for week in range(3):
        env.clock.at = REPORT_TIME + timedelta(weeks=week)
        await look(env)
    assert len(posts(env.club)) == 3


@pytest.mark.slow
async def test_a_server_that_asks_after_the_due_time_waits_for_the_next_week(env: BotEnv) -> None:
    await a_started_week(env)
    env.clock.at = REPORT_TIME + MINUTE
    bot = env.bot()
    async with env.discord.running(bot):
        await subscribe(env, env.club)
        await bot.schedule.run_due()
        assert posts(env.club) == []
        env.clock.at += timedelta(weeks=1)
        await bot.schedule.run_due()
    assert len(posts(env.club)) == 1


@pytest.mark.slow
async def test_a_failed_training_is_tried_again_and_then_reported_as_not_new(env: BotEnv) -> None:
    await a_started_week(env, env.club)
    env.plan_jobs("crash")
    env.clock.at = REPORT_TIME
    bot = env.bot()
    async with env.discord.running(bot):
        await bot.schedule.run_due()
        for pause in RETRY_AFTER:
            assert posts(env.club) == []
            env.clock.at += pause
            await bot.schedule.run_due()
        env.clock.at += timedelta(hours=9)
        await bot.schedule.run_due()
    assert [job for job in env.jobs() if job[0] == "retrain"] == [RETRAIN] * (1 + len(RETRY_AFTER))
    (message,) = posts(env.club)
    assert "**Not new:** this week's training failed" in message.text


@pytest.mark.slow
async def test_only_the_symbols_that_failed_are_trained_again(env: BotEnv) -> None:
    await a_started_week(env, env.club)
    env.plan_jobs(failing={"SPY": ["PricesNotReady", "Not there yet."]})
    env.clock.at = REPORT_TIME
    bot = env.bot()
    async with env.discord.running(bot):
        await bot.schedule.run_due()
        env.plan_jobs()
        env.clock.at += RETRY_AFTER[0]
        await bot.schedule.run_due()
    assert [job for job in env.jobs() if job[0] == "retrain"] == [RETRAIN, ("retrain", ("SPY",), "2026-11-20")]
    assert "not new" not in posts(env.club)[0].text.casefold()


@pytest.mark.slow
async def test_a_symbol_that_cannot_be_helped_delays_nobody(env: BotEnv) -> None:
    await a_started_week(env, env.club)
    env.plan_jobs(failing={"FNGU": ["UnknownSymbol", "No ETF is known by that name."]})
    env.clock.at = REPORT_TIME
    await look(env)
    (message,) = posts(env.club)
    assert "failed for FNGU, so an older model is used" in message.text


@pytest.mark.slow
@pytest.mark.parametrize("arrived", [True, False])
async def test_a_crash_between_the_two_marks_leads_to_no_second_post(env: BotEnv, arrived: bool) -> None:
    await a_started_week(env, env.club)
    env.clock.at = REPORT_TIME
    if arrived:
        await look(env)
    else:  # the bot stops before Discord has it
        env.discord.faults.append(Fault("POST", r"/channels/\d+/messages", 400))
        await look(env)
    as_if_killed_before_the_mark(env)

    env.clock.at += MINUTE
    await look(env)
    assert len(posts(env.club)) == 1


async def test_a_repeat_that_fails_leaves_the_first_post_in_doubt(env: BotEnv) -> None:
    """The post arrived before a crash; its repeat met a fault. A later attempt must look before it posts."""
    await a_started_week(env, env.club)
    env.clock.at = REPORT_TIME
    await look(env)
    as_if_killed_before_the_mark(env)

    env.clock.at += MINUTE
    env.discord.faults.append(Fault("POST", r"/channels/\d+/messages", 400))
    await look(env)
    assert env.discord.faults[-1].times == 0, "the repeat met it"

    env.clock.at += timedelta(days=2)
    await look(env)
    assert len(posts(env.club)) == 1


@pytest.mark.slow
@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(hours=5)])
async def test_much_later_than_the_crash_nothing_is_posted_blindly(env: BotEnv, ahead: timedelta) -> None:
    """Also if the machine's clock was ahead of Discord's when it noted the attempt."""
    await a_started_week(env, env.club)
    env.clock.at = REPORT_TIME
    await look(env)
    engine = open_database(env.database_url)
    with engine.begin() as connection:
        lost = update(StoredDelivery).values(state="sending", message_id=None, tried_at=REPORT_TIME + ahead)
        connection.execute(lost)
    engine.dispose()
    env.clock.at += ahead + timedelta(hours=1)
    await look(env)
    assert len(posts(env.club)) == 1


@pytest.mark.slow
async def test_a_channel_that_is_gone_or_forbidden_keeps_no_other_server_from_its_report(env: BotEnv) -> None:
    library, school = env.discord.add_guild("Library"), env.discord.add_guild("School")
    await a_started_week(env, env.club, library, school)
    env.club.remove_channel(env.club.general)
    env.monkeypatch.setattr(Guild, "general", property(lambda guild: next(iter(guild.channels.values()))))
    library.general.set_permissions(library.bot, send_messages=False)
    env.clock.at = REPORT_TIME
    await look(env)
    asked = len([r for r in env.discord.requests if r.method == "POST" and r.path.endswith("/messages")])
    env.clock.at += timedelta(weeks=1)
    await look(env)
    again = [r for r in env.discord.requests if r.method == "POST" and r.path.endswith("/messages")][asked:]
    assert len(posts(school)) == 2
    assert posts(library) == []
    assert len(again) == 1, "a channel that refused is not tried again"
    engine = open_database(env.database_url)
    problems = {to.server_id: to.problem for to in Subscriptions(engine).all()}
    engine.dispose()
    assert problems == {env.club.id: "gone", library.id: "forbidden", school.id: None}


async def test_a_server_that_threw_the_bot_out_gets_nothing_and_keeps_its_settings_for_a_return(env: BotEnv) -> None:
    library = env.discord.add_guild("Library")
    await a_started_week(env, env.club, library)
    bot = env.bot()
    async with env.discord.running(bot):
        await asyncio.to_thread(Departures(bot.engine).catch_up, frozenset({env.club.id}), WEDNESDAY)
        env.clock.at = REPORT_TIME
        assert [s.server_id for s in Subscriptions(bot.engine).all()] == [env.club.id]
        Departures(bot.engine).come_back(library.id)
        assert {s.server_id for s in Subscriptions(bot.engine).all()} == {env.club.id, library.id}


@pytest.mark.slow
async def test_the_first_start_trains_what_is_missing_at_once_and_owes_no_past_week(env: BotEnv) -> None:
    env.publish(("ARKK",))
    env.clock.at = REPORT_TIME + timedelta(hours=1)
    await look(env)
    await look(env)
    assert env.jobs() == [("retrain", ("SPY", "FNGU"), "2026-11-20")]


@pytest.mark.slow
async def test_a_job_that_the_bots_end_cut_short_is_taken_up_by_the_next_start(env: BotEnv) -> None:
    env.plan_jobs("hang")
    bot = env.bot()
    async with env.discord.running(bot):
        await env.job_reaches(bot, "fit")
    engine = open_database(env.database_url)
    ((_, run),) = RunRecords(engine, "simulated").newest_first()
    engine.dispose()
    assert (run.state, run.attempts) == ("running", 0), "an end that is no fault of the job counts as no attempt"
    env.plan_jobs()
    await look(env)
    assert env.jobs() == [("retrain", UNIVERSE, "2026-11-17")] * 2


@pytest.mark.slow
async def test_the_refresh_follows_the_session(env: BotEnv) -> None:
    await a_started_week(env)
    env.clock.at = WEDNESDAY + timedelta(hours=8)  # 18:00 in New York
    await look(env)
    await look(env)
    assert env.jobs() == [("refresh", UNIVERSE, "2026-11-18")]


@pytest.mark.slow
async def test_a_step_that_breaks_waits_and_keeps_no_other_from_being_done(
    env: BotEnv, caplog: pytest.LogCaptureFixture
) -> None:
    await a_started_week(env, env.club)
    publish(env.database_url, [young_report()])
    bot = env.bot()
    async with env.discord.running(bot):
        env.break_reports()  # the retrain replaces those of the universe, and the report meets the other one
        env.clock.at = REPORT_TIME
        await bot.schedule.run_due()
        env.clock.at = MONDAY_EVENING
        await bot.schedule.run_due()
        await bot.schedule.run_due()
        assert env.jobs() == [RETRAIN, ("refresh", UNIVERSE, "2026-11-23")]
        assert caplog.text.count("Unexpected error in a scheduled step: reports (1 to post)") == 2
        assert "Traceback" in caplog.text
        assert "Posting reports failed unexpectedly, attempt 2 of 4" in (await bot.schedule.problem() or "")

        env.publish()
        publish(env.database_url, [young_report()], now=env.clock.at)
        await bot.schedule.run_due()
        assert posts(env.club) == [], "the back-off is not over"
        env.clock.at += RETRY_AFTER[1]
        await bot.schedule.run_due()
        assert len(posts(env.club)) == 1
        assert await bot.schedule.problem() is None


async def test_a_job_that_cannot_even_be_started_is_tried_so_often_and_shown_by_status(env: BotEnv) -> None:
    await a_started_week(env, env.club)
    env.clock.at = REPORT_TIME
    bot = env.bot(job_command=(str(env.folder / "no such program"),))
    async with env.discord.running(bot):
        await bot.schedule.run_due()
        await bot.schedule.run_due()
        status = (await env.ask("/status")).message.text
        for words in (
            "The weekly training failed unexpectedly, attempt 1 of 4",
            "The refresh failed unexpectedly, attempt 1 of 4",
        ):
            assert words in status
        for pause in RETRY_AFTER:
            assert posts(env.club) == []
            env.clock.at += pause
            await bot.schedule.run_due()
        assert "**Not new:** this week's training failed" in posts(env.club)[0].text
        assert "The weekly training failed unexpectedly, attempt 4 of 4" in (await bot.schedule.problem() or "")


@pytest.mark.slow
async def test_a_delivery_that_breaks_keeps_no_other_server_from_its_report(env: BotEnv) -> None:
    library, school = env.discord.add_guild("Library"), env.discord.add_guild("School")
    await a_started_week(env, env.club, library, school)
    # A 200 that holds no message: discord.py raises what no client can expect.
    env.discord.faults.append(Fault("POST", rf"/channels/{env.club.general.id}/messages", 200))
    env.clock.at = REPORT_TIME
    bot = env.bot()
    async with env.discord.running(bot):
        await bot.schedule.run_due()
        await bot.schedule.run_due()
        assert [len(posts(guild)) for guild in (env.club, library, school)] == [0, 1, 1]
        assert await bot.schedule.problem() is None, "it is that server's own"
        env.clock.at += RETRY_AFTER[0]
        await bot.schedule.run_due()
    assert [len(posts(guild)) for guild in (env.club, library, school)] == [1, 1, 1]


@pytest.mark.slow
async def test_of_two_bots_on_one_database_one_owns_the_schedule(
    env: BotEnv, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await a_started_week(env, env.club)
    engine = open_database(env.database_url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE leases SET token = 'other', host = 'elsewhere', heartbeat_at = '2026-11-21 13:59:30' "
                "WHERE name = 'schedule'"
            )
        )
    engine.dispose()
    env.clock.at = REPORT_TIME
    bot = env.bot()
    async with env.discord.running(bot):
        await bot.schedule.run_due()
        assert env.jobs() == []
        env.clock.at += timedelta(minutes=5)  # the other one's heart has stopped
        await bot.schedule.run_due()
    assert env.jobs() == [RETRAIN]
    assert len(posts(env.club)) == 1
