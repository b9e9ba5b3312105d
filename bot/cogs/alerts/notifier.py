"""Notifies members of their alerts after the jobs, once per crossing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial

from bot.cogs.alerts.message import crossed
from bot.cogs.alerts.store import Alert, AlertProblem, Alerts
from bot.delivery import Outbox, Outcome, for_each
from bot.forecasts.door import Forecasts
from bot.interactions.mentions import only_member
from bot.texts import Texts


class AlertNotifier:
    """Compares the alerts with new closes, and notifies the members whose alerts were crossed."""

    def __init__(self, outbox: Outbox, alerts: Alerts, forecasts: Forecasts, now: Callable[[], datetime]) -> None:
        self._outbox = outbox
        self._alerts = alerts
        self._forecasts = forecasts
        self._now = now

    async def run(self) -> None:
        """Check every ETF with a newer close than its alerts have seen, then send the notices that are due.

        Raises:
            ExceptionGroup: some notices broke; the others were sent.
        """
        await self._check_new_closes()
        await for_each(await asyncio.to_thread(self._alerts.due, self._now()), self._notify)

    async def _check_new_closes(self) -> None:
        waiting = await asyncio.to_thread(self._alerts.waiting)
        if not waiting:
            return
        for report in await self._forecasts.all_latest():
            if report.symbol in waiting and report.as_of > waiting[report.symbol]:
                await asyncio.to_thread(self._alerts.check, report)

    async def _notify(self, alert: Alert) -> None:
        """Send it the way the member chose, or as a direct message if the channel is lost.

        Never the other way round: who chose direct messages did not ask for a public one.
        """
        channel_problem: AlertProblem | None = None

        async def post(alert: Alert) -> Outcome:
            nonlocal channel_problem
            texts, user = Texts(alert.language), alert.user_id
            if alert.way == "channel":
                outcome = await self._outbox.to_channel(
                    alert.place.server_id,
                    alert.place.channel_id,
                    content=crossed(texts, alert, mention=True),
                    nonce=alert.nonce,
                    allowed_mentions=only_member(user),
                )
                if outcome.state != "refused":
                    return outcome
                channel_problem = "channel gone" if outcome.problem == "gone" else "channel forbidden"
            return await self._outbox.to_member(user, content=crossed(texts, alert, mention=False), nonce=alert.nonce)

        def end(alert: Alert, outcome: Outcome) -> None:
            is_refused = outcome.state == "refused"
            self._alerts.end(alert, outcome, (channel_problem or "direct closed") if is_refused else None)

        await self._outbox.deliver(f"Alert {alert.id}", partial(self._alerts.begin, alert.id), post, end)
