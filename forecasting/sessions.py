"""Sessions (trading days) of each exchange: when they were, when they close, which come next.

An exchange is named by its MIC (ISO 10383), such as XNYS for New York or XETR for Xetra.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from exchange_calendars import ExchangeCalendar
    from pandas import DatetimeIndex, Timestamp

NEW_YORK = ZoneInfo("America/New_York")
NYSE: Final = "XNYS"

_SUFFIXES: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        suffix: (exchange, zone, currency)
        for exchange, zone, currency, suffixes in (
            ("XLON", "Europe/London", "GBp", "L IL"),
            ("XETR", "Europe/Berlin", "EUR", "DE"),
            ("XFRA", "Europe/Berlin", "EUR", "F SG MU BE DU HM"),
            ("XPAR", "Europe/Paris", "EUR", "PA"),
            ("XAMS", "Europe/Amsterdam", "EUR", "AS"),
            ("XBRU", "Europe/Brussels", "EUR", "BR"),
            ("XLIS", "Europe/Lisbon", "EUR", "LS"),
            ("XDUB", "Europe/Dublin", "EUR", "IR"),
            ("XMIL", "Europe/Rome", "EUR", "MI"),
            ("XMAD", "Europe/Madrid", "EUR", "MC"),
            ("XSWX", "Europe/Zurich", "CHF", "SW"),
            ("XWBO", "Europe/Vienna", "EUR", "VI"),
            ("XSTO", "Europe/Stockholm", "SEK", "ST"),
            ("XCSE", "Europe/Copenhagen", "DKK", "CO"),
            ("XHEL", "Europe/Helsinki", "EUR", "HE"),
            ("XOSL", "Europe/Oslo", "NOK", "OL"),
            ("XWAR", "Europe/Warsaw", "PLN", "WA"),
            ("XPRA", "Europe/Prague", "CZK", "PR"),
            ("XBUD", "Europe/Budapest", "HUF", "BD"),
            ("XIST", "Europe/Istanbul", "TRY", "IS"),
            ("XTSE", "America/Toronto", "CAD", "TO V NE"),
            ("BVMF", "America/Sao_Paulo", "BRL", "SA"),
            ("XMEX", "America/Mexico_City", "MXN", "MX"),
            ("XTKS", "Asia/Tokyo", "JPY", "T"),
            ("XHKG", "Asia/Hong_Kong", "HKD", "HK"),
            ("XSHG", "Asia/Shanghai", "CNY", "SS SZ"),
            ("XKRX", "Asia/Seoul", "KRW", "KS KQ"),
            ("XTAI", "Asia/Taipei", "TWD", "TW TWO"),
            ("XSES", "Asia/Singapore", "SGD", "SI"),
            ("XBOM", "Asia/Kolkata", "INR", "NS BO"),
            ("XASX", "Australia/Sydney", "AUD", "AX"),
            ("XNZE", "Pacific/Auckland", "NZD", "NZ"),
            ("XJSE", "Africa/Johannesburg", "ZAc", "JO"),
            ("XICE", "Atlantic/Reykjavik", "ISK", "IC"),
            ("XTAL", "Europe/Tallinn", "EUR", "TL"),
            ("XRIS", "Europe/Riga", "EUR", "RG"),
            ("XLIT", "Europe/Vilnius", "EUR", "VS"),
            ("XKLS", "Asia/Kuala_Lumpur", "MYR", "KL"),
            ("XBKK", "Asia/Bangkok", "THB", "BK"),
            ("XIDX", "Asia/Jakarta", "IDR", "JK"),
            ("XBUE", "America/Argentina/Buenos_Aires", "ARS", "BA"),
            ("XSGO", "America/Santiago", "CLP", "SN"),
        )
        for suffix in suffixes.split()
    }
)
"""MIC, time zone and usual currency by the suffix of Yahoo's tickers. A ticker without one trades in New York."""

_ZONES: Final = MappingProxyType({exchange: ZoneInfo(zone) for exchange, zone, _ in _SUFFIXES.values()})

_HUNDREDTHS: Final = MappingProxyType({"GBp": "GBP", "ZAc": "ZAR"})
"""Currencies that are a hundredth of another one."""

CURRENCIES: Final = frozenset({"USD", "GBX", "ZAC", *_HUNDREDTHS.values(), *(each[2] for each in _SUFFIXES.values())})
"""Codes of the currencies that exchanges quote, and other codes for pence and cents."""

_CODES: Final = MappingProxyType({"GBX": "GBp", "p": "GBp", "ZAC": "ZAc", "£": "GBP", "€": "EUR"})

_SHARED_SIGNS: Final = MappingProxyType(
    {"$": ("USD", "CAD", "AUD", "NZD", "HKD", "SGD", "TWD", "MXN", "ARS", "CLP"), "¥": ("JPY", "CNY")}
)
"""Signs that several currencies have."""

_WITH_NEW_YORK: Final = frozenset({NYSE, "XTSE", "BVMF", "XMEX"})
"""Exchanges that close when New York does. The others close earlier on the same date."""

SETTLING = timedelta(minutes=30)
"""After the close. A session counts as completed then, since closing prices still change in the first minutes."""

FIRST_DAY = date(1990, 1, 2)
"""The first known session. The first ETF is younger, and the calendar's older holidays are incomplete."""

_LAST_YEAR = 2035
"""The calendar is first built up to here; later days build another one."""

STALE_AFTER = 2
"""Sessions that may have ended since the newest price; with more, it is called stale."""

_ALWAYS_STALE = timedelta(days=14)
"""More than two sessions end in this time whatever the holidays, so the calendar is not needed."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def exchange_of(symbol: str) -> str:
    """The MIC of the exchange that a ticker trades on: ``VWCE.DE`` on XETR, ``SPY`` on XNYS."""
    return _SUFFIXES[suffix][0] if (suffix := _suffix(symbol)) in _SUFFIXES else NYSE


def currency_of(symbol: str) -> str:
    """The currency that a ticker's exchange usually quotes: GBp (pence) in London, USD without a suffix."""
    return _SUFFIXES[suffix][2] if (suffix := _suffix(symbol)) in _SUFFIXES else "USD"


def shown_currency(symbol: str, said: str) -> tuple[str, float]:
    """The currency in which prices of a ticker are shown, and the factor that turns prices in ``said`` into it.

    Where an exchange quotes pence, pounds become pence.

    Args:
        said: a code, a sign or ``p`` for pence. ``$`` and ``¥`` mean the exchange's own dollar or yen, if it has one.
    """
    usual = currency_of(symbol)
    if said in _SHARED_SIGNS:
        said = usual if usual in _SHARED_SIGNS[said] else _SHARED_SIGNS[said][0]
    currency = _CODES.get(said, said)
    return (usual, 100.0) if _HUNDREDTHS.get(usual) == currency else (currency, 1.0)


def _suffix(symbol: str) -> str:
    return symbol.rpartition(".")[2] if "." in symbol else ""


def zone_of(exchange: str) -> ZoneInfo:
    """The time zone whose dates an exchange's sessions have."""
    return _ZONES.get(exchange, NEW_YORK)


def closes_before_new_york(exchange: str) -> bool:
    """Whether an exchange's session is over before New York's of the same date, which it cannot know."""
    return exchange not in _WITH_NEW_YORK


def known_in_new_york(exchange: str, session: date) -> date:
    """The newest date whose New York session was over when ``session`` of ``exchange`` closed."""
    return session - timedelta(days=1) if closes_before_new_york(exchange) else session


@lru_cache(maxsize=16)
def _calendar_until(exchange: str, year: int) -> ExchangeCalendar:
    # Imported here: it loads pandas, and the bot must start without.
    from exchange_calendars import get_calendar

    if exchange == NYSE:
        return get_calendar(exchange, start=FIRST_DAY.isoformat(), end=f"{year}-12-31")
    kind = type(get_calendar(exchange))  # which knows for how long its holidays are recorded
    first, last = kind.bound_min(), kind.bound_max()
    start = FIRST_DAY.isoformat() if first is None else max(FIRST_DAY.isoformat(), first.date().isoformat())
    end = f"{year}-12-31" if last is None else min(f"{year}-12-31", last.date().isoformat())
    return get_calendar(exchange, start=start, end=end)


def _year(day: date) -> int:
    # Building a calendar takes 0.4 s, so one serves all days until _LAST_YEAR, and five years at a time after that.
    return max(_LAST_YEAR, (day.year // 5 + 1) * 5 + 5)


@lru_cache(maxsize=16)
def _sessions(exchange: str, year: int) -> DatetimeIndex:
    """All sessions until the end of ``year``.

    Some exchanges announce their holidays a year ahead; after those, every weekday counts as a session.
    """
    from pandas import DatetimeIndex, bdate_range

    known = DatetimeIndex(_calendar_until(exchange, year).sessions)
    announced = known[-1].date()
    if announced.year == year:
        return known
    later = bdate_range(announced + timedelta(days=1), date(year, 12, 31)).as_unit(known.unit)
    return DatetimeIndex(known.append(later))


def first_day(exchange: str = NYSE) -> date:
    """The first session that the calendar of ``exchange`` knows: FIRST_DAY or later."""
    first: date = _sessions(exchange, _LAST_YEAR)[0].date()
    return first


def last_completed_session(now: datetime, exchange: str = NYSE) -> date:
    """The newest session that closed at least 30 minutes before ``now`` (aware); early closes are known.

    Raises:
        ValueError: ``now`` has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError("now needs a time zone")
    day = now.astimezone(zone_of(exchange)).date()
    session = session_on_or_before(day, exchange)
    if close_time(session, exchange) + SETTLING <= now:
        return session
    return session_on_or_before(session - timedelta(days=1), exchange)


def newest_completed(now: datetime, symbols: Iterable[str] = ()) -> date:
    """The newest session that is over by ``now`` (aware) in New York or on an exchange of ``symbols``."""
    return max(last_completed_session(now, exchange) for exchange in {NYSE, *map(exchange_of, symbols)})


@lru_cache(maxsize=4096)
def session_on_or_before(day: date, exchange: str = NYSE) -> date:
    """``day`` itself if it is a session, else the newest session before it; the first one if there is none."""
    sessions = _sessions(exchange, _year(day))
    at = int(sessions.searchsorted(_stamp(day), side="right")) - 1
    found: date = sessions[max(0, at)].date()
    return found


def is_stale(as_of: date, now: datetime, exchange: str = NYSE) -> bool:
    """Whether more than two sessions have ended since the session ``as_of``, by ``now`` (aware).

    Loads the calendar, which takes a second, only if the dates alone do not decide.
    """
    age = now.astimezone(zone_of(exchange)).date() - as_of
    if age <= timedelta(days=STALE_AFTER) or age > _ALWAYS_STALE:
        return age > _ALWAYS_STALE
    oldest = last_completed_session(now, exchange)
    for _ in range(STALE_AFTER):
        oldest = session_on_or_before(oldest - timedelta(days=1), exchange)
    return as_of < oldest


def next_sessions(after: date, count: int, exchange: str = NYSE) -> tuple[date, ...]:
    """The ``count`` sessions after the day ``after``, oldest first."""
    sessions = _sessions(exchange, _year(after + timedelta(days=2 * count)))
    first = sessions.searchsorted(_stamp(after), side="right")
    return tuple(sessions[first : first + count].date)


def sessions_between(first: date, last: date, exchange: str = NYSE) -> tuple[date, ...]:
    """All sessions from ``first`` to ``last``, both included."""
    return tuple(session_stamps(first, last, exchange).date)


def session_stamps(first: date, last: date, exchange: str = NYSE) -> DatetimeIndex:
    """``sessions_between`` as naive midnight stamps; much faster for whole histories."""
    sessions = _sessions(exchange, _year(last))
    return sessions[sessions.searchsorted(_stamp(first)) : sessions.searchsorted(_stamp(last), side="right")]


@lru_cache(maxsize=4096)
def close_time(session: date, exchange: str = NYSE) -> datetime:
    """When ``session`` closes (UTC): 16:00 in New York, earlier around some holidays.

    Raises:
        ValueError: ``session`` is not a session.
    """
    if session_on_or_before(session, exchange) != session:
        raise ValueError(f"{session} is not a session of {'the NYSE' if exchange == NYSE else exchange}")
    calendar = _calendar_until(exchange, _year(session))
    newest = min(session, calendar.last_session.date())
    closes: datetime = calendar.session_close(newest.isoformat()).to_pydatetime()
    local = closes.astimezone(zone_of(exchange))
    return datetime.combine(session, local.time(), local.tzinfo).astimezone(UTC)


def closes_early(session: date, exchange: str = NYSE) -> bool:
    """Whether ``session`` ends before the usual time, as on the day after Thanksgiving."""
    return _stamp(session) in _calendar_until(exchange, _year(session)).early_closes


def _stamp(day: date) -> Timestamp:
    from pandas import Timestamp

    return Timestamp(day)
