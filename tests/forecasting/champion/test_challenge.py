"""Challenges: what is compared comes from sessions that neither model was trained on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from forecasting.champion.challenge import challenge, holdout_model
from forecasting.champion.registry import RegisteredModel
from forecasting.evaluation.scores import pinball
from forecasting.evaluation.walk_forward import before
from forecasting.model.lifecycle import (
    EVERY,
    FoldModel,
    calibrated_model,
    fit_fold,
    fit_symbol,
    predict_symbol,
)
from forecasting.model.serialization import pack, unpack
from forecasting.prices.history import Panel
from forecasting.universe import Symbol
from tests.support.panels import SPY, TINY, forged_after, history, session, small_panel

KID = Symbol("KID")
OTHER = replace(TINY, units=5)


@dataclass(frozen=True)
class Job:
    """What a job knows of a panel when a new model challenges the champion."""

    panel: Panel
    fold_models: tuple[FoldModel, ...]

    @classmethod
    def of(cls, panel: Panel) -> Job:
        folds = (session(panel, 800), session(panel, 960))
        return cls(panel, tuple(fit_fold(panel, folds, k, EVERY, 0, TINY) for k in range(2)))

    @property
    def eve(self) -> date:
        return before(self.panel, self.fold_models[-1].start)[SPY].last_session

    def holdout(self, symbol: Symbol = SPY) -> tuple[bytes, date] | None:
        return holdout_model(symbol, self.panel, self.fold_models, 0)

    def model(self, version: str, **card: Any) -> RegisteredModel:
        """A model trained as of the eve, which is its own holdout model: cheap, and whole."""
        found = self.holdout()
        assert found is not None
        data, eve = found
        recipe = {"trained_from": self.panel[SPY].sessions[0].date().isoformat()}
        whole = {"as_of": eve.isoformat(), "stand_in": eve.isoformat(), "recipe": recipe} | card
        return RegisteredModel(version, data, whole, data)


@pytest.fixture(scope="module")
def job() -> Job:
    return Job.of(Panel([*small_panel(1200).values(), history("KID", 400, 7)]))


def wider(model: RegisteredModel, factor: float) -> RegisteredModel:
    """The model and its holdout model with bands ``factor`` times as far out."""
    arrays, card = unpack(model.data)
    data = pack({**arrays, "calibration.nodes": factor * arrays["calibration.nodes"]}, card)
    return replace(model, version="wider", data=data, holdout=data)


@pytest.mark.slow
def test_a_holdout_model_has_seen_nothing_from_its_fold_on(job: Job) -> None:
    forged = Job.of(forged_after(job.panel, job.eve))

    assert job.holdout() == forged.holdout()
    found = job.holdout()
    assert found is not None
    assert found[1] == job.eve < job.fold_models[-1].start


def test_a_holdout_model_is_the_model_that_a_training_on_the_eve_would_have_made(job: Job) -> None:
    """Given the same folds before it: calibrated by their outcomes, as far as they had closed."""
    eve = before(job.panel, job.fold_models[-1].start)
    weights = fit_symbol(SPY, eve, job.fold_models[-1].weights, 0)

    trained = calibrated_model(weights, job.fold_models[:1], job.eve)

    found = job.holdout()
    assert found is not None
    assert found[0] == trained


def test_an_etf_too_young_for_the_newest_fold_has_none(job: Job) -> None:
    assert job.holdout(KID) is None


def test_two_refits_meet_on_the_cutoffs_after_both_eves(job: Job) -> None:
    champion = job.model("champion")

    found = challenge(SPY, job.panel, wider(champion, 1.5), champion, job.fold_models)

    assert found.same_recipe
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
    np.testing.assert_allclose(found.champion_forecast, predict_symbol(SPY, job.panel, champion.data).quantiles)


def test_a_holdout_model_of_later_days_moves_the_block(job: Job) -> None:
    later = session(job.panel, 1010)
    champion = job.model("champion", stand_in=later.isoformat())

    found = challenge(SPY, job.panel, job.model("challenger"), champion, job.fold_models)

    assert found.losses is not None
    assert min(found.losses.cutoffs) > later


def test_too_few_cutoffs_are_no_comparison(job: Job) -> None:
    champion = job.model("champion", stand_in=session(job.panel, 1060).isoformat())

    found = challenge(SPY, job.panel, job.model("challenger"), champion, job.fold_models)

    assert found.losses is None
    assert "too few test dates" in found.remark


def test_models_from_before_holdout_models_were_kept_are_compared_by_their_forecasts_alone(job: Job) -> None:
    champion = replace(job.model("champion", stand_in=None), holdout=None)

    found = challenge(SPY, job.panel, job.model("challenger"), champion, job.fold_models)

    assert found.losses is None
    assert found.champion_forecast is not None


def test_a_holdout_model_of_another_program_is_not_compared(job: Job) -> None:
    champion = replace(job.model("champion"), holdout=b"of another program")

    found = challenge(SPY, job.panel, job.model("challenger"), champion, job.fold_models)

    assert found.losses is None
    assert found.champion_forecast is not None


def test_models_of_two_recipes_meet_in_the_same_way(job: Job) -> None:
    folds = tuple(model.start for model in job.fold_models)
    other = replace(job, fold_models=tuple(fit_fold(job.panel, folds, k, EVERY, 0, OTHER) for k in range(2)))

    found = challenge(SPY, job.panel, job.model("challenger"), other.model("champion"), job.fold_models)

    assert not found.same_recipe
    assert found.losses is not None
    assert min(found.losses.cutoffs) > job.eve
    assert (found.losses.challenger != found.losses.champion).any()


def test_a_champion_that_cannot_forecast_any_more_is_not_compared(job: Job) -> None:
    challenger = job.model("challenger")
    earlier = {"trained_from": "2001-01-02"}
    arrays, card = unpack(challenger.data)
    blank = pack({**arrays, "calibration.nodes": np.nan * arrays["calibration.nodes"]}, card)
    foreign = pack({name: array for name, array in arrays.items() if name != "calibration.nodes"}, card)
    past = {
        "another security": job.model("champion", recipe=earlier),
        "cannot read": replace(challenger, version="champion", data=b"of another program"),
        "This version of the program": replace(challenger, version="champion", data=foreign),
        "without a price": replace(challenger, version="champion", data=blank),
    }

    for remark, champion in past.items():
        found = challenge(SPY, job.panel, challenger, champion, job.fold_models)
        assert (found.champion_forecast, found.losses) == (None, None)
        assert remark in found.remark
    assert challenge(SPY, job.panel, challenger, None, job.fold_models).remark == ""
