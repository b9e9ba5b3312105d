"""When things are due: the weekly retrain and report, and the refresh after each session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from forecasting import last_completed_session, next_sessions, sessions_between

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Timetable:
    """The due times, as an operator says them: a day of the week, and times on the wall clock of a zone."""

    zone: ZoneInfo
    retrain_day: str
    retrain_time: time
    refresh_time: time

    def newest_retrain(self, now: datetime) -> datetime:
        """The last weekly due time that is not after ``now``, in UTC."""
        today = now.astimezone(self.zone).date()
        day = today - timedelta(days=(today.weekday() - WEEKDAYS.index(self.retrain_day)) % 7)
        due = self._moment(day, self.retrain_time)
        return due if due <= now else self._moment(day - timedelta(days=7), self.retrain_time)

    def next_retrain(self, now: datetime) -> datetime:
        """The first weekly due time after ``now``, in UTC."""
        newest = self.newest_retrain(now).astimezone(self.zone).date()
        return self._moment(newest + timedelta(days=7), self.retrain_time)

    def newest_refresh(self, now: datetime) -> datetime:
        """The last refresh time of a session that is not after ``now``, in UTC. Days without a session have none."""
        last = last_completed_session(now)
        for session in reversed(sessions_between(last - timedelta(days=10), last)):
            due = self._after_session(session)
            if due <= now:
                return due
        raise AssertionError(f"no session in the ten days before {last}")

    def next_refresh(self, now: datetime) -> datetime:
        """The first refresh time of a session after ``now``, in UTC."""
        yesterday = now.astimezone(self.zone).date() - timedelta(days=2)
        return next(due for session in next_sessions(yesterday, 4) if (due := self._after_session(session)) > now)

    def week(self, due: datetime) -> str:
        """The ISO week of a due time: ``2026-W53``. Its year is the week's, not always the day's."""
        year, week, _ = due.astimezone(self.zone).isocalendar()
        return f"{year}-W{week:02d}"

    def _after_session(self, session: date) -> datetime:
        """The first refresh time on the wall clock once the session has completed, wherever the zone is."""
        day = self._moment(session, self.refresh_time)
        return (
            day
            if last_completed_session(day) >= session
            else self._moment(session + timedelta(days=1), self.refresh_time)
        )

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)
