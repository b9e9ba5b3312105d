"""``etf-bot run`` against the stand-in at STAND_IN, which tells how long its event loop stood still.

On SIGUSR1 it writes the longest pause since the last time, in milliseconds, into the file STALLS.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path
from typing import Final

import bot.__main__ as program
from bot.client import ForecastBot
from standin import redirected

EVERY: Final = 0.005
"""Seconds between two looks at the clock: shorter pauses are not seen."""


class WatchedBot(ForecastBot):
    """The bot with a task that notes when it is late."""

    async def setup_hook(self) -> None:
        await super().setup_hook()
        self._watch = asyncio.create_task(_watch())


async def _watch() -> None:
    longest = 0.0

    def write() -> None:
        nonlocal longest
        file = Path(os.environ["STALLS"])
        file.with_suffix(".new").write_text(f"{1000 * longest:.1f}")
        file.with_suffix(".new").replace(file)
        longest = 0.0

    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, write)
    while True:
        before = time.perf_counter()
        await asyncio.sleep(EVERY)
        longest = max(longest, time.perf_counter() - before - EVERY)


if __name__ == "__main__":
    import bot.client

    bot.client.ForecastBot = WatchedBot  # type: ignore[misc]  # build_bot makes this one
    with redirected(os.environ["STAND_IN"]):
        program.main(prog_name="etf-bot")
