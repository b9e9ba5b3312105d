"""Which reports are due: a pure function of the time and of what is stored."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import ClassVar, Final, Literal

from bot.calendar.cadence import Cadence, DailyTime, ReportTime
from bot.cogs.report.deliveries import FINAL, Delivery, ReportKey
from bot.cogs.report.subscriptions import Subscription
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
        """The same step without the reports of these keys."""
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
        deliveries: at least those of their newest reports.
        outage: what failed in it need not wait any longer.
        refreshed: the newest session, if its refresh is over: only then are daily reports due, and only of it.
    """
    found = []
    for report in newest_reports(now, subscriptions):
        delivery = deliveries.get(report.key)
        if report.session is not None and report.session != refreshed:
            continue
        if _is_wanted(report, now) and (delivery is None or is_due(delivery, now) or is_owed(delivery, outage)):
            found.append(report)
    return tuple(found)


def newest_reports(now: datetime, subscriptions: Iterable[Subscription]) -> Iterator[DueReport]:
    """Of each the newest report that was due, posted or not."""
    newest: dict[ReportTime, tuple[datetime, str]] = {}
    for to in subscriptions:
        when = to.options.when
        if when not in newest:
            due_at = when.newest(now)
            newest[when] = due_at, when.period(due_at)
        yield DueReport(to, *newest[when])


def is_too_late(to: Subscription, delivery: Delivery, now: datetime) -> bool:
    """Whether a report that has not arrived is no longer tried: it is too old, or its date was changed."""
    due_at = to.options.when.newest(now)
    report = DueReport(replace(to, problem=None, is_paused=False), due_at, to.options.when.period(due_at))
    return delivery.state not in FINAL and (delivery.period != report.period or not _is_wanted(report, now))


def next_due(now: datetime, report: DueReport, delivery: Delivery | None) -> datetime | None:
    """When there is something to decide about these reports; never while they are not active.

    That is the due time of the newest one until it is settled: whatever happens, it will not be posted (again). Then
    it is that of the one after it. Only an admin, or a clock that is set back, makes it earlier.
    """
    if not report.to.is_active:
        return None
    is_settled = delivery is not None and (delivery.state in FINAL or delivery.is_given_up)
    return report.to.options.when.next(now) if is_settled or not _is_wanted(report, now) else report.due_at


def _is_wanted(report: DueReport, now: datetime) -> bool:
    """Whether it is owed if it was not posted."""
    to = report.to
    return to.is_active and to.since <= report.due_at and now - report.due_at <= LATEST_POST[to.options.cadence]
