"""A small Discord for the bot's tests: the stand-in with two servers, a clock to move, and jobs that take no time."""

from __future__ import annotations

import asyncio
import functools
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.client import ForecastBot, build_bot
from bot.jobs.job import WorkerState
from bot.settings import BotSettings
from forecasting import open_database
from standin import Exchange, Guild, Member, Message, StandIn
from tests.conftest import SHARED
from tests.support.databases import empty_file
from tests.support.discord_document import assert_no_violations
from tests.support.fake_job import store
from tests.support.leaks import look_at_requests, plant
from tests.support.reports import made_report, publish

WEDNESDAY = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
SATURDAY = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)  # 08:00 in New York: the weekly training is due
REPORT_TIME = SATURDAY + timedelta(hours=1)  # of servers that said no other
UNIVERSE = ("ARKK", "SPY", "FNGU")
FAKE_JOB = (sys.executable, "-m", "tests.support.fake_job")


class Clock:
    """The bot's ``now``, moved by tests."""

    def __init__(self, at: datetime = WEDNESDAY) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@dataclass
class BotEnv:
    """Discord with a club whose admin is ann and whose member is bob, and a place for the bot's files."""

    discord: StandIn
    folder: Path
    clock: Clock
    club: Guild
    ann: Member
    bob: Member
    monkeypatch: pytest.MonkeyPatch
    database_url: str
    port: int  # where its jobs have their reports stored

    def settings(self, **changes: Any) -> BotSettings:
        facts = {"database_url": self.database_url, "model_dir": self.folder / "models", "prices": "simulated"}
        return BotSettings(_env_file=None, **(facts | changes))

    def bot(self, job_command: tuple[str, ...] = FAKE_JOB, **changes: Any) -> ForecastBot:
        return build_bot(self.settings(**changes), now=self.clock, job_command=job_command)

    def publish(self, symbols: Sequence[str] = UNIVERSE, **facts: Any) -> None:
        """What a job would have stored."""
        file = self.folder / "bot.db"
        is_new = file.exists() and not file.with_name("bot.db-wal").exists() and file.read_bytes() == empty_file()
        if is_new:
            file.write_bytes(_published(tuple(symbols), **facts))
        else:
            publish(self.database_url, [made_report(symbol, **facts) for symbol in symbols])

    def plan_jobs(self, behaviour: str = "work", **plan: object) -> None:
        """How jobs go from now on, see ``tests.support.fake_job``."""
        template = self.folder / "template.json"
        template.write_text(_template())
        files = {"log": str(self.folder / "jobs.jsonl"), "template": str(template), "port": self.port}
        self.monkeypatch.setenv("FAKE_JOB", json.dumps(files | {"behaviour": behaviour} | plan))

    def jobs(self) -> list[tuple[str, tuple[str, ...], str]]:
        """Kind, symbols and as-of session of every job that was started."""
        return [(call["kind"], tuple(call["symbols"]), call["as_of"]) for call in self._log() if "kind" in call]

    def job_processes(self) -> list[int]:
        """Ids of the jobs' processes and of their helpers."""
        return [call.get("pid") or call["helper"] for call in self._log()]

    def _log(self) -> list[dict[str, Any]]:
        log = self.folder / "jobs.jsonl"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    def break_reports(self) -> None:
        """Leave something in the store that no program expects."""
        engine = open_database(self.database_url)
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE reports SET body = '{}'")
        engine.dispose()

    def let_everybody_use(self, command: str) -> None:
        """As a server's settings of an integration can: whatever permission the command asks for by default."""
        (body,) = (body for body in self.discord.commands.in_channel(self.club.general) if body["name"] == command)
        body["default_member_permissions"] = None

    async def job_reaches(self, bot: ForecastBot, stage: str) -> None:
        """Wait until the bot's running job tells of this stage."""
        reached = asyncio.Event()

        def look(state: WorkerState) -> None:
            if state.running is not None and state.running.progress and state.running.progress.stage == stage:
                reached.set()

        look(bot.worker.state)
        bot.worker.listeners.append(look)
        async with asyncio.timeout(30):
            await reached.wait()

    def noticed(self, bot: ForecastBot, event: str) -> Callable[[], Awaitable[None]]:
        """Await the call of what this returns to know that the running bot has dealt with ``event``."""
        dispatched = bot.wait_for(event, timeout=10)

        async def handled() -> None:
            await dispatched
            await asyncio.gather(*(t for t in asyncio.all_tasks() if t.get_name() == f"discord.py: on_{event}"))

        return handled

    async def ask(self, line: str, who: Member | None = None, guild: Guild | None = None) -> Exchange:
        """Type a line in #general, as bob in the club where nothing else is said."""
        return await self.discord.send((guild or self.club).general, who or self.bob, line)


@functools.cache
def _template() -> str:
    return made_report().to_json()


@functools.cache
def _published(symbols: tuple[str, ...], **facts: Any) -> bytes:
    """The file of a database with the reports of these ETFs and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "bot.db").write_bytes(empty_file())
        publish(f"sqlite:///{folder}/bot.db", [made_report(symbol, **facts) for symbol in symbols])
        return Path(folder, "bot.db").read_bytes()


async def _store(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Do for a fake job what takes it a second to be able to."""
    try:
        await asyncio.to_thread(store, *json.loads(await reader.readline()))
        writer.write(b"stored\n")
        await writer.drain()
    finally:
        writer.close()


@asynccontextmanager
async def storing() -> AsyncIterator[int]:
    """The port at which fake jobs have their reports stored."""
    async with await asyncio.start_server(_store, "127.0.0.1") as server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def bot_env(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    extend: Callable[[StandIn, web.Application], None] | None = None,
    database_url: str | None = None,
) -> AsyncIterator[BotEnv]:
    """At the end every body that the bot sent is judged by Discord's document, where that is at hand.

    Args:
        database_url: of a database that is there already; without it there is a new one in an SQLite file.
    """
    clock = Clock()
    if database_url is None:
        (folder / "bot.db").write_bytes(empty_file())
        database_url = f"sqlite:///{folder}/bot.db"
    async with StandIn(now=clock, extend=extend) as discord, storing() as port:
        plant(discord.token)
        club = discord.add_guild("Club")
        ann, bob = club.add_member("ann", manage_guild=True), club.add_member("bob")
        env = BotEnv(discord, folder, clock, club, ann, bob, monkeypatch, database_url, port)
        env.plan_jobs()
        yield env
        look_at_requests(discord.requests)
        if SHARED.is_dir():
            assert_no_violations(discord.requests, SHARED)


def posts(guild: Guild) -> list[Message]:
    """Messages in #general that answer nobody."""
    return [message for message in guild.general.messages.values() if message.invoked_by is None]
