"""Walk-forward of a peer: fit on what was known, forecast, measure the cost. Imports none of the libraries."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from benchmarks.peers import anchored
from benchmarks.peers.task import Array, Closes, Question, Task, market, read_closes

EVERY = 5
"""Sessions between training windows of a global model; neighbouring windows hardly differ."""

Answer = Callable[[Array], Array]
FitTogether = Callable[[Array, Task], Answer]
"""Global model: windows (windows, INPUT + horizon, channels) to a function from windows (windows, INPUT, channels) to
quantiles (windows, horizon, levels) of the first channel."""

FitAlone = Callable[[Closes, Task], Callable[[], Array]]
"""Local model: one ETF's closes up to the cut-off to its log quantiles (horizon, levels)."""


@dataclass
class Costs:
    """Processor seconds of each fit, and of all forecasts together."""

    fits: list[float] = field(default_factory=list)
    forecast_seconds: float = 0.0
    forecasts: int = 0


def walk_together(fit: FitTogether, task: Task) -> tuple[pd.DataFrame, Costs]:
    """One fit a fold over all ETFs of the fold. Returns the frame without the actual closes, and the costs."""
    costs, frames = Costs(), []
    for question in task.questions:
        closes = {symbol: read_closes(task.prices, symbol) for symbol in question.cutoffs}
        started = time.process_time()
        answer = fit(training_windows(closes, question, task), task)
        costs.fits.append(time.process_time() - started)
        for symbol, days in question.cutoffs.items():
            log_close, origins = closes[symbol].log_close, closes[symbol].rows(days)
            seen = anchored.channels(log_close, market(task, closes[symbol].days), origins)
            started = time.process_time()
            quantiles = anchored.prices(answer(seen), log_close, origins)
            costs.forecast_seconds += time.process_time() - started
            costs.forecasts += len(days)
            frames.append(rows(symbol, days, quantiles, task))
    return pd.concat(frames, ignore_index=True), costs


def training_windows(closes: Mapping[str, Closes], question: Question, task: Task) -> Array:
    """Windows of all ETFs whose outcomes closed before the fold, shape (windows, INPUT + horizon, channels)."""
    windows = []
    for each in closes.values():
        (start,) = each.rows((question.start,))
        origins = np.arange(start - 1 - task.horizon, anchored.INPUT, -EVERY)[::-1]
        windows.append(anchored.channels(each.log_close, market(task, each.days), origins, task.horizon))
    return np.concatenate(windows)


def walk_alone(fit: FitAlone, task: Task) -> tuple[pd.DataFrame, Costs]:
    """One fit per ETF and cut-off. Returns the frame without the actual closes, and the costs."""
    costs, frames = Costs(), []
    for question in task.questions:
        for symbol, days in question.cutoffs.items():
            closes = read_closes(task.prices, symbol)
            found = [_timed(fit, closes.until(row), task, costs) for row in closes.rows(days)]
            frames.append(rows(symbol, days, np.exp(np.sort(np.array(found), axis=-1)), task))
    return pd.concat(frames, ignore_index=True), costs


def _timed(fit: FitAlone, closes: Closes, task: Task, costs: Costs) -> Array:
    started = time.process_time()
    answer = fit(closes, task)
    fitted = time.process_time()
    quantiles = answer()
    costs.fits.append(fitted - started)
    costs.forecast_seconds += time.process_time() - fitted
    costs.forecasts += 1
    return quantiles


def rows(symbol: str, days: tuple[str, ...], quantiles: Array, task: Task) -> pd.DataFrame:
    """Quantiles (cut-offs, horizon, levels), USD, as rows of a frame."""
    keys = {
        "symbol": symbol,
        "cutoff": np.repeat(pd.DatetimeIndex(days), task.horizon),
        "step": np.tile(np.arange(1, task.horizon + 1), len(days)),
    }
    flat = quantiles.reshape(-1, len(task.levels))
    return pd.DataFrame(keys | dict(zip(task.columns, flat.T, strict=True)))
