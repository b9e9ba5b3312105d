"""What the operator reads when Discord does not let the bot in: one line, and an exit code, each time."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from tests.bot.test_main import program
from tests.support.bot_env import BotEnv, bot_env

pytestmark = pytest.mark.slow

PAGE = "<!DOCTYPE html><title>Welcome to our network</title>"
ME = {"id": "1", "username": "bot", "discriminator": "0", "avatar": None}


@asynccontextmanager
async def answering(status: int, body: object, headers: dict[str, str]) -> AsyncIterator[str]:
    """A server that answers every request so; the address to reach it."""

    async def answer(_: web.Request) -> web.Response:
        if isinstance(body, str):
            return web.Response(status=status, text=body, content_type="text/html", headers=headers)
        return web.json_response(body, status=status, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        port = runner.addresses[0][1]
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


async def etf_bot(folder: Path, url: str, *arguments: str) -> tuple[int | None, str, str]:
    settings = {"DISCORD_TOKEN": "wrong", "PRICES": "simulated", "LOG_LEVEL": "ERROR"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.support.bot_program", *arguments),
        cwd=folder,
        env=os.environ | settings | {"STAND_IN": url},
        stdout=PIPE,
        stderr=PIPE,
    )
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


@pytest.mark.parametrize(
    ("status", "body", "headers", "words"),
    [
        (403, PAGE, {}, "blocks this machine's address"),
        (403, {"message": "Forbidden", "code": 0}, {}, "blocks this machine's address"),
        (429, PAGE, {}, "wait an hour"),
        (429, {"message": "Too many", "retry_after": 3600.0, "global": False}, {}, "wait an hour"),
        (429, PAGE, {"Via": "1.1 google"}, "wait an hour"),
        (503, PAGE, {}, "discordstatus.com"),
        (503, {"message": "Unavailable", "code": 0}, {}, "discordstatus.com"),
        (404, PAGE, {}, "error 404"),
        (200, PAGE, {}, "is not Discord"),
        (200, {"welcome": True}, {}, "is not Discord"),
        (200, ME, {}, "is not Discord"),  # where the application is asked for too
    ],
)
async def test_a_login_that_fails_is_one_line(
    tmp_path: Path, status: int, body: object, headers: dict[str, str], words: str
) -> None:
    async with answering(status, body, headers) as url:
        code, out, err = await etf_bot(tmp_path, url, "sync")
    (line,) = err.splitlines()
    assert words in line
    assert (code, out) == (1, "")


async def test_nobody_at_discords_address_is_one_line(tmp_path: Path) -> None:
    async with answering(200, {}, {}) as url:
        pass  # closed again
    code, _, err = await etf_bot(tmp_path, url, "sync")
    (line,) = err.splitlines()
    assert line.startswith("Cannot reach Discord: ")
    assert code == 1


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch) as env:
        yield env


async def test_check_asks_discord_when_it_is_told_to(env: BotEnv) -> None:
    url = f"sqlite:///{env.folder}/none.db"
    async with program(env, "check", "--online", DATABASE_URL=url) as process:
        out, err = await process.communicate()
    assert (process.returncode, err) == (0, b"")
    assert f"DISCORD_TOKEN: ok, Discord knows it as the token of {env.discord.world.bot.name}" in out.decode()
    async with program(env, "check", "--online", DATABASE_URL=url, DISCORD_TOKEN="wrong") as process:  # noqa: S106
        out, _ = await process.communicate()
    assert process.returncode == 2
    assert "DISCORD_TOKEN: Discord refused" in out.decode()
    assert not list(env.folder.glob("none.db*"))


async def test_check_says_what_stands_between_the_bot_and_discord(tmp_path: Path) -> None:
    async with answering(200, PAGE, {}) as url:
        code, out, err = await etf_bot(tmp_path, url, "check", "--online")
    assert (code, err) == (2, "")
    assert "DISCORD_TOKEN: What answers at Discord's address is not Discord" in out
