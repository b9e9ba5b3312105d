"""What the operator reads when Discord does not let the bot in: one line, and an exit code, each time."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from tests.bot.test_main import finished
from tests.support import programs
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
    environment = os.environ | settings | {"STAND_IN": url}
    done = await asyncio.to_thread(programs.run, "tests.support.bot_program", arguments, folder, environment)
    return done.returncode, done.stdout, done.stderr


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
    good = await finished(env, "check", "--online", DATABASE_URL=url)
    assert (good.returncode, good.stderr) == (0, "")
    assert f"DISCORD_TOKEN: ok, Discord knows it as the token of {env.discord.world.bot.name}" in good.stdout
    bad = await finished(env, "check", "--online", DATABASE_URL=url, DISCORD_TOKEN="wrong")  # noqa: S106
    assert bad.returncode == 2
    assert "DISCORD_TOKEN: Discord refused" in bad.stdout
    assert not list(env.folder.glob("none.db*"))


async def test_check_says_what_stands_between_the_bot_and_discord(tmp_path: Path) -> None:
    async with answering(200, PAGE, {}) as url:
        code, out, err = await etf_bot(tmp_path, url, "check", "--online")
    assert (code, err) == (2, "")
    assert "DISCORD_TOKEN: What answers at Discord's address is not Discord" in out
