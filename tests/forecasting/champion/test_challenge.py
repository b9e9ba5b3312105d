"""The contest: what is compared comes from sessions that neither model trained on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from forecasting.champion.challenge import contest, stand_in
from forecasting.champion.registry import RegisteredModel
from forecasting.evaluation.scores import pinball
from forecasting.evaluation.walk_forward import before
from forecasting.model.lifecycle import (
    EVERY,
    PanelStage,
    backtest_symbol,
    calibrate_frame,
    finish_symbol,
    fit_symbol,
    panel_stage,
    predict_symbol,
)
from forecasting.model.serialization import pack, unpack
from forecasting.prices.history import Panel
from forecasting.quantiles import COLUMNS
from forecasting.universe import Symbol
from tests.support.panels import SPY, TINY, forged_after, history, session, small_panel

KID = Symbol("KID")


@dataclass(frozen=True)
class Job:
    """What a job knows of a panel when it comes to the contest."""

    panel: Panel
    folds: tuple[date, ...]
    stages: tuple[PanelStage, ...]
    frame: pd.DataFrame

    @classmethod
    def of(cls, panel: Panel) -> Job:
        folds = (session(panel, 800), session(panel, 960))
        stages = tuple(panel_stage(panel, folds, k, EVERY, 0, TINY) for k in range(2))
        return cls(panel, folds, stages, backtest_symbol(SPY, panel, folds, stages, EVERY, 0, models=("lstm",)))

    @property
    def eve(self) -> date:
        return before(self.panel, self.folds[-1])[SPY].last_session

    def stand_in(self, symbol: Symbol = SPY) -> tuple[bytes, date] | None:
        return stand_in(symbol, self.panel, self.folds, self.stages, 0)

    def model(self, version: str, **card: Any) -> RegisteredModel:
        """A model trained as of the eve, which is its own stand-in: cheap, and whole."""
        found = self.stand_in()
        assert found is not None
        data, eve = found
        recipe = {"trained_from": self.panel[SPY].sessions[0].date().isoformat()}
        whole = {"as_of": eve.isoformat(), "stand_in": eve.isoformat(), "recipe": recipe} | card
        return RegisteredModel(version, data, whole, data)


@pytest.fixture(scope="module")
def job() -> Job:
    return Job.of(Panel([*small_panel(1200).values(), history("KID", 400, 7)]))


def wider(model: RegisteredModel, factor: float) -> RegisteredModel:
    """The model and its stand-in with bands ``factor`` times as far out."""
    arrays, card = unpack(model.data)
    data = pack({**arrays, "calibration.nodes": factor * arrays["calibration.nodes"]}, card)
    return replace(model, version="wider", data=data, stand_in=data)


def test_a_stand_in_has_seen_nothing_from_its_fold_on(job: Job) -> None:
    forged = Job.of(forged_after(job.panel, job.eve))

    assert job.stand_in() == forged.stand_in()
    found = job.stand_in()
    assert found is not None
    assert found[1] == job.eve < job.folds[-1]


def test_a_stand_in_is_the_model_that_a_training_on_the_eve_would_have_made(job: Job) -> None:
    """Given the same folds before it: calibrated by their outcomes, as far as they had closed."""
    eve = before(job.panel, job.folds[-1])
    weights = fit_symbol(SPY, eve, job.stages[-1], 0)
    early = Job(eve, job.folds[:1], job.stages[:1], backtest_symbol(SPY, eve, job.folds[:1], job.stages[:1], EVERY, 0))

    trained = finish_symbol(SPY, eve, early.frame, early.stages, weights, 0)

    found = job.stand_in()
    assert found is not None
    assert found[0] == trained.model


def test_an_etf_too_young_for_the_newest_fold_has_none(job: Job) -> None:
    assert job.stand_in(KID) is None


def test_two_refits_meet_on_the_cutoffs_after_both_eves(job: Job) -> None:
    champion = job.model("champion")

    found = contest(SPY, job.panel, wider(champion, 1.5), champion, job.folds)

    assert found.rule == "refit"
    assert found.losses is not None
    assert len(found.losses.cutoffs) == len(range(960, 1140, EVERY))
    assert min(found.losses.cutoffs) > job.eve
    cutoff = found.losses.cutoffs[3]
    spy = job.panel[SPY]
    at = int(spy.sessions.searchsorted(pd.Timestamp(cutoff)))
    fan = predict_symbol(SPY, job.panel.until(cutoff), champion.data).quantiles
    loss = pinball(spy.adjusted[at + 1 : at + 61], fan).mean() / spy.adjusted[at]
    assert found.losses.champion[3] == pytest.approx(loss)
    assert (found.losses.challenger != found.losses.champion).all()
    np.testing.assert_allclose(found.rival, predict_symbol(SPY, job.panel, champion.data).quantiles)


def test_a_stand_in_of_later_days_moves_the_block(job: Job) -> None:
    later = session(job.panel, 1010)
    champion = job.model("champion", stand_in=later.isoformat())

    found = contest(SPY, job.panel, job.model("challenger"), champion, job.folds)

    assert found.losses is not None
    assert min(found.losses.cutoffs) > later


def test_too_few_cutoffs_are_no_comparison(job: Job) -> None:
    champion = job.model("champion", stand_in=session(job.panel, 1060).isoformat())

    found = contest(SPY, job.panel, job.model("challenger"), champion, job.folds)

    assert (found.rule, found.losses) == ("refit", None)
    assert "Too few" in found.remark


def test_models_of_before_stand_ins_were_kept_are_compared_by_their_forecasts_alone(job: Job) -> None:
    champion = replace(job.model("champion", stand_in=None), stand_in=None)

    found = contest(SPY, job.panel, job.model("challenger"), champion, job.folds)

    assert (found.rule, found.losses) == ("refit", None)
    assert found.rival is not None


def test_a_stand_in_of_another_program_is_not_compared(job: Job) -> None:
    champion = replace(job.model("champion"), stand_in=b"of another program")

    found = contest(SPY, job.panel, job.model("challenger"), champion, job.folds)

    assert (found.rule, found.losses) == ("refit", None)
    assert found.rival is not None


def test_two_recipes_meet_on_their_walk_forward(job: Job) -> None:
    ours = calibrate_frame(job.frame, job.stages, job.panel)
    theirs = ours.sample(frac=1.0, random_state=1)  # rows in any order
    theirs[list(COLUMNS)] *= 1.01

    found = contest(SPY, job.panel, job.model("challenger"), job.model("champion"), job.folds, (ours, theirs))

    assert found.rule == "recipe"
    assert found.losses is not None
    assert found.losses.cutoffs == tuple(day.date() for day in sorted(ours["cutoff"].unique()))
    spy = job.panel[SPY]
    rows = ours[ours["cutoff"] == ours["cutoff"].max()].sort_values("step")
    last = spy.adjusted[spy.sessions.searchsorted(rows["cutoff"].iloc[0])]
    losses = pinball(rows["actual"].to_numpy(float), rows[list(COLUMNS)].to_numpy(float))
    assert found.losses.challenger[-1] == pytest.approx(losses.mean() / last)


def test_a_champion_that_cannot_forecast_any_more_is_no_rival(job: Job) -> None:
    challenger = job.model("challenger")
    earlier = {"trained_from": "2001-01-02"}
    arrays, card = unpack(challenger.data)
    blank = pack({**arrays, "calibration.nodes": np.nan * arrays["calibration.nodes"]}, card)
    foreign = pack({name: array for name, array in arrays.items() if name != "calibration.nodes"}, card)
    past = {
        "another security": job.model("champion", recipe=earlier),
        "unreadable": replace(challenger, version="champion", data=b"of another program"),
        "unreadable to this": replace(challenger, version="champion", data=foreign),
        "without prices": replace(challenger, version="champion", data=blank),
    }

    for remark, champion in past.items():
        found = contest(SPY, job.panel, challenger, champion, job.folds)
        assert (found.rule, found.rival, found.losses) == ("first", None, None)
        assert remark in found.remark
    assert contest(SPY, job.panel, challenger, None, job.folds).remark == ""
