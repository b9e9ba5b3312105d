"""Pipeline: the one place that knows the order of the steps.

    retrain   prices → quality gate
              → the panel's model before each fold, and on everything
              → each ETF: walk-forward backtest and fit on everything
              → each ETF: scores and bands → challenge of the champion → forecast → pictures
              → model, decision, report and issued forecast stored
    refresh   prices → quality gate → each ETF: the champion's forecast → pictures → report and issued forecast stored
              (a champion that is damaged, or of an earlier version's format, is replaced as in retrain)

Both end with the picture of all scores, the record's follow-up, and the note that the job ran. Workers compute: they
are given values and return values. Only the job writes.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, as_completed
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from forecasting.champion.challenge import is_readable
from forecasting.champion.recipes import DEFAULT_RECIPE, Recipe
from forecasting.champion.registry import ModelRegistry
from forecasting.errors import ModelDamaged, ModelMissing, NotAFund, PricesNotReady
from forecasting.job.follow_up import follow_up
from forecasting.job.progress import Listener, SymbolOutcomes
from forecasting.model.lifecycle import EVERY, SEED, backtest_symbol, fit_fold, fit_panel, fit_symbol, report_folds
from forecasting.model.market import MARKET, seen_by
from forecasting.prices.history import Panel, PriceHistory, PriceSource
from forecasting.prices.loading import extra_training_etfs, load_panel, panel_symbols
from forecasting.prices.quality.gate import refusal
from forecasting.prices.sources.registry import source_named
from forecasting.prices.vix import WAIT as VIX_WAIT
from forecasting.report import current
from forecasting.reports.build import draw_overview, finish_training, forecast_again
from forecasting.reports.publication import Kind, Publication
from forecasting.reports.publisher import Publisher
from forecasting.reports.runs import Run
from forecasting.reports.store import ReportStore
from forecasting.sessions import close_time, exchange_of, known_in_new_york, session_on_or_before
from forecasting.storage.lease import Lease
from forecasting.universe import Symbol, Universe

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pipeline:
    """Runs jobs.

    Attributes:
        source, universe: where prices come from, and the ETFs that models are trained on in addition to those named.
        store, registry: where results go.
        lock: held by this process; checked before each write.
        executor: where the computing is done. Results do not depend on its number of workers.
        now: returns the current time (aware).
        recipe: what ``retrain`` trains.
        teachers: more ETFs that models from Yahoo's prices are trained on.
        kind: ``replayed`` for a day in the past: its forecasts go on the record under that name, and no report,
            picture or run of it is stored.
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

    @property
    def publisher(self) -> Publisher:
        """What stores the models and forecasts of this pipeline."""
        return Publisher(self.source.name, self.store, self.registry, self.lock, self.now, self.kind)

    def retrain(self, symbols: tuple[Symbol, ...], until: date, listen: Listener) -> Run:
        """Train a new model of each symbol and publish its forecast.

        Args:
            until: the last session that may be known; a symbol whose prices end earlier is forecast from their end.
            listen: called after each piece of work.

        Returns:
            Which symbols were done, and why the others failed: a symbol's error never stops the job.
        """
        return self._run("retrain", symbols, until, listen, self._train, trains=True)

    def refresh(self, symbols: tuple[Symbol, ...], until: date, listen: Listener) -> Run:
        """Publish each symbol's forecast of the newest session by its champion, without training.

        A champion that is damaged, or that this version of the program cannot read, is replaced by a training.
        Arguments and result as for ``retrain``.
        """
        outdated = {symbol for symbol in symbols if self._is_outdated(symbol)}

        def work(outcomes: SymbolOutcomes, panel: Panel, members: tuple[Symbol, ...]) -> None:
            self._forecast(outcomes, panel, tuple(symbol for symbol in members if symbol not in outdated))
            if again := tuple(symbol for symbol in members if symbol in outdated):
                log.warning("The models of %s cannot be used: new ones are trained.", ", ".join(again))
                self._train(outcomes, panel, again)

        return self._run("refresh", symbols, until, listen, work, trains=bool(outdated))

    def _is_outdated(self, symbol: Symbol) -> bool:
        """Whether there is a champion that this version cannot read."""
        try:
            return not is_readable(self.registry.champion(self.source.name, symbol))
        except ModelDamaged as error:
            log.warning("%s", error)
            return True
        except ModelMissing:
            return False

    def _run(
        self,
        kind: str,
        symbols: tuple[Symbol, ...],
        until: date,
        listen: Listener,
        work: Callable[[SymbolOutcomes, Panel, tuple[Symbol, ...]], None],
        *,
        trains: bool,
    ) -> Run:
        started = self.now()
        outcomes = SymbolOutcomes(symbols, listen)
        panel = self._load_prices(outcomes, until, trains=trains)
        if kind == "refresh":
            self._wait_for_vix(outcomes, panel)
        # Prices may end on different days, and no forecast may know what came after its ETF's own last session.
        by_last: dict[date, list[Symbol]] = defaultdict(list)
        for symbol in symbols:
            if symbol in panel and symbol not in outcomes.failed:
                by_last[panel[symbol].last_session].append(symbol)
        for last, members in sorted(by_last.items()):
            with outcomes.guard(members):
                work(outcomes, panel.until(last), tuple(members))
        as_of = max(outcomes.ok.values(), default=min(until, started.date()))
        ok = tuple(symbol for symbol in symbols if symbol in outcomes.ok)
        failed = tuple(outcomes.failed[symbol] for symbol in symbols if symbol in outcomes.failed)
        if self.kind == "live":
            if ok:
                self._publish_overview()
            self.lock.confirm()
            asked_for = panel_symbols(self.source, self.universe, symbols)
            follow_up(self.lock.engine, self.source, panel, until, self.now(), asked_for, self.executor)
        run = Run(kind, self.source.name, as_of, started, self.now(), ok, failed)
        if self.kind == "live":
            self.lock.confirm()
            self.store.runs.record(run)
        return run

    def _load_prices(self, outcomes: SymbolOutcomes, until: date, *, trains: bool) -> Panel:
        """Prices of the symbols and the universe, to train also of the teachers; what the gate refuses fails."""

        def loaded(symbol: Symbol) -> None:
            if symbol in outcomes.asked_for:
                outcomes.reached([symbol], "prices")

        symbols = panel_symbols(self.source, self.universe, outcomes.asked_for)
        others = extra_training_etfs(self.source, self.teachers if trains else (), symbols)
        # A replayed refresh looks at the market and the symbols asked for alone, a hundred times over.
        few = self.kind == "replayed" and not trains and MARKET in symbols
        only = {MARKET, *outcomes.asked_for} if few else None
        panel, failures = load_panel(self.source, symbols, until, loaded, extras=others, only=only)
        for symbol, error in failures.items():
            if symbol in outcomes.asked_for:
                outcomes.fail(symbol, error)
            else:
                log.warning("The models are trained without %s. %s", symbol, error)
        for symbol, history in panel.items():
            # A replay reads the same prices a hundred times, and a teacher's are shown to no reader.
            if self.kind == "live" and symbol not in others:
                self._keep_price_faults(history, until)
            refused = refusal(history) or self._not_a_fund(history)
            if refused and symbol in outcomes.asked_for:
                outcomes.fail(symbol, refused)
        return panel

    def _wait_for_vix(self, outcomes: SymbolOutcomes, panel: Panel) -> None:
        """Fail the symbols whose session's VIX is still to come, so that the refresh is tried again soon."""
        vix = panel.vix
        if not source_named(self.source.name).is_stored or vix is None or vix.empty:
            return
        newest = pd.Timestamp(vix.index[-1]).date()
        for symbol in [symbol for symbol in outcomes.asked_for if symbol in panel and symbol not in outcomes.failed]:
            last = session_on_or_before(known_in_new_york(exchange_of(symbol), panel[symbol].last_session))
            if last > newest and self.now() < close_time(last) + VIX_WAIT:
                late = f"{symbol}: the VIX of {last} is not out yet. Try again in an hour."
                outcomes.fail(symbol, PricesNotReady(late))

    def _keep_price_faults(self, history: PriceHistory, until: date) -> None:
        for finding in history.findings:
            log.log(logging.WARNING if finding.is_fault else logging.INFO, "%s", finding)
        self.lock.confirm()
        self.store.price_faults.keep(self.source.name, history.symbol, history.findings, until, self.now())

    def _not_a_fund(self, history: PriceHistory) -> NotAFund | None:
        security = history.security
        if not self.only_funds or security is None or security.is_fund:
            return None
        return NotAFund(history.symbol, security.name, security.kind)

    def _train(self, outcomes: SymbolOutcomes, panel: Panel, members: tuple[Symbol, ...]) -> None:
        submit, publisher = self.executor.submit, self.publisher
        folds = report_folds(max(history.last_session for history in panel.values()))
        # The panel's models, which serve every ETF: one before each fold, and one on everything.
        fold_fits = [submit(fit_fold, panel, folds, k, EVERY, self.seed, self.recipe.config) for k in range(len(folds))]
        panel_fit = submit(fit_panel, panel, self.seed, self.recipe.config)
        for done, _ in enumerate(as_completed(fold_fits), 1):
            outcomes.reached(members, "backtest", done, len(folds) + 1)
        fold_models = tuple(fit.result() for fit in fold_fits)
        weights = panel_fit.result()
        outcomes.reached(members, "fit", 1, 2)
        # Each ETF's backtest and its own model.
        seen = {symbol: seen_by(symbol, panel) for symbol in members}  # a whole panel is slow to hand over
        tasks = {
            symbol: (
                submit(backtest_symbol, symbol, seen[symbol], fold_models, EVERY, self.seed),
                submit(fit_symbol, symbol, seen[symbol], weights, self.seed),
            )
            for symbol in members
        }
        # Each ETF's scores, bands, challenge of the champion, forecast and pictures.
        finishing = {}
        for symbol, (backtest, fit) in tasks.items():
            with outcomes.guard([symbol]):
                frame = backtest.result()
                outcomes.reached([symbol], "backtest", len(folds) + 1, len(folds) + 1)
                own_weights = fit.result()
                outcomes.reached([symbol], "fit", 2, 2)
                finishing[symbol] = submit(
                    finish_training,
                    symbol,
                    self.universe.name(symbol),
                    seen[symbol],
                    tuple(panel),
                    fold_models,
                    frame,
                    own_weights,
                    publisher.champion(symbol),
                    seed=self.seed,
                    recipe=self.recipe.name,
                    decided_for=publisher.decided_for,
                    withdrawn=publisher.withdrawn(symbol),
                    trained_at=self.now(),
                    drawn=self.kind == "live",
                )
        for symbol, finished in finishing.items():
            with outcomes.guard([symbol]):
                result = finished.result()
                outcomes.reached([symbol], "calibrate")
                self._publish(outcomes, publisher.keep(symbol, result))

    def _forecast(self, outcomes: SymbolOutcomes, panel: Panel, members: tuple[Symbol, ...]) -> None:
        tasks = {}
        for symbol in members:
            with outcomes.guard([symbol]):
                tasks[symbol] = self.executor.submit(
                    forecast_again,
                    symbol,
                    self.universe.name(symbol),
                    seen_by(symbol, panel),
                    self.registry.champion(self.source.name, symbol),
                    self.publisher.refusal(symbol),
                    drawn=self.kind == "live",
                )
        for symbol, task in tasks.items():
            with outcomes.guard([symbol]):
                self._publish(outcomes, task.result())

    def _publish(self, outcomes: SymbolOutcomes, publication: Publication) -> None:
        report = publication.report
        self.publisher.publish(publication)
        outcomes.ok[report.symbol] = report.as_of
        outcomes.reached([report.symbol], "report")

    def _publish_overview(self) -> None:
        """Replace the pictures of all ETFs' scores."""
        try:
            reports = current(self.store.all_latest(self.source.name), self.universe.symbols)
            charts = self.executor.submit(draw_overview, reports).result()
        except BrokenExecutor:
            log.exception("The picture of all scores was not renewed: a worker process was ended from outside")
            return
        except (KeyError, TypeError, ValueError):
            log.exception("The picture of all scores was not renewed: a stored report cannot be read")
            return
        self.lock.confirm()
        self.store.publish_overview(self.source.name, charts)
