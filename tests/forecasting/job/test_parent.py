"""A job ends with the program that started it, however that program ended."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy

from forecasting import ENDS_WITH_STDIN, open_database
from forecasting.storage.lease import StoredLease
from tests.support.trained import AS_OF, Home

WAITING = """
import signal
from forecasting.job import parent
{before}
parent.end_with_parent()
print("started", flush=True)
while True:
    signal.pause()
"""

BOT = """
import asyncio, sys
from datetime import UTC, date, datetime, timedelta
from bot.jobs.job import Job
from bot.jobs.worker import Worker

def tell(state):
    if state.running and state.running.progress:
        print(state.running.progress.stage, flush=True)

async def main():
    settings = {"DATABASE_URL": sys.argv[1], "MODEL_DIR": sys.argv[2], "PRICES": "simulated", "UNIVERSE": ""}
    worker = Worker(settings, time_limit=timedelta(minutes=5), now=lambda: datetime.now(UTC))
    worker.listeners.append(tell)
    await worker.run(Job("retrain", ("SPY",), date.fromisoformat(sys.argv[3])))

asyncio.run(main())
"""


def waiting(before: str = "", **environment: str) -> subprocess.Popen[str]:
    program = subprocess.Popen(
        [sys.executable, "-c", WAITING.format(before=before)],
        env=os.environ | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "started\n"
    return program


@pytest.mark.slow
def test_it_is_stopped_once_stdin_ends() -> None:
    with waiting(**{ENDS_WITH_STDIN: "1"}) as program:
        assert program.stdin is not None
        program.stdin.close()
        assert program.wait(timeout=30) == -signal.SIGTERM


@pytest.mark.slow
def test_it_is_ended_even_if_it_does_not_stop_when_asked() -> None:
    stubborn = "signal.signal(signal.SIGTERM, signal.SIG_IGN); parent.GRACE_SECONDS = 0.1"
    with waiting(stubborn, **{ENDS_WITH_STDIN: "1"}) as program:
        assert program.stdin is not None
        program.stdin.close()
        assert program.wait(timeout=30) == 128 + signal.SIGTERM


@pytest.mark.slow
def test_an_operators_job_needs_no_stdin() -> None:
    with waiting() as program:
        assert program.stdin is not None
        program.stdin.close()
        with pytest.raises(subprocess.TimeoutExpired):
            program.wait(timeout=0.5)
        program.kill()


@pytest.mark.slow
def test_the_job_of_a_killed_bot_ends_and_gives_its_lock_back(empty_home: Home, tmp_path: Path) -> None:
    engine = open_database(empty_home.database_url)
    bot = subprocess.Popen(
        [sys.executable, "-c", BOT, empty_home.database_url, str(empty_home.model_dir), AS_OF],
        env=empty_home.environment(),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    )
    with bot:
        assert bot.stdout is not None
        assert bot.stdout.readline() == "prices\n"
        with engine.connect() as connection:
            (held,) = connection.execute(sqlalchemy.select(StoredLease.pid, StoredLease.token))
        assert held.token is not None
        job = os.pidfd_open(held.pid)
        bot.kill()
    assert _has_ended(job)
    with engine.connect() as connection:
        assert connection.scalar(sqlalchemy.select(StoredLease.token)) is None
    engine.dispose()
    again = empty_home.run("retrain", "SPY", "--as-of", AS_OF, "--json")
    assert json.loads(again.stdout.splitlines()[-1])["ok"] == ["SPY"]


def _has_ended(process: int) -> bool:
    try:
        return bool(select.select([process], [], [], 60)[0])
    finally:
        os.close(process)
