"""What monitors see of a bot: over real sockets, against the stand-in."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from bot.client import ForecastBot
from bot.health import watch
from bot.health.watch import watched
from forecasting import BadSettings, Failure, ReportStore, Run, Symbol, close_time
from tests.bot.test_main import program
from tests.support.bot_env import REPORT_TIME, WEDNESDAY, BotEnv, bot_env

SECRET = "do-not-tell"  # noqa: S105


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch) as env:
        yield env


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        found: int = free.getsockname()[1]
        return found


def quick(bot: ForecastBot) -> ForecastBot:
    """Ready as soon as it has its servers: by default discord.py waits 2 s for more of them."""
    bot._connection.guild_ready_timeout = 0.01
    return bot


async def ask(port: int, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status, await answer.text()


async def metrics(port: int) -> dict[tuple[str, ...], float]:
    """By name without its common beginning, and labels."""
    status, text = await ask(port, "/metrics")
    assert status == 200
    return {
        (sample.name.removeprefix("etf_bot_"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@asynccontextmanager
async def monitor(status: int = 200) -> AsyncIterator[tuple[str, asyncio.Queue[str]]]:
    """A push monitor on 127.0.0.1: its secret address, and each query that it got."""
    got: asyncio.Queue[str] = asyncio.Queue()

    async def pushed(request: web.Request) -> web.Response:
        got.put_nowait(request.query_string)
        return web.Response(status=status)

    app = web.Application()
    app.add_routes([web.get(f"/{SECRET}", pushed)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0]
        yield f"http://{host}:{port}/{SECRET}?status=up&msg=OK", got
    finally:
        await runner.cleanup()


@pytest.fixture
def warned() -> Iterator[asyncio.Queue[str]]:
    """What the log says of pushes."""

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.put_nowait(record.getMessage())

    told: asyncio.Queue[str] = asyncio.Queue()
    handler = Handler()
    watch.log.addHandler(handler)
    watch.log.setLevel(logging.INFO)
    yield told
    watch.log.setLevel(logging.NOTSET)
    watch.log.removeHandler(handler)


def rename_reports(bot: ForecastBot, old: str, new: str) -> None:
    with bot.engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")


async def test_health_is_200_only_while_discord_and_the_database_are_there(env: BotEnv, port: int) -> None:
    bot = quick(env.bot(health_port=port))
    async with watched(bot):
        assert await ask(port, "/healthz") == (503, "The bot is not connected to Discord.\n")
        assert (await metrics(port))["gateway_connected",] == 0
        async with env.discord.running(bot):
            await bot.wait_until_ready()
            assert await ask(port, "/healthz") == (200, "ok\n")
            rename_reports(bot, "reports", "elsewhere")
            assert await ask(port, "/healthz") == (503, "The database cannot be read (OperationalError).\n")
            assert (await metrics(port))["database_readable",] == 0
            rename_reports(bot, "elsewhere", "reports")
            assert (await ask(port, "/healthz"))[0] == 200
            disconnected = env.noticed(bot, "disconnect")
            env.discord.gateway.refusals = 1000
            await env.discord.gateway.drop()
            await disconnected()
            assert await ask(port, "/healthz") == (503, "The bot is not connected to Discord.\n")


async def test_metrics_are_those_of_the_database_and_of_the_bot(env: BotEnv, port: int) -> None:
    env.publish(("SPY", "ARKK"))
    env.publish(("FNGU",), as_of=date(2026, 11, 3))
    bot = quick(env.bot(health_port=port))
    run = Run(
        kind="refresh",
        source="simulated",
        as_of=date(2026, 11, 17),
        started_at=WEDNESDAY - timedelta(hours=3),
        finished_at=WEDNESDAY - timedelta(hours=2),
        ok=(Symbol("SPY"),),
        failed=(Failure(Symbol("FNGU"), "NotReady", "not yet"),),
    )
    async with watched(bot), env.discord.running(bot):
        await bot.wait_until_ready()
        ReportStore(bot.engine).runs.record(run)
        before = await metrics(port)
        assert before["gateway_connected",] == before["database_readable",] == before["servers",] == 1
        assert before["jobs_running",] == before["jobs_waiting",] == before["posts_paused",] == 0
        assert 0 <= before["event_loop_lag_seconds",] < 60
        assert before["job_age_seconds", "refresh"] == 2 * 3600
        assert before["job_failed_etfs", "refresh"] == 1
        assert ("job_age_seconds", "retrain") not in before
        assert before["forecast_age_seconds", "FNGU"] == (WEDNESDAY - close_time(date(2026, 11, 3))).total_seconds()
        assert before["forecasts_stale",] == 1
        assert before["process_resident_memory_bytes",] > 1e6
        assert ("last_post_age_seconds",) not in before

        await env.ask("/report here", env.ann)
        env.clock.at = REPORT_TIME
        await bot.schedule.run_due()
        env.clock.at += timedelta(minutes=5)
        assert (await metrics(port))["last_post_age_seconds",] == 300
        bot.outbox.last_post = None  # as after a start: the delivery is on record
        assert (await metrics(port))["last_post_age_seconds",] == 300


async def test_the_monitor_is_told_while_all_is_well_and_no_longer(
    env: BotEnv, monkeypatch: pytest.MonkeyPatch, warned: asyncio.Queue[str]
) -> None:
    monkeypatch.setattr(watch, "PUSH_SECONDS", 0.01)
    async with monitor() as (url, got):
        bot = quick(env.bot(push_url=url))
        async with env.discord.running(bot):
            await bot.wait_until_ready()
            async with watched(bot):
                assert [await asyncio.wait_for(got.get(), 30) for _ in range(2)] == ["status=up&msg=OK"] * 2
        assert warned.empty()
        while not got.empty():
            got.get_nowait()
        async with watched(env.bot(push_url=url)):
            assert await asyncio.wait_for(warned.get(), 30) == (
                "Nothing is sent to PUSH_URL. The bot is not connected to Discord."
            )
        assert got.empty()


async def test_a_push_that_fails_is_logged_once_without_its_address(
    env: BotEnv, monkeypatch: pytest.MonkeyPatch, warned: asyncio.Queue[str]
) -> None:
    monkeypatch.setattr(watch, "PUSH_SECONDS", 0.01)
    nowhere = quick(env.bot(push_url=f"http://127.0.0.1:1/{SECRET}"))
    async with monitor(status=500) as (url, got), env.discord.running(nowhere):
        await nowhere.wait_until_ready()
        async with watched(nowhere):
            assert await asyncio.wait_for(warned.get(), 30) == ("The push to PUSH_URL failed: ClientConnectorError.")
        nowhere.settings.push_url = SecretStr(url)
        async with watched(nowhere):
            for _ in range(3):
                await asyncio.wait_for(got.get(), 30)
    assert warned.get_nowait() == "The push to PUSH_URL failed: it answered 500."
    assert warned.empty()


async def test_a_port_that_is_taken_is_a_wrong_setting(env: BotEnv) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BadSettings, match=f"^HEALTH_PORT: 127.0.0.1:{port} cannot be opened"):
            async with watched(env.bot(health_port=port)):
                pass


@pytest.mark.slow
async def test_the_program_serves_pushes_and_logs_json(env: BotEnv, port: int) -> None:
    env.publish()
    async with monitor() as (url, got):
        watching = {"HEALTH_PORT": str(port), "PUSH_URL": url, "LOG_FORMAT": "json"}
        async with program(env, "run", **watching) as process:
            await env.discord.world.changes.until(lambda: env.discord.gateway.connected, 30)
            await asyncio.wait_for(got.get(), 90)
            assert await ask(port, "/healthz") == (200, "ok\n")
            process.send_signal(signal.SIGTERM)
            _, log = await process.communicate()
    assert process.returncode == 0
    entries = [json.loads(line) for line in log.decode().splitlines()]
    assert all({"time", "level", "logger", "message"} <= set(entry) for entry in entries)
    assert any("Invite the bot" in entry["message"] for entry in entries)
    assert SECRET not in log.decode()
