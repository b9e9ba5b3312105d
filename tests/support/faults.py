"""What ``make test-faults`` and ``make test-kills`` run: seeds of the simulator, and kills of real processes.

python -m tests.support.faults seeds --count 200 --weeks 12
python -m tests.support.faults seeds --first 17 --count 1 --trace what-happened.txt
python -m tests.support.faults defects --count 20
python -m tests.support.faults kills fetch retrain post migrate backup --count 100
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import click

from tests.support import kills as victims
from tests.support.simulation.defects import DEFECTS
from tests.support.simulation.seed import timed

FETCH = "fetch"


@click.group()
def main() -> None:
    """Break things, and see that nothing is lost or doubled."""


@main.command()
@click.option("--count", default=10, show_default=True, help="Seeds.")
@click.option("--first", default=1, show_default=True, help="The first one.")
@click.option("--weeks", default=12, show_default=True, help="Of each seed.")
@click.option("--per-week", default=3.0, show_default=True, help="Faults.")
@click.option("--workers", default=2, show_default=True, help="Processes.")
@click.option("--trace", type=click.Path(path_type=Path), help="A file for all that happened in the first seed.")
def seeds(count: int, first: int, weeks: int, per_week: float, workers: int, trace: Path | None) -> None:
    """Simulate bots, jobs, database, Discord and Yahoo. Exit code 1 if an invariant does not hold."""
    began = time.perf_counter()
    counts: Counter[str] = Counter()
    broken = []
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        run = partial(timed, weeks=weeks, per_week=per_week)
        for outcome, seconds in pool.map(run, range(first, first + count)):
            counts += outcome.counts
            verdict = outcome.failure or "holds"
            print(f"seed {outcome.seed:5d}  {weeks} weeks  {seconds:6.1f} s  {outcome.digest}  {verdict}", flush=True)
            for line in outcome.unexplained:
                print(f"    a traceback in the log: {line}", flush=True)
            if outcome.failure is not None or outcome.unexplained:
                broken.append(outcome.seed)
            if trace is not None and outcome.seed == first:
                trace.write_text("\n".join(outcome.trace) + "\n")
    for what, number in sorted(counts.items()):
        print(f"{number:8d}  {what}")
    print(f"{count} seeds of {weeks} weeks in {time.perf_counter() - began:.0f} s, broken: {broken or 'none'}")
    sys.exit(1 if broken else 0)


@main.command()
@click.option("--count", default=20, show_default=True, help="Seeds at most for each.")
@click.option("--weeks", default=12, show_default=True, help="Of each seed.")
def defects(count: int, weeks: int) -> None:
    """Plant defects into the bot, one after the other. Exit code 1 if no seed finds one of them."""
    missed = False
    for name, plant in DEFECTS.items():
        for seed in range(1, count + 1):
            with plant():
                failure = timed(seed, weeks, 3.0)[0].failure
            if failure is not None:
                print(f"{name}: found by seed {seed}: {failure.splitlines()[0]}", flush=True)
                break
        else:
            missed = True
            print(f"{name}: not found by seeds 1 to {count}", flush=True)
    sys.exit(1 if missed else 0)


@main.command()
@click.argument("kinds", nargs=-1, type=click.Choice([FETCH, *victims.KILLS]))
@click.option("--count", default=100, show_default=True, help="Kills of each kind.")
def kills(kinds: tuple[str, ...], count: int) -> None:
    """Kill real processes by SIGKILL. A traceback and exit code 1 if something is lost or doubled."""
    for kind in kinds or (FETCH, *victims.KILLS):
        began = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="kills-") as folder:
            if kind == FETCH:
                program = [sys.executable, "-m", "tests.support.killed_fetches", folder, str(count)]
                said = subprocess.run(program, check=True, capture_output=True, text=True).stdout.strip()
            else:
                said = str(asyncio.run(victims.KILLS[kind](Path(folder), count)))
        print(f"{kind}: {said}, nothing lost or doubled, in {time.perf_counter() - began:.0f} s", flush=True)


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":  # sets of strings have an order of their own in every process
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "tests.support.faults", *sys.argv[1:]])
    main()
