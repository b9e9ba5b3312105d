"""A season of weekly reports: servers in several zones, a host that comes and goes, one post for each week."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bot.cogs.report.deliveries import Deliveries
from bot.cogs.report.due import LATEST_POST
from bot.cogs.report.subscriptions import Subscription, Subscriptions
from standin import Guild
from tests.support.bot_env import BotEnv, bot_env, posts

pytestmark = pytest.mark.slow

AUTUMN = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)
"""Before the clocks change in London (2026-10-25) and New York (2026-11-01)."""
AFTER_NEW_YEAR = datetime(2027, 1, 12, 12, 0, tzinfo=UTC)
"""After the year's ISO week 53."""

WISHES = {
    "New York": "/report here",
    "London": "/report set channel:#general day:Monday time:07:30 timezone:Europe/London",
    "Sydney": "/report set channel:#general day:Sunday time:23:45 timezone:Australia/Sydney",
    "Kolkata": "/report set channel:#general day:Friday time:20:15 timezone:Asia/Kolkata",
    "Monday people": "/report set channel:#general day:Saturday time:9 timezone:Europe/London skip_weekend:True",
}


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch) as env:
        env.publish()
        env.plan_jobs("talk")  # what the reports say is other tests' matter
        yield env


def looks(chance: random.Random) -> list[tuple[datetime, bool]]:
    """When the bot looks what is due, and whether it was started anew for that; at times its host was down for days."""
    at, moments = AUTUMN, []
    while at < AFTER_NEW_YEAR:
        is_outage = chance.random() < 0.08
        at += timedelta(minutes=chance.randint(*((30 * 60, 100 * 60) if is_outage else (8 * 60, 30 * 60))))
        moments.append((at, is_outage or chance.random() < 0.1))
    return moments


def due_weeks(subscription: Subscription, until: datetime) -> list[str]:
    """The ISO weeks of all due times since the server asked."""
    when, at, weeks = subscription.options.when, subscription.since, []
    while (at := when.next(at)) <= until:
        weeks.append(when.period(at))
    return weeks


async def test_each_server_has_one_post_for_each_week_however_often_the_host_was_down(env: BotEnv) -> None:
    chance = random.Random(53)  # noqa: S311 - days, no secrets
    guilds: dict[str, Guild] = {name: env.discord.add_guild(name) for name in WISHES}
    env.clock.at = AUTUMN
    async with env.discord.running(env.bot()):
        for name, line in WISHES.items():
            admin = guilds[name].add_member("admin", manage_guild=True)
            assert "From now on" in (await env.ask(line, admin, guilds[name])).text

    moments = looks(chance)
    assert max(later - earlier for (earlier, _), (later, _) in pairwise(moments)) < LATEST_POST["weekly"]
    while moments:
        bot = env.bot()
        env.clock.at = moments[0][0]
        async with env.discord.running(bot):
            await bot.schedule.run_due()
            moments.pop(0)
            while moments and not moments[0][1]:
                env.clock.at = moments.pop(0)[0]
                await bot.schedule.run_due()

    subscriptions = Subscriptions(bot.engine).all()
    delivered = Deliveries(bot.engine).since(AUTUMN)
    for name, guild in guilds.items():
        (subscription,) = (s for s in subscriptions if s.server_id == guild.id)
        weeks = due_weeks(subscription, env.clock.at)
        assert "2026-W53" in weeks
        assert len(posts(guild)) == len(weeks), name
        assert sorted(week for server, _number, week in delivered if server == guild.id) == weeks, name
        assert len({post.nonce for post in posts(guild)}) == len(weeks), name
