"""A soak: 10,000 simulated weeks of bots, jobs, database, Discord and Yahoo under faults.

    python -m benchmarks.soak                   as long as it takes
    python -m benchmarks.soak --minutes 30      as many as fit

Prints the weeks, the faults and what was tried, what grows, and every seed in which something did not hold. A seed is a
year, so that the record, the models and the bot's tables grow old; ``--per-seed 150`` is as long as there are
prices.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

import click

from tests.support.simulation.seed import simulate

WEEKS_A_SEED = 52


@click.command()
@click.option("--weeks", default=10_000, show_default=True, help="Of all seeds together.")
@click.option("--minutes", type=float, help="Start no further seed after so many.")
@click.option("--first", default=1_000, show_default=True, help="The first seed.")
@click.option("--per-seed", default=WEEKS_A_SEED, show_default=True, help="Weeks of a seed.")
@click.option("--workers", default=2, show_default=True, help="Processes.")
def main(weeks: int, minutes: float | None, first: int, per_seed: int, workers: int) -> None:
    """Simulate weeks under faults. Exit code 1 if an invariant does not hold."""
    began = time.monotonic()
    counts: Counter[str] = Counter()
    broken = []
    done = 0
    waiting = iter(range(first, first + -(-weeks // per_seed)))
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        running = {pool.submit(simulate, seed, per_seed) for seed, _ in zip(waiting, range(workers), strict=False)}
        while running:
            ended = next(as_completed(running))
            running.remove(ended)
            outcome = ended.result()
            done += per_seed
            counts += outcome.counts
            if outcome.failure is not None or outcome.unexplained:
                broken.append(outcome.seed)
                print(f"seed {outcome.seed}: {outcome.failure or outcome.unexplained}", flush=True)
            print("\n".join(f"seed {outcome.seed}, {line}" for line in outcome.growth), flush=True)
            passed = (time.monotonic() - began) / 60
            print(f"{done} weeks in {passed:.1f} minutes", flush=True)
            if (minutes is None or passed < minutes) and (seed := next(waiting, None)) is not None:
                running.add(pool.submit(simulate, seed, per_seed))
    for what, number in sorted(counts.items()):
        print(f"{number:8d}  {what}")
    print(f"{done} weeks, broken seeds: {broken or 'none'}")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "benchmarks.soak", *sys.argv[1:]])
    main()
