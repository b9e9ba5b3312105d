"""The answer to ``/retrain``."""

from __future__ import annotations

from bot.interactions.formats import MAX_CONTENT, fitting
from bot.jobs.job import JobResult
from bot.texts import Texts


def result(texts: Texts, done: JobResult) -> str:
    """Which ETFs were trained, and why others were not."""
    lines = [texts("retrain.done", symbols=", ".join(done.ok))] if done.ok else []
    lines += [
        texts("retrain.failed", symbol=failure.symbol, message=texts.said(failure.message)) for failure in done.failed
    ]
    return fitting(texts, lines, MAX_CONTENT)
