"""The search: trial after trial, each walked forward over the inner folds and kept before the next begins."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from statistics import fmean
from typing import Protocol

import pandas as pd

from forecasting.champion.recipes import DEFAULT_RECIPE, Recipe
from forecasting.errors import ForecastingError
from forecasting.job.backtest import run_backtest
from forecasting.job.progress import Progress
from forecasting.model.config import LstmConfig
from forecasting.model.fingerprint import code_version, data_hash
from forecasting.model.lifecycle import EVERY, SEED
from forecasting.prices.history import Panel
from forecasting.tuning.judging import MODELS, fold_scores, is_finite, relative_losses
from forecasting.tuning.proposals import propose
from forecasting.tuning.space import Space, configured, parameters_of
from forecasting.tuning.trials import Parameters, Study, Trial, TrialStore
from forecasting.universe import Symbol


class Watcher(Protocol):
    """Whoever wants to see how the work gets on."""

    def fold_done(self) -> None:
        """A fold's panel networks are trained: the pieces of work that take the time."""

    def trial_done(self, trial: Trial) -> None:
        """A new trial is kept."""


@dataclass(frozen=True, eq=False)
class Search:
    """What a search asks.

    Attributes:
        symbols: the ETFs that are scored.
        panel: all that the search may know: it ends before the first fold of the confirmation.
        folds: the inner folds.
        seed: of the proposals; every training has the program's own.
        start: the first trial, and what the others change the parameters of.
        every: sessions between the cut-offs of a fold.
    """

    symbols: tuple[Symbol, ...]
    panel: Panel
    folds: tuple[date, ...]
    seed: int
    start: LstmConfig = DEFAULT_RECIPE.config
    space: Space = field(default_factory=Space)
    every: int = EVERY

    @cached_property
    def study(self) -> Study:
        """Two searches are one study where nothing that a trial depends on differs, the program included."""
        asked = {
            "symbols": sorted(self.symbols),
            "prices": {symbol: data_hash(history) for symbol, history in self.panel.items()},
            "folds": [fold.isoformat() for fold in self.folds],
            "every": self.every,
            "seeds": [self.seed, SEED],
            "start": asdict(self.start),
            "space": asdict(self.space),
            "code": code_version(),
        }
        key = sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]
        return Study(key, self.panel[self.symbols[0]].source, self.symbols)

    def config(self, trial: Trial) -> LstmConfig:
        return configured(self.start, trial.parameters)


def run_trials(
    search: Search,
    count: int,
    store: TrialStore,
    executor: Executor,
    now: Callable[[], datetime],
    watcher: Watcher,
) -> tuple[Trial, ...]:
    """The trials of ``search`` once there are ``count`` at least; those that the store has are not made again."""
    trials = list(store.of(search.study))
    while len(trials) < count:
        parameters = propose(trials, search.space, search.seed) if trials else parameters_of(search.start)
        trial = _try(search, len(trials), parameters, executor, watcher)
        store.record(search.study, trial, now())
        trials.append(trial)
        watcher.trial_done(trial)
    return tuple(trials)


def best(trials: tuple[Trial, ...]) -> Trial:
    """The trial with the highest score, the first of equal ones.

    Raises:
        ForecastingError: none has a score.
    """
    scored = [trial for trial in trials if trial.score is not None]
    if not scored:
        raise ForecastingError("No trial came to a finite forecast. Check the prices: etf-forecast prices check")
    return max(scored, key=lambda trial: (trial.score, -trial.number))


def _try(search: Search, number: int, parameters: Parameters, executor: Executor, watcher: Watcher) -> Trial:
    started = time.monotonic()
    recipe = Recipe(f"trial-{number}", configured(search.start, parameters))
    losses = walked_losses(executor, search.panel, search.symbols, search.folds, search.every, recipe, watcher)
    seconds = time.monotonic() - started
    if not is_finite(losses):
        return Trial(number, parameters, None, (), seconds)
    folds = fold_scores(losses, search.folds)
    return Trial(number, parameters, fmean(fold.skill for fold in folds), folds, seconds)


def walked_losses(
    executor: Executor,
    panel: Panel,
    symbols: tuple[Symbol, ...],
    folds: tuple[date, ...],
    every: int,
    recipe: Recipe,
    watcher: Watcher,
) -> pd.DataFrame:
    """Losses of the recipe's forecasts, as they would have been posted, see ``relative_losses``.

    Raises:
        ForecastingError: an ETF could not be forecast.
    """

    def listen(progress: Progress) -> None:
        if progress.symbol == symbols[0] and progress.done < progress.of:
            watcher.fold_done()

    try:
        frame, failures = run_backtest(executor, panel, symbols, folds, every, MODELS, listen, recipe)
    except BrokenExecutor:
        raise ForecastingError(
            f"The search stops at {recipe.name}: a worker process was ended from outside. Give it more memory or fewer "
            "--workers, and start it again: the trials that are kept count."
        ) from None
    if failures:
        raise ForecastingError(f"The search stops at {recipe.name}: {failures[0].message}")
    return relative_losses(frame, panel)
