"""A search from its plan to a named recipe with its evidence."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Final

import optuna

from forecasting.champion.recipes import DEFAULT_RECIPE, Recipe, RecipeBook
from forecasting.errors import BadSettings, NotEnoughHistory
from forecasting.evaluation.walk_forward import MIN_HISTORY, before, fold_cutoffs
from forecasting.model.config import LstmConfig
from forecasting.model.fingerprint import code_version
from forecasting.model.lifecycle import EVERY
from forecasting.prices.history import Panel, PriceHistory
from forecasting.quantiles import HORIZON
from forecasting.tuning.confirmation import Confirmation, confirm
from forecasting.tuning.search import Search, Trial, Watcher, best, run_trials
from forecasting.tuning.space import SPACE, Space, configured
from forecasting.universe import Symbol

INNER: Final = 3
"""Folds that trials are scored by."""

CONFIRMATION: Final = 2
"""Folds that the search never sees."""

LONGEST: Final = 504
"""Sessions of a fold (two years) if histories are long enough."""

SHORTEST: Final = 2 * HORIZON
"""Sessions under which a fold holds too few cut-offs to be a measure of skill."""


@dataclass(frozen=True, eq=False)
class Plan:
    """A search and its confirmation, before the first trial.

    Attributes:
        name: of the resulting recipe.
        search: with the ETFs that are old enough for the inner folds.
        unseen: the same for all ETFs, with the folds of the confirmation and all prices.
    """

    name: str
    search: Search
    unseen: Search

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        return self.unseen.symbols

    @property
    def source(self) -> str:
        return self.unseen.panel[self.symbols[0]].source

    @property
    def as_of(self) -> date:
        return max(self.unseen.panel[symbol].last_session for symbol in self.symbols)

    @property
    def too_young(self) -> tuple[Symbol, ...]:
        """The ETFs that are in no inner fold."""
        return tuple(symbol for symbol in self.symbols if symbol not in self.search.symbols)


@dataclass(frozen=True, eq=False)
class Outcome:
    plan: Plan
    trials: tuple[Trial, ...]
    winner: Trial
    recipe: Recipe
    confirmation: Confirmation


def tuning_folds(histories: Iterable[PriceHistory]) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """Dates of the inner folds and of the confirmation's, in time order; the first of the latter ends the search.

    The folds are of equal length, counted back from the end of the longest of ``histories``.

    Raises:
        NotEnoughHistory: that history is too short.
    """
    longest = max(histories, key=len)
    count = INNER + CONFIRMATION
    length = min(LONGEST, (len(longest) - MIN_HISTORY) // count)
    if length < SHORTEST:
        raise NotEnoughHistory(longest.symbol, len(longest), MIN_HISTORY + count * SHORTEST, "a parameter search")
    starts = tuple(longest.sessions[len(longest) - length * k].date() for k in range(count, 0, -1))
    return starts[:INNER], starts[INNER:]


def planned(
    panel: Panel,
    symbols: tuple[Symbol, ...],
    seed: int,
    name: str | None,
    book: RecipeBook,
    start: LstmConfig = DEFAULT_RECIPE.config,
    space: Space = SPACE,
) -> Plan:
    """The plan of a search over ``symbols``, its panel ending before the confirmation.

    Raises:
        NotEnoughHistory: none of the ETFs is old enough for the folds.
        BadSettings: a recipe of that name exists already, of another search.
    """
    inner, unseen = tuning_folds(panel[symbol] for symbol in symbols)
    known = before(panel, unseen[0])
    scored = tuple(
        symbol
        for symbol in symbols
        if symbol in known and any(fold.cutoffs for fold in fold_cutoffs(known, inner, EVERY, (symbol,)))
    )
    search = Search(scored, known, inner, seed, start, space)
    chosen = name or f"tuned-{search.key[:8]}"
    if chosen in book.names() and book.recipe(chosen).evidence.get("search", {}).get("study") != search.key:
        raise BadSettings(
            f"There is a recipe {chosen} already, of another search. Choose another --name, or remove it from "
            f"{book.folder}."
        )
    return Plan(chosen, search, replace(search, symbols=symbols, panel=panel, folds=unseen))


def tuned(
    plan: Plan, trials: int, study: optuna.Study, book: RecipeBook, executor: Executor, watcher: Watcher
) -> Outcome:
    """Search, confirm, and store the winner as a recipe with its evidence."""
    search = plan.search
    made = run_trials(search, trials, study, executor, watcher)
    winner = best(made)
    config = configured(search.start, winner.parameters)
    found = confirm(plan.unseen, Recipe(plan.name, config), executor, watcher)
    recipe = Recipe(plan.name, config, _evidence(plan, made, winner, found))
    book.save(recipe)
    return Outcome(plan, made, winner, recipe, found)


def _evidence(plan: Plan, trials: tuple[Trial, ...], winner: Trial, confirmation: Confirmation) -> dict[str, Any]:
    """What the recipe's file says about the search, fit for JSON."""
    search = plan.search
    return {
        "search": {
            "study": search.key,
            "source": plan.source,
            "symbols": list(search.symbols),
            "panel": list(search.panel),
            "folds": [fold.isoformat() for fold in search.folds],
            "ends_before": plan.unseen.folds[0].isoformat(),
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
