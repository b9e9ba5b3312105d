"""Posts the weekly report: one message to each server that is due, each at most once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

import discord

from bot.cogs.report.changes import changes_reader
from bot.cogs.report.content import ReportBuilder, ReportContent, WeeklyPost
from bot.cogs.report.due import DueReport, PostReports
from bot.cogs.report.subscriptions import WEEKLY, Delivery, ReportOptions, Subscription, Subscriptions
from bot.cogs.watch.store import Watches
from bot.delivery import Outbox, Outcome, for_each, nonce
from bot.interactions.feature_bot import FeatureBot
from bot.interactions.mentions import only_role
from bot.texts import Texts
from forecasting import NoForecastYet

log = logging.getLogger(__name__)


def report_sender(bot: FeatureBot) -> ReportSender:
    """The sender of the bot's reports. It keeps nothing in memory, so there may be several."""
    changes = changes_reader(bot.engine, bot.settings.source)
    builder = ReportBuilder(bot.forecasts, Watches(bot.engine), changes, bot.settings.chart_theme, bot.now)
    return ReportSender(bot.outbox, Subscriptions(bot.engine), builder, bot.now)


class ReportSender:
    """Posts reports into the servers' channels."""

    def __init__(
        self,
        outbox: Outbox,
        subscriptions: Subscriptions,
        report_builder: ReportBuilder,
        now: Callable[[], datetime],
    ) -> None:
        self._outbox = outbox
        self._subscriptions = subscriptions
        self._report_builder = report_builder
        self._now = now

    async def post(self, step: PostReports) -> None:
        """Post one message to each server of ``step``. What keeps it from one server is that server's own.

        Raises:
            NoForecastYet: there is nothing to report to anybody.
            ExceptionGroup: some posts could not be marked; the others were made.
        """
        if not self._outbox.may_post():
            return
        content = await self._report_builder.content(step.not_retrained)
        await for_each(step.reports, partial(self._deliver, content))

    async def preview(self, server_id: int, options: ReportOptions, texts: Texts) -> WeeklyPost:
        """What would be posted now.

        Raises:
            NoForecastYet: there is nothing to report.
        """
        content = await self._report_builder.content()
        return await self._report_builder.post_for(server_id, options, content, texts)

    async def test(self, to: Subscription) -> discord.Message:
        """Post it now, marked as a test and without a ping. It does not count as the week's report.

        Raises:
            NoForecastYet: there is nothing to report.
        """
        texts = self._outbox.texts_of(to.server_id)
        post = await self.preview(to.server_id, to.options, texts)
        next_at = discord.utils.format_dt(to.options.when.next(self._now()))
        channel = self._outbox.channel(to.server_id, to.channel_id)
        return await channel.send(texts("report.test", next=next_at), **post.arguments())

    async def _deliver(self, content: ReportContent, report: DueReport) -> None:
        to, week, role = report.to, report.week, report.to.options.role_id
        if not self._outbox.may_post():
            return
        message = await self._message(report, content)  # before the mark: what follows it should take a moment only

        async def post(delivery: Delivery) -> Outcome:
            if isinstance(message, Outcome):
                return message
            words = {"content": None if role is None else f"<@&{role}>", "nonce": nonce(to.server_id, WEEKLY, week)}
            return await self._outbox.to_channel(
                to.server_id,
                to.channel_id,
                lambda: {**words, **message.arguments(), "allowed_mentions": only_role(role)},
                delivery.unsure,
            )

        await self._outbox.deliver(
            f"Server {to.server_id}: weekly report of {week}",
            partial(self._subscriptions.begin_delivery, to, week),
            post,
            partial(self._subscriptions.end_delivery, to),
        )

    async def _message(self, report: DueReport, content: ReportContent) -> WeeklyPost | Outcome:
        """The message to a server, or what comes of it without one."""
        to = report.to
        try:
            texts = self._outbox.texts_of(to.server_id)
            return await self._report_builder.post_for(to.server_id, to.options, content, texts)
        except NoForecastYet:
            return Outcome("empty")
        except Exception:
            log.exception("The weekly report of %s to server %d cannot be made", report.week, to.server_id)
            return Outcome("failed")
