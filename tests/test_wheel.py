"""A wheel has all it needs: it is built here, installed with pip or only unpacked, and run from there."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
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
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        check=True,
        cwd=ROOT,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def unpacked(wheel: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(wheel.parent / "site")
    return wheel.parent / "site"


def test_a_wheel_that_pip_installed_trains_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    """In an environment of its own, which borrows the other packages from this one."""
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    (site,) = (tmp_path / "venv" / "lib").glob("python3*/site-packages")
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    programs, home = tmp_path / "venv" / "bin", tmp_path / "home"
    home.mkdir()
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    settings = {"UNIVERSE": "", "WORKERS": "1"}

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(programs / command[0]), *command[1:]],
            check=False,
            cwd=home,
            env=inherited | settings,
            capture_output=True,
            text=True,
        )

    pip = run("pip", "install", "--no-deps", "--no-index", "--disable-pip-version-check", str(wheel))
    assert pip.returncode == 0, pip.stderr
    done = run("etf-forecast", "retrain", "SPY", "--prices", "simulated", "--as-of", "2019-12-31")
    assert done.returncode == 0, done.stderr
    assert "simulated prices" in done.stdout
    assert {path.name for path in (home / "var").iterdir()} >= {"forecasts.db", "models"}
    where = run("python", "-c", "import forecasting; print(forecasting.__file__)")
    assert Path(where.stdout.strip()).is_relative_to(site)
    assert run("etf-bot", "check").stdout.count(": ok") == 3


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
