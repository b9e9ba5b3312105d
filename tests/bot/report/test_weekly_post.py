"""The weekly work through the stand-in: once per week and server, whatever happens in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.schedule.decision import BACKOFF
from bot.schedule.records import RunRecords
from forecasting import open_database
from standin import Fault, Guild
from tests.support.reports import PNG, publish, young_report
from tests.support.town import REPORT_TIME, SATURDAY, UNIVERSE, WEDNESDAY, Town, posts, small_town

RETRAIN = ("retrain", UNIVERSE, "2026-11-20")
MINUTE = timedelta(minutes=1)
MONDAY_EVENING = SATURDAY + timedelta(days=2, hours=10)  # 18:00 in New York: the refresh is due


@pytest.fixture
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    async with small_town(tmp_path, monkeypatch) as town:
        yield town


async def subscribe(town: Town, *guilds: Guild) -> None:
    for guild in guilds:
        admin = guild.add_member("admin", manage_guild=True)
        assert (await town.ask("/report here", admin, guild)).message


async def a_started_week(town: Town, *guilds: Guild) -> None:
    """The bot has run since Wednesday, has every forecast, and these servers have asked for the report."""
    town.publish()
    async with town.discord.running(town.bot()):
        await subscribe(town, *guilds)


async def look(town: Town, **settings: str) -> None:
    """Start the bot, let it do what is due, and stop it."""
    bot = town.bot(**settings)
    async with town.discord.running(bot):
        await bot.schedule.run_due()


async def test_it_retrains_and_posts_one_report_to_each_server_that_asked(town: Town) -> None:
    town.publish()
    library, silent = town.discord.add_guild("Library"), town.discord.add_guild("Silent")
    bot = town.bot()
    async with town.discord.running(bot):
        await subscribe(town, town.club, library)
        await bot.schedule.run_due()
        assert town.jobs() == []

        town.clock.at = REPORT_TIME
        await bot.schedule.run_due()
        await bot.schedule.run_due()

        assert town.jobs() == [RETRAIN]
        for guild in (town.club, library):
            (message,) = posts(guild)
            (embed,), (file,) = message.embeds, message.files
            assert all(f"**{symbol}** $51.20" in embed["description"] for symbol in UNIVERSE)
            assert "6 % better than no change" in embed["description"]
            assert "not new" not in embed["description"].casefold()
            assert "simulated prices" in embed["footer"]["text"]
            assert file.content.startswith(PNG)
            assert "ARKK: +6.0 %, −9.5 % to +21.5 %." in (file.description or "")
            row, _ = message.components
            assert [option["value"] for option in row["components"][0]["options"]] == list(UNIVERSE)
        assert posts(silent) == []

    await look(town)
    assert town.jobs() == [RETRAIN]
    assert [len(posts(guild)) for guild in (town.club, library, silent)] == [1, 1, 0]


async def test_text_alt_text_and_picture_cover_every_etf_that_has_a_forecast(town: Town) -> None:
    await a_started_week(town, town.club)
    town.publish(("TLT",))
    publish(town.database_url, [young_report()])
    town.clock.at = REPORT_TIME
    await look(town)
    (message,) = posts(town.club)
    text, alt_text = message.embeds[0]["description"], message.files[0].description or ""
    for symbol in (*UNIVERSE, "TLT", "YNG"):
        assert f"**{symbol}** $51.20" in text
        assert f"{symbol}: " in alt_text
    assert "No session today" in text, "it is a Saturday"
    assert "too young for a backtest of its own" in text


async def test_after_a_saturday_without_the_host_one_start_makes_up_for_it_once(town: Town) -> None:
    await a_started_week(town, town.club)
    town.clock.at = REPORT_TIME + timedelta(days=1, hours=5)
    async with town.discord.running(town.bot()):  # nobody calls run_due: the start does
        await town.discord.world.changes.until(lambda: len(posts(town.club)) == 1, 30)
    await look(town)
    assert town.jobs() == [RETRAIN]
    assert len(posts(town.club)) == 1


async def test_the_next_week_brings_the_next_report(town: Town) -> None:
    await a_started_week(town, town.club)
    for week in range(3):
        town.clock.at = REPORT_TIME + timedelta(weeks=week)
        await look(town)
    assert len(posts(town.club)) == 3


async def test_a_server_that_asks_after_the_due_time_waits_for_the_next_week(town: Town) -> None:
    await a_started_week(town)
    town.clock.at = REPORT_TIME + MINUTE
    bot = town.bot()
    async with town.discord.running(bot):
        await subscribe(town, town.club)
        await bot.schedule.run_due()
        assert posts(town.club) == []
        town.clock.at += timedelta(weeks=1)
        await bot.schedule.run_due()
    assert len(posts(town.club)) == 1


async def test_a_failed_training_is_tried_again_and_then_reported_as_not_new(town: Town) -> None:
    await a_started_week(town, town.club)
    town.plan_jobs("crash")
    town.clock.at = REPORT_TIME
    bot = town.bot()
    async with town.discord.running(bot):
        await bot.schedule.run_due()
        for pause in BACKOFF:
            assert posts(town.club) == []
            town.clock.at += pause
            await bot.schedule.run_due()
        town.clock.at += timedelta(hours=9)
        await bot.schedule.run_due()
    assert [job for job in town.jobs() if job[0] == "retrain"] == [RETRAIN] * (1 + len(BACKOFF))
    (message,) = posts(town.club)
    assert "**Not new:** this week's training failed" in message.text


async def test_only_the_symbols_that_failed_are_trained_again(town: Town) -> None:
    await a_started_week(town, town.club)
    town.plan_jobs(failing={"SPY": ["PricesNotReady", "Not there yet."]})
    town.clock.at = REPORT_TIME
    bot = town.bot()
    async with town.discord.running(bot):
        await bot.schedule.run_due()
        town.plan_jobs()
        town.clock.at += BACKOFF[0]
        await bot.schedule.run_due()
    assert [job for job in town.jobs() if job[0] == "retrain"] == [RETRAIN, ("retrain", ("SPY",), "2026-11-20")]
    assert "not new" not in posts(town.club)[0].text.casefold()


async def test_a_symbol_that_cannot_be_helped_delays_nobody(town: Town) -> None:
    await a_started_week(town, town.club)
    town.plan_jobs(failing={"FNGU": ["UnknownSymbol", "No ETF is known by that name."]})
    town.clock.at = REPORT_TIME
    await look(town)
    (message,) = posts(town.club)
    assert "FNGU: the forecast is from the model of an earlier week" in message.text


@pytest.mark.parametrize("arrived", [True, False])
async def test_a_crash_between_the_two_marks_leads_to_no_second_post(town: Town, arrived: bool) -> None:
    await a_started_week(town, town.club)
    town.clock.at = REPORT_TIME
    if arrived:
        await look(town)
    else:  # the bot stops before Discord has it
        town.discord.faults.append(Fault("POST", r"/channels/\d+/messages", 400))
        await look(town)
    engine = open_database(town.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE deliveries SET state = 'sending', message_id = NULL"))
    engine.dispose()

    town.clock.at += MINUTE
    await look(town)
    assert len(posts(town.club)) == 1


async def test_much_later_than_the_crash_nothing_is_posted_blindly(town: Town) -> None:
    await a_started_week(town, town.club)
    town.clock.at = REPORT_TIME
    await look(town)
    engine = open_database(town.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE deliveries SET state = 'sending', message_id = NULL"))
    engine.dispose()
    town.clock.at += timedelta(hours=1)
    await look(town)
    assert len(posts(town.club)) == 1


async def test_a_channel_that_is_gone_or_forbidden_keeps_no_other_server_from_its_report(town: Town) -> None:
    library, school = town.discord.add_guild("Library"), town.discord.add_guild("School")
    await a_started_week(town, town.club, library, school)
    town.club.remove_channel(town.club.general)
    town.monkeypatch.setattr(Guild, "general", property(lambda guild: next(iter(guild.channels.values()))))
    library.general.set_permissions(library.bot, send_messages=False)
    town.clock.at = REPORT_TIME
    await look(town)
    asked = len([r for r in town.discord.requests if r.method == "POST" and r.path.endswith("/messages")])
    town.clock.at += timedelta(weeks=1)
    await look(town)
    again = [r for r in town.discord.requests if r.method == "POST" and r.path.endswith("/messages")][asked:]
    assert len(posts(school)) == 2
    assert posts(library) == []
    assert len(again) == 1, "a channel that refused is not tried again"


async def test_a_server_that_threw_the_bot_out_gets_nothing_and_keeps_its_settings_for_a_return(town: Town) -> None:
    library = town.discord.add_guild("Library")
    await a_started_week(town, town.club, library)
    bot = town.bot()
    async with town.discord.running(bot):
        await asyncio.to_thread(bot.servers.present, frozenset({town.club.id}), WEDNESDAY)
        town.clock.at = REPORT_TIME
        assert [s.server_id for s in bot.servers.subscriptions()] == [town.club.id]
        bot.servers.come_back(library.id)
        assert {s.server_id for s in bot.servers.subscriptions()} == {town.club.id, library.id}


async def test_the_first_start_trains_what_is_missing_at_once_and_owes_no_past_week(town: Town) -> None:
    town.publish(("ARKK",))
    town.clock.at = REPORT_TIME + timedelta(hours=1)
    await look(town)
    await look(town)
    assert town.jobs() == [("retrain", ("SPY", "FNGU"), "2026-11-20")]


async def test_a_job_that_the_bots_end_cut_short_is_taken_up_by_the_next_start(town: Town) -> None:
    town.plan_jobs("hang")
    bot = town.bot()
    async with town.discord.running(bot):
        await town.job_reaches(bot, "fit")
    engine = open_database(town.database_url)
    (run,) = RunRecords(engine, "simulated").newest().values()
    engine.dispose()
    assert (run.state, run.attempts) == ("running", 0), "an end that is no fault of the job counts as no attempt"
    town.plan_jobs()
    await look(town)
    assert town.jobs() == [("retrain", UNIVERSE, "2026-11-17")] * 2


async def test_the_refresh_follows_the_session(town: Town) -> None:
    await a_started_week(town)
    town.clock.at = WEDNESDAY + timedelta(hours=8)  # 18:00 in New York
    await look(town)
    await look(town)
    assert town.jobs() == [("refresh", UNIVERSE, "2026-11-18")]


async def test_a_step_that_breaks_waits_and_keeps_no_other_from_being_done(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    await a_started_week(town, town.club)
    publish(town.database_url, [young_report()])
    bot = town.bot()
    async with town.discord.running(bot):
        town.break_reports()  # the retrain replaces those of the universe, and the report meets the other one
        town.clock.at = REPORT_TIME
        await bot.schedule.run_due()
        town.clock.at = MONDAY_EVENING
        await bot.schedule.run_due()
        await bot.schedule.run_due()
        assert town.jobs() == [RETRAIN, ("refresh", UNIVERSE, "2026-11-23")]
        assert caplog.text.count("nobody foresaw: PostReports") == 2
        assert "Traceback" in caplog.text
        assert "posting of the weekly report broke at attempt 2 of 4" in (await bot.schedule.problem() or "")

        town.publish()
        publish(town.database_url, [young_report()], now=town.clock.at)
        await bot.schedule.run_due()
        assert posts(town.club) == [], "the back-off is not over"
        town.clock.at += BACKOFF[1]
        await bot.schedule.run_due()
        assert len(posts(town.club)) == 1
        assert await bot.schedule.problem() is None


async def test_a_job_that_cannot_even_be_started_is_tried_so_often_and_shown_by_status(town: Town) -> None:
    await a_started_week(town, town.club)
    town.clock.at = REPORT_TIME
    bot = town.bot(job_command=(str(town.folder / "no such program"),))
    async with town.discord.running(bot):
        await bot.schedule.run_due()
        await bot.schedule.run_due()
        status = (await town.ask("/status")).message.text
        for words in ("The weekly training broke at attempt 1 of 4", "The refresh broke at attempt 1 of 4"):
            assert words in status
        for pause in BACKOFF:
            assert posts(town.club) == []
            town.clock.at += pause
            await bot.schedule.run_due()
        assert "**Not new:** this week's training failed" in posts(town.club)[0].text
        assert "The weekly training broke at attempt 4 of 4" in (await bot.schedule.problem() or "")


async def test_a_delivery_that_breaks_keeps_no_other_server_from_its_report(town: Town) -> None:
    library, school = town.discord.add_guild("Library"), town.discord.add_guild("School")
    await a_started_week(town, town.club, library, school)
    # A 200 that holds no message: discord.py raises what no client can expect.
    town.discord.faults.append(Fault("POST", rf"/channels/{town.club.general.id}/messages", 200))
    town.clock.at = REPORT_TIME
    bot = town.bot()
    async with town.discord.running(bot):
        await bot.schedule.run_due()
        await bot.schedule.run_due()
        assert [len(posts(guild)) for guild in (town.club, library, school)] == [0, 1, 1]
        assert "weekly report broke at attempt 1" in (await bot.schedule.problem() or "")
        town.clock.at += BACKOFF[0]
        await bot.schedule.run_due()
        assert await bot.schedule.problem() is None
    assert [len(posts(guild)) for guild in (town.club, library, school)] == [1, 1, 1]


async def test_of_two_bots_on_one_database_one_owns_the_schedule(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await a_started_week(town, town.club)
    engine = open_database(town.database_url)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE schedule_owner SET token = 'other', host = 'elsewhere', heartbeat_at = '2026-11-21 13:59:00'")
        )
    engine.dispose()
    town.clock.at = REPORT_TIME
    bot = town.bot()
    async with town.discord.running(bot):
        await bot.schedule.run_due()
        assert town.jobs() == []
        town.clock.at += timedelta(minutes=5)  # the other one's heart has stopped
        await bot.schedule.run_due()
    assert town.jobs() == [RETRAIN]
    assert len(posts(town.club)) == 1
