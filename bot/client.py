"""ForecastBot, the client that Discord meets, and ``build_bot``, which puts the whole program together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import discord
from discord.ext import commands
from sqlalchemy import Engine

from bot.calendar.zones import zones
from bot.cogs import find_features
from bot.cogs.report.sender import report_sender
from bot.connection.connected_bot import ConnectedBot
from bot.connection.registration import Registration
from bot.connection.shard_connections import LoginTurns
from bot.delivery import Outbox, unanswered_posts_end
from bot.forecasts.chart_process import ChartProcess
from bot.forecasts.door import Forecasts
from bot.forecasts.trainings import Trainings
from bot.interactions.arrivals import Arrivals
from bot.interactions.cooldowns import Cooldowns
from bot.interactions.live_answer import EditPace
from bot.interactions.translator import CommandTranslator
from bot.interactions.tree import ForecastTree
from bot.jobs.worker import COMMAND, Worker
from bot.logs import reason_of
from bot.schedule.service import Schedule
from bot.schedule.timetable import Timetable
from bot.settings import BotSettings
from forecasting import (
    ReportStore,
    back_up_before_upgrade,
    connect_lazily,
    last_completed_session,
    migrate,
    model_card,
)

log = logging.getLogger(__name__)

FEATURES: Final = find_features()
SHUTDOWN_SECONDS: Final = 3.0
"""How long the bot waits at its end for answers that are being given."""
MAX_WAIT: Final = 60.0
"""Seconds that a request waits for a rate limit of Discord. A longer limit is a failure of what was asked."""
MEMBERS_PATIENCE: Final = 5
"""Seconds for which a member's write waits for another program that writes. The schedule's own waits longer."""
THREADS: Final = 64
"""For work on the database: asyncio's few would all be taken by writers that wait, and readers need not wait."""
COMMANDS_TASK: Final = "CommandTree-invoker"
"""discord.py's name for the task of a command."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def build_bot(
    settings: BotSettings, *, now: Callable[[], datetime] = utc_now, job_command: tuple[str, ...] = COMMAND
) -> ForecastBot:
    """Put the bot together. This opens nothing and needs no event loop; ``start`` does.

    Args:
        now: the clock for everything that is due; returns aware datetimes.
        job_command: the program of jobs and of the chart process, to which their arguments are added.

    Raises:
        BadSettings: DATABASE_URL or UNIVERSE cannot be understood.
    """
    engine = connect_lazily(settings.database_url, MEMBERS_PATIENCE)
    time_limit = timedelta(minutes=settings.job_time_limit)
    worker = Worker(settings.for_jobs(), time_limit=time_limit, now=now, command=job_command)
    universe = settings.served
    cards = partial(model_card, engine, settings.model_dir)
    chart_process = ChartProcess((*job_command, "draw"))
    forecasts = Forecasts(ReportStore(engine), worker, universe, settings.source, now, cards, chart_process)
    return ForecastBot(settings, engine, worker, forecasts, now)


def invitation(application_id: int) -> str:
    """The address at which an admin adds the bot to a server, with the permissions that its posts need."""
    needed = discord.Permissions(
        view_channel=True,
        send_messages=True,
        send_messages_in_threads=True,
        embed_links=True,
        attach_files=True,
        read_message_history=True,
    )
    return discord.utils.oauth_url(application_id, permissions=needed)


class ForecastBot(ConnectedBot):
    """The whole bot. Its parts are attributes, for features, tests and the playground."""

    schedule: Schedule
    can_be_invited = True
    """False in the playground, whose application Discord does not know."""

    def __init__(
        self,
        settings: BotSettings,
        engine: Engine,
        worker: Worker,
        forecasts: Forecasts,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(
            settings.shards,
            LoginTurns(engine, now),
            command_prefix=commands.when_mentioned,  # there are slash commands only
            help_command=None,
            tree_cls=ForecastTree,
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=unanswered_posts_end(),
            max_ratelimit_timeout=MAX_WAIT,
        )
        self.settings = settings
        self.engine = engine
        self.worker = worker
        self.forecasts = forecasts
        self.now = now
        self.trainings = Trainings(forecasts)
        self.edit_pace = EditPace()
        self.suggestion_threads = ThreadPoolExecutor(2, "suggestions")
        self.cooldowns = Cooldowns(now)
        self.outbox = Outbox(self, now, 1 / self.shards.part, self.shards)
        timetable = Timetable(settings.time_zone, settings.retrain_day, settings.retrain_time, settings.refresh_time)
        self.schedule = Schedule(
            connect_lazily(settings.database_url),
            forecasts,
            report_sender(self).post,
            timetable,
            now,
            lambda: self.outbox.outage,
            self.shards,
        )
        self._registration = Registration(engine, now)
        self._only_syncs = False
        self._resync: asyncio.Task[None] | None = None
        parsers = self._connection.parsers
        self.arrivals = Arrivals(parsers["INTERACTION_CREATE"])
        parsers["INTERACTION_CREATE"] = self.arrivals.put

    async def setup_hook(self) -> None:
        """Do what needs the database or the event loop. discord.py calls this after the login, before it connects."""
        self._waits_for_login = False
        self.arrivals.start()
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "bot"))
        url, models = self.settings.database_url, self.settings.model_dir
        await asyncio.to_thread(back_up_before_upgrade, url, models, self.now())
        await asyncio.to_thread(migrate, self.schedule.engine)
        # Load the calendar and the time zones now, or the first answer has to wait for them.
        await asyncio.to_thread(last_completed_session, self.now())
        await asyncio.to_thread(zones)
        await self.add_features()
        if self.application_id is None:
            raise RuntimeError("Discord did not give the application's id at login")
        await self.tree.set_translator(CommandTranslator())
        try:
            await self._registration.sync(self.tree, self.application_id, always=self._only_syncs)
        except discord.HTTPException as error:
            if self._only_syncs:
                raise
            log.warning("Discord did not accept the commands; those that it has go on working: %s", reason_of(error))
            self._resync = asyncio.create_task(self._registration.sync_later(self.tree, self.application_id))
        if not self._only_syncs:
            if self.can_be_invited:
                always = max(logging.INFO, log.getEffectiveLevel())  # whatever LOG_LEVEL: nobody can do without it
                log.log(always, "Invite the bot to a server: %s", invitation(self.application_id))
            await self.forecasts.remember_symbols()
            self.schedule.start()

    async def add_features(self) -> None:
        """Add the commands and buttons of every feature, and what it does after each run of the schedule."""
        for setup in FEATURES:
            await setup(self)

    async def application_info(self) -> discord.AppInfo:
        """As received at login: ``is_owner`` needs it before a command can defer, so it must not cost a request."""
        return self.application or await super().application_info()

    async def sync_commands(self, token: str) -> None:
        """Log in only to send the commands to Discord, changed or not."""
        self._only_syncs, self._waits_for_login = True, False
        await self.login(token)

    async def close(self) -> None:
        """Stop the schedule and the running job, leave Discord, close the database."""
        if self._resync is not None:
            self._resync.cancel()
        self.arrivals.stop()
        self.schedule.stop()
        self.outbox.close()
        self.trainings.close()
        await self.worker.close()
        await _finish_commands()
        await self.schedule.release()
        await self.forecasts.close()
        await super().close()
        self.suggestion_threads.shutdown(wait=False)
        self.engine.dispose()
        self.schedule.engine.dispose()

    def dispatch(self, event_name: str, /, *args: Any, **kwargs: Any) -> None:
        """Drop events after the end: discord.py's delayed "ready" would find no event loop."""
        if not self.is_closed():
            super().dispatch(event_name, *args, **kwargs)

    async def on_ready(self) -> None:
        of_shards = "" if self.shards.count is None else f" ({self.shards})"
        log.info("Ready as %s. Servers: %d%s", self.user, len(self.guilds), of_shards)


async def _finish_commands() -> None:
    """Wait a short time for commands under way, which say that their job was stopped."""
    if invoked := commands_under_way():
        await asyncio.wait(invoked, timeout=SHUTDOWN_SECONDS)


def commands_under_way() -> set[asyncio.Task[Any]]:
    """The tasks of commands that have not ended, without the one that asks."""
    return {task for task in asyncio.all_tasks() if task.get_name() == COMMANDS_TASK} - {asyncio.current_task()}
