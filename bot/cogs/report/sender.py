"""Posts the weekly report: one message to each server that is due, each at most once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

import aiohttp
import discord

from bot.cogs.report.content import ReportBuilder, ReportContent, WeeklyPost
from bot.cogs.report.subscriptions import (
    WEEKLY,
    ChannelProblem,
    DeliveryState,
    ReportOptions,
    Subscription,
    Subscriptions,
    nonce,
)
from bot.interactions.mentions import only_role
from bot.schedule.decision import DueReport, PostReports
from bot.texts import Texts, texts_for

log = logging.getLogger(__name__)


class ReportSender:
    """Brings reports to the servers' channels."""

    def __init__(
        self,
        client: discord.Client,
        subscriptions: Subscriptions,
        report_builder: ReportBuilder,
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._subscriptions = subscriptions
        self._report_builder = report_builder
        self._now = now

    async def post(self, step: PostReports) -> None:
        """One message to each server of ``step``; a server that cannot be reached keeps no other from its own.

        Raises:
            ExceptionGroup: some deliveries broke in a way that nobody foresaw; the others were made.
        """
        content = await self._report_builder.content(step.not_retrained)
        broken: list[Exception] = []
        for owed in step.reports:
            try:
                await self._deliver(owed, content)
            except Exception as error:
                error.add_note(f"while the weekly report was delivered to server {owed.to.server_id}")
                broken.append(error)
        if broken:
            raise ExceptionGroup("deliveries of the weekly report broke", broken)

    async def preview(self, server_id: int, options: ReportOptions, texts: Texts) -> WeeklyPost:
        """What would be posted now.

        Raises:
            NoForecastYet: there is nothing to report.
        """
        content = await self._report_builder.content()
        return await self._report_builder.post_for(server_id, options, content, texts)

    async def test(self, to: Subscription) -> discord.Message:
        """Post it now, marked as a test, without a ping. No delivery of the week is marked.

        Raises:
            NoForecastYet: there is nothing to report.
        """
        texts = self._texts_of(to.server_id)
        post = await self.preview(to.server_id, to.options, texts)
        next_at = discord.utils.format_dt(to.options.when.next(self._now()))
        return await self._channel(to).send(texts("report.test", next=next_at), **post.arguments())

    async def _deliver(self, owed: DueReport, content: ReportContent) -> None:
        to, week = owed.to, owed.week
        if not await asyncio.to_thread(self._subscriptions.begin_delivery, to, WEEKLY, week, self._now()):
            log.info("Server %d: another bot has delivered the weekly report of %s", to.server_id, week)
            return
        try:
            post = await self._report_builder.post_for(to.server_id, to.options, content, self._texts_of(to.server_id))
            state, problem, message_id = await self._send(to, week, post)
        except Exception:
            await asyncio.to_thread(self._subscriptions.end_delivery, to, WEEKLY, week, "failed")
            raise
        await asyncio.to_thread(self._subscriptions.end_delivery, to, WEEKLY, week, state, message_id)
        if problem is not None:
            await asyncio.to_thread(self._subscriptions.stop_trying, to.server_id, problem)

    async def _send(
        self, to: Subscription, week: str, post: WeeklyPost
    ) -> tuple[DeliveryState, ChannelProblem | None, int | None]:
        """Post it, and say what came of it: how the delivery ends, what is wrong with the channel, the message's id."""
        role = to.options.role_id
        try:
            message = await self._channel(to).send(
                None if role is None else f"<@&{role}>",
                **post.arguments(),
                nonce=nonce(to.server_id, WEEKLY, week),
                allowed_mentions=only_role(role),
            )
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

    def _channel(self, to: Subscription) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(to.channel_id, guild_id=to.server_id)

    def _texts_of(self, server_id: int) -> Texts:
        """In the server's language."""
        guild = self._client.get_guild(server_id)
        return texts_for(None if guild is None else guild.preferred_locale)
