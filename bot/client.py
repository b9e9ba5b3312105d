"""ForecastBot, the client that Discord meets, and ``build_bot``, which puts the whole program together."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, Final, Self

import aiohttp
import discord
from discord.ext import commands
from discord.state import ConnectionState
from sqlalchemy import Engine

from bot.calendar.zones import zones
from bot.cogs import find_features
from bot.cogs.report.sender import report_sender
from bot.delivery import Outbox, unanswered_posts_end
from bot.forecasts.chart_process import ChartProcess
from bot.forecasts.door import Forecasts
from bot.forecasts.trainings import Trainings
from bot.interactions.arrivals import Arrivals
from bot.interactions.cooldowns import Cooldowns
from bot.interactions.feature_bot import FeatureBot
from bot.interactions.live_answer import EditPace
from bot.interactions.login import EXIT_BAD_SETTINGS, explained
from bot.interactions.registration import Registration
from bot.interactions.shard_connections import LoginTurns, ShardConnection, ShardedState
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
FIRST_PAUSE: float = 5.0
LONGEST_PAUSE: Final = 600.0
"""Seconds between two attempts to log in or to connect, which double."""
FIRST_RESYNC: float = 600.0
LONGEST_RESYNC: Final = 6 * 3600.0
"""The same for sending commands that Discord refused."""
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


class ForecastBot(FeatureBot):
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
        self.shards = settings.shards
        only = self.shards.ids[0] if len(self.shards.ids) == 1 else None
        super().__init__(
            shard_id=only,
            shard_count=self.shards.count,
            command_prefix=commands.when_mentioned,  # there are slash commands only
            help_command=None,
            tree_cls=ForecastTree,
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=unanswered_posts_end(),
            max_ratelimit_timeout=MAX_WAIT,
        )
        self.connections = () if only is not None else tuple(ShardConnection(self, n) for n in self.shards.ids)
        """Those of several shards. One shard, or a bot without shards, has the client's own."""
        self.login_turns = LoginTurns(engine, now)
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
        self._is_set_up = False
        self._resync: asyncio.Task[None] | None = None
        parsers = self._connection.parsers
        for name, parse in tuple(parsers.items()):
            parsers[name] = partial(_parse, name, parse)
        self.arrivals = Arrivals(parsers["INTERACTION_CREATE"])
        parsers["INTERACTION_CREATE"] = self.arrivals.put

    async def login(self, token: str) -> None:
        """Log in. What may pass by itself is waited out: only a bad token or a bad setting ends the bot.

        Raises:
            discord.LoginFailure: Discord refuses the token.
            BadSettings: the database cannot be used.
        """
        for attempt in count():
            try:
                await super().login(token)
            except Exception as error:
                failure = explained(error, understood=self.application is not None)
                if failure is None or failure.exit_code == EXIT_BAD_SETTINGS or self._is_set_up or self._only_syncs:
                    raise
                await self._wait_out(str(failure), attempt)
                await self.http.close()
                self.http.connector = discord.utils.MISSING  # closed with its session
            else:
                return

    def _get_state(self, **options: Any) -> ConnectionState[Any]:
        if len(self.shards.ids) < 2:
            return super()._get_state(**options)
        parts = {"dispatch": self.dispatch, "handlers": self._handlers, "hooks": self._hooks, "http": self.http}
        return ShardedState(self.shards.ids, **parts, **options)

    async def connect(self, *, reconnect: bool = True) -> None:
        """Stay connected, with every shard of this process."""
        if not self.connections:
            await self._stay_connected(self, super().connect, reconnect=reconnect)
            return
        await asyncio.gather(
            *(self._stay_connected(shard, shard.connect, reconnect=reconnect) for shard in self.connections)
        )

    async def _stay_connected(
        self, shard: Self | ShardConnection, connect: Callable[..., Coroutine[Any, Any, None]], *, reconnect: bool
    ) -> None:
        """discord.py gives up where the very first connection fails, and where it meets what it cannot read."""
        for attempt in count():
            try:
                if shard.shard_id is not None:
                    _, _, limit = await self.http.get_bot_gateway()
                    self.login_turns.max_concurrency = limit["max_concurrency"]
                    await self.login_turns.wait(shard.shard_id)  # not while Discord waits for a login
                await connect(reconnect=reconnect)
            except (discord.ConnectionClosed, discord.PrivilegedIntentsRequired):
                raise
            except Exception as error:
                if self.is_closed() or not reconnect:
                    raise
                log.debug("The connection broke", exc_info=True)
                if shard.ws is not None:
                    await shard.ws.close()  # or its heart beats on
                await self._wait_out(f"The connection to Discord broke ({type(error).__name__}).", attempt)
            else:
                return

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait for the shard's turn to log in again."""
        if shard_id is None:
            await super().before_identify_hook(shard_id, initial=initial)
        elif not initial:
            await self.login_turns.wait(shard_id)

    @property
    def is_connected(self) -> bool:
        """Whether Discord has told all, and every shard is connected."""
        if not self.is_ready() or self.is_closed():
            return False
        return all(shard.is_open for shard in self.connections) if self.connections else self.ws.open

    @property
    def latency(self) -> float:
        """Seconds that Discord took to answer the last heartbeat; of several shards that of the slowest."""
        slowest = max((shard.ws.latency for shard in self.connections if shard.ws is not None), default=math.nan)
        return slowest if self.connections else super().latency

    async def _wait_out(self, what: str, attempt: int) -> None:
        pause = min(FIRST_PAUSE * 2**attempt, LONGEST_PAUSE)
        log.error("%s Trying again in %.0f s", what, pause)
        await asyncio.sleep(pause)

    async def setup_hook(self) -> None:
        """Do what needs the database or the event loop. discord.py calls this after the login, before it connects."""
        self._is_set_up = True
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
            self._resync = asyncio.create_task(self._sync_later(self.application_id))
        if not self._only_syncs:
            if self.can_be_invited:
                always = max(logging.INFO, log.getEffectiveLevel())  # whatever LOG_LEVEL: nobody can do without it
                log.log(always, "Invite the bot to a server: %s", invitation(self.application_id))
            await self.forecasts.remember_symbols()
            self.schedule.start()

    async def _sync_later(self, application_id: int) -> None:
        """Send the commands again, ever more rarely: Discord takes only so many a day."""
        for attempt in count():
            await asyncio.sleep(min(FIRST_RESYNC * 2**attempt, LONGEST_RESYNC))
            try:
                await self._registration.sync(self.tree, application_id)
            except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                log.warning("Discord did not accept the commands: %s", reason_of(error))
            else:
                return

    async def add_features(self) -> None:
        """Add the commands and buttons of every feature, and what it does after each run of the schedule."""
        for setup in FEATURES:
            await setup(self)

    async def application_info(self) -> discord.AppInfo:
        """As received at login: ``is_owner`` needs it before a command can defer, so it must not cost a request."""
        return self.application or await super().application_info()

    async def sync_commands(self, token: str) -> None:
        """Log in only to send the commands to Discord, changed or not."""
        self._only_syncs = True
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
        leaving = asyncio.create_task(super().close())  # first, so that discord.py does not connect again
        await asyncio.sleep(0)
        await asyncio.gather(*(shard.ws.close(code=1000) for shard in self.connections if shard.ws is not None))
        await leaving
        await self.login_turns.close()
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


def _parse(name: str, parse: Callable[[Any], None], data: Any) -> None:
    """Have discord.py read an event. One that it cannot read would end its connection, and with that the bot."""
    try:
        parse(data)
    except Exception:
        log.exception("Discord sent an event %s that cannot be read", name)


async def _finish_commands() -> None:
    """Wait a short time for commands under way, which say that their job was stopped."""
    if invoked := commands_under_way():
        await asyncio.wait(invoked, timeout=SHUTDOWN_SECONDS)


def commands_under_way() -> set[asyncio.Task[Any]]:
    """The tasks of commands that have not ended, without the one that asks."""
    return {task for task in asyncio.all_tasks() if task.get_name() == COMMANDS_TASK} - {asyncio.current_task()}
