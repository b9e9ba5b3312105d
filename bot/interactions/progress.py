"""How far a job is, in words."""

from __future__ import annotations

from collections.abc import Sequence

from bot.interactions.formats import moment
from bot.jobs.job import Job, RunningJob
from bot.texts import Texts

MAX_LISTED = 12


def progress_words(texts: Texts, running: RunningJob) -> str:
    """``training of SPY, ARKK, started …: SPY, backtest (3 of 8)``"""
    job = texts("job.since", job=job_words(texts, running.job), when=moment(running.started_at, "R"))
    step = running.progress
    if step is None:
        return job
    stage = texts.named(f"job.stage_{step.stage}", step.stage)
    return texts("job.step", job=job, symbol=step.symbol, stage=stage, done=step.done, of=step.of)


def job_words(texts: Texts, job: Job) -> str:
    """``training of SPY, ARKK``"""
    return texts(f"job.{job.kind}", symbols=listed_symbols(texts, job.symbols))


def listed_symbols(texts: Texts, symbols: Sequence[str]) -> str:
    """``SPY, ARKK``; of more than MAX_LISTED the first ones, and the number of the others."""
    listed = ", ".join(symbols[:MAX_LISTED])
    left_out = len(symbols) - MAX_LISTED
    return texts("job.and_more", symbols=listed, count=left_out) if left_out > 0 else listed
