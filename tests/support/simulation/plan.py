"""What goes wrong in a simulation, and when: drawn from the seed before it begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from standin import Fault

POST: Final = r"/channels/\d+/messages"
ANYTHING: Final = r"/.*"
ALWAYS: Final = 1_000_000

DISCORD: Final = {
    "500": Fault("POST", POST, 500),
    "503": Fault("POST", POST, 503),
    "accepted 502": Fault("POST", POST, 502, is_accepted=True),
    "accepted 504": Fault("POST", POST, 504, is_accepted=True),
    "cut": Fault("POST", POST, cuts=True),
    "accepted, then cut": Fault("POST", POST, cuts=True, is_accepted=True),
    "accepted, no message in the answer": Fault("POST", POST, 200, is_accepted=True),
    "400": Fault("POST", POST, 400, 50035, "Invalid Form Body"),
    "401": Fault("POST", POST, 401),
    "a limit of seconds": Fault("POST", POST, 429, retry_after=7.0),
    "a limit of an hour": Fault("POST", POST, 429, retry_after=3600.0),
    "a ban by Cloudflare": Fault("POST", POST, 429, via=False),
    "delayed": Fault("POST", POST, delay=45.0),
    "accepted, answered too late": Fault("POST", POST, delay=400.0, cuts=True, is_accepted=True),
    "doubled": Fault("POST", POST, doubles=True),
    "history 500": Fault("GET", POST, 500),
    "login 500": Fault("GET", "/users/@me", 500),
    "everything cut": Fault("(GET|POST|PUT|PATCH)", ANYTHING, cuts=True),
}
"""How Discord answers, by what the table of outcomes calls it."""

REFUSALS: Final = {
    "403": Fault("POST", POST, 403, 50013, "Missing Permissions"),
    "404": Fault("POST", POST, 404, 10003, "Unknown Channel"),
}
"""After them an admin has to act."""

KINDS: Final = (
    *(f"discord: {name}" for name in DISCORD),
    *(f"refusal: {name}" for name in REFUSALS),
    *(f"yahoo: {name}" for name in ("gone", "limited", "late", "cut", "lost", "doubled", "empty", "malformed")),
    "gateway: dropped",
    "gateway: session lost",
    "database: full",
    "database: locked",
    "kill: bot at a statement",
    "kill: bot at a statement",
    "kill: bot at a statement",
    "kill: bot before a post",
    "kill: bot after a post",
    "kill: bot after a post",
    "kill: bot after a post",
    "kill: bot while a job runs",
    "kill: job at a statement",
    "kill: job at a statement",
    "kill: job between steps",
    "job: hangs",
    "job: hangs, deaf to signals",
    "host: off",
    "bot: stopped and started",
    "bots: two",
    "bots: two",
    "clock: wrong by minutes",
    "clock: wrong by a day",
    "disk: a champion's byte is changed",
)
"""Of faults; one that stands here twice comes twice as often."""


@dataclass(frozen=True)
class Episode:
    """A fault that lasts from ``start`` to ``end``.

    Attributes:
        draw: decides what the fault leaves open, in [0, 1).
    """

    kind: str
    start: datetime
    end: datetime
    draw: float


def plan(
    random: Random, due: list[datetime], reports: list[datetime], start: datetime, end: datetime, per_week: float
) -> list[Episode]:
    """Episodes until ``end``; most begin shortly before something is due, half of these before a report is."""
    episodes = []
    for _ in range(round((end - start) / timedelta(weeks=1) * per_week)):
        if random.random() < 0.75:
            at = random.choice(random.choice((due, reports))) - timedelta(minutes=random.uniform(0, 20))
        else:
            at = start + (end - start) * random.random()
        length = timedelta(hours=random.choice((0.05, 0.3, 1, 3, 8, 26, 60)) * random.uniform(0.5, 1.5))
        kind = random.choice(KINDS)
        if start < at < end:
            episodes.append(Episode(kind, at, min(at + length, end), random.random()))
    return sorted(episodes, key=lambda episode: episode.start)
