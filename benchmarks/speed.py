"""Measures time and memory of a retrain, and prints a table.

    python benchmarks/speed.py --prices FOLDER [--symbols SPY] [--symbols ALL] [--workers N]

Runs ``etf-forecast retrain`` as an operator would, with a new database and model folder, on as many cores as workers.
Linux only: memory is read from /proc.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

POLL_SECONDS: Final = 0.1
ALL: Final = "ALL"


@dataclass(frozen=True)
class Usage:
    """Cost of a job: wall-clock seconds, processor seconds, and the peak memory of all its processes together, MB."""

    wall: float
    processor: float
    memory: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prices", type=Path, required=True)
    parser.add_argument("--symbols", action="append", help="an ETF, several separated by spaces, or ALL; repeatable")
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    print("| retrain | ETFs in the folder | workers | seconds | processor seconds | MB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    known = sorted(path.stem for path in given.prices.glob("*.csv") if path.stem not in {"dividends", "^VIX"})
    for text in given.symbols or ["SPY"]:
        symbols = known if text == ALL else text.split()
        usage = retrain(given.prices, symbols, given.workers)
        name = f"all {len(known)}" if text == ALL else text
        cells = (name, len(known), given.workers, *(f"{x:.0f}" for x in (usage.wall, usage.processor, usage.memory)))
        print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def retrain(prices: Path, symbols: list[str], workers: int) -> Usage:
    """Retrain ``symbols`` from the folder, on the first ``workers`` cores."""
    with tempfile.TemporaryDirectory() as folder:
        place = {"DATABASE_URL": f"sqlite:///{folder}/forecasts.db", "MODEL_DIR": f"{folder}/models"}
        command = [sys.executable, "-m", "forecasting", "retrain", *symbols, "--prices", f"csv:{prices.absolute()}"]
        return measure([*command, "--workers", str(workers)], {**os.environ, **place}, workers)


def measure(command: list[str], environment: dict[str, str], cores: int) -> Usage:
    """Run ``command`` on the first ``cores`` cores and watch it.

    Raises:
        RuntimeError: it failed. A job that refused the prices of some ETFs and did the others (1) has not.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    allowed = sorted(os.sched_getaffinity(0))[:cores]
    job = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    os.sched_setaffinity(job.pid, allowed)  # its children inherit it
    most = 0.0
    while True:
        try:
            _, errors = job.communicate(timeout=POLL_SECONDS)
            break
        except subprocess.TimeoutExpired:
            most = max(most, sum(resident(pid) for pid in family(job.pid)))
    wall = time.monotonic() - started
    if job.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(command)} failed: {errors.decode()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Usage(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, most)


def family(pid: int) -> Iterator[int]:
    """A process and all its descendants."""
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:  # it has ended
        return
    for child in children:
        yield from family(int(child))


def resident(pid: int) -> float:
    """Memory of a process in MB; a page shared by n processes counts 1/n."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has ended
        return 0.0
    return sum(float(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024.0


if __name__ == "__main__":
    main()
