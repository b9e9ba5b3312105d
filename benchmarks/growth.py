"""Measures what more ETFs cost: processor time, memory and database of the weekly and the daily job.

    python -m benchmarks.growth [--etfs 10 --etfs 100 --etfs 1000] [--workers 2] [--stopped]

Invents a folder of prices (``SimulatedPrices`` with other seeds), retrains all of it as of one session and refreshes it
as of the next five, as the bot's jobs do. ``--stopped`` kills a training half-way with SIGKILL and starts it again.
Prints a table for each. Linux only: memory is read from /proc.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from benchmarks.judging import markdown
from benchmarks.speed import family, measure
from forecasting import Symbol, next_sessions
from forecasting.prices.files.folder import write_folder
from forecasting.prices.sources.simulated import DEFAULT_SEED, SimulatedPrices
from forecasting.universe import VIX

LAST = date(2026, 11, 20)
SPY = Symbol("SPY")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--etfs", type=int, action="append")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--refreshes", type=int, default=5)
    parser.add_argument("--stopped", action="store_true")
    options = parser.parse_args()
    head = ["", "ETFs", "processor s", "per ETF", "s by the clock", "MB", "database, KB per ETF"]
    stops = ["ETFs", "done when killed", "done again", "processor s before", "after", "together, of one whole job"]
    print(markdown(stops if options.stopped else head, []), end="")
    for etfs in options.etfs or [10, 100]:
        with home(etfs) as (prices, folder):
            if options.stopped:
                _print(stopped(prices, folder, options.workers))
            else:
                for cells in grown(prices, folder, options.workers, options.refreshes):
                    _print(cells)


def _print(cells: list[str]) -> None:
    """A row at once: the next one may take an hour."""
    print(f"| {' | '.join(cells)} |", flush=True)


@contextmanager
def home(etfs: int) -> Iterator[tuple[Path, Path]]:
    """A folder of prices, and one for a database and models."""
    with tempfile.TemporaryDirectory() as name:
        prices = Path(name, "prices")
        write_prices(prices, etfs, next_sessions(LAST, 5)[-1])
        yield prices, Path(name)


def write_prices(folder: Path, etfs: int, until: date) -> None:
    """SPY, its VIX, and ETFs of other worlds, so that no two are alike."""
    market = SimulatedPrices()
    write_folder(folder, {symbol: market.history(symbol, until).frame for symbol in (SPY, VIX)})
    worlds = (SimulatedPrices(seed) for seed in range(DEFAULT_SEED + 1, DEFAULT_SEED + 1 + etfs))
    histories = (world.history(symbol, until) for world in worlds for symbol in world.symbols)
    frames = {Symbol(f"E{n:04}"): history.frame for n, history in zip(range(etfs - 1), histories, strict=False)}
    write_folder(folder, frames)


def environment(folder: Path) -> dict[str, str]:
    place = {
        "DATABASE_URL": f"sqlite:///{folder}/forecasts.db",
        "MODEL_DIR": f"{folder}/models",
        "UNIVERSE_ONLY": "SPY",
    }
    return {**os.environ, **place, "JOB_TIME_LIMIT": "10000"}


def command(kind: str, prices: Path, as_of: date, workers: int) -> list[str]:
    symbols = sorted(path.stem for path in prices.glob("*.csv") if path.stem not in {"dividends", VIX})
    start = [sys.executable, "-m", "forecasting", kind, *symbols, "--prices", f"csv:{prices}"]
    return [*start, "--as-of", as_of.isoformat(), "--workers", str(workers), "--json"]


def database(folder: Path) -> float:
    """KB of the database, that of its log included."""
    return sum(path.stat().st_size for path in folder.glob("forecasts.db*")) / 1024


def grown(prices: Path, folder: Path, workers: int, refreshes: int) -> Iterator[list[str]]:
    """A week: a training, and a refresh of each session after it."""
    etfs = len(list(prices.glob("*.csv"))) - 2
    days = [("retrain", LAST), *(("refresh", day) for day in next_sessions(LAST, refreshes))]
    before = 0.0
    for kind, day in days:
        cost = measure(command(kind, prices, day, workers), environment(folder), workers)
        size = database(folder)
        cells = (cost.processor, cost.processor / etfs, cost.wall, cost.memory, (size - before) / etfs)
        before = size
        yield [
            f"{kind} {day}",
            str(etfs),
            *(f"{cell:.2f}" if n == 1 else f"{cell:.0f}" for n, cell in enumerate(cells)),
        ]


def stopped(prices: Path, folder: Path, workers: int) -> list[str]:
    """What a training costs that is killed half-way and started again, beside one that is not."""
    etfs = len(list(prices.glob("*.csv"))) - 2
    killed, done = killed_half_way(command("retrain", prices, LAST, workers), environment(folder), etfs)
    again = measure(command("retrain", prices, LAST, workers), environment(folder), workers)
    whole_home = folder / "whole"
    whole_home.mkdir()
    whole = measure(command("retrain", prices, LAST, workers), environment(whole_home), workers)
    share = (killed + again.processor) / whole.processor
    rest = etfs - done
    return [str(etfs), str(done), str(rest), f"{killed:.0f}", f"{again.processor:.0f}", f"{share:.2f}"]


def killed_half_way(job: list[str], place: dict[str, str], etfs: int) -> tuple[float, int]:
    """Processor seconds until half of the ETFs were done and the job was killed, and how many were."""
    process = subprocess.Popen(job, env=place, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    done = 0
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    for line in process.stdout:
        done += '"stage": "report"' in line
        if done == etfs // 2:
            break
    spent = sum(seconds_of(pid) for pid in family(process.pid))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return spent, done


def seconds_of(pid: int) -> float:
    """Processor seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
