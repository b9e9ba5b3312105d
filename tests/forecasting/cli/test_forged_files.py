"""No price after a cut-off reaches a forecast made at it: price files are forged, and the command line reads them."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.models import MODELS
from forecasting.prices.files.folder import write_folder
from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.quantiles import COLUMNS
from forecasting.universe import VIX, Symbol
from tests.support.trained import Home

pytestmark = pytest.mark.slow

FOLDS, EVERY = "2018-03-01,2018-12-03", 30
LAST_TRUE = pd.Timestamp("2019-03-15")
SYMBOLS = (Symbol("SPY"), Symbol("GLD"))


def files(folder: Path) -> Path:
    """Two ETFs and the VIX to the end of 2019, with a zero open in the first fold, for which the gate drops a row."""
    source = SimulatedPrices()
    frames = {symbol: source.history(symbol, date(2019, 12, 31)).frame.copy() for symbol in (*SYMBOLS, VIX)}
    frames[SYMBOLS[1]].iloc[850, frames[SYMBOLS[1]].columns.get_loc("open")] = 0.0
    write_folder(folder, frames)
    return folder


def forge(folder: Path, factors: np.ndarray) -> None:
    """Multiply the prices and the VIX of each session after LAST_TRUE."""
    for symbol in (*SYMBOLS, VIX):
        path = folder / f"{symbol}.csv"
        table = pd.read_csv(path, parse_dates=["Date"])
        later = table["Date"] > LAST_TRUE
        for column in ("Open", "High", "Low", "Close", "Adj Close"):
            table.loc[later, column] = table.loc[later, column].to_numpy() * factors
        table.to_csv(path, index=False)


def frame(home: Home, folder: Path) -> pd.DataFrame:
    out = home.folder / f"{folder.name}.csv"
    done = home.run(
        "backtest", *SYMBOLS, "--prices", f"csv:{folder}", "--folds", FOLDS, "--every", str(EVERY), "--out", str(out)
    )
    assert done.returncode == 0, done.stderr
    return pd.read_csv(out, parse_dates=["cutoff"])


def expected_cutoffs(folder: Path, symbol: str) -> list[pd.Timestamp]:
    """Counted in the file itself, as the benchmark's judge does."""
    dates = pd.read_csv(folder / f"{symbol}.csv", parse_dates=["Date"])["Date"]
    bounds = [int(dates.searchsorted(pd.Timestamp(fold))) for fold in FOLDS.split(",")] + [len(dates)]
    return [
        dates[i]
        for start, stop in pairwise(bounds)
        if start >= 750
        for i in range(start, min(stop, len(dates) - 60), EVERY)
    ]


@pytest.fixture(scope="module")
def true_prices(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Path, pd.DataFrame]:
    home = Home(tmp_path_factory.mktemp("forged"))
    folder = files(home.folder / "true")
    return home, folder, frame(home, folder)


def test_cutoffs_are_those_that_anybody_counts_in_the_files(true_prices: tuple[Home, Path, pd.DataFrame]) -> None:
    _, folder, of_true = true_prices
    for symbol in SYMBOLS:
        rows = of_true[of_true["symbol"] == symbol]
        for model in MODELS:
            assert sorted(rows[rows["model"] == model]["cutoff"].unique()) == expected_cutoffs(folder, symbol)


def test_forged_later_prices_change_no_earlier_forecast(true_prices: tuple[Home, Path, pd.DataFrame]) -> None:
    home, _, of_true = true_prices
    folder = files(home.folder / "forged")
    rows = sum(pd.read_csv(folder / "SPY.csv", parse_dates=["Date"])["Date"] > LAST_TRUE)
    forge(folder, np.random.default_rng(7).uniform(5.0, 15.0, rows))

    of_forged = frame(home, folder)

    keys = ["symbol", "model", "cutoff", "step"]
    both = of_true[of_true["cutoff"] <= LAST_TRUE].merge(of_forged, on=keys, suffixes=("", "_forged"), how="left")
    assert both["model"].nunique() == len(MODELS)
    for column in COLUMNS:
        assert (both[column] == both[f"{column}_forged"]).all(), column
    assert not (of_forged["actual"].to_numpy() == of_true["actual"].to_numpy()).all()
