"""Files that hold more than one table of prices: several ETFs, lines of text, splits, and what can be refused."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecasting.errors import BadPrices
from forecasting.prices.files.reader import PriceFile, read_prices
from tests.support.price_layouts import LAYOUTS, example


def read(folder: Path, text: str, name: str = "SPY.csv") -> PriceFile:
    path = folder / name
    path.write_text(text)
    return read_prices("SPY", path)


DOWNLOAD = """Price,Close,Close,Volume,Volume
Ticker,QQQ,SPY,QQQ,SPY
Date,,,,
2024-12-30,,586.5,,100
2024-12-31,511.25,586.25,200,300
"""
BY_TICKER = """Ticker,SPY,SPY,QQQ,QQQ
Price,Close,Volume,Close,Volume
Date,,,,
2024-12-30,586.5,100,,
2024-12-31,586.25,300,511.25,200
"""
UNNAMED = DOWNLOAD.replace("Price,", ",").replace("Ticker,", ",")
IN_ROWS = """Symbol,Time,Open,High,Low,Last,Change,%Change,Volume
QQQ,2024-12-31,511,512,510,511.25,1.5,+0.3%,200
SPY.US,2024-12-31,586,587,585,586.25,1.5,+0.3%,300
SPY.US,2024-12-30,586,587,585,586.5,1.5,+0.3%,100
"""


@pytest.mark.parametrize(
    "text", [DOWNLOAD, BY_TICKER, UNNAMED, IN_ROWS], ids=["download", "by ticker", "unnamed", "rows"]
)
def test_a_file_of_several_etfs(tmp_path: Path, text: str) -> None:
    file = read(tmp_path, text)
    assert set(file.frames) == {"QQQ", "SPY"}
    spy = file.of("SPY", tmp_path).sort_index()
    closes = spy["close"] if "close" in spy else spy["adjusted"]
    assert closes.tolist() == [586.5, 586.25]
    assert spy["volume"].tolist() == [100, 300]
    assert len(file.of("QQQ", tmp_path)) == 1
    with pytest.raises(BadPrices, match=r"IWM: .* holds prices of QQQ, SPY\. Import it"):
        file.of("IWM", tmp_path)


def test_prices_of_another_ticker_are_refused(tmp_path: Path) -> None:
    file = read(tmp_path, "Symbol,Date,Close\nXIC,2024-12-31,39\n")
    assert file.of("XIC.TO", tmp_path)["close"].tolist() == [39]
    with pytest.raises(BadPrices, match=r"SPY: .* holds prices of XIC"):
        file.of("SPY", tmp_path)


def test_lines_above_and_below_the_table(tmp_path: Path) -> None:
    file = read(
        tmp_path,
        'SPY - Historical Prices\n\n"Terms, and conditions"\ndate,close\n2024-12-31,586.25\n\nAll rights reserved\n',
    )
    assert file.frames[""]["close"].tolist() == [586.25]
    assert file.notes == ("lines of text left out",)


def test_names_and_units_may_come_again_and_remarks_below(tmp_path: Path) -> None:
    file = read(
        tmp_path,
        "Date;Ouverture;Clôture\nJJ/MM/AAAA;USD;USD\n30/12/2024;2,5;3,5\nDate;Ouverture;Clôture\n31/12/2024;3,5;4,5\n"
        "Cours différés;sans garantie\n",
    )
    assert file.frames[""]["close"].tolist() == [3.5, 4.5]
    assert file.notes == ("lines of text left out",)


def test_a_separator_may_end_each_line(tmp_path: Path) -> None:
    assert read(tmp_path, "Date,Close\n2024-12-30,1.5,\n2024-12-31,2.5,\n").frames[""]["close"].tolist() == [1.5, 2.5]


def test_splits_of_tiingo_and_alpha_vantage(tmp_path: Path) -> None:
    """Their closes are as traded: the one before a split of 3:1 is three times as high."""
    header = "date,close,high,low,open,volume,adjClose,divCash,splitFactor\n"
    rows = "2024-12-27,303,306,300,300,10,100.5,1.5,1\n2024-12-30,102,103,101,101.5,30,102,0,3\n"
    file = read(tmp_path, header + rows)
    frame = file.frames[""]
    assert frame["close"].tolist() == [101, 102]
    assert frame["high"].tolist() == [102, 103]
    assert frame["volume"].tolist() == [30, 30]
    assert frame["dividend"].tolist() == [0.5, 0]
    assert frame["split"].tolist() == [0, 3]
    assert frame["adjusted"].tolist() == [100.5, 102]
    assert file.notes == ("splits removed",)


def test_closes_as_traded_without_splits_give_way_to_the_adjusted_ones(tmp_path: Path) -> None:
    file = read(tmp_path, "Date,Open,High,Low,Close,Adjusted_close,Volume\n2024-12-31,400,404,396,402,201,5\n")
    frame = file.frames[""]
    assert "close" not in frame
    np.testing.assert_allclose(frame[["open", "high", "low", "adjusted"]].iloc[0], [200, 202, 198, 201])


def test_capital_gains_of_a_fund_count_as_dividends(tmp_path: Path) -> None:
    header = "Date,Close,Adj Close,Dividends,Stock Splits,Capital Gains\n"
    file = read(tmp_path, header + "2024-12-30,10,9,0,0,0\n2024-12-31,10,10,0.25,0,0.75\n")
    assert file.frames[""]["dividend"].tolist() == [0, 1]


def test_lines_of_dividends_and_splits_on_yahoos_page(tmp_path: Path) -> None:
    page = (
        "Date\tOpen\tHigh\tLow\tClose\tAdj Close\tVolume\n"
        "Dec 31, 2024\t5.5\t5.5\t5.5\t5.5\t5.5\t1,000\n"
        "Dec 31, 2024\t0.50 Dividend\n"
        "Dec 31, 2024\t0.25 Capital Gain\n"
        "Dec 31, 2024\t10:1 Stock Splits\n"
        "Dec 30, 2024\t6\t6\t6\t6\t5.25\t-\n"
    )
    frame = read(tmp_path, page).frames[""]
    assert frame["dividend"].tolist() == [0.75, 0]
    assert frame["volume"].tolist()[0] == 1000
    assert np.isnan(frame["volume"].iloc[1])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2024-12-30,1,2\n2024-12-31,1,2\n", "lacks the column Date and Close. The line above its rows must name"),
        ("Date,Volume\n2024-12-31,1\n", "lacks the column Close"),
        ("Date,Close,Close\n2024-12-31,1,2\n", "two columns called Close"),
        ("Date,Close\n2024-12-30,1\n31 of December,1\n", "line 3 of .* has the date '31 of December'"),
        ("Date,Close\n2024-12-30,1\nAverage,1\n", "line 3 of .* has the date 'Average'"),
        ("Date,Close\n2024-12-30,418,28\n", "rows with more cells than the first line has names. Correct the file, or"),
        ("Date,Close\n2024-12-31,1\n2024-1", "line 3 of .* has the date '2024-1'"),
        ('Date,Close\n"2024-12-31,1\n', "cannot be read as a table: EOF inside string"),
        ("Date,Close\n01/02/2024,1\n", "no row shows whether the day or the month is first"),
        ("Datum;Schluss\n02.01.2024;1,234\n03.01.2024;1,235\n", "may be thousands or decimals"),
        ("Date,Close\n", "has no rows"),
        ("x" * 300_000, "lacks the column Date and Close"),
    ],
)
def test_what_cannot_be_read_ends_in_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(BadPrices, match=f"^SPY: .*{sentence}"):
        read(tmp_path, text)


WRITTEN = [layout.write(example().iloc[-12:]) for layout in LAYOUTS if layout.name not in ("Parquet", "`.csv.gz`")]
PIECES = [
    b",",
    b";",
    b"\t",
    b'"',
    b".",
    b"\n",
    b"-",
    b"/",
    b" ",
    b"9",
    b"x",
    b"%",
    b"\xff",
    b"\0",
    b"Date",
    b"Close",
    b"nan",
    b"1e999",
]


@pytest.mark.slow
@given(
    st.sampled_from(WRITTEN),
    st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 40), st.sampled_from(PIECES)), min_size=1, max_size=6),
)
@settings(
    max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_damaged_files_are_read_or_refused_in_one_line(
    tmp_path: Path, data: bytes, damages: list[tuple[int, int, bytes]]
) -> None:
    """At each place some bytes are lost, and others come instead."""
    for place, lost, instead in damages:
        data = data[:place] + instead + data[place + lost :]
    path = tmp_path / "SPY.csv"
    path.write_bytes(data)
    with suppress(BadPrices):
        assert read_prices("SPY", path).frames
        return
    with pytest.raises(BadPrices, match=r"^SPY: .{20,400}$"):
        read_prices("SPY", path)
