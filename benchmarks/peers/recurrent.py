"""darts' BlockRNNModel with an LSTM: one network over all ETFs, all quantiles of all steps at once."""

from __future__ import annotations

import logging

import numpy as np
from darts import TimeSeries
from darts.models import BlockRNNModel
from darts.utils.likelihood_models.torch import QuantileRegression

from benchmarks.peers.anchored import INPUT
from benchmarks.peers.task import Array, Task
from benchmarks.peers.walk import Answer

EPOCHS = 24
"""Of training. Chosen on folds 2013 and 2015, before those that are judged."""


def fit_block_rnn(windows: Array, task: Task) -> Answer:
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    trainer = {"accelerator": "cpu", "logger": False, "enable_progress_bar": False, "enable_model_summary": False}
    model = BlockRNNModel(
        input_chunk_length=INPUT,
        output_chunk_length=task.horizon,
        model="LSTM",
        hidden_dim=64,
        n_rnn_layers=1,
        n_epochs=EPOCHS,
        batch_size=256,
        likelihood=QuantileRegression(quantiles=list(task.levels)),
        optimizer_kwargs={"lr": 1e-3},
        use_static_covariates=False,
        random_state=1,
        pl_trainer_kwargs=trainer | {"enable_checkpointing": False},
    )
    model.fit(_series(windows[..., :1]), past_covariates=_market(windows))

    def answer(seen: Array) -> Array:
        made = model.predict(
            task.horizon,
            series=_series(seen[..., :1]),
            past_covariates=_market(seen),
            predict_likelihood_parameters=True,
        )
        return np.stack([each.values() for each in made]).astype(np.float64)

    return answer


def _market(windows: Array) -> list[TimeSeries] | None:
    return _series(windows[..., 1:]) if windows.shape[-1] > 1 else None


def _series(windows: Array) -> list[TimeSeries]:
    return [TimeSeries.from_values(window.astype(np.float32)) for window in windows]
