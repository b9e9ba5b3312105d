"""Schedule: runs what is due. ``decision.due`` decides; APScheduler only says when to check."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import Engine

from bot.cogs.report.deliveries import ReportKey
from bot.cogs.report.due import PostReports
from bot.cogs.watch.store import Watches, served
from bot.delivery import Outage
from bot.forecasts.door import Forecasts
from bot.interactions.failures import schedule_stands_still
from bot.jobs.job import JobFailure, JobKind
from bot.schedule.decision import Records, RunJob, due, next_step, oldest_run
from bot.schedule.open_reports import OpenReports
from bot.schedule.posting import SILENCE, Posting
from bot.schedule.records import RunRecords
from bot.schedule.steps import Steps
from bot.schedule.timetable import Timetable
from bot.settings.shards import Shards
from forecasting import Lease, storage_failure

log = logging.getLogger(__name__)

TICK_MINUTES: Final = 5
"""Minutes between checks other than the due times: for retries, and after the clock was set."""

SHARDS_TICK_MINUTES: Final = 1
"""The same where several processes post, which have to notice what the schedule's owner has done."""

HEARTBEAT_SECONDS: Final = 15
"""How often the leases are renewed; see ``SILENCE``."""

GRACE: Final = timedelta(hours=6)
"""How late APScheduler may still start a check. Its default of one second loses a run to a busy event loop."""

NEXT_REPORT: Final = "next report"
TAKEOVER: Final = "takeover"


def due_triggers(table: Timetable) -> dict[str, CronTrigger]:
    """At the due times of the timetable. Days go by name: APScheduler's numbers start on Monday, cron's on Sunday."""
    weekly, daily = table.retrain_time, table.refresh_time
    return {
        "weekly retrain": CronTrigger(
            day_of_week=table.retrain_day, hour=weekly.hour, minute=weekly.minute, timezone=table.zone
        ),
        "refresh": CronTrigger(hour=daily.hour, minute=daily.minute, timezone=table.zone),
    }


class Schedule:
    """Owns the schedule of one database while it can, and makes up for what was missed.

    With shards its owner runs the jobs, and each process posts to the servers of its own shards.
    """

    def __init__(
        self,
        engine: Engine,
        forecasts: Forecasts,
        post_reports: Callable[[PostReports], Awaitable[None]],
        timetable: Timetable,
        now: Callable[[], datetime],
        outage: Callable[[], Outage | None],
        shards: Shards,
    ) -> None:
        """``outage`` is the newest one of Discord, if it is over; ``shards`` are those of this process."""
        self.engine = engine
        self._lease = Lease(engine, "schedule", dead_after=SILENCE)
        self._posting = Posting(engine, shards, now)
        self._tick_minutes = TICK_MINUTES if shards.count is None else SHARDS_TICK_MINUTES
        self._steps = Steps(RunRecords(engine, forecasts.source), forecasts, post_reports, now)
        self._forecasts = forecasts
        self._reports = OpenReports(engine)
        self._watches = Watches(engine)
        self._timetable = timetable
        self._now = now
        self._outage = outage
        self.post_run: list[Callable[[], Awaitable[None]]] = []
        """Called after each run, by the bot that owns the schedule and by those that post."""
        self._turn = asyncio.Lock()
        self._checks: set[asyncio.Task[None]] = set()
        self._is_closed = False
        self._standstill: JobFailure | None = None
        """Why no scheduled work is done at all. In memory: what fails may be the database."""
        self._scheduler = AsyncIOScheduler(
            timezone=timetable.zone,
            job_defaults={"misfire_grace_time": int(GRACE.total_seconds()), "coalesce": True, "max_instances": 1},
        )

    def start(self) -> None:
        """Look at once, at every due time, and every few minutes. Needs the running event loop."""
        scheduler = self._scheduler
        scheduler.add_listener(_log_event, EVENT_JOB_MISSED | EVENT_JOB_ERROR | EVENT_JOB_MAX_INSTANCES)
        scheduler.add_job(self._check, id="start")
        for name, trigger in due_triggers(self._timetable).items():
            scheduler.add_job(self._check, trigger, id=name)
        scheduler.add_job(self._check, IntervalTrigger(minutes=self._tick_minutes), id="tick")
        scheduler.add_job(self._beat, IntervalTrigger(seconds=HEARTBEAT_SECONDS), id="heartbeat")
        scheduler.start()

    def stop(self) -> None:
        """Start nothing more. What is under way goes on: posts to their end, a job until the worker ends it."""
        self._is_closed = True
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def release(self) -> None:
        """Wait until what was under way is written down, and leave the schedule to the next bot."""
        await asyncio.gather(*self._checks, return_exceptions=True)
        async with self._turn:
            try:
                if self._lease.is_held:
                    await asyncio.to_thread(self._lease.release)
                await asyncio.to_thread(self._posting.release)
            except Exception as error:  # the next bot finds this process gone
                if (failure := storage_failure(error)) is None:
                    raise
                log.warning("The schedule's leases were not given back. %s", failure)

    async def run_due(self) -> None:
        """Do everything that is due now: retrain, report, refresh. Returns when nothing is left that needn't wait.

        A step that breaks keeps no other from being done, and is due again when its back-off is over.
        """
        async with self._turn:
            if self._is_closed:
                return
            try:
                await self._run_due()
            except Exception as error:
                failure = storage_failure(error)
                words = schedule_stands_still(None if failure is None else str(failure), self._tick_minutes)
                self._standstill = JobFailure(self._now(), words)
                raise
            self._standstill = None

    async def _run_due(self) -> None:
        if not await asyncio.to_thread(self._keep_leases):
            self._reports.forget()
            log.info("Another bot on this database owns the schedule")
            return
        tried: set[ReportKey] = set()  # what did not get through has to wait, so each report is tried once in a run
        try:
            while self._goes_on() and (step := next_step(await asyncio.to_thread(self._due), tried)) is not None:
                if isinstance(step, PostReports):
                    tried.update(report.key for report in step.reports)
                else:
                    await asyncio.to_thread(self._posting.give_back)  # not for as long as a job takes
                if not await self._steps.take(step):
                    break  # another job holds the database: all this is still due at the next check
            await asyncio.to_thread(self._stand_in)
            for hook in self.post_run:
                await self._call(hook)
        finally:
            await asyncio.to_thread(self._posting.give_back)
        await self.plan_next_report()

    @property
    def is_owner(self) -> bool:
        """Whether this process has the schedule: one of all does."""
        return self._lease.is_held

    def posts_to(self, server_id: int | None) -> bool:
        """Whether this process posts to that server, or direct messages."""
        return self._posting.may_post(server_id)

    def next_runs(self) -> dict[JobKind, datetime]:
        """When each kind of job is due next."""
        now = self._now()
        return {"retrain": self._timetable.retrain.next(now), "refresh": self._timetable.next_refresh(now)}

    async def plan_next_report(self) -> None:
        """Have APScheduler run when the next report is due.

        Its clock is the machine's and may differ from the bot's, so what counts is how long to wait.
        """
        moment = await asyncio.to_thread(self._reports.next, self._now())
        if moment is None or self._is_closed or not self._scheduler.running:
            return
        wait = moment - self._now()
        at = datetime.now(UTC) + wait
        self._scheduler.add_job(self._check, DateTrigger(at), id=NEXT_REPORT, replace_existing=True)

    async def problem(self) -> str | None:
        """What went wrong with the newest scheduled work; None if a later run succeeded."""
        return "\n".join(failure.sentences for failure in await self.failures()) or None

    async def failures(self) -> tuple[JobFailure, ...]:
        """What went wrong with the newest scheduled work, by due time; from memory while the database fails."""
        standstill = self._standstill
        try:
            failed = await asyncio.to_thread(self._steps.failure)
        except Exception as error:
            if (failure := storage_failure(error)) is None:
                raise
            failed = None
            standstill = standstill or JobFailure(self._now(), str(failure))
        return tuple(found for found in (standstill, *self._steps.broken(), failed) if found is not None)

    async def _check(self) -> None:
        # A task of its own, because APScheduler cancels its jobs at its end, even in the middle of a post.
        check = asyncio.create_task(self.run_due())
        self._checks.add(check)
        check.add_done_callback(self._checks.discard)
        try:
            await asyncio.shield(check)
        except asyncio.CancelledError:
            if not self._is_closed:
                raise
        except Exception as error:
            if (failure := storage_failure(error)) is None:
                raise
            log.error("The schedule stands still. %s", failure)  # noqa: TRY400 - its trace says no more

    async def _beat(self) -> None:
        """Renew the leases, or take them over and look at once. If the database fails, the next beat may succeed."""
        before = self._held
        try:
            if new := await asyncio.to_thread(self._keep_leases) - before:
                log.info("This bot has taken over: %s", ", ".join(sorted(new)))
                self._scheduler.add_job(self._check, id=TAKEOVER, replace_existing=True)
        except Exception as error:
            if (failure := storage_failure(error)) is None:
                raise
            log.warning("The schedule's leases were not renewed. %s", failure)

    async def _call(self, hook: Callable[[], Awaitable[None]]) -> None:
        """Call a hook. If it fails, the other hooks and the schedule go on; the next run calls it again."""
        try:
            await hook()
        except Exception:
            log.exception("A hook after a run of the schedule broke")

    def _goes_on(self) -> bool:
        """Whether the bot still runs and still holds a lease: it loses it if its heartbeat came too late."""
        return not self._is_closed and bool(self._held)

    @property
    def _held(self) -> frozenset[str]:
        """What this bot has: the schedule, whose owner runs the jobs, and the posts of shards."""
        return self._posting.held | ({self._lease.name} if self._lease.is_held else frozenset())

    def _keep_leases(self) -> frozenset[str]:
        self._lease.claim(self._now())
        self._posting.keep()
        return self._held

    def _stand_in(self) -> None:
        """The schedule's owner posts for processes that are gone."""
        if self._lease.is_held:
            self._posting.stand_in()

    def _due(self) -> tuple[RunJob | PostReports, ...]:
        self._stand_in()
        now = self._now()
        steps = due(now, self._load(now), self._timetable)
        return steps if self._lease.is_held else tuple(step for step in steps if isinstance(step, PostReports))

    def _load(self, now: datetime) -> Records:
        symbols = served(self._forecasts.universe, self._watches, now)
        subscriptions, deliveries = self._reports.at(now)
        return Records(
            first_start=self._lease.first_taken(),
            universe=symbols,
            missing=self._forecasts.missing_now(symbols),
            runs=self._steps.runs(oldest_run(now, symbols, self._timetable)),
            subscriptions=tuple(to for to in subscriptions if self.posts_to(to.server_id)),
            deliveries=deliveries,
            outage=self._outage(),
        )


def _log_event(event: JobEvent) -> None:
    """Log APScheduler's own problems. A check skipped because the last one still runs is no problem."""
    if isinstance(event, JobExecutionEvent) and event.exception is not None:
        log.error("The schedule's job %r broke", event.job_id, exc_info=event.exception)
    elif event.code == EVENT_JOB_MISSED:
        log.error("The schedule's job %r was missed by more than %s", event.job_id, GRACE)
    else:
        log.info("The schedule's job %r is still at work from last time", event.job_id)
