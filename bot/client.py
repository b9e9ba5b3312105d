"""ForecastBot: the client that Discord meets, and ``build_bot``, which puts the whole program together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import discord
from discord.ext import commands
from sqlalchemy import Engine

from bot.calendar.zones import zones
from bot.cogs.alerts.cog import AlertCog
from bot.cogs.alerts.notifier import AlertNotifier
from bot.cogs.alerts.store import Alerts
from bot.cogs.compare.cog import CompareCog
from bot.cogs.explain.cog import ExplainCog
from bot.cogs.forecast.buttons import ForecastButton
from bot.cogs.forecast.cog import ForecastCog
from bot.cogs.help.cog import HelpCog
from bot.cogs.model.cog import ModelCog
from bot.cogs.ops.channels import OpsChannels
from bot.cogs.ops.cog import OpsCog
from bot.cogs.ops.notifier import ProblemNotifier, problem_sources
from bot.cogs.ops.problems import JobFailure, Problem, job_problems
from bot.cogs.privacy.cog import PrivacyCog
from bot.cogs.privacy.message import DeleteButton
from bot.cogs.privacy.stored_data import StoredData
from bot.cogs.report.changes import changes_reader
from bot.cogs.report.cog import ReportCog
from bot.cogs.report.content import ReportBuilder
from bot.cogs.report.details import DetailsMenu, OverviewButton
from bot.cogs.report.details_cog import DetailsCog
from bot.cogs.report.sender import ReportSender
from bot.cogs.report.subscriptions import Subscriptions
from bot.cogs.retrain.cog import RetrainCog
from bot.cogs.retrain.trainings import Trainings
from bot.cogs.scores.cog import ScoresCog
from bot.cogs.status.cog import StatusCog
from bot.cogs.track.cog import TrackCog
from bot.cogs.watch.cog import WatchCog
from bot.cogs.watch.store import Watches
from bot.forecasts.chart_process import ChartProcess
from bot.forecasts.door import Forecasts
from bot.interactions.cooldowns import Cooldowns
from bot.interactions.registration import Registration
from bot.interactions.translator import CommandTranslator
from bot.interactions.tree import ForecastTree
from bot.jobs.worker import COMMAND, Worker
from bot.schedule.service import Schedule
from bot.schedule.timetable import Timetable
from bot.settings import BotSettings
from forecasting import (
    ReportStore,
    Universe,
    connect_lazily,
    last_completed_session,
    migrate,
    model_card,
    security_changes,
)

log = logging.getLogger(__name__)

LAST_WORDS_SECONDS: Final = 3.0
"""For which the bot's end waits for answers under way."""
COMMANDS_TASK: Final = "CommandTree-invoker"
"""What discord.py calls the task of a command."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def build_bot(
    settings: BotSettings, *, now: Callable[[], datetime] = utc_now, job_command: tuple[str, ...] = COMMAND
) -> ForecastBot:
    """Put the bot together, top to bottom. Opens nothing and needs no event loop: ``start`` does.

    Args:
        now: the clock by which everything is due; aware.
        job_command: the program that jobs are arguments of, and ``draw``.

    Raises:
        BadSettings: DATABASE_URL or UNIVERSE cannot be understood.
    """
    engine = connect_lazily(settings.database_url)
    time_limit = timedelta(minutes=settings.job_time_limit)
    worker = Worker(settings.for_jobs(), time_limit=time_limit, now=now, command=job_command)
    universe = Universe.parse(settings.universe)
    cards = partial(model_card, engine, settings.model_dir)
    chart_process = ChartProcess((*job_command, "draw"))
    forecasts = Forecasts(ReportStore(engine), worker, universe, settings.source, now, cards, chart_process)
    return ForecastBot(settings, engine, worker, forecasts, now)


def invitation(application_id: int) -> str:
    """The address at which an admin adds the bot to a server, with the permissions that its posts need."""
    needed = discord.Permissions(
        view_channel=True, send_messages=True, send_messages_in_threads=True, embed_links=True, attach_files=True
    )
    return discord.utils.oauth_url(application_id, permissions=needed)


async def _last_words() -> None:
    """Wait, not for long, until commands under way have told that their job is stopped."""
    invoked = {task for task in asyncio.all_tasks() if task.get_name() == COMMANDS_TASK} - {asyncio.current_task()}
    if invoked:
        await asyncio.wait(invoked, timeout=LAST_WORDS_SECONDS)


class ForecastBot(commands.Bot):
    """The whole bot. Its parts are attributes, for tests and for the playground."""

    def __init__(
        self,
        settings: BotSettings,
        engine: Engine,
        worker: Worker,
        forecasts: Forecasts,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,  # there are slash commands only
            help_command=None,
            tree_cls=ForecastTree,
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self.settings = settings
        self.worker = worker
        self.forecasts = forecasts
        self.cooldowns = Cooldowns(now)
        self.subscriptions = Subscriptions(engine)
        self.registration = Registration(engine, now)
        timetable = Timetable(settings.time_zone, settings.retrain_day, settings.retrain_time, settings.refresh_time)
        self.watches = Watches(engine)
        self.stored_data = StoredData(engine)
        self._trainings = Trainings(forecasts)
        report_builder = ReportBuilder(
            forecasts, self.watches, changes_reader(engine, settings.source), settings.chart_theme, now
        )
        self.report_sender = ReportSender(self, self.subscriptions, report_builder, now)
        self._ops_channels = OpsChannels(engine)
        sources = (*problem_sources(engine, settings.source, self.subscriptions), self._broken_trainings)
        self._operators = ProblemNotifier(self, self._ops_channels, sources, now)
        self.schedule = Schedule(
            engine, forecasts, self.subscriptions, self.watches, self.report_sender, self._operators, timetable, now
        )
        self.alerts = Alerts(engine, settings.source)
        self.schedule.afterwards.append(AlertNotifier(self, self.alerts, forecasts, now).run)
        self._security_changes = partial(security_changes, engine, settings.source)
        self.schedule.afterwards.append(self._forget_departed)
        self._engine = engine
        self._now = now
        self._only_syncs = False

    async def setup_hook(self) -> None:
        """After the login and before the connection: everything that needs the database or the event loop."""
        await asyncio.to_thread(migrate, self._engine)
        # Loads calendar and time zones, so that no answer has to wait for them.
        await asyncio.to_thread(last_completed_session, self._now())
        await asyncio.to_thread(zones)
        await self._add_cogs()
        self.add_dynamic_items(ForecastButton, DetailsMenu, OverviewButton, DeleteButton)
        if self.application_id is None:
            raise RuntimeError("Discord did not tell the application's id at login")
        await self.tree.set_translator(CommandTranslator())
        await self.registration.sync(self.tree, self.application_id, always=self._only_syncs)
        if not self._only_syncs:
            log.info("Invite the bot to a server: %s", invitation(self.application_id))
            await self.forecasts.remember_symbols()
            self.schedule.start()

    async def application_info(self) -> discord.AppInfo:
        """As told at login. ``is_owner`` asks for it before a command can defer: no request may keep that waiting."""
        return self.application or await super().application_info()

    async def sync_commands(self, token: str) -> None:
        """Log in only to send the commands to Discord, changed or not."""
        self._only_syncs = True
        await self.login(token)

    async def close(self) -> None:
        """Stop the schedule, end the job, leave Discord, close the database."""
        self.schedule.stop()
        await self.worker.close()
        await _last_words()
        await self.schedule.release()
        await self.forecasts.close()
        await super().close()
        self._engine.dispose()

    def dispatch(self, event_name: str, /, *args: Any, **kwargs: Any) -> None:
        """Drop events that come after the end: discord.py's delayed "ready" would have no event loop to run on."""
        if not self.is_closed():
            super().dispatch(event_name, *args, **kwargs)

    def _broken_trainings(self, now: datetime) -> tuple[Problem, ...]:
        """What members asked for is no scheduled job, and its failure no less an operator's matter."""
        return job_problems(JobFailure(at, why) for at, why in self._trainings.broken(now))

    async def _add_cogs(self) -> None:
        theme = self.settings.chart_theme
        await self.add_cog(ForecastCog(self.forecasts, theme, self.cooldowns))
        await self.add_cog(ScoresCog(self.forecasts, theme))
        await self.add_cog(TrackCog(self.forecasts, theme))
        await self.add_cog(CompareCog(self.forecasts, theme))
        await self.add_cog(ModelCog(self.forecasts))
        await self.add_cog(ExplainCog())
        await self.add_cog(AlertCog(self.forecasts, self.alerts, self._now))
        await self.add_cog(
            ReportCog(
                self.forecasts,
                self.subscriptions,
                self.schedule,
                self.report_sender,
                self.settings.time_zone,
                self._now,
            )
        )
        await self.add_cog(DetailsCog(self.forecasts, theme, self.cooldowns))
        limit = self.settings.watch_limit
        await self.add_cog(WatchCog(self.forecasts, self.watches, self._trainings, limit, self._now))
        await self.add_cog(RetrainCog(self.forecasts, self._trainings, self.watches, self._now))
        await self.add_cog(PrivacyCog(self.stored_data, lambda: self.worker.state))
        await self.add_cog(StatusCog(self.forecasts, self.schedule, self._security_changes))
        await self.add_cog(OpsCog(self._ops_channels, self._operators, self.schedule, self._now))
        await self.add_cog(HelpCog(self.tree))

    async def on_ready(self) -> None:
        """Also after each reconnect: which servers the bot is in may have changed unseen.

        None at all is Discord's problem, not a farewell.
        """
        log.info("Ready as %s in %d servers", self.user, len(self.guilds))
        if present := frozenset(server.id for server in self.guilds):
            await asyncio.to_thread(self.subscriptions.present, present, self._now())

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Perhaps not for the first time."""
        await asyncio.to_thread(self.subscriptions.come_back, guild.id)

    async def _forget_departed(self) -> None:
        """What a server asked for waits for the bot's return so long, and no longer."""
        if forgotten := await asyncio.to_thread(self.stored_data.forget_departed, self._now()):
            log.info("Deleted the settings of %d servers that the bot left long ago", forgotten)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await asyncio.to_thread(self.subscriptions.leave, guild.id, self._now())
