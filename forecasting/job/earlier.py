"""What a job that was stopped half-way has done: the next one of its kind goes on from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from forecasting.champion.registry import RegisteredModel
from forecasting.model.fingerprint import data_hash
from forecasting.prices.history import PriceHistory
from forecasting.reports.store import ReportStore, Written
from forecasting.universe import Symbol

REMEMBERED: Final = timedelta(hours=24)
"""After that, a job begins anew."""


@dataclass(frozen=True)
class Earlier:
    """The newest reports, and when a job last came to its end for each ETF: what was written since, no job finished.

    Attributes:
        kind: of the job that asks. A finished refresh says nothing about a retrain.
        now: when it began, aware.
    """

    kind: str
    now: datetime
    written: Mapping[Symbol, Written]
    finished: Mapping[Symbol, datetime]

    @classmethod
    def of(cls, store: ReportStore, kind: str, source: str, now: datetime) -> Earlier:
        since = now - REMEMBERED
        kinds = ("retrain",) if kind == "retrain" else ("retrain", "refresh")
        return cls(kind, now, store.written(source, since), store.runs.finished(kinds, source, since))

    def has_done(self, history: PriceHistory, champion: RegisteredModel) -> bool:
        """Whether the newest report is what a job would write now, and was made by a job that did not finish."""
        report = self.written.get(history.symbol)
        if report is None or (report.as_of, report.model_version) != (history.last_session, champion.version):
            return False
        trained_at = datetime.fromisoformat(champion.card["trained_at"])
        made_at = trained_at if self.kind == "retrain" else report.written_at
        finished = self.finished.get(history.symbol)
        is_open = self.now - REMEMBERED <= made_at and (finished is None or finished < made_at)
        return is_open and report.data_hash == data_hash(history)
