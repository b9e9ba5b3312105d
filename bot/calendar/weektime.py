"""A time of the week on the wall clock of a zone: when a server wants its report, when the training is due."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

WEEKDAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK: Final = timedelta(days=7)

_TIME: Final = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm|a\.m\.|p\.m\.|uhr|h)?", re.IGNORECASE)


def time_of_day(text: str) -> time | None:
    """``09:00``, ``9``, ``21.30``, ``9 pm``; None if it is no time."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").casefold()[:1]
    if half in ("a", "p"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute) if hour <= 23 and minute <= 59 else None


def at_wall_clock(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, at which the clocks of ``zone`` show ``at`` on ``day``.

    If clocks go forward over that time it moves forward with them (02:30 becomes 03:30). If they go back and show
    it twice, it is the first of the two.
    """
    return datetime.combine(day, at, zone).astimezone(UTC)  # fold=0, as PEP 495 has it


@dataclass(frozen=True)
class WeeklyTime:
    """A day of the week and a time of the day on the wall clock of ``zone``.

    Attributes:
        skips_weekend: whether a report due on a Saturday or Sunday comes on the Monday after it instead.
    """

    day: Weekday
    at: time
    zone: ZoneInfo
    skips_weekend: bool = False

    @property
    def effective_day(self) -> Weekday:
        """The day of the week once ``skips_weekend`` is applied."""
        return "mon" if self.skips_weekend and self.day in ("sat", "sun") else self.day

    def newest(self, now: datetime) -> datetime:
        """The last such moment that is not after ``now``, in UTC."""
        today = now.astimezone(self.zone).date()
        day = today - timedelta(days=(today.weekday() - WEEKDAYS.index(self.effective_day)) % 7)
        moment = at_wall_clock(day, self.at, self.zone)
        return moment if moment <= now else at_wall_clock(day - WEEK, self.at, self.zone)

    def next(self, now: datetime) -> datetime:
        """The first such moment after ``now``, in UTC."""
        day = self.newest(now).astimezone(self.zone).date()
        return at_wall_clock(day + WEEK, self.at, self.zone)

    def period(self, moment: datetime) -> str:
        """The key of what is due at ``moment``: its ISO week, ``2026-W53``, whose year is not always the day's."""
        year, week, _ = moment.astimezone(self.zone).isocalendar()
        return f"{year}-W{week:02d}"
