"""Tests of the bot under the oldest and the newest Python that this machine has. `make test-pythons` runs this.

README promises Python 3.11 and newer, and .venv has only one. A Python of the same minor version borrows the packages
of .venv. Another one gets them in an environment of its own, from the lock files and without torch, which the bot never
loads.
"""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
OLDEST: Final = (3, 11)
TESTED: Final = ("client.py", "settings", "delivery", "forecasts", "health", "jobs", "schedule")
TOOLS: Final = (
    *("execnet", "hypothesis", "iniconfig", "jsonschema", "jsonschema-specifications", "pluggy", "pytest"),
    *("psycopg", "psycopg-binary", "pytest-asyncio", "pytest-xdist", "referencing", "rpds-py", "sortedcontainers"),
)
LEFT_OUT: Final = ("torch", "optuna")
IMPORTS: Final = """
import importlib, pkgutil, sys
for name in ("bot", "forecasting", "standin"):
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        try:
            importlib.import_module(module.name)
        except ModuleNotFoundError as error:
            if error.name not in sys.argv[1:]:
                raise
"""
Version = tuple[int, ...]


def pythons() -> dict[Version, Path]:
    """The programs that README promises to work with, by version."""
    places = (Path("/usr/bin"), Path("/usr/local/bin"), *Path.home().glob(".pyenv/versions/*/bin"))
    programs = [
        path for place in places for path in place.glob("python3*") if re.fullmatch(r"python3[.\d]*", path.name)
    ]
    return {found: path for path in programs if (found := version_of(path)) >= OLDEST}


def version_of(program: Path) -> Version:
    command = [program, "-c", "import sys; print(*sys.version_info[:3])"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return tuple(map(int, done.stdout.split()))


def environment(version: Version, program: Path) -> tuple[Path, bool]:
    """A Python with the packages that the tests need, and whether it has all others."""
    folder = ROOT / f".venv-{'.'.join(map(str, version))}"
    python = folder / "bin" / "python"
    borrows = version[:2] == sys.version_info[:2]
    if not (folder / "installed").exists():
        subprocess.run([program, "-m", "venv", "--clear", *(["--without-pip"] if borrows else []), folder], check=True)
        if borrows:
            (site,) = folder.glob("lib/python3*/site-packages")
            (site / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
        else:
            pip = [python, "-m", "pip", "install", "--quiet", "--no-compile", "--require-hashes", "--no-deps"]
            lock = "\n".join(locked())
            subprocess.run([*pip, "--requirement", "/dev/stdin"], input=lock, text=True, check=True)
        (folder / "installed").touch()
    return python, borrows


def locked() -> Iterator[str]:
    """What the lock files say of each package that the bot and these tests need."""
    for file, wanted in (("requirements.lock", None), ("requirements-dev.lock", TOOLS)):
        for entry, name in re.findall(r"^(([\w.-]+)==.*(?:\n    .*)*)", (ROOT / file).read_text(), re.MULTILINE):
            if name != "torch" and (wanted is None or name in wanted):
                yield entry


def main() -> None:
    found = pythons()
    here = sys.version_info[:3]
    for version in sorted({min(found, default=here), max(found, default=here)} - {here}):
        name = ".".join(map(str, version))
        print(f"Python {name}, {found[version]}", flush=True)
        python, has_all = environment(version, found[version])
        subprocess.run([python, "-c", IMPORTS, *([] if has_all else LEFT_OUT)], cwd=ROOT, check=True)
        tests = [f"tests/bot/{'test_' if part.endswith('.py') else ''}{part}" for part in TESTED]
        options = ["-q", "-n", "2", "-m", "not slow and not network", "-p", "no:cacheprovider"]
        subprocess.run([python, "-m", "pytest", *options, *tests], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
