"""The index of due reports finds what a look at every report finds, and a check with nothing due reads none."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final, get_args
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, event, insert

from bot.calendar.cadence import ReportDay, report_time
from bot.calendar.weektime import WeeklyTime
from bot.cogs.ops.problems import UNPOSTED
from bot.cogs.privacy.departures import Departures
from bot.cogs.report.deliveries import Deliveries, Delivery, DeliveryState
from bot.cogs.report.due import DueReport, due_reports, newest_reports, next_due
from bot.cogs.report.subscriptions import ReportOptions, Subscription, Subscriptions
from bot.delivery import ChannelProblem, Outage, Outcome
from bot.schedule.open_reports import OpenReports
from bot.storage.schema import StoredDelivery, StoredSubscription
from forecasting import last_completed_session

ZONES: Final = tuple(map(ZoneInfo, ("America/New_York", "Europe/London", "Australia/Sydney", "Asia/Kolkata")))
AUTUMN: Final = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)
"""Before the clocks change in London (2026-10-25) and New York (2026-11-01)."""
SATURDAY: Final = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
SATURDAYS: Final = WeeklyTime("sat", time(9, 0), ZONES[0])


class Season:
    """Months of a bot whose servers, clock, Discord and process all change; a choice of them by a seed."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - days, no secrets
        self.engine = engine
        self.engine, self.subscriptions, self.departures = engine, Subscriptions(engine), Departures(engine)
        self.deliveries = Deliveries(engine)
        self.open = OpenReports(self.engine)
        self.now = AUTUMN
        self.outage: Outage | None = None
        self.found = 0

    def options(self) -> ReportOptions:
        day = self.chance.choice((*get_args(get_args(ReportDay)[0]), "all", "1st", "all"))
        at = time(self.chance.randrange(24), self.chance.choice((0, 30)))
        return ReportOptions(10, report_time(day, at, self.chance.choice(ZONES), self.chance.random() < 0.3))

    def change(self) -> None:
        """What an admin, a kick or a restart does."""
        chance, server, number = self.chance, self.chance.randrange(1, 5), self.chance.randrange(1, 3)
        known = next((each for each in self.subscriptions.all_of(server) if each.number == number), None)
        kinds = "set set pause resume resume resume off leave back back restart move move clock"
        match chance.choice(kinds.split()):
            case "set" if known is None:
                self.subscriptions.subscribe(server, self.options(), self.now, "new")
            case "set":
                self.subscriptions.subscribe(server, self.options(), self.now, number)
            case "move" if known is not None:
                self.subscriptions.subscribe(server, replace(known.options, channel_id=20), self.now, number)
            case "pause":
                self.subscriptions.pause(server, number)
            case "resume":
                self.subscriptions.resume(server, self.now, number)
            case "off" if chance.random() < 0.3:
                self.subscriptions.unsubscribe(server, number)
            case "leave" if chance.random() < 0.5:
                self.departures.leave(server, self.now)
            case "back":
                for each in range(1, 5):
                    self.departures.come_back(each)
            case "restart" if chance.random() < 0.3:
                self.open = OpenReports(self.engine)
            case "clock" if chance.random() < 0.2:
                self.now -= timedelta(days=chance.choice((0.1, 3, 20)))

    def check(self) -> None:
        """Look by the index and at all; they must agree. Then post some of it, with any outcome."""
        refreshed = last_completed_session(self.now) if self.chance.random() < 0.8 else None
        everything = self.subscriptions.all(), self.deliveries.since(AUTUMN - timedelta(days=90))
        wanted = due_reports(self.now, *everything, self.outage, refreshed)
        found = due_reports(self.now, *self.open.at(self.now), self.outage, refreshed)
        assert found == wanted, self.now
        for report in newest_reports(self.now, self.subscriptions.all()):
            expected = next_due(self.now, report, everything[1].get(report.key))
            assert report.to.next_due == expected, (self.now, report)
        active = [to.options.when.next(self.now) for to in everything[0] if to.is_active]
        first = self.open.next(self.now)
        assert first == min(active, default=None), self.now
        self.found += len(found)
        for report in found:
            begun = self.deliveries.begin(report.to, report.period, self.now)
            state = self.chance.choice(("sent", "sent", "failed", "unknown", "lost", "empty", "refused", "sending"))
            if begun is None or state == "sending":  # the bot was killed
                continue
            problem: ChannelProblem | None = "forbidden" if state == "refused" else None
            self.deliveries.end(report.to, begun, Outcome(state, problem))  # type: ignore[arg-type]
        if self.chance.random() < 0.1:
            self.outage = self.now - timedelta(hours=self.chance.randrange(1, 48)), self.now


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_the_index_finds_what_a_look_at_every_report_finds(engine: Engine, seed: int) -> None:
    season = Season(engine, seed)
    for _ in range(16):
        season.change()
    for _ in range(120):
        if season.chance.random() < 0.4:
            season.change()
        season.check()
        minutes = season.chance.choice(
            (0, 5, 5, 5, 50, 8 * 60, 26 * 60, 7 * 24 * 60 if season.chance.random() < 0.2 else 60)
        )
        season.now += timedelta(minutes=minutes)
    assert season.found > 20


CLUB: Final = Subscription(1, ReportOptions(10, SATURDAYS), since=AUTUMN)
WEEK: Final = timedelta(days=7)


@pytest.mark.parametrize(
    ("state", "attempts", "is_settled"),
    [
        (None, 0, False),
        ("sending", 1, False),
        ("failed", 1, False),
        ("unknown", 4, False),
        ("empty", 1, False),
        ("sent", 1, True),
        ("refused", 1, True),
        ("lost", 1, True),
        ("failed", 5, True),
        ("sending", 6, True),
    ],
)
def test_a_report_is_open_until_it_will_not_be_posted_again(
    state: DeliveryState | None, attempts: int, is_settled: bool
) -> None:
    noon = SATURDAY + timedelta(hours=2)
    delivery = None if state is None else Delivery("2026-W47", state, attempts, noon)
    report = DueReport(CLUB, SATURDAY, "2026-W47")
    assert next_due(noon, report, delivery) == (SATURDAY + WEEK if is_settled else SATURDAY)
    assert next_due(SATURDAY + timedelta(days=5), report, None) == SATURDAY
    assert next_due(SATURDAY + timedelta(days=5, seconds=1), report, None) == SATURDAY + WEEK, "too late"
    assert next_due(noon, replace(report, to=replace(CLUB, since=noon)), None) == SATURDAY + WEEK, "asked afterwards"
    assert next_due(noon, replace(report, to=replace(CLUB, is_paused=True)), None) is None


def filled(engine: Engine, servers: int) -> Subscriptions:
    """Servers with a weekly report, all posted at ``SATURDAY``."""
    subscriptions, ids = Subscriptions(engine), range(1, servers + 1)
    row = {"day": "sat", "at": "09:00", "zone": "America/New_York", "skips_weekend": False, "is_paused": False}
    row |= {"number": 1, "channel_id": 10, "symbols": [], "since": SATURDAY - timedelta(days=30), "publishes": False}
    mark = {"report": "1", "week": "2026-W47", "channel_id": 10, "state": "sent", "attempts": 1, "tried_at": SATURDAY}
    with engine.begin() as connection:
        connection.execute(insert(StoredSubscription), [row | {"server_id": server} for server in ids])
        connection.execute(insert(StoredDelivery), [mark | {"server_id": server} for server in ids])
    return subscriptions


def test_a_check_with_nothing_due_reads_and_writes_no_subscription_or_delivery(engine: Engine) -> None:
    filled(engine, 20)
    reports, noon = OpenReports(engine), SATURDAY + timedelta(hours=2)
    assert len(reports.at(noon)[0]) == 20, "the first look is at all, and settles them"
    statements: list[str] = []

    def note(_: Any, cursor: Any, statement: str, *more: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    assert reports.at(noon + timedelta(minutes=5)) == ((), {})
    assert len(statements) == 1, statements
    assert re.match(r"SELECT .*\sWHERE subscriptions\.next_due <= ", statements[0], re.DOTALL)


def test_what_becomes_due_between_a_look_and_the_plan_of_the_next_one_is_not_passed_over(engine: Engine) -> None:
    filled(engine, 1)
    reports, week = OpenReports(engine), SATURDAY + WEEK
    reports.at(week - timedelta(milliseconds=1))
    assert reports.next(week - timedelta(milliseconds=1)) == week
    assert reports.next(week + timedelta(seconds=1)) == week


def plan_of(engine: Engine, act: Any) -> str:
    """How the database finds the rows of the statement that ``act`` executes."""
    found: list[tuple[str, Any]] = []

    def note(_: Any, cursor: Any, statement: str, values: Any, *more: Any) -> None:
        found.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    act()
    event.remove(engine, "before_cursor_execute", note)
    ((statement, values),) = found
    with engine.connect() as connection:
        explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
        if engine.dialect.name != "sqlite":
            connection.exec_driver_sql("ANALYZE")
        return "\n".join(str(tuple(row)) for row in connection.exec_driver_sql(explain + statement, values))


def test_what_is_due_in_trouble_or_unposted_is_found_by_an_index(engine: Engine) -> None:
    """A thousand rows are enough for PostgreSQL to prefer an index to reading the table."""
    subscriptions, deliveries = filled(engine, 1000), Deliveries(engine)
    noon = SATURDAY + timedelta(hours=2)
    OpenReports(engine).at(noon)
    keys = {(server, 1, "2026-W47") for server in range(1, 5)}
    for act, index in (
        (lambda: subscriptions.due(noon), "ix_subscriptions_next_due"),
        (lambda: subscriptions.coming(noon), "ix_subscriptions_next_due"),
        (subscriptions.in_trouble, "ix_subscriptions_problem"),
        (lambda: deliveries.since(noon, UNPOSTED), "ix_deliveries_state_tried_at"),
        (lambda: deliveries.of(keys), "deliveries"),
    ):
        plan = plan_of(engine, act)
        assert index in plan
        assert "SCAN subscriptions" not in plan.replace(f"SCAN subscriptions USING INDEX {index}", "")
        assert not re.search("SCAN deliveries|Seq Scan on (subscriptions|deliveries)", plan), plan
