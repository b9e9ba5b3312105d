"""Two bot processes share the servers and one PostgreSQL: all is done once, also when the owner is killed."""

from __future__ import annotations

import asyncio
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from standin import Guild
from tests.bot.alerts.test_crossing import later
from tests.bot.connection.test_shards import NEXT, SERVER
from tests.bot.test_main import program
from tests.support.bot_env import REPORT_TIME, UNIVERSE, BotEnv, bot_env, posts
from tests.support.reports import made_report, publish

pytestmark = pytest.mark.slow

ALERT = '/alert add ARKK condition:above price:60 where:"in this channel"'
PATIENCE_SECONDS = 120.0


class Processes:
    """The bot's processes, their clock and their database."""

    def __init__(self, env: BotEnv, url: str, stack: AsyncExitStack) -> None:
        self.env = env
        self.engine: Engine = create_engine(url)
        self._stack = stack
        self._environment = {
            **env.settings(database_url=url).for_jobs(),
            "CLOCK": str(env.folder / "clock"),
            "KILLED": str(env.folder / "killed"),
            "SHARD_COUNT": "2",
        }
        self.write("clock", env.clock().isoformat())
        self.write("killed", "nobody")

    def tick(self, duration: timedelta) -> None:
        """Move the clock of Discord and of the bots."""
        self.env.clock.at += duration
        self.write("clock", self.env.clock().isoformat())

    def write(self, name: str, words: str) -> None:
        """Write a file at once: others read it at any time."""
        half = self.env.folder / "half"
        half.write_text(words)
        half.rename(self.env.folder / name)

    async def start(self, shard: int) -> Process:
        """Start the process of this shard, and wait until it may post."""
        given = {**self._environment, "SHARD_IDS": str(shard)}
        process = await self._stack.enter_async_context(program(self.env, "run", **given))
        await self.until(lambda: self.holder(f"posts {shard}/2") == process.pid)
        gateway = self.env.discord.gateway
        await self.until(lambda: any(s.shard == [shard, 2] and s.socket for s in gateway.sessions.values()))
        return process

    def holder(self, lease: str) -> int | None:
        """The id of the process that has it."""
        with self.engine.connect() as connection:
            return connection.scalar(
                text("SELECT pid FROM leases WHERE name = :name AND token IS NOT NULL"), {"name": lease}
            )

    def states(self, table: str) -> list[str]:
        """How far the messages in this table got."""
        with self.engine.connect() as connection:
            return [row.state for row in connection.execute(text(f"SELECT state FROM {table}"))]  # noqa: S608 - ours

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not holds():  # noqa: ASYNC110 - what other processes do
                await asyncio.sleep(0.05)


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch) as env:
        yield env


async def test_the_schedules_owner_is_killed_between_the_marks_of_a_report(env: BotEnv, postgresql: str) -> None:
    servers = env.discord.add_guild("Even", SERVER), env.discord.add_guild("Odd", SERVER + NEXT)
    publish(postgresql, [made_report(symbol) for symbol in UNIVERSE])
    (env.folder / "template.json").write_text(later(5, 61.5).to_json())
    async with AsyncExitStack() as stack:
        processes = Processes(env, postgresql, stack)
        stack.callback(processes.engine.dispose)
        running = dict(enumerate(await asyncio.gather(processes.start(0), processes.start(1))))
        assert env.discord.commands.syncs == 1
        for guild in servers:
            admin = guild.add_member("admin", manage_guild=True)
            await env.ask("/report here", admin, guild)
            alert = await env.ask(ALERT, admin, guild)
            assert "closes above $60.00" in alert.text

        processes.tick(REPORT_TIME - env.clock())
        for week, moment in enumerate(("before", "after"), 1):
            (owner,) = (s for s, process in running.items() if process.pid == processes.holder("schedule"))
            processes.write("killed", f"{moment} {running[owner].pid}")
            processes.tick(timedelta(weeks=week - 1))
            assert await asyncio.wait_for(running[owner].wait(), PATIENCE_SECONDS) == -signal.SIGKILL
            assert len(reports(servers[owner])) == week - (moment == "before"), "Discord has taken it, or not"
            processes.tick(timedelta(minutes=3))  # now no nonce tells a repeated post
            due = ["sent"] * 2 * week
            await processes.until(lambda due=due: processes.states("deliveries") == due)
            await processes.until(lambda: processes.states("alerts") == ["sent"] * 2)
            assert processes.holder("schedule") == running[1 - owner].pid

            running[owner] = await processes.start(owner)
            assert [kind for kind, *_ in env.jobs()].count("retrain") == week
            for guild in servers:
                assert len(reports(guild)) == week
                assert len(posts(guild)) == week + 1, "and one alert"


def reports(guild: Guild) -> list[str]:
    return [message.text for message in posts(guild) if "closed at" not in message.content]
