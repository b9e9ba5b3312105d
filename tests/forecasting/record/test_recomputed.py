"""Every number of the record of a real quarter, computed again by other code from the CSV files."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from forecasting import open_database
from forecasting.job.follow_up import follow_up
from forecasting.prices.loading import load_panel
from forecasting.prices.sources.csv import CsvPrices
from forecasting.record.verification import verify
from tests.support import recompute
from tests.support.inline import Inline
from tests.support.replayed import SYMBOLS, TO
from tests.support.trained import Home

pytestmark = pytest.mark.slow

OUTCOMES = "SELECT number, sessions, closes FROM outcomes ORDER BY number"
LATER = "2023-06-30"
"""When the first forecasts of the quarter are final."""


def score_until(home: Home, last: str) -> None:
    """What the job of that day does, once it has loaded its prices."""
    engine, source = open_database(home.database_url), CsvPrices(home.folder / "prices")
    until = date.fromisoformat(last)
    panel, _ = load_panel(source, source.symbols, until)
    follow_up(engine, source, panel, until, datetime(2023, 7, 1, tzinfo=UTC), executor=Inline())
    engine.dispose()


def database(home: Home) -> Path:
    return home.folder / "forecasts.db"


def track(home: Home) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = home.json("track", "--prices", "csv")
    return found


def agrees(ours: dict[str, Any], other: dict[str, Any]) -> None:
    """Every number that ``other`` has: of what the database and files say it is all that is printed."""
    for name, value in other.items():
        if name == "scores":
            assert set(ours["scores"]) == set(value)
            for model, scores in value.items():
                assert ours["scores"][model] == pytest.approx(scores, rel=1e-9, abs=1e-12), model
        elif name == "backtest":
            assert ours[name] == pytest.approx(value, rel=1e-9)
        elif name in ("best", "worst") and value is not None:
            assert {**ours[name], "mae_pct": pytest.approx(value["mae_pct"], rel=1e-9)} == value
        else:
            assert ours[name] == value, name


def test_the_record_of_a_replayed_quarter_is_what_other_code_makes_of_the_files(
    replaying: tuple[Home, subprocess.CompletedProcess[str]],
) -> None:
    home = replaying[0]
    other = recompute.records(database(home), home.folder / "prices", TO)
    ours = track(home)
    assert [(entry["symbol"], entry["kind"]) for entry in ours] == [(symbol, "replayed") for symbol in SYMBOLS]
    for entry in ours:
        assert entry["source"] == "csv"
        assert set(entry) - set(other[entry["symbol"], entry["kind"]]) == {"symbol", "kind"}
        agrees(entry, other[entry["symbol"], entry["kind"]])


def test_a_later_look_has_final_forecasts_a_best_and_a_worst_one_and_an_export_of_every_session(
    replayed: Home,
) -> None:
    score_until(replayed, LATER)
    other = recompute.records(database(replayed), replayed.folder / "prices", LATER)
    for entry in track(replayed):
        assert entry["final"] > 0
        agrees(entry, other[entry["symbol"], entry["kind"]])

    for name in ("sessions.csv", "sessions.json"):
        done = replayed.run("track", "SPY", "--prices", "csv", "--export", name)
        assert done.returncode == 0, done.stderr
    assert "the best forecast, as of" in done.stdout
    exported = pd.read_csv(replayed.folder / "sessions.csv")
    frame = recompute.scored_sessions(database(replayed), replayed.folder / "prices", LATER)
    wanted = frame[(frame["symbol"] == "SPY") & (frame["model"] == "lstm")].reset_index(drop=True)
    assert len(exported) == len(wanted)
    for column in ("number", "step", "actual", "q025", "q50", "q975"):
        assert exported[column].to_numpy() == pytest.approx(wanted[column].to_numpy(), rel=1e-9), column
    medians = frame[(frame["symbol"] == "SPY") & (frame["model"] == "drift")]["q50"].to_numpy()
    assert exported["drift"].to_numpy() == pytest.approx(medians, rel=1e-9)
    assert json.loads((replayed.folder / "sessions.json").read_text()) == exported.to_dict("records")


def test_the_export_alone_gives_every_figure_again_and_a_lost_price_is_told(replayed: Home) -> None:
    path = replayed.folder / "prices" / "ARKK.csv"
    table = pd.read_csv(path)
    table[table["Date"] != "2023-05-10"].to_csv(path, index=False)
    score_until(replayed, LATER)
    by_files = recompute.records(database(replayed), replayed.folder / "prices", LATER)
    assert replayed.run("track", "--prices", "csv", "--export", "sessions.csv").returncode == 0

    by_export = recompute.from_export(replayed.folder / "sessions.csv")

    for entry in track(replayed):
        key = (entry["symbol"], entry["kind"])
        rows = by_export[(by_export["symbol"] == key[0]) & (by_export["kind"] == key[1])]
        agrees(entry, recompute.record(rows))
        agrees(entry, by_files[key])
        assert (entry["waiting"] > 0) == (entry["symbol"] == "ARKK")


def test_prices_that_are_re_based_or_lose_a_row_change_no_issued_row_and_no_score(replayed: Home) -> None:
    def rows(query: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(database(replayed))
        found = connection.execute(query).fetchall()
        connection.close()
        return found

    issued = rows("SELECT * FROM issued_forecasts ORDER BY number")
    scored = rows(OUTCOMES)
    path = replayed.folder / "prices" / "SPY.csv"
    table = pd.read_csv(path)
    table["Adj Close"] *= 0.93
    table = table[table["Date"] != "2023-03-15"]
    table.to_csv(path, index=False)

    score_until(replayed, LATER)

    assert rows("SELECT * FROM issued_forecasts ORDER BY number") == issued
    later = {number: (sessions, closes) for number, sessions, closes in rows(OUTCOMES)}
    for number, sessions, closes in scored:
        before, now = np.frombuffer(closes), np.frombuffer(later[number][1])
        known = ~np.isnan(before)
        assert known.sum() == sessions < later[number][0]
        np.testing.assert_allclose(now[known], before[known], rtol=1e-12)
    engine = open_database(replayed.database_url)
    assert verify(engine)[1] is None
    engine.dispose()


def test_the_command_line_verifies_the_record_and_exits_1_where_it_is_not_sound(replayed: Home) -> None:
    sound = replayed.run("track", "--verify")
    assert sound.returncode == 0
    head = sound.stdout.split("Head: ")[1].strip().rstrip(".")
    assert replayed.run("track", "--verify", "--head", head).returncode == 0
    with sqlite3.connect(database(replayed)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("DROP TRIGGER issued_forecasts_no_delete")
        connection.execute("DELETE FROM issued_forecasts WHERE number > 30")

    cut = replayed.run("track", "--verify", "--head", head)

    assert cut.returncode == 1
    assert "The record ends with row 30" in cut.stderr
    assert replayed.run("track", "--verify").returncode == 0, "without a head nobody can tell"
    assert replayed.run("track", "--verify", "--head", "thirty").returncode == 2
