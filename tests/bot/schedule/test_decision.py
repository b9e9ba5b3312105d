"""What is due, as a pure function of the time and of the records."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot import delivery
from bot.calendar.weektime import WeeklyTime
from bot.cogs.report.deliveries import Delivery
from bot.cogs.report.due import LATEST_POST, DueReport, PostReports
from bot.cogs.report.subscriptions import ReportOptions, Subscription
from bot.schedule.decision import (
    MAX_ATTEMPTS,
    RETRY_AFTER,
    Records,
    RunJob,
    ScheduledRun,
    due,
    oldest_run,
)
from bot.schedule.retries import Retries
from bot.schedule.timetable import Timetable
from forecasting import Symbol

NEW_YORK = ZoneInfo("America/New_York")
TABLE = Timetable(NEW_YORK, "sat", time(8, 0), time(18, 0))
SPY, ARKK = Symbol("SPY"), Symbol("ARKK")
UNIVERSE = (ARKK, SPY)

SATURDAY = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)  # 08:00 in New York
LONG_AGO = datetime(2026, 9, 1, tzinfo=UTC)
SATURDAYS = WeeklyTime("sat", time(8, 0), NEW_YORK)
CLUB = Subscription(1, ReportOptions(10, SATURDAYS), since=LONG_AGO)
LATE = Subscription(2, ReportOptions(20, SATURDAYS), since=SATURDAY + timedelta(minutes=1))
DONE = ScheduledRun("done", 1, SATURDAY)

RECORDS = Records(LONG_AGO, UNIVERSE, subscriptions=(CLUB, LATE))


def failed(attempts: int, at: datetime = SATURDAY, remaining: tuple[Symbol, ...] = UNIVERSE) -> ScheduledRun:
    return ScheduledRun("failed", attempts, at, remaining)


def with_retrain(run: ScheduledRun, due_at: datetime = SATURDAY) -> Records:
    return replace(RECORDS, runs={("retrain", due_at): run})


OWED = DueReport(CLUB, SATURDAY, "2026-W47")
POST = PostReports((OWED,))


class TestSetbacks:
    REFRESH = RunJob("refresh", SATURDAY, UNIVERSE)

    def test_are_failed_runs_counted_by_due_time(self) -> None:
        retries = Retries()
        retries.add(self.REFRESH, SATURDAY)
        retries.add(self.REFRESH, SATURDAY + RETRY_AFTER[0])
        assert retries.runs() == {("refresh", SATURDAY): failed(2, SATURDAY + RETRY_AFTER[0])}
        next_day = SATURDAY + timedelta(days=1)
        retries.add(replace(self.REFRESH, due_at=next_day), next_day)
        assert retries.runs() == {("refresh", next_day): failed(1, next_day)}

    def test_are_mended_by_their_own_end_or_by_that_of_a_training_of_all(self) -> None:
        retries = Retries()
        for step in (self.REFRESH, POST):
            retries.add(step, SATURDAY)
        retries.resolve("refresh")
        assert list(retries.runs()) == [("report", SATURDAY)]
        retries.resolve("retrain")
        assert not retries.runs()


class TestWeeklyRetrain:
    def test_is_due_at_its_time_and_not_before(self) -> None:
        done_last_week = with_retrain(
            replace(DONE, tried_at=SATURDAY - timedelta(days=7)), SATURDAY - timedelta(days=7)
        )
        refreshed = replace(
            done_last_week, runs={**done_last_week.runs, ("refresh", TABLE.newest_refresh(SATURDAY)): DONE}
        )
        posted = replace(
            refreshed, deliveries={(CLUB.server_id, 1, "2026-W46"): Delivery("2026-W46", "sent", 1, LONG_AGO)}
        )
        assert due(SATURDAY - timedelta(seconds=1), posted, TABLE) == ()
        assert due(SATURDAY, posted, TABLE) == (RunJob("retrain", SATURDAY, UNIVERSE),)

    @pytest.mark.parametrize("late", [timedelta(hours=1), timedelta(days=3), timedelta(days=6, hours=23)])
    def test_missed_while_down_it_is_made_up_for_whenever_the_bot_comes_back(self, late: timedelta) -> None:
        assert due(SATURDAY + late, RECORDS, TABLE)[0] == RunJob("retrain", SATURDAY, UNIVERSE)

    def test_of_several_missed_weeks_only_the_newest_is_made_up_for(self) -> None:
        steps = due(SATURDAY + timedelta(days=21, hours=1), RECORDS, TABLE)
        assert steps == (RunJob("retrain", SATURDAY + timedelta(days=21), UNIVERSE),)

    def test_a_failed_one_is_tried_again_after_a_growing_pause_and_only_so_often(self) -> None:
        assert MAX_ATTEMPTS == 4
        for attempts, pause in enumerate(RETRY_AFTER, 1):
            records = with_retrain(failed(attempts, remaining=(ARKK,)))
            again = RunJob("retrain", SATURDAY, (ARKK,))
            assert again not in due(SATURDAY + pause - timedelta(seconds=1), records, TABLE)
            assert due(SATURDAY + pause, records, TABLE)[0] == again
        assert not any(
            isinstance(step, RunJob) and step.task == "retrain"
            for step in due(SATURDAY + timedelta(days=6), with_retrain(failed(MAX_ATTEMPTS)), TABLE)
        )

    def test_what_cannot_get_better_is_not_tried_again(self) -> None:
        permanent = replace(failed(1, remaining=(ARKK,)), permanent=True)
        assert due(SATURDAY + timedelta(days=1), with_retrain(permanent), TABLE)[0] == replace(
            POST, not_retrained=(ARKK,)
        )

    def test_one_that_stopped_with_the_bot_is_tried_again_at_once(self) -> None:
        interrupted = ScheduledRun("running", 1, SATURDAY, UNIVERSE)
        assert due(SATURDAY, with_retrain(interrupted), TABLE) == (RunJob("retrain", SATURDAY, UNIVERSE),)

    def test_one_that_takes_the_bot_down_each_time_is_given_up(self) -> None:
        killer = ScheduledRun("running", MAX_ATTEMPTS, SATURDAY, UNIVERSE)
        assert due(SATURDAY, with_retrain(killer), TABLE)[0] == replace(POST, not_retrained=UNIVERSE)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=3), timedelta(days=6, hours=23)])
def test_runs_before_the_oldest_that_counts_have_no_say(late: timedelta) -> None:
    """``late`` is how long after its due time every other training was tried; the others failed at once."""
    universe, runs = (*UNIVERSE, Symbol("EWJ.T")), {}
    for days in range(60):
        moment = SATURDAY - timedelta(days=30 - days)
        retrain = TABLE.retrain.newest(moment)
        is_done = retrain.isocalendar().week % 2 == 0
        runs["retrain", retrain] = replace(DONE, tried_at=retrain + late) if is_done else failed(MAX_ATTEMPTS, retrain)
        if days % 3:  # every third was left to the training
            runs["refresh", TABLE.newest_refresh(moment)] = replace(DONE, tried_at=moment)
            runs["refresh", TABLE.newest_refresh(moment, "XTKS")] = replace(DONE, tried_at=moment)
    for hours in range(0, 24 * 21, 5):
        now = SATURDAY + timedelta(hours=hours)
        known = replace(RECORDS, universe=universe, runs={key: run for key, run in runs.items() if run.tried_at <= now})
        oldest = oldest_run(now, universe, TABLE)
        few = replace(known, runs={key: run for key, run in known.runs.items() if key[1] >= oldest})
        assert len(few.runs) < len(known.runs)
        assert due(now, few, TABLE) == due(now, known, TABLE)


class TestFirstStart:
    def test_with_every_forecast_at_hand_nothing_is_overdue(self) -> None:
        assert due(SATURDAY + timedelta(hours=5), Records(SATURDAY + timedelta(hours=5), UNIVERSE), TABLE) == ()

    def test_what_has_no_forecast_is_trained_at_once(self) -> None:
        start = SATURDAY + timedelta(hours=5)
        records = Records(start, UNIVERSE, missing=(SPY,))
        assert due(start, records, TABLE) == (RunJob("missing", start, (SPY,)),)

    def test_that_training_too_is_tried_again_only_so_often(self) -> None:
        start = SATURDAY + timedelta(hours=5)
        records = Records(start, UNIVERSE, missing=(SPY,), runs={("missing", start): failed(1, start)})
        assert due(start, records, TABLE) == ()
        assert due(start + RETRY_AFTER[0], records, TABLE) == (RunJob("missing", start, (SPY,)),)
        given_up = replace(records, runs={("missing", start): failed(MAX_ATTEMPTS, start)})
        assert RunJob("missing", start, (SPY,)) not in due(start + timedelta(days=2), given_up, TABLE)

    def test_an_etf_added_in_the_middle_of_a_week_is_trained_without_the_others(self) -> None:
        records = replace(with_retrain(DONE), missing=(SPY,))
        assert RunJob("missing", SATURDAY, (SPY,)) in due(SATURDAY + timedelta(days=1), records, TABLE)

    def test_what_the_weekly_job_gave_up_is_not_taken_up_again_at_once(self) -> None:
        records = replace(with_retrain(failed(MAX_ATTEMPTS, remaining=(SPY,))), missing=(SPY,))
        steps = due(SATURDAY + timedelta(days=1), records, TABLE)
        assert not [step for step in steps if isinstance(step, RunJob) and SPY in step.symbols]


class TestRefresh:
    MONDAY = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)  # 18:00 in New York
    RECORDS = replace(with_retrain(DONE), subscriptions=())

    def test_is_due_after_the_close_of_a_session(self) -> None:
        assert due(self.MONDAY - timedelta(seconds=1), self.RECORDS, TABLE) == ()
        assert due(self.MONDAY, self.RECORDS, TABLE) == (RunJob("refresh", self.MONDAY, UNIVERSE),)

    def test_once_done_it_is_not_due_again(self) -> None:
        records = replace(self.RECORDS, runs={**self.RECORDS.runs, ("refresh", self.MONDAY): DONE})
        assert due(self.MONDAY + timedelta(hours=20), records, TABLE) == ()

    def test_a_retrain_made_up_for_later_has_done_its_work(self) -> None:
        late = replace(self.RECORDS, runs={("retrain", SATURDAY): replace(DONE, tried_at=self.MONDAY)})
        assert due(self.MONDAY, late, TABLE) == ()

    def test_leaves_out_what_has_no_model(self) -> None:
        records = replace(self.RECORDS, missing=(ARKK,), runs={**self.RECORDS.runs, ("missing", SATURDAY): failed(4)})
        assert due(self.MONDAY, records, TABLE) == (RunJob("refresh", self.MONDAY, (SPY,)),)

    def test_while_the_retrain_waits_for_its_next_try_the_missed_refresh_is_made_up_for(self) -> None:
        friday = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
        assert due(SATURDAY, with_retrain(failed(1)), TABLE) == (RunJob("refresh", friday, UNIVERSE),)


class TestPosts:
    NOW = SATURDAY + timedelta(minutes=10)

    def posts(self, records: Records, now: datetime = NOW) -> list[PostReports]:
        return [step for step in due(now, records, TABLE) if isinstance(step, PostReports)]

    def delivered(self, delivery: Delivery) -> Records:
        return replace(with_retrain(DONE), deliveries={(CLUB.server_id, 1, "2026-W47"): delivery})

    def test_follow_the_retrain_for_servers_that_had_asked_before_the_due_time(self) -> None:
        assert self.posts(with_retrain(DONE)) == [POST]

    @pytest.mark.parametrize("run", [failed(1), failed(MAX_ATTEMPTS - 1)])
    def test_wait_while_the_retrain_may_still_succeed(self, run: ScheduledRun) -> None:
        assert self.posts(with_retrain(run)) == []

    def test_after_a_final_failure_go_out_and_say_which_are_not_new(self) -> None:
        assert self.posts(with_retrain(failed(MAX_ATTEMPTS))) == [replace(POST, not_retrained=UNIVERSE)]

    def test_that_broke_as_a_whole_wait_for_the_next_try_and_hold_up_no_refresh(self) -> None:
        records = with_retrain(DONE)
        monday = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
        broken = replace(records, runs={**records.runs, ("report", SATURDAY): failed(2, monday)})
        assert due(monday, broken, TABLE) == (RunJob("refresh", monday, UNIVERSE),)
        assert self.posts(broken, monday + RETRY_AFTER[1]) == [POST]

    def test_do_not_go_out_twice(self) -> None:
        assert self.posts(self.delivered(Delivery("2026-W47", "sent", 1, SATURDAY))) == []

    def test_do_not_go_where_the_bot_may_not_post(self) -> None:
        forbidden = replace(with_retrain(DONE), subscriptions=(replace(CLUB, problem="forbidden"),))
        assert self.posts(forbidden) == []
        assert self.posts(self.delivered(Delivery("2026-W47", "refused", 1, SATURDAY))) == []

    def test_that_did_not_get_through_are_tried_again_only_so_often(self) -> None:
        missed, pause = Delivery("2026-W47", "failed", 1, SATURDAY), delivery.RETRY_AFTER[0]
        assert self.posts(self.delivered(missed), SATURDAY + pause - timedelta(seconds=1)) == []
        assert self.posts(self.delivered(missed), SATURDAY + pause) == [POST]
        given_up = replace(missed, attempts=delivery.MAX_ATTEMPTS)
        assert self.posts(self.delivered(given_up), SATURDAY + timedelta(days=2)) == []

    def test_that_a_crash_left_open_are_taken_up_at_once(self) -> None:
        opened = self.delivered(Delivery("2026-W47", "sending", 1, SATURDAY))
        assert self.posts(opened, SATURDAY + timedelta(hours=1)) == [POST]

    def test_of_which_nobody_can_tell_are_left(self) -> None:
        assert self.posts(self.delivered(Delivery("2026-W47", "lost", 1, SATURDAY)), SATURDAY + timedelta(days=2)) == []

    def test_keep_to_each_servers_own_time_and_zone(self) -> None:
        kolkata = Subscription(3, ReportOptions(30, WeeklyTime("sun", time(10, 0), ZoneInfo("Asia/Kolkata"))), LONG_AGO)
        records = replace(with_retrain(DONE), subscriptions=(CLUB, kolkata))
        sunday = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)  # 10:00 in Kolkata
        missed = DueReport(kolkata, sunday - timedelta(days=7), "2026-W46")
        assert self.posts(records, sunday - timedelta(days=3)) == []
        assert self.posts(records, SATURDAY) == [POST], f"{missed} is too old by then"
        assert self.posts(records, sunday) == [PostReports((OWED, DueReport(kolkata, sunday, "2026-W47")))]

    def test_missed_ones_are_made_up_for_while_they_are_young(self) -> None:
        assert self.posts(with_retrain(DONE), SATURDAY + LATEST_POST["weekly"]) == [POST]
        assert self.posts(with_retrain(DONE), SATURDAY + LATEST_POST["weekly"] + timedelta(seconds=1)) == []

    def test_a_pause_stops_them(self) -> None:
        paused = replace(with_retrain(DONE), subscriptions=(replace(CLUB, is_paused=True),))
        assert self.posts(paused) == []

    def test_another_time_in_a_week_that_had_its_post_brings_no_second_one(self) -> None:
        sundays = replace(
            CLUB, options=ReportOptions(10, replace(SATURDAYS, day="sun")), since=SATURDAY + timedelta(hours=1)
        )
        posted = self.delivered(Delivery("2026-W47", "sent", 1, SATURDAY))
        moved = replace(posted, subscriptions=(sundays,))
        assert self.posts(moved, SATURDAY + timedelta(days=1)) == []

    def test_before_the_first_weekly_training_show_what_is_there(self) -> None:
        start = SATURDAY + timedelta(hours=5)
        sundays = Subscription(1, ReportOptions(10, replace(SATURDAYS, day="sun")), since=start)
        records = Records(start, UNIVERSE, missing=(SPY,), subscriptions=(sundays,))
        sunday = SATURDAY + timedelta(days=1)
        assert due(sunday, records, TABLE)[0] == PostReports((DueReport(sundays, sunday, "2026-W47"),))

    def test_wait_for_a_forecast_where_there_is_none_at_all(self) -> None:
        assert self.posts(replace(with_retrain(failed(MAX_ATTEMPTS)), missing=UNIVERSE)) == []


def test_an_exchange_that_closes_earlier_has_its_own_refresh() -> None:
    """Xetra closes at 17:30 in Berlin, which is 11:30 in New York; the refresh there follows at 18:00."""
    vwce = Symbol("VWCE.DE")
    monday = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    runs = {("refresh", TABLE.newest_refresh(SATURDAY)): DONE, ("retrain", TABLE.retrain.newest(monday)): DONE}
    records = replace(RECORDS, universe=(SPY, vwce), subscriptions=(), runs=runs)
    assert due(monday - timedelta(seconds=1), records, TABLE) == ()
    assert due(monday, records, TABLE) == (RunJob("refresh", monday, (vwce,)),)
    evening = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    records = replace(records, runs={**runs, ("refresh", monday): replace(DONE, tried_at=monday)})
    assert due(evening, records, TABLE) == (RunJob("refresh", evening, (SPY,)),)
