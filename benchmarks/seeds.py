"""Measures how much the random seed matters: walk-forward of the LSTM alone, once per seed.

python -m benchmarks.seeds --prices FOLDER --judge FOLDER/score.py --seed 2 --seed 3 [--workers N]
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

import pandas as pd

from benchmarks.judging import Protocol, judge, markdown, mean_of
from forecasting.cli.context import last_known_session
from forecasting.cli.progress import listening
from forecasting.job.backtest import run_backtest
from forecasting.job.workers import worker_pool
from forecasting.model.lifecycle import SEED
from forecasting.prices.loading import load_panel, panel_symbols
from forecasting.prices.sources.registry import open_source
from forecasting.universe import Universe

METRICS = ("pinball_skill", "mae_skill", "cover80", "cover95")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prices", type=Path, required=True)
    parser.add_argument("--judge", type=Path, required=True)
    parser.add_argument("--seed", type=int, action="append", help=f"repeatable; jobs use {SEED}")
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    protocol = Protocol(given.judge, given.prices)
    rows = []
    for seed in given.seed or [SEED]:
        judged = judge(walk_with(seed, protocol, given.workers), protocol)
        rows.append([str(seed), *(f"{mean_of(judged, metric):.4f}" for metric in METRICS)])
        print(rows[-1], flush=True)
    print(markdown(["seed", "pinball skill", "MAE skill", "80%", "95%"], rows))


def walk_with(seed: int, protocol: Protocol, workers: int) -> pd.DataFrame:
    """The walk-forward frame of ``lstm`` with another seed, otherwise as in ``etf-forecast backtest``."""
    source = open_source(f"csv:{protocol.prices}", as_written=True)
    symbols = panel_symbols(source, Universe.parse(""))
    panel, _ = load_panel(source, symbols, last_known_session(None, source.name), gated=False)
    folds = tuple(map(date.fromisoformat, protocol.folds.split(",")))
    with worker_pool(workers) as executor, listening(as_json=False, stages=("backtest",)) as listener:
        frame, failed = run_backtest(
            executor, panel, tuple(panel), folds, protocol.every, ("lstm",), listener, seed=seed
        )
    if failed:
        raise SystemExit(f"{failed[0].symbol}: {failed[0].message}")
    return frame


if __name__ == "__main__":
    main()
