"""neuralforecast's LSTM and NHITS: one network over all ETFs, all quantiles of all steps at once."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pandas as pd
from neuralforecast import NeuralForecast
from neuralforecast.losses.pytorch import MQLoss
from neuralforecast.models import LSTM, NHITS

from benchmarks.peers.anchored import INPUT
from benchmarks.peers.task import Array, Task
from benchmarks.peers.walk import Answer

MARKET = ("market", "vix")
"""Names of the channels after the first."""

LSTM_STEPS = 200
NHITS_STEPS = 50
"""Batches of training. Chosen on folds 2013 and 2015, before those that are judged."""


def fit_lstm(windows: Array, task: Task) -> Answer:
    shape = {"encoder_n_layers": 1, "encoder_hidden_size": 64, "decoder_hidden_size": 64}
    return _fit(LSTM(**shape, **_common(windows, task, LSTM_STEPS)), windows, task)


def fit_default_lstm(windows: Array, task: Task) -> Answer:
    """As the library sets it up: two layers of 128 units, 1,000 batches of 128 windows."""
    given = _common(windows, task, steps=1000)
    for chosen in ("learning_rate", "batch_size", "windows_batch_size"):
        del given[chosen]
    return _fit(LSTM(**given), windows, task)


def fit_nhits(windows: Array, task: Task) -> Answer:
    return _fit(NHITS(**_common(windows, task, NHITS_STEPS)), windows, task)


def _common(windows: Array, task: Task, steps: int) -> dict[str, Any]:
    return {
        "h": task.horizon,
        "input_size": INPUT,
        "step_size": INPUT + task.horizon,  # else it also trains on windows inside ours, which end at no origin
        "hist_exog_list": list(MARKET[: windows.shape[-1] - 1]),
        "loss": MQLoss(quantiles=list(task.levels)),
        "max_steps": steps,
        "learning_rate": 1e-3,
        "batch_size": 256,
        "windows_batch_size": 256,
        "scaler_type": "identity",  # the paths are scaled already, each by its own window
        "random_seed": 1,
        "accelerator": "cpu",
        "logger": False,
        "enable_checkpointing": False,
        "enable_progress_bar": False,
        "enable_model_summary": False,
    }


def _fit(model: Any, windows: Array, task: Task) -> Answer:
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    forecaster = NeuralForecast(models=[model], freq=1)
    forecaster.fit(_series(windows))

    def answer(seen: Array) -> Array:
        made = forecaster.predict(_series(seen)).sort_values(["unique_id", "ds"])
        columns = made.drop(columns=["unique_id", "ds"]).to_numpy(float)
        return columns.reshape(len(seen), task.horizon, len(task.levels))

    return answer


def _series(windows: Array) -> pd.DataFrame:
    """Each window as a series of its own: whatever its dates, it is one example."""
    count, length, channels = windows.shape
    keys = {"unique_id": np.repeat(np.arange(count), length), "ds": np.tile(np.arange(length), count)}
    values = windows.reshape(-1, channels).astype(np.float32)
    return pd.DataFrame(keys | dict(zip(("y", *MARKET), values.T, strict=False)))
