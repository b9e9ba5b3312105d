"""The front door: what the bot may use, and how little it loads."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import inspect

import bot
import forecasting
from tests.support.trained import Home

HEAVY = "{'torch', 'pandas', 'numpy', 'matplotlib', 'yfinance', 'exchange_calendars', 'safetensors'}"


@pytest.mark.slow
def test_importing_it_loads_no_heavy_library() -> None:
    program = f"import sys, forecasting; print(sorted({HEAVY} & set(sys.modules)))"

    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)

    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_a_job_hands_the_training_to_its_workers_and_loads_no_torch_itself() -> None:
    program = "import sys, forecasting.job.pipeline; print('torch' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)

    assert done.stdout.strip() == "False"


def test_reading_a_report_and_its_picture_loads_none_either(trained: Home) -> None:
    program = f"""
import sys
from forecasting import ReportStore, Universe, open_database
store = ReportStore(open_database({trained.database_url!r}))
symbol = Universe.parse("").resolve("spy")
report, picture = store.with_chart(symbol, "simulated", "dark")
assert store.all_latest("simulated") == (report,)
assert store.runs.last("retrain", "simulated").ok == ("SPY",)
assert [failure.symbol for failure in store.runs.last("retrain", "simulated").failed] == ["NOSUCH"]
assert store.scores_chart("simulated", "light") and picture
print(sorted({HEAVY} & set(sys.modules)))
"""

    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)

    assert done.stdout.strip() == "[]", done.stderr


def test_show_answers_without_waiting_for_heavy_libraries(trained: Home) -> None:
    program = f"""
import sys
from forecasting.__main__ import run
code = run(["show", "SPY", "--chart", "spy.png"])
print(sorted({HEAVY} & set(sys.modules)), file=sys.stderr)
sys.exit(code)
"""

    done = subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        capture_output=True,
        text=True,
        cwd=trained.folder,
        env=trained.environment(),
    )

    assert (done.returncode, done.stderr.strip()) == (0, "[]")


def test_it_has_the_names_that_the_bot_imports_and_no_others() -> None:
    imported = {
        alias.name
        for file in Path(bot.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "forecasting"
        for alias in node.names
    }
    assert set(forecasting.__all__) == imported


def test_it_hands_out_no_row_of_a_table() -> None:
    for name in forecasting.__all__:
        assert inspect(getattr(forecasting, name), raiseerr=False) is None, name
