"""What is due: a pure function of the time and of the records. Nothing here asks a clock, a database or Discord."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Literal

from bot.calendar.weektime import WEEK
from bot.cogs.report.deliveries import Delivery, ReportKey
from bot.cogs.report.due import PostReports, due_reports
from bot.cogs.report.subscriptions import Subscription
from bot.delivery import Outage
from bot.schedule.timetable import Timetable
from forecasting import NYSE, Symbol, exchange_of

Task = Literal["retrain", "missing", "refresh", "report"]
"""The weekly training; the training of what has no forecast at all; new forecasts of the models at hand; the reports.

How far each report got is in the deliveries. A run of it is on record only where it broke as a whole.
"""

RunState = Literal["running", "done", "failed"]

RETRY_AFTER: Final = (timedelta(minutes=10), timedelta(minutes=30), timedelta(hours=2))
"""From each failed attempt at a job to the next one."""
MAX_ATTEMPTS: Final = len(RETRY_AFTER) + 1


@dataclass(frozen=True)
class ScheduledRun:
    """How far the bot got with a job that it owed.

    Attributes:
        state: ``running`` if the bot stopped in the middle; ``failed`` if symbols remain.
        attempts: so far, the running one included.
        remaining: symbols still to be done, or given up.
        permanent: whether trying again can change nothing.
        problem: what went wrong, as a sentence for each symbol.
    """

    state: RunState
    attempts: int
    tried_at: datetime
    remaining: tuple[Symbol, ...] = ()
    permanent: bool = False
    problem: str | None = None

    @property
    def is_settled(self) -> bool:
        """Nothing more will be tried."""
        return self.state == "done" or self.permanent or self.attempts >= MAX_ATTEMPTS

    def is_ready(self, now: datetime) -> bool:
        """Whether it may be tried again: at once if the bot stopped in the middle."""
        if self.is_settled:
            return False
        return self.state == "running" or now >= self.tried_at + RETRY_AFTER[self.attempts - 1]


@dataclass(frozen=True)
class Records:
    """What the decision needs from the database.

    Attributes:
        first_start: when a bot first ran on this database; nothing before it is overdue.
        universe: every ETF that the weekly job trains, those that servers follow included.
        missing: those of them that have no stored forecast.
        runs: by task and due time; at least those due at ``oldest_run`` or later.
        subscriptions: of the servers that the bot is in; at least those that have something due.
        deliveries: of the newest report of each of them, if there was one.
        outage: the newest one of Discord, if it is over.
    """

    first_start: datetime
    universe: tuple[Symbol, ...]
    missing: tuple[Symbol, ...] = ()
    runs: Mapping[tuple[Task, datetime], ScheduledRun] = field(default_factory=dict)
    subscriptions: tuple[Subscription, ...] = ()
    deliveries: Mapping[ReportKey, Delivery] = field(default_factory=dict)
    outage: Outage | None = None


@dataclass(frozen=True)
class RunJob:
    """Run the task owed at ``due_at`` for these symbols."""

    task: Task
    due_at: datetime
    symbols: tuple[Symbol, ...]


Step = RunJob | PostReports


def oldest_run(now: datetime, universe: Iterable[Symbol], timetable: Timetable) -> datetime:
    """No run that was due before this has a say at ``now``."""
    refreshes = (timetable.newest_refresh(now, exchange) for exchange in {NYSE, *map(exchange_of, universe)})
    # A training can be tried until the next one is due, and makes up for a refresh that became due before.
    return min(timetable.retrain.newest(now), *refreshes) - 2 * WEEK


def due(now: datetime, records: Records, timetable: Timetable) -> tuple[Step, ...]:
    """What to do at ``now``, in this order. Empty if everything is done or has to wait."""
    weekly = timetable.retrain.newest(now)
    if weekly <= records.first_start:
        return (
            *_posts(now, records, timetable),
            *_missing(now, records, records.first_start),
            *_refresh(now, records, timetable),
        )
    retrain = records.runs.get(("retrain", weekly))
    if retrain is None:
        return (RunJob("retrain", weekly, records.universe),)
    if retrain.is_ready(now):
        return (RunJob("retrain", weekly, retrain.remaining or records.universe),)
    if not retrain.is_settled:
        return _refresh(now, records, timetable)
    not_retrained = () if retrain.state == "done" else retrain.remaining or records.universe
    return (
        *_posts(now, records, timetable, not_retrained),
        *_missing(now, records, weekly, given_up=retrain.remaining),
        *_refresh(now, records, timetable),
    )


def next_step(steps: Iterable[Step], tried: Collection[ReportKey]) -> Step | None:
    """The first step, where these reports have been tried; None if nothing is left to do."""
    left = (step.without(tried) if isinstance(step, PostReports) else step for step in steps)
    return next((step for step in left if isinstance(step, RunJob) or step.reports), None)


def _missing(
    now: datetime, records: Records, due_at: datetime, given_up: tuple[Symbol, ...] = ()
) -> tuple[RunJob, ...]:
    """Train what has no forecast: at the first start, or after the universe grew. Once a week, plus retries."""
    run = records.runs.get(("missing", due_at))
    wanted = tuple(symbol for symbol in records.missing if symbol not in given_up)
    if not wanted or (run is not None and not run.is_ready(now)):
        return ()
    return (RunJob("missing", due_at, wanted),)


def _refresh(now: datetime, records: Records, timetable: Timetable) -> tuple[RunJob, ...]:
    """New forecasts once each exchange has closed, for its ETFs; one job for those that close at the same time."""
    by_due: dict[datetime, list[Symbol]] = {}
    for symbol in records.universe:
        if symbol not in records.missing:
            by_due.setdefault(timetable.newest_refresh(now, exchange_of(symbol)), []).append(symbol)
    jobs = []
    for due_at, symbols in sorted(by_due.items()):
        run = records.runs.get(("refresh", due_at))
        if due_at <= records.first_start or _was_retrained_since(due_at, records):
            continue
        if run is None:
            jobs.append(RunJob("refresh", due_at, tuple(symbols)))
        elif run.is_ready(now):
            jobs.append(RunJob("refresh", due_at, run.remaining or tuple(symbols)))
    return tuple(jobs)


def _refreshed(now: datetime, records: Records, timetable: Timetable) -> date | None:
    """The newest session in New York, if nothing more will be tried for its refresh; else None."""
    due_at = timetable.newest_refresh(now)
    run = records.runs.get(("refresh", due_at))
    is_over = run is not None and run.is_settled
    if not (is_over or due_at <= records.first_start or _was_retrained_since(due_at, records)):
        return None
    return timetable.session_of_refresh(due_at)


def _was_retrained_since(moment: datetime, records: Records) -> bool:
    """A training of the universe after ``moment`` has made the forecasts that a refresh would make."""
    return any(
        task == "retrain" and run.state == "done" and run.tried_at >= moment for (task, _), run in records.runs.items()
    )


def _posts(
    now: datetime, records: Records, timetable: Timetable, not_retrained: tuple[Symbol, ...] = ()
) -> tuple[PostReports, ...]:
    if set(records.missing) >= set(records.universe):
        return ()
    refreshed = _refreshed(now, records, timetable)
    reports = due_reports(now, records.subscriptions, records.deliveries, records.outage, refreshed)
    if not reports:
        return ()
    step = PostReports(reports, not_retrained)
    broken = records.runs.get(("report", step.due_at))
    return (step,) if broken is None or broken.is_ready(now) else ()
