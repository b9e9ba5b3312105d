"""The training of the ETFs of one panel: which task waits for which, and what is published in which order.

    the panel's model before each fold → each ETF's backtest in that fold ─┐
    the panel's model on everything    → each ETF's own model             ─┴→ scores, decision, report, pictures

A task can begin as soon as what it needs is there, so that no worker waits for the slowest of the others. Few are
handed out at a time, and those of the first ETFs first: what is kept between two steps of an ETF is large.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from heapq import heappop, heappush
from itertools import count
from typing import Any, Final

import pandas as pd

from forecasting.champion.recipes import Recipe
from forecasting.job.progress import SymbolOutcomes
from forecasting.job.workers import shared, width
from forecasting.model.lifecycle import (
    EVERY,
    FoldModel,
    backtest_symbol,
    fit_fold,
    fit_panel,
    fit_symbol,
    joined,
    report_folds,
)
from forecasting.model.market import seen_by
from forecasting.prices.history import Panel
from forecasting.reports.build import TrainingResult, finish_training
from forecasting.reports.publication import Publication
from forecasting.reports.publisher import Publisher
from forecasting.universe import Symbol, Universe

AHEAD: Final = 2
"""Tasks handed out for each worker: it never waits for the next one."""

_Then = Callable[[Future[Any]], None]


@dataclass(frozen=True, order=True)
class _Task:
    """A task of an ETF that can begin, and what to do with its result."""

    place: int
    number: int
    symbol: Symbol = field(compare=False)
    submit: Callable[[], Future[Any]] = field(compare=False)
    then: _Then = field(compare=False)


@dataclass(eq=False)
class Training:
    """The training of some ETFs of a panel.

    Attributes:
        publish: makes a report visible; called in the order of the ETFs, whichever is done first.
        drawn: whether the reports need pictures.
    """

    executor: Executor
    publisher: Publisher
    publish: Callable[[Publication], None]
    universe: Universe
    now: Callable[[], datetime]
    seed: int
    recipe: Recipe
    drawn: bool
    _then: dict[Future[Any], _Then] = field(default_factory=dict, init=False)
    """What is handed out, and what to do with each result."""
    _ready: list[_Task] = field(default_factory=list, init=False)
    """What can be handed out, the first ETF's first."""
    _number: Iterator[int] = field(default_factory=count, init=False)

    def run(self, outcomes: SymbolOutcomes, panel: Panel, members: tuple[Symbol, ...]) -> None:
        """Train ``members``. What fails for one of them is its own failure.

        Raises:
            NotEnoughHistory: no ETF of the panel is long enough to train on.
        """
        folds = report_folds(max(history.last_session for history in panel.values()))
        whole = shared(self.executor, panel)
        etfs = {
            symbol: _Etf(place, symbol, shared(self.executor, seen_by(symbol, panel)))
            for place, symbol in enumerate(members)
        }
        fold_models: dict[int, FoldModel] = {}
        all_fold_models: list[Any] = []
        """One value once they are all there: what the last step of each ETF is given."""
        order = list(etfs.values())

        def panel_fitted(fit: Future[bytes]) -> None:
            weights = fit.result()
            for etf in etfs.values():
                part(etf, partial(setattr, etf, "weights"), fit_symbol, etf.symbol, etf.seen, weights, self.seed)

        def fold_fitted(k: int, fit: Future[FoldModel]) -> None:
            fold_models[k] = model = fit.result()
            outcomes.reached(members, "backtest", len(fold_models), len(folds) + 1)
            if len(fold_models) == len(folds):
                all_fold_models.append(shared(self.executor, tuple(fold_models[n] for n in range(len(folds)))))
            # Without the outcomes of the others' backtests, which are large: only the last step needs them.
            lean = [FoldModel(start, model.weights if n == k else b"", {}) for n, start in enumerate(folds)]
            for etf in etfs.values():
                part(
                    etf,
                    partial(etf.frames.__setitem__, k),
                    backtest_symbol,
                    etf.symbol,
                    etf.seen,
                    lean,
                    EVERY,
                    self.seed,
                    fold=k,
                )

        def part(etf: _Etf, keep: Callable[[Any], None], task: Callable[..., Any], *given: Any, **more: Any) -> None:
            def came(future: Future[Any]) -> None:
                with outcomes.guard([etf.symbol]):
                    keep(future.result())
                finish_if_ready(etf)

            self._add(etf, came, task, *given, **more)

        def finish_if_ready(etf: _Etf) -> None:
            if etf.weights is None or len(etf.frames) < len(folds):
                return
            outcomes.reached([etf.symbol], "backtest", len(folds) + 1, len(folds) + 1)
            for done in (1, 2):
                outcomes.reached([etf.symbol], "fit", done, 2)
            with outcomes.guard([etf.symbol]):
                self._add(
                    etf,
                    partial(setattr, etf, "result"),
                    finish_training,
                    etf.symbol,
                    self.universe.name(etf.symbol),
                    etf.seen,
                    tuple(panel),
                    all_fold_models[0],
                    joined([etf.frames[k] for k in range(len(folds))]),
                    etf.weights,
                    self.publisher.champion(etf.symbol),
                    seed=self.seed,
                    recipe=self.recipe.name,
                    decided_for=self.publisher.decided_for,
                    withdrawn=self.publisher.withdrawn(etf.symbol),
                    trained_at=self.now(),
                    drawn=self.drawn,
                )
            etf.forget()

        def publish_finished() -> None:
            while order and (order[0].result is not None or order[0].symbol in outcomes.failed):
                etf = order.pop(0)
                result, etf.result = etf.result, None
                if result is not None:
                    with outcomes.guard([etf.symbol]):
                        kept = result.result()
                        outcomes.reached([etf.symbol], "calibrate")
                        self.publish(self.publisher.keep(etf.symbol, kept))

        # First what takes longest.
        config = self.recipe.config
        self._then[self.executor.submit(fit_panel, whole, self.seed, config)] = panel_fitted
        for k in range(len(folds)):
            fit = self.executor.submit(fit_fold, whole, folds, k, EVERY, self.seed, config)
            self._then[fit] = partial(fold_fitted, k)
        try:
            while self._then or self._ready:
                self._hand_out(outcomes)
                done, _ = wait(self._then, return_when=FIRST_COMPLETED)
                for future in [future for future in self._then if future in done]:
                    self._then.pop(future)(future)
                publish_finished()
        finally:
            for future in self._then:
                future.cancel()

    def _add(self, etf: _Etf, then: _Then, task: Callable[..., Any], *given: Any, **more: Any) -> None:
        """Have a task of an ETF done when its turn comes; ``then`` is called with what came of it."""
        submit = partial(self.executor.submit, task, *given, **more)
        heappush(self._ready, _Task(etf.place, next(self._number), etf.symbol, submit, then))

    def _hand_out(self, outcomes: SymbolOutcomes) -> None:
        most = AHEAD * width(self.executor)
        while self._ready and len(self._then) < most:
            task = heappop(self._ready)
            with outcomes.guard([task.symbol]):
                self._then[task.submit()] = task.then


@dataclass(eq=False)
class _Etf:
    """What is known of one ETF's training so far.

    Attributes:
        place: among the ETFs that are trained.
        seen: the prices that its forecasts depend on, as ``shared`` gives them.
        frames: of its backtest, by fold.
        weights: of its own model.
        result: of the last step.
    """

    place: int
    symbol: Symbol
    seen: Any
    frames: dict[int, pd.DataFrame] = field(default_factory=dict)
    weights: bytes | None = None
    result: Future[TrainingResult] | None = None

    def forget(self) -> None:
        """Drop what only the last step needed."""
        self.seen, self.weights, self.frames = None, None, {}
