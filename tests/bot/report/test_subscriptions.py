"""Subscriptions, deliveries, and the records of the schedule, on both databases."""

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
from bot.cogs.report.subscriptions import Delivery, ReportOptions, Subscription, Subscriptions
from bot.cogs.watch.store import REST_AFTER, TooManyWatched, Watches, served
from bot.delivery import ChannelProblem, Outcome
from bot.schedule.decision import ScheduledRun
from bot.schedule.records import RunRecords
from forecasting import Symbol, Universe, connect_lazily, open_database
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


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_servers_that_asked_before_there_were_times_have_saturdays_and_are_still_left(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/old.db" if kind == "sqlite" else request.getfixturevalue("postgresql")
    old = connect_lazily(url)
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    with old.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        row = text(
            "INSERT INTO subscriptions (server_id, channel_id, since, left_at) "
            "VALUES (:id, 10, '2026-11-01 13:00:00+00:00', :left_at)"
        )
        for server, left_at in ((1, None), (2, "2026-11-20 13:00:00+00:00")):
            connection.execute(row, {"id": server, "left_at": left_at})
    old.dispose()

    engine = open_database(url)
    subscriptions = Subscriptions(engine)
    assert [subscription.server_id for subscription in subscriptions.all()] == [1]
    subscription = subscriptions.of(2)
    assert subscription is not None
    assert subscription.options == options(10)
    Departures(engine).come_back(2)
    assert len(subscriptions.all()) == 2
    engine.dispose()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_report_from_before_there_were_several_is_the_first_and_its_week_is_not_posted_again(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/old.db" if kind == "sqlite" else request.getfixturevalue("postgresql")
    old = connect_lazily(url)
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    with old.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0016")
        wish = (
            "INSERT INTO subscriptions "
            "(server_id, channel_id, day, at, zone, skips_weekend, symbols, is_paused, since) VALUES "
            "(1, 10, 'sat', '09:00', 'America/New_York', false, '[]', false, '2026-11-01 13:00:00+00:00')"
        )
        delivery = (
            "INSERT INTO deliveries (server_id, report, week, channel_id, state, attempts, tried_at) "
            "VALUES (1, 'weekly', '2026-W47', 10, 'sent', 1, '2026-11-01 13:00:00+00:00')"
        )
        for statement in (wish, delivery):
            connection.execute(text(statement))
    old.dispose()

    engine = open_database(url)
    subscriptions = Subscriptions(engine)
    (first,) = subscriptions.all_of(1)
    assert (first.number, first.options) == (1, options(10))
    assert subscriptions.begin_delivery(first, "2026-W47", NOW) is None
    daily = ReportOptions(10, DailyTime(time(18, 30), ZoneInfo("Europe/Berlin")), language="de", publishes=True)
    assert subscriptions.subscribe(1, daily, NOW) == Subscription(1, daily, NOW, number=2)
    begun = subscriptions.begin_delivery(Subscription(1, daily, NOW, number=2), "2026-11-20", NOW)
    assert begun is not None
    engine.dispose()


def test_a_subscription_lasts_from_its_wish_to_off(subscriptions: Subscriptions) -> None:
    subscriptions.subscribe(BIG, options(BIG + 1), NOW)
    assert subscriptions.of(BIG) == Subscription(BIG, options(BIG + 1), NOW)
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
    assert subscriptions.of(BIG) == Subscription(BIG, whole, LATER)
    subscriptions.subscribe(BIG, replace(whole, mix=None), LATER)
    assert subscriptions.of(BIG) == Subscription(BIG, replace(whole, mix=None), LATER)


def test_a_pause_keeps_the_wish_and_owes_nothing_when_it_ends(subscriptions: Subscriptions) -> None:
    subscriptions.subscribe(1, options(10), NOW)
    subscriptions.pause(1)
    assert subscriptions.of(1) == Subscription(1, options(10), NOW, is_paused=True)
    subscriptions.resume(1, LATER)
    assert subscriptions.of(1) == Subscription(1, options(10), LATER)


def test_a_channel_is_not_tried_until_one_is_set_again_or_the_report_resumed(subscriptions: Subscriptions) -> None:
    def refuse(problem: ChannelProblem, week: str) -> None:
        begun = subscriptions.begin_delivery(Subscription(1, options(10), NOW), week, NOW)
        assert begun is not None
        subscriptions.end_delivery(Subscription(1, options(10), NOW), begun, Outcome("refused", problem))

    subscriptions.subscribe(1, options(10), NOW)
    refuse("forbidden", "2026-W47")
    assert subscriptions.of(1) == Subscription(1, options(10), NOW, problem="forbidden")
    subscriptions.subscribe(1, options(10), LATER)
    assert subscriptions.of(1) == Subscription(1, options(10), NOW)
    refuse("gone", "2026-W48")
    subscriptions.resume(1, LATER)
    assert subscriptions.of(1) == Subscription(1, options(10), NOW)


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


def test_a_delivery_is_marked_before_and_after(subscriptions: Subscriptions) -> None:
    to = Subscription(BIG, options(BIG + 1), NOW)
    begun = subscriptions.begin_delivery(to, "2026-W47", NOW)
    assert begun is not None
    assert subscriptions.deliveries(NOW) == {
        (BIG, 1, "2026-W47"): Delivery("2026-W47", "sending", 1, NOW, to.channel_id)
    }
    subscriptions.end_delivery(to, begun, Outcome("failed"))
    subscriptions.begin_delivery(to, "2026-W47", LATER)
    subscriptions.end_delivery(to, begun, Outcome("sent", message_id=BIG + 3))
    assert subscriptions.last_delivery(BIG) == Delivery("2026-W47", "sent", 2, LATER, to.channel_id)
    assert subscriptions.begin_delivery(to, "2026-W47", LATER) is None  # by a machine that slept meanwhile
    assert subscriptions.deliveries(LATER + timedelta(seconds=1)) == {}
    assert subscriptions.last_delivery(1) is None


class TestWatches:
    def test_last_from_add_to_remove_and_then_rest_for_thirty_days(self, engine: Engine) -> None:
        watches = Watches(engine)
        assert watches.add(BIG, SPY, 2, NOW)
        assert not watches.add(BIG, SPY, 2, LATER)
        assert watches.add(BIG, ARKK, 2, LATER)
        assert watches.of(BIG) == (SPY, ARKK)
        with pytest.raises(TooManyWatched):
            watches.add(BIG, Symbol("TLT"), 2, LATER)
        assert watches.remove(BIG, SPY, LATER)
        assert not watches.remove(BIG, SPY, LATER)
        assert watches.of(BIG) == (ARKK,)
        assert watches.trained(LATER + REST_AFTER - timedelta(seconds=1)) == (ARKK, SPY)
        assert watches.trained(LATER + REST_AFTER) == (ARKK,)
        assert watches.add(BIG, SPY, 2, LATER)
        assert watches.all() == {SPY, ARKK}

    def test_of_a_server_that_was_left_rest_as_if_removed_then(
        self, engine: Engine, subscriptions: Subscriptions
    ) -> None:
        watches = Watches(engine)
        for server in (1, 2):
            watches.add(server, (SPY, ARKK)[server - 1], 5, NOW)
        Departures(engine).catch_up(frozenset({2}), LATER)
        assert watches.trained(LATER) == (ARKK, SPY)
        assert watches.trained(LATER + REST_AFTER) == (ARKK,)
        Departures(engine).come_back(1)
        assert watches.trained(LATER + REST_AFTER) == (ARKK, SPY)

    def test_come_after_the_universe_in_what_is_served(self, engine: Engine) -> None:
        watches = Watches(engine)
        for symbol in ("TLT", "SPY"):
            watches.add(1, Symbol(symbol), 5, NOW)
        assert served(Universe.parse(""), watches, NOW) == ("ARKK", "SPY", "FNGU", "TLT")


def test_a_scheduled_run_is_remembered_per_source_task_and_due_time(engine: Engine) -> None:
    records = RunRecords(engine, "simulated")
    records.begin("retrain", NOW, (SPY, ARKK), NOW)
    assert records.newest() == {("retrain", NOW): ScheduledRun("running", 1, NOW, (SPY, ARKK))}
    records.end("retrain", NOW, (ARKK,), "ARKK: not there")
    assert records.newest() == {("retrain", NOW): ScheduledRun("failed", 1, NOW, (ARKK,), problem="ARKK: not there")}
    records.begin("retrain", NOW, (ARKK,), LATER)
    assert records.newest()["retrain", NOW].problem is None
    records.interrupt("retrain", NOW)
    assert records.newest()["retrain", NOW].attempts == 1
    records.begin("retrain", NOW, (ARKK,), LATER)
    records.end("retrain", NOW, (), None)
    assert records.newest() == {("retrain", NOW): ScheduledRun("done", 2, LATER)}
    records.begin("refresh", LATER, (SPY,), LATER)
    records.end("refresh", LATER, (SPY,), "SPY: unknown", permanent=True)
    assert records.newest()["refresh", LATER].is_settled
    assert RunRecords(engine, "yahoo").newest() == {}
