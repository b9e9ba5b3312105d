"""``/watch`` and ``/retrain`` through the stand-in: progress, refusals, the queue, and who may."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cogs.watch.message import refused
from bot.cogs.watch.store import Watches
from bot.forecasts.trainings import TrainingState
from bot.interactions import live_answer as following
from bot.interactions.training_progress import training_progress
from bot.jobs.job import Job, Progress, RunningJob
from bot.texts import Texts
from forecasting import Failure, Symbol
from standin import Exchange
from tests.support.bot_env import REPORT_TIME, UNIVERSE, BotEnv, bot_env, posts
from tests.support.reports import AS_OF, made_report, publish

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> AsyncIterator[BotEnv]:
    monkeypatch.setattr(following, "EDIT_SECONDS", 0)
    monkeypatch.setattr(following, "PAUSE_SECONDS", 0)
    async with bot_env(tmp_path, monkeypatch, database_url=database_url) as env:
        env.publish()
        yield env


async def ends_with(env: BotEnv, exchange: Exchange, words: str) -> None:
    """Wait until the answer says so."""
    await env.discord.world.changes.until(lambda: words in exchange.text, 30)


@pytest.mark.slow
async def test_a_new_etf_is_trained_before_the_admins_eyes_and_then_followed(env: BotEnv) -> None:
    library = env.discord.add_guild("Library")
    librarian = library.add_member("librarian", manage_guild=True)
    bot = env.bot(watch_limit=2)
    async with env.discord.running(bot):
        for guild, admin in ((env.club, env.ann), (library, librarian)):
            await env.ask("/report here", admin, guild)
        added = await env.ask("/watch add tlt", env.ann)
        await ends_with(env, added, "now follows TLT (1 of 2). Last close $51.20")
        assert added.ephemeral
        assert added.message.edits >= 2, "the progress was shown before the end"
        assert env.jobs() == [("retrain", ("TLT",), "2026-11-17")]

        listed = await env.ask("/watch list", env.ann)
        assert "Followed by this server (1 of 2): TLT" in listed.message.content
        again = await env.ask("/watch add $TLT", env.ann)
        assert "already follows TLT" in again.message.content
        shared = await env.ask("/watch add TLT", librarian, library)
        assert "now follows TLT" in shared.message.content
        assert len(env.jobs()) == 1, "it has a forecast by now"
        removed = await env.ask("/watch remove TLT", librarian, library)
        assert "no longer follows TLT" in removed.message.content

        env.clock.at = REPORT_TIME
        await bot.schedule.run_due()
        assert env.jobs()[1:] == [("retrain", (*UNIVERSE, "TLT"), "2026-11-20")]
        assert "**TLT**" in posts(env.club)[0].text
        assert "**TLT**" not in posts(library)[0].text, "another server's own"

        await env.ask("/watch remove TLT", env.ann)
        env.clock.at = REPORT_TIME + timedelta(weeks=5)
        await bot.schedule.run_due()
        assert env.jobs()[-1] == ("retrain", UNIVERSE, "2026-12-24"), "nobody follows it for more than 30 days"
        assert (await env.ask("/forecast TLT")).message.embeds, "its last forecast stays"


@pytest.mark.slow
async def test_of_many_wishes_at_once_a_server_gets_no_more_than_it_may(env: BotEnv) -> None:
    symbols = [f"ETF{number}" for number in range(12)]
    env.publish(symbols)
    async with env.discord.running(env.bot(watch_limit=3)):
        begun = [env.discord.begin(env.club.general, env.ann, f"/watch add {symbol}") for symbol in symbols]
        texts = [(await env.discord.wait(exchange)).text for exchange in begun]
        listed = await env.ask("/watch list", env.ann)
    assert sum("now follows" in text for text in texts) == 3
    assert sum("already follows 3 ETFs, the maximum" in text for text in texts) == 9
    assert "(3 of 3)" in listed.text


@pytest.mark.slow
async def test_what_cannot_be_followed_is_refused_with_its_reason(env: BotEnv) -> None:
    failing = {
        "NOPE": ["UnknownSymbol", "No ETF called 'NOPE' is known here."],
        "AAPL": ["NotAFund", "AAPL is Apple Inc., of the type EQUITY: no ETF."],
        "YNG": ["NotEnoughHistory", "YNG has prices for only 12 trading days."],
        "OLD": ["SymbolEnded", "OLD has been unknown since 2026-01-02."],
        "SLOW": ["PricesUnavailable", "Yahoo cannot be reached."],
    }
    env.plan_jobs(failing=failing)
    bot = env.bot(watch_limit=1)
    async with env.discord.running(bot):
        for symbol, (error, message) in failing.items():
            exchange = await env.ask(f"/watch add {symbol}", env.ann)
            words = "right now" if error == "PricesUnavailable" else "can't be followed."
            await ends_with(env, exchange, message)
            assert words in exchange.message.content
        cases = {
            "/watch add SPY": "SPY is available in every server",
            "/watch add no/ticker": "I don't know an ETF called “no/ticker”",
            "/watch remove TLT": "does not follow TLT",
            "/watch list": "(0 of 1): none yet",
        }
        for line, words in cases.items():
            assert words in (await env.ask(line, env.ann)).message.content, line
        assert Watches(bot.engine).of(env.club.id) == ()

        env.plan_jobs("crash")
        broken = await env.ask("/watch add QQQ", env.ann)
        await ends_with(env, broken, "Training of QQQ failed. The training of QQQ")

        Watches(bot.engine).add(env.club.id, Symbol("TLT"), 1, env.clock())
        assert "already follows 1 ETF, the maximum" in (await env.ask("/watch add QQQ", env.ann)).message.content
        offered = await env.discord.autocomplete(env.club.general, env.ann, "/watch remove symbol:t", "symbol")
        assert [choice["value"] for choice in offered] == ["TLT"]
        assert await env.discord.autocomplete(env.club.general, env.ann, "/watch add symbol:ark", "symbol")

        env.let_everybody_use("watch")
        for line in ("/watch add QQQ", "/watch remove TLT", "/watch list"):
            assert "you need the permission **Manage Server**" in (await env.ask(line)).message.content, line


async def test_past_fourteen_minutes_the_answer_goes_on_in_the_channel(env: BotEnv) -> None:
    env.plan_jobs("hang")
    bot = env.bot()
    async with env.discord.running(bot):
        exchange = env.discord.begin(env.club.general, env.ann, "/watch add TLT")
        await env.job_reaches(bot, "fit")
        await ends_with(env, exchange, "**fit** (1 of 8)")
        env.clock.at += timedelta(minutes=20)  # the token is dead by now
        os.killpg(env.job_processes()[0], signal.SIGKILL)
        await env.discord.world.changes.until(lambda: bool(posts(env.club)), 30)
    (post,) = posts(env.club)
    assert f"<@{env.ann.id}>: Training of TLT failed" in post.content
    body = next(r.body for r in reversed(env.discord.requests) if r.path.endswith("/messages") and r.method == "POST")
    assert body is not None
    assert body["allowed_mentions"]["users"] == [str(env.ann.id)]


async def test_past_fourteen_minutes_a_long_failure_is_shortened_to_what_a_message_holds(env: BotEnv) -> None:
    env.plan_jobs("hang")
    bot = env.bot()
    bot.owner_id = env.ann.id
    async with env.discord.running(bot):
        env.discord.begin(env.club.general, env.ann, "/retrain SPY")
        await env.job_reaches(bot, "fit")
        env.discord.begin(env.club.general, env.ann, "/retrain ARKK")
        await env.discord.world.changes.until(lambda: bool(bot.worker.state.waiting), 30)
        env.plan_jobs(failing={"ARKK": ["PricesNotReady", "why " * 495]})
        env.clock.at += timedelta(minutes=20)
        os.killpg(env.job_processes()[0], signal.SIGKILL)
        await env.discord.world.changes.until(
            lambda: any("ARKK failed. why why" in post.content for post in posts(env.club)), 30
        )
    assert all(len(post.content) <= 2000 for post in posts(env.club))


async def test_past_fourteen_minutes_who_asked_where_the_bot_may_not_post_is_told_directly(env: BotEnv) -> None:
    env.plan_jobs("hang")
    env.club.general.set_permissions(env.club.bot, send_messages=False)
    bot = env.bot()
    async with env.discord.running(bot):
        env.discord.begin(env.club.general, env.ann, "/watch add TLT")
        await env.job_reaches(bot, "fit")
        env.clock.at += timedelta(minutes=20)
        os.killpg(env.job_processes()[0], signal.SIGKILL)
        direct = env.discord.direct(env.ann)
        await env.discord.world.changes.until(
            lambda: any("Training of TLT failed" in message.content for message in direct.messages.values()), 30
        )
    assert posts(env.club) == []
    assert len(direct.messages) == 1, "edited as it goes on"


@pytest.mark.slow
async def test_operators_retrain_one_or_all_and_see_their_place_in_the_queue(env: BotEnv) -> None:
    operators = env.club.add_role("operators")
    env.bob.roles.append(operators)
    env.plan_jobs("hang")
    bot = env.bot(operator_role=operators.id)
    async with env.discord.running(bot):
        assert (await env.ask("/retrain SPY")).refused, "Discord offers it to those who manage the server"
        env.let_everybody_use("retrain")  # as an admin allows it to the role
        forbidden = await env.ask("/retrain SPY", env.ann)
        assert f"with the role <@&{operators.id}> in the server **Club**" in forbidden.message.content

        first = env.discord.begin(env.club.general, env.bob, "/retrain")
        await env.job_reaches(bot, "fit")
        second = await env.ask("/retrain symbol:SPY", env.bob)
        await ends_with(env, second, "SPY: waiting for training, number 1 in the queue")
        same = await env.ask("/retrain SPY", env.bob)
        status = (await env.ask("/status")).message.text
        assert "Running: training of ARKK, SPY, FNGU" in status
        assert status.count("Waiting: training of SPY") == 1, "who asks for the same joins in"

        env.plan_jobs(failing={"SPY": ["PricesNotReady", "Not there yet."]})
        os.killpg(env.job_processes()[0], signal.SIGKILL)
        await ends_with(env, first, "Training of ARKK, SPY, FNGU failed")
        for exchange in (second, same):
            await ends_with(env, exchange, "SPY failed. Not there yet.")

        bot.owner_id = env.ann.id
        env.plan_jobs()
        owner = await env.ask("/retrain ARKK", env.ann)
        await ends_with(env, owner, "Trained: ARKK.")
        assert await env.discord.autocomplete(env.club.general, env.bob, "/retrain symbol:sp", "symbol")


async def test_where_there_is_no_role_for_it_retrain_says_so(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        refused = await env.ask("/retrain SPY", env.ann)
    assert refused.ephemeral
    assert "OPERATOR_ROLE). The server **Club** does not have that role" in refused.text


@pytest.mark.parametrize("line", ["/watch add TLT", "/retrain TLT"])
async def test_who_waits_for_a_training_is_told_that_the_bot_ends(env: BotEnv, line: str) -> None:
    env.plan_jobs("hang")
    publish(env.database_url, [made_report("TLT")] if line.startswith("/retrain") else [])
    bot = env.bot()
    bot.owner_id = env.ann.id
    async with env.discord.running(bot):
        exchange = env.discord.begin(env.club.general, env.ann, line)
        await env.job_reaches(bot, "fit")
    assert "Training of TLT was stopped because the bot is shutting down" in exchange.text


class TestProgress:
    def words(self, stage: str | None) -> str:
        job = Job("retrain", (Symbol("TLT"),), AS_OF)
        step = None if stage is None else Progress("TLT", stage, 3, 8)
        return training_progress(Texts(), job.symbols, TrainingState(running=RunningJob(job, NOW, step)))

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
        assert "number 2" in training_progress(Texts("en"), ("TLT",), TrainingState(place=2))
        assert "Platz 2" in training_progress(Texts("de"), ("TLT",), TrainingState(place=2))


def test_a_member_hears_nothing_of_machines_when_another_process_trains() -> None:
    failure = Failure(Symbol("TLT"), "JobRunning", "Another job is using this database: retrain, process 17 on desk.")
    words = refused(Texts("en"), failure)
    assert "another process of this bot is training ETFs. Try again in an hour" in words
    assert "desk" not in words
