"""The world of a simulation: servers with their reports, alerts and operators' posts, and the bots that run."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

import discord.backoff
import psutil
from discord.gateway import KeepAliveHandler

from bot.calendar.weektime import WeeklyTime
from bot.client import ForecastBot, build_bot
from bot.settings import BotSettings
from forecasting import Symbol, storage_failure
from standin import Fault, Guild, Member, StandIn
from tests.support.simulation.loop import Clock, Loop
from tests.support.simulation.machine import Machine
from tests.support.simulation.market import Market
from tests.support.simulation.plan import Episode
from tests.support.simulation.process import Process

MINUTE, HOUR, DAY, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
SYMBOLS: Final = tuple(map(Symbol, ("SPY", "ARKK")))


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
    growth: list[str] = field(default_factory=list)
    """What was stored and held after each half a year."""

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
        self.trace.append(f"{self.clock.at:%Y-%m-%d %H:%M:%S} {what}")

    def measure(self, passed: timedelta, forecasts: int) -> None:
        """Write down what has grown."""
        process = psutil.Process()
        self.growth.append(
            f"{passed // WEEK} weeks: {forecasts} forecasts on record, "
            f"{(self.folder / 'bot.db').stat().st_size / 1e6:.1f} MB of database, "
            f"{sum(path.is_file() for path in self.models.rglob('*'))} files of models, "
            f"{process.memory_info().rss / 1e6:.0f} MB of memory, {process.num_fds()} open files"
        )

    def settings(self) -> BotSettings:
        return BotSettings(
            _env_file=None,
            database_url=self.url,
            model_dir=self.models,
            prices="yahoo",
            universe_only=",".join(SYMBOLS),
            teachers="",
        )

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
            if (error := closing.exception()) is not None:
                raise Violation(f"A bot's end broke: {error!r}") from error
            await self._wait({running.task}, running.process, MINUTE)
            # discord.py leaves that of a connection which was just being made: it ends with the process.
            if any(h.ws is running.bot.ws and not h._stop_ev.is_set() for h in _heartbeats(running.bot)):
                raise Violation("A bot that was stopped has left a thread")
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
        for heartbeat in _heartbeats(running.bot):
            heartbeat.stop()
            heartbeat.join()
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
        self.bury_dead()

    def bury_dead(self) -> None:
        for running in [running for running in self.bots if not running.process.is_alive]:
            self._forget(running)

    async def look(self) -> None:
        """Every bot does what is due."""
        bots = [running for running in self.bots if running.process.is_alive]
        self.random.shuffle(bots)
        await asyncio.gather(*(self._look(running) for running in bots))
        self.bury_dead()
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
            self.bury_dead()
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


def _heartbeats(bot: ForecastBot) -> list[KeepAliveHandler]:
    """The threads of a bot's connections to the gateway, also of one that was being made when the bot was killed."""
    threads = [thread for thread in threading.enumerate() if isinstance(thread, KeepAliveHandler)]
    return [thread for thread in threads if thread.ws._connection is bot._connection]


async def _ready(bot: ForecastBot) -> None:
    while bot._ready is discord.utils.MISSING:  # noqa: ASYNC110 - made in the course of the start
        await asyncio.sleep(0.1)
    await bot.wait_until_ready()
