"""Notifies members of their alerts after the jobs, once per crossing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from bot.cogs.alerts.alert import Alert, AlertProblem
from bot.cogs.alerts.message import crossed
from bot.cogs.alerts.mix_index import NO_ETF
from bot.cogs.alerts.store import Alerts
from bot.delivery import Outbox, Outcome, for_each
from bot.forecasts.door import Forecasts
from bot.interactions.feature_bot import Scheduled
from bot.interactions.mentions import only_member
from bot.texts import Texts


class AlertNotifier:
    """Compares the alerts with new closes, and notifies the members whose alerts were crossed."""

    def __init__(
        self,
        outbox: Outbox,
        alerts: Alerts,
        forecasts: Forecasts,
        now: Callable[[], datetime],
        schedule: Scheduled,
    ) -> None:
        self._outbox = outbox
        self._alerts = alerts
        self._forecasts = forecasts
        self._now = now
        self._schedule = schedule

    async def run(self) -> None:
        """Check every ETF and portfolio with a newer close than its alerts have seen, then send the due notices.

        Of several processes the schedule's owner checks, and each sends to its own servers.

        Raises:
            ExceptionGroup: some notices broke; the others were sent.
        """
        if self._schedule.is_owner:
            await self._check_new_closes()
        lost: dict[int, AlertProblem] = {}
        due = await asyncio.to_thread(self._alerts.due, self._now())
        await for_each(
            (alert for alert in due if self._schedule.posts_to(alert.place.server_id)), partial(self._notify, lost)
        )

    async def _check_new_closes(self) -> None:
        waiting = await asyncio.to_thread(self._alerts.waiting)
        sessions = await self._forecasts.newest_sessions() if waiting else {}
        new = [symbol for symbol, session in sessions.items() if session > waiting.get(symbol, session)]
        is_new_to_mixes = max(sessions.values(), default=date.min) > waiting.get(NO_ETF, date.max)
        if not new and not is_new_to_mixes:
            return
        newest = {report.symbol: report for report in await self._forecasts.all_latest()}
        if new:
            await asyncio.to_thread(self._alerts.check, *(newest[symbol] for symbol in new))
        if is_new_to_mixes:
            await asyncio.to_thread(self._alerts.check_mixes, newest, self._forecasts.mix_now)

    async def _notify(self, lost: dict[int, AlertProblem], alert: Alert) -> None:
        """Send it the way the member chose, or as a direct message if the channel is lost.

        Never the other way round: who chose direct messages did not ask for a public one.

        Args:
            lost: channels that refused a notice in this run and are not tried again.
        """
        channel_id = alert.place.channel_id
        is_public = alert.way == "channel"

        async def post(alert: Alert) -> Outcome:
            texts, user = Texts(alert.language), alert.user_id
            public = {"content": crossed(texts, alert, mention=True), "nonce": alert.nonce}
            if is_public and channel_id not in lost:
                await self._outbox.servers.know(alert.place.server_id)
                outcome = await self._outbox.to_channel(
                    alert.place.server_id,
                    channel_id,
                    lambda: {**public, "allowed_mentions": only_member(user)},
                    alert.unsure,
                )
                if outcome.state != "refused":
                    return outcome
                lost[channel_id] = "channel gone" if outcome.problem == "gone" else "channel forbidden"
            direct = {"content": crossed(texts, alert, mention=False), "nonce": alert.nonce}
            return await self._outbox.to_member(user, lambda: direct, alert.unsure)

        def end(alert: Alert, outcome: Outcome) -> None:
            problem = (lost.get(channel_id) if is_public else None) or "direct closed"
            self._alerts.end(alert, outcome, problem if outcome.state == "refused" else None)

        place = channel_id if is_public else alert.user_id
        await self._outbox.deliver(f"Alert {alert.id}", partial(self._alerts.begin, alert.id), post, end, place)
