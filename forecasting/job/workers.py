"""The processes that a job spreads its work over: on this machine, or on a cluster."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait
from multiprocessing.context import BaseContext
from pkgutil import resolve_name
from typing import Any, Final

from forecasting.errors import BadSettings
from forecasting.model.device import CPU, choose_device
from forecasting.storage.secrets import SECRETS

CONNECT_SECONDS: Final = 10

MOST_PER_CORE: Final = 4
"""Processes per core that may be asked for. Each takes some 450 MB, and more than one per core gains nothing."""

_ONE_THREAD: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def worker_count(asked: int | None) -> int:
    """The number of processes asked for, or else the number of cores that this process may use."""
    if asked is not None:
        return max(1, asked)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Pool(ProcessPoolExecutor):
    def __init__(self, width: int, context: BaseContext, initializer: Callable[[str], None], device: str) -> None:
        super().__init__(width, context, initializer, (device,))
        self.width = width


@contextmanager
def worker_pool(count: int, device: str = CPU) -> Iterator[Executor]:
    """A pool of ``count`` spawned processes that train on ``device``. If the block raises, they are ended at once.

    Spawned, because a process forked after torch has trained hangs. Even a single worker is a process of its own, so
    results cannot depend on ``count``.
    """
    # Its processes get what the environment says when they start, which may be at any moment until the block ends.
    secrets = {name: os.environ.pop(name) for name in SECRETS & os.environ.keys()}
    pool = _Pool(count, multiprocessing.get_context("spawn"), _start_worker, device)
    before = set(multiprocessing.active_children())
    try:
        _start_all(pool, count)
        yield pool
    except BaseException:
        for process in set(multiprocessing.active_children()) - before:
            process.terminate()
        # Waited for here, once: a second shutdown would not wait for what the first one left, and the interpreter
        # would exit while the pool's thread closes its pipes.
        pool.shutdown(cancel_futures=True)
        raise
    else:
        pool.shutdown()
    finally:
        os.environ.update(secrets)


def width(executor: Executor) -> int:
    """How many tasks it does at the same time, or did when it was made."""
    return getattr(executor, "width", 1)


def shared(executor: Executor, value: Any) -> Any:
    """What to give to several tasks in place of ``value``: a cluster gets it once, a local pool with each task."""
    share = getattr(executor, "share", None)
    return value if share is None else share(value)


@contextmanager
def cluster(address: str, device: str = CPU) -> Iterator[Executor]:
    """The workers of the Dask cluster whose scheduler is at ``address``. They go on running when the block ends.

    Each trains on its own host's ``device``.

    Each worker must have one thread (``dask worker ADDRESS --nthreads 1``), since torch's seed belongs to the process,
    and this project installed. Nothing else is shared: arguments and results travel with the tasks.

    Raises:
        BadSettings: Dask is not installed, no scheduler answers there, or a worker cannot train on ``device``.
    """
    try:
        import dask
        from distributed import Client
        from distributed.cfexecutor import ClientExecutor
    except ModuleNotFoundError:
        raise BadSettings(
            f"A cluster needs Dask, which is not installed here: {sys.executable} -m pip install distributed"
        ) from None
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})  # prices are sent once, in a task
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise BadSettings(
            f"No Dask scheduler answers at {address}: {error}. Start one with `dask scheduler`, "
            "and name its address like tcp://HOST:8786."
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except TimeoutError as error:
            raise BadSettings(
                f"The Dask cluster at {address} has no workers. Start some: dask worker {address} --nthreads 1."
            ) from error
        if max(client.nthreads().values()) > 1:
            raise BadSettings(
                f"The Dask cluster at {address} has a worker with several threads, but a job needs one thread each: "
                f"dask worker {address} --nthreads 1."
            )

        if device != CPU:
            problems = {worker: problem for worker, problem in client.run(device_problem, device).items() if problem}
            for worker, problem in problems.items():
                raise BadSettings(
                    f"DEVICE: the Dask worker at {worker} cannot train on {device} ({problem}). Give its host a GPU, "
                    "NVIDIA's driver and torch's build for CUDA, or write DEVICE=cpu."
                )

        class ClusterExecutor(ClientExecutor):  # type: ignore[misc]  # Dask has no types
            width = len(client.nthreads())

            def submit(self, task: Callable[..., Any], *given: Any, **more: Any) -> Any:
                return super().submit(_on_device, device, task, *given, **more)

            def share(self, value: Any) -> Any:
                """Send ``value`` once. A task, since the scheduler can repeat it when the worker that holds it is lost.

                What is scattered would be lost with its worker: Dask drops copies that nobody waits for.
                """
                return client.submit(_same, value, pure=False)

        yield ClusterExecutor(client, pure=False)


def device_problem(device: str) -> str | None:
    """Why this process cannot train on ``device``; None if it can. Loads torch, which the bot never does."""
    asked: str | None = resolve_name("forecasting.model.training:device_problem")(device)
    return asked


def _on_device(device: str, task: Callable[..., Any], *given: Any, **more: Any) -> Any:
    """Do a task in a worker that other jobs use too, each with a device of its own."""
    choose_device(device)
    return task(*given, **more)


def _same(value: Any) -> Any:
    return value


def _start_all(pool: Executor, count: int) -> None:
    """Start the processes so that they ignore Ctrl-C, which a terminal sends to them too: only the job handles it."""
    if threading.current_thread() is not threading.main_thread():
        return
    former = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        for _ in range(count):
            pool.submit(int)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, former)


def _start_worker(device: str) -> None:
    # Before numpy and torch load: the processes are the parallelism, and sums keep their order.
    for name in _ONE_THREAD:
        os.environ[name] = "1"
    choose_device(device)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()


def _end_with_parent() -> None:
    """End this worker when the job is killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
