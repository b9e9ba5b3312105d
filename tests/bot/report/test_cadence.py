"""Daily, weekly and monthly reports of one server, in channels, forums and announcement channels."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.cogs.report.subscriptions import Subscriptions
from bot.delivery import RETRY_AFTER, outbox
from standin import Channel, Fault
from standin.content import CROSSPOSTED
from standin.model import ANNOUNCEMENTS, FORUM
from tests.support.bot_env import REPORT_TIME, WEDNESDAY, BotEnv, posts

DAILY = "/report set #general day:all time:18:30 timezone:America/New_York"
WEDNESDAY_EVENING = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)  # 18:30 in New York
THURSDAY = WEDNESDAY + timedelta(days=1)


async def told(env: BotEnv, line: str) -> str:
    return (await env.ask(line, env.ann)).text


def begun(env: BotEnv, forum: Channel) -> list[Channel]:
    return [thread for thread in env.club.threads.values() if thread.parent is forum]


async def test_a_daily_report_follows_the_refresh_of_each_session_and_is_short(env: BotEnv) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        answer = await told(env, DAILY)
        assert f"the daily report is posted in <#{env.club.general.id}> after every trading day at 18:30" in answer
        assert f"<t:{int(WEDNESDAY_EVENING.timestamp())}:f>" in answer
        env.clock.at = WEDNESDAY_EVENING - timedelta(minutes=45)
        await bot.schedule.run_due()
        assert posts(env.club) == []
        env.clock.at = WEDNESDAY_EVENING
        for _ in range(2):
            await bot.schedule.run_due()
        assert env.jobs() == [("refresh", ("ARKK", "SPY", "FNGU"), "2026-11-18")]
        (post,) = posts(env.club)
        status = await told(env, "/report status")
    text = post.text
    assert "Daily forecast" in text
    line = next(line for line in text.splitlines() if line.startswith("**SPY** $51.20 ("))
    assert "next day $" in line
    assert "in 5 days $" in line
    assert len(text) < 700
    assert post.files == []
    assert "The report for 2026-11-18 was posted" in status


async def test_a_refresh_that_failed_for_good_leaves_the_day_without_a_report(env: BotEnv) -> None:
    env.plan_jobs(failing={symbol: ["UnknownSymbol", "Gone."] for symbol in ("ARKK", "SPY", "FNGU")})
    bot = env.bot()
    async with env.discord.running(bot):
        await told(env, DAILY)
        env.clock.at = WEDNESDAY_EVENING
        await bot.schedule.run_due()
        status = await told(env, "/report status")
        assert posts(env.club) == []
        assert "none of its ETFs has that day's close yet" in status
        env.publish(as_of=WEDNESDAY.date())
        env.clock.at += RETRY_AFTER[0]
        await bot.schedule.run_due()
    assert len(posts(env.club)) == 1


@pytest.mark.slow
async def test_a_server_has_up_to_five_reports_and_says_which_one_it_means(env: BotEnv) -> None:
    bot = env.bot(report_limit=3)
    news = env.club.add_channel("forecasts")
    async with env.discord.running(bot):
        await told(env, "/report here")
        daily = await told(env, DAILY)
        again = await told(env, DAILY.replace("18:30", "19:00"))
        monthly = await told(env, "/report set #forecasts day:1st time:9 timezone:Berlin skip_weekend:true language:de")
        many = await told(env, "/report set #forecasts day:all time:9 timezone:Berlin report:new")
        which = await told(env, "/report pause")
        unknown = await told(env, "/report off report:9")
        paused = await told(env, "/report pause report:2")
        status = await told(env, "/report status")
        one = await told(env, "/report status report:3")
        preview = await told(env, "/report preview report:3")
        offered = await env.discord.autocomplete(env.club.general, env.ann, "/report off report:forec", "report")
        off = await told(env, "/report off report:2")
        renewed = await told(env, DAILY)
        subscriptions = Subscriptions(bot.engine).all_of(env.club.id)
    assert "at 18:30" in daily
    assert "at 19:00" in again, "the daily report was changed"
    assert "the monthly report is posted" in monthly
    assert "on the first of every month at 09:00 (Europe/Berlin)" in monthly
    assert "Language: Deutsch." in monthly
    assert "already has 3 reports, the maximum" in many
    assert "Say which one" in which
    assert f"3 · monthly report in <#{news.id}>" in which
    assert "no report “9”" in unknown
    assert "The daily report is paused" in paused
    assert [f"**{number}.** The" in status for number in (1, 2, 3)] == [True] * 3
    assert status.count("It is paused") == 1
    assert "weekly report" not in one
    assert "Monthly forecast" in preview, "in the language of whom it is shown to"
    assert [choice["name"] for choice in offered] == [
        "3 · monthly report in #forecasts, on the first of every month 09:00"
    ]
    assert "now off" in off
    assert "From now on the daily report" in renewed
    assert [each.options.cadence for each in subscriptions] == ["weekly", "daily", "monthly"]


async def test_each_report_is_posted_once_for_its_own_period_and_in_its_own_language(env: BotEnv) -> None:
    env.clock.at = datetime(2026, 11, 28, 15, 0, tzinfo=UTC)
    env.publish(as_of=datetime(2026, 11, 27, tzinfo=UTC).date())
    bot = env.bot()
    async with env.discord.running(bot):
        await told(env, "/report set #general day:1st time:19:00 timezone:America/New_York language:de")
        await told(env, DAILY)
        await told(env, "/report set #general day:Tuesday time:18:45 timezone:America/New_York symbols:SPY")
        env.clock.at = datetime(2026, 12, 2, 0, 30, tzinfo=UTC)  # Tuesday the first, 19:30 in New York
        for _ in range(2):
            await bot.schedule.run_due()
            env.clock.at += timedelta(hours=1)
        titles = sorted(post.embeds[0]["title"] for post in posts(env.club))
    assert titles == [
        "Daily forecast",
        "Monatsprognose, 60 Handelstage voraus",
        "Weekly forecast, 60 trading days ahead",
    ]


async def test_a_monthly_report_shows_the_record_and_is_made_up_for_within_ten_days(env: BotEnv) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        await told(env, "/report set #general day:1st time:9 timezone:America/New_York")
        env.clock.at = datetime(2026, 12, 11, 13, 59, tzinfo=UTC)
        await bot.schedule.run_due()
        (post,) = posts(env.club)
        env.clock.at = datetime(2027, 1, 11, 14, 1, tzinfo=UTC)
        await bot.schedule.run_due()
        assert len(posts(env.club)) == 1
    assert "Monthly forecast" in post.text
    assert "Last week" not in post.text


class TestForum:
    LINE = "/report set #talk day:Saturday time:9 timezone:America/New_York"

    @pytest.mark.slow
    async def test_each_report_begins_a_post_of_its_own(self, env: BotEnv) -> None:
        forum = env.club.add_channel("talk", kind=FORUM)
        followers = env.club.add_role("followers")
        bot = env.bot()
        async with env.discord.running(bot):
            await told(env, f"{self.LINE} role:@followers symbols:SPY")
            tested = await told(env, "/report test")
            for week in range(2):
                env.clock.at = REPORT_TIME + timedelta(weeks=week)
                await bot.schedule.run_due()
        test, first, second = begun(env, forum)
        assert test.name == "Test: Weekly forecast, 60 trading days ahead"
        assert f"https://discord.com/channels/{env.club.id}/{test.id}/{test.id}" in tested
        assert first.name == "Weekly forecast, 60 trading days ahead · 2026-11-21 · SPY"
        assert second.name == "Weekly forecast, 60 trading days ahead · 2026-11-28 · SPY"
        (message,) = first.messages.values()
        assert message.content == f"<@&{followers.id}>"
        assert "**SPY** $51.20" in message.text
        assert len(message.files) == 1

    @pytest.mark.parametrize("fault", [{"cuts": True}, {"status": 504}])
    @pytest.mark.parametrize("arrived", [True, False])
    async def test_a_lost_answer_leads_to_no_second_post(
        self, env: BotEnv, fault: dict[str, Any], arrived: bool
    ) -> None:
        """Also within the minutes in which a nonce would tell: a forum knows none."""
        forum = env.club.add_channel("talk", kind=FORUM)
        bot = env.bot()
        async with env.discord.running(bot):
            await told(env, self.LINE)
            env.discord.faults.append(Fault("POST", r"/channels/\d+/threads", is_accepted=arrived, **fault))
            env.clock.at = REPORT_TIME
            await bot.schedule.run_due()
            assert len(begun(env, forum)) == int(arrived)
            assert "I'll check whether it arrived" in await told(env, "/report status")
            with bot.engine.begin() as connection:  # as if the bot had stopped in the middle
                connection.exec_driver_sql("UPDATE deliveries SET state = 'sending'")
            env.clock.at += timedelta(minutes=1)
            await bot.schedule.run_due()
            assert "was posted" in await told(env, "/report status")
        assert len(begun(env, forum)) == 1

    async def test_what_the_bot_lacks_there_is_told_in_words(self, env: BotEnv) -> None:
        forum = env.club.add_channel("talk", kind=FORUM)
        env.club.add_channel("tagged", kind=FORUM, requires_tag=True)
        forum.set_permissions(env.club.bot, send_messages=False)
        async with env.discord.running(env.bot()):
            lacks = await told(env, self.LINE)
            tagged = await told(env, self.LINE.replace("#talk", "#tagged"))
            ops = await env.ask("/ops channel #talk", env.ann)
        assert f"I need the permission **Create Posts** in <#{forum.id}>" in lacks
        assert "takes only posts with a tag" in tagged
        assert ops.refused, "problems of the bot are no subject for a forum"


class TestAnnouncements:
    LINE = "/report set #news day:Saturday time:9 timezone:America/New_York publish:true"

    async def test_are_published_where_asked(self, env: BotEnv, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(outbox, "REPEATS_SECONDS", (0.0, 0.0))
        news = env.club.add_channel("news", kind=ANNOUNCEMENTS)
        bot = env.bot()
        async with env.discord.running(bot):
            refused = await told(env, self.LINE.replace("#news", "#general"))
            assert f"Each post is published to the channels that follow <#{news.id}>" in await told(env, self.LINE)
            await told(env, "/report test")
            env.discord.faults.append(Fault("POST", r".*/crosspost", 429, retry_after=7.0))
            env.clock.at = REPORT_TIME
            await bot.schedule.run_due()
        assert "Only posts in an announcement channel can be published" in refused
        test, post = news.messages.values()
        assert not test.flags & CROSSPOSTED, "a test goes to nobody else"
        assert post.flags & CROSSPOSTED

    async def test_that_discord_does_not_publish_are_posted_all_the_same(
        self, env: BotEnv, caplog: pytest.LogCaptureFixture
    ) -> None:
        news = env.club.add_channel("news", kind=ANNOUNCEMENTS)
        bot = env.bot()
        async with env.discord.running(bot):
            await told(env, self.LINE)
            env.discord.faults.append(Fault("POST", r".*/crosspost", 403, 50013, "Missing Permissions"))
            env.clock.at = REPORT_TIME
            for _ in range(2):
                await bot.schedule.run_due()
        (post,) = news.messages.values()
        assert not post.flags & CROSSPOSTED
        assert f"in channel {news.id} was not published" in caplog.text


async def test_two_reports_in_one_channel_are_told_apart_after_a_lost_answer(env: BotEnv) -> None:
    """Both have the same title: what the other one is known to have posted is not taken for this one."""
    bot = env.bot()
    async with env.discord.running(bot):
        for symbol in ("SPY", "ARKK"):
            line = f"/report set #general day:Saturday time:9 timezone:America/New_York symbols:{symbol}"
            await told(env, f"{line} report:new")
        env.clock.at = REPORT_TIME
        env.discord.faults.append(Fault("POST", rf"/channels/{env.club.general.id}/messages", cuts=True))
        await bot.schedule.run_due()
        assert len(posts(env.club)) == 1
        env.clock.at += RETRY_AFTER[0]
        await bot.schedule.run_due()
    texts = [post.text for post in posts(env.club)]
    assert sorted("**SPY**" in text for text in texts) == [False, True]


async def test_a_report_moves_with_its_number_and_keeps_its_weeks(env: BotEnv) -> None:
    bot = env.bot()
    other = env.club.add_channel("forecasts")
    async with env.discord.running(bot):
        await told(env, "/report here")
        env.clock.at = REPORT_TIME
        await bot.schedule.run_due()
        await told(env, "/report set #forecasts day:Saturday time:10 timezone:America/New_York")
        env.clock.at += timedelta(hours=1)
        await bot.schedule.run_due()
    assert len(posts(env.club)) == 1
    assert not other.messages, "one report a week, wherever it goes"
