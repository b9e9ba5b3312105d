"""The processes of a job, here and on a real Dask cluster. What tasks compute is tested elsewhere."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest

from forecasting import ReportStore, Symbol, Universe, open_database
from forecasting.champion.recipes import Recipe
from forecasting.champion.registry import ModelRegistry
from forecasting.cli.context import Context
from forecasting.errors import BadSettings
from forecasting.job.pipeline import Pipeline
from forecasting.job.progress import Progress
from forecasting.job.workers import cluster, worker_pool
from forecasting.model.device import chosen_device
from forecasting.prices.sources.csv import CsvPrices, write_folder
from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.storage.lease import job_lock
from tests.support.panels import TINY

without_dask = pytest.mark.skipif(find_spec("distributed") is None, reason="needs the extra `cluster`")


NOW = datetime(2020, 1, 4, 14, 0, tzinfo=UTC)
LAST = date(2020, 1, 3)
ETFS = (Symbol("ARKK"), Symbol("SPY"))


class _Stop(BaseException):
    """What Ctrl-C and SIGTERM are to a job."""


def test_a_pool_that_a_job_is_stopped_out_of_leaves_nothing_running() -> None:
    """A thread of the pool that is left to the interpreter's exit ends in a traceback on the operator's screen."""
    before = set(threading.enumerate())
    endless: list[Future[object]] = []

    with pytest.raises(_Stop), worker_pool(2) as pool:
        _work_until_stopped(pool, endless)

    assert set(threading.enumerate()) == before
    assert multiprocessing.active_children() == []
    assert [task.done() for task in endless] == [True] * 5


def _work_until_stopped(pool: Executor, endless: list[Future[object]]) -> None:
    pool.submit(os.getpid).result()
    endless += [pool.submit(signal.pause) for _ in range(5)]
    raise _Stop


def test_each_process_trains_on_the_device_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEVICE", "cuda:3")
    with Context().workers(1) as pool:
        assert pool.submit(chosen_device).result() == "cuda:3"


@contextmanager
def program(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """``dask`` with these arguments; ended with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


@pytest.fixture
def scheduler() -> Iterator[str]:
    with program("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard") as process:
        assert process.stderr is not None
        address = next(found[1] for line in process.stderr if (found := re.search(r"Scheduler at: +(tcp://\S+)", line)))
        yield address


@contextmanager
def worker(scheduler: str, folder: Path, threads: int = 1) -> Iterator[subprocess.Popen[str]]:
    """A worker without the process that would start it again."""
    how = ("--nthreads", str(threads), "--no-nanny", "--no-dashboard", "--local-directory", str(folder))
    with program("worker", scheduler, *how) as process:
        assert process.stderr is not None
        next(line for line in process.stderr if "Registered to" in line)
        yield process


@pytest.mark.slow
@without_dask
@pytest.mark.filterwarnings("default")  # Dask's own
def test_tasks_run_on_the_cluster_in_another_process_on_the_jobs_device(
    scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with worker(scheduler, tmp_path):
        with cluster(scheduler) as executor:
            assert executor.submit(pow, 7, 3).result() == 343
            assert executor.submit(os.getpid).result() != os.getpid()
        with cluster(scheduler, "meta") as executor:
            assert executor.submit(chosen_device).result() == "meta"
        with cluster(scheduler) as executor:
            assert executor.submit(chosen_device).result() == "cpu"
        monkeypatch.setenv("DEVICE", "cuda:99")
        refusal = r"^DEVICE: the Dask worker at tcp://\S+ cannot train on cuda:99 \(.+\)\. .* or write DEVICE=cpu\.$"
        with pytest.raises(BadSettings, match=refusal), Context().workers(None, scheduler):
            pass


@pytest.mark.slow
@without_dask
@pytest.mark.filterwarnings("default")
def test_workers_with_several_threads_are_refused(scheduler: str, tmp_path: Path) -> None:
    """Two tasks in one process would share torch's seed."""
    with (
        worker(scheduler, tmp_path, threads=2),
        pytest.raises(BadSettings, match="one thread each: dask worker"),
        cluster(scheduler),
    ):
        pass


@pytest.mark.slow
@without_dask
@pytest.mark.filterwarnings("default")
def test_a_training_on_a_cluster_equals_one_here_also_if_a_worker_dies(scheduler: str, tmp_path: Path) -> None:
    prices = tmp_path / "prices"
    write_folder(prices, {symbol: SimulatedPrices().history(symbol, LAST).frame for symbol in ETFS})

    with worker_pool(1) as pool:
        here = _trained(tmp_path / "here", prices, pool, lambda _: None)

    with worker(scheduler, tmp_path / "first") as first, worker(scheduler, tmp_path / "second") as second:
        lost: list[str] = []

        def lose_one(progress: Progress) -> None:
            if progress.stage == "backtest" and not lost:
                lost.append(progress.symbol)
                first.kill()
                first.wait()

        with cluster(scheduler) as executor:
            there = _trained(tmp_path / "there", prices, executor, lose_one)
        assert lost
        assert second.poll() is None
    assert there == here


def _trained(
    folder: Path, prices: Path, executor: Executor, listen: Callable[[Progress], None]
) -> list[tuple[str, str, object]]:
    """What a training came to: each ETF, its model's version, which holds the hash of the weights, and its forecast."""
    folder.mkdir()
    engine, universe = open_database(f"sqlite:///{folder}/forecasts.db"), Universe.parse("", ",".join(ETFS))
    store, registry = ReportStore(engine), ModelRegistry(folder / "models")
    with job_lock(engine, "retrain", lambda: NOW) as lock:
        how = (CsvPrices(prices), universe, store, registry, lock, executor, lambda: NOW)
        run = Pipeline(*how, recipe=Recipe("tiny", TINY)).retrain(ETFS, LAST, listen)
    assert run.failed == ()
    return [(report.symbol, report.model_version, report.forecast) for report in store.all_latest("csv")]
