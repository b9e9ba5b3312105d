"""Posts the weekly report: one message to each server that is due, each at most once."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Callable
from datetime import datetime

import aiohttp
import discord

from bot.forecasts import Forecasts
from bot.guilds import WEEKLY, DeliveryState, Problem, Servers, Subscription, nonce
from bot.messages.scores import scores_alt_text
from bot.messages.weekly import weekly_embed
from bot.schedule.decision import PostReports
from forecasting import ForecastReport, Theme

log = logging.getLogger(__name__)

PICTURE = "errors.png"


class Postman:
    """Brings reports to the servers' channels."""

    def __init__(
        self, client: discord.Client, servers: Servers, forecasts: Forecasts, theme: Theme, now: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._servers = servers
        self._forecasts = forecasts
        self._theme = theme
        self._now = now

    async def post(self, step: PostReports) -> None:
        """One message to each server of ``step``; a server that cannot be reached keeps no other from its own.

        Raises:
            ExceptionGroup: some deliveries broke in a way that nobody foresaw; the others were made.
        """
        reports, picture = await self._forecasts.all_with_scores_chart(self._theme)
        embed = weekly_embed(reports, step.not_retrained, None if picture is None else PICTURE, self._now())
        broken: list[Exception] = []
        for subscription in step.to:
            try:
                await self._deliver(subscription, step.week, embed, _file(picture, reports))
            except Exception as error:
                error.add_note(f"while the weekly report was delivered to server {subscription.server_id}")
                broken.append(error)
        if broken:
            raise ExceptionGroup("deliveries of the weekly report broke", broken)

    async def _deliver(self, to: Subscription, week: str, embed: discord.Embed, file: discord.File | None) -> None:
        await asyncio.to_thread(self._servers.begin_delivery, to, WEEKLY, week, self._now())
        try:
            state, problem, message_id = await self._send(to, week, embed, file)
        except Exception:
            await asyncio.to_thread(self._servers.end_delivery, to, WEEKLY, week, "failed")
            raise
        await asyncio.to_thread(self._servers.end_delivery, to, WEEKLY, week, state, message_id)
        if problem is not None:
            await asyncio.to_thread(self._servers.stop_trying, to.server_id, problem)

    async def _send(
        self, to: Subscription, week: str, embed: discord.Embed, file: discord.File | None
    ) -> tuple[DeliveryState, Problem | None, int | None]:
        """Post it, and say what came of it: how the delivery ends, what is wrong with the channel, the message's id."""
        channel = self._client.get_partial_messageable(to.channel_id, guild_id=to.server_id)
        files = [] if file is None else [file]
        try:
            message = await channel.send(embed=embed, files=files, nonce=nonce(to.server_id, WEEKLY, week))
        except discord.Forbidden as error:
            log.warning("Server %d: no weekly report any more, channel %d: %s", to.server_id, to.channel_id, error)
            return "refused", "forbidden", None
        except discord.NotFound as error:
            log.warning("Server %d: no weekly report any more, channel %d: %s", to.server_id, to.channel_id, error)
            return "refused", "gone", None
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.warning("Server %d: the weekly report did not get through: %s", to.server_id, error)
            return "failed", None, None
        log.info("Server %d: weekly report of %s posted", to.server_id, week)
        return "sent", None, message.id


def _file(picture: bytes | None, reports: tuple[ForecastReport, ...]) -> discord.File | None:
    """A new one for each message: sending uses it up."""
    if picture is None:
        return None
    return discord.File(io.BytesIO(picture), PICTURE, description=scores_alt_text(reports))
