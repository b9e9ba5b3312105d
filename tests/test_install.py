"""``make install``: on the oldest Python that is promised and on older ones, and what it takes only by its hash."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import distributions, requires
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
OLDEST = "3.11.0"


def pinned(file: str) -> dict[str, str]:
    """The version of each package that ``file`` names."""
    found = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / file).read_text(), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}


def needed(requirement: Requirement, seen: set[str]) -> Iterator[str]:
    """The packages that an installed one needs here, with all that those need; without what only CUDA needs."""
    name = canonicalize_name(requirement.name)
    extras = requirement.extras or {""}
    if not seen.issuperset(wanted := {f"{name}[{extra}]" for extra in extras}):
        seen |= wanted
        yield name
        for text in requires(name) or ():
            more = Requirement(text)
            environments = [{**default_environment(), "extra": extra} for extra in extras]
            is_cuda = re.match(r"(nvidia|cuda)-|triton$", more.name)
            if not is_cuda and (more.marker is None or any(more.marker.evaluate(each) for each in environments)):
                yield from needed(more, seen)


@pytest.mark.parametrize(
    ("files", "project"),
    [
        (("requirements.lock",), "etf-forecast-bot"),
        (("requirements.lock", "requirements-dev.lock"), "etf-forecast-bot[dev]"),
    ],
)
def test_every_package_is_locked_in_its_version(files: tuple[str, ...], project: str) -> None:
    locked = {name: version for file in files for name, version in pinned(file).items()}
    constraints = pinned("constraints.txt")
    wanted = {*needed(Requirement(project), set()), *needed(Requirement("hatchling"), set())} - {"etf-forecast-bot"}
    assert len(wanted) > 60
    assert wanted - locked.keys() == set()
    assert {name: version for name, version in locked.items() if constraints.get(name) != version} == {}


def test_every_locked_package_has_hashes_and_torch_those_of_its_cpu_builds() -> None:
    for file in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / file).read_text()
        entries = re.findall(r"^[\w.-]+==.*(?:\n    .*)*", text, re.MULTILINE)
        hashed = r"[\w.-]+==\S+( ; [^\\\n]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+"
        assert [entry for entry in entries if not re.fullmatch(hashed, entry)] == []
        assert "://" not in text, "an index is the business of who installs"
    (torch,) = (
        entry for entry in re.findall(r"^torch==.*(?:\n    .*)*", (ROOT / "requirements.lock").read_text(), re.M)
    )
    builds = [line.split() for line in (ROOT / ".ci" / "torch-cpu.sha256").read_text().splitlines()]
    assert {re.findall(r"-cp(3\d+)-.*_(\w+64)\.", name)[0] for _, name in builds} == {
        (python, machine) for python in ("311", "312", "313", "314") for machine in ("x86_64", "aarch64")
    }
    assert [name for digest, name in builds if f"--hash=sha256:{digest}" not in torch] == []


def test_every_pin_takes_the_oldest_python() -> None:
    pins = pinned("constraints.txt")
    demands = {
        found.metadata["Name"]: found.metadata.get("Requires-Python")
        for found in distributions()
        if pins.get(canonicalize_name(found.metadata["Name"])) == found.version.partition("+")[0]
    }
    assert len(demands) > len(pins) / 2
    assert [name for name, demand in demands.items() if demand and OLDEST not in SpecifierSet(demand)] == []


@pytest.mark.skipif(not shutil.which("make"), reason="needs make, which is not installed")
def test_an_older_python_is_told_so_before_anything_is_downloaded(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml", "constraints.txt", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    old = tmp_path / "old"
    pretends = "import sys; sys.version_info, sys.version = (3, 10, 2), '3.10.2 (main)'; exec(sys.argv[1])"
    old.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{pretends}" "$2"\n')
    old.chmod(0o755)
    outside = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}  # of `make test`
    done = subprocess.run(
        ["make", "install", f"PYTHON={old}"], cwd=tmp_path, env=outside, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert done.stdout == ""
    assert done.stderr.splitlines()[0] == (
        f"This needs Python 3.11 or newer, and {old} is Python 3.10.2. Install a newer one and name it: "
        "make install PYTHON=python3.12"
    )
    assert not (tmp_path / ".venv").exists()
