"""The task that every model of the comparison gets: the same ETFs, folds and cut-offs, from the same files.

This module runs in two environments, this project's and the peers', so it needs only the standard library, numpy and
pandas.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]

MARKET = "SPY"
"""The ETF that stands for the market, as in this project."""

SESSIONS_PER_YEAR = 252


@dataclass(frozen=True)
class Question:
    """One fold: a model fitted on sessions before ``start`` forecasts at each ETF's cut-offs (ISO dates)."""

    start: str
    cutoffs: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Task:
    """The whole comparison.

    Attributes:
        prices: folder of SYMBOL.csv files with Date and Adj Close, for HARX also Open, High, Low and Close.
        horizon: sessions ahead.
        levels, columns: of the quantiles, and their names in frames.
        questions: the folds.
        vix: file of the daily VIX with DATE and CLOSE, for peers that take other series; empty: they get none.
    """

    prices: str
    horizon: int
    levels: tuple[float, ...]
    columns: tuple[str, ...]
    questions: tuple[Question, ...]
    vix: str = ""

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def from_json(cls, text: str) -> Task:
        raw = json.loads(text)
        questions = tuple(
            Question(fold["start"], {symbol: tuple(days) for symbol, days in fold["cutoffs"].items()})
            for fold in raw["questions"]
        )
        levels, columns = tuple(raw["levels"]), tuple(raw["columns"])
        return cls(raw["prices"], raw["horizon"], levels, columns, questions, raw["vix"])


@dataclass(frozen=True, eq=False)
class Closes:
    """One ETF's log adjusted closes (sessions,) with their days, oldest first."""

    symbol: str
    days: pd.DatetimeIndex
    log_close: Array

    def rows(self, days: tuple[str, ...]) -> npt.NDArray[np.int64]:
        """Row of the first session on or after each day."""
        return np.asarray(self.days.searchsorted(pd.DatetimeIndex(days)), dtype=np.int64)

    def until(self, row: int) -> Closes:
        """What is known at the close of session ``row``."""
        return Closes(self.symbol, self.days[: row + 1], self.log_close[: row + 1])


@lru_cache
def read_closes(folder: str, symbol: str) -> Closes:
    prices = pd.read_csv(Path(folder, f"{symbol}.csv"), parse_dates=["Date"])
    return Closes(symbol, pd.DatetimeIndex(prices["Date"]), np.log(prices["Adj Close"].to_numpy(float)))


def market(task: Task, days: pd.DatetimeIndex) -> Array:
    """The market's log closes and log volatilities by the VIX (per session) at ``days``, shape (sessions, 2).

    A day without either has the last one before it. If the task has no VIX, the shape is (sessions, 0).
    """
    if not task.vix:
        return np.empty((len(days), 0))
    closes = read_closes(task.prices, MARKET)
    spy = pd.Series(closes.log_close, closes.days)
    return np.stack([each.reindex(days, method="ffill").to_numpy(float) for each in (spy, read_vix(task.vix))], axis=1)


@lru_cache
def read_vix(file: str) -> pd.Series:
    """Log of the volatility per session that the VIX says, by day."""
    closes = pd.read_csv(file, parse_dates=["DATE"]).set_index("DATE")["CLOSE"]
    return pd.Series(np.log(closes / 100.0 / np.sqrt(SESSIONS_PER_YEAR)))
