"""When an alert is crossed, and what splits and dividends do to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.cogs.alerts.alert import Alert, Place, Way
from bot.cogs.alerts.crossing import Kind, split_ratio
from bot.cogs.alerts.message import crossed, described, list_embed
from bot.cogs.alerts.store import MAX_PER_MEMBER, Alerts, TooMany
from bot.delivery import MAX_ATTEMPTS, Outcome
from bot.storage.schema import StoredAlert
from bot.texts import Texts
from forecasting import ForecastReport, Symbol, next_sessions
from forecasting.report import Close
from tests.support.databases import open_file
from tests.support.reports import AS_OF, TRAINED_AT, made_report

PLACE = Place(channel_id=7, server_id=3)
BOB = 11
COMING = next_sessions(AS_OF, 70)


def later(
    sessions: int, close: float, quoted_before: float = 51.2, reinvested: float = 1.0, *, is_known: bool = True
) -> ForecastReport:
    """The report after so many sessions, in whose prices the closes before were ``quoted_before``.

    Args:
        reinvested: the factor by which dividends lower them.
        is_known: whether the source has closes as quoted.
    """
    report = made_report(as_of=COMING[sessions - 1], last_close=close)
    past = (quoted_before * reinvested, quoted_before if is_known else None)
    before = tuple(Close(row.session, *past) for row in report.history[:-1])
    return replace(report, history=(*before, report.history[-1]))


@pytest.fixture
def alerts(tmp_path: Path) -> Alerts:
    return Alerts(open_file(tmp_path / "bot.db"), "simulated")


def add(alerts: Alerts, kind: Kind, level: float | None = None, way: Way = "direct", user: int = BOB) -> Alert:
    return alerts.add(user, PLACE, made_report(), kind, level, way, TRAINED_AT)


def only(alerts: Alerts) -> Alert:
    (alert,) = alerts.of(BOB)
    return alert


def test_an_alert_shows_the_currency_of_its_report(alerts: Alerts) -> None:
    """London's ETFs are quoted in pence, pounds or dollars: the ticker alone does not tell."""
    alerts.add(BOB, PLACE, made_report("CSPX.L"), "above", 52.0, "direct", TRAINED_AT)
    assert described(Texts("en"), only(alerts)) == "CSPX.L closes above $52.00"


def test_an_alert_of_an_older_program_gets_its_currency_from_the_next_close(tmp_path: Path) -> None:
    engine = open_file(tmp_path / "bot.db")
    alerts = Alerts(engine, "simulated")
    alerts.add(BOB, PLACE, made_report("CSPX.L"), "above", 99.0, "direct", TRAINED_AT)
    with Session(engine) as session, session.begin():
        session.execute(update(StoredAlert).values(currency=None))
    assert only(alerts).currency == "GBp"
    alerts.check(replace(later(1, 51.0), symbol=Symbol("CSPX.L")))
    assert only(alerts).currency == "USD"


@pytest.mark.parametrize(("kind", "level", "close"), [("above", 52.0, 52.01), ("below", 50.0, 49.99)])
def test_a_price_is_crossed_once_until_the_close_has_been_away(
    alerts: Alerts, kind: Kind, level: float, close: float
) -> None:
    add(alerts, kind, level)
    alerts.check(later(1, 51.0))
    assert only(alerts).state == "quiet"
    alerts.check(later(2, close))
    crossed = only(alerts)
    assert (crossed.state, crossed.crossed_on, crossed.crossed_at) == ("owed", COMING[1], close)
    alerts.end(crossed, Outcome("sent"))
    alerts.check(later(3, close))
    assert only(alerts).state == "sent", "still there: nothing new"
    alerts.check(later(4, 51.0))
    alerts.check(later(5, close))
    assert (only(alerts).state, only(alerts).crossed_on) == ("owed", COMING[4])
    assert only(alerts).nonce != crossed.nonce


def test_what_holds_when_it_is_set_has_to_end_first(alerts: Alerts) -> None:
    add(alerts, "above", 50.0)
    alerts.check(later(1, 51.0))
    assert only(alerts).state == "quiet"
    alerts.check(later(2, 49.0))
    alerts.check(later(3, 51.0))
    assert only(alerts).state == "owed"


def test_a_report_that_was_met_is_not_met_again(alerts: Alerts) -> None:
    add(alerts, "above", 52.0)
    assert alerts.waiting() == {"ARKK": AS_OF}
    alerts.check(later(2, 51.0))
    assert alerts.waiting() == {"ARKK": COMING[1]}
    alerts.check(later(1, 99.0))
    assert only(alerts).state == "quiet"


def test_a_price_follows_a_split_and_no_dividend(alerts: Alerts) -> None:
    add(alerts, "above", 60.0)
    alerts.check(later(1, 25.6, quoted_before=25.5))  # 2:1, and a dividend of 0.4% on the same day
    assert only(alerts).level == pytest.approx(30.0)
    assert only(alerts).state == "quiet"
    alerts.check(later(2, 30.5, quoted_before=25.6))
    assert only(alerts).state == "owed"

    add(alerts, "above", 50.9, user=12)
    alerts.check(later(3, 50.0, quoted_before=51.2, reinvested=0.955))
    (other,) = alerts.of(12)
    assert other.level == 50.9


def test_a_dividend_of_a_third_is_no_split(alerts: Alerts) -> None:
    """All closes before it count a third less, with dividends reinvested; as quoted they stay."""
    add(alerts, "above", 52.0)
    alerts.check(later(1, 34.2, reinvested=2 / 3))
    assert (only(alerts).level, only(alerts).state) == (52.0, "quiet")


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(("change", "is_known"), [(2 / 3, False), (0.72, True)], ids=["no actions", "no split's ratio"])
def test_where_nothing_tells_a_split_from_a_dividend_the_alert_says_so(
    alerts: Alerts, change: float, is_known: bool, language: str
) -> None:
    """It neither fires at a guessed price nor stays silent; afterwards it goes on at its own."""
    add(alerts, "below", 40.0)
    alerts.check(later(1, 35.0, quoted_before=51.2 * change, is_known=is_known))
    told = only(alerts)
    assert (told.level, told.state, told.crossed_on, told.crossed_at) == (40.0, "owed", COMING[0], None)
    message, listed = (
        crossed(Texts(language), told, mention=False),
        list_embed(Texts(language), [told]).description or "",
    )
    assert ("$40.00" if language == "en" else "40,00\u00a0$") in message
    assert ("split or a large dividend" if language == "en" else "Splits oder einer hohen Ausschüttung") in message
    assert ("in doubt since" if language == "en" else "fraglich seit") in listed
    alerts.end(told, Outcome("sent"))
    alerts.check(later(2, 41.0, quoted_before=35.0, is_known=is_known))
    assert only(alerts).state == "sent"
    alerts.check(later(3, 39.0, quoted_before=41.0, is_known=is_known))
    assert (only(alerts).state, only(alerts).crossed_at) == ("owed", 39.0)


@pytest.mark.parametrize(
    ("change", "ratio"),
    [
        (1.0, 1.0),
        (0.9, 1.0),
        (0.5, 0.5),
        (0.497, 0.5),
        (0.8, 0.8),
        (0.1, 0.1),
        (10.02, 10.0),
        (1.5, 1.5),
        (0.336, 1 / 3),
        (0.72, None),
    ],
)
def test_which_changes_of_quoted_closes_are_splits(change: float, ratio: float | None) -> None:
    found = split_ratio(80.0, Close(AS_OF, 10.0, 80.0 * change))
    assert found == (None if ratio is None else pytest.approx(ratio))
    unknown = split_ratio(80.0, Close(AS_OF, 80.0 * change))
    assert unknown == (1.0 if ratio == 1.0 else None)


@pytest.mark.parametrize(("growth", "leaves"), [(1.0, False), (1.03, True), (0.96, True), (1.015, False)])
@pytest.mark.parametrize("quoted", [51.2, 25.6, 50.0])
def test_the_band_counts_growth_whatever_splits_and_dividends_do(
    alerts: Alerts, growth: float, leaves: bool, quoted: float
) -> None:
    """The band of the first session of this report is 0.1% up and 2% to either side."""
    add(alerts, "band")
    alerts.check(later(1, quoted * growth, quoted_before=quoted))
    assert (only(alerts).state == "owed") is leaves


def test_a_band_that_is_over_gives_way_to_the_newest(alerts: Alerts) -> None:
    assert add(alerts, "band").until == COMING[59]
    alerts.check(later(61, 500.0))
    assert only(alerts).state == "quiet"
    assert only(alerts).until == next_sessions(COMING[60], 60)[-1]


def test_a_member_has_no_more_than_the_limit_and_takes_back_only_their_own(alerts: Alerts) -> None:
    for n in range(MAX_PER_MEMBER):
        add(alerts, "above", 60.0 + n)
    with pytest.raises(TooMany):
        add(alerts, "below", 10.0)
    theirs = add(alerts, "below", 10.0, user=12)
    assert alerts.remove(BOB, theirs.id) is None
    assert alerts.remove(12, theirs.id) == theirs


def test_what_is_tried_no_more_is_not_promised(alerts: Alerts) -> None:
    alert = add(alerts, "above", 60.0)
    failed = replace(alert, state="failed", crossed_on=AS_OF, crossed_at=61.0, tried_at=TRAINED_AT)
    again, given_up = (list_embed(Texts(), [replace(failed, attempts=n)]).description or "" for n in (1, MAX_ATTEMPTS))
    assert "I'll try again" in again
    assert "**not delivered**, last attempt" in given_up
