"""Plants faults of many kinds into real histories, and prints how many are found or do no harm.

    python -m benchmarks.planted_faults --prices FOLDER [--trials 40]

A fault is harmless if it moves no edge of the 80% band at 60 sessions by a twentieth of the band's width. The forecast
is the panel HAR's, fitted on the clean prices.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting.errors import BadPrices
from forecasting.model.fan import forecast_last
from forecasting.model.har import Har, HarPredictor
from forecasting.prices.history import Array, Panel, PriceHistory
from forecasting.prices.quality.gate import gate
from forecasting.prices.sources.csv import CsvPrices
from forecasting.universe import Symbol
from tests.support.planted_faults import HARD_KINDS, KINDS, Planter

ROWS = 1500
LARGEST_CHANGE = 0.05
UNTIL = date(2199, 1, 1)
SPY = Symbol("SPY")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prices", type=Path, required=True)
    parser.add_argument("--trials", type=int, default=40)
    given = parser.parse_args()
    source = CsvPrices(given.prices)
    clean = Panel(source.history(symbol, UNTIL) for symbol in source.symbols)
    false = [finding for history in gate(clean.values()) for finding in history.findings if finding.is_fault]
    print(f"{len(clean)} clean histories, {sum(map(len, clean.values()))} rows, {len(false)} false alarms.\n")
    trial = _Trial(clean, Har().fit(clean), _tables(given.prices, source.symbols), _dividends(given.prices))
    print("| fault | found | harmless | neither | largest change of the band |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for kind, plant in {**KINDS, **HARD_KINDS}.items():
        random = np.random.default_rng(sum(map(ord, kind)))
        changes = [trial.change(plant, random) for _ in range(given.trials)]
        missed = [change for change in changes if change is not None]
        bad = sum(change >= LARGEST_CHANGE for change in missed)
        counts = (given.trials - len(missed), len(missed) - bad, bad, f"{100 * max(missed, default=0.0):.0f}%")
        print(f"| {kind} | " + " | ".join(map(str, counts)) + " |", flush=True)


def _tables(prices: Path, symbols: tuple[Symbol, ...]) -> dict[Symbol, pd.DataFrame]:
    tables = {symbol: pd.read_csv(prices / f"{symbol}.csv", parse_dates=["Date"]) for symbol in symbols}
    return {symbol: table.tail(ROWS).reset_index(drop=True) for symbol, table in tables.items()}


def _dividends(prices: Path) -> str:
    path = prices / "dividends.csv"
    return path.read_text() if path.is_file() else ""


class _Trial:
    """Plants one fault at a time, each in an ETF and at a session drawn at random."""

    def __init__(self, clean: Panel, model: HarPredictor, tables: dict[Symbol, pd.DataFrame], dividends: str) -> None:
        self._clean, self._model, self._tables, self._dividends = clean, model, tables, dividends

    def change(self, plant: Planter, random: np.random.Generator) -> float | None:
        """The largest change of an edge of the band, in widths of the band; None if the fault was found."""
        symbol = Symbol(str(random.choice(sorted(self._tables))))
        table = self._tables[symbol]
        planted, sessions = plant(table, int(random.integers(300, len(table) - 5)), random)
        try:
            faulty = self._gated(symbol, planted)
        except BadPrices:
            return None
        if any(finding.is_fault and finding.session in sessions for finding in faulty.findings):
            return None
        columns = [column for column in table.columns if column in planted.columns]
        clean = self._band(self._gated(symbol, table[columns]))
        change = np.abs(self._band(faulty) - clean).max() / (clean[-1] - clean[0])
        return float(change)

    def _gated(self, symbol: Symbol, table: pd.DataFrame) -> PriceHistory:
        with tempfile.TemporaryDirectory() as folder:
            table.to_csv(Path(folder) / f"{symbol}.csv", index=False)
            if self._dividends:
                (Path(folder) / "dividends.csv").write_text(self._dividends)
            history = CsvPrices(Path(folder)).history(symbol, UNTIL)
        others = [history if other.symbol == symbol else other for other in self._clean.values()]
        return next(each for each in gate(others, only={symbol}) if each.symbol == symbol)

    def _band(self, history: PriceHistory) -> Array:
        """The edges of the 80% band and the median at 60 sessions, over the last close."""
        panel = Panel({SPY: self._clean[SPY], history.symbol: history}.values(), self._clean.vix)
        forecast = forecast_last(self._model, history.symbol, panel)
        return np.asarray(forecast.quantiles[-1, [1, 3, 5]] / forecast.last)


if __name__ == "__main__":
    main()
