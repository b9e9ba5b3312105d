"""Dividends and splits between two fetches change the units of what is stored, and nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from forecasting.prices.history import PriceHistory
from forecasting.prices.quality.gate import gate
from forecasting.prices.sources.csv import CsvPrices
from forecasting.prices.store.store import PriceStore
from forecasting.quantiles import HORIZON
from forecasting.record.outcomes import outcomes_of
from forecasting.record.schema import IssuedForecast, StoredOutcome
from forecasting.record.scoring import closes_of, score_open
from forecasting.reports.store import ReportStore
from forecasting.sessions import NYSE
from forecasting.universe import Symbol
from tests.support.fetched import HYG, SPY, assert_same, run, stored_prices
from tests.support.issued import forecast_from
from tests.support.vendors import Vendor, rebased_to, with_split


@pytest.mark.slow
@pytest.mark.parametrize("symbol", [SPY, HYG])
def test_dividends_between_fetches_rebase_the_stored_history(vendor: Vendor, store: PriceStore, symbol: Symbol) -> None:
    before = run(vendor, store, symbol)
    for _ in range(20):
        vendor.pass_days(7)
        shown = vendor.views[symbol](vendor.today)
        assert_same(run(vendor, store, symbol), shown)
    assert shown["adjusted"].iloc[0] < before["adjusted"].iloc[0] * 0.999
    assert store.revisions(symbol).empty, "a change of units is no revision"


def test_a_dividend_that_is_listed_late_is_a_revision_of_its_session(vendor: Vendor, store: PriceStore) -> None:
    view = vendor.views[SPY]
    paid = view(date(2024, 12, 31))["dividend"].loc["2024-12":].idxmax()
    vendor.today = paid.date()
    amount = view(vendor.today)["dividend"][paid]

    def unaware(day: date) -> pd.DataFrame:
        frame = view(day)
        frame.loc[frame.index < paid, "adjusted"] *= 1 + amount / frame["close"][paid]
        frame.loc[paid, "dividend"] = 0.0
        return frame

    vendor.views[SPY] = unaware
    run(vendor, store)
    vendor.views[SPY] = view
    vendor.pass_days(3)
    assert_same(run(vendor, store), view(vendor.today))
    assert store.revisions(SPY)["session"].tolist() == [paid.date()]


@pytest.mark.slow
@pytest.mark.parametrize("rebased_after", [0, 4], ids=["at once", "days later"])
@pytest.mark.parametrize("ratio", [4.0, 0.1])
def test_a_split_rebases_prices_and_volumes(
    vendor: Vendor, store: PriceStore, ratio: float, rebased_after: int
) -> None:
    split = date(2024, 12, 18)
    vendor.views[SPY] = with_split(vendor.views[SPY], split, ratio, date(2024, 12, 18 + rebased_after))
    before = run(vendor, store)
    for _ in range(7):
        vendor.pass_days(1)
        run(vendor, store)
    vendor.pass_days(7)
    after = run(vendor, store)
    assert_same(after, vendor.views[SPY](vendor.today))
    assert after["close"].iloc[0] == pytest.approx(before["close"].iloc[0] / ratio)
    assert after["volume"].iloc[0] == pytest.approx(before["volume"].iloc[0] * ratio)
    assert store.revisions(SPY).empty
    assert gate([stored_prices(vendor, store).history(SPY, vendor.today)])[0].findings == ()


@pytest.mark.slow
def test_forecasts_issued_before_a_dividend_are_scored_by_returns(shared: Path, store: PriceStore) -> None:
    """With the closes and dividends of SPY in 2024, fetched and scored weekly.

    What counts is the total return since the forecast, by plain arithmetic and in prices that nobody re-bases.
    """
    frame = CsvPrices(shared / "prices").history(SPY, date(2024, 12, 31)).frame.loc["2023":]
    total = frame["close"] * (1 + frame["dividend"] / frame["close"]).cumprod()
    frame = frame.assign(adjusted=total, split=0.0)
    vendor = Vendor({SPY: lambda day: rebased_to(frame, day)}, date(2024, 3, 8))
    at_issue = stored_prices(vendor, store).history(SPY, vendor.today)
    ReportStore(store.engine).publish(forecast_from(at_issue, vendor.today, source="yahoo"), vendor.now())
    while vendor.today < date(2024, 6, 28):
        vendor.pass_days(7)
        history = stored_prices(vendor, store).history(SPY, vendor.today)
        score_open(store.engine, "yahoo", {SPY: history}, {NYSE: history.last_session}, vendor.now())

    since = frame.loc["2024-03-08":"2024-06-28"]
    before, now = (h.frame.loc["2024-03-08", "adjusted"] for h in (at_issue, history))
    assert (since["dividend"][1:] > 0).sum() == 2, "of 15 March and 21 June"
    assert now < before * 0.994, "the stored history is re-based"
    growth = ((since["close"] + since["dividend"]) / since["close"].shift())[1:].cumprod()
    closes = at_issue.last_close * growth.to_numpy()[:HORIZON]
    never_rebased = PriceHistory.of(SPY, "yahoo", frame)
    with Session(store.engine) as session:
        (outcome,) = session.scalars(select(StoredOutcome))
        (issued,) = session.scalars(select(IssuedForecast))
        assert outcome.is_final
        assert closes_of(outcome.closes) == pytest.approx(closes, rel=1e-9)
        (met,) = outcomes_of([issued], [never_rebased], history.last_session, [None])
        assert met.closes == pytest.approx(closes, rel=1e-9)
        medians = [quantiles[3] for quantiles in issued.quantiles.values()]
        assert outcome.lstm_abs == pytest.approx(np.abs(np.array(medians) - closes).sum(), rel=1e-9)
        assert (issued.raw_close, issued.adjustment) == (at_issue.last_close, at_issue.as_quoted), "as it was issued"
