"""The answer to ``/status``: how old the data is, what runs, what ran and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import discord

from bot.interactions.formats import (
    MAX_FIELD_VALUE,
    add_list,
    answer_embed,
    closed_at,
    fitting,
    moment,
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
"""Characters. The other fields can fill nearly the whole embed."""


@dataclass(frozen=True)
class Status:
    """What ``/status`` shows.

    Attributes:
        source: of the prices.
        reports: the newest forecast of each ETF that has one.
        missing: ETFs of the universe that have none.
        jobs: the running and the waiting jobs.
        next_runs: when each kind of job is due next.
        last_runs: the run of each kind that ended last, or None.
        problem: what went wrong with the newest scheduled job, if it is still unsolved.
        changes: recent changes of what a ticker stands for.
        now: decides which prices are stale.
        shard: the number of the server's shard, from 0, and how many there are; None if servers are not divided.
        is_readable: whether the database could be read; if not, this is what the bot knows without it.
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
    shard: tuple[int, int] | None = None
    is_readable: bool = True


def status_embed(texts: Texts, status: Status) -> discord.Embed:
    """Amber if prices are stale, a ticker has changed its meaning, or the database cannot be read."""
    small_print = texts("status.small_print", source=source_words(texts, status.source))
    if status.shard is not None:
        small_print += texts("status.shard", number=status.shard[0], count=status.shard[1])
    embed = answer_embed(
        texts("status.title"),
        warns=bool(stale_symbols(status.reports, status.now) or status.changes) or not status.is_readable,
        footer=small_print,
    )
    embed.add_field(name=texts("status.forecasts"), value=_data(texts, status), inline=False)
    embed.add_field(name=texts("status.now"), value=_now(texts, status.jobs), inline=False)
    for kind in KINDS:
        runs = _runs(texts, status, kind)
        embed.add_field(name=texts(f"status.{kind}"), value=runs)
    changes = [texts.said(change.sentence) for change in reversed(status.changes)]
    add_list(texts, embed, texts("status.changes"), changes, ROOM_FOR_CHANGES, ROOM_FOR_CHANGES)
    problems = ["\n".join(map(texts.said, (status.problem or "").splitlines()))] if status.problem else []
    add_list(texts, embed, texts("status.problem"), problems, MAX_FIELD_VALUE)
    return embed


def _data(texts: Texts, status: Status) -> str:
    if not status.is_readable:
        return texts("status.unreadable")
    lines = []
    if status.reports:
        newest, oldest = max(status.reports, key=closed_at), min(status.reports, key=closed_at)
        badge = stale_badges(texts, status.reports, status.now)
        newest_line = texts.counted("status.newest", len(status.reports), session=moment(closed_at(newest)))
        lines.append(f"{badge}{newest_line}")
        if oldest.as_of < newest.as_of:
            behind = [r.symbol for r in status.reports if r.as_of < newest.as_of]
            lines.append(
                texts("status.behind", session=moment(closed_at(oldest)), symbols=listed_symbols(texts, behind))
            )
    if status.missing:
        lines.append(texts("status.missing", symbols=listed_symbols(texts, status.missing)))
    return fitting(texts, lines, MAX_FIELD_VALUE)


def _now(texts: Texts, jobs: WorkerState) -> str:
    if jobs.running is None and not jobs.waiting:
        return texts("status.idle")
    lines = [texts("status.running", job=progress_words(texts, jobs.running))] if jobs.running else []
    lines += [texts("status.waiting", job=job_words(texts, job)) for job in jobs.waiting]
    return fitting(texts, lines, MAX_FIELD_VALUE)


def _runs(texts: Texts, status: Status, kind: JobKind) -> str:
    last, next_at = status.last_runs.get(kind), status.next_runs[kind]
    lines = [texts("status.next", at=moment(next_at), in_time=moment(next_at, "R"))]
    if last is None and status.is_readable:
        lines.append(texts("status.never"))
    elif last is not None:
        ended = moment(last.finished_at)
        lines.append(texts("status.last", at=ended, ok=len(last.ok), failed=len(last.failed)))
        lines += [f"{failure.symbol}: {shortened(texts.said(failure.message), 200)}" for failure in last.failed]
    return fitting(texts, lines, MAX_FIELD_VALUE)
