"""How ETFs go together, and the probability of ending above a price."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist

import pytest

from forecasting import LEVELS, ForecastReport, probability_above, return_correlations
from forecasting.report import Close
from tests.support.reports import made_report


def with_closes(symbol: str, closes: list[float], skipping: int = 0) -> ForecastReport:
    report = made_report(symbol)
    sessions = [row.session for row in report.history][skipping : skipping + len(closes)]
    history = tuple(Close(session, close) for session, close in zip(sessions, closes, strict=True))
    return replace(report, history=history)


def test_returns_are_compared_session_by_session() -> None:
    up = [100 * 1.01**n * (1.02 if n % 2 else 1.0) for n in range(60)]
    opposite = [10_000 / close for close in up]
    first, second = with_closes("ARKK", up), with_closes("SPY", opposite)
    matrix = return_correlations([first, second])
    assert matrix[0][0] == pytest.approx(1.0)
    assert matrix[0][1] == pytest.approx(-1.0) == matrix[1][0]

    late = with_closes("SPY", up[3:], skipping=3)
    assert return_correlations([first, late])[0][1] == pytest.approx(1.0), "aligned by session, not by place"


def test_too_few_common_sessions_and_flat_prices_have_no_correlation() -> None:
    few = with_closes("ARKK", [100.0 + n % 3 for n in range(10)])
    assert return_correlations([few, made_report("SPY")])[0][1] is None
    flat = with_closes("ARKK", [100.0] * 60)
    assert return_correlations([flat, made_report("SPY")])[0] == (None, None)


@pytest.mark.parametrize("price", [60.0, 80.0, 93.0, 100.0, 104.0, 131.0, 150.0])
def test_the_probability_is_exact_where_outcomes_are_normal(price: float) -> None:
    outcome = NormalDist(100.0, 12.0)
    quantiles = [outcome.inv_cdf(level) for level in LEVELS]
    assert probability_above(quantiles, price) == pytest.approx(1 - outcome.cdf(price), abs=1e-9)


def test_the_probability_at_a_quantile_is_its_level_whatever_the_shape() -> None:
    quantiles = (50.0, 51.0, 60.0, 61.0, 90.0, 91.0, 300.0)
    for level, price in zip(LEVELS, quantiles, strict=True):
        assert probability_above(quantiles, price) == pytest.approx(1 - level)
    assert 0 <= probability_above(quantiles, 1e9) < 0.01
    assert 0.99 < probability_above(quantiles, -1e9) <= 1
    assert 0 <= probability_above((5.0,) * 7, 5.0) <= 0.5 <= probability_above((5.0,) * 7, 4.9) <= 1
