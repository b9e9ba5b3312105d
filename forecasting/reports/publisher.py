"""Issuer: the job's writing side, in the order in which a kill at any moment leaves nothing wrong.

    model kept → decision recorded → champion changed → report published, forecast issued → old models removed

A report never names a model that is not there, and no model becomes champion without a decision. A job that was killed
between two of these is finished by the next one of the same day: the same training gives the same model and the same
decision, which are not stored twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from forecasting.champion.decisions import Decision, Verdict, withdrawn
from forecasting.champion.promotion import Judgement
from forecasting.champion.registry import ModelRegistry, RegisteredModel
from forecasting.errors import ModelMissing, UnsoundModel
from forecasting.record.issued import issued_models
from forecasting.reports.build import Finished, refusal_note
from forecasting.reports.publication import Kind, Publication
from forecasting.reports.store import ReportStore
from forecasting.storage.lease import Lease
from forecasting.universe import Symbol

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Issuer:
    """Stores what workers have made, for one source of prices.

    Attributes:
        lock: held by this process; asked before each write.
        now: gives the moment (aware).
        kind: of the forecasts. Those of a replay go on the record, and no report of them is shown.
    """

    source: str
    store: ReportStore
    registry: ModelRegistry
    lock: Lease
    now: Callable[[], datetime]
    kind: Kind = "live"

    @property
    def bench(self) -> str:
        """Under which name decisions are kept: those of a replay never count for the models that forecast today."""
        return self.source if self.kind == "live" else f"replay:{self.source}"

    def champion(self, symbol: Symbol) -> RegisteredModel | None:
        """The model that forecasts; None where there is none that can be read."""
        try:
            return self.registry.champion(self.source, symbol)
        except ModelMissing:
            return None

    def withdrawn(self, symbol: Symbol) -> frozenset[str]:
        """The models that an operator rolled back, so that no training may bring them back."""
        return withdrawn(self.store.decisions.of(self.bench, symbol))

    def refusal(self, symbol: Symbol) -> tuple[str, ...]:
        """What every report says while the newest model is not the one that forecasts."""
        newest = self.store.decisions.newest(self.bench, symbol)
        if newest is None or not newest.is_refusal:
            return ()
        return (refusal_note(newest.reason),)

    def keep(self, finished: Finished) -> Publication:
        """Store a trained model and what was decided about it.

        Returns:
            The report of the model that forecasts from now on, not yet published.

        Raises:
            UnsoundModel: there is no such model.
        """
        symbol, model, judgement = finished.subject.symbol, finished.model, finished.judgement
        self.lock.confirm()
        self.registry.save(self.source, symbol, model)
        if judgement is not None:
            self._decide(symbol, finished.champion, model, judgement)
        if finished.publication is None:
            reason = "" if judgement is None else judgement.reason
            raise UnsoundModel(
                f"The new model of {symbol} was not taken, and there is no earlier one to forecast instead. {reason} "
                f"Look at the prices: etf-forecast prices check {symbol}"
            )
        return finished.publication

    def _decide(self, symbol: Symbol, champion: str | None, challenger: RegisteredModel, judgement: Judgement) -> None:
        verdict: Verdict = "promoted" if judgement.promoted else "refused"
        level = logging.INFO if judgement.promoted else logging.WARNING
        log.log(level, "%s: %s was %s. %s", symbol, challenger.version, verdict, judgement.reason)
        decision = Decision(
            source=self.bench,
            symbol=symbol,
            challenger=challenger.version,
            champion=champion,
            verdict=verdict,
            reason=judgement.reason,
            numbers=judgement.numbers,
            decided_at=self.now(),
        )
        self.store.decisions.record(decision)
        if judgement.promoted:
            self.registry.promote(self.source, symbol, challenger.version)

    def publish(self, publication: Publication) -> None:
        """Make a report visible and its forecast part of the record, and remove models that nobody needs any more."""
        symbol = publication.report.symbol
        self.lock.confirm()
        if self.kind == "live":
            self.store.publish(publication, self.now())
        else:
            self.store.issue(publication, self.now(), self.kind)
        refused = {past.challenger for past in self.store.decisions.of(self.bench, symbol) if past.is_refusal}
        self.registry.prune(self.source, symbol, issued_models(self.lock.engine, self.source, symbol), refused)
