"""What looks before it writes does both in one transaction: of many at once only as many get through as may."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time
from threading import Barrier
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from bot.calendar.weektime import WeeklyTime
from bot.cogs.alerts.alert import Place
from bot.cogs.alerts.store import MAX_PER_MEMBER, Alerts, HasItAlready, TooMany
from bot.cogs.ops.channels import OpsChannels
from bot.cogs.privacy.departures import Departures
from bot.cogs.report.deliveries import Deliveries
from bot.cogs.report.subscriptions import ReportOptions, Subscriptions
from bot.cogs.watch.store import TooManyWatched, Watches
from forecasting import Symbol
from tests.support.reports import made_report

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
PLACE = Place(1, 2)
AT_ONCE = 8

T = TypeVar("T")


def at_once(act: Callable[[int], T]) -> list[T]:
    """What ``act`` gives in AT_ONCE threads that start together."""
    barrier = Barrier(AT_ONCE)

    def start(number: int) -> T:
        barrier.wait()
        return act(number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(start, range(AT_ONCE)))


def test_a_server_follows_no_more_etfs_than_it_may(engine: Engine) -> None:
    watches = Watches(engine)

    def follow(number: int) -> bool:
        try:
            return watches.add(1, Symbol(f"ETF{number}"), 3, NOW)
        except TooManyWatched:
            return False

    assert sum(at_once(follow)) == 3
    assert len(watches.of(1)) == 3


def test_the_same_alert_is_stored_once(engine: Engine) -> None:
    alerts = Alerts(engine, "simulated")

    def add(_: int) -> bool:
        try:
            alerts.add(7, PLACE, made_report(), "above", 60.0, "direct", NOW)
        except HasItAlready:
            return False
        return True

    assert sum(at_once(add)) == 1
    assert len(alerts.of(7)) == 1


def test_a_member_has_no_more_alerts_than_one_may(engine: Engine) -> None:
    alerts = Alerts(engine, "simulated")
    for number in range(MAX_PER_MEMBER - 1):
        alerts.add(7, PLACE, made_report(), "above", 60.0 + number, "direct", NOW)

    def add(number: int) -> bool:
        try:
            alerts.add(7, PLACE, made_report(), "below", 10.0 + number, "direct", NOW)
        except TooMany:
            return False
        return True

    assert sum(at_once(add)) == 1


def test_a_first_setting_that_is_made_twice_at_once_is_made(engine: Engine) -> None:
    subscriptions, channels, departures = Subscriptions(engine), OpsChannels(engine), Departures(engine)
    options = ReportOptions(5, WeeklyTime("sat", time(9, 0), ZoneInfo("America/New_York")))
    at_once(lambda _: subscriptions.subscribe(1, options, NOW))
    at_once(lambda _: channels.set(1, 5, NOW))
    at_once(lambda _: departures.leave(1, NOW))
    assert subscriptions.all_of(1)
    assert channels.of(1) is not None


def test_of_attempts_made_at_once_each_counts(engine: Engine) -> None:
    deliveries = Deliveries(engine)
    to = Subscriptions(engine).subscribe(1, ReportOptions(5, WeeklyTime("sat", time(9, 0), ZoneInfo("UTC"))), NOW)
    at_once(lambda _: deliveries.begin(to, "2026-W47", NOW))
    last = deliveries.last(1)
    assert last is not None
    assert last.attempts == AT_ONCE
