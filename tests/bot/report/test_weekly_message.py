"""What the weekly report says: change within a week, news, one line an ETF, and every limit kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.calendar.weektime import WeeklyTime
from bot.cogs.report.changes import Changes
from bot.cogs.report.content import ReportContent
from bot.cogs.report.details import MAX_OPTIONS, details_view
from bot.cogs.report.subscriptions import ReportOptions
from bot.cogs.report.weekly import change_of_median, weekly_alt_text, weekly_embed
from bot.interactions.formats import MEDIAN
from bot.texts import LANGUAGES, Texts
from forecasting import Failure, ForecastReport, PriceFault, Symbol
from forecasting.report import Close
from tests.support.reports import AS_OF, made_report

LAST_WEEK = date(2026, 11, 6)
FRIDAY = datetime(2026, 11, 13, 22, 0, tzinfo=UTC)
SATURDAY = FRIDAY + timedelta(days=1)
ENGLISH = Texts("en")


def long_list(count: int, close: float = 1_234_567.89) -> list[ForecastReport]:
    """ETFs with the longest tickers and names, and huge prices."""
    return [
        made_report(f"{'W' * 12}{n:03}", name=f"{n:03} {'very long name ' * 7}"[:100], last_close=close)
        for n in range(count)
    ]


def full_changes(reports: list[ForecastReport]) -> Changes:
    symbols = [report.symbol for report in reports]
    return Changes(
        before={report.symbol: replace(report, as_of=LAST_WEEK) for report in reports},
        promoted=frozenset(symbols),
        faults=tuple(PriceFault(symbol, AS_OF, "a price of zero", "close: 0.0") for symbol in symbols),
        failed=tuple(Failure(symbol, "PricesNotReady", "Not there yet. " * 60) for symbol in symbols),
    )


def size(embed_dict: dict[str, object]) -> int:
    """Characters that Discord counts together."""
    fields = embed_dict.get("fields", [])
    assert isinstance(fields, list)
    texts = [embed_dict.get("title", ""), embed_dict.get("description", ""), *(f["name"] + f["value"] for f in fields)]
    footer = embed_dict.get("footer", {})
    assert isinstance(footer, dict)
    return sum(len(str(text)) for text in (*texts, footer.get("text", "")))


@pytest.mark.parametrize("texts", [Texts(language) for language in LANGUAGES], ids=LANGUAGES)
@pytest.mark.parametrize("close", [0.000123, 51.2, 1_234_567.89])
def test_all_of_twenty_five_etfs_have_their_line_whatever_they_cost(texts: Texts, close: float) -> None:
    reports = long_list(25, close)
    embed = weekly_embed(
        texts, reports, [report.symbol for report in reports[:12]], "o.png", SATURDAY, full_changes(reports)
    )
    text = embed.description or ""
    assert all(f"**{report.symbol}**" in text for report in reports)
    assert len(text) <= 4096
    assert all(len(field.value or "") <= 1024 for field in embed.fields)
    assert size(dict(embed.to_dict())) <= 6000
    assert len(weekly_alt_text(texts, reports)) <= 1024
    row, _ = details_view(texts, reports).to_components()
    (menu,) = row["components"]
    assert len(menu["options"]) == 25
    assert all(
        len(option["label"]) <= 100 and len(option.get("description") or "") <= 100 for option in menu["options"]
    )


def test_a_hundred_fit_too_and_the_menu_has_the_first_ones() -> None:
    reports = long_list(100)
    embed = weekly_embed(ENGLISH, reports, (), None, SATURDAY, full_changes(reports))
    assert size(dict(embed.to_dict())) <= 6000
    assert "more" in (embed.description or "")
    row, _ = details_view(ENGLISH, reports).to_components()
    assert len(row["components"][0]["options"]) == MAX_OPTIONS


class TestChange:
    def before(self, report: ForecastReport, close: float, median: float) -> ForecastReport:
        """Last week's, in prices of then."""
        last = report.forecast[-1]
        quantiles = tuple(median if level == MEDIAN else price for level, price in enumerate(last.quantiles))
        forecast = (*report.forecast[:-1], replace(last, quantiles=quantiles))
        return replace(report, as_of=LAST_WEEK, last_close=close, forecast=forecast)

    def now(self, close_then: float) -> ForecastReport:
        """This week's, which gives last week's close as ``close_then``."""
        report = made_report(last_close=100.0)
        history = (*report.history[:-6], Close(LAST_WEEK, close_then), *report.history[-5:])
        return replace(report, history=history)

    def test_is_that_of_the_median_in_todays_prices(self) -> None:
        report = self.now(close_then=98.0)  # median 106
        assert change_of_median(report, self.before(report, 98.0, 100.0)) == pytest.approx(0.06)

    def test_does_not_take_a_split_for_news(self) -> None:
        report = self.now(close_then=98.0)
        assert change_of_median(report, self.before(report, 392.0, 400.0)) == pytest.approx(0.06)  # 4:1 since

    def test_is_left_out_where_there_is_nothing_to_compare_with(self) -> None:
        report = self.now(close_then=98.0)
        assert change_of_median(report, None) is None
        assert change_of_median(report, replace(report, as_of=date(2020, 1, 2))) is None

    def test_stands_in_the_line(self) -> None:
        report = self.now(close_then=98.0)
        changes = Changes({report.symbol: self.before(report, 98.0, 100.0)})
        assert "week +6.0%" in (weekly_embed(ENGLISH, [report], (), None, SATURDAY, changes).description or "")


def test_what_changed_is_told_of_the_etfs_in_the_report_alone() -> None:
    changes = full_changes([made_report("SPY"), made_report("TLT")])
    (field,) = weekly_embed(ENGLISH, [made_report("SPY")], (), None, SATURDAY, changes).fields
    assert field.name == "What changed this week"
    for words in ("SPY: Not there yet.", "Rejected prices: SPY 2026-11-13", "New model in use for SPY."):
        assert words in (field.value or "")
    assert "TLT" not in (field.value or "")
    assert weekly_embed(ENGLISH, [made_report("QQQ")], (), None, SATURDAY, changes).fields == []


@pytest.mark.parametrize(
    ("now", "is_session"),
    [
        (FRIDAY, True),
        (SATURDAY, False),
        (datetime(2026, 11, 26, 15, 0, tzinfo=UTC), False),  # Thanksgiving
        (datetime(2026, 11, 16, 2, 0, tzinfo=UTC), False),  # Monday in Sydney, Sunday in New York
    ],
)
def test_on_a_day_without_a_session_it_says_so_and_names_the_one_shown(now: datetime, is_session: bool) -> None:
    text = weekly_embed(ENGLISH, [made_report()], (), None, now, None).description or ""
    assert ("Markets are closed today" in text) != is_session
    assert "<t:1794603600:f>" in text


def test_a_server_is_not_told_what_only_others_follow() -> None:
    reports = tuple(made_report(symbol) for symbol in ("SPY", "TLT", "QQQ", "OLD"))
    content = ReportContent(reports, {"weekly": Changes({})}, (), frozenset({Symbol("TLT"), Symbol("QQQ")}))
    when = WeeklyTime("sat", SATURDAY.time(), UTC)  # type: ignore[arg-type]

    def shown(*own: str, symbols: tuple[str, ...] = ()) -> list[str]:
        options = ReportOptions(1, when, symbols=tuple(Symbol(symbol) for symbol in symbols))
        return [report.symbol for report in content.for_server(options, [Symbol(symbol) for symbol in own])]

    assert shown() == ["SPY", "OLD"]
    assert shown("TLT") == ["SPY", "TLT", "OLD"]
    assert shown("TLT", symbols=("QQQ", "SPY")) == ["SPY", "QQQ"]
