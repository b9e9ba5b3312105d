"""The processes of a job, here and on a real Dask cluster. What tasks compute is tested elsewhere."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from forecasting.errors import BadSettings
from forecasting.job.workers import cluster, worker_pool

without_dask = pytest.mark.skipif(find_spec("distributed") is None, reason="needs the extra `cluster`")


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
def worker(scheduler: str, folder: Path, threads: int) -> Iterator[None]:
    with program(
        "worker", scheduler, "--nthreads", str(threads), "--no-dashboard", "--local-directory", str(folder)
    ) as process:
        assert process.stderr is not None
        next(line for line in process.stderr if "Registered to" in line)
        yield


@pytest.mark.slow
@without_dask
@pytest.mark.filterwarnings("default")  # Dask's own
def test_tasks_run_on_the_cluster_in_another_process(scheduler: str, tmp_path: Path) -> None:
    with worker(scheduler, tmp_path, threads=1), cluster(scheduler) as executor:
        assert executor.submit(pow, 7, 3).result() == 343
        assert executor.submit(os.getpid).result() != os.getpid()


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
