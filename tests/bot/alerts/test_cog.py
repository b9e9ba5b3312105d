"""Members' alerts through the stand-in: each crossing is told once, the way that was asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.client import ForecastBot
from bot.cogs.alerts.store import MAX_PER_MEMBER, Alerts
from bot.delivery import RETRY_AFTER
from bot.storage.schema import StoredAlert
from forecasting import open_database
from standin import Fault, Message
from tests.bot.alerts.test_crossing import PLACE, later
from tests.support.bot_env import BotEnv, bot_env
from tests.support.reports import made_report, publish


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch, database_url=database_url) as env:
        env.publish()
        env.plan_jobs("talk")  # forecasts come from the test
        yield env


def direct_messages(env: BotEnv) -> list[Message]:
    return list(env.discord.direct(env.bob).messages.values())


def unasked(env: BotEnv) -> list[Message]:
    return [message for message in env.club.general.messages.values() if message.invoked_by is None]


async def new_close(env: BotEnv, bot: ForecastBot, close: float, sessions: int = 1) -> None:
    publish(env.database_url, [later(sessions, close)])
    await bot.schedule.run_due()


@pytest.mark.slow
async def test_a_server_has_so_many_alerts_and_direct_messages_are_nobodys(env: BotEnv) -> None:
    async with env.discord.running(env.bot(alert_limit=1)):
        first = await env.ask("/alert add SPY condition:above price:900")
        second = await env.ask("/alert add SPY condition:above price:901", env.ann)
        direct = [
            await env.discord.send(env.discord.direct(who), who.user, "/alert add SPY condition:above price:902")
            for who in (env.ann, env.bob)
        ]
    assert "as many alerts as are allowed" not in first.text
    assert "as many alerts as are allowed" in second.text
    assert not any("as many alerts" in exchange.text for exchange in direct)


async def test_a_crossing_comes_by_direct_message_once(env: BotEnv) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        added = await env.ask("/alert add ARKK condition:above price:60")
        assert added.ephemeral
        assert "ARKK closes above $60.00" in added.text
        assert "$51.20" in added.text
        await new_close(env, bot, 59.0)
        assert direct_messages(env) == []
        await new_close(env, bot, 61.5, 2)
        await bot.schedule.run_due()
        (message,) = direct_messages(env)
        assert "**ARKK** closed at **$61.50** on <t:" in message.text
        assert message.nonce
        assert unasked(env) == []
        listed = await env.ask("/alert list")
    assert listed.ephemeral
    assert "ARKK closes above $60.00 → in a direct message; crossed at the close of" in listed.text


async def test_a_price_in_doubt_is_told_once_instead_of_a_crossing(env: BotEnv) -> None:
    """A folder with adjusted closes alone: they fell to two thirds, by a split or a dividend."""
    bot = env.bot()
    async with env.discord.running(bot):
        await env.ask("/alert add ARKK condition:below price:50")
        publish(env.database_url, [later(1, 34.0, quoted_before=51.2 * 2 / 3, is_known=False)])
        await bot.schedule.run_due()
        await bot.schedule.run_due()
        listed = await env.ask("/alert list")
    (message,) = direct_messages(env)
    assert message.text.startswith("Past closes of **ARKK** were rescaled by <t:")
    assert "Your alert stays at $50.00." in message.text
    assert "; in doubt since <t:" in listed.text


async def test_a_crossing_comes_in_the_channel_where_that_was_asked_for(env: BotEnv) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        added = await env.ask('/alert add ARKK condition:"leaves its band" where:"in this channel"')
        assert f"<#{env.club.general.id}>" in added.text
        await new_close(env, bot, 99.0)
        (message,) = unasked(env)
        assert f"<@{env.bob.id}> **ARKK** closed at **$99.00**" in message.text
    (body,) = (asked.body for asked in env.discord.requests if asked.body and "closed at **" in str(asked.body))
    assert body["allowed_mentions"]["users"] == [str(env.bob.id)]
    assert direct_messages(env) == []


async def test_who_speaks_german_is_told_in_german(env: BotEnv) -> None:
    env.bob.user.locale = "de"
    bot = env.bot()
    async with env.discord.running(bot):
        added = await env.ask("/alert add ARKK condition:above price:60")
        assert "ARKK schließt über 60,00\u00a0$" in added.text
        await new_close(env, bot, 61.5)
        listed = await env.ask("/alert list")
    (message,) = direct_messages(env)
    assert "bei **61,50\u00a0$**, über deinen 60,00\u00a0$" in message.text
    assert "→ in einer Direktnachricht; eingetreten" in listed.text


async def test_closed_direct_messages_are_no_reason_for_a_public_post_and_the_list_says_so(env: BotEnv) -> None:
    env.bob.user.accepts_direct = False
    bot = env.bot()
    async with env.discord.running(bot):
        await env.ask("/alert add ARKK condition:below price:50")
        await new_close(env, bot, 40.0)
        await bot.schedule.run_due()
        listed = await env.ask("/alert list")
    assert unasked(env) == []
    assert "**not delivered**: I can't message you" in listed.text
    assert len([r for r in env.discord.requests if r.status == 403]) == 1, "not tried again"


@pytest.mark.parametrize("lost", ["forbidden", "gone"])
async def test_who_asked_for_a_channel_that_is_lost_is_told_directly(env: BotEnv, lost: str) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        await env.ask('/alert add ARKK condition:below price:50 where:"in this channel"')
        if lost == "gone":
            env.club.remove_channel(env.club.general)
        else:
            env.club.general.set_permissions(env.club, send_messages=False)
        await new_close(env, bot, 40.0)
    (message,) = direct_messages(env)
    assert "below your $50.00" in message.text


async def test_what_does_not_get_through_is_tried_again_later(env: BotEnv) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        await env.ask("/alert add ARKK condition:below price:50")
        env.discord.faults.append(Fault("POST", r"/channels/\d+/messages", 400))
        await new_close(env, bot, 40.0)
        assert "I'll try again" in (await env.ask("/alert list")).text
        env.discord.faults.clear()
        await bot.schedule.run_due()
        assert direct_messages(env) == [], "not at once"
        env.clock.at += RETRY_AFTER[0]
        await bot.schedule.run_due()
    assert len(direct_messages(env)) == 1


@pytest.mark.slow
@pytest.mark.parametrize("fault", [Fault("POST", r"/channels/\d+/messages", 504, is_accepted=True, times=99)])
@pytest.mark.parametrize("where", ["in this channel", "in a direct message"])
async def test_a_notice_whose_answer_was_lost_is_not_repeated(env: BotEnv, fault: Fault, where: str) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        await env.ask(f'/alert add ARKK condition:below price:50 where:"{where}"')
        env.discord.faults.append(replace(fault))
        await new_close(env, bot, 40.0)
        unsure = await env.ask("/alert list")
        for pause in RETRY_AFTER:
            env.clock.at += pause
            await bot.schedule.run_due()
        listed = await env.ask("/alert list")
    assert len(direct_messages(env) + unasked(env)) == 1
    assert "Discord didn't confirm it" in unsure.text
    assert ", sent <t:" in listed.text


async def test_a_notice_that_does_not_arrive_in_a_day_is_told_to_operators_without_a_name(env: BotEnv) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        await env.ask("/alert add ARKK condition:below price:50")
        env.discord.faults.append(Fault("POST", r"/channels/\d+/messages", 400, times=99))
        await new_close(env, bot, 40.0)
        early = await env.ask("/ops status", env.ann)
        for pause in RETRY_AFTER[:3]:
            env.clock.at += pause
            await bot.schedule.run_due()
        late = await env.ask("/ops status", env.ann)
    assert "Alerts that Discord" not in early.text
    assert "Alerts that Discord did not accept or confirm in the last week: 1." in late.text
    assert "bob" not in late.text
    assert str(env.bob.id) not in late.text


async def test_a_channel_that_is_lost_is_asked_once_for_all_alerts_in_it(env: BotEnv) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        for price in (50, 49, 48):
            await env.ask(f'/alert add ARKK condition:below price:{price} where:"in this channel"')
        env.club.general.set_permissions(env.club.bot, send_messages=False)
        await new_close(env, bot, 40.0)
    assert len(direct_messages(env)) == 3
    assert sum(request.status == 403 for request in env.discord.requests) == 1


@pytest.mark.parametrize("minutes", [1, 3])
async def test_a_crash_between_the_marks_is_made_up_for(env: BotEnv, minutes: int) -> None:
    """Within two minutes Discord knows the repeated nonce; later the bot looks for the post."""
    async with env.discord.running(env.bot()):
        await env.ask("/alert add ARKK condition:below price:50")
    publish(env.database_url, [later(1, 40.0)])
    engine = open_database(env.database_url)
    alerts = Alerts(engine, "simulated")
    alerts.check(later(1, 40.0))
    (alert,) = alerts.due(env.clock.at)
    alerts.begin(alert.id, env.clock.at)  # and here the bot is killed
    engine.dispose()
    env.clock.at += timedelta(minutes=minutes)
    again = env.bot()
    async with env.discord.running(again):
        await again.schedule.run_due()
        await again.schedule.run_due()
    assert len(direct_messages(env)) == 1


async def test_a_repeat_that_fails_leaves_the_first_notice_in_doubt(env: BotEnv) -> None:
    """The notice arrived before a crash; its repeat met a fault. A later attempt must look before it posts."""
    bot = env.bot()
    async with env.discord.running(bot):
        await env.ask("/alert add ARKK condition:below price:50")
        await new_close(env, bot, 40.0)
        engine = open_database(env.database_url)
        with engine.begin() as connection:
            connection.execute(update(StoredAlert).values(state="sending"))
        engine.dispose()
        env.clock.at += timedelta(minutes=1)
        env.discord.faults.append(Fault("POST", r"/channels/\d+/messages", 400))
        await bot.schedule.run_due()
        assert env.discord.faults[-1].times == 0, "the repeat met it"
        env.clock.at += timedelta(days=2)
        await bot.schedule.run_due()
    assert len(direct_messages(env)) == 1


async def test_a_close_that_came_while_the_bot_was_down_is_met_at_its_start(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        await env.ask("/alert add ARKK condition:below price:50")
    publish(env.database_url, [later(1, 40.0)])
    bot = env.bot()
    async with env.discord.running(bot):
        await bot.schedule.run_due()
    assert len(direct_messages(env)) == 1


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/alert add ARKK condition:above", "Enter it in the option `price`"),
        ('/alert add ARKK condition:"leaves its band" price:3', "leave out `price`"),
        ("/alert add NOPE condition:above price:3", "I don't know an ETF called “NOPE”"),
        ("/alert remove 999", "no alert with that number"),
    ],
)
async def test_an_alert_that_makes_no_sense_is_refused_privately(env: BotEnv, line: str, words: str) -> None:
    async with env.discord.running(env.bot()):
        exchange = await env.ask(line)
    assert exchange.messages[-1].ephemeral
    assert words in exchange.text


async def test_alerts_are_taken_back_by_choosing_from_ones_own(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        await env.ask("/alert add ARKK condition:above price:60")
        await env.ask("/alert add SPY condition:below price:3", env.ann)
        again = await env.ask("/alert add ARKK condition:above price:60")
        assert "You already have this alert" in again.text
        (choice,) = await env.discord.autocomplete(env.club.general, env.bob, "/alert remove alert:", "alert")
        assert "ARKK closes above $60.00" in choice["name"]
        removed = await env.ask(f"/alert remove {choice['value']}")
        assert "Removed: ARKK closes above $60.00" in removed.text
        assert "You have no alerts" in (await env.ask("/alert list")).text
        assert "SPY" in (await env.ask("/alert list", env.ann)).text


async def test_the_same_alert_asked_for_six_times_at_once_is_one(env: BotEnv) -> None:
    line = "/alert add ARKK condition:above price:60"
    async with env.discord.running(env.bot()):
        begun = [env.discord.begin(env.club.general, env.bob, line) for _ in range(6)]
        texts = [(await env.discord.wait(exchange)).text for exchange in begun]
        listed = await env.ask("/alert list")
    assert sum("You already have this alert" in text for text in texts) == 5
    assert "1 of 20" in listed.text


async def test_a_channel_in_which_the_bot_may_not_post_is_refused_with_what_is_missing(env: BotEnv) -> None:
    env.club.general.set_permissions(env.club.bot, send_messages=False)
    async with env.discord.running(env.bot()):
        exchange = await env.ask('/alert add ARKK condition:above price:60 where:"in this channel"')
    assert "Send Messages" in exchange.text


async def test_where_a_member_took_the_bot_along_it_can_tell_them_directly_alone(env: BotEnv) -> None:
    tess = env.discord.add_guild("Elsewhere", has_bot=False).add_member("tess")
    tess.user.takes_bot_along = True
    line = "/alert add ARKK condition:above price:60"
    async with env.discord.running(env.bot()):
        here = await env.discord.send(tess.guild.general, tess, f'{line} where:"in this channel"')
        directly = await env.discord.send(tess.guild.general, tess, line)
    assert "I'm not a member of this server" in here.text
    assert "in a direct message" in directly.text


async def test_a_full_list_of_bands_shows_each_of_them(env: BotEnv) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        for n in range(MAX_PER_MEMBER):
            Alerts(bot.engine, "simulated").add(
                env.bob.id, PLACE, made_report(f"ETF{n}"), "band", None, "direct", env.clock.at
            )
        listed = await env.ask("/alert list")
    assert all(f"ETF{n} closes outside the 80% band" in listed.text for n in range(MAX_PER_MEMBER))
    assert "more" not in listed.text


async def test_the_longest_list_fits_its_message(env: BotEnv) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        engine = open_database(env.database_url)
        alerts = Alerts(engine, "simulated")
        long = replace(made_report("ABCDEFGHIJKLMNO", last_close=987_654_321.0), name="N" * 100)
        for n in range(MAX_PER_MEMBER):
            alerts.add(env.bob.id, PLACE, long, "above", 999_999_999.0 - n, "channel", env.clock.at)
        engine.dispose()
        listed = await env.ask("/alert list")
        full = await env.ask("/alert add ARKK condition:above price:60")
    assert "20 of 20" in listed.text
    assert "20 alerts, the maximum" in full.text
    assert StoredAlert.__tablename__ == "alerts"
