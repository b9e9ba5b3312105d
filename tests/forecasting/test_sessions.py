"""Sessions of the NYSE: holidays, early closes, both sides of the clock change, any clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from forecasting.sessions import (
    close_time,
    closes_early,
    currency_of,
    exchange_of,
    known_in_new_york,
    last_completed_session,
    next_sessions,
    session_on_or_before,
    sessions_between,
    shown_currency,
)


def test_sixty_sessions_after_the_end_of_2024() -> None:
    coming = next_sessions(date(2024, 12, 31), 60)
    assert (coming[0], coming[-1], len(coming)) == (date(2025, 1, 2), date(2025, 3, 31), 60)
    assert date(2025, 1, 9) not in coming, "the exchange was closed for a day of mourning"


def test_sessions_between_includes_both_ends() -> None:
    assert sessions_between(date(2024, 12, 31), date(2025, 1, 3)) == (
        date(2024, 12, 31),
        date(2025, 1, 2),
        date(2025, 1, 3),
    )
    assert sessions_between(date(2025, 1, 4), date(2025, 1, 5)) == ()


def test_next_sessions_after_a_day_that_is_none() -> None:
    assert next_sessions(date(2025, 1, 4), 1) == (date(2025, 1, 6),)


def test_session_on_or_before() -> None:
    assert session_on_or_before(date(2025, 1, 8)) == date(2025, 1, 8)
    assert session_on_or_before(date(2025, 1, 9)) == date(2025, 1, 8)
    assert session_on_or_before(date(2025, 1, 5)) == date(2025, 1, 3)


@pytest.mark.parametrize(
    ("session", "close"),
    [
        (date(2026, 11, 20), datetime(2026, 11, 20, 21, 0, tzinfo=UTC)),
        (date(2026, 10, 30), datetime(2026, 10, 30, 20, 0, tzinfo=UTC)),  # before the clocks go back on 1 November
        (date(2026, 11, 2), datetime(2026, 11, 2, 21, 0, tzinfo=UTC)),
        (date(2026, 3, 6), datetime(2026, 3, 6, 21, 0, tzinfo=UTC)),  # before they go forward on 8 March
        (date(2026, 3, 9), datetime(2026, 3, 9, 20, 0, tzinfo=UTC)),
        (date(2026, 11, 27), datetime(2026, 11, 27, 18, 0, tzinfo=UTC)),  # the day after Thanksgiving ends at 13:00
        (date(2026, 12, 24), datetime(2026, 12, 24, 18, 0, tzinfo=UTC)),
    ],
)
def test_close_time(session: date, close: datetime) -> None:
    assert close_time(session) == close


def test_sessions_that_close_early() -> None:
    assert closes_early(date(2026, 11, 27))
    assert closes_early(date(2026, 12, 24))
    assert not closes_early(date(2026, 12, 23))
    assert not closes_early(date(2026, 7, 1))


def test_close_time_of_no_session() -> None:
    with pytest.raises(ValueError, match="2026-11-26 is not a session"):
        close_time(date(2026, 11, 26))


@pytest.mark.parametrize(
    ("now", "session"),
    [
        (datetime(2026, 11, 20, 21, 29, 59, tzinfo=UTC), date(2026, 11, 19)),
        (datetime(2026, 11, 20, 21, 30, tzinfo=UTC), date(2026, 11, 20)),
        (datetime(2026, 11, 23, 0, 30, tzinfo=UTC), date(2026, 11, 20)),  # Sunday evening in New York
        (datetime(2026, 11, 27, 18, 29, tzinfo=UTC), date(2026, 11, 25)),  # early close, 26th is Thanksgiving
        (datetime(2026, 11, 27, 18, 30, tzinfo=UTC), date(2026, 11, 27)),
        (datetime(2026, 7, 1, 20, 30, tzinfo=UTC), date(2026, 7, 1)),  # an hour earlier in summer
        (datetime(2026, 7, 2, 1, 0, tzinfo=UTC), date(2026, 7, 1)),  # past midnight in UTC, still the 1st in New York
        (datetime(2040, 5, 17, 12, 0, tzinfo=UTC), date(2040, 5, 16)),
        (datetime(1995, 6, 1, 12, 0, tzinfo=UTC), date(1995, 5, 31)),
    ],
)
def test_last_completed_session(now: datetime, session: date) -> None:
    assert last_completed_session(now) == session
    elsewhere = now.astimezone(timezone(timedelta(hours=11)))
    assert last_completed_session(elsewhere) == session, "the zone of the clock doesn't matter"


def test_a_clock_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        last_completed_session(datetime(2026, 11, 20, 21, 30))  # noqa: DTZ001  # the very thing that is tested


def test_next_sessions_reach_past_the_end_of_a_calendar() -> None:
    coming = next_sessions(date(2029, 12, 31), 2000)
    assert len(coming) == 2000
    assert coming[0] == date(2030, 1, 2)


def test_an_exchange_that_closes_earlier_knows_new_york_of_the_day_before() -> None:
    monday = date(2026, 11, 23)
    assert known_in_new_york("XETR", monday) == date(2026, 11, 22)
    assert known_in_new_york("XTSE", monday) == known_in_new_york("XNYS", monday) == monday


@pytest.mark.parametrize(
    ("ticker", "exchange", "currency"),
    [
        ("SPY", "XNYS", "USD"),
        ("VWCE.DE", "XETR", "EUR"),
        ("ISF.L", "XLON", "GBp"),
        ("BRK.B", "XNYS", "USD"),
        ("0820EA.KL", "XKLS", "MYR"),
    ],
)
def test_a_tickers_suffix_names_its_exchange(ticker: str, exchange: str, currency: str) -> None:
    assert (exchange_of(ticker), currency_of(ticker)) == (exchange, currency)


@pytest.mark.parametrize(
    ("ticker", "said", "shown"),
    [
        ("ISF.L", "GBp", ("GBp", 1)),
        ("ISF.L", "GBX", ("GBp", 1)),
        ("ISF.L", "p", ("GBp", 1)),
        ("ISF.L", "GBP", ("GBp", 100)),
        ("ISF.L", "£", ("GBp", 100)),
        ("CSPX.L", "USD", ("USD", 1)),
        ("CSPX.L", "$", ("USD", 1)),
        ("XIC.TO", "$", ("CAD", 1)),
        ("1306.T", "¥", ("JPY", 1)),
        ("STX40.JO", "ZAR", ("ZAc", 100)),
        ("STX40.JO", "ZAC", ("ZAc", 1)),
        ("VWCE.DE", "GBp", ("GBp", 1)),
        ("VWCE.DE", "€", ("EUR", 1)),
    ],
)
def test_pence_and_pounds_are_told_apart(ticker: str, said: str, shown: tuple[str, float]) -> None:
    assert shown_currency(ticker, said) == shown


def test_after_the_last_announced_holiday_every_weekday_is_a_session() -> None:
    """Shanghai's holidays are known a year ahead."""
    coming = next_sessions(date(2026, 12, 20), 60, "XSHG")
    assert len(coming) == 60
    assert all(day.weekday() < 5 for day in coming)
