"""One replay for all tests that need a record of past weeks: three ETFs on made prices, through one quarter."""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.made_prices import write_made_prices
from tests.support.trained import Home

SYMBOLS = ("ARKK", "FNGU", "SPY")
FROM, TO = "2023-01-01", "2023-03-31"


def replay(home: Home, prices: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The quarter, unless ``arguments`` say otherwise."""
    days = () if "--from" in arguments else ("--from", FROM, "--to", TO)
    return home.run(
        "replay", *SYMBOLS, *days, *arguments, PRICES=f"csv:{prices}", WORKERS="1"
    )  # each further worker would load torch once more


@pytest.fixture(scope="session")
def replaying(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> tuple[Home, subprocess.CompletedProcess[str]]:
    """A home with the replayed quarter and its price files in ``prices``, and how the replay went. For reading only."""
    base = tmp_path_factory.getbasetemp()
    common = base if worker_id == "master" else base.parent  # with pytest-xdist one replay serves every worker
    home, record = Home(common / "replayed"), common / "replayed.json"
    with (common / "replayed.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not record.exists():
            prices = home.folder / "prices"
            write_made_prices(prices, SYMBOLS)
            done = replay(home, prices)
            record.write_text(json.dumps([done.args, done.returncode, done.stdout, done.stderr]))
        return home, subprocess.CompletedProcess(*json.loads(record.read_text()))


@pytest.fixture
def replayed(replaying: tuple[Home, subprocess.CompletedProcess[str]], tmp_path: Path) -> Home:
    """A home of the test's own with the replayed quarter."""
    return Home(shutil.copytree(replaying[0].folder, tmp_path / "replayed"))
