"""Operators: tells each server's channel for operators what is wrong, each thing once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import aiohttp
import discord
from sqlalchemy import Engine

from bot.cogs.ops.channels import Batch, OpsChannel, OpsChannels
from bot.cogs.ops.message import troubles_embed
from bot.cogs.ops.problems import (
    JobFailure,
    Trouble,
    concerning,
    job_troubles,
    model_troubles,
    price_troubles,
    record_troubles,
    report_troubles,
    security_troubles,
    stale_troubles,
)
from bot.cogs.report.subscriptions import Problem, Servers
from bot.texts import Texts, texts_for
from forecasting import TOLD_FOR, PriceFaults, ReportStore, security_changes

log = logging.getLogger(__name__)

TroubleSource = Callable[[datetime], Iterable[Trouble]]
"""What is wrong at a moment. It may block on the database: it is called in a thread."""


def trouble_sources(engine: Engine, source: str, servers: Servers) -> tuple[TroubleSource, ...]:
    """What can be wrong beside the scheduled jobs: prices, securities, models, and reports that cannot be posted.

    Whoever finds another kind of trouble adds a function of the moment here.
    """
    reports, faults = ReportStore(engine), PriceFaults(engine)
    return (
        lambda now: stale_troubles(reports.all_latest(source), now),
        lambda now: security_troubles(security_changes(engine, source, now - TOLD_FOR)),
        lambda _: price_troubles(faults.of(source)),
        lambda _: model_troubles(reports.decisions.newest_of_all(source).values()),
        lambda _: report_troubles(servers.subscriptions()),
        lambda _: record_troubles(reports.track(source).alarms()),
    )


class Operators:
    """Looks for troubles and posts the new ones."""

    def __init__(
        self,
        client: discord.Client,
        channels: OpsChannels,
        sources: Sequence[TroubleSource],
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._channels = channels
        self._sources = tuple(sources)
        self._now = now

    async def troubles(self, failures: Iterable[JobFailure]) -> tuple[Trouble, ...]:
        """All that is wrong now; ``failures`` are those of the scheduled jobs."""
        now = self._now()
        found = await asyncio.to_thread(lambda: [trouble for source in self._sources for trouble in source(now)])
        return (*job_troubles(failures), *found)

    async def tell(self, failures: Iterable[JobFailure]) -> None:
        """Post what no channel has been told yet. A channel that cannot be reached keeps no other from its own."""
        channels = await asyncio.to_thread(self._channels.usable)
        if not channels:
            return
        troubles = await self.troubles(failures)
        for channel in channels:
            await self._tell(channel, concerning(troubles, channel.server_id))

    async def _tell(self, channel: OpsChannel, troubles: Sequence[Trouble]) -> None:
        while batch := await asyncio.to_thread(self._channels.begin, channel.server_id, troubles, self._now()):
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
            await place.send(embed=troubles_embed(batch.troubles, self._texts_of(channel.server_id)), nonce=batch.nonce)
        except (discord.Forbidden, discord.NotFound) as error:
            log.warning("Server %d: operators cannot be told in channel %d: %s", channel.server_id, place.id, error)
            problem: Problem = "gone" if isinstance(error, discord.NotFound) else "forbidden"
            await asyncio.to_thread(self._channels.stop_trying, channel.server_id, problem)
            return False
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.warning("Server %d: operators could not be told: %s", channel.server_id, error)
            return False
        log.info("Server %d: operators were told of %d troubles", channel.server_id, len(batch.troubles))
        return True
