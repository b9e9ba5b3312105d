"""The odds of a price: at a close, and on the way there."""

from __future__ import annotations

import pytest

from forecasting import PastReturns, PriceOdds, ReportStore, Symbol, open_database, price_odds, probability_above
from tests.support.reports import made_report, made_returns
from tests.support.trained import Home

REPORT, PAST = made_report("SPY", last_close=100.0), made_returns("SPY")


def odds(price: float, sessions: int, past: PastReturns = PAST) -> PriceOdds:
    return price_odds(REPORT, price, sessions, past)


@pytest.mark.parametrize("sessions", [1, 20, 60])
@pytest.mark.parametrize("price", [80.0, 95.0, 100.0, 101.0, 112.0, 150.0])
def test_a_close_beyond_a_price_reaches_it(price: float, sessions: int) -> None:
    found = odds(price, sessions)
    assert found.above == probability_above(REPORT.forecast[sessions - 1].quantiles, price)
    beyond = found.above if price > 100.0 else 1.0 - found.above
    assert beyond <= found.reached <= 1.0
    if sessions == 1:
        assert found.reached == pytest.approx(beyond, abs=0.005), "there is no earlier close"


def test_more_time_and_nearer_prices_are_reached_more_often() -> None:
    by_time = [odds(108.0, sessions).reached for sessions in (1, 5, 20, 60)]
    assert by_time == sorted(by_time)
    assert by_time[0] < by_time[-1]
    for prices in ((112.0, 108.0, 104.0, 101.0), (88.0, 92.0, 96.0, 99.0)):
        by_price = [odds(price, 20).reached for price in prices]
        assert by_price == sorted(by_price)
        assert by_price[0] < by_price[-1] - 0.3


def test_a_price_is_reached_about_twice_as_often_as_closed_beyond() -> None:
    """As by the reflection principle, where moves of different sessions have nothing to do with each other."""
    flat = made_returns("SPY", sessions=1300)
    found = odds(REPORT.forecast[59].quantiles[5], 60, flat)
    assert 1.4 < found.reached / found.above < 2.6


def test_a_trained_etf_has_all_that_odds_and_volatility_need(trained: Home) -> None:
    engine = open_database(trained.database_url)
    store = ReportStore(engine)
    report, past = store.latest(Symbol("SPY"), "simulated"), store.past_returns(Symbol("SPY"), "simulated")
    engine.dispose()
    assert report is not None
    assert past is not None
    assert past.sessions[-1] == report.as_of.toordinal()
    assert 0.1 < price_odds(report, report.last_close * 1.01, 60, past).reached < 1.0
    assert report.vix is not None
    assert 0.5 < report.expected_volatility(20) / (report.vix / 100) < 1.5
    assert [scores.sessions for scores in report.volatility] == [5, 20, 60]
