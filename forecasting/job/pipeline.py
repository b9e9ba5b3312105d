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
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from forecasting.champion.challenge import is_readable
from forecasting.champion.recipes import DEFAULT_RECIPE, Recipe
from forecasting.champion.registry import ModelRegistry, RegisteredModel
from forecasting.errors import ModelDamaged, ModelMissing, NotAFund
from forecasting.job.earlier import Earlier
from forecasting.job.follow_up import follow_up
from forecasting.job.groups import PANEL_MOST, panel_groups
from forecasting.job.progress import Listener, SymbolOutcomes
from forecasting.job.training import Training
from forecasting.model.fingerprint import code_version
from forecasting.model.lifecycle import SEED
from forecasting.model.market import MARKET, seen_by
from forecasting.prices.history import Panel, PriceHistory, PriceSource
from forecasting.prices.loading import extra_training_etfs, load_panel, panel_symbols
from forecasting.prices.quality.gate import refusal
from forecasting.prices.sources.registry import source_named
from forecasting.prices.vix import late_vix
from forecasting.report import current
from forecasting.reports.build import draw_overview, forecast_again
from forecasting.reports.publication import Kind, Publication
from forecasting.reports.publisher import Publisher
from forecasting.reports.runs import Run
from forecasting.reports.store import ReportStore
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
        done = Earlier.of(self.store, kind, self.source.name, started) if self.kind == "live" else None
        groups = panel_groups(panel_symbols(self.source, self.universe, symbols), symbols)
        followed: set[Symbol] = set()
        for group in groups:
            wanted = tuple(symbol for symbol in symbols if symbol in group.members)
            panel = self._load_prices(outcomes, group.panel, wanted, until, trains=trains)
            if kind == "refresh":
                self._wait_for_vix(outcomes, panel, wanted)
            # Prices may end on different days, and no forecast may know what came after its ETF's own last session.
            by_last: dict[date, list[Symbol]] = defaultdict(list)
            for symbol in wanted:
                if symbol in panel and symbol not in outcomes.failed:
                    by_last[panel[symbol].last_session].append(symbol)
            for last, members in sorted(by_last.items()):
                with outcomes.guard(members):
                    known = panel.until(last)
                    work(outcomes, known, tuple(self._left(outcomes, known, members, done, trains=kind == "retrain")))
            if self.kind == "live":
                self.lock.confirm()
                only = None if group is groups[-1] else group.members
                engine, now, asked_for = self.lock.engine, self.now(), group.panel
                follow_up(engine, self.source, panel, until, now, asked_for, self.executor, only=only, but=followed)
                followed |= group.members
        as_of = max(outcomes.ok.values(), default=min(until, started.date()))
        ok = tuple(symbol for symbol in symbols if symbol in outcomes.ok)
        failed = tuple(outcomes.failed[symbol] for symbol in symbols if symbol in outcomes.failed)
        run = Run(kind, self.source.name, as_of, started, self.now(), ok, failed)
        if self.kind == "live":
            if ok:
                self._publish_overview()
            self.lock.confirm()
            self.store.runs.record(run)
        return run

    def _left(
        self,
        outcomes: SymbolOutcomes,
        panel: Panel,
        members: Iterable[Symbol],
        earlier: Earlier | None,
        *,
        trains: bool,
    ) -> Iterator[Symbol]:
        """The ``members`` still to do: a job of the same kind that was stopped half-way has done the others."""
        for symbol in members:
            champion = None if earlier is None else self.publisher.champion(symbol)
            made_now = champion is not None and (not trains or self._is_same_training(champion, panel, symbol))
            if earlier is not None and champion is not None and made_now and earlier.has_done(panel[symbol], champion):
                log.info("%s was done by a job that was stopped half-way: it is not done again.", symbol)
                outcomes.ok[symbol] = panel[symbol].last_session
                outcomes.reached([symbol], "report")
            else:
                yield symbol

    def _is_same_training(self, champion: RegisteredModel, panel: Panel, symbol: Symbol) -> bool:
        """Whether a training now would make the champion again."""
        card = champion.card
        return (
            card["as_of"] == panel[symbol].last_session.isoformat()
            and (card["seed"], card["code_version"]) == (self.seed, code_version())
            and (card["recipe"]["name"], card["recipe"]["panel"]) == (self.recipe.name, list(panel))
        )

    def _load_prices(
        self,
        outcomes: SymbolOutcomes,
        names: Collection[Symbol],
        wanted: Collection[Symbol],
        until: date,
        *,
        trains: bool,
    ) -> Panel:
        """Prices of ``names``, to train also of the teachers; those ``wanted`` that the gate refuses fail."""

        def loaded(symbol: Symbol) -> None:
            if symbol in wanted:
                outcomes.reached([symbol], "prices")

        others = extra_training_etfs(self.source, self.teachers if trains else (), names)
        others = others[: max(0, PANEL_MOST - len(names))]
        # A replayed refresh looks at the market and the symbols asked for alone, a hundred times over.
        few = self.kind == "replayed" and not trains and MARKET in names
        only = {MARKET, *wanted} if few else None
        panel, failures = load_panel(self.source, sorted(names), until, loaded, extras=others, only=only)
        for symbol, error in failures.items():
            if symbol in wanted:
                outcomes.fail(symbol, error)
            else:
                log.warning("The models are trained without %s. %s", symbol, error)
        for symbol, history in panel.items():
            # A replay reads the same prices a hundred times, and a teacher's are shown to no reader.
            if self.kind == "live" and symbol not in others:
                self._keep_price_faults(history, until)
            refused = refusal(history) or self._not_a_fund(history)
            if refused and symbol in wanted:
                outcomes.fail(symbol, refused)
        return panel

    def _wait_for_vix(self, outcomes: SymbolOutcomes, panel: Panel, wanted: Iterable[Symbol]) -> None:
        """Fail the symbols whose session's VIX is still to come, so that the refresh is tried again soon."""
        if not source_named(self.source.name).is_stored:
            return
        for symbol in wanted:
            if symbol in panel and symbol not in outcomes.failed and (late := late_vix(panel, symbol, self.now())):
                outcomes.fail(symbol, late)

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
        training = Training(
            self.executor,
            self.publisher,
            partial(self._publish, outcomes),
            self.universe,
            self.now,
            self.seed,
            self.recipe,
            drawn=self.kind == "live",
        )
        training.run(outcomes, panel, members)

    def _forecast(self, outcomes: SymbolOutcomes, panel: Panel, members: tuple[Symbol, ...]) -> None:
        tasks: dict[Symbol, Future[Publication]] = {}
        for symbol in members:
            with outcomes.guard([symbol]):
                champion = self.registry.champion(self.source.name, symbol)
                tasks[symbol] = self.executor.submit(
                    forecast_again,
                    symbol,
                    self.universe.name(symbol),
                    seen_by(symbol, panel),
                    champion,
                    self.publisher.refusal(symbol),
                    drawn=self.kind == "live",
                    scores_charts=self.store.scores_charts_of(symbol, self.source.name, champion.version),
                )
        for symbol in members:
            if symbol in tasks:
                with outcomes.guard([symbol]):
                    self._publish(outcomes, tasks.pop(symbol).result())

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
