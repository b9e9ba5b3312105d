"""ForecastReport: what is stored comes back equal, and what is published keeps its names."""

from __future__ import annotations

from forecasting import ForecastReport
from forecasting.models import MODELS
from forecasting.quantiles import COLUMNS
from tests.forecasting.reports.test_store import made_report


def test_a_report_survives_its_own_json() -> None:
    report = made_report()

    assert ForecastReport.from_json(report.to_json()) == report


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
