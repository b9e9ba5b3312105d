"""The search: Optuna proposes trials; each is walked forward over the inner folds and stored before the next begins.

Optuna stores the trials, in an SQLite file next to the recipes. They cannot be in DATABASE_URL, because Optuna's tables
include ``trials`` and ``alembic_version``, and so do ours.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, Executor
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from statistics import fmean
from typing import Final, Protocol

import numpy as np
import optuna
import pandas as pd
from optuna.distributions import distribution_to_json
from optuna.trial import TrialState
from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError

from forecasting.champion.recipes import DEFAULT_RECIPE, Recipe
from forecasting.errors import BadSettings, ForecastingError, JobRunning
from forecasting.job.backtest import run_backtest
from forecasting.job.progress import Progress
from forecasting.model.config import LstmConfig
from forecasting.model.fingerprint import code_version, data_hash
from forecasting.model.lifecycle import EVERY, SEED
from forecasting.prices.history import Panel
from forecasting.tuning.judging import MODELS, FoldScore, fold_scores, relative_losses
from forecasting.tuning.space import SPACE, Parameters, Space, configured, parameters_of
from forecasting.universe import Symbol

RANDOM_TRIALS: Final = 4
"""Trials, including the first, before the sampler learns from earlier ones."""

DATABASE: Final = "searches.db"

optuna.logging.set_verbosity(optuna.logging.WARNING)  # the command reports each trial itself


@dataclass(frozen=True)
class Trial:
    """A finished trial.

    Attributes:
        number: counts finished trials; 0 is the configuration that the search starts from.
        score: mean of the inner folds' skills; None if a training diverged.
        folds: the scores behind that mean; empty without a score.
        seconds: wall-clock time.
    """

    number: int
    parameters: Parameters
    score: float | None
    folds: tuple[FoldScore, ...]
    seconds: float


class Watcher(Protocol):
    """Is informed of progress."""

    def fold_done(self) -> None:
        """A fold's panel networks are trained, which takes most of the time."""

    def trial_done(self, trial: Trial) -> None:
        """A new trial is stored."""


@dataclass(frozen=True, eq=False)
class Search:
    """What a search is about.

    Attributes:
        symbols: the ETFs that are scored.
        panel: all that the search may know: it ends before the first fold of the confirmation.
        folds: the inner folds.
        seed: of the sampler; every training uses the program's own seed.
        start: the first trial; the others change its parameters.
        every: sessions between the cut-offs of a fold.
    """

    symbols: tuple[Symbol, ...]
    panel: Panel
    folds: tuple[date, ...]
    seed: int
    start: LstmConfig = DEFAULT_RECIPE.config
    space: Space = field(default_factory=lambda: SPACE)
    every: int = EVERY

    @cached_property
    def key(self) -> str:
        """A hash of everything that trials depend on, code included: equal searches share their trials."""
        asked = {
            "symbols": sorted(self.symbols),
            "prices": {symbol: data_hash(history) for symbol, history in self.panel.items()},
            "folds": [fold.isoformat() for fold in self.folds],
            "every": self.every,
            "seeds": [self.seed, SEED],
            "start": asdict(self.start),
            "space": {name: distribution_to_json(drawn) for name, drawn in self.space.items()},
            "code": code_version(),
        }
        return sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]


def open_study(search: Search, folder: Path) -> optuna.Study:
    """The search's study in the database in ``folder``, which is made if it is missing.

    A trial that is still marked as running belongs to a process that was stopped; it is marked as failed.

    Raises:
        BadSettings: the database cannot be opened.
    """
    url = URL.create("sqlite", database=str(folder / DATABASE)).render_as_string()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        storage = optuna.storages.RDBStorage(url, engine_kwargs={"connect_args": {"timeout": 30}})
        study = optuna.create_study(storage=storage, study_name=search.key, direction="maximize", load_if_exists=True)
    except (OSError, SQLAlchemyError) as error:
        raise BadSettings(f"Trials cannot be stored in {folder} (MODEL_DIR): {error}. Check the path.") from None
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        study.tell(trial.number, state=TrialState.FAIL)
    return study


def finished_trials(study: optuna.Study) -> tuple[Trial, ...]:
    """The trials that came to an end, in their order: with a score, or pruned because their training diverged."""
    finished = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))
    return tuple(
        Trial(
            number,
            trial.params,
            trial.value,
            tuple(map(FoldScore.from_json, trial.user_attrs.get("folds", ()))),
            trial.duration.total_seconds() if trial.duration else 0.0,
        )
        for number, trial in enumerate(finished)
    )


def run_trials(
    search: Search, count: int, study: optuna.Study, executor: Executor, watcher: Watcher
) -> tuple[Trial, ...]:
    """The trials of ``study`` once there are at least ``count``.

    Raises:
        ForecastingError: an ETF could not be forecast.
        JobRunning: another process has started the same search meanwhile.
    """
    while len(trials := finished_trials(study)) < count:
        if not trials and not study.get_trials(deepcopy=False, states=(TrialState.WAITING,)):
            study.enqueue_trial(parameters_of(search.start))
        study.sampler = sampler_of(search.seed, len(trials))
        trial = study.ask(dict(search.space))
        recipe = Recipe(f"trial-{len(trials)}", configured(search.start, trial.params))
        losses = walked_losses(search, recipe, executor, watcher)
        diverged = not np.isfinite(losses["lstm"]).all()
        folds = () if diverged else fold_scores(losses, search.folds)
        try:
            trial.set_user_attr("folds", [fold.as_json() for fold in folds])
            if folds:
                study.tell(trial, fmean(fold.skill for fold in folds))
            else:
                study.tell(trial, state=TrialState.PRUNED)
        except (ValueError, optuna.exceptions.UpdateFinishedTrialError):  # open_study of another process failed it
            raise JobRunning(
                "Another process has started the same search. Let it finish, then run this command again: it continues "
                "from the stored trials."
            ) from None
        watcher.trial_done(finished_trials(study)[-1])
    return trials


def sampler_of(seed: int, done: int) -> optuna.samplers.BaseSampler:
    """A tree-structured Parzen estimator (Bergstra and others 2011).

    Each trial has its own seed: a search that was stopped continues with the trials that it would have made anyway.
    """
    own_seed = int(np.random.SeedSequence([seed, done]).generate_state(1)[0])
    return optuna.samplers.TPESampler(
        seed=own_seed, n_startup_trials=RANDOM_TRIALS, multivariate=True, constant_liar=False
    )


def best(trials: Sequence[Trial]) -> Trial:
    """The trial with the highest score, the first of equal ones.

    Raises:
        ForecastingError: none has a score.
    """
    scored = [(trial.score, -trial.number, trial) for trial in trials if trial.score is not None]
    if not scored:
        raise ForecastingError("Every trial's training diverged. Check the prices: etf-forecast prices check")
    return max(scored)[2]


def walked_losses(search: Search, recipe: Recipe, executor: Executor, watcher: Watcher) -> pd.DataFrame:
    """Losses of the recipe's forecasts over the search's folds, as they would have been posted.

    See ``relative_losses`` for the frame.

    Raises:
        ForecastingError: an ETF could not be forecast.
    """

    def listen(progress: Progress) -> None:
        if progress.symbol == search.symbols[0] and progress.done < progress.of:
            watcher.fold_done()

    try:
        frame, failures = run_backtest(
            executor, search.panel, search.symbols, search.folds, search.every, MODELS, listen, recipe
        )
    except BrokenExecutor:
        raise ForecastingError(
            f"The search stops at {recipe.name}: a worker process was killed. Give it more memory or fewer --workers, "
            "and start it again: it continues from the stored trials."
        ) from None
    if failures:
        raise ForecastingError(f"The search stops at {recipe.name}: {failures[0].message}")
    return relative_losses(frame, search.panel)
