"""The daily report: short lines, and closes outside the band of the day before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.cogs.report.daily import crossing, daily_embed
from bot.cogs.report.weekly import weekly_embed
from bot.texts import Texts
from forecasting import ForecastReport, Symbol
from forecasting.report import Close
from tests.support.example_facts import RECORD
from tests.support.messages import BEHIND, NOW, assert_within_limits, extreme
from tests.support.reports import AS_OF, made_report

DAY_BEFORE = date(2026, 11, 12)


def closed_at(close: float, symbol: str = "ARKK", unit: float = 1.0) -> ForecastReport:
    """Today's forecast after a close, where yesterday's close is now worth ``unit`` times $51.20."""
    report = made_report(symbol, last_close=close)
    closes = (Close(DAY_BEFORE, 51.2 * unit), Close(AS_OF, close))
    return replace(report, history=(*report.history[:-2], *closes))


BEFORE = made_report(as_of=DAY_BEFORE)  # its 80% range for the next session: $50.23 to $52.28


@pytest.mark.parametrize(
    ("close", "unit", "side"),
    [
        (51.2, 1.0, None),
        (52.27, 1.0, None),
        (52.28, 1.0, "above"),
        (50.22, 1.0, "below"),
        (25.6, 0.5, None),  # after a split of 2 for 1
        (26.2, 0.5, "above"),
    ],
)
def test_a_close_outside_the_band_of_the_day_before_is_a_crossing(close: float, unit: float, side: str | None) -> None:
    assert crossing(closed_at(close, unit=unit), BEFORE) == side


def test_without_an_earlier_forecast_of_that_close_there_is_none() -> None:
    report = closed_at(99.0)
    assert crossing(report, None) is None
    assert crossing(report, replace(BEFORE, forecast=BEFORE.forecast[1:])) is None
    assert crossing(replace(report, history=report.history[-1:]), BEFORE) is None


def test_each_etf_has_its_close_its_change_and_two_ranges() -> None:
    reports = [closed_at(53.0), closed_at(50.0, "SPY"), closed_at(51.3, "FNGU")]
    before = {symbol: replace(BEFORE, symbol=symbol) for symbol in map(Symbol, ("ARKK", "SPY", "FNGU"))}
    embed = daily_embed(Texts(), reports, AS_OF, before)
    lines = (embed.description or "").splitlines()
    assert lines[0] == "**Outside the 80% band forecast the day before:** ARKK (above), SPY (below)"
    assert lines[-3] == "**ARKK** $53.00 (+3.5%) · next day $51.99 to $54.11 · in 5 days $50.89 to $55.64"
    german = daily_embed(Texts("de"), reports, AS_OF, before).description or ""
    assert "nächster Tag 50,33\u00a0$ bis 52,38\u00a0$" in german
    assert "simulated prices" in (embed.footer.text or "")


def test_an_etf_without_the_days_close_says_of_which_day_it_is() -> None:
    text = daily_embed(Texts(), BEHIND, max(report.as_of for report in BEHIND), {}).description or ""
    (line,) = (line for line in text.splitlines() if line.startswith("**SPY**"))
    assert line.endswith("as of <t:1793998800:d>")


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_hundred_etfs_fit(language: str) -> None:
    reports = extreme(100)
    before = {report.symbol: replace(report, last_close=report.last_close * 2) for report in reports}
    assert_within_limits(daily_embed(Texts(language), reports, reports[0].as_of, before))


def test_a_monthly_report_tells_of_the_live_record_of_its_etfs() -> None:
    reports = [made_report("ARKK"), made_report("SPY")]
    live = replace(RECORD, symbol=Symbol("ARKK"), kind="live")
    others = (replace(live, symbol=Symbol("TLT"), sessions=10**6), replace(live, kind="replayed", sessions=10**6))
    embed = weekly_embed(Texts(), reports, (), None, NOW, records=(live, *others))
    share = round(live.scores["lstm"].cover80 * 100)
    assert embed.title == "Monthly forecast, 60 trading days ahead"
    assert f"**Track record:** {share}% of {live.sessions:,} closing prices" in (embed.description or "")
    assert "of 1 ETFs" in (embed.description or "")
    assert "Track record" not in (weekly_embed(Texts(), reports, (), None, NOW, records=()).description or "")
