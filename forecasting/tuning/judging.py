"""How good the forecasts of a walk-forward are: quantile losses against the random walk's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from forecasting.evaluation.scores import pinball
from forecasting.prices.history import Panel
from forecasting.quantiles import COLUMNS
from forecasting.tuning.trials import FoldScore
from forecasting.universe import Symbol

MODELS = ("lstm", "har", "random_walk")
"""Those that a frame must hold to be judged."""


def relative_losses(frame: pd.DataFrame, panel: Panel) -> pd.DataFrame:
    """Mean quantile loss of each forecast as a share of the close at its cut-off.

    Returns:
        A row per (symbol, cutoff), in time order for each symbol, and a column per model.
    """
    loss = pinball(frame["actual"].to_numpy(float), frame[list(COLUMNS)].to_numpy(float)).mean(axis=1)
    by_forecast = frame.assign(loss=loss).groupby(["symbol", "cutoff", "model"])["loss"].mean().unstack("model")
    cutoffs = by_forecast.index.get_level_values("cutoff")
    last = np.empty(len(by_forecast))
    for symbol, rows in by_forecast.groupby(level="symbol").indices.items():
        history = panel[Symbol(str(symbol))]
        last[rows] = history.adjusted[history.sessions.searchsorted(cutoffs[rows])]
    return by_forecast.div(last, axis="index")


def skills(losses: pd.DataFrame, model: str) -> dict[Symbol, float]:
    """Pinball skill by ETF: 1 − loss / loss of the random walk over all its cut-offs."""
    means = losses.groupby(level="symbol").mean()
    found = 1.0 - means[model] / means["random_walk"]
    return {Symbol(str(symbol)): float(value) for symbol, value in found.items()}


def mean_skill(losses: pd.DataFrame, model: str) -> float:
    """The mean over ETFs."""
    return float(np.mean(list(skills(losses, model).values())))


def fold_scores(losses: pd.DataFrame, folds: Sequence[date]) -> tuple[FoldScore, ...]:
    """The mean skill in each fold that holds a cut-off."""
    cutoffs = losses.index.get_level_values("cutoff")
    number = pd.DatetimeIndex(list(folds)).searchsorted(cutoffs, side="right") - 1
    scores = []
    for k, start in enumerate(folds):
        rows = losses[number == k]
        if len(rows):
            scores.append(FoldScore(start, mean_skill(rows, "lstm"), mean_skill(rows, "har")))
    return tuple(scores)


def is_finite(losses: pd.DataFrame) -> bool:
    """Whether every forecast was one: a training that diverged leaves none."""
    return math.isfinite(losses["lstm"].sum(skipna=False))
