"""What must hold after every step of a simulation."""

from __future__ import annotations

import asyncio
import re
import threading
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Engine, select

from bot.cogs.report.deliveries import Deliveries
from bot.delivery import MAX_ATTEMPTS, RETRY_AFTER
from forecasting import ReportStore, Symbol, connect_lazily, last_completed_session
from forecasting.champion.registry import ModelRegistry
from forecasting.errors import ModelDamaged, ModelMissing
from forecasting.record.chain import BEFORE_FIRST, Head
from forecasting.record.verification import _TABLE, Fault, _next, verify
from standin import Message
from standin.rest.server import Recorded

if TYPE_CHECKING:
    from tests.support.simulation.world import World

DONE_WITHIN: Final = timedelta(hours=4)
"""After everything is well again, or after it became due: a job's attempts, each with its pause."""
POSTED_WITHIN: Final = timedelta(hours=24)
SYMBOLS: Final = ("SPY", "ARKK")
LATEST_POST: Final = timedelta(days=5)
MOST_REQUESTS: Final = MAX_ATTEMPTS + 1
"""To a channel that fails, for one weekly report: the last attempt may be a search and a post."""
FORGOTTEN_AFTER: Final = timedelta(minutes=9)
"""Two operators' posts with the same words within this time are one post that was made twice."""


class Invariants:
    """Checks a world. ``check`` raises what ``World`` calls a violation."""

    def __init__(self, world: World) -> None:
        from tests.support.simulation.world import Violation

        self._violation = Violation
        self._world = world
        self._engine = connect_lazily(world.url)
        self._registry = ModelRegistry(world.models)
        self._head = Head(0, BEFORE_FIRST)
        self._kills = 0
        self._seen: dict[int, datetime] = {}
        """By message: when it was posted, on the machine's clock."""
        self._reports: dict[tuple[int, datetime], Message] = {}
        """By server and due time."""
        self._alerts: set[tuple[int, str]] = set()
        self._ops: dict[tuple[int, str], datetime] = {}
        self._rows = 0
        self._settled: datetime | None = None
        """When the newest jobs were due whose forecasts have been seen."""
        self._requests: Counter[tuple[int, datetime]] = Counter()
        """By server and due time: what its channel got while it failed, since an admin asked last."""
        self._last_request: Recorded | None = None
        world.discord.world.watchers.append(self._posted)
        self._broken: list[str] = []
        self._threads = threading.active_count()

    @property
    def rows(self) -> int:
        """Forecasts on the record."""
        return self._rows

    def _posted(self, message: Message) -> None:
        """Discord has made, changed or deleted a message."""
        world = self._world
        if not message.author.bot or message.invoked_by is not None or message.id in self._seen or message.thinking:
            return
        now = self._seen[message.id] = world.clock.of_the_machine()
        channel = message.channel
        words = f"{message.content} {[(e.get('title'), e.get('description'), e.get('fields')) for e in message.embeds]}"
        server = next((s for s in world.servers if channel.guild is s.guild), None)
        if server is not None and channel is server.guild.general:
            due = server.when.newest(now)
            world.counts["reports posted"] += 1
            world.note(f"report to {server.guild.name}")
            if (server.guild.id, due) in self._reports:
                self._broken.append(f"{server.guild.name} got the report of {due} twice")
            self._reports[server.guild.id, due] = message
        elif server is not None and channel.id == server.ops.id:
            world.counts["operators' posts"] += 1
            world.note(f"operators' post to {server.guild.name}")
            before = self._ops.get((channel.id, words))
            if before is not None and abs(now - before) < FORGOTTEN_AFTER:
                self._broken.append(f"{server.guild.name}'s operators got the same post twice: {words[:400]}")
            self._ops[channel.id, words] = now
        else:
            world.counts["alerts posted"] += 1
            world.note(f"alert in {channel.name}")
            if (channel.id, words) in self._alerts:
                self._broken.append(f"An alert came twice in {channel.name}: {words[:300]}")
            self._alerts.add((channel.id, words))

    async def check(self) -> None:
        """Check everything.

        Raises:
            Violation: something does not hold.
        """
        if self._broken:
            raise self._violation("; ".join(self._broken))
        holders = [running for running in self._world.bots if running.bot.schedule._lease.is_held]
        if len(holders) > 1:
            raise self._violation("Two bots own the schedule of one database")
        self._failing_channels_get_few_requests()
        self._record_verifies()
        self._champions_are_whole()
        await self._forecasts_are_done_or_told()
        await self._reports_are_done_or_told()

    def _failing_channels_get_few_requests(self) -> None:
        """For one report, whatever the fault is."""
        world = self._world
        new = list(takewhile(lambda request: request is not self._last_request, reversed(world.discord.requests)))
        self._last_request = new[0] if new else self._last_request
        now = world.clock.of_the_machine()
        for server in world.servers:
            path = f"/channels/{server.guild.general.id}/messages"
            fails = any(re.fullmatch(fault.path, path) for faults in world.faults.values() for fault in faults)
            if not fails:
                continue
            key = server.guild.id, server.when.newest(now)
            asked = [request for request in reversed(new) if request.path.endswith(path)]
            self._requests[key] += len(asked) - _repeats_of_aiohttp(asked)
            if self._requests[key] > MOST_REQUESTS:
                raise self._violation(f"{server.guild.name}'s channel fails, and got {self._requests[key]} requests")

    def _record_verifies(self, *, from_the_start: bool = False) -> None:
        """The rows that came since the last look, or all of them: at the end, and once something was killed."""
        kills = self._world.machine.kills
        from_the_start, self._kills = from_the_start or kills != self._kills, kills
        with self._engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT count(*) FROM issued_forecasts").scalar_one()
        if rows == self._rows and not from_the_start:
            return
        self._rows = rows
        if from_the_start:
            self._head, fault = verify(self._engine, self._head)
        else:
            self._head, fault = _verify_after(self._engine, self._head)
        if fault is None and self._head.number != rows:
            fault = Fault(self._head.number + 1, f"There are {rows} rows, but row {self._head.number} is the last.")
        if fault is not None:
            raise self._violation(f"The record does not verify: {fault}")

    def _champions_are_whole(self) -> None:
        """They can be read, or nobody has looked since a byte was changed."""
        for symbol in SYMBOLS:
            try:
                self._registry.champion("yahoo", Symbol(symbol))
            except ModelDamaged as error:
                if not self._world.counts["disk: a champion's byte is changed"]:
                    raise self._violation(f"A champion is damaged: {error}") from error
            except ModelMissing as error:
                if self._rows:
                    raise self._violation(f"A champion is missing: {error}") from error

    def _well_for(self, bound: timedelta) -> bool:
        since = self._world.well_since
        return bool(self._world.bots) and since is not None and self._world.clock.at - since >= bound

    async def _forecasts_are_done_or_told(self) -> None:
        world = self._world
        if not self._well_for(DONE_WITHIN):
            return
        now = world.clock.at - DONE_WITHIN
        timetable = world.bots[0].bot.schedule._timetable
        due = timetable.newest_refresh(now)
        if due == self._settled:
            return
        wanted = last_completed_session(due)
        reports = {report.symbol: report for report in ReportStore(self._engine).all_latest("yahoo")}
        behind = [s for s in SYMBOLS if Symbol(s) not in reports or reports[Symbol(s)].as_of < wanted]
        if not behind:
            self._settled = due
            return
        noted = all(Symbol(s) in reports and reports[Symbol(s)].notes for s in behind)
        told = await world.ask(world.servers[0], "/status")
        ops = await world.ask(world.servers[0], "/ops status")
        if noted or not world.bots or any(word in told + ops for word in ("failed", "Failed", "did not", "⚠")):
            return
        raise self._violation(f"Forecasts of {behind} as of {wanted} are not made, and nobody is told: {told} {ops}")

    async def _reports_are_done_or_told(self) -> None:
        world = self._world
        if not self._well_for(POSTED_WITHIN):
            return
        assert world.well_since is not None
        for server in world.servers:
            due = server.when.newest(world.clock.at - POSTED_WITHIN)
            was_young = world.well_since - due < LATEST_POST - POSTED_WITHIN
            if due <= server.since or not was_young or (server.guild.id, due) in self._reports:
                continue
            if self._waits_for_a_later_attempt(server.guild.id):
                continue
            said = await world.ask(server, "/report status")
            is_final = "failed" in said and "try again" not in said
            if (
                not world.bots
                or is_final
                or any(
                    word in said
                    for word in ("confirm", "gave up", "too late", "won't", "stopped trying", "no longer exists")
                )
            ):
                world.counts["reports told as not posted"] += 1
                self._reports[server.guild.id, due] = None  # type: ignore[assignment]
                continue
            if "try again" in said and world.clock.at - due < LATEST_POST:
                continue  # that channel alone failed for a day: one request is left, for days later
            raise self._violation(f"{server.guild.name} did not get the report of {due}, and is told: {said}")

    def _waits_for_a_later_attempt(self, server_id: int) -> bool:
        """Whether its report failed while something was wrong, and the next of its few attempts is still to come."""
        delivery = Deliveries(self._engine).last(server_id)
        if delivery is None or delivery.state not in ("failed", "unknown") or delivery.is_given_up:
            return False
        now, well_since, tried_at = self._world.clock.at, self._world.well_since, delivery.tried_at
        assert well_since is not None
        assert tried_at is not None
        failed_before = tried_at < well_since or tried_at > now  # where the machine's clock was fast
        again = tried_at + RETRY_AFTER[delivery.attempts - 1]
        if not failed_before or now >= again:
            return False
        self._world.looks.add(again + timedelta(seconds=1))  # as a bot does, which looks every five minutes
        return True

    def nothing_left(self) -> None:
        """Of the bots, once they have ended."""
        world = self._world
        self._record_verifies(from_the_start=True)
        self._engine.dispose()
        for process in world.machine.processes.values():
            raise self._violation(f"A process is left: {process.name} {process.pid}")
        own = {asyncio.current_task()}
        left = [task for task in asyncio.all_tasks() if task not in own and not _is_of_the_stand_in(task)]
        if left:
            raise self._violation(f"A task is left: {left[0]!r}")
        if threading.active_count() > self._threads:
            raise self._violation(f"A thread is left: {threading.enumerate()}")
        half = [path for path in world.models.rglob("*") if path.name.startswith((".half-", ".gone-", ".tmp"))]
        if half:
            raise self._violation(f"A file is left: {half}")


def _verify_after(engine: Engine, head: Head) -> tuple[Head, Fault | None]:
    """As ``verify``, but only of the rows after ``head``."""
    with engine.connect() as connection:
        rows = connection.execute(select(_TABLE).where(_TABLE.c.number > head.number).order_by(_TABLE.c.number)).all()
    for row in rows:
        found = _next(head, row._mapping)
        if isinstance(found, Fault):
            return head, found
        head = found
    return head, None


def _is_of_the_stand_in(task: asyncio.Task[Any]) -> bool:
    return task.get_name() == "stand-in gateway" or "RequestHandler." in repr(task.get_coro())


def _repeats_of_aiohttp(asked: Sequence[Recorded]) -> int:
    """How many looks for a lost post are repeats: aiohttp makes one if a connection that it kept is cut off."""
    return sum(first.method == second.method == "GET" and first.status == 0 for first, second in pairwise(asked))
