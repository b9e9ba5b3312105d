"""The bot's token and the database's password stay where they are needed, seen from outside: in /proc, logs, answers.

Every other test is watched too, see ``tests.support.leaks``.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest
from sqlalchemy import make_url

from forecasting.backup import back_up
from forecasting.job.workers import worker_pool
from forecasting.settings.places import database_problem
from forecasting.storage.database import connect_lazily, open_database
from forecasting.storage.secrets import without_password
from tests.support.bot_env import SATURDAY, bot_env
from tests.support.leaks import PASSWORD

needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc, as on Linux")


def children(pid: int) -> list[int]:
    """Of a process and of its children."""
    found = [
        int(each) for task in Path(f"/proc/{pid}/task").iterdir() for each in (task / "children").read_text().split()
    ]
    return [*found, *(below for child in found for below in children(child))]


def seen(pid: int, what: str) -> str:
    return Path(f"/proc/{pid}/{what}").read_bytes().replace(b"\0", b" ").decode(errors="replace")


@needs_proc
@pytest.mark.slow
@pytest.mark.parametrize("form", ["before the host", "behind the ?"])
async def test_a_bot_and_its_job_show_neither_token_nor_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgresql: str, form: str
) -> None:
    url, _ = without_password(make_url(postgresql))
    url = url.set(password=PASSWORD) if form == "before the host" else url.update_query_dict({"password": PASSWORD})
    async with bot_env(tmp_path, monkeypatch) as env:
        env.plan_jobs("hang")
        token = env.discord.token
        program = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.support.bot_program", "run"),
            env=os.environ
            | env.settings().for_jobs()
            | {"STAND_IN": env.discord.url, "DISCORD_TOKEN": token, "LOG_LEVEL": "DEBUG"}
            | {"DATABASE_URL": url.render_as_string(hide_password=False)},
            stdout=PIPE,
            stderr=PIPE,
        )
        try:
            await env.discord.world.changes.until(lambda: env.discord.gateway.connected, 30)
            shown = [await env.ask(line, env.ann) for line in ("/ops status", "/forecast symbol:QQQQQQ", "/help")]
            while "ARKK, " not in (asked := await env.ask("/status", env.ann)).message.text:
                assert any(words in asked.message.text for words in ("Running", "No job", "Slow down"))
            own = seen(program.pid, "cmdline")
            # A child that does not yet run its own program still shows the memory of the bot.
            below = {pid: command for pid in children(program.pid) if (command := seen(pid, "cmdline")) != own}
            assert below, "the job, and perhaps its helper"
            environments = {f"{pid} {command}": seen(pid, "environ") for pid, command in below.items()}
        finally:
            program.send_signal(signal.SIGTERM)
            out, log = await program.communicate()
    assert not any(secret in command for command in (own, *environments) for secret in (token, PASSWORD))
    assert [command for command, environment in environments.items() if token in environment] == []
    assert any(PASSWORD in environment for environment in environments.values()), "a job needs it"
    for text in (out.decode(), log.decode(), *(each.message.text for each in (asked, *shown))):
        assert token not in text
        assert PASSWORD not in text
    assert b"DEBUG" in log


def environment_of_this_process() -> str:
    return seen(os.getpid(), "environ")


@needs_proc
@pytest.mark.slow
def test_the_workers_of_a_job_have_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://me:{PASSWORD}@host/name")
    monkeypatch.setenv("DISCORD_TOKEN", PASSWORD)
    monkeypatch.setenv("WORKERS", "1")
    with worker_pool(1) as pool:
        environment = pool.submit(environment_of_this_process).result()
    assert "WORKERS=1" in environment
    assert PASSWORD not in environment
    assert PASSWORD in os.environ["DATABASE_URL"], "the job itself has it again"


def test_a_backup_gives_pg_dump_the_password_by_its_environment_alone(
    postgresql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``tests.support.leaks`` looks at the arguments of the real one; this one tells what it was given."""
    url, password = without_password(make_url(postgresql))
    given = url.update_query_dict({"password": password}).render_as_string(hide_password=False)
    open_database(given).dispose()
    programs = tmp_path / "programs"
    programs.mkdir()
    teller = programs / "pg_dump"
    teller.write_text(
        f'#!/bin/sh\necho "$PGPASSWORD $*" > {tmp_path}/told\nenv > {tmp_path}/environment\ntouch "${{7}}"\n'
    )
    teller.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    monkeypatch.setenv("DISCORD_TOKEN", "a token")

    back_up(given, tmp_path / "models", tmp_path / "backup.zip", SATURDAY)

    by_environment, _, arguments = (tmp_path / "told").read_text().partition(" ")
    assert by_environment == PASSWORD
    assert PASSWORD not in arguments
    assert "a token" not in (tmp_path / "environment").read_text()


@pytest.mark.parametrize(
    "url",
    [f"postgresql://me:{PASSWORD}@/x", f"postgresql://me@/x?password={PASSWORD}"],
    ids=["before the host", "behind the ?"],  # without the password, since programs that tests start get the name
)
def test_a_server_that_cannot_be_reached_is_told_without_the_password(url: str, tmp_path: Path) -> None:
    url = f"{url}{'&' if '?' in url else '?'}host={tmp_path}"
    assert PASSWORD not in (database_problem(url) or PASSWORD)
    engine = connect_lazily(url)
    assert PASSWORD not in repr(engine.url.difference_update_query(["password"]))
