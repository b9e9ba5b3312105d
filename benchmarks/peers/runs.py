"""Runs each model of the comparison in a process of its own and keeps its frame; an interrupted run continues."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.peers.task import Task
from forecasting.evaluation.walk_forward import FRAME_COLUMNS

ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Kept:
    """A finished run and its cost; the frame is in the file ``NAME.csv.gz`` of the same folder.

    Attributes:
        name: of the run, and of its model unless the run has several.
        processor_seconds: of the process and its children.
        peak_megabytes: resident memory of its largest process.
        made_at: when it ended (ISO, UTC).
        details: what the run says of itself: fits, seconds per fit and forecast, versions.
        reused: kept from an earlier call.
    """

    name: str
    processor_seconds: float
    peak_megabytes: float
    made_at: str
    details: dict[str, Any]
    reused: bool = False

    def frame(self, folder: Path) -> pd.DataFrame:
        return pd.read_csv(folder / f"{self.name}.csv.gz", parse_dates=["cutoff", "session"])


def same_task(folder: Path, task: Task) -> None:
    """Make ``folder`` one of this task.

    Raises:
        SystemExit: it holds frames of another.
    """
    path = folder / "task.json"
    if path.exists() and path.read_text() != task.to_json():
        raise SystemExit(f"{folder} holds frames of other ETFs, folds or prices. Name another folder, or empty it.")
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(task.to_json())


def kept(folder: Path, name: str) -> Kept | None:
    path = folder / f"{name}.json"
    return replace(Kept(**json.loads(path.read_text())), reused=True) if path.exists() else None


def run(folder: Path, name: str, command: Sequence[str | Path], environment: dict[str, str]) -> Kept:
    """Run ``command``, which writes ``half-NAME.csv`` and perhaps ``half-NAME.json``; measure it.

    Raises:
        SystemExit: it failed; its output is in ``NAME.log``.
    """
    log = folder / f"{name}.log"
    with log.open("w") as words:
        started = subprocess.Popen(
            [str(part) for part in command], stdout=words, stderr=words, env=os.environ | ONE_THREAD | environment
        )
        _, status, used = os.wait4(started.pid, 0)  # unlike Popen.wait, it says what this one process took
        started.returncode = os.waitstatus_to_exitcode(status)
    if started.returncode:
        raise SystemExit(f"{name} failed; its output is in {log}.")
    said = folder / f"half-{name}.json"
    details = json.loads(said.read_text()) if said.exists() else {}
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    return Kept(name, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, moment, details)


def lent(name: str, frame: Path) -> Kept:
    """A run taken from an existing frame; its cost is unknown."""
    moment = datetime.fromtimestamp(frame.stat().st_mtime, UTC).isoformat(timespec="seconds")
    return Kept(name, 0.0, 0.0, moment, {"lent": frame.name}, reused=True)


def keep(folder: Path, done: Kept, frame: pd.DataFrame) -> None:
    """Store the frame first: costs without a frame would look like a finished run."""
    frame.to_csv(folder / f"{done.name}.csv.gz", index=False, date_format="%Y-%m-%d")
    (folder / f"{done.name}.json").write_text(json.dumps(asdict(done), indent=1))
    for half in folder.glob(f"half-{done.name}.*"):
        half.unlink()


def meet(quantiles: pd.DataFrame, model: str, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Join a peer's quantiles with the outcomes, in the columns of every frame.

    Args:
        quantiles: one row per symbol, cutoff and step.
        outcomes: the same keys with session and actual, from our own baselines.

    Raises:
        ValueError: a cut-off or step is missing, double or not asked for.
    """
    keys = ["symbol", "cutoff", "step"]
    joined = outcomes[[*keys, "session", "actual"]].merge(
        quantiles.assign(model=model), on=keys, how="outer", validate="one_to_one", indicator=True
    )
    strange = joined[joined["_merge"] != "both"]
    if len(strange):
        first = strange.iloc[0]
        raise ValueError(
            f"{model} and the task differ in {len(strange)} rows, the first {first['symbol']} at "
            f"{first['cutoff']:%Y-%m-%d}, step {first['step']}"
        )
    return joined[list(FRAME_COLUMNS)]
