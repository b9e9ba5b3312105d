"""When jobs and reports are due: wall clocks of four zones, their changes, and ISO weeks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.calendar.cadence import DailyTime, MonthlyTime
from bot.calendar.weektime import WEEKDAYS, Weekday, WeeklyTime
from bot.cogs.report.deliveries import Delivery
from bot.cogs.report.due import PostReports
from bot.cogs.report.subscriptions import ReportOptions, Subscription
from bot.schedule.decision import Records, ScheduledRun, due
from bot.schedule.service import due_triggers
from bot.schedule.timetable import Timetable
from forecasting import Symbol, sessions_between

NEW_YORK = ZoneInfo("America/New_York")
TABLE = Timetable(NEW_YORK, "sat", time(8, 0), time(18, 0))
SPY, ARKK = Symbol("SPY"), Symbol("ARKK")
UNIVERSE = (ARKK, SPY)

SATURDAY = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)  # 08:00 in New York
LONG_AGO = datetime(2026, 9, 1, tzinfo=UTC)
DONE = ScheduledRun("done", 1, SATURDAY)


def owed(now: datetime, records: Records) -> list[tuple[int, datetime]]:
    """Server and due time of the reports to be posted at ``now``, the week's training done."""
    weekly = ("retrain", TABLE.retrain.newest(now))
    steps = due(now, replace(records, runs={weekly: DONE}), TABLE)
    return [(r.to.server_id, r.due_at) for step in steps if isinstance(step, PostReports) for r in step.reports]


class TestTimetable:
    @pytest.mark.parametrize(
        ("now", "newest", "following"),
        [
            # Clocks go back on 2026-11-01 and forward on 2027-03-14, both in the night to a Sunday.
            ("2026-10-31T11:59:59Z", "2026-10-24T12:00Z", "2026-10-31T12:00Z"),
            ("2026-10-31T12:00:00Z", "2026-10-31T12:00Z", "2026-11-07T13:00Z"),
            ("2026-11-07T12:59:59Z", "2026-10-31T12:00Z", "2026-11-07T13:00Z"),
            ("2026-11-07T13:00:00Z", "2026-11-07T13:00Z", "2026-11-14T13:00Z"),
            ("2027-03-13T13:00:00Z", "2027-03-13T13:00Z", "2027-03-20T12:00Z"),
            ("2027-03-20T11:59:59Z", "2027-03-13T13:00Z", "2027-03-20T12:00Z"),
            ("2027-03-20T12:00:00Z", "2027-03-20T12:00Z", "2027-03-27T12:00Z"),
            ("2027-01-01T12:00:00Z", "2026-12-26T13:00Z", "2027-01-02T13:00Z"),
        ],
    )
    def test_the_weekly_time_is_that_of_the_wall_clock(self, now: str, newest: str, following: str) -> None:
        moment = datetime.fromisoformat(now)
        assert TABLE.retrain.newest(moment) == datetime.fromisoformat(newest)
        assert TABLE.retrain.next(moment) == datetime.fromisoformat(following)

    @pytest.mark.parametrize(
        ("now", "newest", "following"),
        [
            ("2026-11-20T22:59:59Z", "2026-11-19T23:00Z", "2026-11-20T23:00Z"),
            ("2026-11-20T23:00:00Z", "2026-11-20T23:00Z", "2026-11-23T23:00Z"),  # over the weekend
            ("2026-11-26T23:30:00Z", "2026-11-25T23:00Z", "2026-11-27T23:00Z"),  # Thanksgiving: no session
            ("2026-10-30T22:00:00Z", "2026-10-30T22:00Z", "2026-11-02T23:00Z"),  # over the end of daylight saving
            ("2027-03-12T23:00:00Z", "2027-03-12T23:00Z", "2027-03-15T22:00Z"),
        ],
    )
    def test_a_refresh_follows_each_session_and_no_other_day(self, now: str, newest: str, following: str) -> None:
        moment = datetime.fromisoformat(now)
        assert TABLE.newest_refresh(moment) == datetime.fromisoformat(newest)
        assert TABLE.next_refresh(moment) == datetime.fromisoformat(following)

    def test_where_the_evening_comes_before_the_bell_the_refresh_waits_for_the_next_one(self) -> None:
        kolkata = Timetable(ZoneInfo("Asia/Kolkata"), "sat", time(8, 0), time(18, 0))
        friday_session_on_saturday = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)  # 18:00 in Kolkata
        assert kolkata.newest_refresh(friday_session_on_saturday) == friday_session_on_saturday
        assert kolkata.newest_refresh(friday_session_on_saturday - timedelta(seconds=1)).date().day == 20


class TestWeeklyTime:
    """Clocks of New York go back on 2026-11-01 and 2027-11-07 and forward on 2026-03-08 and 2027-03-14 at 02:00;
    those of London on 2026-10-25, 2027-10-31, 2026-03-29 and 2027-03-28 at 01:00 UTC; those of Sydney forward on
    2026-10-04 and 2027-10-03 and back on 2026-04-05 and 2027-04-04. Those of Kolkata never.
    """

    @pytest.mark.parametrize(
        ("zone", "day", "at", "due_at"),
        [
            # The same time on the wall clock before and after each change: a Saturday, and the one after it.
            ("America/New_York", "sat", "09:00", ["2026-03-07T14:00", "2026-03-14T13:00", "2026-03-21T13:00"]),
            ("America/New_York", "sat", "09:00", ["2026-10-31T13:00", "2026-11-07T14:00", "2026-11-14T14:00"]),
            ("America/New_York", "sat", "09:00", ["2027-03-13T14:00", "2027-03-20T13:00", "2027-03-27T13:00"]),
            ("America/New_York", "sat", "09:00", ["2027-11-06T13:00", "2027-11-13T14:00", "2027-11-20T14:00"]),
            ("Europe/London", "mon", "07:30", ["2026-03-23T07:30", "2026-03-30T06:30", "2026-04-06T06:30"]),
            ("Europe/London", "mon", "07:30", ["2026-10-19T06:30", "2026-10-26T07:30", "2026-11-02T07:30"]),
            ("Europe/London", "mon", "07:30", ["2027-03-22T07:30", "2027-03-29T06:30", "2027-04-05T06:30"]),
            ("Europe/London", "mon", "07:30", ["2027-10-25T06:30", "2027-11-01T07:30", "2027-11-08T07:30"]),
            ("Australia/Sydney", "sun", "18:00", ["2026-03-29T07:00", "2026-04-05T08:00", "2026-04-12T08:00"]),
            ("Australia/Sydney", "sun", "18:00", ["2026-09-27T08:00", "2026-10-04T07:00", "2026-10-11T07:00"]),
            ("Australia/Sydney", "sun", "18:00", ["2027-03-28T07:00", "2027-04-04T08:00", "2027-04-11T08:00"]),
            ("Australia/Sydney", "sun", "18:00", ["2027-09-26T08:00", "2027-10-03T07:00", "2027-10-10T07:00"]),
            ("Asia/Kolkata", "sat", "20:15", ["2026-10-31T14:45", "2026-11-07T14:45", "2026-11-14T14:45"]),
            ("Asia/Kolkata", "sun", "02:30", ["2027-03-13T21:00", "2027-03-20T21:00", "2027-03-27T21:00"]),
            # A time that a clock change leaves out moves forward with the clock.
            ("America/New_York", "sun", "02:30", ["2026-03-01T07:30", "2026-03-08T07:30", "2026-03-15T06:30"]),
            ("America/New_York", "sun", "02:30", ["2027-03-07T07:30", "2027-03-14T07:30", "2027-03-21T06:30"]),
            ("Europe/London", "sun", "01:30", ["2026-03-22T01:30", "2026-03-29T01:30", "2026-04-05T00:30"]),
            ("Europe/London", "sun", "01:30", ["2027-03-21T01:30", "2027-03-28T01:30", "2027-04-04T00:30"]),
            ("Australia/Sydney", "sun", "02:30", ["2026-09-26T16:30", "2026-10-03T16:30", "2026-10-10T15:30"]),
            ("Australia/Sydney", "sun", "02:30", ["2027-09-25T16:30", "2027-10-02T16:30", "2027-10-09T15:30"]),
            # One that comes twice counts the first time, and only then.
            ("America/New_York", "sun", "01:30", ["2026-10-25T05:30", "2026-11-01T05:30", "2026-11-08T06:30"]),
            ("America/New_York", "sun", "01:30", ["2027-10-31T05:30", "2027-11-07T05:30", "2027-11-14T06:30"]),
            ("Europe/London", "sun", "01:30", ["2026-10-18T00:30", "2026-10-25T00:30", "2026-11-01T01:30"]),
            ("Europe/London", "sun", "01:30", ["2027-10-24T00:30", "2027-10-31T00:30", "2027-11-07T01:30"]),
            ("Australia/Sydney", "sun", "02:30", ["2026-03-28T15:30", "2026-04-04T15:30", "2026-04-11T16:30"]),
            ("Australia/Sydney", "sun", "02:30", ["2027-03-27T15:30", "2027-04-03T15:30", "2027-04-10T16:30"]),
        ],
    )
    def test_keeps_to_the_wall_clock_through_every_change(
        self, zone: str, day: Weekday, at: str, due_at: list[str]
    ) -> None:
        when = WeeklyTime(day, time.fromisoformat(at), ZoneInfo(zone))
        moments = [datetime.fromisoformat(f"{moment}:00+00:00") for moment in due_at]
        for before, after in pairwise(moments):
            assert when.next(before) == after
            assert when.newest(after) == after
            assert when.newest(after - timedelta(seconds=1)) == before
            subscription = Subscription(1, ReportOptions(10, when), since=before + timedelta(seconds=1))
            records = Records(LONG_AGO - timedelta(days=400), UNIVERSE, subscriptions=(subscription,))
            assert owed(after - timedelta(seconds=1), records) == []
            assert owed(after, records) == [(1, after)]
            week = when.period(after)
            sent = replace(records, deliveries={(1, 1, week): Delivery(week, "sent", 1, after)})
            for later in (timedelta(hours=1), timedelta(hours=2), timedelta(days=6)):
                assert owed(after + later, sent) == [], "one post a week, whatever the clock shows again"

    @pytest.mark.parametrize(
        ("zone", "due_at", "week"),
        [
            ("America/New_York", "2026-12-27T13:00", "2026-W52"),
            ("America/New_York", "2027-01-02T13:00", "2026-W53"),
            ("Europe/London", "2027-01-03T23:30", "2026-W53"),
            ("Europe/London", "2027-01-04T00:30", "2027-W01"),
            ("Asia/Kolkata", "2027-01-03T18:29", "2026-W53"),
            ("Asia/Kolkata", "2027-01-03T18:30", "2027-W01"),  # midnight there
            ("Australia/Sydney", "2027-01-03T12:59", "2026-W53"),
            ("Australia/Sydney", "2027-01-03T13:00", "2027-W01"),
            ("America/New_York", "2027-01-04T04:59", "2026-W53"),
            ("America/New_York", "2027-01-04T05:00", "2027-W01"),
            ("Europe/London", "2026-01-01T09:00", "2026-W01"),
            ("Europe/London", "2028-01-01T09:00", "2027-W52"),
        ],
    )
    def test_the_week_is_the_iso_week_in_the_servers_zone(self, zone: str, due_at: str, week: str) -> None:
        when = WeeklyTime("sat", time(9, 0), ZoneInfo(zone))
        assert when.period(datetime.fromisoformat(f"{due_at}:00+00:00")) == week

    @pytest.mark.parametrize("zone", ["America/New_York", "Europe/London", "Australia/Sydney", "Asia/Kolkata"])
    @pytest.mark.parametrize("day", WEEKDAYS)
    def test_two_years_have_one_due_time_in_each_of_their_iso_weeks(self, zone: str, day: Weekday) -> None:
        when = WeeklyTime(day, time(2, 30), ZoneInfo(zone))
        moment, weeks = datetime(2026, 1, 8, tzinfo=UTC), []
        while moment < datetime(2028, 1, 5, tzinfo=UTC):
            moment = when.next(moment)
            weeks.append(when.period(moment))
        assert len(weeks) == len(set(weeks))
        assert "2026-W53" in weeks
        assert weeks == sorted(weeks)

    @pytest.mark.parametrize("day", WEEKDAYS)
    def test_who_skips_the_weekend_gets_its_report_on_monday(self, day: Weekday) -> None:
        when = WeeklyTime(day, time(9, 0), NEW_YORK, skips_weekend=True)
        moment = when.next(SATURDAY)
        assert moment.astimezone(NEW_YORK).time() == time(9, 0)
        expected = 0 if day in ("sat", "sun") else WEEKDAYS.index(day)
        assert moment.astimezone(NEW_YORK).weekday() == expected
        assert not moment.astimezone(NEW_YORK).weekday() > 4


class TestDailyTime:
    @pytest.mark.parametrize(
        ("zone", "at", "due_at", "session"),
        [
            ("America/New_York", "18:30", "2026-11-25T23:30", "2026-11-25"),
            ("America/New_York", "18:30", "2026-11-27T23:30", "2026-11-27"),  # Thanksgiving has none
            ("America/New_York", "13:30", "2026-11-27T18:30", "2026-11-27"),  # which ended at 13:00
            ("America/New_York", "13:30", "2026-11-26T18:30", "2026-11-25"),
            ("Europe/Berlin", "08:00", "2026-11-28T07:00", "2026-11-27"),  # a Friday's on Saturday
            ("Asia/Tokyo", "07:00", "2026-11-30T22:00", "2026-11-30"),
            ("America/New_York", "18:30", "2026-10-30T22:30", "2026-10-30"),  # clocks go back on the Sunday
            ("America/New_York", "18:30", "2026-11-02T23:30", "2026-11-02"),
        ],
    )
    def test_is_the_first_such_time_after_each_session(self, zone: str, at: str, due_at: str, session: str) -> None:
        when, moment = DailyTime(time.fromisoformat(at), ZoneInfo(zone)), datetime.fromisoformat(f"{due_at}:00+00:00")
        assert when.newest(moment) == moment
        assert when.period(moment) == session
        assert when.next(moment - timedelta(seconds=1)) == moment
        assert when.newest(moment - timedelta(seconds=1)) < moment < when.next(moment)

    @pytest.mark.parametrize("zone", ["America/New_York", "Europe/London", "Australia/Sydney", "Asia/Kolkata"])
    @pytest.mark.parametrize("at", ["00:30", "09:00", "16:45"])
    def test_a_year_has_one_for_each_session_or_two_of_them(self, zone: str, at: str) -> None:
        when = DailyTime(time.fromisoformat(at), ZoneInfo(zone))
        moment, periods = datetime(2026, 1, 3, tzinfo=UTC), []
        while moment < datetime(2027, 1, 3, tzinfo=UTC):
            moment = when.next(moment)
            periods.append(when.period(moment))
        sessions = [session.isoformat() for session in sessions_between(date(2026, 1, 5), date(2026, 12, 30))]
        assert periods == sorted(set(periods))
        left_out = [after for session, after in pairwise(sessions) if session not in periods]
        assert set(left_out) <= {"2026-11-27", "2026-12-24"}, "whose early close comes before the same hour"


class TestMonthlyTime:
    @pytest.mark.parametrize(
        ("skips_weekend", "due_at", "following"),
        [
            (False, "2026-08-01T13:00", "2026-09-01T13:00"),
            (True, "2026-08-03T13:00", "2026-09-01T13:00"),  # the first is a Saturday
            (True, "2026-11-02T14:00", "2026-12-01T14:00"),  # a Sunday, on which clocks go back
            (False, "2026-12-01T14:00", "2027-01-01T14:00"),
            (False, "2027-03-01T14:00", "2027-04-01T13:00"),
        ],
    )
    def test_is_once_in_each_month(self, skips_weekend: bool, due_at: str, following: str) -> None:
        when = MonthlyTime(time(9, 0), NEW_YORK, skips_weekend)
        moment = datetime.fromisoformat(f"{due_at}:00+00:00")
        assert when.newest(moment) == moment
        assert when.newest(moment - timedelta(seconds=1)) < moment
        assert when.next(moment) == datetime.fromisoformat(f"{following}:00+00:00")
        assert when.next(moment - timedelta(seconds=1)) == moment
        assert when.period(moment) == due_at[:7]


class TestDailyReports:
    """18:30 in New York, half an hour after the refresh of each session."""

    CLUB = Subscription(1, ReportOptions(10, DailyTime(time(18, 30), NEW_YORK)), LONG_AGO)
    FRIDAY = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)

    def owed(self, now: datetime, refresh: ScheduledRun | None, **facts: Any) -> list[tuple[str, ...]]:
        runs = {("retrain", TABLE.retrain.newest(now)): replace(DONE, tried_at=TABLE.retrain.newest(now))}
        if refresh is not None:
            runs["refresh", TABLE.newest_refresh(now)] = refresh
        records = Records(LONG_AGO, UNIVERSE, subscriptions=(self.CLUB,), runs=runs, **facts)
        steps = due(now, records, TABLE)
        return [
            tuple(r.period for r in step.reports) if isinstance(step, PostReports) else (step.task,) for step in steps
        ]

    def test_wait_for_the_refresh(self) -> None:
        at_work = ScheduledRun("running", 1, self.FRIDAY)
        failed = ScheduledRun("failed", 1, self.FRIDAY, UNIVERSE)
        assert self.owed(self.FRIDAY, None) == [("refresh",)]
        assert self.owed(self.FRIDAY, at_work) == [("refresh",)]
        assert self.owed(self.FRIDAY, failed) == []
        assert self.owed(self.FRIDAY, replace(failed, permanent=True)) == [("2026-11-20",)]
        assert self.owed(self.FRIDAY, DONE) == [("2026-11-20",)]

    def test_are_made_up_for_within_a_day_and_before_the_next_refresh(self) -> None:
        saturday, monday = self.FRIDAY + timedelta(hours=12), datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
        assert self.owed(saturday, DONE) == [("2026-11-20",)]
        assert self.owed(self.FRIDAY + timedelta(days=1, seconds=1), DONE) == []
        assert self.owed(monday, DONE) == []
        assert self.owed(monday + timedelta(minutes=30), DONE) == [("2026-11-23",)]

    def test_are_posted_once_a_session(self) -> None:
        sent = {(1, 1, "2026-11-20"): Delivery("2026-11-20", "sent", 1, self.FRIDAY)}
        assert self.owed(self.FRIDAY + timedelta(hours=3), DONE, deliveries=sent) == []


class TestTriggers:
    @pytest.mark.parametrize("zone", ["America/New_York", "Europe/London", "Australia/Sydney", "Asia/Kolkata"])
    def test_apscheduler_looks_at_the_due_times_through_both_clock_changes(self, zone: str) -> None:
        table = Timetable(ZoneInfo(zone), "sat", time(8, 0), time(18, 0))
        triggers = due_triggers(table)
        now = datetime(2026, 10, 1, tzinfo=UTC)
        while now < datetime(2027, 5, 1, tzinfo=UTC):
            weekly = table.retrain.next(now)
            assert triggers["weekly retrain"].get_next_fire_time(None, now) == weekly
            refresh = table.next_refresh(now)
            assert triggers["refresh"].get_next_fire_time(None, refresh) == refresh
            now = weekly + timedelta(seconds=1)
