"""Histories, panels, and sources by name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.errors import BadPrices, BadSettings, UnknownSymbol
from forecasting.prices.history import Panel, PriceHistory
from forecasting.prices.loading import load_panel, panel_symbols
from forecasting.prices.sources.csv import CsvPrices
from forecasting.prices.sources.registry import open_source
from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.universe import Symbol, Universe

A, B = Symbol("A"), Symbol("B")


def history(symbol: Symbol = A, first: str = "2024-12-23", count: int = 5) -> PriceHistory:
    sessions = pd.bdate_range(first, periods=count)
    prices = np.linspace(10.0, 12.0, count)
    return PriceHistory.of(symbol, "csv", pd.DataFrame({"adjusted": prices, "close": prices * 2}, index=sessions))


def test_a_history_gives_its_last_session_in_both_units() -> None:
    h = history()
    assert h.last_session == date(2024, 12, 27)
    assert h.last_close == 24.0
    assert h.adjusted[-1] * h.as_quoted == h.last_close
    assert h.frame.index.unit == "ns"
    assert np.isnan(h.frame["high"]).all()


def test_until_is_a_cut_and_not_a_copy_with_later_rows() -> None:
    cut = history().until(date(2024, 12, 25))
    assert cut.last_session == date(2024, 12, 25)
    assert len(cut) == 3
    assert history().until(date(2030, 1, 1)).last_session == date(2024, 12, 27)
    with pytest.raises(BadPrices, match="start on 2024-12-23, after 2024-12-20"):
        history().until(date(2024, 12, 20))


@pytest.mark.parametrize("price", [0.0, -1.0, np.nan, np.inf])
@pytest.mark.parametrize("column", ["adjusted", "close"])
def test_a_close_that_is_no_positive_number_is_refused(column: str, price: float) -> None:
    frame = history().frame.copy()
    frame.loc["2024-12-25", column] = price
    with pytest.raises(BadPrices, match=f"A: the {column} price from csv on 2024-12-25"):
        PriceHistory.of(A, "csv", frame)


def test_unordered_and_doubled_sessions_are_refused() -> None:
    frame = history().frame
    with pytest.raises(BadPrices, match="out of order or occur twice"):
        PriceHistory.of(A, "csv", frame[::-1])
    with pytest.raises(BadPrices, match="twice"):
        PriceHistory.of(A, "csv", pd.concat([frame, frame]).sort_index())
    with pytest.raises(BadPrices, match="no rows"):
        PriceHistory.of(A, "csv", frame.iloc[:0])


def test_a_panel_iterates_in_alphabetical_order_and_leaves_out_who_starts_later() -> None:
    panel = Panel([history(B, first="2024-12-30"), history(A)])
    assert list(panel) == [A, B]
    assert list(panel.until(date(2024, 12, 27))) == [A]
    assert panel.until(date(2024, 12, 31))[B].last_session == date(2024, 12, 31)


def test_sources_by_name(tmp_path: Path) -> None:
    source = open_source(f"csv:{tmp_path}")
    assert isinstance(source, CsvPrices)
    assert source.folder == tmp_path
    assert open_source(f"CSV:{tmp_path}").name == "csv"
    assert open_source("Simulated").name == "simulated"
    assert open_source("yahoo", var=tmp_path).name == "yahoo"


@pytest.mark.parametrize("text", ["", "csv", "csv:", "yahoo:x", "stooq", "simulated:3"])
def test_other_names_are_refused_with_the_three_forms(text: str) -> None:
    with pytest.raises(BadSettings, match="csv:DIR"):
        open_source(text)


def test_the_panel_of_a_folder_is_every_file_and_those_named(tmp_path: Path) -> None:
    for name in ("TLT", "AGG"):
        (tmp_path / f"{name}.csv").write_text("Date,Adj Close\n2024-12-31,1\n")
    assert panel_symbols(CsvPrices(tmp_path), Universe.parse(""), [Symbol("SPY")]) == ("AGG", "SPY", "TLT")


def test_the_panel_of_other_sources_is_the_universe_and_those_named() -> None:
    universe = Universe.parse("QQQ")
    assert panel_symbols(SimulatedPrices(), universe) == ("ARKK", "FNGU", "QQQ", "SPY")
    assert panel_symbols(SimulatedPrices(), universe, [Symbol("TLT")]) == ("ARKK", "FNGU", "QQQ", "SPY", "TLT")


def test_one_symbol_that_fails_never_stops_the_others() -> None:
    symbols = [Symbol("SPY"), Symbol("MSFT"), Symbol("GLD")]
    loaded: list[Symbol] = []
    panel, failures = load_panel(SimulatedPrices(), symbols, date(2020, 1, 3), loaded.append)
    assert loaded == ["SPY", "GLD"]
    assert list(panel) == ["GLD", "SPY"]
    assert panel[Symbol("SPY")].last_session == date(2020, 1, 3)
    assert list(failures) == ["MSFT"]
    assert isinstance(failures[Symbol("MSFT")], UnknownSymbol)
