"""What tests of messages share: a moment, extreme reports and the limits of Discord."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import discord

from bot.jobs.job import Job, WorkerState
from forecasting import ForecastReport, Symbol
from tests.support.reports import AS_OF, LSTM, made_report

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
IDLE = WorkerState(None, ())
BEHIND = [made_report(), made_report("SPY", as_of=date(2026, 11, 6))]
JOB = Job("retrain", (Symbol("SPY"), Symbol("ARKK")), AS_OF)


def extreme(count: int) -> list[ForecastReport]:
    """As many ETFs with the longest names and dearest prices."""
    return [
        replace(
            made_report(f"LONGTICKER{number:05}", name="N" * 100, last_close=98_765_432.1),
            notes=("A note that goes on and on. " * 20,) * 5,
            scores=dict.fromkeys(made_report().scores, replace(LSTM, mae=9_876_543.2, mse=9.7e13, rmse=9_876_543.2)),
        )
        for number in range(count)
    ]


def assert_within_limits(embed: discord.Embed) -> None:
    """As Discord documents them."""
    assert len(embed) <= 6000
    assert len(embed.title or "") <= 256
    assert len(embed.description or "") <= 4096
    assert len(embed.fields) <= 25
    assert all(0 < len(field.name or "") <= 256 and 0 < len(field.value or "") <= 1024 for field in embed.fields)
    assert len(embed.footer.text or "") <= 2048
