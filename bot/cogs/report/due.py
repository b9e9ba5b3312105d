"""Which reports are due: a pure function of the time and of what is stored."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import ClassVar, Final, Literal

from bot.calendar.cadence import Cadence, DailyTime
from bot.cogs.report.subscriptions import Delivery, ReportKey, Subscription
from bot.delivery import Outage, is_due, is_owed
from forecasting import Symbol

LATEST_POST: Final[Mapping[Cadence, timedelta]] = {
    "daily": timedelta(days=1),
    "weekly": timedelta(days=5),
    "monthly": timedelta(days=10),
}
"""How late a missed report is still posted. After that the next one is nearer than the one that was missed; a daily one
is also out of date at the next refresh."""


@dataclass(frozen=True)
class DueReport:
    """The report of ``period`` that has been due to a server since ``due_at``."""

    to: Subscription
    due_at: datetime
    period: str

    @property
    def key(self) -> ReportKey:
        return self.to.server_id, self.to.number, self.period

    @property
    def session(self) -> date | None:
        """Of a daily report the session that it is about."""
        return date.fromisoformat(self.period) if isinstance(self.to.options.when, DailyTime) else None


@dataclass(frozen=True)
class PostReports:
    """Post these reports; the week's training failed for ``not_retrained``."""

    reports: tuple[DueReport, ...]
    not_retrained: tuple[Symbol, ...] = ()
    task: ClassVar[Literal["report"]] = "report"

    @property
    def due_at(self) -> datetime:
        """When the newest of them became due."""
        return max(report.due_at for report in self.reports)

    def without(self, keys: Collection[ReportKey]) -> PostReports:
        return replace(self, reports=tuple(report for report in self.reports if report.key not in keys))


def due_reports(
    now: datetime,
    subscriptions: Iterable[Subscription],
    deliveries: Mapping[ReportKey, Delivery],
    outage: Outage | None = None,
    refreshed: date | None = None,
) -> tuple[DueReport, ...]:
    """The reports to post at ``now``, at most one for each subscription.

    Args:
        deliveries: at least those of the last two weeks.
        outage: what failed in it need not wait any longer.
        refreshed: the newest session, if its refresh is over: only then are daily reports due, and only of it.
    """
    found = []
    for to in subscriptions:
        due_at = to.options.when.newest(now)
        report = DueReport(to, due_at, to.options.when.period(due_at))
        delivery = deliveries.get(report.key)
        is_wanted = to.is_active and to.since <= due_at and now - due_at <= LATEST_POST[to.options.cadence]
        if report.session is not None and report.session != refreshed:
            continue
        if is_wanted and (delivery is None or is_due(delivery, now) or is_owed(delivery, outage)):
            found.append(report)
    return tuple(found)
