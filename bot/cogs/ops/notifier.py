"""ProblemNotifier: tells each server's channel for operators what is wrong, each thing once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import aiohttp
import discord
from sqlalchemy import Engine

from bot.cogs.ops.channels import Batch, OpsChannel, OpsChannels
from bot.cogs.ops.message import problems_embed
from bot.cogs.ops.problems import (
    JobFailure,
    Problem,
    concerning,
    job_problems,
    model_problems,
    price_problems,
    record_problems,
    report_problems,
    security_problems,
    stale_problems,
)
from bot.cogs.report.subscriptions import ChannelProblem, Subscriptions
from bot.texts import Texts, texts_for
from forecasting import TOLD_FOR, PriceFaults, ReportStore, security_changes

log = logging.getLogger(__name__)

ProblemSource = Callable[[datetime], Iterable[Problem]]
"""What is wrong at a moment. It may block on the database: it is called in a thread."""


def problem_sources(engine: Engine, source: str, subscriptions: Subscriptions) -> tuple[ProblemSource, ...]:
    """What can be wrong beside the scheduled jobs: prices, securities, models, and reports that cannot be posted.

    Whoever finds another kind of problem adds a function of the moment here.
    """
    reports, faults = ReportStore(engine), PriceFaults(engine)
    return (
        lambda now: stale_problems(reports.all_latest(source), now),
        lambda now: security_problems(security_changes(engine, source, now - TOLD_FOR)),
        lambda _: price_problems(faults.of(source)),
        lambda _: model_problems(reports.decisions.newest_of_all(source).values()),
        lambda _: report_problems(subscriptions.all()),
        lambda _: record_problems(reports.track(source).alarms()),
    )


class ProblemNotifier:
    """Looks for problems and posts the new ones."""

    def __init__(
        self,
        client: discord.Client,
        channels: OpsChannels,
        sources: Sequence[ProblemSource],
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._channels = channels
        self._sources = tuple(sources)
        self._now = now

    async def problems(self, failures: Iterable[JobFailure]) -> tuple[Problem, ...]:
        """All that is wrong now; ``failures`` are those of the scheduled jobs."""
        now = self._now()
        found = await asyncio.to_thread(lambda: [problem for source in self._sources for problem in source(now)])
        return (*job_problems(failures), *found)

    async def tell(self, failures: Iterable[JobFailure]) -> None:
        """Post what no channel has been told yet. A channel that cannot be reached keeps no other from its own."""
        channels = await asyncio.to_thread(self._channels.usable)
        if not channels:
            return
        problems = await self.problems(failures)
        for channel in channels:
            await self._tell(channel, concerning(problems, channel.server_id))

    async def _tell(self, channel: OpsChannel, problems: Sequence[Problem]) -> None:
        while batch := await asyncio.to_thread(self._channels.begin, channel.server_id, problems, self._now()):
            try:
                arrived = await self._post(channel, batch)
            except Exception:
                await asyncio.to_thread(self._channels.end, channel.server_id, batch, arrived=False)
                raise
            await asyncio.to_thread(self._channels.end, channel.server_id, batch, arrived=arrived)
            if not arrived:
                return

    def _texts_of(self, server_id: int) -> Texts:
        """In the server's language."""
        guild = self._client.get_guild(server_id)
        return texts_for(None if guild is None else guild.preferred_locale)

    async def _post(self, channel: OpsChannel, batch: Batch) -> bool:
        """Whether it arrived. A channel that forbids or is gone is not tried again: Discord blocks those who insist."""
        place = self._client.get_partial_messageable(channel.channel_id, guild_id=channel.server_id)
        try:
            await place.send(embed=problems_embed(self._texts_of(channel.server_id), batch.problems), nonce=batch.nonce)
        except (discord.Forbidden, discord.NotFound) as error:
            log.warning("Server %d: operators cannot be told in channel %d: %s", channel.server_id, place.id, error)
            problem: ChannelProblem = "gone" if isinstance(error, discord.NotFound) else "forbidden"
            await asyncio.to_thread(self._channels.stop_trying, channel.server_id, problem)
            return False
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.warning("Server %d: operators could not be told: %s", channel.server_id, error)
            return False
        log.info("Server %d: operators were told of %d problems", channel.server_id, len(batch.problems))
        return True
