"""The VIX out of each source, with rules of its own, and what becomes of a bad one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pytest

from forecasting.errors import PricesUnavailable, UnknownSymbol
from forecasting.prices.files.folder import write_folder
from forecasting.prices.loading import check, load_panel
from forecasting.prices.sources.csv import CsvPrices
from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.prices.store.store import PriceStore
from forecasting.prices.vix import load_vix
from forecasting.universe import VIX, Universe
from tests.forecasting.job.test_pipeline import write
from tests.support.fetched import FRIDAY, SPY, stored_prices
from tests.support.vendors import Vendor, simulated

LAST = date(2024, 12, 31)
EVENING = datetime.combine(LAST, time(23), UTC)
GOOD = ["2024-12-27,15.95", "2024-12-30,17.4", "2024-12-31,34.8"]  # it may double in a day


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, SimulatedPrices().history(SPY, LAST), LAST)
    return tmp_path


def write_vix(folder: Path, *rows: str, header: str = "Date,Close") -> None:
    (folder / "^VIX.csv").write_text("\n".join([header, *rows, ""]))


@pytest.mark.parametrize("name", ["^VIX", "$^vix"])
def test_it_is_no_etf(name: str) -> None:
    with pytest.raises(UnknownSymbol):
        Universe.parse("").ticker(name)


def test_a_folder_may_hold_it(folder: Path) -> None:
    write_vix(folder, *GOOD)
    source = CsvPrices(folder)
    assert source.symbols == (SPY,)
    panel, failures = load_panel(source, source.symbols, LAST)
    assert (list(panel), failures) == ([SPY], {})
    assert panel.vix is not None
    assert panel.vix.tolist() == [15.95, 17.4, 34.8]
    earlier = panel.until(date(2024, 12, 30)).vix
    assert earlier is not None
    assert earlier.index[-1].date() == date(2024, 12, 30)
    assert check(source, source.symbols, EVENING) == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("VIX_History.csv", "DATE,OPEN,HIGH,LOW,CLOSE\n12/27/2024,15,17,14,15.95\n12/30/2024,16,18,16,17.4\n"),
        ("^vix_d.csv", "Date,Open,High,Low,Close,Volume\n2024-12-27,15,17,14,15.95,\n2024-12-30,16,18,16,17.4,\n"),
        ("^VIX.csv", "observation_date,VIXCLS\n2024-12-27,15.95\n2024-12-30,17.4\n"),
    ],
    ids=["Cboe", "Stooq", "FRED"],
)
def test_it_may_come_as_sites_give_it(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    source = CsvPrices(folder)
    assert source.symbols == (SPY,)
    vix, findings = load_vix(source, LAST)
    assert vix is not None
    assert (vix.tolist(), findings) == ([15.95, 17.4], ())


def test_rows_that_no_vix_can_have_are_left_out_and_reported(folder: Path) -> None:
    write_vix(folder, "2024-12-24,14.3", "2024-12-26,0", "2024-12-27,1595", *GOOD[1:])
    source = CsvPrices(folder)
    vix, _ = load_vix(source, LAST)
    assert vix is not None
    assert vix.tolist() == [14.3, 17.4, 34.8]
    faults = [(f.symbol, f.session, f.kind) for f in check(source, source.symbols, EVENING) if f.is_fault]
    assert faults == [
        (VIX, date(2024, 12, 26), "no positive price"),
        (VIX, date(2024, 12, 27), "impossible value"),
    ]


@pytest.mark.parametrize("rows", [["2024-12-31,n/a"], ["31.13.2024,17.4"], [], ["2024-12-31,-1"]])
def test_a_file_that_cannot_be_read_costs_the_vix_alone(folder: Path, rows: list[str]) -> None:
    write_vix(folder, *rows)
    source = CsvPrices(folder)
    panel, failures = load_panel(source, source.symbols, LAST)
    assert (list(panel), failures, panel.vix) == ([SPY], {}, None)
    (fault,) = check(source, source.symbols, EVENING)
    assert (fault.symbol, fault.kind) == (VIX, "unreadable")


def test_a_folder_without_it_is_no_fault(folder: Path) -> None:
    source = CsvPrices(folder)
    assert load_panel(source, source.symbols, LAST)[0].vix is None
    assert check(source, source.symbols, EVENING) == ()


def test_the_simulation_has_one_that_knows_its_volatility() -> None:
    source = SimulatedPrices()
    vix, _ = load_vix(source, LAST)
    earlier, _ = load_vix(source, date(2020, 6, 30))
    assert vix is not None
    assert earlier is not None
    np.testing.assert_array_equal(vix[: len(earlier)], earlier)
    assert VIX not in source.symbols
    returns = np.log(source.history(SPY, LAST).frame["close"]).diff()
    coming = returns.rolling(21).std().shift(-21) * np.sqrt(252) * 100
    past = returns.rolling(21).std() * np.sqrt(252) * 100
    assert np.log(vix).corr(np.log(coming)) > np.log(past).corr(np.log(coming)) + 0.05
    assert 10.0 < vix.median() < 25.0


def test_yahoos_is_fetched_and_kept_like_prices(vendor: Vendor, store: PriceStore) -> None:
    vendor.views[VIX] = simulated(VIX)
    source = stored_prices(vendor, store)
    for _ in range(2):
        panel, _ = load_panel(source, [SPY], FRIDAY)
        assert panel.vix is not None
        assert panel.vix.index[-1].date() == FRIDAY
    assert [symbol for symbol, _, _ in vendor.calls] == [SPY, VIX]
    assert set(store.symbols()) == {SPY, VIX}


def test_a_vix_that_is_late_is_used_as_far_as_it_goes(vendor: Vendor, store: PriceStore) -> None:
    view = simulated(VIX)
    vendor.views[VIX] = lambda day: view(FRIDAY - timedelta(days=1))
    panel, failures = load_panel(stored_prices(vendor, store), [SPY], FRIDAY)
    assert failures == {}
    assert panel.vix is not None
    assert panel.vix.index[-1].date() == FRIDAY - timedelta(days=1)


def test_a_vix_that_was_never_fetched_is_none_while_yahoo_is_down(vendor: Vendor, store: PriceStore) -> None:
    source = stored_prices(vendor, store)
    load_panel(source, [SPY], FRIDAY)
    vendor.failure = PricesUnavailable("Yahoo cannot be reached.")
    panel, failures = load_panel(source, [SPY], FRIDAY)
    assert (list(panel), failures, panel.vix) == ([SPY], {}, None)


def test_an_export_holds_it_and_reads_back(vendor: Vendor, store: PriceStore, tmp_path: Path) -> None:
    vendor.views[VIX] = simulated(VIX)
    source = stored_prices(vendor, store)
    panel, _ = load_panel(source, [SPY], FRIDAY)
    frames = {symbol: stored.frame for symbol in store.symbols() if (stored := store.load(symbol)) is not None}
    write_folder(tmp_path, frames)
    again, _ = load_panel(CsvPrices(tmp_path), [SPY], FRIDAY)
    assert panel.vix is not None
    assert again.vix is not None
    np.testing.assert_array_equal(again.vix, panel.vix)
