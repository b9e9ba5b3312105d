"""The playground's clock: where it starts, where it moves to, and when it may not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.playground.clock import ClockBusy, PlaygroundClock
from forecasting import CLOCK_AHEAD, ReportStore, Run, Symbol, last_completed_session, next_sessions, open_database
from standin import StandIn
from tests.support.bot_env import BotEnv, posts, storing

NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    """A club on the playground's clock."""
    clock = PlaygroundClock()
    async with StandIn(now=clock.now) as discord, storing() as port:
        club = discord.add_guild("Club")
        ann, bob = club.add_member("ann", manage_guild=True), club.add_member("bob")
        url = f"sqlite:///{tmp_path}/bot.db"
        now: Any = clock.now
        env = BotEnv(discord, tmp_path, now, club, ann, bob, monkeypatch, url, port)
        env.plan_jobs()
        yield env


def the_clock(env: BotEnv) -> PlaygroundClock:
    return env.clock.__self__  # type: ignore[attr-defined,no-any-return]


@pytest.mark.slow
async def test_the_bot_does_at_the_new_time_what_is_due_then(env: BotEnv) -> None:
    clock, bot = the_clock(env), env.bot()
    moved: list[datetime] = []
    clock.on_move = lambda: moved.append(clock.now())
    async with env.discord.running(bot):
        await bot.schedule.run_due()
        assert (await env.ask("/report here", env.ann)).answered
        trained = len(env.jobs())
        session = next_sessions(last_completed_session(clock.now()), 1)[0]

        await clock.move(bot, "close")
        assert clock.now() - bot.schedule.next_runs()["refresh"] < timedelta()
        assert last_completed_session(clock.now()) == session
        assert [(kind, as_of) for kind, _, as_of in env.jobs()[trained:]] == [("refresh", str(session))]
        assert bot.worker.settings[CLOCK_AHEAD] == str(clock.seconds_ahead)

        posted = len(posts(env.club))
        while env.jobs()[-1][0] != "retrain" or len(posts(env.club)) == posted:
            await clock.move(bot, "saturday")  # once, unless the report was asked for on a Saturday
        there = clock.now().astimezone(NEW_YORK)
        assert (there.strftime("%A"), there.hour) == ("Saturday", 12)
        assert moved[-1] <= clock.now()
        assert (await env.ask("/forecast SPY")).message.created_at > moved[-1]


async def test_nothing_moves_while_a_job_runs(env: BotEnv) -> None:
    env.plan_jobs("hang")
    clock, bot = the_clock(env), env.bot()
    async with env.discord.running(bot):
        await env.job_reaches(bot, "fit")
        with pytest.raises(ClockBusy, match="The bot is training or forecasting"):
            await clock.move(bot, "close")
    assert clock.seconds_ahead == 0


def test_it_goes_on_where_the_record_ends_and_never_before(env: BotEnv, tmp_path: Path) -> None:
    engine = open_database(env.database_url)
    runs = ReportStore(engine).runs
    clock = PlaygroundClock()
    clock.resume(env.settings())
    assert clock.seconds_ahead == 0
    for kind, end in (("retrain", datetime(2090, 1, 7, 13, tzinfo=UTC)), ("refresh", datetime(2090, 1, 6, tzinfo=UTC))):
        runs.record(Run(kind, "simulated", date(2090, 1, 5), end, end, (Symbol("SPY"),), ()))
    clock.resume(env.settings())
    assert datetime(2090, 1, 7, 13, tzinfo=UTC) <= clock.now() < datetime(2090, 1, 7, 14, tzinfo=UTC)
    real = PlaygroundClock()
    runs.record(Run("retrain", "csv", date(2090, 1, 5), end, end, (Symbol("SPY"),), ()))
    real.resume(env.settings(prices=f"csv:{tmp_path}"))
    assert real.seconds_ahead == 0, "of real prices there are none of days to come"
    engine.dispose()
