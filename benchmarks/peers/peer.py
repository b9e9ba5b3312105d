"""One peer, in the peers' environment: ``python -m benchmarks.peers.peer NAME TASK.json FRAME.csv COSTS.json``."""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

from benchmarks.peers.task import Task
from benchmarks.peers.walk import walk_alone, walk_together

PACKAGES = ("arch", "darts", "fracast", "neuralforecast", "pandas", "pytorch-lightning", "statsforecast", "torch")

PEERS = {
    "AutoETS": ("statistical", "fit_auto_ets"),
    "AutoTheta": ("statistical", "fit_auto_theta"),
    "GARCH": ("statistical", "fit_garch"),
    "GJR-GARCH-t": ("autoregressive", "fit_gjr_garch"),
    "HARX": ("autoregressive", "fit_harx"),
    "LSTM": ("neural", "fit_lstm"),
    "NHITS": ("neural", "fit_nhits"),
    "BlockRNN": ("recurrent", "fit_block_rnn"),
    "fracast": ("pretrained", "fit_fracast"),
}
"""Module and function by name. Only the one that runs is imported, so its memory is measured alone."""

ON_REQUEST = {"default LSTM": ("neural", "fit_default_lstm")}
"""The same for those that ``make peers`` leaves out; ``benchmarks.weekly`` compares them."""

ALONE = ("statistical", "autoregressive", "pretrained")
"""Modules whose models see one ETF at a time."""


def main(name: str, task_file: str, frame_file: str, costs_file: str) -> None:
    warnings.filterwarnings("ignore")  # the libraries' own
    task = Task.from_json(Path(task_file).read_text())
    module, function = (PEERS | ON_REQUEST)[name]
    fit = getattr(importlib.import_module(f"benchmarks.peers.{module}"), function)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
    frame, costs = walk_alone(fit, task) if module in ALONE else walk_together(fit, task)
    frame.to_csv(frame_file, index=False, date_format="%Y-%m-%d")
    found = {
        "fits": len(costs.fits),
        "seconds_per_fit": sum(costs.fits) / len(costs.fits),
        "seconds_per_forecast": costs.forecast_seconds / costs.forecasts,
        "versions": {package: version(package) for package in PACKAGES},
    }
    Path(costs_file).write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
