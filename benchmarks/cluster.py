"""Measures what a second worker of a Dask cluster gains. Prints a table.

    python -m benchmarks.cluster [--prices FOLDER]

Scheduler, workers and job are processes of this machine, and each worker has a core, which it shares with the others.
So the last column adds up what would take as long on hosts of their own: what the job computes before its workers can
begin, and what each worker computes if equally fast ones share the tasks evenly, as they do but for the last task. All
ETFs of the folder are trained, or else the simulated ones. Linux only.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import psutil

from forecasting.prices.sources.csv import CsvPrices
from forecasting.prices.sources.simulated import SimulatedPrices

ONE_THREAD: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prices", type=Path, help="a folder of CSV files")
    folder_of_prices = parser.parse_args().prices
    source = SimulatedPrices() if folder_of_prices is None else CsvPrices(folder_of_prices)
    symbols, prices = source.symbols, "simulated" if folder_of_prices is None else f"csv:{folder_of_prices.absolute()}"
    cores = sorted(os.sched_getaffinity(0))[:2]
    print(HEADER)
    taken, apart = [], []
    for count in (1, 2):
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            place = Path(folder)
            scheduler, address = stack.enter_context(_dask(r"Scheduler at: +(tcp://\S+)", "scheduler", "--port", "0"))
            name = ("worker", address, "--nthreads", "1", "--no-nanny", "--local-directory", folder)
            workers = [stack.enter_context(_dask("(Registered) to", *name, core=core))[0] for core in cores[:count]]
            loaded = sum(map(_processor, workers))
            facts = {"DATABASE_URL": f"sqlite:///{place}/bot.db", "MODEL_DIR": f"{place}/models", "UNIVERSE_ONLY": ""}
            facts |= {"PRICES": prices, "UNIVERSE": ",".join(symbols)}
            command = [sys.executable, "-m", "forecasting", "retrain", *symbols, "--cluster", address, "--json"]
            begun, alone, job = time.perf_counter(), 0.0, 0.0
            with subprocess.Popen(
                command, env=os.environ | ONE_THREAD | facts, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            ) as process:
                assert process.stdout is not None  # noqa: S101 - it was asked for
                for line in process.stdout:
                    job = _processor(process)
                    alone = alone or (job if b'"backtest"' in line else 0.0)
            if process.returncode:
                raise SystemExit(f"The training failed: {process.returncode}")
            taken.append(time.perf_counter() - begun)
            busy = [_processor(worker) for worker in workers]
            apart.append(alone + (sum(busy) - loaded) / count)
            cells = f"{taken[-1]:.1f} | {alone:.1f} | {job - alone:.1f} | {_processor(scheduler):.1f}"
            print(f"| {count} | {cells} | {' + '.join(f'{each:.1f}' for each in busy)} | {apart[-1]:.1f} |", flush=True)
    print(f"\nTwo are {taken[0] / taken[1]:.2f} times faster than one here, and {apart[0] / apart[1]:.2f} times apart.")


HEADER: Final = (
    "| workers | seconds by the clock | processor s of the job before any task is done | afterwards | of the scheduler "
    "| of the workers | seconds if each process had a core of its own |\n"
    "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)


def _processor(process: subprocess.Popen[Any]) -> float:
    """Seconds that it has computed so far."""
    times = psutil.Process(process.pid).cpu_times()
    return float(times.user + times.system)


@contextmanager
def _dask(ready: str, *words: str, core: int | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """``dask`` with these words, once it has printed what ``ready`` matches, and the group of the match."""
    pinned = [] if core is None else ["taskset", "--cpu-list", str(core)]
    command = [*pinned, sys.executable, "-m", "dask", *words, "--host", "127.0.0.1", "--no-dashboard"]
    process = subprocess.Popen(command, env=os.environ | ONE_THREAD, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None  # noqa: S101 - it was asked for
        yield process, next(found[1] for line in process.stderr if (found := re.search(ready, line)))
    finally:
        process.terminate()
        process.communicate()


if __name__ == "__main__":
    main()
