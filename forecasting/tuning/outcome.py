"""A search from its plan to a named recipe, with the numbers that speak for it or against it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from forecasting.champion.recipes import DEFAULT_RECIPE, Recipe, RecipeBook
from forecasting.errors import BadSettings
from forecasting.evaluation.walk_forward import before, fold_cutoffs
from forecasting.model.config import LstmConfig
from forecasting.model.fingerprint import code_version
from forecasting.model.lifecycle import EVERY
from forecasting.prices.history import Panel
from forecasting.tuning.confirmation import Confirmation, confirm
from forecasting.tuning.folds import TuningFolds, tuning_folds
from forecasting.tuning.search import Search, Watcher, best, run_trials
from forecasting.tuning.space import Space
from forecasting.tuning.trials import Trial, TrialStore
from forecasting.universe import Symbol


@dataclass(frozen=True, eq=False)
class Plan:
    """All that is settled before the first trial.

    Attributes:
        name: of the recipe that comes of it.
        symbols: the ETFs that the confirmation scores; those of the search are the ones old enough for it.
        panel: with the years of the confirmation, which ``search`` lacks.
    """

    name: str
    symbols: tuple[Symbol, ...]
    panel: Panel
    folds: TuningFolds
    search: Search

    @property
    def source(self) -> str:
        return self.panel[self.symbols[0]].source

    @property
    def as_of(self) -> date:
        return max(self.panel[symbol].last_session for symbol in self.symbols)

    @property
    def too_young(self) -> tuple[Symbol, ...]:
        """The ETFs that are in no inner fold."""
        return tuple(symbol for symbol in self.symbols if symbol not in self.search.symbols)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came of a plan."""

    plan: Plan
    trials: tuple[Trial, ...]
    winner: Trial
    recipe: Recipe
    confirmation: Confirmation


def planned(
    panel: Panel,
    symbols: tuple[Symbol, ...],
    seed: int,
    name: str | None,
    book: RecipeBook,
    start: LstmConfig = DEFAULT_RECIPE.config,
    space: Space = Space(),  # noqa: B008  # frozen
) -> Plan:
    """The plan of a search over ``symbols``, its panel cut where the confirmation begins.

    Raises:
        NotEnoughHistory: none of the ETFs is old enough for the folds.
        BadSettings: another search has made a recipe of that name.
    """
    folds = tuning_folds(panel[symbol] for symbol in symbols)
    known = before(panel, folds.confirmation[0])
    scored = tuple(symbol for symbol in symbols if symbol in known and _takes_part(symbol, known, folds))
    search = Search(scored, known, folds.inner, seed, start, space)
    chosen = name or f"tuned-{search.study.key[:8]}"
    _check_free(chosen, search, book)
    return Plan(chosen, symbols, panel, folds, search)


def _takes_part(symbol: Symbol, panel: Panel, folds: TuningFolds) -> bool:
    return any(fold.cutoffs for fold in fold_cutoffs(panel, folds.inner, EVERY, (symbol,)))


def _check_free(name: str, search: Search, book: RecipeBook) -> None:
    if name not in book.names():
        return
    if book.recipe(name).evidence.get("search", {}).get("study") != search.study.key:
        raise BadSettings(
            f"There is a recipe {name} already, of another search. Choose another --name, or remove it from "
            f"{book.folder}."
        )


def tuned(
    plan: Plan,
    trials: int,
    store: TrialStore,
    book: RecipeBook,
    executor: Executor,
    now: Callable[[], datetime],
    watcher: Watcher,
) -> Outcome:
    """Search, confirm, and keep the winner as a recipe with its numbers."""
    search = plan.search
    made = run_trials(search, trials, store, executor, now, watcher)
    winner = best(made)
    recipe = Recipe(plan.name, search.config(winner))
    start = Recipe(DEFAULT_RECIPE.name, search.start)
    confirmation = confirm(
        executor, plan.panel, plan.symbols, plan.folds.confirmation, search.every, recipe, watcher, start
    )
    recipe = Recipe(recipe.name, recipe.config, _evidence(plan, made, winner, confirmation))
    book.save(recipe)
    return Outcome(plan, made, winner, recipe, confirmation)


def _evidence(plan: Plan, trials: tuple[Trial, ...], winner: Trial, confirmation: Confirmation) -> dict[str, Any]:
    """Fit for JSON, for whoever opens the recipe's file."""
    search = plan.search
    return {
        "search": {
            "study": search.study.key,
            "source": plan.source,
            "symbols": list(search.symbols),
            "panel": list(search.panel),
            "folds": [fold.isoformat() for fold in search.folds],
            "ends_before": plan.folds.confirmation[0].isoformat(),
            "trials": len(trials),
            "winner": winner.number,
            "score": winner.score,
            "score_of_start": trials[0].score,
            "seed": search.seed,
            "code_version": code_version(),
        },
        "confirmation": {
            **asdict(confirmation),
            "folds": [fold.isoformat() for fold in confirmation.folds],
            "as_of": plan.as_of.isoformat(),
            "confirmed": confirmation.confirmed,
        },
    }
