"""``etf-forecast prices``: fetch, check and export, as an operator runs them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from yfinance.data import YfData

from forecasting.__main__ import run
from forecasting.prices.sources.csv import CsvPrices
from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.prices.store import pacing
from forecasting.sessions import last_completed_session
from forecasting.universe import Symbol
from tests.support.small_disk import SmallDisk
from tests.support.yahoo_server import Answer, Quotes, YahooServer, in_turn, serving, yahoo_server

SPY, HYG = Symbol("SPY"), Symbol("HYG")


@dataclass(frozen=True)
class Operator:
    """Runs commands in a folder of their own."""

    folder: Path
    capture: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        return self.do("prices", *arguments)

    def do(self, *arguments: str) -> tuple[int, str, str]:
        code = run(arguments)
        output = self.capture.readouterr()
        return code, output.out, output.err

    def faults(self, *arguments: str) -> list[dict[str, object]]:
        _, output, _ = self("check", *arguments, "--json")
        found: list[dict[str, object]] = json.loads(output)
        return found


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Operator:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/forecasts.db")
    monkeypatch.setenv("UNIVERSE", "")
    monkeypatch.setenv("PRICES", "yahoo")
    return Operator(tmp_path, capsys)


@pytest.fixture
def yahoo(monkeypatch: pytest.MonkeyPatch) -> Iterator[YahooServer]:
    """Yahoo's stand-in, which knows the simulated ETFs until today."""
    monkeypatch.setattr(pacing, "PAUSE", 0.0)
    monkeypatch.setattr(pacing, "WAITS", (0.0,))
    source = SimulatedPrices()
    with yahoo_server() as server:
        server.script = serving(
            {symbol: Quotes(source.history(symbol, today()).frame.loc["2025":]) for symbol in source.symbols}
        )
        YfData(session=server.session())  # the client's own session, for the process: the command passes none
        yield server


def today() -> date:
    return last_completed_session(datetime.now(UTC))


def test_fetch_takes_the_universe_into_the_store_and_then_lacks_nothing(operator: Operator, yahoo: YahooServer) -> None:
    code, output, _ = operator("fetch")
    assert code == 0
    assert [symbol for symbol, _ in yahoo.price_requests] == ["ARKK", "FNGU", "SPY"]
    assert "personal use" in output
    code, output, _ = operator("fetch")
    assert code == 0
    assert output.count("up to date") == 3
    assert len(yahoo.price_requests) == 3


def test_fetch_goes_on_where_one_fails(operator: Operator, yahoo: YahooServer) -> None:
    code, output, errors = operator("fetch", "NOSUCH", "no ticker", "hyg")
    assert code == 1
    assert "HYG" in output
    assert "NOSUCH failed. No ETF called 'NOSUCH' is known here." in errors
    assert "no ticker failed." in errors
    assert operator.faults() == []


def test_fetch_while_the_source_is_down(operator: Operator, yahoo: YahooServer) -> None:
    yahoo.script = in_turn(Answer(b"Too Many Requests", 429, "text/html"))
    code, _, errors = operator("fetch", "SPY")
    assert code == 1
    assert "SPY failed. SPY: Yahoo limits the rate of requests. Try again in an hour." in errors


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before the fetch", "during the fetch"])
def test_a_full_disk_is_one_sentence(
    operator: Operator,
    yahoo: YahooServer,
    small_disk: SmallDisk,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    when: str,
) -> None:
    """What was stored stays, and the next fetch goes on where this one ended."""
    monkeypatch.chdir(small_disk.folder)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{small_disk.folder}/forecasts.db")
    assert operator("fetch", "ARKK")[0] == 0
    good = yahoo.script
    with ExitStack() as stack:

        def filling(symbol: str, query: Mapping[str, str]) -> Answer:
            stack.enter_context(small_disk.full())
            return good(symbol, query)

        if when == "before the fetch":
            stack.enter_context(small_disk.full())
        else:
            yahoo.script = in_turn(filling, good)
        code, _, errors = operator("fetch", "SPY", "FNGU")
    assert code == 1
    assert errors.splitlines()[-1] == "The disk is full. Free some space, then try again."
    assert "Traceback" not in errors + caplog.text
    yahoo.script = good
    assert operator("fetch", "SPY", "FNGU")[0] == 0
    assert operator.faults() == []


def test_fetch_is_for_yahoo_only(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRICES", "simulated")
    code, _, errors = operator("fetch")
    assert code == 2
    assert "PRICES is simulated, whose prices are not fetched. Set PRICES to: yahoo." in errors


def test_check_of_the_store_names_the_faulty_row(operator: Operator, yahoo: YahooServer) -> None:
    frame = SimulatedPrices().history(SPY, today()).frame.loc["2025":].copy()
    frame.loc["2025-03-05", "open"] = 0.0
    yahoo.script = serving({"SPY": Quotes(frame)})
    assert operator("fetch", "SPY")[0] == 0
    code, output, _ = operator("check")
    assert code == 1
    assert "SPY" in output
    assert "2025-03-05" in output
    assert "no positive price" in output
    assert "1 fault in 1 ETF of Yahoo Finance prices." in output
    assert operator.faults() == [
        {
            "symbol": "SPY",
            "session": "2025-03-05",
            "kind": "no positive price",
            "values": {"open": 0.0},
            "action": "quarantined",
        }
    ]


def test_check_and_export_before_anything_is_stored(operator: Operator) -> None:
    for command in (["check"], ["export", "out"]):
        code, _, errors = operator(*command)
        assert code == 1
        assert "No Yahoo Finance prices are stored yet. Fetch them first: etf-forecast prices fetch" in errors


@pytest.mark.slow
def test_check_of_simulated_prices(operator: Operator) -> None:
    code, output, _ = operator("check", "--prices", "simulated")
    assert code == 0
    assert "No faults in 16 ETFs of simulated prices." in output


@pytest.mark.slow
def test_check_finds_nothing_in_the_clean_files_and_all_in_the_dirty_one(operator: Operator, shared: Path) -> None:
    code, output, _ = operator("check", "--prices", f"csv:{shared / 'prices'}")
    assert code == 0, output
    assert "No faults in 40 ETFs of prices from CSV." in output
    faults = operator.faults("--prices", f"csv:{shared / 'dirty'}")
    assert [(fault["session"], fault["kind"]) for fault in faults] == [
        ("2009-08-18", "no positive price"),
        ("2009-11-18", "no positive price"),
        ("2009-12-24", "no positive price"),
        ("2025-10-24", "missing session"),
    ]


def test_check_names_rows_of_sessions_to_come_and_files_that_cannot_be_read(operator: Operator) -> None:
    folder = operator.folder / "csv"
    folder.mkdir()
    source = SimulatedPrices()
    ahead = source.history(SPY, date(today().year + 1, 6, 1)).frame
    ahead = ahead[ahead.index <= ahead.index[ahead.index > pd.Timestamp(today())][0]]
    ahead[["close", "adjusted"]].rename(columns={"close": "Close", "adjusted": "Adj Close"}).to_csv(
        folder / "SPY.csv", index_label="Date"
    )
    (folder / "HYG.csv").write_text("nothing of use")
    unreadable, unfinished = operator.faults("--prices", f"csv:{folder}")
    assert (unreadable["symbol"], unreadable["kind"], unreadable["session"]) == ("HYG", "unreadable", None)
    assert (unfinished["symbol"], unfinished["kind"]) == ("SPY", "unfinished session")
    assert unfinished["session"] == str(ahead.index[-1].date())


def test_check_of_a_row_years_ahead_names_that_row_alone(operator: Operator) -> None:
    """A year mistyped leaves no gap of thousands of sessions."""
    folder = operator.folder / "csv"
    folder.mkdir()
    rows = SimulatedPrices().history(SPY, date(2024, 12, 31)).frame[["close", "adjusted"]]
    ahead = pd.concat([rows, rows.iloc[[-1]].set_axis([pd.Timestamp("2060-01-05")], axis=0)])
    ahead.rename(columns={"close": "Close", "adjusted": "Adj Close"}).to_csv(folder / "SPY.csv", index_label="Date")
    (fault,) = operator.faults("--prices", f"csv:{folder}")
    assert (fault["session"], fault["kind"], fault["action"]) == ("2060-01-05", "unfinished session", "dropped")


def test_check_writes_json_that_every_program_reads(operator: Operator) -> None:
    folder = operator.folder / "csv"
    folder.mkdir()
    (folder / "SPY.csv").write_text("Date,Adj Close\n2024-12-27,1\n2024-12-30,inf\n2024-12-31,1\n")
    _, output, _ = operator("check", "--prices", f"csv:{folder}", "--json")

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    (fault,) = json.loads(output, parse_constant=refuse)
    assert fault["values"] == {"adjusted": "inf", "close": "inf"}


def test_check_of_one_file_without_company(operator: Operator, shared: Path) -> None:
    folder = operator.folder / "one"
    folder.mkdir()
    shutil.copy(shared / "prices" / "SOXL.csv", folder)
    assert operator.faults("--prices", f"csv:{folder}") == []


def test_a_folder_without_prices_is_no_folder_without_faults(operator: Operator, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    code, output, errors = operator("check", "--prices", f"csv:{tmp_path / 'empty'}")
    assert (code, output) == (1, "")
    assert "The folder holds no SYMBOL.csv" in errors


@pytest.mark.slow
def test_export_gives_a_folder_with_the_same_prices(operator: Operator, yahoo: YahooServer) -> None:
    assert operator("fetch", "SPY", "HYG")[0] == 0
    code, output, _ = operator("export", "out")
    assert code == 0
    assert "2 ETFs are in out." in output
    folder = CsvPrices(operator.folder / "out")
    assert folder.symbols == ("HYG", "SPY")
    for symbol in folder.symbols:
        shown = SimulatedPrices().history(symbol, today()).frame.loc["2025":]
        read = folder.history(symbol, today()).frame
        columns = ["adjusted", "close", "open", "high", "low", "volume"]
        assert read[columns].equals(shown[columns])
        assert read["dividend"][1:].tolist() == shown["dividend"][1:].tolist()
    assert operator.faults("--prices", "csv:out") == []


def test_export_into_a_file(operator: Operator, yahoo: YahooServer) -> None:
    assert operator("fetch", "SPY")[0] == 0
    (operator.folder / "taken").touch()
    code, _, errors = operator("export", "taken")
    assert code == 2
    assert "taken" in errors


@pytest.mark.slow
def test_no_forecast_is_made_from_prices_that_end_before_an_unadjusted_split(operator: Operator) -> None:
    folder = operator.folder / "split"
    folder.mkdir()
    frame = SimulatedPrices().history(SPY, date(2024, 12, 31)).frame.copy()
    frame.loc["2024-12-24":, ["close", "adjusted"]] /= 4.0
    frame[["close", "adjusted"]].rename(columns={"close": "Close", "adjusted": "Adj Close"}).to_csv(
        folder / "SPY.csv", index_label="Date"
    )
    assert run(["refresh", "SPY", "--prices", f"csv:{folder}", "--json"]) == 1
    (failure,) = json.loads(operator.capture.readouterr().out.splitlines()[-1])["failed"]
    assert (failure["symbol"], failure["error"]) == ("SPY", "BadPrices")
    assert failure["message"].startswith("SPY 2024-12-24: unadjusted split")
