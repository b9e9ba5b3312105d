"""How good the forecasts of a walk-forward are: quantile losses against the random walk's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from forecasting.evaluation.scores import pinball
from forecasting.prices.history import Panel
from forecasting.quantiles import COLUMNS
from forecasting.universe import Symbol

MODELS = ("lstm", "har", "random_walk")
"""The models that a frame must hold to be judged."""


@dataclass(frozen=True)
class FoldScore:
    """Mean pinball skill against the random walk over the ETFs that take part in one inner fold.

    Attributes:
        start: the fold's date.
        skill: of the trial's LSTM.
        har: of the linear HAR model at the same cut-offs; it is the same for all trials.
    """

    start: date
    skill: float
    har: float

    def as_json(self) -> dict[str, Any]:
        return {"start": self.start.isoformat(), "skill": self.skill, "har": self.har}

    @classmethod
    def from_json(cls, fold: dict[str, Any]) -> FoldScore:
        return cls(date.fromisoformat(fold["start"]), fold["skill"], fold["har"])


def relative_losses(frame: pd.DataFrame, panel: Panel) -> pd.DataFrame:
    """Mean quantile loss of each forecast relative to the close at its cut-off.

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
