"""walk_forward: fit on what was known, forecast, meet what came."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import pandas as pd

from forecasting.forecasters import Forecaster, Predictor
from forecasting.prices.history import Panel, PriceHistory
from forecasting.quantiles import COLUMNS, HORIZON
from forecasting.universe import Symbol

MIN_HISTORY: Final = 750
"""Sessions that an ETF needs before a fold to take part in it."""

FRAME_COLUMNS: Final = ("symbol", "model", "cutoff", "step", "session", "actual", *COLUMNS)


def walk_forward(
    forecaster: Forecaster,
    panel: Panel,
    folds: Sequence[date],
    every: int,
    symbols: Iterable[Symbol] | None = None,
) -> pd.DataFrame:
    """Forecasts at past cut-offs beside what came, one row per symbol, cut-off and step.

    For each fold the forecaster is fitted once on sessions before the fold's date, then forecasts at the first session
    on or after it and every ``every`` sessions from there, before the next fold's date, as long as all 60 following
    sessions are known. Each forecast sees the panel cut at its cut-off.

    Args:
        folds: increasing dates; the last fold ends with the data.
        symbols: those to forecast; all of the panel where not given. One with fewer than 750 sessions before a fold
            skips that fold.

    Returns:
        The columns FRAME_COLUMNS; prices in the histories' adjusted USD. Empty where no symbol is in a fold.
    """
    wanted = tuple(panel) if symbols is None else tuple(symbols)
    return walk_folds(
        lambda fold: forecaster.fit(before(panel, fold.start)),
        forecaster.name,
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
    """Which forecasts a backtest makes; ``every`` is in sessions."""
    if list(folds) != sorted(set(folds)) or every < 1:
        raise ValueError(f"folds must increase and every be at least 1, not {folds} and {every}")
    wanted = tuple(symbols)
    ends = (*folds[1:], None)
    return tuple(
        Fold(k, start, tuple((s, day) for s in wanted for day in _cutoffs(panel[s], start, end, every)))
        for k, (start, end) in enumerate(zip(folds, ends, strict=True))
    )


def walk_folds(
    predictor_of: Callable[[Fold], Predictor], model: str, panel: Panel, folds: Iterable[Fold]
) -> pd.DataFrame:
    """The frame of ``walk_forward`` from the predictor of each fold, which is asked for where the fold has cut-offs.

    Args:
        panel: what forecasts are made from, cut at each cut-off; ``predictor_of`` may have learnt from more ETFs.
    """
    frames = [forecast_at(predictor_of(fold), model, panel, fold) for fold in folds if fold.cutoffs]
    return pd.concat(frames, ignore_index=True) if frames else empty_frame()


def _cutoffs(history: PriceHistory, start: date, end: date | None, every: int) -> list[date]:
    sessions = history.sessions
    first = int(sessions.searchsorted(pd.Timestamp(start)))
    stop = len(history) if end is None else int(sessions.searchsorted(pd.Timestamp(end)))
    if first < MIN_HISTORY:
        return []
    return [sessions[i].date() for i in range(first, min(stop, len(history) - HORIZON), every)]


def before(panel: Panel, fold: date) -> Panel:
    """What a fold's model may see: sessions before its date."""
    return panel.until(fold - timedelta(days=1))


def forecast_at(predictor: Predictor, model: str, panel: Panel, fold: Fold) -> pd.DataFrame:
    """The forecasts of ``predictor`` at a fold's cut-offs, each from the panel cut there, beside what came."""
    known: dict[date, Panel] = {}
    frames = []
    for symbol, cutoff in fold.cutoffs:
        if cutoff not in known:
            known[cutoff] = panel.until(cutoff)
        quantiles = predictor.predict(symbol, known[cutoff]).quantiles
        frames.append(_meet(panel[symbol], model, cutoff, quantiles))
    return pd.concat(frames, ignore_index=True) if frames else empty_frame()


def _meet(history: PriceHistory, model: str, cutoff: date, quantiles: np.ndarray) -> pd.DataFrame:
    at = int(history.sessions.searchsorted(pd.Timestamp(cutoff)))
    came = slice(at + 1, at + 1 + HORIZON)
    columns = {
        "symbol": history.symbol,
        "model": model,
        "cutoff": history.sessions[at],
        "step": np.arange(1, HORIZON + 1),
        "session": history.sessions[came],
        "actual": history.adjusted[came],
    }
    return pd.DataFrame(columns | dict(zip(COLUMNS, quantiles.T, strict=True)))


def empty_frame() -> pd.DataFrame:
    """A frame of FRAME_COLUMNS without rows."""
    return pd.DataFrame({name: pd.Series(dtype=object) for name in FRAME_COLUMNS})
