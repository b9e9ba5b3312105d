"""One training for all tests that need a database with a forecast: SPY on simulated prices, by the command line."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support import programs

AS_OF = "2019-12-31"
"""Early in the simulated prices, so that a training takes seconds; one fold of its backtest is long enough."""


@dataclass(frozen=True)
class Home:
    """A database and a folder of models, for the programs that a test runs."""

    folder: Path

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.folder}/forecasts.db"

    @property
    def model_dir(self) -> Path:
        return self.folder / "models"

    def environment(self, **more: str) -> dict[str, str]:
        """The caller's, without what could decide for the test."""
        ours = {"DATABASE_URL": self.database_url, "MODEL_DIR": str(self.model_dir), "PRICES": "simulated"}
        ours |= {"UNIVERSE": "", "WORKERS": "1"}  # each further worker loads torch once more
        return os.environ | ours | more

    def start(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        """``etf-forecast`` with these arguments, in a folder without ``.env``."""
        return subprocess.Popen(
            [sys.executable, "-m", "forecasting", *arguments],
            cwd=self.folder,
            env=self.environment(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=_hear_ctrl_c,
        )

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """The same, run to its end."""
        return programs.run("forecasting", arguments, self.folder, self.environment(**more))

    def json(self, *arguments: str) -> Any:
        """What a command that succeeds prints as JSON."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def _hear_ctrl_c() -> None:
    """A shell starts its background jobs deaf to it, and whoever they start; the tests may be among them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture(scope="session")
def training(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> tuple[Home, subprocess.CompletedProcess[str]]:
    """A home in which SPY was trained as of AS_OF, and how that went. For reading only: ``trained`` is a copy.

    Two symbols that cannot be trained were asked for beside it.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent  # with pytest-xdist one training serves every worker
    home = Home(shared / "trained")
    record = shared / "trained.json"
    with (shared / "trained.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not record.exists():
            home.folder.mkdir()
            done = home.run("retrain", "SPY", "NOSUCH", "no ticker", "--as-of", AS_OF, "--workers", "2", "--json")
            record.write_text(json.dumps([done.args, done.returncode, done.stdout, done.stderr]))
        return home, subprocess.CompletedProcess(*json.loads(record.read_text()))


@pytest.fixture
def trained(training: tuple[Home, subprocess.CompletedProcess[str]], tmp_path: Path) -> Home:
    """A home of the test's own in which SPY was trained as of AS_OF."""
    return Home(shutil.copytree(training[0].folder, tmp_path / "home"))


@pytest.fixture
def empty_home(tmp_path: Path) -> Home:
    (tmp_path / "home").mkdir()
    return Home(tmp_path / "home")
