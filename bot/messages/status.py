"""The answer to ``/status``: how old the data is, what runs, what ran and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import discord

from bot.messages.formats import (
    AMBER,
    BLUE,
    MAX_FIELD_VALUE,
    NOT_ADVICE,
    fitting,
    moment,
    session_close,
    shortened,
    source_words,
)
from bot.messages.staleness import stale_badges, stale_symbols
from bot.worker import Job, JobKind, RunningJob, WorkerState
from forecasting import ForecastReport, Run, SecurityChange, Symbol

KIND_NAMES: dict[JobKind, str] = {"retrain": "Training", "refresh": "Refresh"}
MAX_LISTED = 12
ROOM_FOR_CHANGES = 600
"""Characters: what else there is to tell can fill nearly the whole embed."""


@dataclass(frozen=True)
class Status:
    """All that ``/status`` tells.

    Attributes:
        reports: newest forecast of each ETF that has one.
        missing: ETFs of the universe that have none.
        next_runs: when each kind of job is due next.
        last_runs: the run that ended last, of each kind, where there was one.
        problem: what went wrong with the newest scheduled job, where it is not mended.
        changes: symbols that have come to mean another security, or none, of late.
        now: when it is told; prices that end too long before it are called stale.
    """

    source: str
    reports: Sequence[ForecastReport]
    missing: Sequence[Symbol]
    jobs: WorkerState
    next_runs: dict[JobKind, datetime]
    last_runs: dict[JobKind, Run | None]
    problem: str | None
    changes: Sequence[SecurityChange]
    now: datetime


def status_embed(status: Status) -> discord.Embed:
    is_stale = bool(stale_symbols(status.reports, status.now))
    embed = discord.Embed(title="How things stand", colour=AMBER if is_stale or status.changes else BLUE)
    embed.add_field(name="Forecasts", value=_data(status), inline=False)
    embed.add_field(name="Now", value=_now(status.jobs), inline=False)
    for kind, name in KIND_NAMES.items():
        embed.add_field(name=name, value=_kind(status.last_runs[kind], status.next_runs[kind]))
    if status.changes:
        sentences = [shortened(change.sentence, ROOM_FOR_CHANGES) for change in reversed(status.changes)]
        embed.add_field(name="Another security", value=fitting(sentences, ROOM_FOR_CHANGES), inline=False)
    if status.problem is not None:
        embed.add_field(name="What went wrong", value=shortened(status.problem, MAX_FIELD_VALUE), inline=False)
    return embed.set_footer(text=f"Made from {source_words(status.source)} · {NOT_ADVICE}")


def progress_words(running: RunningJob) -> str:
    """``training of SPY, ARKK since …: SPY, backtest, 3 of 8``"""
    words = f"{_job(running.job)}, since {moment(running.started_at, 'R')}"
    step = running.progress
    return words if step is None else f"{words}: {step.symbol}, {step.stage}, {step.done} of {step.of}"


def _job(job: Job) -> str:
    return f"{KIND_NAMES[job.kind].lower()} of {_listed(job.symbols)}"


def _listed(symbols: Sequence[str]) -> str:
    more = f" and {len(symbols) - MAX_LISTED} more" if len(symbols) > MAX_LISTED else ""
    return ", ".join(symbols[:MAX_LISTED]) + more


def _data(status: Status) -> str:
    lines = []
    if status.reports:
        newest, oldest = max(r.as_of for r in status.reports), min(r.as_of for r in status.reports)
        lines.append(
            f"{stale_badges(status.reports, status.now)}{len(status.reports)} ETFs, as of {session_close(newest)}"
        )
        if oldest < newest:
            behind = [r.symbol for r in status.reports if r.as_of < newest]
            lines.append(f"Behind, the oldest as of {session_close(oldest)}: {_listed(behind)}")
    if status.missing:
        lines.append(f"None yet for {_listed(status.missing)}")
    return fitting(lines, MAX_FIELD_VALUE)


def _now(jobs: WorkerState) -> str:
    if jobs.running is None and not jobs.waiting:
        return "No job is running."
    lines = [f"Running: {progress_words(jobs.running)}"] if jobs.running else []
    lines += [f"Waiting: {_job(job)}" for job in jobs.waiting]
    return fitting(lines, MAX_FIELD_VALUE)


def _kind(last: Run | None, next_at: datetime) -> str:
    lines = [f"Next: {moment(next_at)} ({moment(next_at, 'R')})"]
    if last is None:
        lines.append("Never ran yet")
    else:
        lines.append(f"Last: {moment(last.finished_at)}, {len(last.ok)} done, {len(last.failed)} failed")
        lines += [f"{failure.symbol}: {shortened(failure.message, 200)}" for failure in last.failed]
    return fitting(lines, MAX_FIELD_VALUE)
