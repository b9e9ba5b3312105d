"""Tells members of their alerts: after the jobs, each crossing at most once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

import aiohttp
import discord

from bot.cogs.alerts.message import crossed
from bot.cogs.alerts.store import Alert, AlertProblem, Alerts, State
from bot.forecasts.door import Forecasts
from bot.interactions.mentions import only_member
from bot.texts import Texts

log = logging.getLogger(__name__)


class AlertNotifier:
    """Has the alerts meet new closes, and brings the crossings to those who asked."""

    def __init__(
        self, client: discord.Client, alerts: Alerts, forecasts: Forecasts, now: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._alerts = alerts
        self._forecasts = forecasts
        self._now = now

    async def run(self) -> None:
        """Look at every ETF with a newer close than its alerts have met, then tell what is owed.

        Raises:
            ExceptionGroup: some could not be told in a way that nobody foresaw; the others were.
        """
        await self._meet_new_closes()
        broken: list[Exception] = []
        for alert in await asyncio.to_thread(self._alerts.owed, self._now()):
            try:
                await self._tell(alert)
            except Exception as error:
                error.add_note(f"while alert {alert.id} was told")
                broken.append(error)
        if broken:
            raise ExceptionGroup("alerts broke", broken)

    async def _meet_new_closes(self) -> None:
        waiting = await asyncio.to_thread(self._alerts.waiting)
        if not waiting:
            return
        for report in await self._forecasts.all_latest():
            if report.symbol in waiting and report.as_of > waiting[report.symbol]:
                await asyncio.to_thread(self._alerts.meet, report)

    async def _tell(self, alert: Alert) -> None:
        """Mark it, post it, mark it again."""
        if not await asyncio.to_thread(self._alerts.begin, alert, self._now()):
            return
        try:
            state, problem = await self._post(alert)
        except Exception:
            await asyncio.to_thread(self._alerts.end, alert, "failed")
            raise
        await asyncio.to_thread(self._alerts.end, alert, state, problem)

    async def _post(self, alert: Alert) -> tuple[State, AlertProblem | None]:
        """Tell it the way that was asked for. Who asked for a channel that is lost is told in direct messages.

        Never the other way round: who asked for direct messages did not ask for a public one.
        """
        problem: AlertProblem = "direct closed"
        try:
            if alert.way == "channel":
                try:
                    await self._post_in_channel(alert)
                except (discord.Forbidden, discord.NotFound) as error:
                    problem = "channel gone" if isinstance(error, discord.NotFound) else "channel forbidden"
                else:
                    return "sent", None
            await self._post_directly(alert)
        except (discord.Forbidden, discord.NotFound) as error:
            log.warning("Alert %d cannot be told: %s", alert.id, error)
            return "refused", problem
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.warning("Alert %d did not get through: %s", alert.id, error)
            return "failed", None
        return "sent", None

    async def _post_in_channel(self, alert: Alert) -> None:
        channel = self._client.get_partial_messageable(alert.place.channel_id, guild_id=alert.place.server_id)
        text = crossed(Texts(alert.language), alert, mention=True)
        await channel.send(text, nonce=alert.nonce, allowed_mentions=only_member(alert.user_id))

    async def _post_directly(self, alert: Alert) -> None:
        channel = await self._client.create_dm(discord.Object(alert.user_id))
        await channel.send(crossed(Texts(alert.language), alert, mention=False), nonce=alert.nonce)
