"""The task that every model of the comparison gets: the same ETFs, folds and cut-offs, from the same files.

This module runs in two environments, this project's and the peers', so it needs only the standard library, numpy and
pandas.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Question:
    """One fold: a model fitted on sessions before ``start`` forecasts at each ETF's cut-offs (ISO dates)."""

    start: str
    cutoffs: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Task:
    """The whole comparison.

    Attributes:
        prices: folder of SYMBOL.csv files with Date and Adj Close.
        horizon: sessions ahead.
        levels, columns: of the quantiles, and their names in frames.
        questions: the folds.
    """

    prices: str
    horizon: int
    levels: tuple[float, ...]
    columns: tuple[str, ...]
    questions: tuple[Question, ...]

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def from_json(cls, text: str) -> Task:
        raw = json.loads(text)
        questions = tuple(
            Question(fold["start"], {symbol: tuple(days) for symbol, days in fold["cutoffs"].items()})
            for fold in raw["questions"]
        )
        return cls(raw["prices"], raw["horizon"], tuple(raw["levels"]), tuple(raw["columns"]), questions)


@dataclass(frozen=True, eq=False)
class Closes:
    """One ETF's log adjusted closes (sessions,) with their days, oldest first."""

    days: pd.DatetimeIndex
    log_close: Array

    def rows(self, days: tuple[str, ...]) -> npt.NDArray[np.int64]:
        """Row of the first session on or after each day."""
        return np.asarray(self.days.searchsorted(pd.DatetimeIndex(days)), dtype=np.int64)


def read_closes(folder: str, symbol: str) -> Closes:
    prices = pd.read_csv(Path(folder, f"{symbol}.csv"), parse_dates=["Date"])
    return Closes(pd.DatetimeIndex(prices["Date"]), np.log(prices["Adj Close"].to_numpy(float)))
