"""Compares our forecasts with those of other libraries (requirements.txt): one judge, one table.

    python -m benchmarks.peers --prices FOLDER --judge FOLDER/score.py --python .venv-peers/bin/python [--vix FILE]

``make peers`` installs the peers' environment and calls this. Models run one after the other, each in its own process,
and their frames are kept in the folder of ``--out``: an interrupted run continues where it ended. ``--again NAME``
replaces a kept frame. Frames kept from an earlier call are named under the table.
"""

from __future__ import annotations

import argparse
import time
from datetime import date
from pathlib import Path

import pandas as pd

from benchmarks.judging import EVERY, FOLDS, Protocol, prices_with_vix
from benchmarks.peers import runs, table
from benchmarks.peers.peer import PEERS
from benchmarks.peers.task import Question, Task
from forecasting.cli.context import last_known_session
from forecasting.evaluation.walk_forward import fold_cutoffs, walk_forward
from forecasting.model.baselines import RandomWalk
from forecasting.prices.history import Panel
from forecasting.prices.sources.csv import CsvPrices
from forecasting.quantiles import COLUMNS, HORIZON, LEVELS
from forecasting.universe import Symbol

SYMBOLS = "SPY,ARKK,TLT,XLE,HYG,FXI,GLD,EWZ"
"""US stocks, a theme, long bonds, a sector, high-yield bonds, two countries, gold."""

ROOT = Path(__file__).parents[2]


def main() -> None:
    given = _parser().parse_args()
    symbols = tuple(given.symbols.split(","))
    folds = tuple(date.fromisoformat(day) for day in given.folds.split(","))
    panel = panel_of(given.prices, symbols)
    task = task_of(given.prices, panel, folds, given.every, given.vix)
    runs.same_task(given.out, task)
    started = time.monotonic()
    outcomes = walk_forward(RandomWalk(), panel, folds, given.every)
    done = [_peer(given, name, outcomes) for name in PEERS]
    done += [_lent(given, symbols) if given.own else _own(given, "own", symbols), _own(given, "own-few", symbols)]
    minutes = (time.monotonic() - started) / 60
    frame = pd.concat([each.frame(given.out) for each in done], ignore_index=True)
    frame.to_csv(given.out / "all.csv.gz", index=False, date_format="%Y-%m-%d")
    print(table.heading(frame, given.folds, given.every))
    print(table.scores(frame, done, Protocol(given.judge, given.prices, given.folds, given.every)))
    print(table.doubt(frame, given.prices, HORIZON // given.every))
    print(table.origin(done, minutes))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prices", type=Path, required=True)
    parser.add_argument("--judge", type=Path, required=True)
    parser.add_argument("--python", type=Path, required=True, help="the Python of the peers' environment")
    parser.add_argument("--our-python", type=Path, default=Path(".venv/bin/python"))
    parser.add_argument(
        "--vix", type=Path, help="daily VIX, with the columns DATE and CLOSE; our models use it, and peers that can"
    )
    parser.add_argument("--symbols", default=SYMBOLS)
    parser.add_argument("--folds", default=FOLDS)
    parser.add_argument("--every", type=int, default=EVERY)
    parser.add_argument("--out", type=Path, default=Path("var/peers"))
    parser.add_argument(
        "--own", type=Path, help="frame of a full benchmark that has our forecasts; their costs are then unknown"
    )
    again = (*PEERS, "own", "own-few")
    parser.add_argument(
        "--again", nargs="+", choices=again, default=(), help="run these again although their frames are kept"
    )
    return parser


def panel_of(prices: Path, symbols: tuple[str, ...]) -> Panel:
    """Their histories as the files have them."""
    source = CsvPrices(prices, as_written=True)  # the cut-offs that the judge counts in the same files
    until = last_known_session(None, source.name)
    return Panel([source.history(Symbol(symbol), until) for symbol in symbols])


def task_of(prices: Path, panel: Panel, folds: tuple[date, ...], every: int, vix: Path | None = None) -> Task:
    """The folds and cut-offs that each model is asked for."""
    questions = []
    for fold in fold_cutoffs(panel, folds, every, tuple(panel)):
        days: dict[str, tuple[str, ...]] = {}
        for symbol, day in fold.cutoffs:
            days[symbol] = (*days.get(symbol, ()), day.isoformat())
        questions.append(Question(fold.start.isoformat(), days))
    market = str(vix.resolve()) if vix else ""
    return Task(str(prices.resolve()), HORIZON, LEVELS, COLUMNS, tuple(questions), market)


def _peer(given: argparse.Namespace, name: str, outcomes: pd.DataFrame) -> runs.Kept:
    folder = given.out
    found = runs.kept(folder, name)
    if found and name not in given.again:
        return found
    half, said = folder / f"half-{name}.csv", folder / f"half-{name}.json"
    command = [given.python, "-m", "benchmarks.peers.peer", name, folder / "task.json", half, said]
    done = runs.run(folder, name, command, {"PYTHONPATH": str(ROOT)})
    quantiles = pd.read_csv(half, parse_dates=["cutoff"])
    runs.keep(folder, done, runs.meet(quantiles, name, outcomes))
    return done


def _own(given: argparse.Namespace, name: str, symbols: tuple[str, ...]) -> runs.Kept:
    """Our program as people call it: on the whole folder with all baselines, or on the compared ETFs only."""
    folder, few = given.out, name == "own-few"
    found = runs.kept(folder, name)
    if found and name not in given.again:
        return found
    prices = few_prices(given.prices, folder / "few", symbols) if few else given.prices
    half = folder / f"half-{name}.csv"
    options = ["--folds", given.folds, "--every", str(given.every), "--out", half, "--workers", "1"]
    options += ["--models", "lstm,har"] if few else []
    with prices_with_vix(prices, given.vix) as seen:
        command = [given.our_python, "-m", "forecasting", "backtest", *symbols, "--prices", f"csv:{seen}", *options]
        done = runs.run(folder, name, command, {"PYTHONPATH": str(ROOT)})
    frame = pd.read_csv(half, parse_dates=["cutoff", "session"])
    runs.keep(folder, done, frame.assign(model=frame["model"] + table.FEW) if few else frame)
    return done


def _lent(given: argparse.Namespace, symbols: tuple[str, ...]) -> runs.Kept:
    """Our forecasts from the frame of a full benchmark; same prices, folds and seeds give the same rows."""
    full = pd.read_csv(given.own, parse_dates=["cutoff", "session"])
    done = runs.lent("own", given.own)
    runs.keep(given.out, done, full[full["symbol"].isin(symbols)])
    return done


def few_prices(prices: Path, folder: Path, symbols: tuple[str, ...]) -> Path:
    """A folder with only the compared ETFs, because our model learns from all that a folder holds."""
    folder.mkdir(exist_ok=True)
    for symbol in symbols:
        link = folder / f"{symbol}.csv"
        link.unlink(missing_ok=True)
        link.symlink_to((prices / f"{symbol}.csv").resolve())
    return folder


if __name__ == "__main__":
    main()
