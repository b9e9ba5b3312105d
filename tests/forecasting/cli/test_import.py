"""``etf-forecast prices import``: what is written, what is said, and that nothing is lost."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.__main__ import run
from forecasting.prices.sources.csv import CsvPrices
from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.universe import Symbol
from tests.support.price_layouts import LAYOUTS, Written, example, german_sheet, nasdaq, own, tiingo

SPY, LAST = Symbol("SPY"), date(2024, 12, 31)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return example()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/forecasts.db")
    return tmp_path


@pytest.mark.parametrize("layout", [each for each in LAYOUTS if each.name != "Parquet"], ids=lambda layout: layout.name)
def test_every_layout_is_imported_with_every_bit(home: Path, frame: pd.DataFrame, layout: Written) -> None:
    (home / layout.file).write_bytes(layout.write(frame))
    assert run(["prices", "import", layout.file]) == 0
    assert [path.name for path in (home / "prices").iterdir() if path.name != "dividends.csv"] == ["SPY.csv"]
    names = (home / "prices" / "SPY.csv").read_text().partition("\n")[0].split(",")
    assert names[0] == "Date"
    assert {"Close", "Adj Close"} <= set(names) <= {"Date", "Open", "High", "Low", "Close", "Adj Close", "Volume"}
    columns = list(layout.exact)
    read = CsvPrices(home / "prices").history(SPY, LAST).frame
    pd.testing.assert_frame_equal(read[columns], frame[columns], check_exact=True, check_freq=False)


@pytest.mark.slow
def test_a_backtest_of_two_layouts_gives_the_same_bytes(home: Path) -> None:
    prices = SimulatedPrices().history(SPY, LAST).frame.loc["2018":]
    prices = prices.assign(volume=prices["volume"].round())
    frames = []
    for name, write in {"SPY.csv": own, "spy.us.txt": german_sheet}.items():
        folder = home / name[:3]
        folder.mkdir()
        (folder / name).write_bytes(write(prices))
        out = home / f"{name[:3]}.frame.csv"
        arguments = ["--folds", "2023-01-03", "--every", "60", "--models", "har,climatology", "--out", str(out)]
        assert run(["backtest", "SPY", "--prices", f"csv:{folder}", *arguments]) == 0
        frames.append(out.read_bytes())
    assert frames[0] == frames[1]
    assert frames[0].count(b"\n") > 2 * 60 * 6


def test_it_says_what_it_understood(home: Path, frame: pd.DataFrame, capsys: pytest.CaptureFixture[str]) -> None:
    text = nasdaq(frame).decode().replace("\n", ",x\n").replace("Low,x", "Low,Remark")
    (home / "SPY.csv").write_text(text)
    assert run(["prices", "import", "SPY.csv", "--to", "out"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "SPY: out/SPY.csv written from SPY.csv",
        "  layout   nasdaq.com",
        "  dates    like 12/31/2024, the month first",
        "  rows     399 from 2023-06-01 to 2024-12-31",
        "  columns  Date, Close/Last, Volume, Open, High, Low",
        "  unused   Remark",
        "  note     There are closes alone. If they are not adjusted for dividends, each dividend looks like a fall.",
        "Use the folder with: --prices csv:out",
    ]
    first, last = (home / "out" / "SPY.csv").read_text().splitlines()[1:][:: len(frame) - 1]
    assert (first[:10], last[:10]) == ("2023-06-01", "2024-12-31")


def test_what_fails_writes_nothing_and_the_rest_is_done(
    home: Path, frame: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "SPY.csv").write_bytes(own(frame))
    (home / "QQQ.csv").write_text("<html><title>Too Many Requests</title></html>")
    (home / "IWM.csv").write_text("Date,Close\n01/02/2024,1\n")
    (home / "EFA.csv").write_bytes(own(frame.iloc[::5]))
    (home / "HistoricalData_17.csv").write_bytes(own(frame))
    (home / "TLT.csv").write_text("Symbol,Date,Close\nGLD,2024-12-31,5\n")
    names = ["QQQ.csv", "IWM.csv", "SPY.csv", "EFA.csv", "HistoricalData_17.csv", "TLT.csv", "gone.csv"]
    assert run(["prices", "import", *names]) == 1
    assert [path.name for path in (home / "prices").iterdir()] == ["SPY.csv"]
    errors = capsys.readouterr().err.splitlines()
    for name, words in {
        "QQQ.csv": "is a web page of a site that limits the number of requests",
        "IWM.csv": "--dates dmy (or mdy)",
        "EFA.csv": "look like weekly prices",
        "HistoricalData_17.csv": "says which ETF it is. Rename it to the ticker",
        "TLT.csv": "is named like TLT, but holds prices of GLD. Rename it to GLD.csv",
        "gone.csv": "No such file",
    }.items():
        assert any(words in line and name[:3] in line for line in errors), name
    assert len(errors) == 6


@pytest.mark.parametrize(("order", "days"), [("dmy", "2024-02-01 2024-02-02"), ("mdy", "2024-01-02 2024-02-02")])
def test_dates_that_no_row_decides_are_asked_for(home: Path, order: str, days: str) -> None:
    (home / "SPY.csv").write_text("Date,Close\n01/02/2024,10.5\n02/02/2024,10.6\n")
    assert run(["prices", "import", "SPY.csv"]) == 1
    assert not (home / "prices").exists()
    assert run(["prices", "import", "SPY.csv", "--dates", order]) == 0
    lines = (home / "prices" / "SPY.csv").read_text().splitlines()[1:]
    assert [line[:10] for line in lines] == days.split()


def test_no_file_is_replaced_unless_that_is_asked_for(
    home: Path, frame: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "prices").mkdir()
    (home / "prices" / "SPY.csv").write_text("precious")
    (home / "SPY.csv").write_bytes(own(frame))
    assert run(["prices", "import", "SPY.csv"]) == 1
    assert "prices/SPY.csv exists already. Use --replace, or --to with another folder." in capsys.readouterr().err
    assert (home / "prices" / "SPY.csv").read_text() == "precious"
    assert run(["prices", "import", "SPY.csv", "--replace"]) == 0
    assert len(CsvPrices(home / "prices").history(SPY, LAST)) == len(frame)
    (home / "SPY (1).csv").write_text("Date,Close\nx,1\n")
    assert run(["prices", "import", "SPY (1).csv", "--replace"]) == 1
    assert len(CsvPrices(home / "prices").history(SPY, LAST)) == len(frame)


def test_two_files_for_one_ticker(home: Path, frame: pd.DataFrame, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "SPY.csv").write_bytes(own(frame))
    (home / "spy_hist.csv").write_bytes(own(frame.iloc[:300]))
    assert run(["prices", "import", "SPY.csv", "spy_hist.csv", "--replace"]) == 1
    assert "spy_hist.csv is a second file for SPY. Import only the right one." in capsys.readouterr().err
    assert len(CsvPrices(home / "prices").history(SPY, LAST)) == len(frame)
    assert run(["prices", "import", "spy_hist.csv", "--to", "."]) == 1
    assert "has spy_hist.csv for SPY already" in capsys.readouterr().err


def test_a_file_of_several_etfs_becomes_several_files(home: Path, frame: pd.DataFrame) -> None:
    both = pd.concat({"SPY": frame, "QQQ": frame / 2}).rename_axis(["Ticker", "Date"])[["close", "volume"]]
    (home / "all.csv").write_text(both.to_csv())
    assert run(["prices", "import", "all.csv"]) == 0
    source = CsvPrices(home / "prices")
    assert source.symbols == ("QQQ", "SPY")
    assert source.history(SPY, LAST).frame["close"].tolist() == frame["close"].tolist()


def test_dividends_of_a_file_are_added_to_the_list(
    home: Path, frame: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "prices").mkdir()
    listed = home / "prices" / "dividends.csv"
    listed.write_text("Symbol,Date,Dividends\nGLD,2024-12-30,1.5\n")
    (home / "SPY.csv").write_bytes(tiingo(frame))
    assert run(["prices", "import", "SPY.csv"]) == 0
    read = CsvPrices(home / "prices").history(SPY, LAST).frame
    assert read["dividend"].tolist() == frame["dividend"].tolist()
    assert listed.read_text().splitlines()[1] == "GLD,2024-12-30,1.5"
    assert "dividends.csv" not in capsys.readouterr().out
    before = listed.read_text()
    lines = before.splitlines(keepends=True)
    listed.write_text("".join(lines[:-1]))
    assert run(["prices", "import", "SPY.csv", "--replace"]) == 0
    assert listed.read_text() == before, "the new dividend is added, and no other twice"
    listed.write_text(before.replace(lines[-1], f"{lines[-1].strip()}5\n"))
    assert run(["prices", "import", "SPY.csv", "--replace"]) == 0
    assert listed.read_text() != before
    assert "prices/dividends.csv has other dividends of SPY, or other columns; it was left as it was." in (
        capsys.readouterr().out
    )


def test_closes_are_adjusted_by_a_list_of_dividends_beside_the_file(home: Path, frame: pd.DataFrame) -> None:
    (home / "SPY.csv").write_bytes(nasdaq(frame))
    (home / "dividends.csv").write_text("Symbol,Date,Dividends\nSPY,2024-12-20,7\n")
    assert run(["prices", "import", "SPY.csv"]) == 0
    read = CsvPrices(home / "prices").history(SPY, LAST).frame
    share = 1 - 7 / frame["close"].loc["2024-12-19"]
    np.testing.assert_allclose(
        read["adjusted"].loc[:"2024-12-19"], frame["close"].loc[:"2024-12-19"] * share, rtol=1e-15
    )
    assert read["adjusted"].loc["2024-12-20":].tolist() == frame["close"].loc["2024-12-20":].tolist()


def test_without_a_file_the_usage_is_explained(home: Path) -> None:
    assert run(["prices", "import"]) == 2
