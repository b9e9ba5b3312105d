"""A job on a real Dask cluster. What its tasks compute is tested elsewhere: they don't know where they run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from forecasting.errors import BadSettings
from forecasting.workers import cluster

pytest.importorskip("distributed", reason="needs the extra `cluster`")


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


@pytest.mark.filterwarnings("default")  # Dask's own
def test_tasks_run_on_the_cluster_in_another_process(scheduler: str, tmp_path: Path) -> None:
    with worker(scheduler, tmp_path, threads=1), cluster(scheduler) as executor:
        assert executor.submit(pow, 7, 3).result() == 343
        assert executor.submit(os.getpid).result() != os.getpid()


@pytest.mark.filterwarnings("default")
def test_workers_with_several_threads_are_refused(scheduler: str, tmp_path: Path) -> None:
    """Two tasks in one process would share torch's seed."""
    with (
        worker(scheduler, tmp_path, threads=2),
        pytest.raises(BadSettings, match="one each: dask worker"),
        cluster(scheduler),
    ):
        pass
