"""The jobs that the bot has started: what they know, what they tell, and how they fail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from bot.forecasts.door import Forecasts
from bot.jobs.job import JobFailed, WorkerState
from forecasting import Symbol
from tests.bot.forecasts.conftest import FRIDAY_EVENING

OPENING = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(("now", "as_of"), [(FRIDAY_EVENING, date(2026, 11, 20)), (OPENING, date(2026, 11, 19))])
async def test_jobs_know_prices_up_to_the_last_completed_session(
    door: Callable[..., Forecasts], now: datetime, as_of: date
) -> None:
    told: list[WorkerState] = []
    forecasts = door(now=now)
    stop_listening = forecasts.listen(told.append)
    assert (await forecasts.retrain([Symbol("SPY")])).ok == ("SPY",)
    stop_listening()
    assert (await forecasts.retrain()).ok == forecasts.universe.symbols
    assert (await forecasts.refresh()).ok == forecasts.universe.symbols
    steps = [state.running.progress for state in told if state.running is not None and state.running.progress]
    assert [(step.symbol, step.stage) for step in steps] == [("retrain", as_of.isoformat())]


async def test_a_failed_job_is_raised(door: Callable[..., Forecasts]) -> None:
    with pytest.raises(JobFailed):
        await door(program="raise SystemExit(1)").retrain()
