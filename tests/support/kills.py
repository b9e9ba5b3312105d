"""Kills real processes by SIGKILL, each at another point, and looks at what is left.

``python -m tests.support.faults kills retrain --count 100`` (or ``post``, ``migrate``, ``backup``). A victim is a
process of its own, forked from a server that has loaded the program. It dies before a statement or a change of a
file, whose number is drawn; every third one at a moment that is drawn. ``killed_fetches`` and ``killed_publications``
beside this do the same for fetches of prices and for single publications.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import sys
import tarfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.engine import Engine

import forecasting.cli.context
import forecasting.reports.build
from bot.client import build_bot
from bot.settings import BotSettings
from forecasting import Symbol, connect_lazily, migrate
from forecasting.backup import back_up, back_up_before_upgrade, restore
from forecasting.champion.registry import ModelRegistry
from forecasting.cli.retrain import refresh, retrain
from forecasting.record.verification import verify
from standin import StandIn
from standin.standin import redirected
from tests.support.bot_env import FAKE_JOB
from tests.support.reports import made_report, publish
from tests.support.simulation.jobs import JobContext, Programs, _predict
from tests.support.simulation.loop import Clock
from tests.support.simulation.market import Market

ARCHIVE: Final = Path(__file__).parents[1] / "data" / "home-of-0.1.0.tar.xz"
CHANGES_OF_FILES: Final = ("open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree")
SYMBOLS: Final = (Symbol("SPY"), Symbol("ARKK"))
FRIDAY: Final = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
SATURDAY: Final = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
"""09:00 in New York: reports are due."""
PATIENCE_SECONDS: Final = 300.0
TOO_LATE: Final = ("too late", "not reached")
"""What stands for the point of death of a victim that had already ended."""

Points = dict[str, int]


@dataclass
class Bomb:
    """Counts points in this process, and kills it before the one of this number."""

    folder: str
    at: int | None
    reached: int = 0

    def arm(self) -> None:
        for moment in ("before_cursor_execute", "commit"):
            event.listen(Engine, moment, lambda *_: self.point())
        # A killed process loses nothing that it has handed to the system; only a power cut would.
        event.listen(Engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        sys.addaudithook(self._audited)

    def point(self) -> None:
        self.reached += 1
        if self.reached == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def _audited(self, name: str, arguments: tuple[Any, ...]) -> None:
        if name in CHANGES_OF_FILES and str(arguments[0]).startswith(self.folder):
            self.point()


# The victims: each is the whole of a child process.


def retrain_victim(folder: Path, bomb: Bomb) -> None:
    run_job(folder, "retrain", FRIDAY)


def migrate_victim(folder: Path, bomb: Bomb) -> None:
    url = f"sqlite:///{folder}/forecasts.db"
    back_up_before_upgrade(url, folder / "models", FRIDAY)
    migrate(connect_lazily(url))


def backup_victim(folder: Path, bomb: Bomb) -> None:
    back_up(f"sqlite:///{folder}/forecasts.db", folder / "models", folder / "backup.zip", FRIDAY)


def post_victim(folder: Path, bomb: Bomb) -> None:
    """A bot that starts when reports are due, posts them, and stops."""
    place = json.loads((folder / "discord.json").read_text())
    os.environ["FAKE_JOB"] = (folder / "job.json").read_text()
    settings = BotSettings(
        _env_file=None,
        database_url=f"sqlite:///{folder}/bot.db",
        model_dir=folder / "models",
        prices="simulated",
        universe_only=",".join(SYMBOLS),
    )
    bot = build_bot(settings, now=lambda: datetime.fromisoformat(place["now"]), job_command=FAKE_JOB)

    async def live() -> None:
        running = asyncio.create_task(bot.start(place["token"]))
        await asyncio.sleep(0)
        while not bot.is_ready():  # noqa: ASYNC110 - its event is made only in the course of the start
            await asyncio.sleep(0.02)
        await bot.schedule.run_due()
        await bot.close()
        await running

    with redirected(place["url"]):
        asyncio.run(live())


def run_job(folder: Path, command: str, now: datetime) -> None:
    """A job's whole command line, on invented prices and without a network to train."""
    os.environ |= {
        "DATABASE_URL": f"sqlite:///{folder}/forecasts.db",
        "MODEL_DIR": str(folder / "models"),
        "PRICES": "yahoo",
        "UNIVERSE_ONLY": ",".join(SYMBOLS),
    }
    clock = Clock(now)
    forecasting.cli.context.utc_now = clock
    forecasting.reports.build.predict_symbol = _predict
    forecasting.reports.build.why_without_vix = lambda *_: None
    engine = connect_lazily(os.environ["DATABASE_URL"])
    migrate(engine)
    market = Market(SYMBOLS, date(2026, 11, 1), clock, Random(1))
    context = JobContext(None, clock)
    context.programs = Programs(clock, market, engine, stores_prices=True)
    program = retrain if command == "retrain" else refresh
    given = program.make_context(command, ["--json", "--as-of", f"{now:%Y-%m-%d}"])
    with given:
        given.invoke(program, **{**given.params, "context": context})
    engine.dispose()


VICTIMS: Final[dict[str, Callable[[Path, Bomb], None]]] = {
    "retrain": retrain_victim,
    "post": post_victim,
    "migrate": migrate_victim,
    "backup": backup_victim,
}


def _victim(kind: str, folder: Path, at: int | None) -> None:
    os.chdir(folder)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    bomb = Bomb(str(folder), at)
    bomb.arm()
    VICTIMS[kind](folder, bomb)
    bomb.at = None
    (folder / "points").write_text(str(bomb.reached))


# What is looked at afterwards.


def record(folder: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "forecasts.db")) as connection:
        return connection.execute("SELECT symbol, as_of, hash FROM issued_forecasts ORDER BY number").fetchall()


def check_home(folder: Path) -> None:
    """The record verifies, what is visible is on record, and every champion and every model of a report is whole."""
    engine = connect_lazily(f"sqlite:///{folder}/forecasts.db")
    assert verify(engine)[1] is None
    registry = ModelRegistry(folder / "models")
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT symbol, as_of, model_version FROM reports").fetchall()
        issued = connection.exec_driver_sql("SELECT symbol, as_of, model_version FROM issued_forecasts").fetchall()
    assert set(rows) <= set(issued), "a report is visible that is not on record"
    for symbol, _, version in rows:
        assert registry.load("yahoo", Symbol(symbol), version).version == version
        registry.champion("yahoo", Symbol(symbol))
    engine.dispose()


class Kills:
    """Kills victims of one kind, one after the other."""

    def __init__(self, kind: str, folder: Path, seed: int = 16) -> None:
        self.kind, self.folder = kind, folder
        self.random = Random(f"{kind} {seed}")
        self._context = get_context("forkserver")
        self._context.set_forkserver_preload(["tests.support.kills"])
        self.points, self.seconds = 0, 0.0
        self.died_at: list[str] = []

    def __str__(self) -> str:
        return (
            f"{self.deaths} kills among {self.points} points and {self.length:.1f} s of a life, "
            f"{len(self.died_at) - self.deaths} too late"
        )

    @property
    def deaths(self) -> int:
        return sum(at not in TOO_LATE for at in self.died_at)

    def until(self, deaths: int) -> Iterator[int]:
        """Numbers of trials, until so many victims have died. One that ended before its bomb is looked at, too."""
        for number in count():
            if self.deaths == deaths:
                return
            assert number < 3 * deaths, f"of {number} {self.kind} victims only {self.deaths} died"
            yield number

    async def run(self, at: int | None = None, after: float | None = None) -> BaseProcess:
        """A victim's life: to its end, or to its death at a point or after some seconds."""
        process = self._context.Process(target=_victim, args=(self.kind, self.folder, at))
        began = time.monotonic()
        process.start()
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(process.sentinel, ended.set)
        try:
            if after is not None:
                with suppress(TimeoutError):
                    await asyncio.wait_for(ended.wait(), after)
                if not ended.is_set():
                    process.kill()
            await asyncio.wait_for(ended.wait(), PATIENCE_SECONDS)
        finally:
            loop.remove_reader(process.sentinel)
        process.join()
        self.seconds = time.monotonic() - began
        return process

    async def measure(self) -> None:
        """How many points a life has, and how long it takes."""
        process = await self.run()
        assert process.exitcode == 0, f"the {self.kind} fails even if nobody kills it"
        self.points = int((self.folder / "points").read_text())
        self.length = self.seconds

    async def kill(self, number: int) -> None:
        """One death."""
        if number % 3 == 2:
            after = self.random.uniform(0, self.length)
            process = await self.run(after=after)
            self.died_at.append(f"{after:.2f} s" if process.exitcode else TOO_LATE[0])
        else:
            point = self.random.randint(1, self.points)
            process = await self.run(at=point)
            self.died_at.append(f"point {point}" if process.exitcode else TOO_LATE[1])
        assert process.exitcode in (0, -signal.SIGKILL), f"{self.died_at[-1]}: exit code {process.exitcode}"


def copied(start: Path, folder: Path) -> None:
    """The folder as it was at the start."""
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(start, folder, dirs_exist_ok=True)


async def kill_retrains(folder: Path, kills: int) -> Kills:
    """After a kill all is whole; the next job completes it, and the record is what an undisturbed job makes."""
    start, place = folder / "start", folder / "place"
    start.mkdir()
    place.mkdir()
    trial = Kills("retrain", place)
    first = trial._context.Process(target=run_job, args=(start, "retrain", FRIDAY - timedelta(days=1)))
    first.start()
    first.join()
    copied(start, place)
    assert len(record(place)) == len(SYMBOLS)
    before = record(place)
    await trial.measure()
    whole = {row[:2] for row in record(place)}
    assert len(whole) == 2 * len(SYMBOLS)
    for number in trial.until(kills):
        copied(start, place)
        await trial.kill(number)
        found = record(place)
        assert found[: len(before)] == before, (number, trial.died_at[-1])
        check_home(place)
        process = await trial.run()
        assert process.exitcode == 0, f"after a kill at {trial.died_at[-1]} the next job failed"
        check_home(place)
        keys = [row[:2] for row in record(place)]
        assert set(keys) == whole, (number, trial.died_at[-1])
        assert len(keys) == len(whole), f"a forecast was issued twice after a kill at {trial.died_at[-1]}"
        half = [path for path in (place / "models").rglob("*") if path.name.startswith((".half", ".gone"))]
        assert not half, f"after a kill at {trial.died_at[-1]} the next job left {half}"
    return trial


async def kill_migrations(folder: Path, kills: int) -> Kills:
    """After a kill the database is of the old or of the new form; the next start completes it, and nothing is lost."""
    start, place = folder / "start", folder / "place"
    start.mkdir()
    place.mkdir()
    with tarfile.open(ARCHIVE) as archive:
        # Our own archive; Python knows filters from 3.11.4 on and wants one from 3.12 on.
        archive.extractall(start, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))  # noqa: S202
    copied(start, place)
    trial = Kills("migrate", place)
    before = record(place)
    await trial.measure()
    whole = _schema(place)
    for number in trial.until(kills):
        copied(start, place)
        await trial.kill(number)
        assert record(place) == before
        process = await trial.run()
        assert process.exitcode == 0, f"after a kill at {trial.died_at[-1]} the next start failed"
        assert _schema(place) == whole
        assert record(place) == before
        for backup in place.glob("before-upgrade-*.zip"):
            elsewhere = folder / "elsewhere"
            restore(backup, f"sqlite:///{elsewhere}/forecasts.db", elsewhere / "models", FRIDAY)
            assert record(elsewhere) == before
            shutil.rmtree(elsewhere)
    return trial


def _schema(folder: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "forecasts.db")) as connection:
        return [
            *connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall(),
            *connection.execute("SELECT * FROM alembic_version").fetchall(),
        ]


async def kill_backups(folder: Path, kills: int) -> Kills:
    """After a kill there is a whole backup or none, and the database is untouched; the next backup works."""
    start, place = folder / "start", folder / "place"
    start.mkdir()
    place.mkdir()
    trial = Kills("backup", place)
    first = trial._context.Process(target=run_job, args=(start, "retrain", FRIDAY))
    first.start()
    first.join()
    copied(start, place)
    assert len(record(place)) == len(SYMBOLS)
    before = record(place)
    await trial.measure()
    for number in trial.until(kills):
        copied(start, place)
        await trial.kill(number)
        check_home(place)
        assert record(place) == before
        target, elsewhere = place / "backup.zip", folder / "elsewhere"
        if not target.exists():
            process = await trial.run()
            assert process.exitcode == 0, f"after a kill at {trial.died_at[-1]} the next backup failed"
        restore(target, f"sqlite:///{elsewhere}/forecasts.db", elsewhere / "models", FRIDAY)
        check_home(elsewhere)
        assert record(elsewhere) == before
        shutil.rmtree(elsewhere)
    return trial


async def kill_posts(folder: Path, kills: int) -> Kills:
    """After a kill the next bot posts to every server what is due, and to none twice."""
    start, place = folder / "start", folder / "place"
    start.mkdir()
    place.mkdir()
    now = SATURDAY - timedelta(minutes=30)  # after the weekly training, so that the report alone is due

    async with StandIn(now=lambda: now) as discord:
        guilds = [discord.add_guild(name) for name in ("Club", "Library", "Surf")]
        template = start / "template.json"
        template.write_text(made_report().to_json())
        plan = {"log": str(folder / "jobs.jsonl"), "template": str(template), "behaviour": "work"}
        (start / "job.json").write_text(json.dumps(plan))
        os.environ["FAKE_JOB"] = json.dumps(plan)

        def tell(at: datetime) -> None:
            facts = {"url": discord.url, "token": discord.token, "now": at.isoformat()}
            for where in (start, place):
                (where / "discord.json").write_text(json.dumps(facts))

        tell(now)
        url = f"sqlite:///{start}/bot.db"
        publish(url, [made_report(symbol) for symbol in SYMBOLS])
        settings = BotSettings(
            _env_file=None,
            database_url=url,
            model_dir=start / "models",
            prices="simulated",
            universe_only=",".join(SYMBOLS),
        )
        bot = build_bot(settings, now=lambda: now, job_command=FAKE_JOB)
        async with discord.running(bot):
            for guild in guilds:
                admin = guild.add_member("admin", manage_guild=True)
                await discord.send(guild.general, admin, "/report here")
        now = SATURDAY
        tell(now)
        copied(start, place)
        trial = Kills("post", place)
        await trial.measure()
        assert [_reports(guild) for guild in guilds] == [1, 1, 1]
        for number in trial.until(kills):
            for guild in guilds:
                guild.general.messages.clear()
            now = SATURDAY
            tell(now)
            copied(start, place)
            await trial.kill(number)
            now += timedelta(minutes=10 * (number % 2))  # within the time in which Discord knows the nonce, or after it
            (place / "discord.json").unlink()
            tell(now)
            process = await trial.run()
            assert process.exitcode == 0, f"after a kill at {trial.died_at[-1]} the next bot failed"
            made = [_reports(guild) for guild in guilds]
            assert made == [1, 1, 1], f"kill {number} at {trial.died_at[-1]}: reports posted {made}"
    return trial


def _reports(guild: Any) -> int:
    return sum(message.invoked_by is None for message in guild.general.messages.values())


KILLS: Final[dict[str, Callable[[Path, int], Awaitable[Kills]]]] = {
    "retrain": kill_retrains,
    "post": kill_posts,
    "migrate": kill_migrations,
    "backup": kill_backups,
}
