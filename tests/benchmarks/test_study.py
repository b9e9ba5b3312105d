"""The script that runs the original study again."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "study.py"


def printed_table(shared: Path) -> str:
    ran = subprocess.run([sys.executable, SCRIPT, shared / "study"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def cells_of(printed: str) -> dict[str, dict[str, float]]:
    """The figures by row and column."""
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in re.findall(r"^\|.*\|$", printed, re.M)]
    header, _, *rows = lines
    return {
        row[0]: {name: float(cell.replace(",", "")) for name, cell in zip(header[1:], row[1:], strict=True)}
        for row in rows
    }


def test_the_study_made_again(shared: Path) -> None:
    """One run of the script: its table and its notes."""
    printed = printed_table(shared)
    cells = cells_of(printed)
    has_every_error_of_every_etf(cells)
    persistence_and_no_change_are_those_of_the_studys_own_recount(cells)
    our_forecast_is_in_dollars_and_no_look_ahead(cells)
    notes_say_what_one_window_is_worth(printed)


def has_every_error_of_every_etf(cells: dict[str, dict[str, float]]) -> None:
    assert list(cells) == [
        f"{metric} {symbol}" for metric in ("MAE", "MSE", "RMSE") for symbol in ("ARKK", "SPY", "FNGU")
    ]
    for symbol in ("ARKK", "SPY", "FNGU"):
        for model, mse in cells[f"MSE {symbol}"].items():
            if model != "published LSTM":
                assert mse == pytest.approx(cells[f"RMSE {symbol}"][model] ** 2, rel=0.005)


def persistence_and_no_change_are_those_of_the_studys_own_recount(cells: dict[str, dict[str, float]]) -> None:
    for symbol, persistence, no_change in (("ARKK", 2.62, 26.8), ("SPY", 4.89, 32.4), ("FNGU", 15.25, 153.5)):
        assert cells[f"MAE {symbol}"]["persistence (*)"] == pytest.approx(persistence, abs=0.005)
        assert cells[f"MAE {symbol}"]["no change"] == pytest.approx(no_change, abs=0.05)


def our_forecast_is_in_dollars_and_no_look_ahead(cells: dict[str, dict[str, float]]) -> None:
    """Far below the published errors, which are the price itself, and far above what saw each day's close."""
    for symbol in ("ARKK", "SPY", "FNGU"):
        row = cells[f"MAE {symbol}"]
        assert row["persistence (*)"] < row["this LSTM"] < row["published LSTM"]


def notes_say_what_one_window_is_worth(printed: str) -> None:
    printed = " ".join(printed.split())
    assert "A single window proves nothing either way" in printed
    assert "repeats the true close of the day before" in printed
    assert "2022-01-04 to 2022-03-30" in printed
    assert "close of 2022-01-03" in printed
