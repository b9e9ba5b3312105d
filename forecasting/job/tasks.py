"""What a job hands to its executor, and how the results come back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, as_completed, wait
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal

import pandas as pd

from forecasting.champion.recipes import DEFAULT_RECIPE, Recipe
from forecasting.champion.registry import RegisteredModel
from forecasting.evaluation.walk_forward import empty_frame
from forecasting.job.progress import Listener
from forecasting.job.symbol_outcomes import Tally
from forecasting.model.config import LstmConfig
from forecasting.model.lifecycle import PanelStage, backtest_symbol, calibrate_frame, panel_stage
from forecasting.models import MODELS
from forecasting.prices.history import Panel
from forecasting.reports.build import Incumbent
from forecasting.reports.runs import Failure
from forecasting.universe import Symbol

SEED: Final = 1
"""Of every training: the same prices give the same model."""

Task = Literal["backtest", "fit", "rival", "finish"]


@dataclass(frozen=True)
class Candidate:
    """An ETF whose new model is in the making.

    Attributes:
        champion: the model that forecasts now.
        other: what the panel taught the champion's recipe before each fold, where that is not the recipe trained now.
        results: of the tasks that have ended.
    """

    champion: RegisteredModel | None
    other: Sequence[PanelStage] | None
    results: dict[Task, Any] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        wanted = {"backtest", "fit"} if self.other is None else {"backtest", "fit", "rival"}
        return wanted <= self.results.keys()

    @property
    def incumbent(self) -> Incumbent | None:
        if self.champion is None:
            return None
        return Incumbent(self.champion, None if self.other is None else (self.results["rival"], self.other))


Waiting = dict[Future[Any], tuple[Symbol, Task]]
"""Tasks under way, with what each does for which ETF."""


def as_they_end(waiting: Waiting) -> Iterator[tuple[Symbol, Task, Future[Any]]]:
    """Each task as it ends, those added meanwhile too, until none is left."""
    while waiting:
        ended, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in ended:
            symbol, task = waiting.pop(future)
            yield symbol, task, future


def submit_panel_stages(
    executor: Executor,
    panel: Panel,
    folds: tuple[date, ...],
    every: int,
    seed: int,
    config: LstmConfig,
    models: tuple[str, ...] = tuple(MODELS),
) -> list[Future[PanelStage]]:
    """One task per fold, in the order of the folds."""
    return [
        executor.submit(panel_stage, panel, folds, index, every, seed, config, models) for index in range(len(folds))
    ]


def walk(
    executor: Executor,
    panel: Panel,
    symbols: tuple[Symbol, ...],
    folds: tuple[date, ...],
    every: int,
    models: tuple[str, ...],
    listen: Listener,
    recipe: Recipe = DEFAULT_RECIPE,
    seed: int = SEED,
) -> tuple[pd.DataFrame, tuple[Failure, ...]]:
    """The walk-forward frame of ``symbols``, ``lstm`` as it would have been posted, and which are missing and why."""
    taught = submit_panel_stages(executor, panel, folds, every, seed, recipe.config, models)
    tally = Tally(symbols, listen)
    for done, _ in enumerate(as_completed(taught), 1):
        tally.reached(symbols, "backtest", done, len(folds) + 1)
    stages = [future.result() for future in taught]
    tasks = {
        symbol: executor.submit(backtest_symbol, symbol, panel, folds, stages, every, seed, models)
        for symbol in symbols
    }
    frames = []
    for symbol, task in tasks.items():
        with tally.guard([symbol]):
            frames.append(task.result())
            tally.reached([symbol], "backtest", len(folds) + 1, len(folds) + 1)
    filled = [frame for frame in frames if len(frame)] or [empty_frame()]
    return calibrate_frame(pd.concat(filled, ignore_index=True), stages, panel), tuple(tally.failed.values())
