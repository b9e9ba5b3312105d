"""What the embeds that are approved tell of, beside forecasts: a record, how things stand, problems, alerts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.cogs.alerts.alert import Alert, Place
from bot.cogs.ops.problems import Problem
from bot.cogs.status.message import Status
from bot.jobs.job import Job, Progress, RunningJob, WorkerState
from forecasting import Failure, Record, Run, Symbol
from forecasting.record.record import FinalForecast
from forecasting.report import LiveScores
from tests.support.reports import AS_OF, TRAINED_AT, made_report

PAST_DAYS = [row.session for row in made_report().history]

LIVE = LiveScores(
    mae=3.1, mse=15.2, rmse=3.9, mae_pct=6.1, mse_pct=58.0, rmse_pct=7.6,
    skill_rw=0.02, skill_drift=0.01, cover80=0.78, cover95=0.94, cutoffs=61,
)  # fmt: skip
WALK = replace(LIVE, mae=3.16, mae_pct=6.2, skill_rw=0.0, skill_drift=-0.01)
RECORD = Record(
    symbol=Symbol("ARKK"), source="simulated", kind="live", currency="USD", issued=64, open=22, final=42, late=1,
    sessions=3120, first=PAST_DAYS[0], last=AS_OF, scores={"lstm": LIVE, "random_walk": WALK, "drift": WALK},
    promise={"mae_pct": 5.9, "skill_rw": 0.03, "skill_drift": 0.02, "cover80": 0.8, "cover95": 0.95},
    best=FinalForecast(7, PAST_DAYS[40], 0.9), worst=FinalForecast(19, PAST_DAYS[90], 14.2), waiting=0, problem=None,
)  # fmt: skip
RECORDS = (RECORD, replace(RECORD, kind="replayed", issued=90, open=0, final=90, late=0))

JOB = Job("retrain", (Symbol("ARKK"), Symbol("SPY")), AS_OF)
RETRAIN = Run(
    kind="retrain", source="simulated", as_of=AS_OF, started_at=TRAINED_AT, finished_at=TRAINED_AT,
    ok=(Symbol("SPY"),), failed=(Failure(Symbol("FNGU"), "PricesNotReady", "Not yet."),),
)  # fmt: skip
STATUS = Status(
    source="simulated",
    reports=(made_report(), made_report("SPY")),
    missing=(Symbol("TLT"),),
    jobs=WorkerState(RunningJob(JOB, TRAINED_AT, Progress("SPY", "backtest", 3, 8)), (replace(JOB, kind="refresh"),)),
    next_runs={"retrain": TRAINED_AT + timedelta(days=7), "refresh": TRAINED_AT + timedelta(days=1)},
    last_runs={
        "retrain": RETRAIN,
        "refresh": None,
    },
    problem="FNGU: Not yet.",
    changes=(),
    now=TRAINED_AT,
)
PROBLEMS = (Problem("job", "FNGU: Not yet.", "1"), Problem("prices", "ARKK 2026-11-12: the close is no number.", "2"))
ALERT = Alert(
    id=1, user_id=2, place=Place(3, 4), symbol=Symbol("ARKK"), kind="above", way="direct", level=60.0, until=None,
    currency="USD", state="quiet", crossed_on=None, crossed_at=None, tried_at=None, problem=None,
)  # fmt: skip
ALERTS = (
    ALERT,
    replace(ALERT, id=2, kind="band", way="channel", level=None, until=AS_OF),
    replace(ALERT, id=3, state="sent", crossed_on=AS_OF, crossed_at=61.5, tried_at=TRAINED_AT, attempts=1),
)
