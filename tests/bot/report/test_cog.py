"""``/report``, ``/status`` and ``/help`` through the stand-in, with every refusal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.cogs.report.subscriptions import Servers
from bot.schedule.decision import BACKOFF
from forecasting import Failure, ReportStore, Run, Symbol, open_database
from standin import Fault
from tests.support.town import REPORT_TIME, SATURDAY, Town, posts, small_town


@pytest.fixture
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    async with small_town(tmp_path, monkeypatch) as town:
        town.publish()
        yield town


def channel_of(town: Town) -> int | None:
    """Where the club's report goes by the database."""
    engine = open_database(town.database_url)
    subscription = Servers(engine).subscription(town.club.id)
    engine.dispose()
    return None if subscription is None else subscription.channel_id


NEXT = f"<t:{int(REPORT_TIME.timestamp())}:f>"
NEXT_TRAINING = f"<t:{int(SATURDAY.timestamp())}:f>"


async def test_here_off_and_status_are_told_to_the_admin_alone(town: Town) -> None:
    async with town.discord.running(town.bot()):
        before = await town.ask("/report status", town.ann)
        here = await town.ask("/report here", town.ann)
        subscribed = channel_of(town)
        between = await town.ask("/report status", town.ann)
        off = await town.ask("/report off", town.ann)
        again = await town.ask("/report off", town.ann)

    assert all(exchange.ephemeral for exchange in (before, here, between, off, again))
    assert "gets no weekly report. `/report here`" in before.message.content
    assert f"<#{town.club.general.id}> from now on" in here.message.content
    assert NEXT in here.message.content
    assert subscribed == town.club.general.id
    assert f"goes to <#{town.club.general.id}>" in between.message.content
    assert NEXT in between.message.content
    assert "No more weekly reports" in off.message.content
    assert channel_of(town) is None
    assert "gets no weekly report anyway" in again.message.content


async def test_here_in_another_channel_moves_the_report(town: Town) -> None:
    other = town.club.add_channel("forecasts")
    async with town.discord.running(town.bot()):
        await town.ask("/report here", town.ann)
        await town.discord.send(other, town.ann, "/report here")
    assert channel_of(town) == other.id


@pytest.mark.parametrize(
    ("permission", "name"),
    [("send_messages", "Send Messages"), ("embed_links", "Embed Links"), ("attach_files", "Attach Files")],
)
async def test_here_says_what_the_bot_lacks_and_in_which_channel(town: Town, permission: str, name: str) -> None:
    town.club.general.set_permissions(town.club.bot, **{permission: False})
    async with town.discord.running(town.bot()):
        exchange = await town.ask("/report here", town.ann)
    assert exchange.ephemeral
    assert f"I lack the permission **{name}** in <#{town.club.general.id}>" in exchange.message.content
    assert channel_of(town) is None


@pytest.mark.parametrize("line", ["/report here", "/report off", "/report status"])
async def test_a_member_whom_the_server_lets_use_it_still_needs_manage_server(town: Town, line: str) -> None:
    async with town.discord.running(town.bot()):
        refused_by_discord = await town.ask(line)
        town.let_everybody_use("report")
        exchange = await town.ask(line)
    assert refused_by_discord.refused
    assert exchange.ephemeral
    assert "needs the permission **Manage Server** in the server **Club**" in exchange.message.content
    assert channel_of(town) is None


async def test_report_is_not_for_direct_messages(town: Town) -> None:
    async with town.discord.running(town.bot()):
        assert (await town.discord.send(town.discord.direct(town.ann), town.ann.user, "/report here")).refused


async def test_the_status_of_a_channel_that_forbids_says_so_until_a_channel_is_set_again(town: Town) -> None:
    bot = town.bot()
    async with town.discord.running(bot):
        await town.ask("/report here", town.ann)
        town.discord.faults.append(Fault("POST", r"/channels/\d+/messages", 403, 50013, "Missing Permissions"))
        town.clock.at = REPORT_TIME
        await bot.schedule.run_due()
        told = await town.ask("/report status", town.ann)
        await town.ask("/report here", town.ann)
        mended = await town.ask("/report status", town.ann)
    assert "may not post there, so I stopped trying" in told.message.content
    assert "report of week 2026-W47 could not be posted" in told.message.content
    assert "stopped trying" not in mended.message.content
    assert posts(town.club) == []


async def test_status_shows_data_runs_and_what_comes_next(town: Town) -> None:
    bot = town.bot()
    async with town.discord.running(bot):
        await bot.schedule.run_due()
        fresh = await town.ask("/status")
        town.plan_jobs("crash")
        town.clock.at = SATURDAY
        await bot.schedule.run_due()
        broken = await town.ask("/status")
        town.plan_jobs()
        town.clock.at += BACKOFF[0]
        await bot.schedule.run_due()
        mended = await town.ask("/status")
    text = fresh.message.text
    for words in (
        "3 ETFs, as of <t:1794603600:f>",
        "No job is running",
        NEXT_TRAINING,
        "Never ran yet",
        "simulated prices",
    ):
        assert words in text
    assert "What went wrong" not in text
    assert "The prices of ARKK cannot be had." in broken.message.text
    assert "What went wrong" not in mended.message.text


async def test_status_does_not_tell_everybody_what_one_server_asked_to_follow_in_vain(town: Town) -> None:
    failed = tuple(Failure(Symbol(symbol), "UnknownSymbol", f"{symbol} is none.") for symbol in ("TYPPO", "SPY"))
    at = town.clock.at
    run = Run("retrain", "simulated", at.date(), at, at, (), failed)
    ReportStore(open_database(town.database_url)).record(run)
    async with town.discord.running(town.bot()):
        text = (await town.ask("/status")).text
    assert "0 done, 1 failed" in text
    assert "SPY is none." in text
    assert "TYPPO" not in text


async def test_status_shows_the_running_job_and_the_queue(town: Town) -> None:
    town.plan_jobs("hang")
    town.clock.at = SATURDAY
    bot = town.bot(universe="TLT")
    async with town.discord.running(bot):
        await town.job_reaches(bot, "fit")
        exchange = await town.ask("/status")
    assert "Running: training of TLT" in exchange.message.text
    assert "ARKK, fit, 1 of 8" in exchange.message.text
    assert "None yet for TLT" in exchange.message.text


async def test_help_shows_what_this_member_may_do(town: Town) -> None:
    async with town.discord.running(town.bot()):
        for_bob = await town.ask("/help")
        for_ann = await town.ask("/help", town.ann)
        alone = await town.discord.send(town.discord.direct(town.ann), town.ann.user, "/help")
    assert all(exchange.ephemeral for exchange in (for_bob, for_ann))
    for words in ("/forecast symbol", "/scores [symbol]", "/status", "/help"):
        assert words in for_bob.message.text
        assert words in alone.message.text
    assert "/report" not in for_bob.message.text
    assert "/report" not in alone.message.text
    for words in ("/report here", "/report off", "/report status"):
        assert words in for_ann.message.text
