"""Measures what a second worker of a Dask cluster gains. Prints a table.

    python -m benchmarks.cluster [--prices FOLDER]

Scheduler, workers and job are processes of this machine, and each worker has a core, which it shares with the others of
these. All ETFs of the folder are trained, or else the simulated ones.
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
from typing import Final

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
    print(f"| a training of {len(symbols)} ETFs | seconds |\n| --- | ---: |")
    taken = []
    for count in (1, 2):
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            place = Path(folder)
            address = stack.enter_context(_dask(r"Scheduler at: +(tcp://\S+)", "scheduler", "--port", "0"))
            for core in cores[:count]:
                name = ("--nthreads", "1", "--no-nanny", "--local-directory", folder)
                stack.enter_context(_dask("(Registered) to", "worker", address, *name, core=core))
            facts = {"DATABASE_URL": f"sqlite:///{place}/bot.db", "MODEL_DIR": f"{place}/models", "UNIVERSE_ONLY": ""}
            facts |= {"PRICES": prices, "UNIVERSE": ",".join(symbols)}
            command = [sys.executable, "-m", "forecasting", "retrain", *symbols, "--cluster", address, "--json"]
            begun = time.perf_counter()
            subprocess.run(command, env=os.environ | ONE_THREAD | facts, check=True, capture_output=True)
            taken.append(time.perf_counter() - begun)
        print(f"| {count} worker{'s' if count > 1 else ''} | {taken[-1]:.1f} |", flush=True)
    print(f"\nTwo are {taken[0] / taken[1]:.2f} times faster than one.")


@contextmanager
def _dask(ready: str, *words: str, core: int | None = None) -> Iterator[str]:
    """``dask`` with these words, once it has printed what ``ready`` matches; gives the group of the match."""
    pinned = [] if core is None else ["taskset", "--cpu-list", str(core)]
    command = [*pinned, sys.executable, "-m", "dask", *words, "--host", "127.0.0.1", "--no-dashboard"]
    process = subprocess.Popen(command, env=os.environ | ONE_THREAD, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None  # noqa: S101 - it was asked for
        yield next(found[1] for line in process.stderr if (found := re.search(ready, line)))
    finally:
        process.terminate()
        process.communicate()


if __name__ == "__main__":
    main()
