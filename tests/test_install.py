"""``make install`` on the oldest Python that is promised, and on older ones."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
OLDEST = "3.11.0"


def test_every_pin_takes_the_oldest_python() -> None:
    pins = {
        canonicalize_name(name): version
        for name, version in re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    }
    demands = {
        found.metadata["Name"]: found.metadata.get("Requires-Python")
        for found in distributions()
        if pins.get(canonicalize_name(found.metadata["Name"])) == found.version.partition("+")[0]
    }
    assert len(demands) > len(pins) / 2
    assert [name for name, demand in demands.items() if demand and OLDEST not in SpecifierSet(demand)] == []


@pytest.mark.skipif(not shutil.which("make"), reason="needs make, which is not installed")
def test_an_older_python_is_told_so_before_anything_is_downloaded(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
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
