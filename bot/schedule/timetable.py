"""When the jobs are due: the weekly retrain, and the refresh after each session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.calendar.weektime import Weekday, WeeklyTime, at_wall_clock
from forecasting import (
    NYSE,
    SETTLING,
    close_time,
    closes_before_new_york,
    last_completed_session,
    next_sessions,
    session_on_or_before,
)


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

    def newest_refresh(self, now: datetime, exchange: str = NYSE) -> datetime:
        """The last refresh time of a session that is not after ``now``, in UTC. Days without a session have none.

        An exchange that closes before New York has its own, half an hour after its close.
        """
        if closes_before_new_york(exchange):
            return close_time(last_completed_session(now, exchange), exchange) + SETTLING
        session = last_completed_session(now, exchange)
        while (due := self._after_session(session, exchange)) > now:
            session = session_on_or_before(session - timedelta(days=1), exchange)
        return due

    def session_of_refresh(self, due_at: datetime) -> date:
        """The session in New York after which the refresh is due at ``due_at``."""
        return last_completed_session(due_at)

    def next_refresh(self, now: datetime) -> datetime:
        """The first refresh time of a session after ``now``, in UTC."""
        yesterday = now.astimezone(self.zone).date() - timedelta(days=2)
        return next(due for session in next_sessions(yesterday, 4) if (due := self._after_session(session)) > now)

    def _after_session(self, session: date, exchange: str = NYSE) -> datetime:
        """The first refresh time on the wall clock once the session has completed, wherever the zone is."""
        day = at_wall_clock(session, self.refresh_time, self.zone)
        if last_completed_session(day, exchange) >= session:
            return day
        return at_wall_clock(session + timedelta(days=1), self.refresh_time, self.zone)
