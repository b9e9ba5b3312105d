"""How far a job is, in words."""

from __future__ import annotations

from collections.abc import Sequence

from bot.interactions.formats import moment
from bot.jobs.job import Job, RunningJob
from bot.texts import IN_ENGLISH, Texts

STAGES = ("prices", "backtest", "fit", "calibrate", "report")
"""Those that a job tells; what it may tell one day is shown as it is."""
MAX_LISTED = 12


def progress_words(running: RunningJob, texts: Texts = IN_ENGLISH) -> str:
    """``training of SPY, ARKK since …: SPY, backtest, 3 of 8``"""
    job = texts("status.since", job=job_words(running.job, texts), when=moment(running.started_at, "R"))
    step = running.progress
    if step is None:
        return job
    stage = texts(f"status.stage_{step.stage}") if step.stage in STAGES else step.stage
    return texts("status.step", job=job, symbol=step.symbol, stage=stage, done=step.done, of=step.of)


def job_words(job: Job, texts: Texts) -> str:
    return texts(f"status.job_{job.kind}", symbols=listed_symbols(job.symbols, texts))


def listed_symbols(symbols: Sequence[str], texts: Texts) -> str:
    listed = ", ".join(symbols[:MAX_LISTED])
    left_out = len(symbols) - MAX_LISTED
    return texts("status.and_more", symbols=listed, count=left_out) if left_out > 0 else listed
