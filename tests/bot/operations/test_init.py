"""``etf-bot init`` as a newcomer meets it: questions, a token that Discord knows, and a file that works."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.settings import BotSettings
from forecasting import Universe
from tests.bot.connection.test_login import PAGE, answering
from tests.support import programs
from tests.support.bot_env import BotEnv, bot_env

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch) as env:
        yield env


async def init(folder: Path, discord: str, *answers: str) -> tuple[int | None, str]:
    """Exit code and everything that was printed."""
    inherited = {name: value for name, value in os.environ.items() if name.lower() not in BotSettings.model_fields}
    environment = inherited | {"STAND_IN": discord}
    typed = "".join(f"{answer}\n" for answer in answers)
    done = await asyncio.to_thread(programs.run, "tests.support.bot_program", ["init"], folder, environment, typed)
    return done.returncode, done.stdout + done.stderr


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def settings_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> BotSettings:
    for name in BotSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(folder)
    return BotSettings.load()


async def test_it_writes_what_the_bot_starts_with(env: BotEnv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    universe = 'QQQ="Invesco #1, Trust",TLT'
    wrong = ("123456789012345678", "not.known.there", env.discord.token, "QQQ;TLT", universe, "moon", "Simulated")
    code, out = await init(tmp_path, env.discord.url, *wrong)
    assert code == 0, out
    for words in (
        "this is a number, such as the application's id",
        "Discord refused DISCORD_TOKEN",
        f"Discord knows it as the token of {env.discord.world.bot.name}",
        "'QQQ;TLT' does not start with a ticker",
        "'moon' is not a price source",
        f"oauth2/authorize?client_id={env.discord.world.bot.id}",
        "make run",
    ):
        assert words in out
    assert "Traceback" not in out
    assert names(tmp_path) - {"jobs.jsonl", "template.json", "bot.db"} == {".env"}
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    settings = settings_in(tmp_path, monkeypatch)
    assert settings.discord_token is not None
    assert settings.discord_token.get_secret_value() == env.discord.token
    assert settings.prices == "simulated"
    assert Universe.parse(settings.universe) == Universe.parse(universe)


async def test_it_asks_before_it_replaces_and_keeps_the_former_file(env: BotEnv, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PRICES=simulated\n")
    code, out = await init(tmp_path, env.discord.url, "n")
    assert code == 1
    assert ".env stays as it is" in out
    assert (tmp_path / ".env").read_text() == "PRICES=simulated\n"

    code, out = await init(tmp_path, env.discord.url, "y", env.discord.token, "", "")
    assert code == 0, out
    assert (tmp_path / ".env.old").read_text() == "PRICES=simulated\n"
    assert f"DISCORD_TOKEN={env.discord.token}\nUNIVERSE=\nPRICES=yahoo\n" in (tmp_path / ".env").read_text()


async def test_without_discord_a_token_is_kept_only_if_asked_to(tmp_path: Path) -> None:
    async with answering(200, PAGE, {}) as url:
        code, out = await init(tmp_path, url, "some.token.here", "n", "some.token.here", "y", "", "")
    assert code == 0, out
    assert out.count("is not Discord") == 2
    assert "Invite" not in out
    assert "DISCORD_TOKEN=some.token.here" in (tmp_path / ".env").read_text()


async def test_an_answer_that_never_comes_writes_nothing(tmp_path: Path) -> None:
    code, out = await init(tmp_path, "http://127.0.0.1:9")
    assert (code, "Aborted" in out, names(tmp_path)) == (1, True, set())
