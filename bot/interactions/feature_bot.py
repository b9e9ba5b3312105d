"""What features find on the bot: the parts that ``setup`` in a feature's ``cog.py`` makes its cog from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from datetime import datetime
from typing import Protocol

from discord.ext import commands
from sqlalchemy import Engine

from bot.delivery import Outbox
from bot.forecasts.door import Forecasts
from bot.forecasts.trainings import Trainings
from bot.interactions.arrivals import Arrivals
from bot.interactions.cooldowns import Cooldowns
from bot.interactions.live_answer import EditPace
from bot.jobs.job import JobFailure, JobKind
from bot.settings import BotSettings
from bot.settings.shards import Shards

Hook = Callable[[], Awaitable[None]]


class Scheduled(Protocol):
    """What features use of the schedule."""

    post_run: list[Hook]
    """Called after each run of the schedule, by the bot that owns it and by those that post."""

    @property
    def is_owner(self) -> bool:
        """Whether this process has the schedule: one of all does."""
        ...

    def posts_to(self, server_id: int | None) -> bool:
        """Whether this process posts to that server, or direct messages."""
        ...

    def next_runs(self) -> dict[JobKind, datetime]:
        """When each kind of job is due next."""
        ...

    async def failures(self) -> tuple[JobFailure, ...]:
        """Of the newest scheduled work; empty once a later run has succeeded."""
        ...

    async def plan_next_report(self) -> None:
        """Run again when the next report is due. To be called after subscriptions have changed."""
        ...


class FeatureBot(commands.Bot):
    """The bot's shared parts. ``bot.client.ForecastBot`` is the bot that has them."""

    settings: BotSettings
    shards: Shards
    engine: Engine
    forecasts: Forecasts
    trainings: Trainings
    edit_pace: EditPace
    suggestion_threads: Executor
    """For suggestions that the database has: they cannot wait while writers hold all other threads."""
    arrivals: Arrivals
    cooldowns: Cooldowns
    outbox: Outbox
    schedule: Scheduled
    now: Callable[[], datetime]
