"""An installed wheel has all it needs: it is built here, unpacked, and run from where it was unpacked."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]

OPEN = """
import forecasting
from sqlalchemy import inspect
from forecasting.storage.database import migrations_folder
print(forecasting.__file__)
print(migrations_folder())
print(",".join(inspect(forecasting.open_database("sqlite:///new.db")).get_table_names()))
"""

HELP = """
import atexit, sys
from bot.__main__ import main
atexit.register(lambda: sys.stderr.write(sys.modules["standin"].__file__ + "\\n"))
main(["playground", "--help"], prog_name="etf-bot")
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        check=True,
        cwd=ROOT,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run_from(unpacked: Path, folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Python in ``folder``, with the unpacked wheel before everything else."""
    environment = os.environ | {"PYTHONPATH": str(unpacked)} | settings
    return subprocess.run(
        [sys.executable, *arguments], check=False, cwd=folder, env=environment, capture_output=True, text=True
    )


def test_the_wheel_holds_every_migration(unpacked: Path) -> None:
    ours = {path.name for path in (ROOT / "migrations" / "versions").glob("*.py")}

    assert {path.name for path in (unpacked / "forecasting" / "migrations" / "versions").glob("*.py")} == ours
    assert (unpacked / "forecasting" / "migrations" / "env.py").is_file()


def test_the_unpacked_wheel_migrates_a_new_database(unpacked: Path, tmp_path: Path) -> None:
    done = run_from(unpacked, tmp_path, "-c", OPEN)

    assert done.returncode == 0, done.stderr
    module, migrations, tables = done.stdout.splitlines()
    assert Path(module).is_relative_to(unpacked)
    assert Path(migrations).is_relative_to(unpacked)
    assert {"reports", "issued_forecasts", "leases"} <= set(tables.split(","))


def test_the_unpacked_wheel_runs_the_playground_with_its_own_stand_in(unpacked: Path, tmp_path: Path) -> None:
    pages = ROOT / "bot" / "playground" / "page" / "files"
    packed = {path.name for path in (unpacked / "bot" / "playground" / "page" / "files").iterdir()}
    assert packed == {path.name for path in pages.iterdir()}

    done = run_from(unpacked, tmp_path, "-c", HELP)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Usage: etf-bot playground")
    (standin,) = done.stderr.splitlines()
    assert Path(standin).is_relative_to(unpacked)


def test_the_unpacked_wheel_runs_the_command_line(unpacked: Path, tmp_path: Path) -> None:
    arguments = ("-m", "forecasting", "scores", "--prices", "csv", "--json")
    done = run_from(unpacked, tmp_path, *arguments, DATABASE_URL="sqlite:///new.db")

    assert (done.returncode, done.stdout) == (1, "[]\n"), done.stderr
    assert "no forecast" in done.stderr
