"""Measures how much forecasts move from one day to the next, beside what the prices did, and prints a table.

    python -m benchmarks.steadiness --prices FOLDER [--vix FILE] [--symbols SPY ARKK …] [--fold 2023-01-01]

One model per ETF, fitted before the fold, forecasts every session after it. The median for a fixed day should follow
the price and nothing else; a band should widen or narrow as fast as volatility does, not faster.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.judging import markdown, prices_with_vix
from forecasting.evaluation.walk_forward import before
from forecasting.model.fan import forecasts_at
from forecasting.model.lifecycle import SEED, calibrate_frame, fit_fold
from forecasting.model.lstm import LstmPredictor, adapt
from forecasting.model.market import Market
from forecasting.model.volatility import Volatility
from forecasting.prices.history import Array, Panel
from forecasting.prices.loading import load_panel
from forecasting.prices.sources.csv import CsvPrices
from forecasting.quantiles import COLUMNS, HIGH80, HORIZON, LOW80, MEDIAN
from forecasting.universe import Symbol

AHEAD: Final = 20
"""Sessions ahead whose band is followed."""

JUMP: Final = 0.10
"""Relative change of a band's width from one day to the next that people notice."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prices", type=Path, required=True)
    parser.add_argument("--vix", type=Path, help="daily VIX, with the columns DATE and CLOSE")
    parser.add_argument("--symbols", nargs="+", default=["SPY", "ARKK", "FNGU", "TLT", "GLD", "EEM"])
    parser.add_argument("--fold", type=date.fromisoformat, default=date(2023, 1, 1))
    given = parser.parse_args()
    with prices_with_vix(given.prices, given.vix) as folder:
        source = CsvPrices(folder, as_written=True)
        panel, _ = load_panel(source, source.symbols, date(2199, 12, 31), gated=False)
    folds = (date(given.fold.year - 4, 1, 1), given.fold)
    fold_models = [fit_fold(panel, folds, k, 10) for k in range(2)]
    rows = []
    for symbol in map(Symbol, given.symbols):
        own = adapt(LstmPredictor.from_bytes(fold_models[1].weights), symbol, before(panel, given.fold), SEED)
        origins = np.flatnonzero(panel[symbol].sessions >= pd.Timestamp(given.fold))
        raw = forecasts_at(own, symbol, panel, origins)
        fans = calibrate_frame(_frame(symbol, panel, origins, raw), fold_models, panel)
        rows.append(_row(symbol, panel, origins, fans[list(COLUMNS)].to_numpy(dtype=np.float64).reshape(raw.shape)))
    known = Market.of(panel).at(Volatility.of(panel[symbol])).knows_vix(origins)
    print(f"{len(origins)} days from {given.fold}, {known.mean():.0%} of them with a VIX\n")
    header = ["", "median against price", "band, a day", "EWMA volatility, a day", "largest", f"days over {JUMP:.0%}"]
    print(markdown(header, rows))


def _frame(symbol: Symbol, panel: Panel, origins: Array, fans: Array) -> pd.DataFrame:
    frame = pd.DataFrame(fans.reshape(-1, len(COLUMNS)), columns=list(COLUMNS))
    cutoffs = np.repeat(panel[symbol].sessions[origins], HORIZON)
    return frame.assign(symbol=symbol, model="lstm", cutoff=cutoffs, step=np.tile(np.arange(1, HORIZON + 1), len(fans)))


def _row(symbol: Symbol, panel: Panel, origins: Array, fans: Array) -> list[str]:
    log, state = np.log(fans), Volatility.of(panel[symbol])
    # Yesterday's median for the day that is AHEAD sessions from today, and today's.
    moved = log[1:, AHEAD - 1, MEDIAN] - log[:-1, AHEAD, MEDIAN]
    slope = float(np.polyfit(state.returns[origins][1:], moved, 1)[0])
    width = np.log(log[:, AHEAD - 1, HIGH80] - log[:, AHEAD - 1, LOW80])
    band, past = np.abs(np.diff(width)), np.abs(np.diff(np.log(state.fast[origins])))
    left = moved - slope * state.returns[origins][1:]
    share = float(left.std() / state.returns[origins].std())
    return [
        symbol,
        f"{slope:.2f}, rest {share:.0%}",
        f"{np.median(band):.1%}",
        f"{np.median(past):.1%}",
        f"{band.max():.0%} ({panel[symbol].sessions[origins][1:][band.argmax()].date()})",
        f"{(band > JUMP).mean():.0%}",
    ]


if __name__ == "__main__":
    main()
