"""``/watch`` and ``/retrain`` through the stand-in: progress, refusals, the queue, and who may."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cogs.retrain.message import progress
from bot.cogs.retrain.trainings import Standing
from bot.jobs import live_answer as following
from bot.jobs.job import Job, Progress, RunningJob
from bot.texts import Texts
from forecasting import Symbol
from standin import Exchange
from tests.support.reports import AS_OF, made_report, publish
from tests.support.town import REPORT_TIME, UNIVERSE, Town, posts, small_town

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)


@pytest.fixture
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    monkeypatch.setattr(following, "EDIT_SECONDS", 0)
    async with small_town(tmp_path, monkeypatch) as town:
        town.publish()
        yield town


async def ends_with(town: Town, exchange: Exchange, words: str) -> None:
    """Wait until the answer says so."""
    await town.discord.world.changes.until(lambda: words in exchange.text, 30)


async def test_a_new_etf_is_trained_before_the_admins_eyes_and_then_followed(town: Town) -> None:
    library = town.discord.add_guild("Library")
    librarian = library.add_member("librarian", manage_guild=True)
    bot = town.bot(watch_limit=2)
    async with town.discord.running(bot):
        for guild, admin in ((town.club, town.ann), (library, librarian)):
            await town.ask("/report here", admin, guild)
        added = await town.ask("/watch add tlt", town.ann)
        await ends_with(town, added, "follows TLT now (1 of 2): $51.20")
        assert added.ephemeral
        assert added.message.edits >= 2, "the progress was shown before the end"
        assert town.jobs() == [("retrain", ("TLT",), "2026-11-17")]

        listed = await town.ask("/watch list", town.ann)
        assert "own ETFs, 1 of 2: TLT" in listed.message.content
        again = await town.ask("/watch add $TLT", town.ann)
        assert "follows TLT already" in again.message.content
        shared = await town.ask("/watch add TLT", librarian, library)
        assert "follows TLT now" in shared.message.content
        assert len(town.jobs()) == 1, "it has a forecast by now"
        removed = await town.ask("/watch remove TLT", librarian, library)
        assert "follows TLT no more" in removed.message.content

        town.clock.at = REPORT_TIME
        await bot.schedule.run_due()
        assert town.jobs()[1:] == [("retrain", (*UNIVERSE, "TLT"), "2026-11-20")]
        assert "**TLT**" in posts(town.club)[0].text
        assert "**TLT**" not in posts(library)[0].text, "another server's own"

        await town.ask("/watch remove TLT", town.ann)
        town.clock.at = REPORT_TIME + timedelta(weeks=5)
        await bot.schedule.run_due()
        assert town.jobs()[-1] == ("retrain", UNIVERSE, "2026-12-24"), "nobody follows it for more than 30 days"
        assert (await town.ask("/forecast TLT")).message.embeds, "its last forecast stays"


async def test_what_cannot_be_followed_is_refused_with_its_reason(town: Town) -> None:
    failing = {
        "NOPE": ["UnknownSymbol", "No ETF is known here by the name 'NOPE'."],
        "AAPL": ["NotAFund", "AAPL is Apple Inc., of the type EQUITY: no ETF."],
        "YNG": ["NotEnoughHistory", "YNG has only 12 sessions of prices."],
        "OLD": ["SymbolEnded", "OLD has been unknown since 2026-01-02."],
        "SLOW": ["PricesUnavailable", "Yahoo cannot be reached."],
    }
    town.plan_jobs(failing=failing)
    bot = town.bot(watch_limit=1)
    async with town.discord.running(bot):
        for symbol, (error, message) in failing.items():
            exchange = await town.ask(f"/watch add {symbol}", town.ann)
            words = "just now" if error == "PricesUnavailable" else "cannot be followed."
            await ends_with(town, exchange, message)
            assert words in exchange.message.content
        cases = {
            "/watch add SPY": "SPY is one of the ETFs that every server has",
            "/watch add no/ticker": "No ETF is known here by the name 'no/ticker'",
            "/watch remove TLT": "does not follow TLT",
            "/watch list": "0 of 1: none yet",
        }
        for line, words in cases.items():
            assert words in (await town.ask(line, town.ann)).message.content, line
        assert bot.watches.of(town.club.id) == ()

        town.plan_jobs("crash")
        broken = await town.ask("/watch add QQQ", town.ann)
        await ends_with(town, broken, "Training of QQQ came to no end. The retrain of QQQ")

        bot.watches.add(town.club.id, Symbol("TLT"), 1, town.clock())
        assert "1 ETFs, as many as it may" in (await town.ask("/watch add QQQ", town.ann)).message.content
        offered = await town.discord.autocomplete(town.club.general, town.ann, "/watch remove symbol:t", "symbol")
        assert [choice["value"] for choice in offered] == ["TLT"]
        assert await town.discord.autocomplete(town.club.general, town.ann, "/watch add symbol:ark", "symbol")

        town.let_everybody_use("watch")
        for line in ("/watch add QQQ", "/watch remove TLT", "/watch list"):
            assert "needs the permission **Manage Server**" in (await town.ask(line)).message.content, line


async def test_past_fourteen_minutes_the_answer_goes_on_in_the_channel(town: Town) -> None:
    town.plan_jobs("hang")
    bot = town.bot()
    async with town.discord.running(bot):
        exchange = town.discord.begin(town.club.general, town.ann, "/watch add TLT")
        await town.job_reaches(bot, "fit")
        await ends_with(town, exchange, "**fit** (1 of 8)")
        town.clock.at += timedelta(minutes=20)  # the token is dead by now
        os.killpg(town.job_processes()[0], signal.SIGKILL)
        await town.discord.world.changes.until(lambda: bool(posts(town.club)), 30)
    (post,) = posts(town.club)
    assert f"<@{town.ann.id}>: Training of TLT came to no end" in post.content
    body = next(r.body for r in reversed(town.discord.requests) if r.path.endswith("/messages") and r.method == "POST")
    assert body is not None
    assert body["allowed_mentions"]["users"] == [str(town.ann.id)]


async def test_past_fourteen_minutes_a_long_failure_is_shortened_to_what_a_message_holds(town: Town) -> None:
    town.plan_jobs("hang")
    bot = town.bot()
    bot.owner_id = town.ann.id
    async with town.discord.running(bot):
        town.discord.begin(town.club.general, town.ann, "/retrain SPY")
        await town.job_reaches(bot, "fit")
        town.discord.begin(town.club.general, town.ann, "/retrain ARKK")
        await town.discord.world.changes.until(lambda: bool(bot.worker.state.waiting), 30)
        town.plan_jobs(failing={"ARKK": ["PricesNotReady", "why " * 495]})
        town.clock.at += timedelta(minutes=20)
        os.killpg(town.job_processes()[0], signal.SIGKILL)
        await town.discord.world.changes.until(
            lambda: any("ARKK failed. why why" in post.content for post in posts(town.club)), 30
        )
    assert all(len(post.content) <= 2000 for post in posts(town.club))


async def test_past_fourteen_minutes_who_asked_where_the_bot_may_not_post_is_told_directly(town: Town) -> None:
    town.plan_jobs("hang")
    town.club.general.set_permissions(town.club.bot, send_messages=False)
    bot = town.bot()
    async with town.discord.running(bot):
        town.discord.begin(town.club.general, town.ann, "/watch add TLT")
        await town.job_reaches(bot, "fit")
        town.clock.at += timedelta(minutes=20)
        os.killpg(town.job_processes()[0], signal.SIGKILL)
        direct = town.discord.direct(town.ann)
        await town.discord.world.changes.until(
            lambda: any("Training of TLT came to no end" in message.content for message in direct.messages.values()), 30
        )
    assert posts(town.club) == []
    assert len(direct.messages) == 1, "edited as it goes on"


async def test_operators_retrain_one_or_all_and_see_their_place_in_the_queue(town: Town) -> None:
    operators = town.club.add_role("operators")
    town.bob.roles.append(operators)
    town.plan_jobs("hang")
    bot = town.bot(operator_role=operators.id)
    async with town.discord.running(bot):
        forbidden = await town.ask("/retrain SPY", town.ann)
        assert f"with the role <@&{operators.id}> in the server **Club**, which you lack" in forbidden.message.content

        first = town.discord.begin(town.club.general, town.bob, "/retrain")
        await town.job_reaches(bot, "fit")
        second = await town.ask("/retrain symbol:SPY", town.bob)
        assert "Training of SPY: in the queue, place 1" in second.text
        same = await town.ask("/retrain SPY", town.bob)
        status = (await town.ask("/status")).message.text
        assert "Running: training of ARKK, SPY, FNGU" in status
        assert status.count("Waiting: training of SPY") == 1, "who asks for the same joins in"

        town.plan_jobs(failing={"SPY": ["PricesNotReady", "Not there yet."]})
        os.killpg(town.job_processes()[0], signal.SIGKILL)
        await ends_with(town, first, "Training of ARKK, SPY, FNGU came to no end")
        for exchange in (second, same):
            await ends_with(town, exchange, "SPY failed. Not there yet.")

        bot.owner_id = town.ann.id
        town.plan_jobs()
        owner = await town.ask("/retrain ARKK", town.ann)
        await ends_with(town, owner, "Trained: ARKK.")
        assert await town.discord.autocomplete(town.club.general, town.bob, "/retrain symbol:sp", "symbol")


async def test_where_there_is_no_role_for_it_retrain_says_so(town: Town) -> None:
    async with town.discord.running(town.bot()):
        refused = await town.ask("/retrain SPY")
    assert refused.ephemeral
    assert "(OPERATOR_ROLE). The server **Club** has no such role" in refused.text


@pytest.mark.parametrize("line", ["/watch add TLT", "/retrain TLT"])
async def test_who_waits_for_a_training_is_told_that_the_bot_ends(town: Town, line: str) -> None:
    town.plan_jobs("hang")
    publish(town.database_url, [made_report("TLT")] if line.startswith("/retrain") else [])
    bot = town.bot()
    bot.owner_id = town.ann.id
    async with town.discord.running(bot):
        exchange = town.discord.begin(town.club.general, town.ann, line)
        await town.job_reaches(bot, "fit")
    assert "Training of TLT was stopped, because the bot ends" in exchange.text


class TestProgress:
    def words(self, stage: str | None) -> str:
        job = Job("retrain", (Symbol("TLT"),), AS_OF)
        step = None if stage is None else Progress("TLT", stage, 3, 8)
        return progress(Texts(), job.symbols, Standing(running=RunningJob(job, NOW, step)))

    @pytest.mark.parametrize(
        ("stage", "line"),
        [
            (None, "**fetch** · backtest · fit · done"),
            ("prices", "**fetch** (3 of 8) · backtest · fit · done"),
            ("backtest", "fetch ✓ · **backtest** (3 of 8) · fit · done"),
            ("calibrate", "fetch ✓ · backtest ✓ · **fit** (3 of 8) · done"),
        ],
    )
    def test_shows_what_is_done_and_what_is_left(self, stage: str | None, line: str) -> None:
        assert self.words(stage).endswith(line)

    def test_says_how_many_jobs_are_done_first(self) -> None:
        assert "place 2" in progress(Texts("en"), ("TLT",), Standing(place=2))
        assert "Platz 2" in progress(Texts("de"), ("TLT",), Standing(place=2))
