"""What has changed since the report before: forecasts, models, prices, tickers. It blocks on the database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine

from bot.calendar.cadence import Cadence
from bot.calendar.weektime import WEEK
from forecasting import (
    Failure,
    ForecastReport,
    PriceFault,
    PriceFaults,
    ReportStore,
    SecurityChange,
    Symbol,
    WeekOfCloses,
    security_changes,
)

SPANS: Final[Mapping[Cadence, timedelta]] = {"daily": timedelta(days=1), "weekly": WEEK, "monthly": timedelta(days=31)}
"""From one report to the next."""
NEAREST: Final[Mapping[Cadence, timedelta]] = {
    "daily": timedelta(days=1),
    "weekly": timedelta(days=6),
    "monthly": timedelta(days=28),
}
"""Between the newest session and that of the report before: a Thursday's before a holiday and a Friday's are a day
nearer."""


@dataclass(frozen=True)
class Changes:
    """The changes of a day, a week or a month.

    Attributes:
        before: the forecasts from before it, by ETF.
        promoted: the ETFs that a new model forecasts.
        faults: rows of prices that the newest job did not use.
        securities: symbols that have come to mean another security, or none.
        failed: what the week's jobs could not do, each symbol by the newest that was to do it.
        week: what the week's closes say about the forecasts from before them, by ETF.
        head: of the record of issued forecasts, ``1204:9f86d081884c7d65``; none if none was issued.
    """

    before: Mapping[Symbol, ForecastReport]
    promoted: frozenset[Symbol] = frozenset()
    faults: tuple[PriceFault, ...] = ()
    securities: tuple[SecurityChange, ...] = ()
    failed: tuple[Failure, ...] = ()
    week: Mapping[Symbol, WeekOfCloses] = field(default_factory=dict)
    head: str | None = None

    def about(self, symbols: Collection[Symbol]) -> Changes:
        """The changes of these ETFs alone."""
        return replace(
            self,
            promoted=self.promoted & frozenset(symbols),
            faults=tuple(fault for fault in self.faults if fault.symbol in symbols),
            securities=tuple(change for change in self.securities if change.symbol in symbols),
            failed=tuple(failure for failure in self.failed if failure.symbol in symbols),
            week={symbol: week for symbol, week in self.week.items() if symbol in symbols},
        )


ChangesReader = Callable[[tuple[ForecastReport, ...], datetime, Cadence], Changes]


def changes_reader(engine: Engine, source: str) -> ChangesReader:
    """Reads what has changed since the report before, given the newest forecasts."""
    store, faults = ReportStore(engine), PriceFaults(engine)
    track = store.track(source)

    def read(reports: tuple[ForecastReport, ...], now: datetime, cadence: Cadence) -> Changes:
        span = SPANS[cadence]
        newest = max(report.as_of for report in reports)
        decisions = store.decisions.newest_of_all(source)
        failed = {
            failure.symbol: failure
            for kind in ("retrain", "refresh")
            for failure in store.runs.failures_since(kind, source, now - WEEK)
        }
        return Changes(
            before={report.symbol: report for report in store.all_latest(source, newest - NEAREST[cadence])},
            promoted=frozenset(
                symbol
                for symbol, decision in decisions.items()
                if decision.champion is not None and not decision.is_refusal and now - decision.decided_at <= span
            ),
            faults=tuple(fault for fault in faults.of(source) if newest - fault.session <= span),
            securities=security_changes(engine, source, now - span),
            failed=tuple(failed.values()),
            week=track.last_week(newest),
            head=str(head) if (head := track.head()).number else None,
        )

    return read
