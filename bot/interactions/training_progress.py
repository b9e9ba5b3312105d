"""The progress of a training that a member asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.forecasts.trainings import TrainingState
from bot.interactions.formats import moment, shortened
from bot.jobs.job import RunningJob
from bot.texts import Texts

STEPS: Final = ("prices", "backtest", "fit", "done")
"""As the answer shows them. Calibration and report, which take a moment, count as part of the fit."""

_STEP_OF: Final = {"prices": "prices", "backtest": "backtest", "fit": "fit", "calibrate": "fit", "report": "fit"}
MAX_SYMBOLS: Final = 200


def training_progress(texts: Texts, symbols: Sequence[str], state: TrainingState) -> str:
    """The steps with the present one and its count; before that, the place in the queue."""
    what = shortened(", ".join(symbols), MAX_SYMBOLS)
    if state.running is None:
        key = "training.starting" if state.place is None else "training.waiting"
        return texts(key, symbols=what, place=state.place)
    since = moment(state.running.started_at, "R")
    return texts("training.running", symbols=what, since=since, steps=_steps(texts, state.running))


def _steps(texts: Texts, running: RunningJob) -> str:
    """``fetch ✓ · backtest 3 of 8 · fit · done``"""
    now = running.progress
    current = "prices" if now is None else _STEP_OF.get(now.stage, "fit")
    line = []
    for step in STEPS:
        name = texts(f"training.{step}")
        if step == current:
            count = "" if now is None else texts("training.count", done=now.done, of=now.of)
            line.append(f"**{name}**{count}")
        elif STEPS.index(step) < STEPS.index(current):
            line.append(f"{name} ✓")
        else:
            line.append(name)
    return " · ".join(line)
