"""Hostile values for every option of every command, thousands each: ``python -m benchmarks.hostile --values 10000``.

Prints, for each option, how many values it was given, how many of them led to a traceback, a ping, a statement with the
value in it, or no answer, and the processor's seconds. The exit code is 1 if any did. All values go the whole way: from
the stand-in's gateway through discord.py and the command tree to the command and its answer.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest

from tests.support.bot_env import bot_env
from tests.support.hostile import probe, probes, seeded, watched


async def ask(values: int, seed: int, folder: Path, part: slice) -> tuple[int, int]:
    """How many values a part of the options got, and how many led to what they must not."""
    tried = wrong = 0
    with pytest.MonkeyPatch.context() as monkeypatch:
        async with bot_env(folder, monkeypatch) as env:
            env.publish()
            async with env.discord.running(env.bot()):
                for number, option in list(enumerate(probes(env)))[part]:
                    start = time.process_time()
                    with watched() as seen:
                        await probe(env, option, values, seeded(seed + number), seen)
                    tried += values
                    wrong += len(seen.found)
                    print(f"{option}: {values} values, {len(seen.found)} wrong, {time.process_time() - start:.0f} s")
                    for what in dict.fromkeys(seen.found[:5]):
                        print(f"    {what}")
                    sys.stdout.flush()
    return tried, wrong


def run(values: int, seed: int, part: slice) -> tuple[int, int]:
    """The same, with a bot and a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(ask(values, seed, Path(folder), part))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--values", type=int, default=10_000, help="values for each option")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same values")
    parser.add_argument("--workers", type=int, default=2, help="processes, each with a bot of its own")
    given = parser.parse_args()
    parts = [slice(start, None, given.workers) for start in range(given.workers)]
    with ProcessPoolExecutor(given.workers, get_context("spawn")) as pool:
        came = list(pool.map(partial(run, given.values, given.seed), parts))
    tried, wrong = map(sum, zip(*came, strict=True))
    led = "led to a traceback, a ping, a statement with them in it, or no answer"
    print(f"{wrong} of {tried} values {led}. Seed {given.seed}.")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
