"""When the jobs are due: the weekly retrain, and the refresh after each session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.calendar.weektime import Weekday, WeeklyTime, at_wall_clock
from forecasting import last_completed_session, next_sessions, sessions_between


@dataclass(frozen=True)
class Timetable:
    """The due times, as an operator says them: a day of the week, and times on the wall clock of a zone."""

    zone: ZoneInfo
    retrain_day: Weekday
    retrain_time: time
    refresh_time: time

    @property
    def retrain(self) -> WeeklyTime:
        """When the weekly training is due."""
        return WeeklyTime(self.retrain_day, self.retrain_time, self.zone)

    def newest_retrain(self, now: datetime) -> datetime:
        """The last weekly due time that is not after ``now``, in UTC."""
        return self.retrain.newest(now)

    def next_retrain(self, now: datetime) -> datetime:
        """The first weekly due time after ``now``, in UTC."""
        return self.retrain.next(now)

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

    def _after_session(self, session: date) -> datetime:
        """The first refresh time on the wall clock once the session has completed, wherever the zone is."""
        day = at_wall_clock(session, self.refresh_time, self.zone)
        if last_completed_session(day) >= session:
            return day
        return at_wall_clock(session + timedelta(days=1), self.refresh_time, self.zone)
