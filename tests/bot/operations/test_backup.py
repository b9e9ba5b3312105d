"""``etf-bot backup`` and ``restore`` while the bot runs: sentences, exit codes, and a bot that remembers."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.cogs.report.subscriptions import Subscriptions
from forecasting import open_database
from tests.bot.test_main import etf_bot, finished, program
from tests.support.bot_env import BotEnv, bot_env

pytestmark = pytest.mark.slow


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch) as env:
        yield env


async def test_a_running_bot_is_backed_up_and_goes_on_elsewhere(env: BotEnv) -> None:
    env.publish()
    backup = env.folder / "backup.zip"
    async with program(env, "run") as process:
        await env.discord.world.changes.until(lambda: env.discord.gateway.connected, 30)
        await env.ask("/report here", env.ann)
        made = await finished(env, "backup", str(backup))
        assert (made.returncode, made.stderr) == (0, "")
        assert f"{backup} has the database" in made.stdout
        refused = await finished(env, "restore", str(backup), "--replace")
        assert refused.returncode == 1
        assert "is at work on this database (schedule). Stop it" in refused.stderr
        process.send_signal(signal.SIGTERM)
        _, log = await process.communicate()
    assert process.returncode == 0
    assert b"Traceback" not in log

    elsewhere = f"sqlite:///{env.folder}/elsewhere/bot.db"
    places = {"DATABASE_URL": elsewhere, "MODEL_DIR": str(env.folder / "elsewhere" / "models")}
    restored = await finished(env, "restore", str(backup), **places)
    assert (restored.returncode, restored.stderr) == (0, "")
    assert "Start the bot: etf-bot run" in restored.stdout
    engine = open_database(elsewhere)
    assert Subscriptions(engine).all_of(env.club.id)
    engine.dispose()


def test_wrong_settings_and_wrong_files_are_a_line_each(tmp_path: Path) -> None:
    done = etf_bot(tmp_path, "backup", "b.zip", WORKERS="abc")
    assert (done.returncode, done.stderr.split(":")[0]) == (2, "WORKERS")
    for command in ("backup", "restore"):
        done = etf_bot(tmp_path, command, "b.zip")
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
