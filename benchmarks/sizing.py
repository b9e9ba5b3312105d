"""Says what many servers and many ETFs need, from costs that other benchmarks measured. Prints tables.

    python -m benchmarks.sizing

Two simulations. In one, the processes of a bot post a report that is due to all servers in the same minute, and answer
members meanwhile, each with one core. In the other, a job hands the tasks of a training to its workers, as
``forecasting.job.training`` does. The first table of each puts the simulation beside what was measured.
"""

from __future__ import annotations

import math
import random
from heapq import heapify, heappop, heappush
from typing import Final

import numpy as np

from benchmarks.judging import markdown
from bot.delivery.pace import POSTS
from forecasting import Symbol
from forecasting.job.groups import panel_groups

# A process of the bot, by benchmarks.servers and benchmarks.answers.
MB_IDLE: Final = 147.0
MB_DEVELOPMENT: Final = 41.0
"""More where the packages are installed that only development needs, as where it was measured."""
MB_A_SERVER: Final = 0.0047
MB_POSTING: Final = 50.0
POST_SECONDS: Final = 0.0114
"""Of processor, as all that follow."""
ANSWER_SECONDS: Final = 0.0110
LATENCY: Final = 0.2
LOGIN_SECONDS: Final = 5.0
"""From the login of one shard to the next; Discord lets large bots log in several at once."""
SERVERS_A_SHARD: Final = 1000
COMMANDS_A_DAY: Final = 2.0
"""Of one server. An assumption, as is the busiest hour's three times as many."""
BUSIEST: Final = 3.0
MOST_BUSY: Final = 0.6
"""Part of its core that a process may need while it posts."""

# A job, by benchmarks.speed and benchmarks.stages.
LIBRARIES: Final = 3.2
PRICES: Final = 0.08
"""Of one ETF of a panel: its prices and the gate, which the job does alone."""
PANEL: Final = 0.1
"""Of one ETF of a panel, in each of the three trainings of the panel."""
OWN: Final = (0.4, 0.4, 0.4)
"""Of one ETF: what it does with the results of each of the three."""
FINISH: Final = 1.6
"""Of one ETF, once these three are there: calibration, report and pictures."""
REFRESH: Final = 0.7
"""Of one ETF's daily forecast, pictures included."""
YAHOO: Final = 0.5
"""By the clock: the pause between two requests."""
KB_A_WEEK: Final = 60.0
"""For ever, of one ETF: what the record grows by."""
KB_ONCE: Final = 630.0
"""Pictures, and the newest twelve reports."""


def main() -> None:
    head = ["servers", "seconds until all are posted", "measured", "MB while posting", "measured"]
    rows = []
    for servers, seconds, mb in ((1_500, "38, 47", "207"), (10_000, "236, 380, 393", "276, 255, 256")):
        rows.append([f"{servers:,}", f"{posting(servers, 1)[0]:.0f}", seconds, f"{memory(servers, 1, True):.0f}", mb])
    print(markdown(head, rows))
    print(markdown(SERVERS_HEAD, [servers_row(servers) for servers in (100, 1_500, 10_000, 100_000)]))
    rows = []
    for panel, wanted, workers, seconds in (
        (40, 1, 1, "24"),
        (40, 3, 1, "25"),
        (40, 40, 1, "149"),
        (100, 100, 1, "243"),
        (1_000, 1_000, 1, "2,468"),
    ):
        rows.append([f"{wanted:,} of {panel:,}", f"{workers}", f"{training(panel, wanted, workers):.0f}", seconds])
    print(markdown(["ETFs of a panel", "workers", "seconds", "measured"], rows))
    print(markdown(ETFS_HEAD, [etfs_row(etfs) for etfs in (3, 100, 1_000, 5_000)]))


SERVERS_HEAD: Final = [
    "servers", "shards", "processes", "MB in all", "PostgreSQL", "its connections", "all logged in after",
    "all have their report after", "/forecast meanwhile, p95 ms",
]  # fmt: skip
ETFS_HEAD: Final = [
    "ETFs", "training, 1 worker", "2", "4", "8", "16", "MB with 1, 16", "daily refresh, 4 workers", "Yahoo", "GB a year"
]  # fmt: skip


def servers_row(servers: int) -> list[str]:
    shards = math.ceil(servers / SERVERS_A_SHARD)
    processes = math.ceil((POSTS * POST_SECONDS + commands(servers) * ANSWER_SECONDS) / MOST_BUSY)
    seconds, wait = posting(servers, processes)
    needed = "yes" if processes > 1 else "no"
    cells = [f"{processes * memory(servers, processes):.0f}", needed, f"{30 * processes + 30}" if processes > 1 else ""]
    cells += [clock(LOGIN_SECONDS * (shards - 1)), clock(seconds), f"{1000 * wait:.0f}"]
    return [f"{servers:,}", f"{shards}", f"{processes}", *cells]


def etfs_row(etfs: int) -> list[str]:
    trainings = [clock(training(etfs, etfs, workers)) for workers in (1, 2, 4, 8, 16)]
    cells = ["700, 8,200", clock(LIBRARIES + etfs * (PRICES + REFRESH / 4)), clock(etfs * YAHOO)]
    return [f"{etfs:,}", *trainings, *cells, f"{etfs * (KB_ONCE + KB_A_WEEK * 52) / 1e6:.2g}"]


def clock(seconds: float) -> str:
    return (
        f"{seconds:.0f} s"
        if seconds < 100
        else f"{seconds / 60:.0f} min"
        if seconds < 6000
        else f"{seconds / 3600:.1f} h"
    )


def memory(servers: int, processes: int, in_development: bool = False) -> float:
    """MB of one process while it posts."""
    return MB_IDLE + MB_DEVELOPMENT * in_development + MB_A_SERVER * servers / processes + MB_POSTING


def commands(servers: int) -> float:
    """A second, in the busiest hour."""
    return servers * COMMANDS_A_DAY * BUSIEST / 86_400


def posting(servers: int, processes: int) -> tuple[float, float]:
    """Seconds until each server has a report that is due to all at once, and the p95 of a member's wait meanwhile.

    One process is looked at, whose core does one thing after the other: posts at its part of the pace, and commands
    at random moments.
    """
    chance = random.Random(1)  # noqa: S311 - moments of commands
    mine = math.ceil(servers / processes)
    work = [(n * processes / POSTS, POST_SECONDS, False) for n in range(mine)]
    at, end = 0.0, work[-1][0]
    while (at := at + chance.expovariate(commands(servers) / processes)) < end:
        work.append((at, ANSWER_SECONDS, True))
    free, waits = 0.0, [ANSWER_SECONDS]
    for begun, seconds, asked in sorted(work):
        free = max(free, begun) + seconds
        if asked:
            waits.append(free - begun)
    return free + LATENCY, float(np.percentile(waits, 95))


def training(panel: int, wanted: int, workers: int) -> float:
    """Seconds of a training of the first ``wanted`` ETFs of ``panel``, each process with a core of its own."""
    symbols = [Symbol(f"E{number:05}") for number in range(panel)]
    now = LIBRARIES
    free = [2 * LIBRARIES] * workers  # theirs are loaded with the first task
    for group in panel_groups(symbols, symbols[:wanted]):
        now += PRICES * len(group.panel)
        free = [max(now, each) for each in free]
        now = _group(free, len(group.panel), len(group.members.intersection(symbols[:wanted])))
    return now


def _group(free: list[float], panel: int, wanted: int) -> float:
    """When the last task of a group is done.

    Args:
        free: when each worker is; changed.
    """
    heapify(free)
    ready = [(0.0, -1, stage) for stage in range(len(OWN))]
    """When a task can begin, of which ETF it is (-1: of the panel), and which of its tasks."""
    left = [len(OWN)] * wanted
    last = 0.0
    while ready:
        begins = max(free[0], ready[0][0])
        startable = [task for task in ready if task[0] <= begins]
        task = min(startable, key=lambda task: task[1:])  # the first ETF's first
        ready.remove(task)
        heapify(ready)
        _, etf, stage = task
        last = begins + (PANEL * panel if etf < 0 else OWN[stage] if stage < len(OWN) else FINISH)
        heappop(free)
        heappush(free, last)
        if etf < 0:
            for each in range(wanted):
                heappush(ready, (last, each, stage))
        elif stage < len(OWN):
            left[etf] -= 1
            if not left[etf]:
                heappush(ready, (last, etf, len(OWN)))
    return max(free)


if __name__ == "__main__":
    main()
