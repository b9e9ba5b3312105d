"""Live forecasts made again: by the same champion, after another one, and after the source re-based its prices."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd
import pytest

from forecasting import ReportStore, Symbol, open_database
from forecasting.champion.registry import ModelRegistry, RegisteredModel
from forecasting.model.fingerprint import data_hash, model_version
from forecasting.prices.history import Panel, PriceSource
from forecasting.prices.loading import load_panel
from forecasting.prices.store.store import PriceStore
from forecasting.prices.store.stored import KeptPrices
from forecasting.record.issued import issued_forecasts
from forecasting.record.reproduce import Reproduction, reproduce
from forecasting.record.schema import IssuedForecast
from forecasting.reports.build import forecast_again
from tests.support.fetched import FRIDAY, SPY, stored_prices
from tests.support.trained import Home
from tests.support.vendors import Vendor, simulated, with_split

pytestmark = pytest.mark.slow

LATER = "2020-03-02"


def test_live_forecasts_are_made_again_after_a_refresh_and_a_retraining(trained: Home) -> None:
    assert trained.run("refresh", "SPY", "--as-of", "2020-01-31").returncode == 0
    assert trained.run("retrain", "SPY", "--as-of", LATER).returncode == 0
    engine = open_database(trained.database_url)
    issued = issued_forecasts(engine, "simulated", SPY)
    engine.dispose()
    assert [row.kind for row in issued] == ["live"] * 3
    assert LATER in ModelRegistry(trained.model_dir).versions("simulated", SPY)[-1]
    for row in issued:
        done = trained.run("reproduce", str(row.number))
        said = f"Forecast {row.number} (SPY as of {row.as_of}, live): equal, to the last bit."
        assert (done.returncode, done.stdout.splitlines()[0]) == (0, said), done.stderr


@pytest.mark.parametrize("number", ["2", "99999999999999999999"])
def test_a_number_beyond_the_record_is_told_in_words(trained: Home, number: str) -> None:
    done = trained.run("reproduce", number)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip().splitlines()[-1].startswith(f"There is no forecast {number} on the record: it holds 1,")


@dataclass
class Issued:
    """A live forecast from fetched prices, as the job of FRIDAY issued it.

    SPY pays a dividend in the week after, and splits 3:1 in the week after that.
    """

    home: Home
    vendor: Vendor
    store: PriceStore
    model: RegisteredModel
    row: IssuedForecast

    def again(self, source: PriceSource) -> Reproduction:
        panel, _ = load_panel(source, [SPY], self.row.as_of)
        return reproduce(self.row, self.model, panel)


@pytest.fixture
def issued(trained: Home) -> Iterator[Issued]:
    engine = open_database(trained.database_url)
    vendor = Vendor({SPY: with_split(simulated("SPY", first="2005-01"), date(2024, 12, 24), 3.0)}, FRIDAY)
    store, reports = PriceStore(engine, vendor.name), ReportStore(engine)
    model = ModelRegistry(trained.model_dir).champion("simulated", SPY)
    panel, _ = load_panel(stored_prices(vendor, store), [SPY], FRIDAY)
    reports.publish(forecast_again(SPY, "SPY", panel, model, drawn=False), vendor.now())
    (row,) = issued_forecasts(engine, "yahoo", SPY)
    yield Issued(trained, vendor, store, model, row)
    engine.dispose()


def test_a_live_forecast_is_made_again_from_fetched_prices_as_they_were_known_and_as_they_are_now(
    issued: Issued,
) -> None:
    issued.vendor.pass_days(21)
    now = stored_prices(issued.vendor, issued.store)
    known_now = now.history(SPY, issued.vendor.today)
    assert known_now.frame["close"].loc[pd.Timestamp(FRIDAY)] == pytest.approx(issued.row.raw_close / 3)

    as_known = issued.again(KeptPrices(issued.store, issued.row.issued_at))
    re_based = issued.again(now)

    assert (as_known.distance, as_known.same_bits, as_known.differences) == (0.0, True, ())
    assert re_based.is_equal
    assert not re_based.same_bits
    assert ["re-based" in difference for difference in re_based.differences] == [True]


def test_the_command_line_takes_fetched_prices_from_the_store(issued: Issued) -> None:
    ModelRegistry(issued.home.model_dir).save("yahoo", SPY, issued.model)
    issued.vendor.pass_days(21)
    stored_prices(issued.vendor, issued.store).history(SPY, issued.vendor.today)
    done = issued.home.run("reproduce", str(issued.row.number))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0].endswith("live): equal, to the last bit.")


def test_another_market_is_named_where_nothing_else_differs(issued: Issued) -> None:
    """An ETF's volatility is forecast beside the market's, whose prices the row has no hash of."""
    history = KeptPrices(issued.store).history(SPY, FRIDAY)
    fund = replace(history, symbol=Symbol("FUND"))
    row = copy(issued.row)
    row.symbol, row.data_hash = fund.symbol, data_hash(fund)
    wild = replace(history, frame=history.frame.assign(high=history.frame["high"] * 1.2))
    model = replace(issued.model, version=model_version(fund.symbol, date(2019, 12, 31), issued.model.data))
    row.model_version = model.version

    found = reproduce(row, model, Panel([fund, wild]))

    assert not found.is_equal
    quantiles, rest = found.differences
    assert quantiles.startswith("Quantiles differ")
    assert "the market (SPY now)" in rest
