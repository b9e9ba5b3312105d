"""``/report set`` and its kin through the stand-in: each option, each refusal, and the post that follows."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.calendar.zones import search_zones, zone_named
from bot.cogs.report.deliveries import Deliveries
from bot.cogs.report.options import time_of_day
from bot.cogs.report.subscriptions import Subscriptions
from bot.interactions.answers import Refusal
from bot.interactions.cooldowns import USES
from bot.schedule.service import NEXT_REPORT
from bot.texts import Texts
from tests.support.bot_env import REPORT_TIME, BotEnv, posts
from tests.support.reports import publish, young_report

KOLKATA_SUNDAY = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)  # 10:00 there


def at(moment: datetime) -> str:
    return f"<t:{int(moment.timestamp())}:f>"


@pytest.mark.slow
async def test_a_report_is_set_shown_tested_paused_and_posted_at_its_own_time(env: BotEnv) -> None:
    followers = env.club.add_role("followers")
    env.club.general.set_permissions(env.club.bot, mention_everyone=True)
    bot = env.bot()
    async with env.discord.running(bot):
        line = "/report set channel:#general day:Sunday time:10 timezone:kolkata role:@followers symbols:spy, arkk"
        done = await env.ask(line, env.ann)
        for words in (f"<#{env.club.general.id}> every Sunday at 10:00 (Asia/Kolkata)", "SPY, ARKK"):
            assert words in done.message.content
        assert f"<@&{followers.id}>" in done.message.content
        assert at(KOLKATA_SUNDAY) in done.message.content
        assert done.ephemeral

        look = bot.schedule._scheduler.get_job(NEXT_REPORT)
        assert look is not None
        waits = look.next_run_time - datetime.now(UTC)
        assert abs(waits - (KOLKATA_SUNDAY - env.clock.at)) < timedelta(minutes=5), "by the bot's clock"

        status = await env.ask("/report status", env.ann)
        assert at(KOLKATA_SUNDAY) in status.message.content
        preview = await env.ask("/report preview", env.ann)
        assert preview.ephemeral
        assert "**SPY** $51.20" in preview.text
        assert "FNGU" not in preview.text
        assert posts(env.club) == []

        tested = await env.ask("/report test", env.ann)
        (test,) = posts(env.club)
        assert "**Test post.**" in test.content
        assert str(followers.id) not in test.content, "a test pings nobody"
        assert "Posted in" in tested.message.content

        env.clock.at = KOLKATA_SUNDAY - timedelta(minutes=1)
        await bot.schedule.run_due()
        assert len(posts(env.club)) == 1
        env.clock.at = KOLKATA_SUNDAY
        for _ in range(2):
            await bot.schedule.run_due()
        (_, post) = posts(env.club)
        assert post.content == f"<@&{followers.id}>"
        bodies = [r.body for r in env.discord.requests if r.path.endswith(f"/channels/{env.club.general.id}/messages")]
        body = bodies[-1] or {}
        assert body["allowed_mentions"]["roles"] == [str(followers.id)]
        assert body["allowed_mentions"]["parse"] == []
        assert len(str(body["nonce"])) <= 25

        chosen = await env.discord.press(post, "report:details", env.bob, values=["ARKK"])
        assert chosen.ephemeral
        assert "ARKK · ARK Innovation ETF" in chosen.text
        assert "edited" not in post.text
        unknown = await env.discord.press(post, "report:details", env.bob, values=["GONE"])
        assert "I don't know an ETF" in unknown.text
        scores = await env.discord.press(post, "Scores", env.bob)
        record = await env.discord.press(post, "Past forecasts", env.bob)
        assert scores.ephemeral
        assert "Forecast errors" in scores.text
        assert record.ephemeral
        assert "Track record" in record.text

        paused = await env.ask("/report pause", env.ann)
        told = await env.ask("/report status", env.ann)
        env.clock.at += timedelta(weeks=1)
        await bot.schedule.run_due()
        assert len(posts(env.club)) == 2
        env.clock.at += timedelta(minutes=1)
        resumed = await env.ask("/report resume", env.ann)
        await bot.schedule.run_due()
        assert len(posts(env.club)) == 2, "what was due in the pause is not owed"
        env.clock.at += timedelta(weeks=1)
        await bot.schedule.run_due()
        assert len(posts(env.club)) == 3
    assert "is paused" in paused.message.content
    assert "is paused; `/report resume`" in told.message.content
    assert "report for week 2026-W47 was posted" in told.message.content
    assert at(KOLKATA_SUNDAY + timedelta(weeks=2)) in resumed.message.content


async def test_every_refusal_says_what_is_wrong_and_changes_nothing(env: BotEnv) -> None:
    other = env.club.add_channel("forecasts")
    rare = env.club.add_role("rare")
    rare.mentionable = False
    other.set_permissions(env.club.bot, embed_links=False, attach_files=False)
    full = "/report set channel:#{} day:mon time:{} timezone:{}"
    cases = {
        full.format("forecasts", "9", "UTC"): f"I need the permissions **Embed Links, Attach Files** in <#{other.id}>",
        full.format("general", "25:00", "UTC"): "I don't understand the time “25:00”. Write it like 09:00",
        full.format("general", "9", "Argentina"): (
            "“Argentina” is ambiguous. Pick one from the list while you type, such as America/Argentina/Buenos_Aires"
        ),
        full.format("general", "9", "Atlantis"): "I don't know the time zone “Atlantis”",
        full.format("general", "9", "UTC") + " role:@rare": (
            f"not allowed to ping <@&{rare.id}> in <#{env.club.general.id}>"
        ),
        full.format("general", "9", "UTC") + " role:@everyone": "can't ping @everyone",
        full.format("general", "9", "UTC") + " symbols:SPY, NOPE": "I don't know an ETF called “NOPE”",
        "/report test": "No report is on",
        "/report pause": "No report is on",
        "/report resume": "No report is on",
    }
    bot = env.bot()
    async with env.discord.running(bot):
        for line, words in cases.items():
            exchange = await env.ask(line, env.ann)
            assert words in exchange.message.content, line
            assert exchange.ephemeral
        assert Subscriptions(bot.engine).all() == ()

        await env.ask("/report here", env.ann)
        env.club.general.set_permissions(env.club.bot, send_messages=False)
        refused = await env.ask("/report test", env.ann)
        assert f"I need the permission **Send Messages** in <#{env.club.general.id}>" in refused.message.content

        env.let_everybody_use("report")
        for name in ("preview", "test", "pause", "resume", "set channel:#general day:mon time:9 timezone:UTC"):
            member = await env.ask(f"/report {name}")
            assert "you need the permission **Manage Server** in the server **Club**" in member.message.content, name


async def test_here_keeps_the_servers_zone_and_who_skips_the_weekend_is_told_of_monday(env: BotEnv) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        line = "/report set channel:#general day:sun time:21.30 timezone:Europe/London skip_weekend:True"
        skipping = await env.ask(line, env.ann)
        here = await env.ask("/report here", env.ann)
        zones = await env.discord.autocomplete(
            env.club.general, env.ann, "/report set channel:#general day:mon time:9 timezone:new", "timezone"
        )
        symbols = await env.discord.autocomplete(
            env.club.general,
            env.ann,
            "/report set channel:#general day:mon time:9 timezone:UTC symbols:SPY, ark",
            "symbols",
        )
    assert "every Monday at 21:30 (Europe/London)" in skipping.message.content
    assert "Markets are closed on Sundays" in skipping.message.content
    assert "every Saturday at 09:00 (Europe/London)" in here.message.content
    assert zones[0] == {"name": "America/New_York (10:00)", "value": "America/New_York"} | {
        key: zones[0][key] for key in zones[0].keys() - {"name", "value"}
    }
    assert symbols[0]["value"] == "SPY, ARKK"


async def test_menu_and_buttons_of_an_old_report_work_after_a_restart_and_not_without_end(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        await env.ask("/report here", env.ann)
        await env.ask("/report test", env.ann)
    (post,) = posts(env.club)
    async with env.discord.running(env.bot()):
        chosen = await env.discord.press(post, "report:details", env.bob, values=["SPY"])
        for _ in range(USES - 1):
            scores = await env.discord.press(post, "Scores", env.bob)
        too_fast = await env.discord.press(post, "Past forecasts", env.bob)
    assert "SPY · SPDR" in chosen.text
    assert "Forecast errors" in scores.text
    assert "Slow down" in too_fast.text


@pytest.mark.parametrize(
    ("listed", "meant"),
    [
        ("arkk, SPY;fngu", "ARKK, SPY, FNGU"),
        ("spy $fngu ARKK spy", "SPY, FNGU, ARKK"),
        ("ARK Innovation ETF, spy fngu ,", "ARKK, SPY, FNGU"),
    ],
)
async def test_etfs_are_listed_by_ticker_or_name_with_commas_or_spaces(env: BotEnv, listed: str, meant: str) -> None:
    line = f'/report set channel:#general day:mon time:9 timezone:UTC symbols:"{listed}"'
    async with env.discord.running(env.bot()):
        assert f"It covers {meant}." in (await env.ask(line, env.ann)).text


async def test_as_many_etfs_can_be_listed_as_a_report_may_have(env: BotEnv) -> None:
    symbols = [f"ETF{number}" for number in range(26)]
    env.publish(symbols)
    line = '/report set channel:#general day:mon time:9 timezone:UTC symbols:"{}"'
    async with env.discord.running(env.bot()):
        enough = await env.ask(line.format(", ".join(symbols[:25])), env.ann)
        too_many = await env.ask(line.format(", ".join(symbols)), env.ann)
    assert "It covers ETF0, ETF1" in enough.text
    assert "at most 25 ETFs; you named 26" in too_many.text


async def test_here_says_where_a_role_of_before_cannot_be_mentioned(env: BotEnv) -> None:
    readers = env.club.add_role("readers")
    line = "/report set channel:#general day:mon time:9 timezone:UTC role:@readers"
    bot = env.bot()
    async with env.discord.running(bot):
        await env.ask(line, env.ann)
        role = bot.get_guild(env.club.id).get_role(readers.id)  # type: ignore[union-attr]
        role.mentionable = False
        refused = await env.ask("/report here", env.ann)
    assert f"not allowed to ping <@&{readers.id}> in <#{env.club.general.id}>" in refused.text
    assert "Mention @everyone, @here, and All Roles" in refused.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("zone", "due_at"),
    [
        ("America/New_York", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),  # 01:30, which comes twice
        ("Europe/London", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),  # 01:30, which there is not
    ],
)
async def test_through_a_clock_change_the_whole_bot_posts_once(env: BotEnv, zone: str, due_at: datetime) -> None:
    env.clock.at = due_at - timedelta(days=3)
    bot = env.bot()
    async with env.discord.running(bot):
        await env.ask(f"/report set channel:#general day:sun time:1:30 timezone:{zone}", env.ann)
        for minutes, expected in ((-1, 0), (0, 1), (59, 1), (60, 1), (61, 1), (120, 1)):
            env.clock.at = due_at + timedelta(minutes=minutes)
            await bot.schedule.run_due()
            assert len(posts(env.club)) == expected, minutes


@pytest.mark.slow
async def test_the_turn_of_a_year_with_53_weeks_has_one_post_a_week(env: BotEnv) -> None:
    env.clock.at = datetime(2026, 12, 24, 12, 0, tzinfo=UTC)
    publish(env.database_url, [young_report()])
    bot = env.bot()
    async with env.discord.running(bot):
        await env.ask("/report set channel:#general day:sun time:23:30 timezone:Australia/Sydney", env.ann)
        for week in range(3):
            env.clock.at = datetime(2026, 12, 27, 12, 30, tzinfo=UTC) + timedelta(weeks=week)  # 23:30 in Sydney
            await bot.schedule.run_due()
            env.clock.at += timedelta(hours=2)  # Monday there
            await bot.schedule.run_due()
    assert len(posts(env.club)) == 3
    assert {delivery.period for delivery in Deliveries(bot.engine).since(REPORT_TIME).values()} == {
        "2026-W52",
        "2026-W53",
        "2027-W01",
    }


class TestOptions:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("09:00", time(9)),
            ("9", time(9)),
            (" 21.30 ", time(21, 30)),
            ("9 pm", time(21)),
            ("12am", time(0)),
            ("12:05 p.m.", time(12, 5)),
            ("17 Uhr", time(17)),
            ("0:00", time(0)),
        ],
    )
    def test_a_time_is_read_as_people_write_it(self, text: str, expected: time) -> None:
        assert time_of_day(Texts(), text) == expected

    @pytest.mark.parametrize("text", ["24:00", "9:60", "13 pm", "0 am", "noon", "9:5", "-9", "9:00:00"])
    def test_what_is_no_time_is_refused(self, text: str) -> None:
        with pytest.raises(Refusal, match="understand the time"):
            time_of_day(Texts(), text)

    @pytest.mark.parametrize(
        ("text", "zone"),
        [("new york", "America/New_York"), ("Kolkata", "Asia/Kolkata"), ("mumbai", "Asia/Kolkata"),
         ("europe/london", "Europe/London"), ("utc", "UTC"), ("San Francisco", "America/Los_Angeles")],
    )  # fmt: skip
    def test_a_zone_is_found_by_name_or_city(self, text: str, zone: str) -> None:
        assert zone_named(text) == ZoneInfo(zone)

    @pytest.mark.parametrize("text", ["Argentina", "nowhere", "", "EST"])
    def test_a_zone_that_could_be_several_is_not_guessed(self, text: str) -> None:
        assert zone_named(text) is None

    @pytest.mark.parametrize("text", ["São Paulo", "sao paulo", "SÃO PAULO"])
    def test_accents_make_no_difference(self, text: str) -> None:
        assert zone_named(text) == ZoneInfo("America/Sao_Paulo")

    @pytest.mark.parametrize("text", ["munchen", "München", "Koln"])
    def test_a_city_is_found_by_its_own_name(self, text: str) -> None:
        assert zone_named(text) == ZoneInfo("Europe/Berlin")

    @pytest.mark.parametrize(
        ("text", "zone"),
        [
            ("gmt+2", "Europe/Berlin"),
            ("UTC +2", "Africa/Johannesburg"),
            ("gmt-5", "America/New_York"),
            ("utc+5:30", "Asia/Kolkata"),
        ],
    )
    def test_an_offset_finds_the_zones_that_have_it(self, text: str, zone: str) -> None:
        assert zone in search_zones(text)
        assert "Asia/Tokyo" not in search_zones(text)

    def test_zones_are_searched_by_city_and_abbreviation_the_best_known_first(self) -> None:
        assert search_zones("sydn") == ("Australia/Sydney",)
        assert search_zones("EDT")[0] == "America/New_York"
        assert "Asia/Kolkata" in search_zones("IST")
        assert len(search_zones("")) == 25
        assert search_zones("xyzzy") == ()
