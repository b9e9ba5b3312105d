"""``/report``, ``/status`` and ``/help`` through the stand-in, with every refusal."""

from __future__ import annotations

import pytest

from bot.cogs.report.subscriptions import Subscriptions
from bot.schedule.decision import RETRY_AFTER
from forecasting import Failure, ReportStore, Run, Symbol, open_database
from standin import Fault
from tests.support.bot_env import REPORT_TIME, SATURDAY, BotEnv, posts


def channel_of(env: BotEnv) -> int | None:
    """Where the club's report goes by the database."""
    engine = open_database(env.database_url)
    subscriptions = Subscriptions(engine).all_of(env.club.id)
    engine.dispose()
    return subscriptions[0].channel_id if subscriptions else None


NEXT = f"<t:{int(REPORT_TIME.timestamp())}:f>"
NEXT_TRAINING = f"<t:{int(SATURDAY.timestamp())}:f>"


async def test_here_off_and_status_are_told_to_the_admin_alone(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        before = await env.ask("/report status", env.ann)
        here = await env.ask("/report here", env.ann)
        subscribed = channel_of(env)
        between = await env.ask("/report status", env.ann)
        off = await env.ask("/report off", env.ann)
        again = await env.ask("/report off", env.ann)

    assert all(exchange.ephemeral for exchange in (before, here, between, off, again))
    assert "No report is on in this server. Turn one on with `/report here`" in before.message.content
    assert f"From now on the weekly report is posted in <#{env.club.general.id}>" in here.message.content
    assert NEXT in here.message.content
    assert subscribed == env.club.general.id
    assert f"is posted in <#{env.club.general.id}>" in between.message.content
    assert NEXT in between.message.content
    assert "The report is now off" in off.message.content
    assert channel_of(env) is None
    assert "No report was on" in again.message.content


async def test_here_given_four_times_at_once_is_given_once(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        begun = [env.discord.begin(env.club.general, env.ann, "/report here") for _ in range(4)]
        texts = [(await env.discord.wait(exchange)).text for exchange in begun]
    assert all("From now on the weekly report is posted" in text for text in texts)


async def test_here_in_another_channel_moves_the_report(env: BotEnv) -> None:
    other = env.club.add_channel("forecasts")
    async with env.discord.running(env.bot()):
        await env.ask("/report here", env.ann)
        await env.discord.send(other, env.ann, "/report here")
    assert channel_of(env) == other.id


@pytest.mark.parametrize(
    ("permission", "name"),
    [("send_messages", "Send Messages"), ("embed_links", "Embed Links"), ("attach_files", "Attach Files")],
)
async def test_here_says_what_the_bot_lacks_and_in_which_channel(env: BotEnv, permission: str, name: str) -> None:
    env.club.general.set_permissions(env.club.bot, **{permission: False})
    async with env.discord.running(env.bot()):
        exchange = await env.ask("/report here", env.ann)
    assert exchange.ephemeral
    assert f"I need the permission **{name}** in <#{env.club.general.id}>" in exchange.message.content
    assert channel_of(env) is None


@pytest.mark.parametrize("line", ["/report here", "/report off", "/report status"])
async def test_a_member_whom_the_server_lets_use_it_still_needs_manage_server(env: BotEnv, line: str) -> None:
    async with env.discord.running(env.bot()):
        refused_by_discord = await env.ask(line)
        env.let_everybody_use("report")
        exchange = await env.ask(line)
    assert refused_by_discord.refused
    assert exchange.ephemeral
    assert "you need the permission **Manage Server** in the server **Club**" in exchange.message.content
    assert channel_of(env) is None


async def test_report_is_not_for_direct_messages(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        assert (await env.discord.send(env.discord.direct(env.ann), env.ann.user, "/report here")).refused


@pytest.mark.slow
async def test_the_status_of_a_channel_that_forbids_says_so_until_a_channel_is_set_again(env: BotEnv) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        await env.ask("/report here", env.ann)
        env.discord.faults.append(Fault("POST", r"/channels/\d+/messages", 403, 50013, "Missing Permissions"))
        env.clock.at = REPORT_TIME
        await bot.schedule.run_due()
        told = await env.ask("/report status", env.ann)
        await env.ask("/report here", env.ann)
        mended = await env.ask("/report status", env.ann)
    assert "doesn't let me post there, so I stopped trying" in told.message.content
    assert "Posting the report for week 2026-W47 failed" in told.message.content
    assert "stopped trying" not in mended.message.content
    assert posts(env.club) == []


@pytest.mark.slow
async def test_status_shows_data_runs_and_what_comes_next(env: BotEnv) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        await bot.schedule.run_due()
        fresh = await env.ask("/status")
        env.plan_jobs("crash")
        env.clock.at = SATURDAY
        await bot.schedule.run_due()
        broken = await env.ask("/status")
        env.plan_jobs()
        env.clock.at += RETRY_AFTER[0]
        await bot.schedule.run_due()
        mended = await env.ask("/status")
    text = fresh.message.text
    for words in (
        "3 ETFs, as of <t:1794603600:f>",
        "No job is running",
        NEXT_TRAINING,
        "Has not run yet",
        "simulated prices",
    ):
        assert words in text
    assert "What went wrong" not in text
    assert "The prices of ARKK cannot be had." in broken.message.text
    assert "What went wrong" not in mended.message.text


@pytest.mark.slow
async def test_status_does_not_tell_everybody_what_one_server_asked_to_follow_in_vain(env: BotEnv) -> None:
    failed = tuple(Failure(Symbol(symbol), "UnknownSymbol", f"{symbol} is none.") for symbol in ("TYPPO", "SPY"))
    at = env.clock.at
    run = Run("retrain", "simulated", at.date(), at, at, (), failed)
    ReportStore(open_database(env.database_url)).runs.record(run)
    async with env.discord.running(env.bot()):
        text = (await env.ask("/status")).text
    assert "0 succeeded, 1 failed" in text
    assert "SPY is none." in text
    assert "TYPPO" not in text


async def test_status_shows_the_running_job_and_the_queue(env: BotEnv) -> None:
    env.plan_jobs("hang")
    env.clock.at = SATURDAY
    bot = env.bot(universe="TLT")
    async with env.discord.running(bot):
        await env.job_reaches(bot, "fit")
        exchange = await env.ask("/status")
    assert "Running: training of TLT" in exchange.message.text
    assert "TLT, fit (1 of 8)" in exchange.message.text
    assert "No forecast yet for TLT" in exchange.message.text


async def test_help_shows_what_this_member_may_do(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        for_bob = await env.ask("/help")
        for_ann = await env.ask("/help", env.ann)
        alone = await env.discord.send(env.discord.direct(env.ann), env.ann.user, "/help")
    assert all(exchange.ephemeral for exchange in (for_bob, for_ann))
    for words in ("/forecast symbol", "/scores [symbol]", "/status", "/help"):
        assert words in for_bob.message.text
        assert words in alone.message.text
    assert "/report" not in for_bob.message.text
    assert "/report" not in alone.message.text
    for words in ("/report here", "/report off", "/report status"):
        assert words in for_ann.message.text


async def test_a_thread_that_discord_archived_is_where_reports_go(env: BotEnv) -> None:
    thread = env.club.add_thread("forecasts", env.club.general)
    async with env.discord.running(env.bot()):
        thread.archive()
        named = await env.ask("/report set #forecasts day:Saturday time:09:00 timezone:London", env.ann)
        status = await env.ask("/report status", env.ann)
        tested = await env.ask("/report test", env.ann)
        thread.archive()
        ops = await env.ask("/ops channel #forecasts", env.ann)
    assert f"is posted in <#{thread.id}>" in named.text
    assert f"is posted in <#{thread.id}>" in status.text
    assert f"Posted in <#{thread.id}>" in tested.text
    assert f"report problems in <#{thread.id}>" in ops.text
    assert len(thread.messages) == 1


@pytest.mark.parametrize("lost", ["gone", "forbidden"])
async def test_status_promises_nothing_in_a_channel_that_is_lost(env: BotEnv, lost: str) -> None:
    channel = env.club.add_channel("forecasts")
    async with env.discord.running(env.bot()):
        await env.ask("/report set #forecasts day:Saturday time:09:00 timezone:London", env.ann)
        await env.ask("/ops channel #forecasts", env.ann)
        if lost == "gone":
            env.club.remove_channel(channel)
        else:
            channel.set_permissions(env.club.bot, view_channel=False)
        report = await env.ask("/report status", env.ann)
        ops = await env.ask("/ops status", env.ann)
        tested = await env.ask("/report test", env.ann)
        resumed = await env.ask("/report resume", env.ann)
    assert ("no longer exists" in resumed.text) is (lost == "gone")
    words = "no longer exists, so I stopped trying" if lost == "gone" else "Discord doesn't let me post there"
    assert words in report.text
    assert words in ops.text
    assert ("no longer exists" if lost == "gone" else "View Channel") in tested.text


async def test_where_discord_fails_nothing_is_called_lost(env: BotEnv) -> None:
    thread = env.club.add_thread("forecasts", env.club.general)
    async with env.discord.running(env.bot()):
        await env.ask("/report set #forecasts day:Saturday time:09:00 timezone:London", env.ann)
        thread.archive()
        env.discord.faults.append(Fault("GET", rf"/channels/{thread.id}", 503))
        status = await env.ask("/report status", env.ann)
    assert f"is posted in <#{thread.id}>" in status.text
