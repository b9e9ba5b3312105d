"""The answer to ``/status``: how old the data is, what runs, what ran and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import discord

from bot.interactions.formats import (
    AMBER,
    BLUE,
    MAX_FIELD_VALUE,
    fitting,
    moment,
    session_close,
    shortened,
    source_words,
)
from bot.interactions.progress import job_words, listed_symbols, progress_words
from bot.interactions.staleness import stale_badges, stale_symbols
from bot.jobs.job import JobKind, WorkerState
from bot.texts import Texts
from forecasting import ForecastReport, Run, SecurityChange, Symbol

KINDS: tuple[JobKind, ...] = ("retrain", "refresh")
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


def status_embed(texts: Texts, status: Status) -> discord.Embed:
    is_stale = bool(stale_symbols(status.reports, status.now))
    embed = discord.Embed(title=texts("status.title"), colour=AMBER if is_stale or status.changes else BLUE)
    embed.add_field(name=texts("status.forecasts"), value=_data(texts, status), inline=False)
    embed.add_field(name=texts("status.now"), value=_now(texts, status.jobs), inline=False)
    for kind in KINDS:
        told = _kind(texts, status.last_runs[kind], status.next_runs[kind])
        embed.add_field(name=texts(f"status.{kind}"), value=told)
    if status.changes:
        sentences = [shortened(change.sentence, ROOM_FOR_CHANGES) for change in reversed(status.changes)]
        changes = fitting(texts, sentences, ROOM_FOR_CHANGES)
        embed.add_field(name=texts("status.changes"), value=changes, inline=False)
    if status.problem is not None:
        problem = shortened(status.problem, MAX_FIELD_VALUE)
        embed.add_field(name=texts("status.problem"), value=problem, inline=False)
    source = source_words(texts, status.source)
    return embed.set_footer(text=texts("status.small_print", source=source, advice=texts("advice")))


def _data(texts: Texts, status: Status) -> str:
    lines = []
    if status.reports:
        newest, oldest = max(r.as_of for r in status.reports), min(r.as_of for r in status.reports)
        badge = stale_badges(texts, status.reports, status.now)
        counted = texts("status.newest", count=len(status.reports), session=session_close(newest))
        lines.append(f"{badge}{counted}")
        if oldest < newest:
            behind = [r.symbol for r in status.reports if r.as_of < newest]
            lines.append(texts("status.behind", session=session_close(oldest), symbols=listed_symbols(texts, behind)))
    if status.missing:
        lines.append(texts("status.missing", symbols=listed_symbols(texts, status.missing)))
    return fitting(texts, lines, MAX_FIELD_VALUE)


def _now(texts: Texts, jobs: WorkerState) -> str:
    if jobs.running is None and not jobs.waiting:
        return texts("status.idle")
    lines = [texts("status.running", job=progress_words(texts, jobs.running))] if jobs.running else []
    lines += [texts("status.waiting", job=job_words(texts, job)) for job in jobs.waiting]
    return fitting(texts, lines, MAX_FIELD_VALUE)


def _kind(texts: Texts, last: Run | None, next_at: datetime) -> str:
    lines = [texts("status.next", at=moment(next_at), in_time=moment(next_at, "R"))]
    if last is None:
        lines.append(texts("status.never"))
    else:
        ended = moment(last.finished_at)
        lines.append(texts("status.last", at=ended, ok=len(last.ok), failed=len(last.failed)))
        lines += [f"{failure.symbol}: {shortened(failure.message, 200)}" for failure in last.failed]
    return fitting(texts, lines, MAX_FIELD_VALUE)
