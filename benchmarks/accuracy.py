"""Compares the forecasts with their baselines on a folder of real prices: the judge's table, more tables, pictures.

    python benchmarks/accuracy.py --prices FOLDER --judge FOLDER/score.py [--vix FILE] [--frame FRAME.csv.gz]
                                  [--pictures FOLDER]

Runs ``etf-forecast backtest`` over every ETF of the folder, unless the frame of an earlier run is given.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd

from benchmarks import evidence, pictures, tables
from benchmarks.judging import EVERY, FOLDS, Protocol, judge, prices_with_vix
from forecasting.models import MODELS
from forecasting.quantiles import HORIZON


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prices", type=Path, required=True)
    parser.add_argument("--judge", type=Path, required=True)
    parser.add_argument("--vix", type=Path, help="daily VIX, with the columns DATE and CLOSE; the models use it")
    parser.add_argument("--folds", default=FOLDS)
    parser.add_argument("--every", type=int, default=EVERY)
    parser.add_argument("--frame", type=Path, help="the frame of an earlier backtest, used instead of a new one")
    parser.add_argument("--out", type=Path, default=Path("var/benchmark.csv.gz"))
    parser.add_argument("--pictures", type=Path, help="folder for the pictures of docs/model.md")
    given = parser.parse_args()
    protocol = Protocol(given.judge, given.prices, given.folds, given.every)
    frame = pd.read_csv(given.frame or run_backtest(protocol, given.vix, given.out), parse_dates=["cutoff", "session"])
    print(f"{frame['symbol'].nunique()} ETFs, folds {given.folds}, a forecast every {given.every} sessions\n")
    print(tables.skills({model: judge(frame[frame["model"] == model], protocol) for model in MODELS}))
    losses = evidence.with_losses(frame, given.prices)
    ours = losses[losses["model"] == "lstm"]
    covered = evidence.coverage(ours, ours["step"])
    print(tables.against(losses))
    print(tables.doubt(evidence.rivals(losses, HORIZON // given.every)))
    print(tables.steps(losses, covered))
    print(tables.terciles(ours, given.prices))
    print(tables.pit(ours))
    if given.pictures:
        for path in pictures.draw_all(losses, covered, given.prices, given.pictures):
            print(path)


def run_backtest(protocol: Protocol, vix: Path | None, out: Path) -> Path:
    symbols = sorted(path.stem for path in protocol.prices.glob("*.csv") if path.stem != "dividends")
    out.parent.mkdir(parents=True, exist_ok=True)
    options = ["--folds", protocol.folds, "--every", str(protocol.every), "--out", str(out)]
    started = time.monotonic()
    with prices_with_vix(protocol.prices, vix) as folder:
        command = [sys.executable, "-m", "forecasting", "backtest", *symbols, "--prices", f"csv:{folder}"]
        subprocess.run([*command, *options], check=True)
    print(f"backtest: {(time.monotonic() - started) / 60:.1f} minutes\n")
    return out


if __name__ == "__main__":
    main()
