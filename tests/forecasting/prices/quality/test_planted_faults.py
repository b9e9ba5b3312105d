"""Faults of every kind, planted into real histories, are all found."""

from __future__ import annotations

import shutil
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.prices.history import Panel
from forecasting.prices.quality.gate import gate
from forecasting.prices.sources.csv import CsvPrices
from forecasting.universe import Symbol
from tests.support.gated import SPY, UNTIL, faults
from tests.support.planted_faults import KINDS

TRIALS = 200
ROWS = 1000
UNLISTED = {"DIA", "EEM"}  # they paid dividends that dividends.csv lacks: there a jump is no proof of a fault


@pytest.mark.slow
def test_two_hundred_planted_faults_are_all_found(shared: Path, tmp_path: Path, real: Panel) -> None:
    random = np.random.default_rng(20241231)
    shutil.copy(shared / "prices" / "dividends.csv", tmp_path)
    files = sorted(path for path in (shared / "prices").glob("*.csv") if path.stem not in {"dividends", "SPY"})
    tables = {path.stem: pd.read_csv(path, parse_dates=["Date"]).tail(ROWS).reset_index(drop=True) for path in files}
    for name, table in tables.items():
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    spy = replace(real[SPY], frame=real[SPY].frame.tail(ROWS))
    missed = []
    for trial, (kind, plant) in enumerate(islice(cycle(KINDS.items()), TRIALS)):
        name = str(random.choice([n for n in tables if not (kind.startswith("adjusted jump") and n in UNLISTED)]))
        planted, sessions = plant(tables[name], int(random.integers(1, ROWS - 1)), random)
        planted.to_csv(tmp_path / f"{name}.csv", index=False)
        found = faults(gate([CsvPrices(tmp_path).history(Symbol(name), UNTIL), *([spy] if trial % 2 else [])]))
        if not any(finding.session in sessions and finding.symbol == name for finding in found):
            missed.append((trial, kind, name, sorted(sessions), [str(finding) for finding in found]))
    assert missed == []
