"""The walk-forward backtest of several ETFs, spread over workers: what the commands and the searches measure."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor, as_completed
from datetime import date

import pandas as pd

from forecasting.champion.recipes import DEFAULT_RECIPE, Recipe
from forecasting.evaluation.walk_forward import empty_frame
from forecasting.job.progress import Listener, SymbolOutcomes
from forecasting.model.lifecycle import SEED, backtest_symbol, calibrate_frame, fit_fold
from forecasting.prices.history import Panel
from forecasting.reports.runs import Failure
from forecasting.universe import Symbol


def run_backtest(
    executor: Executor,
    panel: Panel,
    symbols: tuple[Symbol, ...],
    folds: tuple[date, ...],
    every: int,
    models: Sequence[str],
    listen: Listener,
    recipe: Recipe = DEFAULT_RECIPE,
    seed: int = SEED,
) -> tuple[pd.DataFrame, tuple[Failure, ...]]:
    """Walk ``symbols`` forward over ``folds``.

    Args:
        panel: what the models are trained on; it holds ``symbols``.
        folds: increasing dates. Before each, the models are fitted on all earlier sessions.
        every: sessions between the cut-offs.
        models: names of MODELS.
        listen: called for each symbol as the folds are fitted.
        recipe: of the LSTM.

    Returns:
        The frame of ``walk_forward`` with a model's rows as it would have been posted, and the symbols it lacks.
    """
    outcomes = SymbolOutcomes(symbols, listen)
    fits = [executor.submit(fit_fold, panel, folds, k, every, seed, recipe.config, models) for k in range(len(folds))]
    for done, _ in enumerate(as_completed(fits), 1):
        outcomes.reached(symbols, "backtest", done, len(folds) + 1)
    fold_models = [fit.result() for fit in fits]
    tasks = {
        symbol: executor.submit(backtest_symbol, symbol, panel, fold_models, every, seed, models) for symbol in symbols
    }
    frames = []
    for symbol, task in tasks.items():
        with outcomes.guard([symbol]):
            frames.append(task.result())
            outcomes.reached([symbol], "backtest", len(folds) + 1, len(folds) + 1)
    filled = [frame for frame in frames if len(frame)] or [empty_frame()]
    frame = calibrate_frame(pd.concat(filled, ignore_index=True), fold_models, panel)
    return frame, tuple(outcomes.failed.values())
