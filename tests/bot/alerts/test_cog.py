"""Members' alerts through the stand-in: each crossing is told once, the way that was asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.client import ForecastBot
from bot.cogs.alerts.store import MAX_PER_MEMBER, Alerts
from bot.cogs.report.subscriptions import RETRY_AFTER
from bot.storage.schema import StoredAlert
from forecasting import open_database
from standin import Fault, Message
from tests.bot.alerts.test_crossing import PLACE, later
from tests.support.reports import made_report, publish
from tests.support.town import Town, small_town


@pytest.fixture
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    async with small_town(tmp_path, monkeypatch) as town:
        town.publish()
        town.plan_jobs("talk")  # forecasts come from the test
        yield town


def direct_messages(town: Town) -> list[Message]:
    return list(town.discord.direct(town.bob).messages.values())


def unasked(town: Town) -> list[Message]:
    return [message for message in town.club.general.messages.values() if message.invoked_by is None]


async def new_close(town: Town, bot: ForecastBot, close: float, sessions: int = 1) -> None:
    publish(town.database_url, [later(sessions, close)])
    await bot.schedule.run_due()


async def test_a_crossing_comes_by_direct_message_once(town: Town) -> None:
    bot = town.bot()
    async with town.discord.running(bot):
        added = await town.ask("/alert add ARKK condition:above price:60")
        assert added.ephemeral
        assert "ARKK above $60.00" in added.text
        assert "$51.20" in added.text
        await new_close(town, bot, 59.0)
        assert direct_messages(town) == []
        await new_close(town, bot, 61.5, 2)
        await bot.schedule.run_due()
        (message,) = direct_messages(town)
        assert "**ARKK** is above your $60.00: it closed at **$61.50**" in message.text
        assert message.nonce
        assert unasked(town) == []
        listed = await town.ask("/alert list")
    assert listed.ephemeral
    assert "ARKK above $60.00: I tell you in a direct message; crossed at the close of" in listed.text


async def test_a_crossing_comes_in_the_channel_where_that_was_asked_for(town: Town) -> None:
    bot = town.bot()
    async with town.discord.running(bot):
        added = await town.ask('/alert add ARKK condition:"leaves its band" where:"in this channel"')
        assert f"<#{town.club.general.id}>" in added.text
        await new_close(town, bot, 99.0)
        (message,) = unasked(town)
        assert f"<@{town.bob.id}> **ARKK** has left the 80 % band" in message.text
    (body,) = (asked.body for asked in town.discord.requests if asked.body and "has left" in str(asked.body))
    assert body["allowed_mentions"]["users"] == [str(town.bob.id)]
    assert direct_messages(town) == []


async def test_who_speaks_german_is_told_in_german(town: Town) -> None:
    town.bob.user.locale = "de"
    bot = town.bot()
    async with town.discord.running(bot):
        added = await town.ask("/alert add ARKK condition:above price:60")
        assert "ARKK über $60.00" in added.text
        await new_close(town, bot, 61.5)
        listed = await town.ask("/alert list")
    (message,) = direct_messages(town)
    assert "ist über deinen $60.00: Schlusskurs **$61.50**" in message.text
    assert "ich sage es dir in einer Direktnachricht; überschritten" in listed.text


async def test_closed_direct_messages_are_no_reason_for_a_public_post_and_the_list_says_so(town: Town) -> None:
    town.bob.user.accepts_direct = False
    bot = town.bot()
    async with town.discord.running(bot):
        await town.ask("/alert add ARKK condition:below price:50")
        await new_close(town, bot, 40.0)
        await bot.schedule.run_due()
        listed = await town.ask("/alert list")
    assert unasked(town) == []
    assert "**not told**: I may not write to you" in listed.text
    assert len([r for r in town.discord.requests if r.status == 403]) == 1, "not tried again"


@pytest.mark.parametrize("lost", ["forbidden", "gone"])
async def test_who_asked_for_a_channel_that_is_lost_is_told_directly(town: Town, lost: str) -> None:
    bot = town.bot()
    async with town.discord.running(bot):
        await town.ask('/alert add ARKK condition:below price:50 where:"in this channel"')
        if lost == "gone":
            town.club.remove_channel(town.club.general)
        else:
            town.club.general.set_permissions(town.club, send_messages=False)
        await new_close(town, bot, 40.0)
    (message,) = direct_messages(town)
    assert "below your $50.00" in message.text


async def test_what_does_not_get_through_is_tried_again_later(town: Town) -> None:
    bot = town.bot()
    async with town.discord.running(bot):
        await town.ask("/alert add ARKK condition:below price:50")
        town.discord.faults.append(Fault("POST", r"/channels/\d+/messages", 400))
        await new_close(town, bot, 40.0)
        assert "I try again" in (await town.ask("/alert list")).text
        town.discord.faults.clear()
        await bot.schedule.run_due()
        assert direct_messages(town) == [], "not at once"
        town.clock.at += RETRY_AFTER[0]
        await bot.schedule.run_due()
    assert len(direct_messages(town)) == 1


@pytest.mark.parametrize(("minutes", "posts"), [(1, 1), (3, 0)])
async def test_a_crash_between_the_marks_leads_to_no_second_post(town: Town, minutes: int, posts: int) -> None:
    """Within two minutes Discord knows the repeated nonce; later nobody can tell, and none is better than two."""
    async with town.discord.running(town.bot()):
        await town.ask("/alert add ARKK condition:below price:50")
    publish(town.database_url, [later(1, 40.0)])
    engine = open_database(town.database_url)
    alerts = Alerts(engine, "simulated")
    alerts.meet(later(1, 40.0))
    (alert,) = alerts.owed(town.clock.at)
    alerts.begin(alert, town.clock.at)  # and here the bot is killed
    engine.dispose()
    town.clock.at += timedelta(minutes=minutes)
    again = town.bot()
    async with town.discord.running(again):
        await again.schedule.run_due()
        await again.schedule.run_due()
        listed = await town.ask("/alert list")
    assert len(direct_messages(town)) == posts
    assert ("I was stopped while telling" in listed.text) is (posts == 0)


async def test_a_close_that_came_while_the_bot_was_down_is_met_at_its_start(town: Town) -> None:
    async with town.discord.running(town.bot()):
        await town.ask("/alert add ARKK condition:below price:50")
    publish(town.database_url, [later(1, 40.0)])
    bot = town.bot()
    async with town.discord.running(bot):
        await bot.schedule.run_due()
    assert len(direct_messages(town)) == 1


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/alert add ARKK condition:above", "Name it in the option `price`"),
        ('/alert add ARKK condition:"leaves its band" price:3', "leave out `price`"),
        ("/alert add NOPE condition:above price:3", "No ETF is known here by the name 'NOPE'"),
        ("/alert remove 999", "no alert of that number"),
    ],
)
async def test_an_alert_that_makes_no_sense_is_refused_privately(town: Town, line: str, words: str) -> None:
    async with town.discord.running(town.bot()):
        exchange = await town.ask(line)
    assert exchange.messages[-1].ephemeral
    assert words in exchange.text


async def test_alerts_are_taken_back_by_choosing_from_ones_own(town: Town) -> None:
    async with town.discord.running(town.bot()):
        await town.ask("/alert add ARKK condition:above price:60")
        await town.ask("/alert add SPY condition:below price:3", town.ann)
        again = await town.ask("/alert add ARKK condition:above price:60")
        assert "You have that alert already" in again.text
        (choice,) = await town.discord.autocomplete(town.club.general, town.bob, "/alert remove alert:", "alert")
        assert "ARKK above $60.00" in choice["name"]
        removed = await town.ask(f"/alert remove {choice['value']}")
        assert "Taken back: ARKK above $60.00" in removed.text
        assert "You have no alerts" in (await town.ask("/alert list")).text
        assert "SPY" in (await town.ask("/alert list", town.ann)).text


async def test_a_channel_in_which_the_bot_may_not_post_is_refused_with_what_is_missing(town: Town) -> None:
    town.club.general.set_permissions(town.club.bot, send_messages=False)
    async with town.discord.running(town.bot()):
        exchange = await town.ask('/alert add ARKK condition:above price:60 where:"in this channel"')
    assert "Send Messages" in exchange.text


async def test_where_a_member_took_the_bot_along_it_can_tell_them_directly_alone(town: Town) -> None:
    tess = town.discord.add_guild("Elsewhere", has_bot=False).add_member("tess")
    tess.user.takes_bot_along = True
    line = "/alert add ARKK condition:above price:60"
    async with town.discord.running(town.bot()):
        here = await town.discord.send(tess.guild.general, tess, f'{line} where:"in this channel"')
        directly = await town.discord.send(tess.guild.general, tess, line)
    assert "I am no member of this server" in here.text
    assert "in a direct message" in directly.text


async def test_a_full_list_of_bands_shows_each_of_them(town: Town) -> None:
    bot = town.bot()
    async with town.discord.running(bot):
        for n in range(MAX_PER_MEMBER):
            bot.alerts.add(town.bob.id, PLACE, made_report(f"ETF{n}"), "band", None, "direct", town.clock.at)
        listed = await town.ask("/alert list")
    assert all(f"ETF{n} leaves the 80 % band" in listed.text for n in range(MAX_PER_MEMBER))
    assert "more" not in listed.text


async def test_the_longest_list_fits_its_message(town: Town) -> None:
    bot = town.bot()
    async with town.discord.running(bot):
        engine = open_database(town.database_url)
        alerts = Alerts(engine, "simulated")
        long = replace(made_report("ABCDEFGHIJKLMNO", last_close=987_654_321.0), name="N" * 100)
        for n in range(MAX_PER_MEMBER):
            alerts.add(town.bob.id, PLACE, long, "above", 999_999_999.0 - n, "channel", town.clock.at)
        engine.dispose()
        listed = await town.ask("/alert list")
        full = await town.ask("/alert add ARKK condition:above price:60")
    assert "20 of 20" in listed.text
    assert "as many as one may have" in full.text
    assert StoredAlert.__tablename__ == "alerts"
