"""Sessions (trading days) of the New York Stock Exchange: when they were, when they close, which come next."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from exchange_calendars import ExchangeCalendar
    from pandas import DatetimeIndex

NEW_YORK = ZoneInfo("America/New_York")

SETTLING = timedelta(minutes=30)
"""After the close. A session counts as completed then, since closing prices still change in the first minutes."""

FIRST_DAY = date(1990, 1, 2)
"""The first known session. The first ETF is younger, and the calendar's older holidays are incomplete."""

_LAST_YEAR = 2035
"""The calendar is first built up to here; later days build another one."""

_USUAL_CLOSE = 16  # hour, New York

STALE_AFTER = 2
"""Sessions that may have ended since the newest price; with more, it is called stale."""

_ALWAYS_STALE = timedelta(days=14)
"""More than two sessions end in this time whatever the holidays, so the calendar is not needed."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@lru_cache(maxsize=4)
def _calendar_until(year: int) -> ExchangeCalendar:
    # Imported here: it loads pandas, and the bot must start without.
    import exchange_calendars

    return exchange_calendars.get_calendar("XNYS", start=FIRST_DAY.isoformat(), end=f"{year}-12-31")


def _calendar(day: date) -> ExchangeCalendar:
    # Building a calendar takes 0.4 s, so one serves all days until _LAST_YEAR, and five years at a time after that.
    return _calendar_until(max(_LAST_YEAR, (day.year // 5 + 1) * 5 + 5))


def last_completed_session(now: datetime) -> date:
    """The newest session that closed at least 30 minutes before ``now`` (aware); early closes are known.

    Raises:
        ValueError: ``now`` has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError("now needs a time zone")
    day = now.astimezone(NEW_YORK).date()
    session = session_on_or_before(day)
    if close_time(session) + SETTLING <= now:
        return session
    return session_on_or_before(session - timedelta(days=1))


def session_on_or_before(day: date) -> date:
    """``day`` itself if it is a session, else the newest session before it."""
    found: date = _calendar(day).date_to_session(day.isoformat(), direction="previous").date()
    return found


def is_stale(as_of: date, now: datetime) -> bool:
    """Whether more than two sessions have ended since the session ``as_of``, by ``now`` (aware).

    Loads the calendar, which takes a second, only if the dates alone do not decide.
    """
    age = now.astimezone(NEW_YORK).date() - as_of
    if age <= timedelta(days=STALE_AFTER) or age > _ALWAYS_STALE:
        return age > _ALWAYS_STALE
    return len(sessions_between(as_of, last_completed_session(now))) - 1 > STALE_AFTER


def next_sessions(after: date, count: int) -> tuple[date, ...]:
    """The ``count`` sessions after the day ``after``, oldest first."""
    calendar = _calendar(after + timedelta(days=2 * count))
    first = calendar.date_to_session((after + timedelta(days=1)).isoformat(), direction="next")
    return tuple(stamp.date() for stamp in calendar.sessions_window(first, count))


def sessions_between(first: date, last: date) -> tuple[date, ...]:
    """All sessions from ``first`` to ``last``, both included."""
    return tuple(stamp.date() for stamp in session_stamps(first, last))


def session_stamps(first: date, last: date) -> DatetimeIndex:
    """``sessions_between`` as naive midnight stamps; much faster for whole histories."""
    stamps: DatetimeIndex = _calendar(last).sessions_in_range(first.isoformat(), last.isoformat())
    return stamps


def close_time(session: date) -> datetime:
    """When ``session`` closes (UTC): 16:00 New York, earlier around some holidays.

    Raises:
        ValueError: ``session`` is not a session.
    """
    calendar = _calendar(session)
    if not calendar.is_session(session.isoformat()):
        raise ValueError(f"{session} is not a session of the NYSE")
    closes: datetime = calendar.session_close(session.isoformat()).to_pydatetime()
    return closes


def closes_early(session: date) -> bool:
    """Whether ``session`` ends before 16:00 New York, as on the day after Thanksgiving."""
    return close_time(session).astimezone(NEW_YORK).hour < _USUAL_CLOSE
