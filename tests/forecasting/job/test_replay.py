"""A replay: past weeks gone through as they would have been, on the record under a name of their own."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting import ReportStore, Symbol, open_database
from forecasting.champion.registry import ModelRegistry
from forecasting.job.replay import issue_days, replay_folder
from forecasting.prices.loading import load_panel
from forecasting.prices.sources.csv import CsvPrices
from forecasting.record.issued import issued_forecasts
from forecasting.record.reproduce import Reproduction, reproduce
from forecasting.record.schema import IssuedForecast
from forecasting.reports.build import forecast_again
from tests.support.issued import evening, made_prices
from tests.support.replayed import FROM, SYMBOLS, TO, replay
from tests.support.trained import Home

pytestmark = pytest.mark.slow

WEEKS = issue_days(date.fromisoformat(FROM), date.fromisoformat(TO), "week")


def issued(home: Home) -> list[IssuedForecast]:
    engine = open_database(home.database_url)
    rows = [row for symbol in SYMBOLS for row in issued_forecasts(engine, "csv", Symbol(symbol))]
    engine.dispose()
    return rows


def reproduced(home: Home, row: IssuedForecast) -> Reproduction:
    """In this process: the command line would load torch for each."""
    source = CsvPrices(home.folder / "prices")
    panel, _ = load_panel(source, source.symbols, row.as_of)
    model = ModelRegistry(replay_folder(home.model_dir)).load("csv", Symbol(row.symbol), row.model_version)
    return reproduce(row, model, panel)


def newest_of_spy(home: Home) -> IssuedForecast:
    return [row for row in issued(home) if row.symbol == "SPY"][-1]


def test_a_forecast_is_issued_at_the_last_session_of_each_week_that_is_over() -> None:
    assert issue_days(date(2024, 12, 20), date(2025, 1, 8), "week") == (
        date(2024, 12, 20),
        date(2024, 12, 27),
        date(2025, 1, 3),
    )
    assert issue_days(date(2023, 4, 3), date(2023, 4, 9), "week") == (date(2023, 4, 6),)  # Good Friday
    assert issue_days(date(2023, 4, 3), date(2023, 4, 4), "week") == ()
    assert issue_days(date(2023, 4, 3), date(2023, 4, 9), "day") == tuple(date(2023, 4, day) for day in (3, 4, 5, 6))


def test_each_week_issues_one_forecast_of_each_etf_and_shows_none(
    replaying: tuple[Home, subprocess.CompletedProcess[str]],
) -> None:
    home, done = replaying
    assert done.returncode == 0, done.stderr
    rows = issued(home)
    assert sorted((row.symbol, row.as_of) for row in rows) == sorted((s, day) for s in SYMBOLS for day in WEEKS)
    assert {row.kind for row in rows} == {"replayed"}
    assert home.run("show", "SPY", "--prices", "csv").returncode == 1  # nobody was shown one
    assert not (home.model_dir / "csv").exists()


def test_one_model_serves_the_quarter_and_knows_nothing_later_than_its_first_week(
    replaying: tuple[Home, subprocess.CompletedProcess[str]],
) -> None:
    rows = issued(replaying[0])
    assert len({row.model_version for row in rows}) == len(SYMBOLS)
    assert all(WEEKS[0].isoformat() in row.model_version for row in rows)


def test_a_replay_of_what_is_on_the_record_adds_nothing_and_one_that_goes_on_adds_the_rest(replayed: Home) -> None:
    before = [(row.number, row.hash) for row in issued(replayed)]
    again = replay(replayed, replayed.folder / "prices")
    assert again.stdout.startswith("0 forecasts issued as replayed, 0 models trained"), again.stderr
    assert [(row.number, row.hash) for row in issued(replayed)] == before
    longer = replay(replayed, replayed.folder / "prices", "--from", FROM, "--to", "2023-04-09", "--retrain-every", "99")
    assert longer.stdout.startswith(f"{len(SYMBOLS)} forecasts issued as replayed, 0 models trained"), longer.stderr


def test_on_a_live_record_the_two_stay_apart(replayed: Home) -> None:
    """A live forecast of the same session by the same model is a row of its own, and changes no replayed figure."""
    before = replayed.json("track", "--prices", "csv")
    row = newest_of_spy(replayed)
    model = ModelRegistry(replay_folder(replayed.model_dir)).load("csv", Symbol("SPY"), row.model_version)
    source = CsvPrices(replayed.folder / "prices")
    panel, _ = load_panel(source, source.symbols, row.as_of)
    engine = open_database(replayed.database_url)
    live = forecast_again(Symbol("SPY"), "SPY", panel, model)
    assert ReportStore(engine).publish(live, evening(row.as_of))
    engine.dispose()

    again = replay(replayed, replayed.folder / "prices")

    assert again.stdout.startswith("0 forecasts issued as replayed"), again.stderr
    after = replayed.json("track", "--prices", "csv")
    assert [entry for entry in after if entry["kind"] == "replayed"] == before
    (entry,) = (entry for entry in after if entry["kind"] == "live")
    assert (entry["symbol"], entry["issued"], entry["late"], entry["sessions"]) == ("SPY", 1, 0, 0)
    assert replayed.json("show", "SPY", "--prices", "csv")["as_of"] == row.as_of.isoformat()
    assert replayed.run("track", "--verify").returncode == 0


def test_a_symbol_whose_prices_end_has_no_second_forecast_and_a_stopped_replay_finds_its_champion(
    replayed: Home,
) -> None:
    """Stopped after the decision about SPY's model, before it became champion."""
    path = replayed.folder / "prices" / "FNGU.csv"
    table = pd.read_csv(path)
    table[table["Date"] <= TO].to_csv(path, index=False)
    (replayed.model_dir / "replayed" / "csv" / "SPY" / "champion").unlink()
    later = ("--from", FROM, "--to", "2023-04-16", "--retrain-every", "99")
    done = replay(replayed, replayed.folder / "prices", *later)
    assert done.stdout.startswith("4 forecasts issued as replayed, 0 models trained"), done.stderr
    assert len([row for row in issued(replayed) if row.symbol == "FNGU"]) == len(WEEKS)


@pytest.mark.parametrize(
    ("days", "code", "words"),
    [
        (
            ("2024-02-05", "2024-03-01"),
            1,
            "ARKK: prices from csv end on 2024-01-31, before the replay's first day (2024-02-09)",
        ),
        (("2024-01-08", "2024-01-10"), 2, "No trading week ends between 2024-01-08 and 2024-01-10"),
        (("2024-01-08", "2024-01-05"), 2, "--from 2024-01-08 is after the last day to replay, 2024-01-05"),
    ],
)
def test_a_span_without_anything_to_issue_is_told(
    empty_home: Home, days: tuple[str, str], code: int, words: str
) -> None:
    prices = empty_home.folder / "prices"
    prices.mkdir()
    frame = made_prices(date(2023, 1, 3), date(2024, 1, 31)).frame
    frame = frame.rename(columns={"adjusted": "Adj Close", "close": "Close"})
    frame[["Close", "Adj Close"]].to_csv(prices / "ARKK.csv", index_label="Date")
    done = empty_home.run("replay", "ARKK", "--from", days[0], "--to", days[1], PRICES=f"csv:{prices}")
    assert done.returncode == code, done.stderr
    assert words in done.stderr


def test_a_symbol_too_young_trains_nothing_and_is_named(replayed: Home) -> None:
    path = replayed.folder / "prices" / "FNGU.csv"
    table = pd.read_csv(path)
    table[table["Date"] >= "2023-03-20"].to_csv(path, index=False)
    home = Home(replayed.folder / "young")
    home.folder.mkdir()
    done = home.run("replay", "FNGU", "--from", FROM, "--to", TO, PRICES=f"csv:{path.parent}")
    assert (done.returncode, done.stdout[:41]) == (1, "0 forecasts issued as replayed, 0 models ")
    assert "FNGU failed." in done.stderr


def test_prices_that_came_later_change_no_replayed_forecast(replayed: Home, tmp_path: Path) -> None:
    """Every price after the first week is forged, and the week is replayed from nothing."""
    week = replayed.folder / "prices"
    for symbol in SYMBOLS:
        table = pd.read_csv(week / f"{symbol}.csv", parse_dates=["Date"])
        later = table["Date"] > pd.Timestamp(WEEKS[0])
        table.loc[later, ["Open", "High", "Low", "Close", "Adj Close"]] *= 1.07
        table.to_csv(week / f"{symbol}.csv", index=False)
    fresh = Home(tmp_path / "fresh")
    fresh.folder.mkdir()
    assert replay(fresh, week, "--from", FROM, "--to", WEEKS[0].isoformat()).returncode == 0
    then = {row.symbol: row.quantiles for row in issued(replayed) if row.as_of == WEEKS[0]}
    assert {row.symbol: row.quantiles for row in issued(fresh)} == then


def test_every_replayed_forecast_is_reproduced_to_the_last_bit(
    replaying: tuple[Home, subprocess.CompletedProcess[str]],
) -> None:
    rows = issued(replaying[0])
    assert len(rows) == len(SYMBOLS) * len(WEEKS)
    for row in rows:
        found = reproduced(replaying[0], row)
        assert (found.distance, found.same_bits, found.differences) == (0.0, True, ())


def test_the_command_line_says_that_a_forecast_is_equal(
    replaying: tuple[Home, subprocess.CompletedProcess[str]],
) -> None:
    home = replaying[0]
    done = home.run("reproduce", "1", "--prices", f"csv:{home.folder}/prices")
    first = next(row.symbol for row in issued(home) if row.number == 1)  # whichever worker was done first
    assert (done.returncode, done.stdout) == (
        0,
        f"Forecast 1 ({first} as of {WEEKS[0]}, replayed): equal, to the last bit.\n",
    )


def test_a_forecast_is_reproduced_after_its_prices_were_re_based(replayed: Home) -> None:
    """A dividend of 1% and a 3:1 split came since."""
    path = replayed.folder / "prices" / "SPY.csv"
    table = pd.read_csv(path)
    table["Adj Close"] *= 0.99
    for column in ("Open", "High", "Low", "Close", "Adj Close"):
        table[column] /= 3
    table.to_csv(path, index=False)
    found = reproduced(replayed, newest_of_spy(replayed))
    assert found.is_equal
    assert len(found.differences) == 1
    assert "re-based" in found.differences[0]


def test_what_differs_is_said(replayed: Home) -> None:
    row = newest_of_spy(replayed)
    path = replayed.folder / "prices" / "SPY.csv"
    table = pd.read_csv(path)
    at = int(np.flatnonzero(table["Date"] == row.as_of.isoformat())[0]) - 3
    table.loc[at, ["Close", "Adj Close"]] = table.loc[at, ["Low", "Low"]].to_numpy()
    table.to_csv(path, index=False)
    found = reproduced(replayed, row)
    assert not found.is_equal
    assert found.differences[0].startswith("Quantiles differ")
    assert "prices" in found.differences[1].lower()


def test_a_forecast_whose_model_was_changed_is_not_reproduced(replayed: Home) -> None:
    row = newest_of_spy(replayed)
    folder = replayed.model_dir / "replayed" / "csv"
    other = next((folder / "ARKK").glob("ARKK-*/model.safetensors"))
    (folder / "SPY" / row.model_version / "model.safetensors").write_bytes(other.read_bytes())
    done = replayed.run("reproduce", str(row.number), "--prices", f"csv:{replayed.folder}/prices")
    assert done.returncode == 1
    assert f"The model {row.model_version} of SPY cannot be read" in done.stderr


def test_a_number_that_is_not_on_the_record_is_said(
    replaying: tuple[Home, subprocess.CompletedProcess[str]],
) -> None:
    done = replaying[0].run("reproduce", "4000")
    assert done.returncode == 1
    assert "There is no forecast 4000 on the record: it holds 39" in done.stderr


def test_a_forecast_from_files_needs_the_files(
    replaying: tuple[Home, subprocess.CompletedProcess[str]],
) -> None:
    done = replaying[0].run("reproduce", "1", PRICES="simulated")
    assert done.returncode == 2
    assert "--prices csv:DIR" in done.stderr
