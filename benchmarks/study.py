"""Repeats the study that this project grew from: its published errors compared with this project's forecasts.

    python benchmarks/study.py FOLDER

FOLDER holds ``etf_data.csv``: Date and the adjusted closes of ARKK, SPY and FNGU, 2018-01-26 to 2022-03-30. The last 60
sessions are the test, as in the study: everything is trained on sessions before them, and one forecast of all 60 is
made at the close before. Prints one Markdown table; errors are in USD (MSE: USD²).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from forecasting.forecast import Forecaster
from forecasting.model.baselines import Climatology, Drift
from forecasting.model.har import Har
from forecasting.prices.history import Array, Panel
from forecasting.prices.sources.csv import CsvPrices
from forecasting.quantiles import HORIZON
from forecasting.universe import Symbol

SYMBOLS: Final = (Symbol("ARKK"), Symbol("SPY"), Symbol("FNGU"))


@dataclass(frozen=True)
class Errors:
    """Errors of one forecast of one ETF over the 60 sessions: USD, USD², USD."""

    mae: float
    mse: float
    rmse: float

    @classmethod
    def of(cls, forecast: Array, actual: Array) -> Errors:
        gap = actual - forecast
        mse = float(np.mean(gap**2))
        return cls(float(np.mean(np.abs(gap))), mse, mse**0.5)


PUBLISHED: Final[Mapping[Symbol, Errors]] = {
    Symbol("ARKK"): Errors(69.88, 4954.66, 70.39),
    Symbol("SPY"): Errors(436.76, 190968.11, 437.0),
    Symbol("FNGU"): Errors(246.19, 64041.9, 253.07),
}
"""From the study's first run, which its three bar charts show."""

NOTES: Final = (
    "One forecast of {horizon} sessions ({first} to {last}), made at the close of {cutoff} by models that saw nothing "
    "later: this LSTM as the command line posts it; HAR, climatology and drift by their medians; no change by that "
    "close.",
    "(*) Persistence repeats the true close of the day before, so it is not a {horizon}-session forecast; it is listed "
    "because the study's forecasts saw those closes too. The published errors are as large as the price itself (mean "
    "close: {means}): forecasts on a scale of 0 to 1 were compared with dollars.",
    "A single window proves nothing either way: all three ETFs fell that winter, so no change beats every model that "
    "expects their usual small rise. Only many cut-offs show skill.",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="holds etf_data.csv")
    print(study(parser.parse_args().folder))


def study(folder: Path) -> str:
    """The table and the notes under it."""
    closes = pd.read_csv(folder / "etf_data.csv", parse_dates=["Date"], index_col="Date")
    known, test = closes.iloc[:-HORIZON], closes.iloc[-HORIZON:]
    errors = {"published LSTM": dict(PUBLISHED)}
    for name, forecasts in all_forecasts(known, test).items():
        errors[name] = {symbol: Errors.of(forecasts[symbol], test[symbol].to_numpy()) for symbol in SYMBOLS}
    facts = {
        "horizon": HORIZON,
        "first": test.index[0].date(),
        "last": test.index[-1].date(),
        "cutoff": known.index[-1].date(),
        "means": ", ".join(f"{symbol} {test[symbol].mean():.2f}" for symbol in SYMBOLS),
    }
    notes = (textwrap.fill(note.format(**facts), 120) for note in NOTES)
    return "\n\n".join([table(errors), *notes])


def all_forecasts(known: pd.DataFrame, test: pd.DataFrame) -> dict[str, dict[Symbol, Array]]:
    """Forecasts of the test's sessions by model and ETF; only persistence sees the test."""
    with tempfile.TemporaryDirectory() as workspace:
        prices = Path(workspace) / "prices"
        write_prices(known, prices)
        source = CsvPrices(prices)
        panel = Panel(source.history(symbol, known.index[-1].date()) for symbol in SYMBOLS)
        shifted = pd.concat([known.iloc[-1:], test]).shift().iloc[1:]
        return {
            "this LSTM": posted_medians(prices, Path(workspace)),
            "HAR": medians(Har(), panel),
            "climatology": medians(Climatology(), panel),
            "drift": medians(Drift(), panel),
            "no change": {symbol: np.full(HORIZON, known[symbol].iloc[-1]) for symbol in SYMBOLS},
            "persistence (*)": {symbol: shifted[symbol].to_numpy() for symbol in SYMBOLS},
        }


def write_prices(closes: pd.DataFrame, folder: Path) -> None:
    """A folder of SYMBOL.csv files, as ``--prices csv:FOLDER`` reads it."""
    folder.mkdir()
    for symbol in SYMBOLS:
        closes[symbol].rename("Adj Close").to_csv(folder / f"{symbol}.csv", index_label="Date")


def posted_medians(prices: Path, workspace: Path) -> dict[Symbol, Array]:
    """The medians that the command line posts from ``prices``: trained and stored in ``workspace``."""
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{workspace / 'forecasts.db'}",
        "MODEL_DIR": str(workspace / "models"),
    }

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "forecasting", *arguments, "--prices", f"csv:{prices}", "--json"]
        return subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True).stdout

    run("retrain", *SYMBOLS)
    reports = {symbol: json.loads(run("show", symbol)) for symbol in SYMBOLS}
    return {symbol: np.array([step["q50"] for step in report["forecast"]]) for symbol, report in reports.items()}


def medians(forecaster: Forecaster, panel: Panel) -> dict[Symbol, Array]:
    """The medians of a recipe fitted on ``panel``, from its end."""
    predictor = forecaster.fit(panel)
    return {symbol: predictor.predict(symbol, panel).quantiles[:, 3] for symbol in SYMBOLS}


def table(errors: Mapping[str, Mapping[Symbol, Errors]]) -> str:
    """A Markdown table: a row per ETF and error, a column per model."""
    rows = [["", *errors], ["---", *("---:" for _ in errors)]]
    for metric in ("mae", "mse", "rmse"):
        for symbol in SYMBOLS:
            cells = (f"{getattr(by_symbol[symbol], metric):,.2f}" for by_symbol in errors.values())
            rows.append([f"{metric.upper()} {symbol}", *cells])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


if __name__ == "__main__":
    main()
