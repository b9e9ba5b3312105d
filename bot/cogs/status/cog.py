"""``/status``"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

import discord
from discord import app_commands
from discord.ext import commands
from sqlalchemy.exc import SQLAlchemyError

from bot.cogs.status.message import Status, status_embed
from bot.forecasts.door import Forecasts
from bot.interactions.answers import deferred
from bot.interactions.feature_bot import FeatureBot, Scheduled
from bot.interactions.options import everywhere
from bot.interactions.translator import localized
from bot.jobs.job import JobKind
from bot.settings.shards import Shards
from bot.texts import texts_for
from forecasting import TOLD_FOR, Run, SecurityChange, security_changes, storage_failure

ChangesSince = Callable[[datetime], tuple[SecurityChange, ...]]
"""Which symbols have come to mean another security. It blocks on the database: to be called in a thread."""


class StatusCog(commands.Cog):
    """How old the data is, what runs, what failed, what comes next."""

    def __init__(self, forecasts: Forecasts, schedule: Scheduled, changes_since: ChangesSince, shards: Shards) -> None:
        self._forecasts = forecasts
        self._shards = shards
        self._schedule = schedule
        self._changes_since = changes_since

    @everywhere
    @app_commands.command(name="status", description=localized("command.status"))
    async def status(self, interaction: discord.Interaction) -> None:
        status = await deferred(interaction, self._gather)
        if (count := self._shards.count or 1) > 1:
            status = replace(status, shard=(self._shards.of(interaction.guild_id), count))
        await interaction.followup.send(embed=status_embed(texts_for(interaction.locale), status))

    async def _gather(self) -> Status:
        problems = await self._schedule.failures()
        in_memory = Status(
            source=self._forecasts.source,
            reports=(),
            missing=(),
            jobs=self._forecasts.job_state,
            next_runs=await asyncio.to_thread(self._schedule.next_runs),
            last_runs={},
            problem="\n".join(failure.sentences for failure in problems) or None,
            changes=(),
            now=self._forecasts.now(),
            is_readable=False,
        )
        try:
            return replace(
                in_memory,
                reports=await self._forecasts.all_latest(),
                missing=await self._forecasts.missing(),
                last_runs={"retrain": await self._last_run("retrain"), "refresh": await self._last_run("refresh")},
                changes=await asyncio.to_thread(self._changes_since, in_memory.now - TOLD_FOR),
                is_readable=True,
            )
        except SQLAlchemyError as error:
            if storage_failure(error) is None:
                raise
            return in_memory

    async def _last_run(self, kind: JobKind) -> Run | None:
        """Without failures of ETFs that a server tried to follow: they do not concern other servers."""
        run = await self._forecasts.last_run(kind)
        if run is None:
            return None
        return replace(run, failed=tuple(failure for failure in run.failed if self._forecasts.knows(failure.symbol)))


async def setup(bot: FeatureBot) -> None:
    changes_since = partial(security_changes, bot.engine, bot.settings.source)
    await bot.add_cog(StatusCog(bot.forecasts, bot.schedule, changes_since, bot.shards))
