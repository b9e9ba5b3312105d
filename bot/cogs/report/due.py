"""Which weekly reports are due: a pure function of the time and of what is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final, Literal

from bot.cogs.report.subscriptions import Delivery, Subscription
from bot.delivery import Outage, is_due, is_owed
from forecasting import Symbol

LATEST_POST: Final = timedelta(days=5)
"""How late a missed report is still posted. After that the next one is nearer than the one that was missed."""


@dataclass(frozen=True)
class DueReport:
    """The report that has been due to a server since ``due_at``; ``week`` is the ISO week of that in its zone."""

    to: Subscription
    due_at: datetime
    week: str


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


def due_reports(
    now: datetime,
    subscriptions: Iterable[Subscription],
    deliveries: Mapping[tuple[int, str], Delivery],
    outage: Outage | None = None,
) -> tuple[DueReport, ...]:
    """The reports to post at ``now``, at most one per server.

    Args:
        deliveries: by server and week; at least those of the last two weeks.
        outage: what failed in it need not wait any longer.
    """
    found = []
    for to in subscriptions:
        due_at = to.options.when.newest(now)
        week = to.options.when.week(due_at)
        delivery = deliveries.get((to.server_id, week))
        is_wanted = to.is_active and to.since <= due_at and now - due_at <= LATEST_POST
        if is_wanted and (delivery is None or is_due(delivery, now) or is_owed(delivery, outage)):
            found.append(DueReport(to, due_at, week))
    return tuple(found)
