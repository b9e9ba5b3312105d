"""Measures how fast the bot answers while many members ask, and what it costs. Prints a table.

    python -m benchmarks.answers [--seconds 30] [--commands 20000]

Members and Discord's stand-in are this process, the bot is another one, and the retrain that runs beside it in some
rows is a third with two workers. Prices are simulated. Linux only: memory and processor time are read from /proc.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Final

import numpy as np

from standin import Exchange, Guild, Member, StandIn

SYMBOLS: Final = ("SPY", "ARKK", "FNGU")
MEMBERS: Final = 800
"""A member may ask ten times in half a minute."""
RATE: Final = 20.0
AT_ONCE: Final = 200
TICKS: Final = os.sysconf("SC_CLK_TCK")
UNKNOWN_INTERACTION: Final = 10062
PATIENCE: Final = 120.0


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30.0, help="of each row at a steady rate")
    parser.add_argument("--commands", type=int, default=0, help="of the row that looks for growing memory; 0: no row")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        retrain = await asyncio.create_subprocess_exec(
            *job(place / "bot"), env=environment(place / "bot"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        await retrain.wait()
        async with StandIn() as discord:
            club = discord.add_guild("Club")
            members = cycle([club.add_member(f"member{n}") for n in range(MEMBERS)])
            async with running(discord, place / "bot") as bot:
                print(f"Ready after {bot.ready_after:.1f} s, idle with {bot.memory:.0f} MB.\n")
                load = Load(discord, club, members, bot)
                print(HEADER)
                count = int(RATE * given.seconds)
                print((await load.at_a_rate(count, RATE)).row(f"{RATE:.0f} a second"), flush=True)
                print((await load.at_a_rate(AT_ONCE, None)).row(f"{AT_ONCE} at once"), flush=True)
                with _retraining(place / "job"):
                    print((await load.at_a_rate(count, RATE)).row(f"{RATE:.0f} a second, retrain"), flush=True)
                    print((await load.at_a_rate(AT_ONCE, None)).row(f"{AT_ONCE} at once, retrain"), flush=True)
                if given.commands:
                    print((await load.at_a_rate(given.commands, 80.0)).row(f"{given.commands} at 80 a second"))


HEADER: Final = (
    "| /forecast | first answer p50, ms | p99, ms | slowest, ms | whole answer p95, ms | p99, ms | answered 10062 "
    "| longest pause of the event loop, ms | processor ms an answer | memory before, MB | after, MB |\n"
    "| --- |" + " ---: |" * 10
)


@dataclass
class Measured:
    """What a load came to: seconds of each answer, and what it cost the bot."""

    first: list[float]
    whole: list[float]
    refused: int
    pause: float
    processor: float
    memory: tuple[float, float]

    def row(self, name: str) -> str:
        first, whole = 1000 * np.array(self.first), 1000 * np.array(self.whole)
        facts = (*np.percentile(first, (50, 99)), first.max(), *np.percentile(whole, (95, 99)), self.refused)
        cost = (self.pause, 1000 * self.processor / len(whole))
        cells = [f"{x:.0f}" for x in (*facts, cost[0])] + [f"{cost[1]:.1f}"] + [f"{x:.0f}" for x in self.memory]
        return f"| {name} | " + " | ".join(cells) + " |"


@dataclass
class Bot:
    """The bot's process."""

    pid: int
    ready_after: float
    stalls: Path

    @property
    def memory(self) -> float:
        """Resident, in MB."""
        return self._status("VmRSS:")

    @property
    def peak_memory(self) -> float:
        """The most that was resident so far, in MB."""
        return self._status("VmHWM:")

    def _status(self, name: str) -> float:
        status = Path(f"/proc/{self.pid}/status").read_text()
        return float(status.partition(name)[2].split()[0]) / 1024.0

    @property
    def processor(self) -> float:
        """Seconds so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    async def longest_pause(self) -> float:
        """Of the event loop since the last call, in milliseconds."""
        self.stalls.unlink(missing_ok=True)
        os.kill(self.pid, signal.SIGUSR1)
        while not self.stalls.exists():  # noqa: ASYNC110, another process writes it
            await asyncio.sleep(0.01)
        return float(self.stalls.read_text())


@dataclass
class Load:
    """Members who ask, and the watch that notes when they were answered."""

    discord: StandIn
    club: Guild
    members: Iterator[Member]
    bot: Bot
    _waiting: dict[Exchange, float] = field(default_factory=dict)

    async def at_a_rate(self, count: int, rate: float | None) -> Measured:
        """Ask ``count`` times, ``rate`` a second or all at once, and wait for every answer."""
        await self.bot.longest_pause()
        before, memory = self.bot.processor, self.bot.memory
        self.discord.requests.clear()
        watch = asyncio.create_task(self._watch(count))
        begun = time.perf_counter()
        for number, symbol in zip(range(count), cycle(SYMBOLS), strict=False):
            if rate is not None:
                await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
            exchange = self.discord.begin(self.club.general, next(self.members), f"/forecast {symbol}")
            self._waiting[exchange] = time.perf_counter()
        first, whole = await watch
        refused = sum(
            isinstance(asked.answer, dict) and asked.answer.get("code") == UNKNOWN_INTERACTION
            for asked in self.discord.requests
        )
        pause = await self.bot.longest_pause()
        self.club.general.messages.clear()
        return Measured(first, whole, refused, pause, self.bot.processor - before, (memory, self.bot.memory))

    async def _watch(self, count: int) -> tuple[list[float], list[float]]:
        first: dict[Exchange, float] = {}
        whole: list[float] = []

        def look() -> bool:
            now = time.perf_counter()
            for exchange, asked_at in tuple(self._waiting.items()):
                if exchange.answer_type is not None and exchange not in first:
                    first[exchange] = now - asked_at
                if exchange.answered:
                    whole.append(now - asked_at)
                    del self._waiting[exchange]
            return len(whole) == count

        await self.discord.world.changes.until(look, PATIENCE + count)
        return list(first.values()), whole


@contextlib.asynccontextmanager
async def running(discord: StandIn, place: Path) -> AsyncIterator[Bot]:
    """The bot, ready. Its own jobs are not due today."""
    stalls = place / "stalls"
    far = ("mon", "wed")[time.gmtime().tm_wday == 0]
    more = {"STAND_IN": discord.url, "DISCORD_TOKEN": discord.token, "STALLS": str(stalls), "RETRAIN_DAY": far}
    begun = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.watched_bot", "run", env=environment(place) | more, stderr=subprocess.DEVNULL
    )
    try:
        await discord.world.changes.until(lambda: discord.gateway.connected, PATIENCE)
        ready_after = time.perf_counter() - begun
        await asyncio.sleep(5.0)  # what a start leaves for later
        yield Bot(process.pid, ready_after, stalls)
    finally:
        process.terminate()
        await process.wait()


@contextlib.contextmanager
def _retraining(place: Path) -> Iterator[None]:
    """A retrain on all cores until the block ends."""
    command = f"while true; do {' '.join(job(place))} >/dev/null 2>&1; done"
    loop = subprocess.Popen(["sh", "-c", command], env=environment(place), start_new_session=True)
    time.sleep(5.0)
    try:
        yield
    finally:
        os.killpg(loop.pid, signal.SIGKILL)
        loop.wait()


def job(place: Path) -> list[str]:
    place.mkdir(exist_ok=True)
    return [sys.executable, "-m", "forecasting", "retrain", *SYMBOLS, "--workers", "2", "--json"]


def environment(place: Path) -> dict[str, str]:
    facts = {"DATABASE_URL": f"sqlite:///{place}/bot.db", "MODEL_DIR": f"{place}/models", "PRICES": "simulated"}
    return {**os.environ, **facts}


if __name__ == "__main__":
    asyncio.run(main())
