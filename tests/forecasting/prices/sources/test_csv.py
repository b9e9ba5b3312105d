"""A folder of CSV files as a source: what it reads, and that bad files end in a sentence."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from forecasting.errors import BadPrices, BadSettings, UnknownSymbol
from forecasting.prices.files.folder import write_folder
from forecasting.prices.importing import import_file
from forecasting.prices.quality.gate import reader_notes
from forecasting.prices.sources.csv import CsvPrices
from forecasting.universe import Symbol

SPY = Symbol("SPY")
HEADER = "Date,Open,High,Low,Close,Adj Close,Volume\n"
ROWS = "2024-12-30,10,11,9,10.5,10.1,1000\n2024-12-31,10.5,12,10,11,10.6,2000\n"


def folder_with(folder: Path, text: str | bytes, name: str = "SPY.csv") -> CsvPrices:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return CsvPrices(folder)


def test_reads_all_columns(tmp_path: Path) -> None:
    history = folder_with(tmp_path, HEADER + ROWS).history(SPY, date(2024, 12, 31))
    assert history.source == "csv"
    assert history.adjusted.tolist() == [10.1, 10.6]
    assert history.last_close == 11
    row = history.frame.loc["2024-12-31"]
    assert row[["open", "high", "low", "volume"]].tolist() == [10.5, 12, 10, 2000]
    assert np.isnan(row["dividend"]), "without dividends.csv the actions are unknown"


def test_stops_at_the_day_that_is_asked_for(tmp_path: Path) -> None:
    source = folder_with(tmp_path, HEADER + ROWS)
    assert source.history(SPY, date(2024, 12, 30)).last_session == date(2024, 12, 30)
    with pytest.raises(BadPrices, match="start on 2024-12-30"):
        source.history(SPY, date(2024, 12, 27))


def test_adjusted_closes_alone_are_enough(tmp_path: Path) -> None:
    history = folder_with(tmp_path, "Date,Adj Close\n2024-12-30,10.1\n2024-12-31,10.6\n").history(
        SPY, date(2024, 12, 31)
    )
    assert history.last_close == 10.6
    assert history.frame[["open", "high", "low", "volume"]].isna().all(axis=None)


CLOSES = "Date,Close/Last,Volume,Open,High,Low\n12/31/2024,$11,2000,$10.5,$12,$10\n12/30/2024,$10.5,1000,$10,$11,$9\n"


def test_closes_alone_are_taken_with_a_note(tmp_path: Path) -> None:
    history = folder_with(tmp_path, CLOSES).history(SPY, date(2024, 12, 31))
    assert history.adjusted.tolist() == [10.5, 11]
    (note,) = [finding for finding in history.findings if finding.kind == "closes alone"]
    assert (note.is_fault, note.values) == (False, {"layout": "nasdaq.com"})
    assert reader_notes(history) == ("Prices of SPY are closes without known dividends, which look like falls.",)


@pytest.mark.parametrize(
    ("name", "header", "cell", "currency", "close"),
    [
        ("ISF.L", "Date;Close", "751.2", "GBp", 751.2),
        ("ISF.L", "Date;Close", "751.2p", "GBp", 751.2),
        ("ISF.L", "Date;Close (GBX)", "751.2", "GBp", 751.2),
        ("ISF.L", "Date;Close", "£7.5", "GBp", 750),
        ("ISF.L", "Date;Close in GBP", "7.5", "GBp", 750),
        ("ISF.L", "Date;Close;Currency", "7.5;GBP", "GBp", 750),
        ("CSPX.L", "Date;Close", "$501.5", "USD", 501.5),
        ("CSPX.L", "Date;Close;Currency", "501.5;USD", "USD", 501.5),
        ("XIC.TO", "Date;Close", "$30.5", "CAD", 30.5),
        ("VWCE.DE", "Datum;Schluss", "100,5 EUR", "EUR", 100.5),
        ("VWCE.DE", "Datum;Schluss;Währung", "100,5;Unknown", "EUR", 100.5),
        ("SPY", "Datum;Schluss", "100,5 €", "USD", 100.5),  # the sign of the spreadsheet's country
    ],
)
def test_a_file_may_say_its_currency_which_an_import_keeps(
    tmp_path: Path, name: str, header: str, cell: str, currency: str, close: float
) -> None:
    symbol, until = Symbol(name), date(2024, 12, 30)
    source = folder_with(tmp_path, f"{header}\n2024-12-27;{cell}\n2024-12-30;{cell}\n", f"{name}.csv")
    import_file(tmp_path / f"{name}.csv", tmp_path / "prices", None)
    for each in (source, CsvPrices(tmp_path / "prices")):
        history = each.history(symbol, until)
        assert (history.currency, history.last_close) == (currency, close)


@pytest.mark.parametrize(
    ("name", "cells", "sentence"),
    [
        ("SPY", ("100.5 EUR", "100.5 EUR"), "has prices in EUR, but SPY trades in USD. Name the file like the ticker"),
        ("VWCE.DE", ("100.5 EUR", "110.5 USD"), "has prices in EUR and USD. Split it into a file for each"),
    ],
)
def test_prices_in_other_currencies_are_refused(
    tmp_path: Path, name: str, cells: tuple[str, str], sentence: str
) -> None:
    source = folder_with(tmp_path, f"Date;Close\n2024-12-27;{cells[0]}\n2024-12-30;{cells[1]}\n", f"{name}.csv")
    with pytest.raises(BadPrices, match=sentence):
        source.history(Symbol(name), date(2024, 12, 30))


def test_a_written_folder_says_currencies_that_are_not_usual(tmp_path: Path) -> None:
    rows = folder_with(tmp_path, HEADER + ROWS).history(SPY, date(2024, 12, 31)).frame
    cspx, isf = Symbol("CSPX.L"), Symbol("ISF.L")
    write_folder(tmp_path / "prices", {cspx: rows, isf: rows}, {cspx: "USD", isf: "GBp"})
    source = CsvPrices(tmp_path / "prices")
    assert [source.history(each, date(2024, 12, 31)).currency for each in (cspx, isf)] == ["USD", "GBp"]
    assert "Currency" not in (tmp_path / "prices" / "ISF.L.csv").read_text()


def test_closes_alone_are_adjusted_by_the_list_of_dividends(tmp_path: Path) -> None:
    (tmp_path / "dividends.csv").write_text("Symbol;Date;Dividends\nSPY;31.12.2024;0,42\n")
    history = folder_with(tmp_path, CLOSES).history(SPY, date(2024, 12, 31))
    assert history.adjusted.tolist() == pytest.approx([10.5 - 0.42, 11], rel=1e-15)
    assert history.findings[0].kind == "adjusted here"
    assert reader_notes(history) == ()
    (tmp_path / "dividends.csv").write_text("Symbol,Date,Dividends\nSPY,2024-12-31,10.5\n")
    with pytest.raises(
        BadPrices, match=r"SPY: .*the dividend of 2024-12-31 is not smaller .* Correct the file, or the"
    ):
        CsvPrices(tmp_path).history(SPY, date(2024, 12, 31))


def test_rows_as_written_need_no_list_of_dividends_unless_it_adjusts_them(tmp_path: Path) -> None:
    (tmp_path / "dividends.csv").write_text("Symbol,Date,Dividends\nSPY,2024-12-31,much\n")
    folder_with(tmp_path, HEADER + ROWS)
    folder_with(tmp_path, CLOSES, "QQQ.csv")
    source = CsvPrices(tmp_path, as_written=True)
    assert source.history(SPY, date(2024, 12, 31)).adjusted.tolist() == [10.1, 10.6]
    with pytest.raises(BadPrices, match="'much' in the column Dividends"):
        source.history(Symbol("QQQ"), date(2024, 12, 31))


def test_prices_that_are_adjusted_already_are_not_adjusted_again(tmp_path: Path) -> None:
    (tmp_path / "dividends.csv").write_text("Symbol,Date,Dividends\nSPY,2024-12-31,5\n")
    text = "Date,Close,Dividends,Stock Splits\n2024-12-30 00:00:00-05:00,5.1,0,0\n2024-12-31 00:00:00-05:00,10.6,5,0\n"
    history = folder_with(tmp_path, text).history(SPY, date(2024, 12, 31))
    assert history.adjusted.tolist() == history.frame["close"].tolist() == [5.1, 10.6]
    assert [finding.kind for finding in history.findings] == ["adjusted already"]


def test_names_as_sites_give_them(tmp_path: Path) -> None:
    folder_with(tmp_path, HEADER + ROWS, "spy.us.txt")
    folder_with(tmp_path, HEADER + ROWS, "QQQ_hist.csv")
    folder_with(tmp_path, HEADER + ROWS, "EFA.csv.gz")
    folder_with(tmp_path, "About these prices: Date, Close", "README.txt")
    source = folder_with(tmp_path, HEADER + ROWS, "my spy prices.csv")
    assert source.symbols == ("EFA", "QQQ", "SPY")
    assert [note.values for note in source.notes] == [{"file": "my spy prices.csv"}]
    assert len(source.history(SPY, date(2024, 12, 31))) == 2


def test_a_file_of_another_kind_is_a_second_file_for_its_ticker(tmp_path: Path) -> None:
    folder_with(tmp_path, HEADER + ROWS)
    source = folder_with(tmp_path, HEADER + ROWS, "spy.us.txt")
    with pytest.raises(BadPrices, match=r"more than one file for it: SPY\.csv and spy\.us\.txt"):
        source.history(SPY, date(2024, 12, 31))


@pytest.mark.parametrize("time", [" 00:00:00-05:00", "T00:00:00", " 00:00"])
def test_a_time_of_day_after_the_date_says_nothing(tmp_path: Path, time: str) -> None:
    """As the client of Yahoo writes its tables."""
    rows = f"2024-12-30{time},1,1,1,1,1,1\n2024-12-31{time},1,1,1,1,1,1\n"
    history = folder_with(tmp_path, HEADER + rows).history(SPY, date(2024, 12, 31))
    assert [stamp.date() for stamp in history.sessions] == [date(2024, 12, 30), date(2024, 12, 31)]


def test_file_names_in_lower_case_are_found(tmp_path: Path) -> None:
    source = folder_with(tmp_path, HEADER + ROWS, name="spy.CSV")
    assert source.symbols == ("SPY",)
    assert len(source.history(SPY, date(2024, 12, 31))) == 2


def test_unknown_symbol_names_those_that_are_there(tmp_path: Path) -> None:
    with pytest.raises(UnknownSymbol, match="Available here: SPY"):
        folder_with(tmp_path, HEADER + ROWS).history(Symbol("../SPY"), date(2024, 12, 31))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "SPY: .*cannot be read as a table"),
        (b"\xff\xfe\x00binary\x00", "SPY: .*(cannot be read as a table|lacks the column)"),
        ('Date,Adj Close\n"2024-12-31,1\n', "SPY: .*(cannot be read|has the date)"),
        (HEADER, r"SPY: .*SPY\.csv has no rows. Fill the file or remove it"),
        ("Date,Volume\n2024-12-31,1\n", "lacks the column Close"),
        ("Open,Volume\n1,2\n", "lacks the column Date and Close"),
        ("Date,Adj Close, Adj Close\n2024-12-31,1,2\n", "two columns called Adj Close"),
        (HEADER + ROWS + "yesterday,1,1,1,1,1,1\n", "line 4 of .* has the date 'yesterday'"),
        (HEADER + ROWS + ",1,1,1,1,1,1\n", "line 4 of .* has the date nan"),
        (HEADER + "2024-02-30,1,1,1,1,1,1\n", "has the date '2024-02-30'"),
        (HEADER + ROWS.replace("10.6", "n/k"), r"line 3 of .* has 'n/k' in the column Adj Close \(1 such cells\)"),
        (HEADER + "\n,,,,,,\n" + ROWS + "2024-12-31,1,1,1,x,1,1\n", "line 6 of .* has 'x' in the column Close"),
        ("\n\n" + HEADER + ROWS + "x,1,1,1,1,1,1\n", "line 6 of .* has the date 'x'"),
        (HEADER + ROWS + "0001-01-02,1,1,1,1,1,1\n", "line 4 of .* has the date '0001-01-02'"),
        (HEADER + ROWS + "9999-12-31,1,1,1,1,1,1\n", "line 4 of .* has the date '9999-12-31'"),
        (HEADER + "1985-01-02,1,1,1,1,1,1\n", "none of the 1 rows from csv are usable.*1985-01-02: no session"),
        (HEADER + "2024-12-30,1,1,1,1,1,1,1\n", "rows with more cells than the first line has names"),
        (HEADER + "2024-12-30,1,1,1,1,1,1,1,1\n2024-12-31,1\n", "SPY: "),
    ],
)
def test_bad_files_end_in_a_sentence(tmp_path: Path, text: str | bytes, sentence: str) -> None:
    with pytest.raises(BadPrices, match=sentence):
        folder_with(tmp_path, text).history(SPY, date(2024, 12, 31))


@pytest.mark.parametrize("cell", ["", "0", "-3", "inf"])
def test_a_row_without_a_valid_price_is_left_out_and_named(tmp_path: Path, cell: str) -> None:
    history = folder_with(tmp_path, HEADER + ROWS.replace("10.6", cell)).history(SPY, date(2024, 12, 31))
    assert history.last_session == date(2024, 12, 30)
    assert [(f.kind, f.session) for f in history.findings] == [("no positive price", date(2024, 12, 31))]


def test_a_file_in_which_no_row_is_left(tmp_path: Path) -> None:
    with pytest.raises(BadPrices, match="none of the 2 rows from csv are usable"):
        folder_with(tmp_path, HEADER + ROWS.replace("10.6", "").replace("10.1", "")).history(SPY, date(2024, 12, 31))


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + HEADER + ROWS,
        (HEADER + ROWS).replace("\n", "\r\n"),
        "\n" + HEADER + "\n" + ROWS + "\n\n",
        HEADER + ",,,,,,\n" + ROWS,
        (HEADER + ROWS).replace(",", ", "),
        "Note,Volume,Adj Close,Close,Low,High,Open,Date\n"
        "x,1000,10.1,10.5,9,11,10,2024-12-30\n,2000,10.6,11,10,12,10.5,2024-12-31\n",
    ],
    ids=["mark", "windows", "blank lines", "blank rows", "spaces", "another order"],
)
def test_files_as_other_programs_write_them(tmp_path: Path, text: str) -> None:
    history = folder_with(tmp_path, text).history(SPY, date(2024, 12, 31))
    assert history.frame.loc["2024-12-31", ["adjusted", "close", "low"]].tolist() == [10.6, 11, 10]
    assert [str(stamp.date()) for stamp in history.sessions] == ["2024-12-30", "2024-12-31"]


def test_the_row_of_a_session_that_goes_on_is_left_out(tmp_path: Path) -> None:
    """Whoever saves a table at noon has today's price in it. Days to come are the file's own business."""
    (tmp_path / "SPY.csv").write_text(HEADER + ROWS)
    for now, last in (
        (datetime(2024, 12, 31, 21, 29, tzinfo=UTC), date(2024, 12, 30)),
        (datetime(2024, 12, 31, 21, 30, tzinfo=UTC), date(2024, 12, 31)),
        (datetime(2024, 12, 31, 4, 0, tzinfo=UTC), date(2024, 12, 31)),  # the evening before in New York
    ):
        history = CsvPrices(tmp_path, now=lambda now=now: now).history(SPY, date(2199, 12, 31))  # type: ignore[misc]
        assert history.last_session == last
        assert [f.kind for f in history.findings] == ["unfinished session"] * (last < date(2024, 12, 31))


@pytest.mark.parametrize(("hour", "last"), [(17, date(2024, 12, 30)), (22, date(2024, 12, 31))])
def test_a_file_that_was_written_during_the_session_lacks_its_close_for_ever(
    tmp_path: Path, hour: int, last: date
) -> None:
    path = tmp_path / "SPY.csv"
    path.write_text(HEADER + ROWS)
    written = datetime(2024, 12, 31, hour, 0, tzinfo=UTC).timestamp()
    os.utime(path, (written, written))
    history = CsvPrices(tmp_path).history(SPY, date(2024, 12, 31))
    assert history.last_session == last
    assert [f.kind for f in history.findings] == ["unfinished session"] * (last < date(2024, 12, 31))


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="does not exist"):
        CsvPrices(tmp_path / "none")
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(BadSettings, match="does not exist"):
        CsvPrices(file)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_rights(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o000)
    with pytest.raises(BadSettings, match="cannot be read"):
        CsvPrices(locked)


@pytest.mark.slow
def test_real_files_pass(shared: Path) -> None:
    source = CsvPrices(shared / "prices")
    assert len(source.symbols) == 40
    assert "DIVIDENDS" not in source.symbols
    for symbol in source.symbols:
        assert source.history(symbol, date(2024, 12, 31)).last_session == date(2024, 12, 31)
    assert source.history(SPY, date(2024, 12, 31)).frame["dividend"].notna().all()
    assert source.history(Symbol("DIA"), date(2024, 12, 31)).frame["dividend"].isna().all()
