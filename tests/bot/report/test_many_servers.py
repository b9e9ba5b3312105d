"""Reports that are due to many servers in the same minute."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from bot.calendar.weektime import WeeklyTime
from bot.cogs.report.subscriptions import ReportOptions, Subscriptions
from bot.delivery import Outbox
from standin import Fault, Guild
from tests.support.bot_env import REPORT_TIME, WEDNESDAY, BotEnv, posts


async def subscribed(env: BotEnv, count: int) -> list[Guild]:
    """Servers that asked for a report on Wednesday, when the bot ran."""
    guilds = [env.discord.add_guild(f"Server {number}") for number in range(count)]
    bot = env.bot()
    async with env.discord.running(bot):
        zone = env.settings().time_zone
        when = WeeklyTime("sat", REPORT_TIME.astimezone(zone).time(), zone)
        for guild in guilds:
            Subscriptions(bot.engine).subscribe(guild.id, ReportOptions(guild.general.id, when), WEDNESDAY)
    return guilds


@pytest.mark.slow
async def test_all_get_theirs_and_discord_refuses_nothing_for_too_many_requests(env: BotEnv) -> None:
    guilds = await subscribed(env, 70)
    guilds[3].general.set_permissions(guilds[3], send_messages=False)
    env.clock.at = REPORT_TIME
    bot = env.bot()
    async with env.discord.running(bot):
        env.discord.rate_limits.enforced = True
        env.discord.requests.clear()
        await bot.schedule.run_due()
        await bot.schedule.run_due()
        statuses = Counter(asked.status for asked in env.discord.requests if asked.path.endswith("/messages"))
    assert statuses == {200: 69, 403: 1}
    assert [len(posts(guild)) for guild in guilds] == [guild is not guilds[3] for guild in guilds]


@pytest.mark.slow
async def test_a_bot_that_stops_posts_what_is_under_way_and_leaves_the_rest_to_its_next_start(env: BotEnv) -> None:
    guilds = await subscribed(env, 12)
    env.clock.at = REPORT_TIME
    path = r"/channels/\d+/messages"
    env.discord.faults.append(Fault("POST", path, delay=0.2, times=1000))
    bot = env.bot()

    def posted() -> list[int]:
        return [len(posts(guild)) for guild in guilds]

    async with env.discord.running(bot):
        posting = asyncio.create_task(bot.schedule.run_due())
        await env.discord.world.changes.until(lambda: sum(posted()) >= 2, 30)
    await posting
    assert sum(posted()) < 8
    env.discord.faults.clear()
    bot = env.bot()
    async with env.discord.running(bot):
        await bot.schedule.run_due()
    assert posted() == [1] * 12


async def test_processes_of_one_bot_post_at_the_rate_that_is_theirs(env: BotEnv) -> None:
    """Six posts of a process that may make five a second, and three of them at once."""
    bot, loop = env.bot(), asyncio.get_running_loop()
    async with env.discord.running(bot):
        outbox, began = Outbox(bot, env.clock, processes=9), loop.time()
        for _ in range(6):
            outcome = await outbox.to_channel(env.club.id, env.club.general.id, lambda: {"content": "Hello"})
            assert outcome.state == "sent"
        assert loop.time() - began > 0.55
