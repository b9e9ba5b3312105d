"""A job goes by a clock that is ahead only where prices are invented."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forecasting import CLOCK_AHEAD, BadSettings
from forecasting.job.clock import job_clock
from forecasting.sessions import utc_now


def test_simulated_prices_may_be_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CLOCK_AHEAD, str(7 * 86_400))
    ahead = job_clock("simulated")() - datetime.now(UTC)
    assert timedelta(days=6) < ahead < timedelta(days=8)
    monkeypatch.delenv(CLOCK_AHEAD)
    assert job_clock("simulated") is utc_now
    assert job_clock("csv") is utc_now


@pytest.mark.parametrize("source", ["yahoo", "csv", "replay"])
def test_no_other_source_is_forecast_from_days_to_come(monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    monkeypatch.setenv(CLOCK_AHEAD, "60")
    with pytest.raises(BadSettings, match=f"{CLOCK_AHEAD} is for the playground's simulated prices only, not"):
        job_clock(source)


@pytest.mark.parametrize("text", ["", "-60", "1e9", "soon", "²"])
def test_what_is_no_number_of_seconds_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(CLOCK_AHEAD, text)
    with pytest.raises(BadSettings, match="is no number of seconds"):
        job_clock("simulated")


@pytest.mark.slow
def test_a_job_on_real_prices_refuses_to_run_with_a_moved_clock(tmp_path: Path) -> None:
    (tmp_path / "prices").mkdir()
    (tmp_path / "prices" / "SPY.csv").write_text("Date,Adj Close\n2026-11-20,1\n")
    done = subprocess.run(
        [sys.executable, "-m", "forecasting", "refresh", "SPY", "--prices", "csv:prices", "--json"],
        cwd=tmp_path,
        env=os.environ | {CLOCK_AHEAD: "86400", "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert CLOCK_AHEAD in done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["ok"] == []
    assert not (tmp_path / "var").exists()
