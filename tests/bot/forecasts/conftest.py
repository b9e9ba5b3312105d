"""A door to forecasting on a database of its own, whose jobs are a small program."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.forecasts.chart_process import ChartProcess
from bot.forecasts.door import Forecasts
from bot.jobs.worker import Worker
from forecasting import ReportStore, Universe
from tests.support.databases import open_file

FRIDAY_EVENING = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)

ECHO = """
import json, sys
kind, *symbols = sys.argv[1:sys.argv.index("--json")]
print(json.dumps({"event": "progress", "symbol": kind, "stage": sys.argv[-1], "done": 1, "of": 1}))
print(json.dumps({"event": "done", "ok": symbols, "failed": []}))
"""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_file(tmp_path / "door.db")
    yield engine
    engine.dispose()


@pytest.fixture
def door(engine: Engine) -> Callable[..., Forecasts]:
    def make(universe: str = "", now: datetime = FRIDAY_EVENING, program: str = ECHO) -> Forecasts:
        command = (sys.executable, "-c", program)
        worker = Worker({}, time_limit=timedelta(minutes=1), now=lambda: now, command=command)
        return Forecasts(
            ReportStore(engine),
            worker,
            Universe.parse(universe),
            "simulated",
            lambda: now,
            lambda *_: None,
            ChartProcess(),
        )

    return make
