"""The list of dividends in a folder of price files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from forecasting.errors import BadPrices
from forecasting.prices.sources.csv import CsvPrices
from forecasting.universe import Symbol

SPY = Symbol("SPY")
HEADER = "Date,Open,High,Low,Close,Adj Close,Volume\n"
ROWS = "2024-12-30,10,11,9,10.5,10.1,1000\n2024-12-31,10.5,12,10,11,10.6,2000\n"


def folder_with(folder: Path, text: str) -> CsvPrices:
    (folder / "SPY.csv").write_text(text)
    return CsvPrices(folder)


def test_dividends_are_no_symbol_but_known_actions(tmp_path: Path) -> None:
    (tmp_path / "dividends.csv").write_text("Symbol,Date,Dividends\nSPY,2024-12-31,0.4\nQQQ,2024-12-30,1\n")
    source = folder_with(tmp_path, HEADER + ROWS)
    assert source.symbols == ("SPY",)
    assert source.history(SPY, date(2024, 12, 31)).frame["dividend"].tolist() == [0.0, 0.4]


def test_a_symbol_may_be_spelt_in_two_ways_in_the_list_of_dividends(tmp_path: Path) -> None:
    (tmp_path / "dividends.csv").write_text("Symbol,Date,Dividends\nSPY,2024-12-31,0.4\nspy ,2024-12-31,0.1\n")
    source = folder_with(tmp_path, HEADER + ROWS)
    assert source.history(SPY, date(2024, 12, 31)).frame["dividend"].tolist() == [0.0, 0.5]


def test_a_dividend_stands_at_the_first_row_from_its_date_on(tmp_path: Path) -> None:
    (tmp_path / "dividends.csv").write_text(
        "Symbol,Date,Dividends\nSPY,2023-12-28,9\nSPY,2024-12-30,8\nSPY,2024-12-31,0.4\nSPY,2025-01-01,7\n"
    )
    rows = "2024-12-30,1,1,1,1,1,1\n2025-01-02,1,1,1,1,1,1\n"
    history = folder_with(tmp_path, HEADER + rows).history(SPY, date(2025, 1, 2))
    assert history.frame["dividend"].tolist() == [0.0, 7.4]


@pytest.mark.parametrize(
    ("other_volume", "action", "paid"), [("2000", "dropped", [0, 0.4, 0]), ("2001", "quarantined", [0, 0.4])]
)
def test_of_a_doubled_session_the_dividend_is_kept_once(
    tmp_path: Path, other_volume: str, action: str, paid: list[float]
) -> None:
    (tmp_path / "dividends.csv").write_text("Symbol,Date,Dividends\nSPY,2024-12-31,0.4\n")
    copy = ROWS.splitlines()[1].replace("2000", other_volume)
    rows = f"{ROWS}{copy}\n2025-01-02,10.5,12,10,11,10.6,3000\n"
    history = folder_with(tmp_path, HEADER + rows).history(SPY, date(2025, 1, 2))
    assert history.frame["dividend"].tolist() == paid
    assert [(f.kind, f.action) for f in history.findings][:1] == [("doubled session", action)]


def test_a_bad_list_of_dividends_ends_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "dividends.csv").write_text("Symbol,Date,Dividends\nSPY,2024-12-31,much\n")
    with pytest.raises(BadPrices, match=r"line 2 of .* has 'much' in the column Dividends"):
        folder_with(tmp_path, HEADER + ROWS).history(SPY, date(2024, 12, 31))


@pytest.mark.parametrize("amount", ["-0.4", "", "inf"])
def test_a_dividend_that_is_none_ends_in_a_sentence(tmp_path: Path, amount: str) -> None:
    (tmp_path / "dividends.csv").write_text(f"Symbol,Date,Dividends\nQQQ,2024-12-30,1\nSPY,2024-12-31,{amount}\n")
    with pytest.raises(BadPrices, match=r"line 3 of .* has the dividend"):
        folder_with(tmp_path, HEADER + ROWS).history(SPY, date(2024, 12, 31))
