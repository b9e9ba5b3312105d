"""The answer to ``/status`` in words, inside Discord's limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.cogs.status.message import Status, status_embed
from bot.jobs.job import Job, Progress, RunningJob, WorkerState
from bot.texts import Texts
from forecasting import Failure, Run, Symbol
from tests.support.messages import IDLE, JOB, NOW, assert_within_limits, extreme
from tests.support.reports import AS_OF, made_report


def status(**changes: object) -> Status:
    facts = Status(
        source="simulated",
        reports=[made_report("SPY")],
        missing=(),
        jobs=IDLE,
        next_runs={"retrain": NOW, "refresh": NOW},
        last_runs={"retrain": None, "refresh": None},
        problem=None,
        changes=(),
        now=NOW,
    )
    return replace(facts, **changes)


class TestStatus:
    def field(self, shown: Status, name: str) -> str:
        return next(field.value or "" for field in status_embed(Texts(), shown).fields if field.name == name)

    def test_progress_and_queue(self) -> None:
        running = RunningJob(JOB, NOW, Progress("SPY", "backtest", 3, 8))
        now = self.field(status(jobs=WorkerState(running, (replace(JOB, kind="refresh"),))), "Now")
        assert now.splitlines() == [
            "Running: training of SPY, ARKK, started <t:1795014000:R>: SPY, backtest (3 of 8)",
            "Waiting: refresh of SPY, ARKK",
        ]

    def test_what_failed(self) -> None:
        failed = (Failure(Symbol("FNGU"), "UnknownSymbol", "No ETF is known by that name."),)
        run = Run("retrain", "simulated", AS_OF, NOW, NOW + timedelta(minutes=5), (Symbol("SPY"),), failed)
        value = self.field(status(last_runs={"retrain": run, "refresh": None}), "Training")
        assert "1 succeeded, 1 failed" in value
        assert "FNGU: No ETF is known by that name." in value

    def test_what_is_behind_and_what_is_missing(self) -> None:
        reports = [made_report("SPY"), made_report("ARKK", as_of=date(2026, 11, 6))]
        value = self.field(status(reports=reports, missing=(Symbol("FNGU"),)), "Forecasts")
        assert "Older, as far back as <t:1793998800:f>: ARKK" in value
        assert "No forecast yet for FNGU" in value

    def test_extremes_fit(self) -> None:
        symbols = tuple(Symbol(f"LONGTICKER{number:05}") for number in range(100))
        failed = tuple(Failure(symbol, "BadPrices", "A long sentence. " * 30) for symbol in symbols)
        run = Run("retrain", "simulated", AS_OF, NOW, NOW, symbols, failed)
        job = Job("retrain", symbols, AS_OF)
        jobs = WorkerState(RunningJob(job, NOW, Progress("SPY", "fit", 1, 8)), (job,) * 30)
        shown = status(
            reports=extreme(100),
            missing=symbols,
            jobs=jobs,
            last_runs={"retrain": run, "refresh": run},
            problem="Something long. " * 200,
        )
        assert_within_limits(status_embed(Texts(), shown))
