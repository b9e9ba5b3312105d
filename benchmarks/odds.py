"""Checks the odds of prices against what happened: prints the reliability diagram's tables and draws it.

    python -m benchmarks.odds --frame FRAME.csv.gz --prices FOLDER [--picture FILE.png]

FRAME is what ``etf-forecast backtest`` wrote; the rows of ``lstm`` are the forecasts that would have been posted. At
each cut-off of each ETF the odds of ASKED prices by 5, 20 and 60 sessions are those that ``/odds`` would have given.
Takes some five minutes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.figure import Figure

from benchmarks.bootstrap import block_weights, ratio_band
from benchmarks.evidence import BLOCK, DRAWS, SEED
from benchmarks.judging import markdown
from benchmarks.pictures import BLUE, DPI, GREY, ORANGE, STYLE, WIDTH
from forecasting.prices.history import Array, PriceHistory
from forecasting.prices.sources.csv import CsvPrices
from forecasting.quantiles import COLUMNS, probability_above
from forecasting.reports.build import past_returns
from forecasting.scenarios.paths import joint_paths
from forecasting.universe import Symbol

ASKED: Final = (-3.0, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
"""Prices, in the ETF's daily volatility over its last year times the root of the sessions, from the last close."""

BY: Final = (5, 20, 60)
FEWEST_CASES: Final = 500
WORDS: Final = {"closes above": (BLUE, "o"), "reaches": (ORANGE, "s")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frame", type=Path, required=True)
    parser.add_argument("--prices", type=Path, required=True)
    parser.add_argument("--picture", type=Path)
    given = parser.parse_args()
    frame = pd.read_csv(given.frame, parse_dates=["cutoff"])
    source = CsvPrices(given.prices, as_written=True)
    parts = []
    for symbol, rows in frame[frame["model"] == "lstm"].groupby("symbol"):
        history = source.history(Symbol(str(symbol)), pd.Timestamp("2199-12-31").date())
        parts.append(pd.DataFrame(_cases(rows, history)))
    cases = pd.concat(parts, ignore_index=True)
    tables = {event: reliability(cases[cases["event"] == event]) for event in WORDS}
    for event, table in tables.items():
        print(f"{event}: {int(table['cases'].sum()):,} cases\n")
        print(_printed(table))
        of = cases[cases["event"] == event]
        rows = []
        for sessions, some in of.groupby("by"):
            full = reliability(some)
            apart = (full["came true"] - full["said"]).abs()[full["cases"] > FEWEST_CASES]
            rows.append([str(sessions), f"{len(some):,}", f"{apart.max():.3f}", f"{apart.mean():.3f}"])
        print(markdown([f"{event}, by session", "cases", "largest distance of a tenth", "mean distance"], rows))
    if given.picture:
        draw(tables, given.picture)


def _cases(rows: pd.DataFrame, history: PriceHistory) -> Iterator[dict[str, Any]]:
    """What was said and what happened, for each cut-off, price and session."""
    for cutoff, of in rows.sort_values("step").groupby("cutoff"):
        known = history.until(pd.Timestamp(str(cutoff)).date())
        last, past = float(known.adjusted[-1]), past_returns(known)
        fan, closes = of[list(COLUMNS)].to_numpy(float), of["actual"].to_numpy(float)
        (paths,) = joint_paths([fan], [past])
        spread = float(np.std(past.returns[-252:]))
        for sessions in BY:
            ahead, came = paths[:sessions], closes[:sessions]
            for asked in ASKED:
                price = last * float(np.exp(asked * spread * np.sqrt(sessions)))
                above = probability_above(tuple(fan[sessions - 1]), price)
                found = {"cutoff": cutoff, "by": sessions}
                yield {**found, "event": "closes above", "said": above, "true": came[-1] > price}
                if asked > 0.0:
                    said = max(float((ahead.max(axis=0) >= price).mean()), above)
                    yield {**found, "event": "reaches", "said": said, "true": came.max() >= price}
                if asked < 0.0:
                    said = max(float((ahead.min(axis=0) <= price).mean()), 1.0 - above)
                    yield {**found, "event": "reaches", "said": said, "true": came.min() <= price}


def reliability(cases: pd.DataFrame) -> pd.DataFrame:
    """By tenth of what was said: the mean, the share that came true with its 95% bootstrap band, and the cases."""
    tenth = np.minimum((cases["said"] * 10).astype(int), 9)
    true = cases.groupby(["cutoff", tenth])["true"].agg(["sum", "count"]).unstack(fill_value=0)
    sums, counts = true["sum"].to_numpy(float), true["count"].to_numpy(float)
    low, high = ratio_band(sums, counts, block_weights(len(true), BLOCK, DRAWS, SEED))
    said = cases.groupby(tenth)["said"].mean()
    share = cases.groupby(tenth)["true"].mean()
    return pd.DataFrame({"said": said, "came true": share, "low": low, "high": high, "cases": counts.sum(axis=0)})


def _printed(table: pd.DataFrame) -> str:
    rows = [
        [
            f"{10 * tenth} to {10 * tenth + 10}%",
            f"{row['said']:.3f}",
            f"{row['came true']:.3f}",
            f"{row['low']:.3f} to {row['high']:.3f}",
            f"{row['came true'] - row['said']:+.3f}",
            f"{int(row['cases']):,}",
        ]
        for tenth, row in zip(table.index.astype(int), table.to_dict("records"), strict=True)
    ]
    return markdown(["said", "mean", "came true", "95% band", "distance", "cases"], rows)


def draw(tables: dict[str, pd.DataFrame], path: Path) -> None:
    """The reliability diagram: what was said to the right, what came true upwards."""
    with rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 4.4), dpi=DPI, facecolor="white")
        axes = figure.add_subplot()
        axes.plot([0, 100], [0, 100], color=GREY, linestyle=":", linewidth=1.5)
        for (event, (color, marker)), shift in zip(WORDS.items(), (-0.6, 0.6), strict=True):
            table = 100 * tables[event][tables[event]["cases"] > FEWEST_CASES]
            reach: Array = np.abs(table[["low", "high"]].to_numpy(float).T - table["came true"].to_numpy(float))
            at = table["said"].to_numpy(float) + shift
            axes.errorbar(at, table["came true"], yerr=reach, color=color, marker=marker, capsize=3, label=event)
        axes.set(xlabel="probability that was said, %", ylabel="came true, %", xlim=(0, 100), ylim=(0, 100))
        axes.set_title("Odds of prices and what happened", loc="left")
        axes.legend(loc="upper left")
        figure.supxlabel("Dotted: calibrated. Bars: 95% block bootstrap.", fontsize=9, color=GREY, x=0.02, ha="left")
        figure.savefig(path)


if __name__ == "__main__":
    main()
