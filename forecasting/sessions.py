"""Sessions of the New York Stock Exchange: when they were, when they close, which come next."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from exchange_calendars import ExchangeCalendar
    from pandas import DatetimeIndex

NEW_YORK = ZoneInfo("America/New_York")

SETTLING = timedelta(minutes=30)
"""Vendors' closing prices still move in the minutes after the bell; a session counts as completed after them."""

FIRST_DAY = date(1990, 1, 2)
"""The first session that is known: before the first ETF, and the calendar's older holidays are not complete."""

_LAST_YEAR = 2035
"""Up to which sessions are worked out at once."""

_USUAL_CLOSE = 16  # o'clock, New York

STALE_AFTER = 2
"""Sessions that may have ended since the newest price before it must be called stale."""

_ALWAYS_STALE = timedelta(days=14)
"""No holiday is so long that fewer than three sessions end in as many days."""


@lru_cache(maxsize=4)
def _calendar_until(year: int) -> ExchangeCalendar:
    # Imported here: it loads pandas, which the bot must not pay for at import.
    import exchange_calendars

    return exchange_calendars.get_calendar("XNYS", start=FIRST_DAY.isoformat(), end=f"{year}-12-31")


def _calendar(day: date) -> ExchangeCalendar:
    # One calendar serves all days of the past and years to come: to build one takes 0.4 s. A clock that is ahead of
    # that moves on in spans of five years.
    return _calendar_until(max(_LAST_YEAR, (day.year // 5 + 1) * 5 + 5))


def last_completed_session(now: datetime) -> date:
    """The newest session that closed at least 30 minutes before ``now`` (an aware datetime), early closes included."""
    if now.tzinfo is None:
        raise ValueError("now needs a time zone")
    day = now.astimezone(NEW_YORK).date()
    session = session_on_or_before(day)
    if close_time(session) + SETTLING <= now:
        return session
    return session_on_or_before(session - timedelta(days=1))


def session_on_or_before(day: date) -> date:
    """``day`` itself where it is a session, else the newest session before it."""
    found: date = _calendar(day).date_to_session(day.isoformat(), direction="previous").date()
    return found


def is_stale(as_of: date, now: datetime) -> bool:
    """Whether more than two sessions have ended, by ``now`` (aware), since the session ``as_of``.

    Without the calendar where a glance at the dates is enough: loading it costs a second, for which a reader waits.
    """
    age = now.astimezone(NEW_YORK).date() - as_of
    if age <= timedelta(days=STALE_AFTER) or age > _ALWAYS_STALE:
        return age > _ALWAYS_STALE
    return len(sessions_between(as_of, last_completed_session(now))) - 1 > STALE_AFTER


def next_sessions(after: date, count: int) -> tuple[date, ...]:
    """The ``count`` sessions that follow ``after`` (which need not be a session), oldest first."""
    calendar = _calendar(after + timedelta(days=2 * count))
    first = calendar.date_to_session((after + timedelta(days=1)).isoformat(), direction="next")
    return tuple(stamp.date() for stamp in calendar.sessions_window(first, count))


def sessions_between(first: date, last: date) -> tuple[date, ...]:
    """All sessions from ``first`` to ``last``, both included."""
    return tuple(stamp.date() for stamp in session_stamps(first, last))


def session_stamps(first: date, last: date) -> DatetimeIndex:
    """``sessions_between`` as naive midnight stamps, which is much faster for whole histories."""
    stamps: DatetimeIndex = _calendar(last).sessions_in_range(first.isoformat(), last.isoformat())
    return stamps


def close_time(session: date) -> datetime:
    """When ``session`` closes (aware, UTC): 16:00 New York, earlier on the eve of some holidays.

    Raises:
        ValueError: ``session`` is no session.
    """
    calendar = _calendar(session)
    if not calendar.is_session(session.isoformat()):
        raise ValueError(f"{session} is no session of the NYSE")
    closes: datetime = calendar.session_close(session.isoformat()).to_pydatetime()
    return closes


def closes_early(session: date) -> bool:
    """Whether ``session`` ends before 16:00 New York, as on the day after Thanksgiving."""
    return close_time(session).astimezone(NEW_YORK).hour < _USUAL_CLOSE
