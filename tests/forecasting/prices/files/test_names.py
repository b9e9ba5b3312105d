"""Tickers in the names of files, as sites and people give them."""

from __future__ import annotations

import pytest

from forecasting.prices.files.names import is_same_ticker, stem_of, suffix_of, ticker_in, ticker_of_download


@pytest.mark.parametrize(
    ("name", "ticker"),
    [
        ("SPY.csv", "SPY"),
        ("spy.CSV", "SPY"),
        ("spy.us.txt", "SPY"),
        ("SPY.csv.gz", "SPY"),
        ("VWCE.DE.csv", "VWCE.DE"),
        ("brk-b.us.txt", "BRK-B"),
        ("SPY_hist.csv", "SPY"),
        ("spy_us_d.csv", "SPY"),
        ("daily_adjusted_SPY.csv", "SPY"),
        ("BATS_SPY, 1D.csv", "SPY"),
        ("spy_daily_historical-data-11-28-2026.csv", "SPY"),
        ("MacroTrends_Data_Download_SPY.csv", "SPY"),
        ("SPY ETF Stock Price History.csv", "SPY"),
        ("D.csv", "D"),
        ("^VIX.csv", "^VIX"),
        ("VIX_History.csv", "^VIX"),
        ("VIX.csv", "^VIX"),
        ("my_spy_data.csv", None),
        ("SPY_old.csv", None),
        ("SPY QQQ.csv", None),
        ("SPY (1).csv", None),
        ("HistoricalData_1732812345678.csv", None),
        ("portfolio_prices.csv", None),
        ("._SPY.csv", None),
    ],
)
def test_the_ticker_in_a_name(name: str, ticker: str | None) -> None:
    assert ticker_in(stem_of(name)) == ticker


@pytest.mark.parametrize("name", ["SPY (1).csv", "SPY_hist (2).csv", "SPY - Copy.csv", "SPY - Kopie (3).csv"])
def test_a_copy_that_somebody_names_is_taken(name: str) -> None:
    assert ticker_of_download(stem_of(name)) == "SPY"


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("SPY.csv", ".csv"), ("SPY.TXT.GZ", ".txt"), ("SPY.parquet", ".parquet"), ("SPY.md", None), ("SPY.xlsx", None)],
)
def test_endings_of_price_files(name: str, suffix: str | None) -> None:
    assert suffix_of(name) == suffix


def test_an_exchange_makes_no_other_ticker() -> None:
    assert is_same_ticker("XIC", "XIC.TO")
    assert not is_same_ticker("XIC.L", "XIC.TO")
    assert not is_same_ticker("SPY", "QQQ")
