"""ForecastReport: what is stored comes back equal, and what is published keeps its names."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from forecasting import ForecastReport, Symbol
from forecasting.models import MODELS
from forecasting.quantiles import COLUMNS
from forecasting.report import current
from tests.forecasting.reports.test_store import made_report
from tests.support.reports import AS_OF
from tests.support.reports import made_report as report_of


def test_a_report_survives_its_own_json() -> None:
    report = made_report()

    assert ForecastReport.from_json(report.to_json()) == report


def test_a_report_from_before_skills_had_standard_errors_is_read() -> None:
    old = json.loads(made_report().to_json())
    for scores in old["scores"].values():
        del scores["skill_se"]
    assert ForecastReport.from_json(json.dumps(old)).scores["lstm"].skill_se == 0.0


def test_every_digit_survives() -> None:
    report = made_report()
    third = report.forecast[0].quantiles[0] / 3

    again = ForecastReport.from_json(report.to_json())

    assert again.forecast[0].quantiles[0] / 3 == third


def test_what_is_published_names_each_quantile_and_leaves_out_what_is_not_promised() -> None:
    published = made_report().published()

    assert published["as_of"] == "2025-01-03"
    assert published["trained_at"] == "2025-01-04T13:00:00+00:00"
    assert list(published["forecast"][0]) == ["step", "session", *COLUMNS]
    assert [step["step"] for step in published["forecast"]] == list(range(1, 61))
    assert list(published["scores"]) == list(MODELS)
    assert "pinball" not in published["scores"]["lstm"]
    assert published["history"][-1] == {"session": "2025-01-03", "close": 101.25}


def test_an_overview_is_in_the_order_of_those_served_then_in_alphabetical_order() -> None:
    found = [report_of(symbol) for symbol in ("SPY", "ZZZ", "AAA", "ARKK")]
    gone = replace(report_of("OLD"), as_of=AS_OF - timedelta(days=15))
    shown = current([*found, gone], (Symbol("SPY"), Symbol("ARKK"), Symbol("NEW")))
    assert [report.symbol for report in shown] == ["SPY", "ARKK", "AAA", "ZZZ"]
