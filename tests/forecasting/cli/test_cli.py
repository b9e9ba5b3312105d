"""The command line as others rely on it: run as a program, on simulated prices."""

from __future__ import annotations

import csv
import gzip
import json
import os
import runpy
import select
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import date
from pathlib import Path
from typing import Any

import click
import pandas as pd
import pytest

from forecasting.cli import COMMANDS, cli
from forecasting.models import MODELS
from forecasting.quantiles import COLUMNS
from forecasting.sessions import next_sessions
from tests.support.trained import AS_OF, Home

pytestmark = pytest.mark.slow

Training = tuple[Home, subprocess.CompletedProcess[str]]

PNG = b"\x89PNG\r\n\x1a\n"


def rows(home: Home, table: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(home.folder / "forecasts.db")) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608 - the test's own words


def events(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_a_job_names_each_symbol_that_failed_and_does_the_rest(training: Training) -> None:
    _, done = training

    assert done.returncode == 1, done.stderr
    *progress, last = events(done.stdout)
    assert last["event"] == "done"
    assert last["ok"] == ["SPY"]
    assert [(failure["symbol"], failure["error"]) for failure in last["failed"]] == [
        ("NOSUCH", "UnknownSymbol"),
        ("no ticker", "UnknownSymbol"),
    ]
    assert all(failure["symbol"] in failure["message"] for failure in last["failed"])
    assert {line["event"] for line in progress} == {"progress"}


def test_progress_passes_through_every_stage_in_order(training: Training) -> None:
    lines = [line for line in events(training[1].stdout) if line["event"] == "progress"]

    assert {line["symbol"] for line in lines} == {"SPY"}
    assert list(dict.fromkeys(line["stage"] for line in lines)) == ["prices", "backtest", "fit", "calibrate", "report"]
    for stage in ("prices", "backtest", "fit", "calibrate", "report"):
        of_stage = [(line["done"], line["of"]) for line in lines if line["stage"] == stage]
        assert of_stage == [(done, of_stage[0][1]) for done in range(1, of_stage[0][1] + 1)]


def test_show_gives_the_report_as_one_object(trained: Home) -> None:
    shown = trained.json("show", "spy")

    assert list(shown) == [
        "symbol",
        "source",
        "as_of",
        "trained_at",
        "model_version",
        "last_close",
        "currency",
        "history",
        "forecast",
        "scores",
    ]
    assert (shown["symbol"], shown["source"], shown["as_of"], shown["currency"]) == ("SPY", "simulated", AS_OF, "USD")
    assert shown["history"][-1] == {"session": AS_OF, "close": pytest.approx(shown["last_close"], rel=1e-12)}
    sessions = [step["session"] for step in shown["forecast"]]
    assert sessions == [day.isoformat() for day in next_sessions(date.fromisoformat(AS_OF), 60)]
    for number, step in enumerate(shown["forecast"], 1):
        assert list(step) == ["step", "session", *COLUMNS]
        assert step["step"] == number
        quantiles = [step[name] for name in COLUMNS]
        assert quantiles == sorted(quantiles)
        assert quantiles[0] > 0
    assert list(shown["scores"]) == list(MODELS)
    for scores in shown["scores"].values():
        assert list(scores) == [
            "mae",
            "mse",
            "rmse",
            "mae_pct",
            "skill_rw",
            "skill_drift",
            "cover80",
            "cover95",
            "cutoffs",
        ]


def test_errors_in_dollars_are_in_the_prices_that_people_see(trained: Home) -> None:
    """The simulated adjusted closes lie above the quoted ones, so the two units would show."""
    scores = trained.json("show", "SPY")["scores"]["random_walk"]
    (issued,) = rows(trained, "issued_forecasts")

    assert issued["adjustment"] != pytest.approx(1.0)
    assert scores["rmse"] ** 2 == pytest.approx(scores["mse"])
    card = json.loads(next(trained.model_dir.glob("simulated/SPY/*/card.json")).read_text())
    inside = card["recipe"]["scores"]["random_walk"]
    assert scores["mae"] == pytest.approx(inside["mae"] * issued["adjustment"])
    assert scores["mse"] == pytest.approx(inside["mse"] * issued["adjustment"] ** 2)
    assert scores["mae_pct"] == pytest.approx(inside["mae_pct"])


def test_tables_say_simulated_prices_and_show_no_number_without_its_baseline(trained: Home) -> None:
    for arguments in (("show", "SPY"), ("scores",)):
        done = trained.run(*arguments)
        assert done.returncode == 0, done.stderr
        assert "simulated prices" in done.stdout
        for label in ("LSTM", "HAR", "no change", "drift", "climatology"):
            assert label in done.stdout


def test_pictures_are_those_that_the_job_drew(trained: Home) -> None:
    for arguments in (("show", "SPY"), ("scores",), ("scores", "SPY")):
        file = trained.folder / "picture.png"
        done = trained.run(*arguments, "--chart", str(file))
        assert done.returncode == 0, done.stderr
        assert file.read_bytes().startswith(PNG)
        file.unlink()
    dark = {row["png"] for row in rows(trained, "report_charts") if row["theme"] == "dark"}
    trained.run("show", "SPY", "--theme", "dark", "--chart", "dark.png")
    assert (trained.folder / "dark.png").read_bytes() in dark


def test_scores_gives_an_array(trained: Home) -> None:
    (row,) = trained.json("scores")

    assert row["symbol"] == "SPY"
    assert row["scores"] == trained.json("show", "SPY")["scores"]
    assert trained.json("scores", "SPY") == [row]


def test_what_was_not_stored_is_told_in_one_sentence(trained: Home) -> None:
    unknown = trained.run("show", "QQQX")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "'QQQX'" in unknown.stderr

    for arguments in (("show", "ARKK"), ("scores", "ARKK"), ("show", "SPY", "--prices", "csv:anywhere")):
        missing = trained.run(*arguments)
        assert missing.returncode == 1
        assert "no forecast" in missing.stderr
        assert "Traceback" not in missing.stderr


def test_the_same_run_again_gives_the_same_numbers_with_any_number_of_workers(trained: Home) -> None:
    first = trained.json("show", "SPY")
    issued = rows(trained, "issued_forecasts")

    done = trained.run("retrain", "SPY", "--as-of", AS_OF, "--workers", "1")

    assert done.returncode == 0, done.stderr
    again = trained.json("show", "SPY")
    assert again.pop("trained_at") > first.pop("trained_at")
    assert again == first
    assert rows(trained, "issued_forecasts") == issued, "the same forecast is not issued twice"
    assert [row["verdict"] for row in rows(trained, "decisions")] == ["promoted"], "nor is anything decided twice"
    assert "simulated prices" in done.stdout


def test_refresh_forecasts_a_later_day_with_the_same_model(trained: Home) -> None:
    before = trained.json("show", "SPY")

    done = trained.run("refresh", "SPY", "--as-of", "2020-01-05", "--json")  # a Sunday: the session before counts

    assert done.returncode == 0, done.stderr
    assert events(done.stdout)[-1] == {"event": "done", "ok": ["SPY"], "failed": []}
    after = trained.json("show", "SPY")
    assert (after["as_of"], after["forecast"][0]["session"]) == ("2020-01-03", "2020-01-06")
    assert after["model_version"] == before["model_version"]
    assert after["scores"] == before["scores"]
    assert [row["as_of"] for row in rows(trained, "issued_forecasts")] == [AS_OF, "2020-01-03"]
    assert rows(trained, "runs")[-1]["kind"] == "refresh"


@pytest.fixture
def job(trained: Home) -> Iterator[subprocess.Popen[str]]:
    """A training under way, past its first stage."""
    program = trained.start("retrain", "SPY", "--as-of", "2021-06-30", "--workers", "2", "--json")
    try:
        assert program.stdout is not None
        assert json.loads(program.stdout.readline())["stage"] == "prices"
        yield program
    finally:
        program.kill()
        program.communicate()


def workers_of(pid: int) -> list[int]:
    """The child processes, by the kernel's own table."""
    if not Path("/proc/self/stat").exists():
        pytest.skip("looks for worker processes in Linux's /proc")
    children = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # ended since
            parent = stat.read_text().rpartition(")")[2].split()[1]
            children += [int(stat.parent.name)] if int(parent) == pid else []
    assert children
    return children


def wait_until_gone(pids: list[int]) -> None:
    """Returns when every one has ended: the kernel's handle of a process is readable then."""
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        ended, _, _ = select.select([descriptor], [], [], 30)
        os.close(descriptor)
        assert ended, f"worker {pid} outlived its job"


def test_a_second_job_says_who_holds_the_database_and_a_killed_one_leaves_it_usable(
    trained: Home, job: subprocess.Popen[str]
) -> None:
    second = trained.run("refresh", "SPY", "--as-of", "2020-01-08", "--json")
    assert second.returncode == 1
    assert f"process {job.pid}" in second.stderr
    (failure,) = events(second.stdout)[-1]["failed"]
    assert (failure["symbol"], failure["error"]) == ("SPY", "JobRunning")

    workers = workers_of(job.pid)
    job.kill()
    job.wait()
    wait_until_gone(workers)
    assert trained.json("show", "SPY")["as_of"] == AS_OF

    champion = (trained.model_dir / "simulated" / "SPY" / "champion").read_text()
    third = trained.run("retrain", "SPY", "--as-of", "2018-06-29")
    assert third.returncode == 0, third.stderr
    assert [row["token"] for row in rows(trained, "leases")] == [None], "given back"
    assert [row["as_of"] for row in rows(trained, "issued_forecasts")] == [AS_OF, "2018-06-29"]
    # A question about the past leaves the forecast and the model of today alone.
    assert trained.json("show", "SPY")["as_of"] == AS_OF
    assert (trained.model_dir / "simulated" / "SPY" / "champion").read_text() == champion
    assert [row["challenger"] for row in rows(trained, "decisions")] == [champion]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_job_that_is_asked_to_stop_ends_its_workers_and_gives_the_lock_back(
    trained: Home, job: subprocess.Popen[str], number: signal.Signals, code: int
) -> None:
    workers = workers_of(job.pid)

    job.send_signal(number)
    _, errors = job.communicate(timeout=30)

    assert job.returncode == code, errors
    assert "Traceback" not in errors
    wait_until_gone(workers)
    assert [row["token"] for row in rows(trained, "leases")] == [None], "given back"
    assert len(rows(trained, "issued_forecasts")) == 1


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["retrain", "SPY", "--prices", "moon"], "moon"),
        (["retrain", "SPY", "--prices", "csv:no/such/folder"], "no/such/folder"),
        (["retrain", "SPY", "--as-of", "yesterday"], "yesterday"),
        (["retrain", "SPY", "--as-of", "1889-01-01"], "1889-01-01"),
        (["retrain", "SPY", "--as-of", "2099-01-01"], "has not come yet"),
        (["refresh", "SPY", "--as-of", "2099-01-01", "--prices", "simulated"], "has not come yet"),
        (["retrain", "SPY", "--workers", "0"], "workers"),
        (["retrain", "SPY", "--workers", "1000"], "--workers can be 1 to"),
        (["show"], "SYMBOL"),
        (["show", "SPY", "--prices", "moon"], "moon"),
        (["backtest", "SPY", "--folds", "2019-01-01", "--every", "0", "--out", "x.csv"], "every"),
        (["backtest", "SPY", "--folds", "2019-01-01,2018-01-01", "--every", "9", "--out", "x.csv"], "increase"),
        (["backtest", "SPY", "--folds", "2019-01-01", "--every", "9", "--out", "no/such/x.csv"], "no/such"),
        (["backtest", "SPY", "--folds", "2019-01-01", "--every", "9", "--out", "x.csv", "--models", "arima"], "arima"),
        (["dance"], "dance"),
    ],
)
def test_bad_usage_is_told_in_words_and_exits_2(empty_home: Home, arguments: list[str], part: str) -> None:
    done = empty_home.run(*arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert part in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("DATABASE_URL", "not a database"),
        ("DATABASE_URL", "sqlite:////proc/forecasts.db"),
        ("MODEL_DIR", "/proc/models"),
        ("WORKERS", "many"),
        ("WORKERS", "0"),
        ("PRICES", "moon"),
        ("UNIVERSE", "?=what"),
    ],
)
def test_a_bad_setting_is_named_and_exits_2(empty_home: Home, setting: str, value: str) -> None:
    done = empty_home.run("retrain", "SPY", "--json", **{setting: value})

    assert done.returncode == 2
    assert setting in done.stderr or value in done.stderr
    assert "Traceback" not in done.stderr
    assert events(done.stdout)[-1]["event"] == "done"
    assert [failure["symbol"] for failure in events(done.stdout)[-1]["failed"]] == ["SPY"]


@pytest.fixture(scope="session")
def real_prices(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three real ETFs without the years before 2016, so that the training is short."""
    folder = tmp_path_factory.mktemp("prices")
    for symbol in ("ARKK", "FNGU", "SPY"):
        head, *rest = (shared / "prices" / f"{symbol}.csv").read_text().splitlines(keepends=True)
        (folder / f"{symbol}.csv").write_text("".join([head, *(row for row in rest if row >= "2016")]))
    return folder


def test_backtest_writes_a_frame_that_the_judge_accepts(empty_home: Home, shared: Path, real_prices: Path) -> None:
    symbols = ("ARKK", "FNGU", "SPY")
    protocol = ["--folds", "2022-01-01", "--every", "60"]

    done = empty_home.run(
        "backtest", *symbols, "NOSUCH", "--prices", f"csv:{real_prices}", *protocol, "--out", "frame.csv.gz"
    )

    assert done.returncode == 1, done.stderr
    assert "NOSUCH" in done.stderr
    with gzip.open(empty_home.folder / "frame.csv.gz", "rt") as file:
        table = list(csv.DictReader(file))
    assert list(table[0]) == ["symbol", "model", "cutoff", "step", "session", "actual", *COLUMNS]
    assert {(row["symbol"], row["model"]) for row in table} == {(s, m) for s in symbols for m in MODELS}
    assert all(repr(float(row[name])) == row[name] for row in table for name in COLUMNS), "reads back as it was"

    frame = pd.read_csv(empty_home.folder / "frame.csv.gz")
    judge = runpy.run_path(str(shared / "benchmark" / "score.py"))
    for symbol in symbols:
        prices = pd.read_csv(real_prices / f"{symbol}.csv", parse_dates=["Date"])
        sessions, close = pd.DatetimeIndex(prices["Date"]), prices["Adj Close"].to_numpy(float)
        pairs = judge["expected_cutoffs"](sessions, [pd.Timestamp("2022-01-01")], 60)
        for model, expected in judge["baselines"](close, pairs).items():
            mine = frame[(frame["symbol"] == symbol) & (frame["model"] == model)]
            assert mine[list(COLUMNS)].to_numpy().reshape(expected.shape) == pytest.approx(expected, rel=1e-9)
            came = [cutoff + step for _, cutoff in pairs for step in range(1, 61)]
            assert mine["actual"].tolist() == close[came].tolist()
            assert mine["session"].tolist() == [str(day.date()) for day in sessions[came]]

    frame[frame["model"] == "lstm"].to_csv(empty_home.folder / "lstm.csv", index=False)
    judged = subprocess.run(
        [sys.executable, str(shared / "benchmark" / "score.py"), "lstm.csv", "--prices", str(real_prices), *protocol],
        check=False,
        cwd=empty_home.folder,
        capture_output=True,
        text=True,
    )
    assert judged.returncode == 0, judged.stderr


def test_backtest_writes_the_models_that_are_asked_for(empty_home: Home) -> None:
    folds = ["--folds", "2018-02-01", "--folds", "2019-12-02"]
    arguments = ["SPY", *folds, "--every", "700", "--models", "random_walk,drift,drift"]

    done = empty_home.run("backtest", *arguments, "--out", "frame.csv")

    assert done.returncode == 0, done.stderr
    with (empty_home.folder / "frame.csv").open() as file:
        table = list(csv.DictReader(file))
    assert {row["model"] for row in table} == {"random_walk", "drift"}
    assert [int(row["step"]) for row in table[:60]] == list(range(1, 61))
    cutoffs = sorted({date.fromisoformat(row["cutoff"]) for row in table})
    assert cutoffs[:2] == [date(2018, 2, 1), date(2019, 12, 2)]
    assert next_sessions(cutoffs[1], 700)[-1] == cutoffs[2]
    assert len(table) == 2 * 60 * len(cutoffs)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_says_what_it_does_and_gives_an_example_that_runs(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.help
    commands = {name: command}
    if isinstance(command, click.Group):
        commands |= {f"{name} {child}": each for child, each in command.commands.items()}
    for spelt, each in commands.items():
        assert each.epilog is not None
        program, *words = each.epilog.removeprefix("Example: ").split()
        assert (program, words[: len(spelt.split())]) == ("etf-forecast", spelt.split())
        each.make_context(spelt, words[len(spelt.split()) :])  # raises UsageError for an option that is not there
        undocumented = [o.name for o in each.params if isinstance(o, click.Option) and not o.help]
        assert not undocumented


def test_help_and_reading_load_neither_pandas_nor_torch(trained: Home) -> None:
    program = (
        "import sys; from forecasting.__main__ import run\n"
        "code = run(sys.argv[1:])\n"
        "print('loaded', *({'pandas', 'torch', 'matplotlib'} & set(sys.modules)), file=sys.stderr)\n"
        "sys.exit(code)"
    )
    for arguments in (["--help"], ["show", "--help"], ["show", "SPY"], ["scores"], ["track"]):
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            check=True,
            cwd=trained.folder,
            env=trained.environment(),
            capture_output=True,
            text=True,
        )
        assert done.stderr.split() == ["loaded"]
