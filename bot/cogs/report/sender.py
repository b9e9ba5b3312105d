"""Posts the reports: one message for each that is due, each at most once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Final

import discord

from bot.cogs.report.changes import changes_reader
from bot.cogs.report.content import ReportBuilder, ReportContent, ReportPost
from bot.cogs.report.deliveries import Deliveries, Delivery
from bot.cogs.report.due import DueReport, PostReports
from bot.cogs.report.subscriptions import ReportOptions, Subscription
from bot.cogs.watch.store import Watches
from bot.delivery import Outbox, Outcome, for_each, nonce
from bot.interactions.feature_bot import FeatureBot
from bot.interactions.mentions import only_role
from bot.texts import LANGUAGES, Texts
from forecasting import NoForecastYet

log = logging.getLogger(__name__)

AT_ONCE: Final = 32
"""Reports that are under way together while Discord accepts them: enough for its rate at half a second each."""


def report_sender(bot: FeatureBot) -> ReportSender:
    """The sender of the bot's reports. It keeps nothing in memory, so there may be several."""
    changes = changes_reader(bot.engine, bot.settings.source)
    builder = ReportBuilder(bot.forecasts, Watches(bot.engine), changes, bot.settings.chart_theme, bot.now)
    return ReportSender(bot.outbox, Deliveries(bot.engine), builder, bot.now)


class ReportSender:
    """Posts reports into the servers' channels."""

    def __init__(
        self,
        outbox: Outbox,
        deliveries: Deliveries,
        report_builder: ReportBuilder,
        now: Callable[[], datetime],
    ) -> None:
        self._outbox = outbox
        self._deliveries = deliveries
        self._report_builder = report_builder
        self._now = now

    async def post(self, step: PostReports) -> None:
        """Post one message for each report of ``step``. A failure in one server does not affect the others.

        Raises:
            NoForecastYet: there is nothing to report to anybody.
            ExceptionGroup: some posts could not be marked; the others were made.
        """
        if not self._outbox.may_post():
            return
        cadences = {report.to.options.cadence for report in step.reports}
        content = await self._report_builder.content(cadences, step.not_retrained)
        await for_each(step.reports, partial(self._deliver, content), AT_ONCE)

    async def preview(self, server_id: int, options: ReportOptions, texts: Texts) -> ReportPost:
        """What would be posted now.

        Raises:
            NoForecastYet: there is nothing to report.
        """
        content = await self._report_builder.content([options.cadence])
        return await self._report_builder.post_for(server_id, options, content, texts)

    async def test(self, to: Subscription) -> str:
        """Post it now, marked as a test and without a ping. It does not count as the period's report.

        Returns:
            The address of the post.

        Raises:
            NoForecastYet: there is nothing to report.
        """
        texts = self._texts(to)
        arguments = (await self.preview(to.server_id, to.options, texts)).arguments()
        arguments["content"] = texts("report.test", next=discord.utils.format_dt(to.options.when.next(self._now())))
        name = texts("report.test_name", title=arguments["embed"].title)
        place = self._outbox.place(to.server_id, to.channel_id, name)
        message_id = await place.send(arguments)
        channel_id = to.channel_id if self._outbox.has_nonces(to.server_id, to.channel_id) else message_id
        return f"https://discord.com/channels/{to.server_id}/{channel_id}/{message_id}"

    async def _deliver(self, content: ReportContent, report: DueReport) -> bool:
        """Post one of them. Returns whether Discord answers as it should."""
        to, role = report.to, report.to.options.role_id
        if not self._outbox.may_post():
            return False
        await self._outbox.servers.know(to.server_id)
        message = await self._message(report, content)  # before the mark: what follows it should take a moment only

        async def post(delivery: Delivery) -> Outcome:
            if isinstance(message, Outcome):
                return message if delivery.unsure is None else Outcome("unknown")
            words = {"content": None if role is None else f"<@&{role}>", "nonce": nonce(*report.key)}
            outcome = await self._outbox.to_channel(
                to.server_id,
                to.channel_id,
                lambda: {**words, **message.arguments(), "allowed_mentions": only_role(role)},
                delivery.unsure,
                others=delivery.others,
                name=_thread_name(to.options, message, report),
            )
            if outcome.message_id is not None and to.options.publishes:
                await self._outbox.publish(to.server_id, to.channel_id, outcome.message_id)
            return outcome

        has_nonce = self._outbox.has_nonces(to.server_id, to.channel_id)
        outcome = await self._outbox.deliver(
            f"Server {to.server_id}: {to.options.cadence} report {to.number} of {report.period}",
            partial(self._deliveries.begin, to, report.period, has_nonce=has_nonce),
            post,
            partial(self._deliveries.end, to),
        )
        return outcome is not None and outcome.state in ("sent", "refused", "empty")

    async def _message(self, report: DueReport, content: ReportContent) -> ReportPost | Outcome:
        """The message to a server, or what comes of it without one."""
        to = report.to
        try:
            post_for = self._report_builder.post_for
            return await post_for(to.server_id, to.options, content, self._texts(to), report.session)
        except NoForecastYet:
            return Outcome("empty")
        except Exception:
            log.exception("The report %d of %s to server %d cannot be made", to.number, report.period, to.server_id)
            return Outcome("failed")

    def _texts(self, to: Subscription) -> Texts:
        language = to.options.language
        return Texts(language) if language and language in LANGUAGES else self._outbox.servers.texts_of(to.server_id)


def _thread_name(options: ReportOptions, message: ReportPost, report: DueReport) -> str:
    """Of a post in a forum: what it is, of which day, and of which ETFs if they were chosen."""
    day: date = report.session or report.due_at.astimezone(options.when.zone).date()
    return " · ".join(filter(None, (str(message.embed.title), day.isoformat(), ", ".join(options.symbols))))
