"""The processes of a job, here and on a real Dask cluster. What tasks compute is tested elsewhere."""

from __future__ import annotations

import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest

from forecasting import ReportStore, Symbol, Universe, open_database
from forecasting.champion.recipes import Recipe, RecipeBook
from forecasting.champion.registry import ModelRegistry
from forecasting.cli.context import Context
from forecasting.errors import BadSettings
from forecasting.job.pipeline import Pipeline
from forecasting.job.progress import Progress
from forecasting.job.workers import cluster, worker_pool
from forecasting.model.device import chosen_device
from forecasting.prices.files.folder import write_folder
from forecasting.prices.sources.csv import CsvPrices
from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.storage.lease import job_lock
from tests.support.databases import open_file
from tests.support.panels import TINY

without_dask = pytest.mark.skipif(find_spec("distributed") is None, reason="needs the extra `cluster`")


NOW = datetime(2020, 1, 4, 14, 0, tzinfo=UTC)
LAST = date(2020, 1, 3)
ETFS = (Symbol("ARKK"), Symbol("SPY"))
RECIPE = Recipe("tiny", TINY)


class _Stop(BaseException):
    """What Ctrl-C and SIGTERM are to a job."""


@pytest.mark.slow
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


@pytest.mark.slow
def test_each_process_trains_on_the_device_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEVICE", "cuda:3")
    with Context().workers(1) as pool:
        assert pool.submit(chosen_device).result() == "cuda:3"


@contextmanager
def program(*arguments: str, host: Host | None = None) -> Iterator[subprocess.Popen[str]]:
    """``dask`` with these arguments, on another host if one is named; ended with the block."""
    process = subprocess.Popen(
        [*(host.prefix if host else ()), sys.executable, "-m", "dask", *arguments, "--no-dashboard"],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1", "DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": "11s"},
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def scheduling(host: Host | None = None) -> Iterator[str]:
    """The address of a running scheduler."""
    with program("scheduler", "--host", host.address if host else "127.0.0.1", "--port", "0", host=host) as process:
        assert process.stderr is not None
        yield next(found[1] for line in process.stderr if (found := re.search(r"Scheduler at: +(tcp://\S+)", line)))


@pytest.fixture
def scheduler() -> Iterator[str]:
    with scheduling() as address:
        yield address


@contextmanager
def worker(scheduler: str, folder: Path, threads: int = 1, host: Host | None = None) -> Iterator[subprocess.Popen[str]]:
    """A worker without the process that would start it again."""
    how = ("--nthreads", str(threads), "--no-nanny", "--local-directory", str(folder))
    with program("worker", scheduler, *how, host=host) as process:
        assert process.stderr is not None
        next(line for line in process.stderr if "Registered to" in line)
        yield process


@dataclass(frozen=True)
class Host:
    """A host of its own as far as the network goes: a network namespace, which goes with its last process."""

    address: str
    pid: int
    """A process that lives there."""

    @property
    def prefix(self) -> tuple[str, ...]:
        """Before the words of a command that is to run there."""
        return "nsenter", "--net", f"--target={self.pid}"

    def run(self, *command: str) -> None:
        subprocess.run([*self.prefix, *command], check=True)


@pytest.fixture
def hosts() -> Iterator[list[Host]]:
    """Three hosts. All are joined in the first one, where ``port1`` and ``port2`` lead to the others."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("ip", "nsenter", "setpriv", "unshare"))):
        pytest.skip("makes network namespaces, which only root may, with Debian's iproute2 and util-linux")
    with ExitStack() as stack:
        found = [stack.enter_context(_host(f"10.77.0.{number}")) for number in (1, 2, 3)]
        first, *others = found
        first.run("ip", "link", "add", "net", "type", "bridge")
        for number, other in enumerate(others, 1):
            first.run("ip", "link", "add", f"port{number}", "type", "veth", "peer", "net", "netns", str(other.pid))
            first.run("ip", "link", "set", f"port{number}", "master", "net", "up")
        for host in found:
            host.run("ip", "address", "add", f"{host.address}/24", "dev", "net")
            for device in ("lo", "net"):
                host.run("ip", "link", "set", device, "up")
        yield found


@contextmanager
def _host(address: str) -> Iterator[Host]:
    with_us = ("setpriv", "--pdeathsig=KILL", "unshare", "--net")
    process = subprocess.Popen([*with_us, "sh", "-c", "echo; exec sleep infinity"], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield Host(address, process.pid)
    finally:
        process.kill()
        process.communicate()


@dataclass(frozen=True)
class Here:
    """What a training in processes of this machine came to."""

    prices: Path
    forecasts: list[tuple[str, str, object]]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Here:
    folder = tmp_path_factory.mktemp("here")
    write_folder(folder / "prices", {symbol: SimulatedPrices().history(symbol, LAST).frame for symbol in ETFS})
    with worker_pool(1) as pool:
        return Here(folder / "prices", _trained(folder / "home", folder / "prices", pool, lambda _: None))


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
def test_a_training_on_a_cluster_equals_one_here_also_if_a_worker_dies(
    scheduler: str, tmp_path: Path, here: Here
) -> None:
    with worker(scheduler, tmp_path / "first") as first, worker(scheduler, tmp_path / "second") as second:
        lost: list[str] = []

        def lose_one(progress: Progress) -> None:
            if progress.stage == "backtest" and not lost:
                lost.append(progress.symbol)
                first.kill()
                first.wait()

        with cluster(scheduler) as executor:
            there = _trained(tmp_path / "there", here.prices, executor, lose_one)
        assert lost
        assert second.poll() is None
    assert there == here.forecasts


@pytest.mark.slow
@without_dask
def test_a_training_on_three_hosts_equals_one_here_also_if_a_host_loses_its_network(
    hosts: list[Host], tmp_path: Path, here: Here
) -> None:
    first, *others = hosts
    RecipeBook(tmp_path / "models").save(RECIPE)
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/forecasts.db", "MODEL_DIR": f"{tmp_path}/models"}
    settings |= {"PRICES": f"csv:{here.prices}", "UNIVERSE_ONLY": ",".join(ETFS), "RECIPE": RECIPE.name}
    with ExitStack() as stack:
        address = stack.enter_context(scheduling(first))
        for host in others:
            stack.enter_context(worker(address, tmp_path / host.address, host=host))
        with subprocess.Popen(
            [*first.prefix, sys.executable, "-m", "forecasting", "retrain", "--as-of", f"{LAST}", "--json"],
            env=os.environ | settings | {"CLUSTER": address},
            stdout=subprocess.PIPE,
            text=True,
        ) as job:
            assert job.stdout is not None
            next(line for line in job.stdout if '"backtest"' in line)
            first.run("ip", "link", "set", "port1", "down")
            assert '"failed": []' in job.stdout.readlines()[-1]
        assert job.returncode == 0
    assert _forecasts(ReportStore(open_database(settings["DATABASE_URL"]))) == here.forecasts


def _trained(
    folder: Path, prices: Path, executor: Executor, listen: Callable[[Progress], None]
) -> list[tuple[str, str, object]]:
    """The forecasts of a training."""
    folder.mkdir()
    engine, universe = open_file(folder / "forecasts.db"), Universe.parse("", ",".join(ETFS))
    store, registry = ReportStore(engine), ModelRegistry(folder / "models")
    with job_lock(engine, "retrain", lambda: NOW) as lock:
        how = (CsvPrices(prices), universe, store, registry, lock, executor, lambda: NOW)
        run = Pipeline(*how, recipe=RECIPE).retrain(ETFS, LAST, listen)
    assert run.failed == ()
    return _forecasts(store)


def _forecasts(store: ReportStore) -> list[tuple[str, str, object]]:
    """Each ETF, its model's version, which holds the hash of the weights, and its forecast."""
    return [(report.symbol, report.model_version, report.forecast) for report in store.all_latest("csv")]
