"""One seed: its surroundings, its run, and what came of it."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import re
import shutil
import tempfile
import threading
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from time import process_time
from typing import Final
from unittest import mock

import discord.backoff
import psutil

import standin.gateway
import standin.world
from forecasting import storage_failure
from standin import StandIn
from standin.standin import redirected
from tests.support.databases import open_file
from tests.support.simulation.jobs import Programs
from tests.support.simulation.loop import Clock, Loop
from tests.support.simulation.machine import Machine
from tests.support.simulation.market import LAST_DAY, Market
from tests.support.simulation.plan import plan
from tests.support.simulation.repeats import computed_once
from tests.support.simulation.weeks import job_times, live, report_times
from tests.support.simulation.world import SYMBOLS, WEEK, Violation, World

FIRST_START: Final = date(2024, 1, 3)
"""A seed's bots start on this day, or up to 600 days later."""
GARBAGE: Final = 50_000
"""Objects after which Python looks for what can be freed, in place of 700: a tenth of the time went there."""
NOT_A_MESSAGE: Final = "An answer of Discord to a post cannot be understood"
"""What is logged with a traceback because a fault is just that."""


class Findings(logging.Handler):
    """Errors of the program that it logged, and that no fault explains."""

    loop: Loop

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if self.loop.is_burying or record.getMessage() == NOT_A_MESSAGE:
            return
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and storage_failure(error) is None:
            self.found.append(f"{record.name}: {record.getMessage()}: {error!r}")


@dataclass(frozen=True)
class Outcome:
    """What came of a seed.

    Attributes:
        failure: the first invariant that did not hold; None if all did.
        digest: of everything that happened.
        counts: of faults and of what was tried.
        unexplained: tracebacks in the log.
        growth: what was stored and held after each half a year.
    """

    seed: int
    failure: str | None
    digest: str
    counts: Counter[str]
    unexplained: list[str]
    trace: list[str]
    growth: list[str]


@dataclass(frozen=True)
class Held:
    """What this real process holds of its system.

    Attributes:
        files: how many files and sockets are open.
        names: theirs, where the system tells.
        threads: by name.
        children: ids of processes.
    """

    files: int
    names: tuple[str, ...]
    threads: frozenset[str]
    children: frozenset[int]

    @classmethod
    def now(cls) -> Held:
        process = psutil.Process()
        return cls(
            process.num_fds() if hasattr(process, "num_fds") else process.num_handles(),
            tuple(_names_of_open_files()),
            frozenset(f"{thread.name} ({thread.ident})" for thread in threading.enumerate()),
            frozenset(child.pid for child in process.children(recursive=True)),
        )

    def more_than(self, before: Held) -> str | None:
        """What is left since ``before``, as a sentence; None if nothing is."""
        if self.children - before.children:
            return f"Real processes are left: {sorted(self.children - before.children)}"
        if self.threads - before.threads:
            return f"Threads are left: {sorted(self.threads - before.threads)}"
        if self.files > before.files:
            left = Counter(self.names) - Counter(before.names)
            return f"{self.files - before.files} files are left open: {', '.join(sorted(left)) or 'no names'}"
        return None


def _names_of_open_files() -> Iterator[str]:
    for link in Path("/proc/self/fd").glob("*"):
        with suppress(OSError):  # that of the folder itself is gone
            yield re.sub(r"^(socket|pipe):.*", r"\1", str(link.readlink()))


def simulate(seed: int, weeks: int, per_week: float = 3.0) -> Outcome:
    """Run a seed. Nothing of it is left afterwards."""
    random = Random(seed)
    latest = min(600, (LAST_DAY - FIRST_START).days - 7 * (weeks + 1))
    start = datetime.combine(FIRST_START, time(15), UTC) + timedelta(days=random.randrange(max(1, latest)))
    folder = Path(tempfile.mkdtemp(prefix="simulation-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    findings = Findings()
    held = Held.now()
    gc.freeze()  # what was there before need not be looked at
    with _surroundings(folder, random, findings):
        clock = Clock(start)
        loop = findings.loop = Loop(clock)
        asyncio.set_event_loop(loop)
        try:
            outcome = loop.run_until_complete(_run(seed, weeks, per_week, folder, loop, clock, random, findings))
        finally:
            loop.close()
            asyncio.set_event_loop(None)
            shutil.rmtree(folder, ignore_errors=True)
    gc.collect()
    left = Held.now().more_than(held)
    while left and gc.collect():  # what is freed may free more
        left = Held.now().more_than(held)
    gc.unfreeze()
    return outcome if outcome.failure else replace(outcome, failure=left)


def timed(seed: int, weeks: int, per_week: float) -> tuple[Outcome, float]:
    """The same, and the processor's seconds that it took."""
    began = process_time()
    return simulate(seed, weeks, per_week), process_time() - began


@contextmanager
def _surroundings(folder: Path, random: Random, findings: Findings) -> Iterator[None]:
    """The environment that bot and jobs get, and chance that the seed decides."""
    environment = {
        "DATABASE_URL": f"sqlite:///{folder}/bot.db",
        "MODEL_DIR": str(folder / "models"),
        "PRICES": "yahoo",
        "UNIVERSE": "",
        "UNIVERSE_ONLY": ",".join(SYMBOLS),
        "TEACHERS": "",
        "RECIPE": "default",
        "WORKERS": "1",
    }
    seeded = mock.Mock(Random=lambda: Random(1))
    root = logging.getLogger()
    before = root.level
    often = gc.get_threshold()
    gc.set_threshold(GARBAGE, *often[1:])
    with (
        mock.patch.dict(os.environ, environment),
        mock.patch.object(standin.gateway, "HEARTBEAT_INTERVAL_MS", 10**9),
        mock.patch.object(standin.world.secrets, "randbits", random.getrandbits),
        mock.patch.object(discord.backoff, "random", seeded),
        warnings.catch_warnings(),
        computed_once(),
    ):
        warnings.simplefilter("ignore", ResourceWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        root.addHandler(findings)
        try:
            yield
        finally:
            root.removeHandler(findings)
            root.setLevel(before)
            gc.set_threshold(*often)


async def _run(
    seed: int,
    weeks: int,
    per_week: float,
    folder: Path,
    loop: Loop,
    clock: Clock,
    random: Random,
    findings: Findings,
) -> Outcome:
    machine = Machine(loop, random)
    stores_prices = seed % 5 == 0
    market = Market(SYMBOLS, clock.at.date() if stores_prices else FIRST_START, clock, random)
    programs = Programs(clock, market, open_file(folder / "bot.db"), stores_prices)
    machine.program = programs
    failure = None
    async with StandIn(now=clock) as stand_in:
        world = World(seed, weeks, folder, loop, clock, stand_in, market, machine, random)
        with machine.running(), programs.installed(), redirected(stand_in.url):
            try:
                await world.set_up()
                begin, end = clock.at, clock.at + weeks * WEEK
                reports = report_times(begin, end, world.servers)
                due = sorted([*job_times(begin, end), *reports])
                await live(world, plan(random, due, reports, begin, end, per_week), due, end)
            except Violation as broken:
                failure = str(broken)
            finally:
                for running in list(world.bots):
                    machine.kill(running.process)
                    world.bury_dead()
                await asyncio.sleep(0)
    return Outcome(seed, failure, world.digest, world.counts, findings.found, world.trace, world.growth)
