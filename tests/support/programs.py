"""Programs run to their end, without the seconds that each would need to load torch, pandas and discord.py.

One process has loaded them, and every program is forked from it. It is a process with an id, a folder, an environment,
outputs and an exit code of its own, and so are the workers that a job starts. A test of kills, signals, encodings or of
what a program loads starts its program itself.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import runpy
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import forkserver
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.support.leaks import look

ONE_THREAD: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""As in a job's workers. It also leaves the process that forks with a single thread."""


def run(
    module: str, arguments: Sequence[str], folder: Path, environment: Mapping[str, str], typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """``python -m module`` with these arguments and nothing but this environment, run in ``folder``."""
    look("a program's arguments", arguments)
    address = _server()
    with TemporaryDirectory() as streams:
        files = [Path(streams, name) for name in ("stdin", "stdout", "stderr")]
        files[0].write_text(typed)
        program = multiprocessing.get_context("forkserver").Process(
            target=_become, args=(module, arguments, folder, dict(environment), files, address)
        )
        program.start()
        program.join()
        texts = [file.read_text() for file in files[1:]]
    code = program.exitcode
    assert code is not None
    program.close()
    return subprocess.CompletedProcess([module, *arguments], code, *texts)


def _server() -> Any:
    """The address of this test process's server, which is started with the first program."""
    forkserver.set_forkserver_preload(["tests.support.loaded", __name__])
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    forkserver.ensure_running()
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value
    return vars(forkserver._forkserver)["_forkserver_address"]


def _become(
    module: str,
    arguments: Sequence[str],
    folder: Path,
    environment: dict[str, str],
    files: Sequence[Path],
    address: Any,
) -> None:
    for number, file in enumerate(files):
        os.dup2(os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND), number)
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w", 1)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = [module, *arguments]
    sys.path[0] = str(folder)
    # A job's workers come from the same server, where the job would spawn them.
    vars(forkserver._forkserver).update(_forkserver_address=address, ensure_running=lambda: None)
    context = multiprocessing.get_context("forkserver")
    vars(multiprocessing)["get_context"] = lambda _method: context
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        atexit._run_exitfuncs()
