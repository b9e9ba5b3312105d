"""Pipeline: the one place that knows the order of the steps.

    retrain   prices → per fold and finally: what the panel teaches → per ETF: backtest, fit, scores and bands,
              challenge of the champion, forecast, pictures → model, decision, report and issued forecast stored
    refresh   prices → per ETF: the champion's forecast, pictures → report and issued forecast stored

Workers compute; they are given values and hand back values. The job alone writes.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from forecasting.champion.challenge import config_of
from forecasting.champion.recipes import DEFAULT_RECIPE, Recipe
from forecasting.champion.registry import ModelRegistry, RegisteredModel
from forecasting.errors import NotAFund
from forecasting.job.follow_up import follow_up
from forecasting.job.progress import Listener
from forecasting.job.symbol_outcomes import Tally
from forecasting.job.tasks import SEED, Candidate, Waiting, as_they_end, submit_panel_stages
from forecasting.model.lifecycle import (
    EVERY,
    PanelStage,
    backtest_symbol,
    fit_symbol,
    panel_stage,
    report_folds,
)
from forecasting.models import MODELS, POSTED
from forecasting.prices.history import Panel, PriceHistory, PriceSource
from forecasting.prices.quality.gate import refusal
from forecasting.prices.sources.registry import load_panel, panel_symbols, teachers_for
from forecasting.report import current
from forecasting.reports.build import Finished, Lesson, Subject, draw_overview, finish, forecast_again
from forecasting.reports.publication import Kind, Publication
from forecasting.reports.publisher import Issuer
from forecasting.reports.runs import Run
from forecasting.reports.store import ReportStore
from forecasting.storage.lease import Lease
from forecasting.universe import Symbol, Universe

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pipeline:
    """Runs jobs.

    Attributes:
        source, universe: where prices come from, and the ETFs that a model learns from beside those named.
        store, registry: where results go.
        lock: held by this process; asked before each write.
        executor: where the computing is done; what it computes does not depend on how many workers it has.
        now: gives the moment (aware).
        recipe: what ``retrain`` trains.
        teachers: ETFs that a training from Yahoo's prices learns from besides.
        kind: ``replayed`` for a past day that is gone through again: its forecasts go on the record under that name,
            and no report, picture or run of it is stored.
        only_funds: whether a symbol that the source calls a share or the like is refused.
    """

    source: PriceSource
    universe: Universe
    store: ReportStore
    registry: ModelRegistry
    lock: Lease
    executor: Executor
    now: Callable[[], datetime]
    seed: int = SEED
    recipe: Recipe = DEFAULT_RECIPE
    teachers: tuple[Symbol, ...] = ()
    kind: Kind = "live"
    only_funds: bool = False

    def retrain(self, symbols: tuple[Symbol, ...], until: date, listen: Listener) -> Run:
        """Train a new model of each symbol and publish its forecast.

        Args:
            until: the last session that may be known; a symbol whose prices end earlier is forecast from their end.
        """
        return self._run("retrain", symbols, until, listen, self._train, self.teachers)

    def refresh(self, symbols: tuple[Symbol, ...], until: date, listen: Listener) -> Run:
        """Publish each symbol's forecast of the newest session by its champion, without training."""
        return self._run("refresh", symbols, until, listen, self._forecast)

    def _run(
        self,
        kind: str,
        symbols: tuple[Symbol, ...],
        until: date,
        listen: Listener,
        work: Callable[[Tally, Panel, tuple[Symbol, ...]], None],
        teachers: tuple[Symbol, ...] = (),
    ) -> Run:
        started = self.now()
        tally = Tally(symbols, listen)
        panel = self._load(tally, until, teachers)
        # Prices may end on different days: nobody's forecast may know what came after its own last session.
        by_last: dict[date, list[Symbol]] = defaultdict(list)
        for symbol in symbols:
            if symbol in panel and symbol not in tally.failed:
                by_last[panel[symbol].last_session].append(symbol)
        for last, members in sorted(by_last.items()):
            with tally.guard(members):
                work(tally, panel.until(last), tuple(members))
        if self.kind == "live":
            self._publish_overview(tally)
            self._follow_up(tally, panel, until)
        as_of = max(tally.ok.values(), default=min(until, started.date()))
        ok = tuple(symbol for symbol in symbols if symbol in tally.ok)
        failed = tuple(tally.failed[symbol] for symbol in symbols if symbol in tally.failed)
        run = Run(kind, self.source.name, as_of, started, self.now(), ok, failed)
        if self.kind == "live":
            self.lock.confirm()
            self.store.record(run)
        return run

    def _load(self, tally: Tally, until: date, teachers: tuple[Symbol, ...]) -> Panel:
        def loaded(symbol: Symbol) -> None:
            if symbol in tally.named:
                tally.reached([symbol], "prices")

        symbols = panel_symbols(self.source, self.universe, tally.named)
        others = teachers_for(self.source, teachers, symbols)
        panel, failures = load_panel(self.source, symbols, until, loaded, teachers=others)
        for symbol, error in failures.items():
            if symbol in tally.named:
                tally.fail(symbol, error)
            else:
                log.warning("The panel does without %s. %s", symbol, error)
        for symbol, history in panel.items():
            # A replay goes through the same prices a hundred times, and nobody is shown a teacher's.
            if self.kind == "live" and symbol not in others:
                self._tell_of_faults(history, until)
            refused = refusal(history) or self._not_a_fund(history)
            if refused and symbol in tally.named:
                tally.fail(symbol, refused)
        return panel

    def _tell_of_faults(self, history: PriceHistory, until: date) -> None:
        for finding in history.findings:
            log.log(logging.WARNING if finding.is_fault else logging.INFO, "%s", finding)
        self.lock.confirm()
        self.store.price_faults.keep(self.source.name, history.symbol, history.findings, until, self.now())

    def _follow_up(self, tally: Tally, panel: Panel, until: date) -> None:
        asked_for = panel_symbols(self.source, self.universe, tally.named)
        self.lock.confirm()
        follow_up(self.lock.engine, self.source, panel, until, self.now(), asked_for, self.executor)

    def _not_a_fund(self, history: PriceHistory) -> NotAFund | None:
        security = history.security
        if not self.only_funds or security is None or security.is_fund:
            return None
        return NotAFund(history.symbol, security.name, security.kind)

    def _train(self, tally: Tally, panel: Panel, members: tuple[Symbol, ...]) -> None:
        champions = {symbol: self.issuer.champion(symbol) for symbol in members}
        lesson = self._teach(tally, panel, members)
        others = self._teach_others(champions, lesson)
        candidates = {symbol: Candidate(champions[symbol], others[symbol]) for symbol in members}
        waiting: Waiting = {}
        for symbol, candidate in candidates.items():
            fit = self.executor.submit(fit_symbol, symbol, panel, lesson.final, self.seed)
            waiting |= {self._backtest(symbol, lesson, lesson.before): (symbol, "backtest"), fit: (symbol, "fit")}
            if candidate.other is not None:
                waiting[self._backtest(symbol, lesson, candidate.other, (POSTED,))] = symbol, "rival"
        for symbol, task, future in as_they_end(waiting):
            with tally.guard([symbol]):
                result = future.result()
                if task == "finish":
                    tally.reached([symbol], "calibrate")
                    self._publish(tally, self.issuer.keep(result))
                    continue
                candidates[symbol].results[task] = result
                if task == "backtest":
                    tally.reached([symbol], "backtest", len(lesson.folds) + 1, len(lesson.folds) + 1)
                elif task == "fit":
                    tally.reached([symbol], "fit", 2, 2)
                if candidates[symbol].is_complete:
                    waiting[self._finish(symbol, lesson, candidates.pop(symbol))] = symbol, "finish"

    def _teach(self, tally: Tally, panel: Panel, members: tuple[Symbol, ...]) -> Lesson:
        """One task per fold and one for the final fit; what they give serves every symbol."""
        folds = report_folds(max(history.last_session for history in panel.values()))
        before = submit_panel_stages(self.executor, panel, folds, EVERY, self.seed, self.recipe.config)
        final = self.executor.submit(panel_stage, panel, folds, None, EVERY, self.seed, self.recipe.config)
        for done, _ in enumerate(as_completed(before), 1):
            tally.reached(members, "backtest", done, len(folds) + 1)
        lesson = Lesson(panel, folds, tuple(future.result() for future in before), final.result())
        tally.reached(members, "fit", 1, 2)
        return lesson

    def _teach_others(
        self, champions: Mapping[Symbol, RegisteredModel | None], lesson: Lesson
    ) -> dict[Symbol, tuple[PanelStage, ...] | None]:
        """The same before each fold by the recipe of each champion, where it is not the one trained now."""
        last = max(history.last_session for history in lesson.panel.values()).isoformat()
        configs = {
            # A champion of later sessions is not challenged: this is a training as of a past day.
            symbol: None if model is None or model.card["as_of"] > last else config_of(model)
            for symbol, model in champions.items()
        }
        submitted = {
            config: submit_panel_stages(self.executor, lesson.panel, lesson.folds, EVERY, self.seed, config)
            for config in {*configs.values()} - {None, self.recipe.config}
            if config is not None
        }
        taught = {config: tuple(future.result() for future in stages) for config, stages in submitted.items()}
        return {symbol: None if config is None else taught.get(config) for symbol, config in configs.items()}

    def _backtest(
        self, symbol: Symbol, lesson: Lesson, stages: Sequence[PanelStage], models: tuple[str, ...] = tuple(MODELS)
    ) -> Future[pd.DataFrame]:
        return self.executor.submit(
            backtest_symbol, symbol, lesson.panel, lesson.folds, stages, EVERY, self.seed, models
        )

    def _finish(self, symbol: Symbol, lesson: Lesson, candidate: Candidate) -> Future[Finished]:
        return self.executor.submit(
            finish,
            self._subject(symbol),
            lesson,
            candidate.results["backtest"],
            candidate.results["fit"],
            candidate.incumbent,
            seed=self.seed,
            recipe=self.recipe.name,
            withdrawn=self.issuer.withdrawn(symbol),
            trained_at=self.now(),
            drawn=self.kind == "live",
        )

    def _forecast(self, tally: Tally, panel: Panel, members: tuple[Symbol, ...]) -> None:
        waiting: Waiting = {}
        for symbol in members:
            with tally.guard([symbol]):
                champion = self.registry.champion(self.source.name, symbol)
                notes = self.issuer.refusal(symbol)
                again = self.executor.submit(
                    forecast_again, self._subject(symbol), panel, champion, notes, drawn=self.kind == "live"
                )
                waiting[again] = symbol, "finish"
        for symbol, _, future in as_they_end(waiting):
            with tally.guard([symbol]):
                self._publish(tally, future.result())

    def _publish(self, tally: Tally, publication: Publication) -> None:
        report = publication.report
        self.issuer.publish(publication)
        tally.ok[report.symbol] = report.as_of
        tally.reached([report.symbol], "report")

    def _publish_overview(self, tally: Tally) -> None:
        if not tally.ok:
            return
        reports = current(self.store.all_latest(self.source.name), self.universe.symbols)
        try:
            charts = self.executor.submit(draw_overview, reports).result()
        except BrokenExecutor:
            log.exception("The picture of all scores is the one before: a worker process was ended from outside")
            return
        self.lock.confirm()
        self.store.publish_overview(self.source.name, charts)

    def _subject(self, symbol: Symbol) -> Subject:
        return Subject(symbol, self.universe.name(symbol))

    @property
    def issuer(self) -> Issuer:
        """What stores the models and forecasts of this pipeline."""
        return Issuer(self.source.name, self.store, self.registry, self.lock, self.now, self.kind)
