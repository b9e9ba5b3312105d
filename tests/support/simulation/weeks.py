"""The weeks of a simulation: when something is due, when faults begin and end, and when everybody looks."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tests.support.simulation.episodes import begin, finish
from tests.support.simulation.invariants import Invariants
from tests.support.simulation.plan import Episode
from tests.support.simulation.world import DAY, HOUR, MINUTE, WEEK, Server, World

NEW_YORK: Final = ZoneInfo("America/New_York")
LOOKS: Final = (timedelta(seconds=1), 11 * MINUTE)
"""After something became due, or a fault began."""
LATER_LOOKS: Final = (timedelta(seconds=1), 62 * MINUTE, 3.5 * HOUR, 23 * HOUR + 20 * MINUTE)
"""After a fault ended, or a bot was started again."""
COMMANDS: Final = (
    "/forecast symbol:SPY",
    "/status",
    "/alert list",
    "/report status",
    "/ops status",
    "/track symbol:ARKK",
)


async def live(world: World, episodes: list[Episode], due: list[datetime], end: datetime) -> None:
    """Let the weeks pass."""
    invariants = Invariants(world)
    begins, ends = list(episodes), sorted(episodes, key=lambda episode: episode.end)
    world.looks.update(moment + after for moment in due for after in LOOKS)
    seconds = {moment + LOOKS[1] for moment in due}
    began = measured = world.clock.at
    while True:
        moments = [*world.looks, *(e.start for e in begins[:1]), *(e.end for e in ends[:1])]
        if world.restart_at is not None:
            moments.append(world.restart_at)
        moment = min((m for m in moments), default=end)
        if moment >= end:
            break
        if moment in seconds and world.well_since is not None and moment - world.well_since > 25 * HOUR:
            world.looks.discard(moment)  # nothing can be left to do
            continue
        world.clock.at = max(world.clock.at, moment)
        world.looks = {look for look in world.looks if look > moment}
        while begins and begins[0].start <= moment:
            await begin(world, begins.pop(0))
            _look_often(world, moment, LOOKS)
        while ends and ends[0].end <= moment:
            if ends[0] in world.active:
                await finish(world, ends.pop(0))
                _look_often(world, moment, LATER_LOOKS)
            else:
                ends.pop(0)
        if world.restart_at is not None and world.restart_at <= moment:
            world.restart_at = None
            if not world.bots and not any(e.kind == "host: off" for e in world.active):
                if await world.start_bot() is None:
                    world.restart_at = world.clock.at + HOUR
                _look_often(world, moment, LATER_LOOKS)
        is_well = not world.active and bool(world.bots)
        world.well_since = (world.well_since or world.clock.at) if is_well else None
        await world.look()
        await _members_ask(world)
        await invariants.check()
        if moment - measured >= 26 * WEEK:
            measured = moment
            world.measure(moment - began, invariants.rows)
    world.clock.at = end
    for episode in list(world.active):
        await finish(world, episode)
    for running in list(world.bots):
        await world.stop_bot(running)
    await asyncio.sleep(0)  # the loop ends what the last one has left
    await invariants.check()
    invariants.nothing_left()


def _look_often(world: World, moment: datetime, looks: tuple[timedelta, ...]) -> None:
    world.looks.update(moment + after for after in looks)


async def _members_ask(world: World) -> None:
    """Now and then a member asks something; an admin tries a channel again that was refused."""
    if len(world.bots) != 1 or world.active or world.random.random() > 0.15:
        return
    server = world.random.choice(world.servers)
    for line in (world.random.choice(COMMANDS), "/report resume"):
        await world.ask(server, line)


def job_times(begin: datetime, end: datetime) -> list[datetime]:
    """When a training or a refresh becomes due: on Saturdays, and on the evenings of weekdays."""
    days = [begin.astimezone(NEW_YORK).date() + n * DAY for n in range((end - begin).days + 1)]
    at = {day: time(8, 0) if day.weekday() == 5 else time(18, 0) for day in days if day.weekday() < 6}
    moments = [datetime.combine(day, moment, NEW_YORK).astimezone(UTC) for day, moment in at.items()]
    return [moment for moment in moments if begin < moment < end]


def report_times(begin: datetime, end: datetime, servers: list[Server]) -> list[datetime]:
    found = []
    for server in servers:
        at = server.when.next(begin)
        while at < end:
            found.append(at)
            at = server.when.next(at)
    return found
