"""The record's page, served by the running bot."""

from __future__ import annotations

import socket
from pathlib import Path

import aiohttp
import pytest

from forecasting import BadSettings
from tests.support.bot_env import WEDNESDAY, bot_env


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


async def test_the_bot_serves_it_read_only_and_keeps_it_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    async with bot_env(tmp_path, monkeypatch) as env, aiohttp.ClientSession(f"http://127.0.0.1:{port}") as web:
        env.publish()
        bot = env.bot(record_port=port)
        async with env.discord.running(bot):

            async def head() -> int:
                async with web.get("/record.json") as answer:
                    assert answer.headers["X-Content-Type-Options"] == "nosniff"
                    return int((await answer.json())["head"]["number"])

            async with web.get("/") as page:
                assert "<title>Record of the ETF forecasts</title>" in await page.text()
            assert await head() == 3
            env.publish(as_of=WEDNESDAY.date())
            await bot.schedule.run_due()
            assert await head() == 6
            for method, path in (("PUT", "/record.json"), ("DELETE", "/index.html"), ("POST", "/")):
                async with web.request(method, path) as refused:
                    assert refused.status == 405
            async with web.get("/../bot.db") as outside:
                assert outside.status in (403, 404)
        with pytest.raises(aiohttp.ClientConnectionError):
            await web.get("/")


async def test_a_bot_that_cannot_write_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with bot_env(tmp_path, monkeypatch) as env:
        (tmp_path / "record").mkdir()
        (tmp_path / "record" / "rows").touch()  # where a folder should be
        async with env.discord.running(env.bot(record_port=free_port())):
            assert "/report" in (await env.ask("/help", env.ann)).text
    assert f"The record's page could not be written to {tmp_path / 'record'}" in caplog.text


async def test_a_port_that_is_taken_is_a_bad_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with bot_env(tmp_path, monkeypatch) as env:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            bot = env.bot(record_port=taken.getsockname()[1])
            with pytest.raises(BadSettings, match=r"RECORD_PORT: .+ cannot be opened"):
                async with env.discord.running(bot):
                    pass
