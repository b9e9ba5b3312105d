"""``etf-bot service``: a unit that systemd takes, with places that exist."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bot.test_main import etf_bot

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["home", "with a 50% space"])
def test_systemd_takes_the_unit(tmp_path: Path, name: str) -> None:
    home = tmp_path / name
    home.mkdir()
    done = etf_bot(home, "service", MODEL_DIR=str(tmp_path / "models"))
    assert (done.returncode, done.stderr) == (0, "")
    lines = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line and line[0] != "#")
    assert lines["WorkingDirectory"] == str(home).replace("%", "%%")
    assert lines["ExecStart"].endswith("-m bot run")
    assert Path(sys.executable).name in lines["ExecStart"]
    assert str(tmp_path / "models") in lines["ReadWritePaths"]
    assert list(home.iterdir()) == []
    if shutil.which("systemd-analyze") is None:
        pytest.skip("needs systemd-analyze for the rest, which is not installed")
    unit = tmp_path / "etf-bot.service"
    unit.write_text(done.stdout)
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    assert [line for line in verified.stderr.splitlines() if "etf-bot.service" in line] == []
    assert verified.returncode == 0
