"""fracast, a network of 85,001 parameters that its authors trained: its package has the weights, no fit."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from statistics import NormalDist
from typing import Any

import numpy as np
from fracast.inference import FracastModel

from benchmarks.peers.task import Array, Closes, Task

SESSIONS = 2048
"""Log closes that it sees. Chosen on folds 2013 and 2015, before those that are judged."""

STRIDE = 2
"""Sessions between the closes from which it forecasts the sessions beyond its own horizon of 48."""


def fit_fracast(closes: Closes, task: Task) -> Callable[[], Array]:
    """Its deciles, further quantiles from them on a normal scale.

    Its own way beyond its horizon appends its medians, and the quantiles start again from no width. Those sessions
    come from every second close instead. It scales its input itself, and takes no other series.
    """
    model = _model()

    def answer() -> Array:
        seen = closes.log_close[-SESSIONS:] - closes.log_close[-1]
        made = model.forecast(seen, horizon=model.horizon)
        coarse = model.forecast(seen[::-STRIDE][::-1], horizon=-(-task.horizon // STRIDE))
        later = np.arange(model.horizon + 1, task.horizon + 1)
        at = STRIDE * np.arange(1, len(coarse) + 1)
        beyond = np.stack([np.interp(later, at, decile) for decile in coarse.T], axis=1)
        deciles = np.sort(np.concatenate([made, beyond])[: task.horizon], axis=1)
        return closes.log_close[-1] + _at_levels(deciles, model.quantiles, task.levels)

    return answer


@lru_cache
def _model() -> Any:
    return FracastModel.from_pretrained(weights="fp32")


def _at_levels(deciles: Array, known: list[float], levels: tuple[float, ...]) -> Array:
    """Quantiles at ``levels``, (horizon, levels), linear in normal scores; the outer ones through the median."""
    score = NormalDist().inv_cdf
    scores, median = np.array([score(level) for level in known]), deciles[:, known.index(0.5)]

    def at(level: float) -> Array:
        if known[0] <= level <= known[-1]:
            return np.array([np.interp(score(level), scores, each) for each in deciles])
        end = 0 if level < known[0] else -1
        return median + (deciles[:, end] - median) * score(level) / scores[end]

    return np.stack([at(level) for level in levels], axis=1)
