"""Measures how fast many servers get a report that is due to all of them in the same minute. Prints a table.

    python -m benchmarks.servers [--servers 10000]

Discord's stand-in, which refuses more than 50 requests a second as Discord does, and members who ask for forecasts
meanwhile are this process; the bot is another one. One server in a hundred does not let the bot post. Prices are
simulated. Linux only: memory and processor time are read from /proc.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Final

import numpy as np
from sqlalchemy import insert

from benchmarks.answers import Load, environment, job, running
from bot.calendar.weektime import WEEKDAYS
from bot.storage.schema import StoredSubscription
from forecasting import open_database
from standin import Fault, Guild, Message, StandIn

LIMIT: Final = 50.0
"""Requests a second that Discord takes of a bot."""
FORBIDDEN_EVERY: Final = 100
ASKED: Final = 2.0
"""/forecast a second meanwhile."""
PATIENCE: Final = 3600.0


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--servers", type=int, default=10_000)
    parser.add_argument("--latency", type=float, default=0.2, help="seconds until Discord answers a post")
    parser.add_argument("--models", type=Path, help="folder that keeps database and models of the simulated ETFs")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = await asyncio.to_thread(_trained, given.models, Path(folder) / "bot")
        async with StandIn(rate_limits=True) as discord:
            servers = [discord.add_guild(f"Server {number}") for number in range(given.servers)]
            forbidden = servers[::FORBIDDEN_EVERY]
            for guild in forbidden:
                guild.general.set_permissions(guild, send_messages=False)
            club = discord.add_guild("Club")
            due_at = (datetime.now(UTC) + timedelta(seconds=120 + given.servers / 150)).replace(second=0, microsecond=0)
            _subscribe(place, servers, due_at)
            discord.faults.append(
                Fault("POST", r"/channels/\d+/messages", delay=given.latency, times=2 * given.servers)
            )
            posts = Posts(discord)
            members = cycle([club.add_member(f"member{number}") for number in range(20)])
            async with running(discord, place) as bot:
                print(
                    f"{given.servers:,} servers, one in {FORBIDDEN_EVERY} without permission. Discord answers after "
                    f"{given.latency:g} s. ",
                    end="",
                )
                print(f"Ready after {bot.ready_after:.1f} s with {bot.memory:.0f} MB.\n")
                await asyncio.sleep((due_at - datetime.now(UTC)).total_seconds() - 1.0)
                before, memory = bot.processor, bot.memory
                counting = asyncio.create_task(posts.count())
                load = Load(discord, club, members, bot)
                asked = asyncio.create_task(load.at_a_rate(int(ASKED * given.servers / LIMIT), ASKED))
                await discord.world.changes.until(lambda: posts.ended == given.servers, PATIENCE)
                processor = bot.processor - before
                answers = await asked
                counting.cancel()
                print(HEADER)
                seconds = posts.last - due_at.timestamp()
                bound = given.servers / LIMIT
                per_post = 1000 * processor / given.servers
                cells = (
                    f"{seconds:.0f} ({seconds / bound:.2f} × {bound:.0f})",
                    f"{posts.statuses[429]}",
                    f"{posts.statuses[403]} of {len(forbidden)}",
                    f"{per_post:.1f}",
                    f"{memory:.0f} → {bot.peak_memory:.0f}",
                    f"{1000 * float(np.percentile(answers.whole, 95)):.0f}",
                    f"{answers.pause:.0f}",
                )
                print(f"| {given.servers:,} | {' | '.join(cells)} |")


HEADER: Final = (
    "| servers | seconds until all had their report (times the bound) | answered 429 | refused requests "
    "| processor ms of the bot a report, the answers meanwhile included | memory before → peak, MB "
    "| /forecast meanwhile: p95, ms | longest pause of the event loop, ms |\n"
    "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)


@dataclass
class Posts:
    """What Discord has received of reports. Their pictures are not kept."""

    discord: StandIn
    statuses: Counter[int] = field(default_factory=Counter)
    ended: int = 0
    """Reports that were posted or refused."""
    last: float = 0.0

    def __post_init__(self) -> None:
        self.discord.world.watchers.append(self._forget)

    def _forget(self, message: Message) -> None:
        for file in message.files:
            self.discord.world.files.pop(file.id, None)

    async def count(self) -> None:
        """Count what was asked and answered, until cancelled."""
        while True:
            await asyncio.sleep(0.1)
            requests = self.discord.requests
            while requests and requests[0].status:
                asked = requests.popleft()
                if asked.method == "POST" and asked.path.endswith("/messages"):
                    self.statuses[asked.status] += 1
                    if asked.status != 429:
                        self.ended += 1
                        self.last = time.time()
                        self.discord.world.changes.notify()


def _trained(kept: Path | None, place: Path) -> Path:
    """The folder of the bot, with forecasts."""
    if kept is not None and kept.exists():
        shutil.copytree(kept, place)
        return place
    subprocess.run(job(place), env=environment(place), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    if kept is not None:
        shutil.copytree(place, kept)
    return place


def _subscribe(place: Path, servers: list[Guild], due_at: datetime) -> None:
    """A weekly report of each server at ``due_at``."""
    row = {
        "number": 1, "day": WEEKDAYS[due_at.weekday()], "at": f"{due_at:%H:%M}", "zone": "Etc/UTC", "symbols": [],
        "skips_weekend": False, "is_paused": False, "publishes": False, "since": due_at - timedelta(days=1),
    }  # fmt: skip
    engine = open_database(environment(place)["DATABASE_URL"])
    with engine.begin() as connection:
        rows = [row | {"server_id": guild.id, "channel_id": guild.general.id} for guild in servers]
        connection.execute(insert(StoredSubscription), rows)
    engine.dispose()


if __name__ == "__main__":
    asyncio.run(main())
