"""What is remembered of scheduled runs, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from bot.schedule.decision import ScheduledRun
from bot.schedule.records import RunRecords
from forecasting import Symbol

NOW = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
SPY, ARKK = Symbol("SPY"), Symbol("ARKK")


def test_a_scheduled_run_is_remembered_per_source_task_and_due_time(engine: Engine) -> None:
    records = RunRecords(engine, "simulated")
    records.begin("retrain", NOW, (SPY, ARKK), NOW)
    assert records.newest(NOW) == {("retrain", NOW): ScheduledRun("running", 1, NOW, (SPY, ARKK))}
    records.end("retrain", NOW, (ARKK,), "ARKK: not there")
    assert records.newest(NOW) == {("retrain", NOW): ScheduledRun("failed", 1, NOW, (ARKK,), problem="ARKK: not there")}
    records.begin("retrain", NOW, (ARKK,), LATER)
    assert records.newest(NOW)["retrain", NOW].problem is None
    records.interrupt("retrain", NOW)
    assert records.newest(NOW)["retrain", NOW].attempts == 1
    records.begin("retrain", NOW, (ARKK,), LATER)
    records.end("retrain", NOW, (), None)
    assert records.newest(NOW) == {("retrain", NOW): ScheduledRun("done", 2, LATER)}
    records.begin("refresh", LATER, (SPY,), LATER)
    records.end("refresh", LATER, (SPY,), "SPY: unknown", permanent=True)
    assert records.newest(NOW)["refresh", LATER].is_settled
    assert records.newest(LATER).keys() == {("refresh", LATER)}
    assert RunRecords(engine, "yahoo").newest(NOW) == {}
