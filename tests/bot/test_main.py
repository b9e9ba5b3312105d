"""``etf-bot`` as an operator meets it: a program with exit codes, ended by signals."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import click
import pytest

from bot.__main__ import main
from bot.settings import BotSettings
from standin import Fault
from tests.support import programs
from tests.support.bot_env import BotEnv, bot_env

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch) as env:
        yield env


def etf_bot(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it in an empty folder with nothing set but ``environment``."""
    inherited = {k: v for k, v in os.environ.items() if k.lower() not in BotSettings.model_fields}
    return programs.run("bot", arguments, folder, inherited | environment)


def is_running(pid: int) -> bool:
    """Not merely waiting to be reaped."""
    command = Path(f"/proc/{pid}/cmdline")
    return command.exists() and command.read_bytes() != b""


async def finished(env: BotEnv, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """It against the stand-in, run to its end in the folder of ``env``."""
    stand_in = {"STAND_IN": env.discord.url, "DISCORD_TOKEN": env.discord.token}
    settings = os.environ | env.settings().for_jobs() | stand_in | environment
    return await asyncio.to_thread(programs.run, "tests.support.bot_program", arguments, env.folder, settings)


@asynccontextmanager
async def program(env: BotEnv, *arguments: str, **environment: str) -> AsyncIterator[Process]:
    """It against the stand-in; ended with the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.support.bot_program",
        *arguments,
        env=os.environ
        | env.settings().for_jobs()
        | {"STAND_IN": env.discord.url, "DISCORD_TOKEN": env.discord.token}
        | environment,
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_run_answers_until_a_signal_ends_it_and_its_job(env: BotEnv) -> None:
    env.plan_jobs("hang")
    env.publish(("SPY",))
    async with program(env, "run") as process:
        await env.discord.world.changes.until(lambda: env.discord.gateway.connected, 30)
        while "ARKK, fit (1 of 8)" not in (answer := await env.ask("/status")).message.text:
            # On a busy machine the job begins so late that bob has asked too often meanwhile.
            assert any(words in answer.message.text for words in ("Running", "No job", "Slow down"))
            await asyncio.sleep(0.3)  # answering all the time would keep the job from beginning
        process.send_signal(signal.SIGTERM)
        _, log = await process.communicate()
    assert process.returncode == 0, log.decode()
    assert b"Told to stop" in log
    assert b"Due: first training of ARKK, FNGU, since 20" in log, "in words, not as a Python object"
    assert f"oauth2/authorize?client_id={env.discord.world.bot.id}".encode() in log
    assert b"Traceback" not in log
    job, helper = env.job_processes()
    assert not is_running(job)
    assert not is_running(helper)


async def test_the_invitation_is_logged_whatever_the_level(env: BotEnv) -> None:
    env.publish()
    async with program(env, "run", LOG_LEVEL="ERROR") as process:
        await env.discord.world.changes.until(lambda: env.discord.gateway.connected, 30)
        process.send_signal(signal.SIGTERM)
        _, log = await process.communicate()
    (line,) = log.decode().splitlines()
    assert f"oauth2/authorize?client_id={env.discord.world.bot.id}" in line


async def test_sync_sends_the_commands(env: BotEnv) -> None:
    done = await finished(env, "sync")
    assert (done.returncode, done.stdout) == (0, "Discord has the commands.\n"), done.stderr
    assert env.discord.commands.syncs == 1


async def test_commands_that_discord_takes_no_more_today_are_one_line(env: BotEnv) -> None:
    env.discord.faults.append(Fault("PUT", r"/applications/\d+/commands", 400, 30034, "Max number reached (200)"))
    done = await finished(env, "sync", LOG_LEVEL="ERROR")
    (line,) = done.stderr.splitlines()
    assert "Try again tomorrow" in line
    assert done.returncode == 1


@pytest.mark.parametrize("command", ["run", "sync"])
async def test_a_refused_token_is_one_clear_line(env: BotEnv, command: str) -> None:
    done = await finished(env, command, DISCORD_TOKEN="wrong", LOG_LEVEL="ERROR")  # noqa: S106
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "Discord refused DISCORD_TOKEN" in line


@pytest.mark.parametrize("command", ["run", "sync"])
def test_without_a_token_one_line_says_what_to_do(tmp_path: Path, command: str) -> None:
    done = etf_bot(tmp_path, command)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    for words in ("DISCORD_TOKEN", ".env", "etf-bot playground"):
        assert words in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", main.list_commands(click.Context(main)))
def test_the_help_of_a_command_says_what_it_does_and_gives_an_example_that_runs(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.help
    assert command.epilog is not None
    program, *words = command.epilog.removeprefix("Example: ").partition(" | ")[0].split()
    assert (program, words[0]) == ("etf-bot", name)
    command.make_context(name, words[1:])  # raises UsageError for an option that is not there
    assert not [o.name for o in command.params if isinstance(o, click.Option) and not o.help]


def test_a_wrong_setting_is_one_clear_line(tmp_path: Path) -> None:
    done = etf_bot(tmp_path, "run", DISCORD_TOKEN="x", RETRAIN_DAY="0")  # noqa: S106
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "RETRAIN_DAY" in line


@pytest.mark.parametrize(
    ("prices", "words"), [("foo", "'foo' is not a price source"), ("csv:prices", "prices is not a folder")]
)
def test_prices_that_cannot_be_had_keep_the_bot_from_starting(tmp_path: Path, prices: str, words: str) -> None:
    done = etf_bot(tmp_path, "run", DISCORD_TOKEN="x", PRICES=prices)  # noqa: S106
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert words in line
    assert list(tmp_path.iterdir()) == []


async def test_a_file_of_settings_that_others_can_read_is_one_warning(env: BotEnv, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CHART_THEME=light\n")
    (tmp_path / ".env").chmod(0o644)
    done = await finished(env, "sync")
    assert done.returncode == 0
    assert done.stderr.count("chmod 600 .env") == 1


@pytest.mark.parametrize("is_new", [True, False])
async def test_a_database_that_another_program_holds_is_one_line(env: BotEnv, *, is_new: bool) -> None:
    if is_new:
        (env.folder / "bot.db").unlink()
    with closing(sqlite3.connect(env.folder / "bot.db")) as other:
        other.execute("CREATE TABLE notes (text)")
        other.execute("BEGIN EXCLUSIVE")
        done = await finished(env, "run", LOG_LEVEL="ERROR", BUSY_SECONDS="0")
    assert done.returncode == (2 if is_new else 1)
    (line,) = done.stderr.splitlines()
    assert "The database is locked by another program." in line


def test_a_database_that_cannot_be_opened_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    done = etf_bot(tmp_path, "check", DATABASE_URL="sqlite:///file/bot.db", DISCORD_TOKEN="x")  # noqa: S106
    assert done.returncode == 2
    assert "DATABASE_URL: file is a file, and a folder is needed." in done.stdout
    assert "DISCORD_TOKEN: warning" in done.stdout


def test_check_says_of_each_setting_whether_it_will_do(tmp_path: Path) -> None:
    (tmp_path / "prices").mkdir()
    bad = etf_bot(tmp_path, "check", PRICES="csv:prices")
    assert bad.returncode == 2
    assert "DATABASE_URL: ok" in bad.stdout
    assert "PRICES: the folder prices holds no SYMBOL.csv" in bad.stdout
    assert "DISCORD_TOKEN: it is not set" in bad.stdout
    (tmp_path / "prices" / "SPY.csv").touch()
    token = ".".join(("MTIzNDU2Nzg5MDEy", "GAbCdE", "x" * 38))
    good = etf_bot(tmp_path, "check", PRICES="csv:prices", DISCORD_TOKEN=token)
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.splitlines() == [
        "settings: ok",
        "DATABASE_URL: ok",
        "MODEL_DIR: ok",
        "PRICES: ok",
        "DISCORD_TOKEN: ok",
    ]


@pytest.mark.parametrize("token", ["0123456789abcdef01234567", "MTIzNDU2Nzg5MDEy.xxxxxxxxxxxxxxxxxx"])
def test_check_doubts_what_does_not_look_like_a_token_and_does_not_tell_it(tmp_path: Path, token: str) -> None:
    done = etf_bot(tmp_path, "check", DISCORD_TOKEN=token)
    assert done.returncode == 0
    assert "DISCORD_TOKEN: warning: this does not look like a bot token" in done.stdout
    assert token not in done.stdout + done.stderr


def test_a_shell_can_complete_its_commands(tmp_path: Path) -> None:
    done = etf_bot(tmp_path, _ETF_BOT_COMPLETE="bash_complete", COMP_WORDS="etf-bot ", COMP_CWORD="1")
    assert set(done.stdout.split()) >= {"plain,init", "plain,run", "plain,playground"}
