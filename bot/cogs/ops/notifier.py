"""ProblemNotifier: reports problems in each server's channel for operators, each once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from bot.calendar.weektime import WEEK
from bot.cogs.alerts.store import Alerts
from bot.cogs.ops.channels import Batch, OpsChannel, OpsChannels
from bot.cogs.ops.message import problems_embed
from bot.cogs.ops.problems import (
    UNPOSTED,
    Problem,
    alert_problems,
    concerning,
    job_problems,
    model_problems,
    outbox_problems,
    price_problems,
    record_problems,
    report_problems,
    security_problems,
    stale_problems,
    unposted_problems,
)
from bot.cogs.report.deliveries import Deliveries
from bot.cogs.report.subscriptions import Subscriptions
from bot.delivery import Outbox, Outcome, for_each
from bot.interactions.feature_bot import FeatureBot
from bot.jobs.job import JobFailure
from forecasting import TOLD_FOR, PriceFaults, ReportStore, security_changes, storage_failure

ProblemSource = Callable[[datetime], Iterable[Problem]]
"""The problems of a moment. It may block on the database: it is called in a thread."""


def problem_sources(bot: FeatureBot) -> tuple[ProblemSource, ...]:
    """What can be wrong apart from the scheduled jobs. To find another kind of problem, add a function here."""
    engine, source = bot.engine, bot.settings.source
    reports, faults = ReportStore(engine), PriceFaults(engine)
    subscriptions, deliveries = Subscriptions(engine), Deliveries(engine)
    alerts = Alerts(engine, source)
    return (
        lambda now: stale_problems(reports.newest_sessions(source), now),
        lambda now: security_problems(security_changes(engine, source, now - TOLD_FOR)),
        lambda _: price_problems(faults.of(source)),
        lambda _: model_problems(reports.decisions.newest_of_all(source).values()),
        lambda _: report_problems(subscriptions.in_trouble()),
        lambda now: unposted_problems(deliveries.since(now - WEEK, UNPOSTED)),
        lambda now: alert_problems(alerts.undelivered(now - WEEK), now),
        lambda _: outbox_problems(bot.outbox.pause),
        lambda _: record_problems(reports.track(source).alarms()),
        lambda now: job_problems(bot.trainings.failures(now)),
    )


class ProblemNotifier:
    """Looks for problems and posts the new ones."""

    def __init__(
        self,
        outbox: Outbox,
        channels: OpsChannels,
        sources: Sequence[ProblemSource],
        failures: Callable[[], Awaitable[Iterable[JobFailure]]],
        now: Callable[[], datetime],
        posts_to: Callable[[int], bool],
    ) -> None:
        """``failures`` are those of the scheduled jobs; ``posts_to`` tells whether this process posts to a server."""
        self._outbox = outbox
        self._channels = channels
        self._sources = tuple(sources)
        self._failures = failures
        self._now = now
        self._posts_to = posts_to

    async def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong now; while the database fails, what is known without it."""
        now, failures = self._now(), await self._failures()
        try:
            found = await asyncio.to_thread(lambda: [problem for source in self._sources for problem in source(now)])
        except SQLAlchemyError as error:
            if storage_failure(error) is None:
                raise
            found = []  # that the database fails is among the failures
        return (*job_problems(failures), *found)

    async def run(self) -> None:
        """Post to each channel the problems that were not reported there yet.

        Raises:
            ExceptionGroup: some posts broke; the others were made.
        """
        usable = await asyncio.to_thread(self._channels.usable)
        if channels := {channel: told for channel, told in usable.items() if self._posts_to(channel.server_id)}:
            problems = await self.problems()
            behind = (  # mostly none
                channel
                for channel, told in channels.items()
                if told != {problem.key: True for problem in concerning(problems, channel.server_id)}
            )
            await for_each(behind, partial(self._notify, problems))

    async def _notify(self, problems: Sequence[Problem], channel: OpsChannel) -> None:
        server_id = channel.server_id

        async def post(batch: Batch) -> Outcome:
            await self._outbox.servers.know(server_id)
            message = {
                "embed": problems_embed(self._outbox.servers.texts_of(server_id), batch.problems),
                "nonce": batch.nonce,
            }
            return await self._outbox.to_channel(server_id, channel.channel_id, lambda: message, batch.unsure)

        outcome: Outcome | None = Outcome("sent")
        while outcome is not None and outcome.state == "sent":  # a batch that was not told comes before what is new
            outcome = await self._outbox.deliver(
                f"Server {server_id}: problems for the operators",
                partial(self._channels.begin, server_id, concerning(problems, server_id)),
                post,
                partial(self._channels.end, server_id),
                channel.channel_id,
            )
