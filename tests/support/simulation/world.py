"""One seed: a few servers with their reports, alerts and operators' posts, weeks that pass, and what befalls them."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import shutil
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any, Final
from unittest import mock
from zoneinfo import ZoneInfo

import discord.backoff

import standin.gateway
import standin.world
from bot.calendar.weektime import WeeklyTime
from bot.client import ForecastBot, build_bot
from bot.settings import BotSettings
from forecasting import Symbol, open_database, storage_failure
from standin import Fault, Guild, Member, StandIn
from standin.standin import redirected
from tests.support.simulation.invariants import Invariants
from tests.support.simulation.jobs import Programs, when
from tests.support.simulation.machine import Child, Clock, Loop, Machine, Process
from tests.support.simulation.market import MARKET_FAULTS, Market
from tests.support.simulation.plan import ALWAYS, DISCORD, POST, REFUSALS, Episode, plan

SYMBOLS: Final = tuple(map(Symbol, ("SPY", "ARKK")))
NEW_YORK: Final = ZoneInfo("America/New_York")
MINUTE, HOUR, DAY, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
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


@dataclass(frozen=True)
class Server:
    """A server of the simulation, with its admin and when its report is due."""

    guild: Guild
    admin: Member
    when: WeeklyTime
    ops: Any
    alerts: Any
    since: datetime


@dataclass(eq=False)
class Running:
    """A bot that runs."""

    bot: ForecastBot
    process: Process
    task: asyncio.Task[None]


class Violation(AssertionError):
    """An invariant does not hold."""


class Deadly(Fault):
    """A bot is killed when it posts: before Discord takes the post, or after that."""

    def arm(self, world: World) -> Deadly:
        self.world = world
        return self

    def answer(self) -> Any:
        self.world.kill_bot("at a post")
        return super().answer()


@dataclass(eq=False)
class World:
    """Everything of one seed."""

    seed: int
    weeks: int
    folder: Path
    loop: Loop
    clock: Clock
    discord: StandIn
    market: Market
    machine: Machine
    random: Random
    servers: list[Server] = field(default_factory=list)
    bots: list[Running] = field(default_factory=list)
    restart_at: datetime | None = None
    faults: dict[Episode, list[Fault]] = field(default_factory=dict)
    trace: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    active: list[Episode] = field(default_factory=list)
    well_since: datetime | None = None
    """Since when nothing has been wrong; None while something is."""
    looks: set[datetime] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder}/bot.db"

    @property
    def models(self) -> Path:
        return self.folder / "models"

    @property
    def digest(self) -> str:
        """Equal for two runs in which the same happened."""
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()[:16]

    def note(self, what: str) -> None:
        self.trace.append(f"{when(self.clock.at)} {what}")

    def settings(self) -> BotSettings:
        return BotSettings(
            _env_file=None,
            database_url=self.url,
            model_dir=self.models,
            prices="yahoo",
            universe_only=",".join(SYMBOLS),
            teachers="",
        )

    # Bots.

    async def start_bot(self) -> Running | None:
        """Start a bot, and wait until it is ready; None if it ended at once, as on a full disk."""
        process = self.machine.spawn("bot")
        bot = process.context.copy().run(lambda: build_bot(self.settings(), now=self.clock.of_the_machine))
        task = self.loop.create_task(bot.start(self.discord.token), context=process.context.copy())
        running = Running(bot, process, task)
        self.bots.append(running)
        self.counts["starts of a bot"] += 1
        ready = self.loop.create_task(_ready(bot), context=process.context.copy())
        await self._wait({ready, task}, process, 2 * HOUR)
        if task.done() and process.is_alive:
            error = task.exception()
            self.note(f"the bot did not start: {type(error).__name__}")
            if not self.machine.storage_fault and not self.active:
                raise Violation(f"The bot did not start: {error!r}")
            self.machine.kill(process)
        if not process.is_alive or not ready.done():
            self._forget(running)
            if process.is_alive:
                self.machine.kill(process)
            return None
        bot.schedule._scheduler.pause()  # the simulation says when to look
        self.note("a bot is ready")
        return running

    async def stop_bot(self, running: Running) -> None:
        """As SIGTERM does."""
        closing = self.loop.create_task(running.bot.close(), context=running.process.context.copy())
        await self._wait({closing}, running.process, 5 * MINUTE)
        if running.process.is_alive:
            if not closing.done():
                raise Violation("A bot did not end within five minutes")
            if (error := closing.exception()) is not None and storage_failure(error) is None:
                raise Violation(f"A bot's end broke: {error!r}") from error
            await self._wait({running.task}, running.process, MINUTE)
            self.machine.kill(running.process)
        self._forget(running)

    def kill_bot(self, why: str) -> None:
        for running in self.bots[:1]:
            self.note(f"a bot is killed {why}")
            self.counts["kills of a bot"] += 1
            self.machine.kill(running.process)

    def _forget(self, running: Running) -> None:
        if running in self.bots:
            self.bots.remove(running)
        alive = getattr(getattr(running.bot, "ws", None), "_keep_alive", None)
        if alive is not None:
            alive.stop()
            alive.join()
        for engine in (running.bot.engine, running.bot.schedule.engine):
            engine.dispose(close=False)
        session = running.bot.http._HTTPClient__session
        if isinstance(session, object) and hasattr(session, "detach") and not session.closed:
            session._connector._conns.clear()
            session._connector._closed = True
            session.detach()

    async def _wait(self, tasks: set[asyncio.Task[Any]], process: Process, patience: timedelta) -> None:
        limit = self.loop.create_task(asyncio.sleep(patience.total_seconds()))
        await asyncio.wait({*tasks, process.death, limit}, return_when=asyncio.FIRST_COMPLETED)
        limit.cancel()
        await asyncio.sleep(0)
        self._bury_dead()

    def _bury_dead(self) -> None:
        for running in [running for running in self.bots if not running.process.is_alive]:
            self._forget(running)

    async def look(self) -> None:
        """Every bot does what is due."""
        bots = [running for running in self.bots if running.process.is_alive]
        self.random.shuffle(bots)
        await asyncio.gather(*(self._look(running) for running in bots))
        self._bury_dead()
        if not self.bots and self.restart_at is None and not any(e.kind == "host: off" for e in self.active):
            self.restart_at = self.clock.at + timedelta(minutes=self.random.choice((0, 1, 5, 90, 1500)))
            self.looks.add(self.restart_at)

    async def _look(self, running: Running) -> None:
        task = self.loop.create_task(running.bot.schedule.run_due(), context=running.process.context.copy())
        self.counts["looks"] += 1
        await self._wait({task}, running.process, 8 * HOUR)
        if not running.process.is_alive:
            return
        if not task.done():
            raise Violation("A look at what is due did not end within eight hours")
        if (error := task.exception()) is not None and storage_failure(error) is None:
            raise Violation(f"A look at what is due broke: {error!r}") from error

    # Faults.

    async def begin(self, episode: Episode) -> None:
        self.note(f"begins: {episode.kind}")
        self.counts[episode.kind] += 1
        self.active.append(episode)
        kind, _, name = episode.kind.partition(": ")
        pick = Random(episode.draw)
        if kind in ("discord", "refusal"):
            fault = {**DISCORD, **REFUSALS}[name]
            path = fault.path
            if path == POST and (kind == "refusal" or pick.random() < 0.3):
                path = f"/channels/{pick.choice(self.servers).guild.general.id}/messages"
            methods = fault.method.strip("()").split("|")
            few = pick.random() < 0.4 and kind == "discord"
            made = [replace(fault, method=m, path=path, times=pick.randint(1, 3) if few else ALWAYS) for m in methods]
            self.faults[episode] = made
            self.discord.faults.extend(made)
        elif kind == "yahoo":
            self.market.fault = next(fault for fault in MARKET_FAULTS if fault == name)
            self.market.failing = (pick.choice(SYMBOLS),) if pick.random() < 0.4 else ()
        elif episode.kind == "gateway: dropped":
            await self.discord.gateway.drop()
        elif episode.kind == "gateway: session lost":
            await self.discord.gateway.invalidate(resumable=pick.random() < 0.5)
        elif kind == "database":
            self.machine.storage_fault = name
        elif episode.kind == "kill: bot at a statement":
            for running in self.bots[:1]:
                running.process.kill_at = running.process.statements + pick.randint(1, 120)
        elif name in ("bot before a post", "bot after a post"):
            deadly = Deadly("POST", POST, cuts=True, is_accepted=name == "bot after a post").arm(self)
            self.faults[episode] = [deadly]
            self.discord.faults.insert(0, deadly)
        elif episode.kind == "kill: bot while a job runs":
            self.machine.job_faults.append(lambda child: setattr(child, "on_pause", lambda: self.kill_bot("in a job")))
        elif episode.kind == "kill: job at a statement":
            self.machine.job_faults.append(lambda child: setattr(child.process, "kill_at", pick.randint(1, 250)))
        elif episode.kind == "kill: job between steps":
            self.machine.job_faults.append(lambda child: setattr(child, "dies_at_pause", pick.randint(1, 12)))
        elif episode.kind == "job: hangs":
            self.machine.job_faults.append(lambda child: setattr(child, "stall", 7200.0))
        elif episode.kind == "job: hangs, deaf to signals":
            self.machine.job_faults.append(_hang_deaf)
        elif episode.kind == "host: off":
            for _ in list(self.bots):
                self.kill_bot("with the host")
                self._bury_dead()
        elif episode.kind == "bot: stopped and started":
            for running in list(self.bots):
                await self.stop_bot(running)
            await self.start_bot()
        elif episode.kind == "bots: two":
            if len(self.bots) == 1:
                await self.start_bot()
        elif kind == "clock":
            most = 90.0 if name == "wrong by minutes" else 30 * 60.0
            self.clock.skew = timedelta(minutes=pick.uniform(-most, most))
        elif kind == "disk":
            champions = sorted(self.models.rglob("model.safetensors"))
            if champions:
                place = pick.choice(champions[-6:])
                data = bytearray(place.read_bytes())
                data[pick.randrange(len(data))] ^= 1
                place.write_bytes(data)

    async def finish(self, episode: Episode) -> None:
        self.note(f"ends: {episode.kind}")
        self.active.remove(episode)
        for fault in self.faults.pop(episode, ()):
            self.discord.faults[:] = [other for other in self.discord.faults if other is not fault]
        kind = episode.kind.partition(": ")[0]
        if kind == "yahoo":
            self.market.fault, self.market.failing = None, ()
        elif kind == "database":
            self.machine.storage_fault = None
        elif kind == "clock":
            self.clock.skew = timedelta(0)
        elif kind == "job" or "job" in episode.kind:
            self.machine.job_faults.clear()
        elif episode.kind == "kill: bot at a statement":
            for running in self.bots:
                running.process.kill_at = None
        elif episode.kind == "bots: two" and len(self.bots) > 1:
            running = self.random.choice(self.bots)
            if self.random.random() < 0.5:
                await self.stop_bot(running)
            else:
                self.note("one of two bots is killed")
                self.machine.kill(running.process)
                self._bury_dead()
            await (
                self.discord.gateway.drop()
            )  # the stand-in knows the newest session alone: the other bot connects anew
        if "refusal" in kind:
            for server in self.servers:
                if self.bots:
                    await self.ask(server, "/report resume")
        if not self.bots and self.restart_at is None:
            self.restart_at = self.clock.at

    # The weeks.

    async def live(self, episodes: list[Episode], due: list[datetime], end: datetime) -> None:
        """Let the weeks pass."""
        invariants = Invariants(self)
        begins, ends = list(episodes), sorted(episodes, key=lambda episode: episode.end)
        self.looks.update(moment + after for moment in due for after in LOOKS)
        seconds = {moment + LOOKS[1] for moment in due}
        while True:
            moments = [*self.looks, *(e.start for e in begins[:1]), *(e.end for e in ends[:1])]
            if self.restart_at is not None:
                moments.append(self.restart_at)
            moment = min((m for m in moments), default=end)
            if moment >= end:
                break
            if moment in seconds and self.well_since is not None and moment - self.well_since > 25 * HOUR:
                self.looks.discard(moment)  # nothing can be left to do
                continue
            self.clock.at = max(self.clock.at, moment)
            self.looks = {look for look in self.looks if look > moment}
            while begins and begins[0].start <= moment:
                await self.begin(begins.pop(0))
                self._look_often(moment, LOOKS)
            while ends and ends[0].end <= moment:
                if ends[0] in self.active:
                    await self.finish(ends.pop(0))
                    self._look_often(moment, LATER_LOOKS)
                else:
                    ends.pop(0)
            if self.restart_at is not None and self.restart_at <= moment:
                self.restart_at = None
                if not self.bots and not any(e.kind == "host: off" for e in self.active):
                    if await self.start_bot() is None:
                        self.restart_at = self.clock.at + HOUR
                    self._look_often(moment, LATER_LOOKS)
            is_well = not self.active and bool(self.bots)
            self.well_since = (self.well_since or self.clock.at) if is_well else None
            await self.look()
            await self._members_ask()
            await invariants.check()
        self.clock.at = end
        for episode in list(self.active):
            await self.finish(episode)
        for running in list(self.bots):
            await self.stop_bot(running)
        await invariants.check()
        invariants.nothing_left()

    def _look_often(self, moment: datetime, looks: tuple[timedelta, ...]) -> None:
        self.looks.update(moment + after for after in looks)

    async def _members_ask(self) -> None:
        """Now and then a member asks something; an admin tries a channel again that was refused."""
        if len(self.bots) != 1 or self.active or self.random.random() > 0.15:
            return
        server = self.random.choice(self.servers)
        for line in (self.random.choice(COMMANDS), "/report resume"):
            await self.ask(server, line)

    async def ask(self, server: Server, line: str) -> str:
        """What the bot answers to an admin; empty if it is killed meanwhile."""
        await self.discord.world.changes.until(lambda: self.discord.gateway.connected, 3600.0)
        exchange = self.discord.begin(server.guild.general, server.admin, line)
        assert exchange.refusal is None, exchange.refusal
        self.counts["commands"] += 1
        try:
            await self.discord.wait(exchange, 60.0)
        except Exception as error:
            if all(running.process.is_alive for running in self.bots) and not self.active:
                raise Violation(f"{line}: no answer ({error})") from error
            self._bury_dead()
            return ""
        self.note(f"{line}: answered")
        return exchange.text

    async def set_up(self) -> None:
        """The bot starts, makes its first forecasts, and members ask for what they want."""
        times = (
            ("Club", "Saturday", "09:00", "America/New_York", "sat", time(9, 0)),
            ("Klub", "Sunday", "18:00", "Europe/Berlin", "sun", time(18, 0)),
            ("Surf", "Monday", "08:00", "Australia/Sydney", "mon", time(8, 0)),
        )
        for name, *_ in times:
            guild = self.discord.add_guild(name)
            guild.add_channel("ops")
            guild.add_channel("alerts")
        await self.start_bot()
        await self.look()
        for (name, day, at, zone, short, moment), guild in zip(times, self.discord.world.guilds.values(), strict=True):
            admin = guild.add_member(f"admin of {name}", manage_guild=True)
            ops, alerts = (c for c in guild.channels.values() if c.name in ("ops", "alerts"))
            server = Server(guild, admin, WeeklyTime(short, moment, ZoneInfo(zone)), ops, alerts, self.clock.at)  # type: ignore[arg-type]
            self.servers.append(server)
            said = await self.ask(server, f"/report set #general day:{day} time:{at} timezone:{zone}")
            assert "From now on" in said, said
            await self.ask(server, "/ops channel #ops")
            member = guild.add_member(f"member of {name}")
            for symbol in SYMBOLS:
                await self._alert(server, admin, f'/alert add {symbol} condition:"leaves its band"')
                await self._alert(
                    server, member, f'/alert add {symbol} condition:"leaves its band" where:"in this channel"'
                )
        if self.random.random() < 0.5:
            self.servers[2].guild.general.set_permissions(self.servers[2].guild.bot, read_message_history=False)

    async def _alert(self, server: Server, member: Member, line: str) -> None:
        exchange = self.discord.begin(server.alerts, member, line)
        assert exchange.refusal is None, exchange.refusal
        await self.discord.wait(exchange, 60.0)


def _hang_deaf(child: Child) -> None:
    child.stall, child.is_stubborn = 7200.0, True


async def _ready(bot: ForecastBot) -> None:
    while bot._ready is discord.utils.MISSING:  # noqa: ASYNC110 - made in the course of the start
        await asyncio.sleep(0.1)
    await bot.wait_until_ready()


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
    """

    seed: int
    failure: str | None
    digest: str
    counts: Counter[str]
    unexplained: list[str]
    trace: list[str]


def simulate(seed: int, weeks: int, per_week: float = 3.0) -> Outcome:
    """Run a seed. Nothing of it is left afterwards."""
    random = Random(seed)
    start = datetime(2024, 1, 3, 15, 0, tzinfo=UTC) + timedelta(days=random.randrange(600))
    folder = Path(tempfile.mkdtemp(prefix="simulation-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    findings = Findings()
    with _surroundings(folder, random, findings):
        clock = Clock(start)
        loop = findings.loop = Loop(clock)
        asyncio.set_event_loop(loop)
        try:
            return loop.run_until_complete(_run(seed, weeks, per_week, folder, loop, clock, random, findings))
        finally:
            loop.close()
            asyncio.set_event_loop(None)
            shutil.rmtree(folder, ignore_errors=True)


def timed(seed: int, weeks: int, per_week: float) -> tuple[Outcome, float]:
    """The same, and the seconds that it took."""
    began = perf_counter()
    return simulate(seed, weeks, per_week), perf_counter() - began


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
    with (
        mock.patch.dict(os.environ, environment),
        mock.patch.object(standin.gateway, "HEARTBEAT_INTERVAL_MS", 10**9),
        mock.patch.object(standin.world.secrets, "randbits", random.getrandbits),
        mock.patch.object(discord.backoff, "random", seeded),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore", ResourceWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        root.addHandler(findings)
        try:
            yield
        finally:
            root.removeHandler(findings)
            root.setLevel(before)


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
    market = Market(SYMBOLS, clock.at.date(), clock, random)
    programs = Programs(clock, market, open_database(f"sqlite:///{folder}/bot.db"), seed % 5 == 0)
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
                await world.live(plan(random, due, reports, begin, end, per_week), due, end)
            except Violation as broken:
                failure = str(broken)
            finally:
                for running in list(world.bots):
                    machine.kill(running.process)
                    world._bury_dead()
                await asyncio.sleep(0)
    return Outcome(seed, failure, world.digest, world.counts, findings.found, world.trace)


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
