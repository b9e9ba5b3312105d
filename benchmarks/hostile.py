"""Hostile values for every option of every command, thousands each: ``python -m benchmarks.hostile --values 10000``.

Prints, for each option, how many values it was given and how many of them led to a traceback, a ping, a statement with
the value in it, or no answer. The exit code is 1 if any did.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.support.bot_env import bot_env
from tests.support.hostile import probe, probes, seeded, watched


async def ask(values: int, seed: int, folder: Path) -> int:
    """How many values led to what they must not."""
    wrong = 0
    with pytest.MonkeyPatch.context() as monkeypatch:
        async with bot_env(folder, monkeypatch) as env:
            env.publish()
            async with env.discord.running(env.bot()):
                for number, option in enumerate(probes(env)):
                    start = time.monotonic()
                    with watched() as seen:
                        await probe(env, option, values, seeded(seed + number), seen)
                    wrong += len(seen.found)
                    print(f"{option}: {values} values, {len(seen.found)} wrong, {time.monotonic() - start:.0f} s")
                    for what in dict.fromkeys(seen.found[:5]):
                        print(f"    {what}")
                    sys.stdout.flush()
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--values", type=int, default=10_000, help="values for each option")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same values")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wrong = asyncio.run(ask(given.values, given.seed, Path(folder)))
    print(f"{wrong} values led to a traceback, a ping, a statement with them in it, or no answer. Seed {given.seed}.")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
