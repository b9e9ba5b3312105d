"""Deliveries, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from bot.calendar.weektime import WeeklyTime
from bot.cogs.report.deliveries import Deliveries, Delivery
from bot.cogs.report.subscriptions import ReportOptions, Subscription
from bot.delivery import Outcome

NOW = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
BIG = 2**62  # as large as the ids that Discord gives out
SATURDAYS = WeeklyTime("sat", time(9, 0), ZoneInfo("America/New_York"))


def test_a_delivery_is_marked_before_and_after(engine: Engine) -> None:
    deliveries = Deliveries(engine)
    to = Subscription(BIG, ReportOptions(BIG + 1, SATURDAYS), NOW)
    begun = deliveries.begin(to, "2026-W47", NOW)
    assert begun is not None
    assert deliveries.since(NOW) == {(BIG, 1, "2026-W47"): Delivery("2026-W47", "sending", 1, NOW, to.channel_id)}
    deliveries.end(to, begun, Outcome("failed"))
    deliveries.begin(to, "2026-W47", LATER)
    deliveries.end(to, begun, Outcome("sent", message_id=BIG + 3))
    assert deliveries.last(BIG) == Delivery("2026-W47", "sent", 2, LATER, to.channel_id)
    assert deliveries.begin(to, "2026-W47", LATER) is None  # by a machine that slept meanwhile
    assert deliveries.since(LATER + timedelta(seconds=1)) == {}
    assert deliveries.last(1) is None
