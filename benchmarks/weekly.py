"""Compares the whole weekly job with neuralforecast's LSTM at its defaults: cost, and pinball loss on the same walk.

    python -m benchmarks.weekly --prices FOLDER --judge FOLDER/score.py --python .venv-peers/bin/python \\
        [--symbols SPY,ARKK,FNGU] [--as-of 2024-12-31]

``make peers`` makes the other environment. One thread each, one after the other. Ours is ``etf-forecast retrain`` as
the bot starts it, with everything that it does; theirs is a fit for each fold of the same backtest and its forecasts,
but neither the fit on everything nor reports and pictures. Both learn from these ETFs alone.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import date
from pathlib import Path

import pandas as pd

from benchmarks.judging import EVERY, Protocol, judge, markdown, mean_of
from benchmarks.peers import runs
from benchmarks.peers.__main__ import ROOT, few_prices, panel_of, task_of
from benchmarks.speed import retrain
from forecasting.evaluation.walk_forward import walk_forward
from forecasting.model.baselines import RandomWalk
from forecasting.model.lifecycle import report_folds

PEER = "default LSTM"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prices", type=Path, required=True)
    parser.add_argument("--judge", type=Path, required=True)
    parser.add_argument("--python", type=Path, required=True, help="the Python of the peers' environment")
    parser.add_argument("--our-python", type=Path, default=Path(".venv/bin/python"))
    parser.add_argument("--symbols", default="SPY,ARKK,FNGU")
    parser.add_argument("--as-of", type=date.fromisoformat, default=date(2024, 12, 31))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        compare(given, Path(name), tuple(given.symbols.split(",")))


def compare(given: argparse.Namespace, folder: Path, symbols: tuple[str, ...]) -> None:
    folds = report_folds(given.as_of)
    said = ",".join(day.isoformat() for day in folds)
    prices = few_prices(given.prices, folder / "few", symbols)
    panel = panel_of(prices, symbols)
    task = task_of(prices, panel, folds, EVERY)
    runs.same_task(folder, task)

    job = retrain(prices, list(symbols), workers=1)
    half = folder / "half-ours.csv"
    options = ["--folds", said, "--every", str(EVERY), "--out", half, "--workers", "1", "--models", "lstm"]
    command = [given.our_python, "-m", "forecasting", "backtest", *symbols, "--prices", f"csv:{prices}", *options]
    walk = runs.run(folder, "ours", command, {"PYTHONPATH": str(ROOT)})
    ours = pd.read_csv(half, parse_dates=["cutoff", "session"])

    half, costs = folder / "half-theirs.csv", folder / "half-theirs.json"
    command = [given.python, "-m", "benchmarks.peers.peer", PEER, folder / "task.json", half, costs]
    peer = runs.run(folder, "theirs", command, {"PYTHONPATH": str(ROOT)})
    outcomes = walk_forward(RandomWalk(), panel, folds, EVERY)
    theirs = runs.meet(pd.read_csv(half, parse_dates=["cutoff"]), PEER, outcomes)

    protocol = Protocol(given.judge, prices, said)
    rows = []
    for label, seconds, frame in (
        ("the whole weekly job", job.processor, ours),
        ("our walk alone (`backtest`)", walk.processor_seconds, ours),
        (f"neuralforecast, {PEER}, the walk", peer.processor_seconds, theirs),
    ):
        judged = judge(frame, protocol)
        skill, cover = mean_of(judged, "pinball_skill"), mean_of(judged, "cover80")
        times = peer.processor_seconds / seconds
        rows.append([label, f"{seconds:.1f}", f"{times:.1f}", f"{skill:.4f}", f"{cover:.3f}"])
    print(f"{', '.join(symbols)}; folds {said}, a forecast every {EVERY} sessions.\n")
    print(markdown(["", "processor seconds", "times cheaper", "pinball skill against no change", "80%"], rows))


if __name__ == "__main__":
    main()
