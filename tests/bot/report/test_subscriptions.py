"""Subscriptions, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

from bot.calendar.cadence import DailyTime
from bot.calendar.weektime import WeeklyTime
from bot.cogs.portfolio.store import SavedMix
from bot.cogs.privacy.departures import Departures
from bot.cogs.report.deliveries import Deliveries
from bot.cogs.report.subscriptions import ReportOptions, Subscription, Subscriptions
from bot.delivery import ChannelProblem, Outcome
from forecasting import Symbol, connect_lazily, open_database
from forecasting.storage.database import migrations_folder

NOW = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
BIG = 2**62  # as large as the ids that Discord gives out
SPY, ARKK = Symbol("SPY"), Symbol("ARKK")
SATURDAYS = WeeklyTime("sat", time(9, 0), ZoneInfo("America/New_York"))


def options(channel_id: int, when: WeeklyTime = SATURDAYS) -> ReportOptions:
    return ReportOptions(channel_id, when)


@pytest.fixture
def subscriptions(engine: Engine) -> Subscriptions:
    return Subscriptions(engine)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/old.db" if request.param == "sqlite" else request.getfixturevalue("postgresql")


def make_old(url: str, revision: str, *statements: str) -> None:
    """A database of an older program, with these rows."""
    old, config = connect_lazily(url), Config()
    config.set_main_option("script_location", str(migrations_folder()))
    with old.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        for statement in statements:
            connection.execute(text(statement))
    old.dispose()


def test_servers_that_asked_before_there_were_times_have_saturdays_and_are_still_left(url: str) -> None:
    row = "INSERT INTO subscriptions (server_id, channel_id, since, left_at) VALUES "
    since = "'2026-11-01 13:00:00+00:00'"
    make_old(url, "0005", f"{row} (1, 10, {since}, NULL), (2, 10, {since}, '2026-11-20 13:00:00+00:00')")
    engine = open_database(url)
    subscriptions = Subscriptions(engine)
    assert [subscription.server_id for subscription in subscriptions.all()] == [1]
    (subscription,) = subscriptions.all_of(2)
    assert subscription.options == options(10)
    Departures(engine).come_back(2)
    assert len(subscriptions.all()) == 2
    engine.dispose()


def test_a_report_from_before_there_were_several_is_the_first_and_its_week_is_not_posted_again(url: str) -> None:
    make_old(
        url,
        "0016",
        "INSERT INTO subscriptions (server_id, channel_id, day, at, zone, skips_weekend, symbols, is_paused, since) "
        "VALUES (1, 10, 'sat', '09:00', 'America/New_York', false, '[]', false, '2026-11-01 13:00:00+00:00')",
        "INSERT INTO deliveries (server_id, report, week, channel_id, state, attempts, tried_at) "
        "VALUES (1, 'weekly', '2026-W47', 10, 'sent', 1, '2026-11-01 13:00:00+00:00')",
    )
    engine = open_database(url)
    subscriptions, deliveries = Subscriptions(engine), Deliveries(engine)
    (first,) = subscriptions.all_of(1)
    assert (first.number, first.options) == (1, options(10))
    assert deliveries.begin(first, "2026-W47", NOW) is None
    daily = ReportOptions(10, DailyTime(time(18, 30), ZoneInfo("Europe/Berlin")), language="de", publishes=True)
    assert subscriptions.subscribe(1, daily, NOW) == Subscription(1, daily, NOW, number=2)
    assert deliveries.begin(Subscription(1, daily, NOW, number=2), "2026-11-20", NOW) is not None
    engine.dispose()


def test_a_subscription_lasts_from_its_wish_to_off(subscriptions: Subscriptions) -> None:
    subscriptions.subscribe(BIG, options(BIG + 1), NOW)
    assert subscriptions.all_of(BIG) == (Subscription(BIG, options(BIG + 1), NOW),)
    assert subscriptions.subscribe(BIG, options(BIG + 2), LATER) == Subscription(BIG, options(BIG + 2), NOW)
    assert subscriptions.all() == (Subscription(BIG, options(BIG + 2), NOW),)
    assert subscriptions.unsubscribe(BIG)
    assert not subscriptions.unsubscribe(BIG)
    subscriptions.subscribe(BIG, options(BIG + 1), LATER)
    assert subscriptions.all() == (Subscription(BIG, options(BIG + 1), LATER),)


def test_every_part_of_a_wish_is_kept_and_another_time_counts_from_now(subscriptions: Subscriptions) -> None:
    mondays = WeeklyTime("sun", time(7, 5), ZoneInfo("Asia/Kolkata"), skips_weekend=True)
    whole = ReportOptions(
        BIG + 1, mondays, role_id=BIG + 2, symbols=(SPY, ARKK), mix=SavedMix("Home", {SPY: 60.0, ARKK: 0.5})
    )
    subscriptions.subscribe(BIG, options(BIG + 1), NOW)
    subscriptions.subscribe(BIG, whole, LATER)
    assert subscriptions.all_of(BIG) == (Subscription(BIG, whole, LATER),)
    subscriptions.subscribe(BIG, replace(whole, mix=None), LATER)
    assert subscriptions.all_of(BIG) == (Subscription(BIG, replace(whole, mix=None), LATER),)


def test_a_pause_keeps_the_wish_and_owes_nothing_when_it_ends(subscriptions: Subscriptions) -> None:
    subscriptions.subscribe(1, options(10), NOW)
    subscriptions.pause(1)
    assert subscriptions.all_of(1) == (Subscription(1, options(10), NOW, is_paused=True),)
    subscriptions.resume(1, LATER)
    assert subscriptions.all_of(1) == (Subscription(1, options(10), LATER),)


def test_a_channel_is_not_tried_until_one_is_set_again_or_the_report_resumed(
    engine: Engine, subscriptions: Subscriptions
) -> None:
    deliveries = Deliveries(engine)

    def refuse(problem: ChannelProblem, week: str) -> None:
        begun = deliveries.begin(Subscription(1, options(10), NOW), week, NOW)
        assert begun is not None
        deliveries.end(Subscription(1, options(10), NOW), begun, Outcome("refused", problem))

    subscriptions.subscribe(1, options(10), NOW)
    refuse("forbidden", "2026-W47")
    assert subscriptions.all_of(1) == (Subscription(1, options(10), NOW, problem="forbidden"),)
    subscriptions.subscribe(1, options(10), LATER)
    assert subscriptions.all_of(1) == (Subscription(1, options(10), NOW),)
    refuse("gone", "2026-W48")
    subscriptions.resume(1, LATER)
    assert subscriptions.all_of(1) == (Subscription(1, options(10), NOW),)


def test_the_options_of_a_server_that_the_bot_left_wait_for_its_return(
    engine: Engine, subscriptions: Subscriptions
) -> None:
    for server in (1, 2):
        subscriptions.subscribe(server, options(10 * server), NOW)
    for _ in range(2):
        Departures(engine).catch_up(frozenset({2, 3}), LATER)
        assert [subscription.server_id for subscription in subscriptions.all()] == [2]
    Departures(engine).leave(2, LATER)
    Departures(engine).leave(2, LATER)
    Departures(engine).come_back(1)
    assert [subscription.server_id for subscription in subscriptions.all()] == [1]
    Departures(engine).catch_up(frozenset({1, 2}), LATER)
    assert {subscription.server_id for subscription in subscriptions.all()} == {1, 2}
