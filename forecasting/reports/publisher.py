"""Publisher: the job's writing side, in an order in which a kill at any moment leaves nothing wrong.

    model kept → decision recorded → champion changed → report published, forecast issued → old models removed

A report never names a model that is missing, and no model becomes champion without a decision. If a job is killed
between two of these, the next job of the same day finishes the work: the same training gives the same model and the
same decision, which are not stored twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from forecasting.champion.decisions import withdrawn
from forecasting.champion.registry import ModelRegistry, RegisteredModel
from forecasting.errors import ModelMissing, UnsoundModel
from forecasting.record.issued import issued_models
from forecasting.reports.build import TrainingResult, refusal_note
from forecasting.reports.publication import Kind, Publication
from forecasting.reports.store import ReportStore
from forecasting.storage.lease import Lease
from forecasting.universe import Symbol

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Publisher:
    """Stores what workers have made, for one source of prices.

    Attributes:
        lock: held by this process; checked before each write.
        now: returns the current time (aware).
        kind: of the forecasts. Those of a replay go on the record, and no report of them is shown.
    """

    source: str
    store: ReportStore
    registry: ModelRegistry
    lock: Lease
    now: Callable[[], datetime]
    kind: Kind = "live"

    @property
    def decided_for(self) -> str:
        """The source under which decisions are kept: those of a replay never count for the models in use today."""
        return self.source if self.kind == "live" else f"replay:{self.source}"

    def champion(self, symbol: Symbol) -> RegisteredModel | None:
        """The model in use; None if there is none that can be read."""
        try:
            return self.registry.champion(self.source, symbol)
        except ModelMissing:
            return None

    def withdrawn(self, symbol: Symbol) -> frozenset[str]:
        """The models that an operator rolled back, so that no training brings them back."""
        return withdrawn(self.store.decisions.of(self.decided_for, symbol))

    def refusal(self, symbol: Symbol) -> tuple[str, ...]:
        """What every report says while the newest model is not the one in use; empty if it is."""
        newest = self.store.decisions.newest(self.decided_for, symbol)
        return (refusal_note(newest.reason),) if newest is not None and newest.is_refusal else ()

    def keep(self, symbol: Symbol, result: TrainingResult) -> Publication:
        """Store a trained model and what was decided about it.

        Returns:
            The report of the model that forecasts from now on, not yet published.

        Raises:
            UnsoundModel: there is no such model.
        """
        decision = result.decision
        self.lock.confirm()
        self.registry.save(self.source, symbol, result.model)
        if decision is not None:
            level = logging.WARNING if decision.is_refusal else logging.INFO
            log.log(level, "%s: %s was %s. %s", symbol, decision.challenger, decision.verdict, decision.reason)
            self.store.decisions.record(decision)
            if not decision.is_refusal:
                self.registry.promote(self.source, symbol, decision.challenger)
        if result.publication is None:
            reason = "" if decision is None else f" {decision.reason}"
            raise UnsoundModel(
                f"The new model of {symbol} was not accepted, and there is no earlier one to use instead.{reason} "
                "Check the prices: etf-forecast prices check"
            )
        return result.publication

    def publish(self, publication: Publication) -> None:
        """Make a report visible and its forecast part of the record, and remove models that are no longer needed."""
        symbol = publication.report.symbol
        self.lock.confirm()
        if self.kind == "live":
            self.store.publish(publication, self.now())
        else:
            self.store.issue(publication, self.now(), self.kind)
        refused = {past.challenger for past in self.store.decisions.of(self.decided_for, symbol) if past.is_refusal}
        self.registry.prune(self.source, symbol, issued_models(self.lock.engine, self.source, symbol), refused)
