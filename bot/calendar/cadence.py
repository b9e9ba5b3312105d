"""When a report is due: after each session, weekly, or once a month, on the wall clock of a zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

from bot.calendar.weektime import Weekday, WeeklyTime, at_wall_clock
from forecasting import SETTLING, close_time, last_completed_session, next_sessions, sessions_between

Cadence = Literal["daily", "weekly", "monthly"]

ReportDay = Weekday | Literal["all", "1st"]
"""A day of the week, every session, or the first day of each month."""

LONGEST_CLOSURE: Final = timedelta(days=10)


@dataclass(frozen=True)
class DailyTime:
    """The first such time of the day, on the wall clock of ``zone``, after each session of New York's exchange.

    Where an early close puts two sessions before the same moment, it is the newer one's.
    """

    at: time
    zone: ZoneInfo
    skips_weekend: bool = False
    """No effect here: a daily report comes after sessions only."""

    @property
    def day(self) -> ReportDay:
        return "all"

    def newest(self, now: datetime) -> datetime:
        """The last such moment that is not after ``now``, in UTC."""
        return self._due(self.session(now))

    def next(self, now: datetime) -> datetime:
        """The first such moment after ``now``, in UTC."""
        before = now.astimezone(UTC).date() - timedelta(days=3)  # longer than from a session to its report
        return next(due for session in next_sessions(before, 8) if (due := self._due(session)) > now)

    def session(self, moment: datetime) -> date:
        """The session of the last such moment that is not after ``moment``."""
        last = last_completed_session(moment)
        sessions = sessions_between(last - LONGEST_CLOSURE, last)
        return next(session for session in reversed(sessions) if self._due(session) <= moment)

    def period(self, moment: datetime) -> str:
        """The key of what is due at ``moment``: its session, ``2026-11-27``."""
        return self.session(moment).isoformat()

    def _due(self, session: date) -> datetime:
        settled = close_time(session) + SETTLING
        day = settled.astimezone(self.zone).date()
        moment = at_wall_clock(day, self.at, self.zone)
        return moment if moment >= settled else at_wall_clock(day + timedelta(days=1), self.at, self.zone)


@dataclass(frozen=True)
class MonthlyTime:
    """A time of the day on the first day of each month, on the wall clock of ``zone``.

    Attributes:
        skips_weekend: whether a report due on a Saturday or Sunday comes on the Monday after it instead.
    """

    at: time
    zone: ZoneInfo
    skips_weekend: bool = False

    @property
    def day(self) -> ReportDay:
        return "1st"

    def newest(self, now: datetime) -> datetime:
        """The last such moment that is not after ``now``, in UTC."""
        first = now.astimezone(self.zone).date().replace(day=1)
        moment = self._due(first)
        return moment if moment <= now else self._due((first - timedelta(days=1)).replace(day=1))

    def next(self, now: datetime) -> datetime:
        """The first such moment after ``now``, in UTC."""
        after = self.newest(now).astimezone(self.zone).date().replace(day=1) + timedelta(days=31)
        return self._due(after.replace(day=1))

    def period(self, moment: datetime) -> str:
        """The key of what is due at ``moment``: its month, ``2026-12``."""
        return f"{moment.astimezone(self.zone):%Y-%m}"

    def _due(self, first: date) -> datetime:
        weekend = self.skips_weekend and first.weekday() > 4
        return at_wall_clock(first + timedelta(days=7 - first.weekday() if weekend else 0), self.at, self.zone)


ReportTime = WeeklyTime | DailyTime | MonthlyTime


def report_time(day: str, at: time, zone: ZoneInfo, skips_weekend: bool) -> ReportTime:
    """The time of a report on this ``ReportDay``."""
    if day == "all":
        return DailyTime(at, zone, skips_weekend)
    if day == "1st":
        return MonthlyTime(at, zone, skips_weekend)
    weekday = next(known for known in get_args(Weekday) if known == day)
    return WeeklyTime(weekday, at, zone, skips_weekend)


def cadence_of(when: ReportTime) -> Cadence:
    """Whether a report at this time is a daily, a weekly or a monthly one."""
    return "daily" if isinstance(when, DailyTime) else "monthly" if isinstance(when, MonthlyTime) else "weekly"
