"""Walk-forward evaluation: fit on what was known, forecast, and compare with what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final

import numpy as np
import pandas as pd

from forecasting.forecast import Forecaster, ManyAtOnce, Predictor
from forecasting.prices.history import Array, Panel, PriceHistory
from forecasting.quantiles import COLUMNS, HORIZON
from forecasting.universe import Symbol

MIN_HISTORY: Final = 750
"""Minimum number of an ETF's sessions before a fold in which it takes part."""

FRAME_COLUMNS: Final = ("symbol", "model", "cutoff", "step", "session", "actual", *COLUMNS)


def walk_forward(
    forecaster: Forecaster,
    panel: Panel,
    folds: Sequence[date],
    every: int,
    symbols: Iterable[Symbol] | None = None,
) -> pd.DataFrame:
    """Forecasts at past cut-offs and what happened, one row per symbol, cut-off and step.

    For each fold the forecaster is fitted once on sessions before the fold's date, then forecasts at the first session
    on or after it and every ``every`` sessions from there, before the next fold's date, as long as all 60 following
    sessions are known. Each forecast sees the panel cut at its cut-off.

    Args:
        folds: increasing dates; the last fold ends with the data.
        every: sessions between cut-offs.
        symbols: those to forecast (default: the whole panel). One with fewer than 750 sessions before a fold skips it.

    Returns:
        The columns FRAME_COLUMNS; prices are adjusted closes (USD). Empty if no symbol is in a fold.

    Raises:
        ValueError: the folds do not increase, or ``every`` is below 1.
    """
    wanted = tuple(panel) if symbols is None else tuple(symbols)
    return walk_folds(
        lambda fold: {forecaster.name: forecaster.fit(before(panel, fold.start))},
        panel,
        fold_cutoffs(panel, folds, every, wanted),
    )


@dataclass(frozen=True)
class Fold:
    """One fold: its date, and each symbol's cut-offs in it as (symbol, session) pairs."""

    index: int
    start: date
    cutoffs: tuple[tuple[Symbol, date], ...]


def fold_cutoffs(panel: Panel, folds: Sequence[date], every: int, symbols: Iterable[Symbol]) -> tuple[Fold, ...]:
    """The folds of a backtest with their cut-offs, ``every`` sessions apart.

    Raises:
        ValueError: the folds do not increase, or ``every`` is below 1.
    """
    if list(folds) != sorted(set(folds)) or every < 1:
        raise ValueError(f"folds must increase and every be at least 1, not {folds} and {every}")
    wanted = tuple(symbols)
    ends = (*folds[1:], None)
    return tuple(
        Fold(k, start, tuple((s, day) for s in wanted for day in _cutoffs(panel[s], start, end, every)))
        for k, (start, end) in enumerate(zip(folds, ends, strict=True))
    )


def walk_folds(
    predictors_of: Callable[[Fold], Mapping[str, Predictor]], panel: Panel, folds: Iterable[Fold]
) -> pd.DataFrame:
    """The frame of ``walk_forward`` from the predictors of each fold by model.

    All models forecast from one cut of the panel, so what they share is computed once; those that are ManyAtOnce get
    the whole panel and all cut-offs of a symbol. Rows are ordered by model, fold, symbol and cut-off.

    Args:
        predictors_of: called for each fold that has cut-offs.
        panel: what forecasts are made from, cut at each cut-off. The predictors may be trained on more ETFs.
    """
    forecasts: dict[str, dict[tuple[int, Symbol, date], Array]] = {}
    pairs = []
    for fold in folds:
        if not fold.cutoffs:
            continue
        pairs += [(fold.index, *pair) for pair in fold.cutoffs]
        predictors = predictors_of(fold)
        at_once = {model: predictor for model, predictor in predictors.items() if isinstance(predictor, ManyAtOnce)}
        by_symbol = groupby(sorted(fold.cutoffs), key=_symbol)
        for symbol, days in ((symbol, [day for _, day in owned]) for symbol, owned in by_symbol):
            for model, many in at_once.items():
                for cutoff, quantiles in zip(days, many.predict_at(symbol, panel, days), strict=True):
                    forecasts.setdefault(model, {})[fold.index, symbol, cutoff] = quantiles
        others = {model: predictor for model, predictor in predictors.items() if model not in at_once}
        # Day by day: a cut and all that is computed from it can be freed before the next is made.
        for cutoff, symbols in groupby(sorted(fold.cutoffs, key=_day), key=_day):
            known = panel.until(cutoff) if others else panel
            for symbol, _ in symbols:
                for model, predictor in others.items():
                    quantiles = predictor.predict(symbol, known).quantiles
                    forecasts.setdefault(model, {})[fold.index, symbol, cutoff] = quantiles
    order = list(predictors) if pairs else []
    frames = [_with_actuals(panel, model, {pair: forecasts[model][pair] for pair in pairs}) for model in order]
    return pd.concat(frames, ignore_index=True) if frames else empty_frame()


def _symbol(pair: tuple[Symbol, date]) -> Symbol:
    return pair[0]


def _day(pair: tuple[Symbol, date]) -> date:
    return pair[1]


def _cutoffs(history: PriceHistory, start: date, end: date | None, every: int) -> list[date]:
    sessions = history.sessions
    first = int(sessions.searchsorted(pd.Timestamp(start)))
    stop = len(history) if end is None else int(sessions.searchsorted(pd.Timestamp(end)))
    if first < MIN_HISTORY:
        return []
    return [sessions[i].date() for i in range(first, min(stop, len(history) - HORIZON), every)]


def before(panel: Panel, fold: date) -> Panel:
    """What the model of a fold may see: the sessions before its date."""
    return panel.until(fold - timedelta(days=1))


def _with_actuals(panel: Panel, model: str, forecasts: Mapping[tuple[int, Symbol, date], Array]) -> pd.DataFrame:
    """One model's forecasts, each of shape (HORIZON, len(LEVELS)), and what happened."""
    steps = np.arange(1, HORIZON + 1)
    symbols, cutoffs, sessions, actual = [], [], [], []
    for _, symbol, cutoff in forecasts:
        history = panel[symbol]
        at = int(history.sessions.searchsorted(pd.Timestamp(cutoff)))
        symbols += [symbol] * HORIZON
        cutoffs.append(history.sessions[np.full(HORIZON, at)])
        sessions.append(history.sessions[at + steps])
        actual.append(history.adjusted[at + steps])
    columns = {
        "symbol": symbols,
        "model": model,
        "cutoff": np.concatenate(cutoffs),
        "step": np.tile(steps, len(forecasts)),
        "session": np.concatenate(sessions),
        "actual": np.concatenate(actual),
    }
    quantiles = np.concatenate(list(forecasts.values())).T
    return pd.DataFrame(columns | dict(zip(COLUMNS, quantiles, strict=True)))


def empty_frame() -> pd.DataFrame:
    """A frame of FRAME_COLUMNS without rows."""
    return pd.DataFrame({name: pd.Series(dtype=object) for name in FRAME_COLUMNS})
