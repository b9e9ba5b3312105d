"""Compares the expected volatility of posted forecasts with what came, and prints tables.

    python -m benchmarks.volatility --frame FRAME.csv.gz --prices FOLDER [--vix FILE]

FRAME is what ``etf-forecast backtest`` wrote; the rows of ``lstm`` are the forecasts that would have been posted.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.judging import markdown
from forecasting.evaluation.volatility import volatility_scores
from forecasting.models import POSTED
from forecasting.prices.sources.csv import CsvPrices
from forecasting.report import VOLATILITY_HORIZONS, VolatilityScores
from forecasting.universe import Symbol

MARKET = Symbol("SPY")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frame", type=Path, required=True)
    parser.add_argument("--prices", type=Path, required=True)
    parser.add_argument("--vix", type=Path, help="daily VIX, with the columns DATE and CLOSE")
    given = parser.parse_args()
    frame = pd.read_csv(given.frame, parse_dates=["cutoff"])
    source = CsvPrices(given.prices, as_written=True)
    found: dict[str, tuple[VolatilityScores, ...]] = {}
    for symbol, rows in frame.groupby("symbol"):
        found[str(symbol)] = volatility_scores(rows, source.history(Symbol(str(symbol)), date(2199, 12, 31)))
    header = ["sessions", "mean error", "if the past repeats", "ETFs where better", "mean expected", "mean realised"]
    rows = []
    for n, sessions in enumerate(VOLATILITY_HORIZONS):
        all_of = [scores[n] for scores in found.values()]
        better = sum(scores.mae < scores.mae_past for scores in all_of)
        columns = ("mae", "mae_past", "mean_expected", "mean_realised")
        error, past, expected, realised = (_mean(all_of, column) for column in columns)
        rows.append([str(sessions), error, past, f"{better} of {len(all_of)}", expected, realised])
    print(markdown([f"{len(found)} ETFs, {header[0]}", *header[1:]], rows))
    if given.vix:
        print(_beside_the_vix(frame[frame["symbol"] == MARKET], source, found[MARKET], given.vix))


def _mean(scores: list[VolatilityScores], column: str) -> str:
    """Mean over cut-offs, in points."""
    cutoffs = np.array([each.cutoffs for each in scores])
    return f"{100 * np.average([getattr(each, column) for each in scores], weights=cutoffs):.1f}"


def _beside_the_vix(rows: pd.DataFrame, source: CsvPrices, scores: tuple[VolatilityScores, ...], file: Path) -> str:
    vix = pd.read_csv(file, parse_dates=["DATE"], index_col="DATE")["CLOSE"] / 100
    closes = source.history(MARKET, date(2199, 12, 31)).frame["adjusted"]
    cutoffs = pd.DatetimeIndex(rows.loc[rows["model"] == POSTED, "cutoff"].unique())
    squares, table = np.log(closes).diff() ** 2, []
    for each in scores:
        came = np.sqrt(252 * squares.rolling(each.sessions).mean().shift(-each.sessions)).reindex(cutoffs)
        off = (came - vix.reindex(cutoffs)).abs().mean()
        table.append([str(each.sessions), *(f"{100 * error:.1f}" for error in (each.mae, each.mae_past, off))])
    return markdown(["SPY, sessions", "mean error", "if the past repeats", "if the VIX is right"], table)


if __name__ == "__main__":
    main()
