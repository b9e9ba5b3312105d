"""Faults of every kind, planted into real histories, are all found."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import cache
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
from tests.support.planted_faults import HARD_KINDS, KINDS

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


WILD = {"FNGU", "SOXL", "TQQQ", "SSO"}  # they move as far within a day
SOME_MISSED = ("% of the last row's volume", "exchanged", "adjusted closes +1%", "adjusted closes -2%")


@pytest.mark.slow
def test_new_levels_bad_ticks_and_feeds_that_stand_still_are_found(shared: Path, tmp_path: Path, real: Panel) -> None:
    shutil.copy(shared / "prices" / "dividends.csv", tmp_path)

    @cache
    def table(name: str) -> pd.DataFrame:
        read = pd.read_csv(shared / "prices" / f"{name}.csv", parse_dates=["Date"])
        return read.tail(ROWS).reset_index(drop=True)

    names = sorted(symbol for symbol in real if symbol not in WILD | {"SPY", "DIA", "EEM"})
    kinds = {name: plant for name, plant in HARD_KINDS.items() if not any(part in name for part in SOME_MISSED)}
    spy = replace(real[SPY], frame=real[SPY].frame.tail(ROWS))
    random = np.random.default_rng(20241231)
    missed = []
    for kind, plant in kinds.items():
        for _ in range(3):
            name = str(random.choice(names))
            planted, sessions = plant(table(name), int(random.integers(300, ROWS - 5)), random)
            planted.to_csv(tmp_path / f"{name}.csv", index=False)
            found = faults(gate([CsvPrices(tmp_path).history(Symbol(name), UNTIL), spy]))
            if not any(finding.session in sessions and finding.symbol == name for finding in found):
                missed.append((kind, name, sorted(sessions), [str(finding) for finding in found]))
    assert len(missed) <= len(kinds) * 3 / 40, missed  # small splits on the wildest days of ARKK and the like
