"""The reports of which something is open, found by an index of when each is due. All methods block on the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Engine

from bot.cogs.report.deliveries import Deliveries, Delivery, ReportKey
from bot.cogs.report.due import newest_reports, next_due
from bot.cogs.report.subscriptions import Subscription, Subscriptions


class OpenReports:
    """Looks for what is due, and stores when there is something to look for again."""

    def __init__(self, engine: Engine) -> None:
        self._subscriptions = Subscriptions(engine)
        self._deliveries = Deliveries(engine)
        self._looked_at: datetime | None = None

    def forget(self) -> None:
        """Another bot has looked, or may have: look at every report the next time."""
        self._looked_at = None

    def at(self, now: datetime) -> tuple[tuple[Subscription, ...], Mapping[ReportKey, Delivery]]:
        """The subscriptions that have something due, with the deliveries of their newest reports.

        The first look, and one after the clock was set back, is at all of them: what is stored of an older program or
        of another clock may be wrong.
        """
        is_first = self._looked_at is None or now < self._looked_at
        subscriptions = self._subscriptions.all() if is_first else self._subscriptions.due(now)
        newest = tuple(newest_reports(now, subscriptions))
        deliveries = self._deliveries.of({report.key for report in newest})
        self._subscriptions.plan((report.to, next_due(now, report, deliveries.get(report.key))) for report in newest)
        self._looked_at = now
        return subscriptions, deliveries

    def next(self, now: datetime) -> datetime | None:
        """The first due time after the last look, so in the past if something has become due since.

        It is as stored; of what is open it is computed.
        """
        looked_at = now if self._looked_at is None else min(now, self._looked_at)
        coming = self._subscriptions.coming(now)
        moments = {to.options.when for to in coming if to.next_due is None or to.next_due <= now}
        later = [to.next_due for to in coming if to.next_due is not None and to.next_due > now]
        return min((*(when.next(looked_at) for when in moments), *later), default=None)
