from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pytest

from forecasting.errors import ModelMissing, NotEnoughHistory
from forecasting.evaluation.scores import score
from forecasting.evaluation.walk_forward import walk_forward
from forecasting.model.baselines import Climatology
from forecasting.model.calibration import Residuals
from forecasting.model.har import Har
from forecasting.model.lifecycle import (
    FoldModel,
    backtest_symbol,
    calibrate_frame,
    calibrated_model,
    fit_fold,
    fit_panel,
    fit_symbol,
    predict_symbol,
    report_folds,
    why_without_vix,
)
from forecasting.model.lstm import LstmForecaster, LstmPredictor
from forecasting.models import MODELS
from forecasting.prices.history import Panel
from forecasting.quantiles import COLUMNS, HIGH80, LOW80
from forecasting.universe import Symbol
from tests.support.panels import NEW, SPY, TINY, TLT, history, session, small_panel, with_vix

EVERY = 25


@dataclass(frozen=True)
class Job:
    """What a job has once the panel's models are fitted."""

    panel: Panel
    folds: tuple[date, ...]
    fold_models: tuple[FoldModel, ...]
    weights: bytes

    def model(self, symbol: Symbol) -> bytes:
        weights = fit_symbol(symbol, self.panel, self.weights, 0)
        return calibrated_model(weights, self.fold_models, self.panel[symbol].last_session)


@pytest.fixture(scope="module")
def job() -> Job:
    panel = with_vix(Panel([*small_panel(1200).values(), history("KID", 400, 7)]))
    folds = (session(panel, 860), session(panel, 1000))
    fold_models = tuple(fit_fold(panel, folds, k, EVERY, 0, TINY) for k in range(2))
    return Job(panel, folds, fold_models, fit_panel(panel, 0, TINY))


@pytest.fixture(scope="module")
def spy(job: Job) -> bytes:
    return job.model(SPY)


def test_a_report_rests_on_a_fold_of_four_years_and_one_of_two() -> None:
    assert report_folds(date(2024, 12, 31)) == (date(2018, 12, 28), date(2022, 12, 28))
    assert report_folds(date(2024, 2, 29)) == (date(2018, 2, 28), date(2022, 2, 28))


@pytest.mark.slow
def test_the_frame_has_every_model_at_the_same_cutoffs(job: Job) -> None:
    frame = backtest_symbol(SPY, job.panel, job.fold_models, EVERY, 0)
    assert set(frame["model"]) == set(MODELS)
    assert frame.groupby("model")[["cutoff", "step"]].size().nunique() == 1
    scores = score(calibrate_frame(frame, job.fold_models, job.panel), job.panel[SPY])
    assert set(scores) == set(MODELS)
    assert len({values.cutoffs for values in scores.values()}) == 1


def test_only_the_models_asked_for_are_forecast(job: Job) -> None:
    frame = backtest_symbol(SPY, job.panel, job.fold_models, EVERY, 0, models=("har", "drift"))
    assert list(frame["model"].unique()) == ["har", "drift"]


def test_what_no_model_needs_is_not_fitted(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(self: LstmForecaster, panel: Panel) -> LstmPredictor:
        raise AssertionError("a network was fitted that nobody asked for")

    monkeypatch.setattr(LstmForecaster, "fit", no_network)
    models = ("har", "drift")
    fold_models = [fit_fold(job.panel, job.folds, k, EVERY, 0, TINY, models) for k in range(2)]
    frame = backtest_symbol(SPY, job.panel, fold_models, EVERY, 0, models)
    with_network = backtest_symbol(SPY, job.panel, job.fold_models, EVERY, 0, models)
    pd.testing.assert_frame_equal(frame, with_network)
    plain = fit_fold(job.panel, job.folds, 0, EVERY, 0, TINY, ("random_walk", "climatology"))
    assert plain.weights == b""


def test_a_backtest_equals_the_walk_forward_of_each_baseline(job: Job) -> None:
    frame = backtest_symbol(SPY, job.panel, job.fold_models, EVERY, 0, ("har", "climatology"))
    pd.testing.assert_frame_equal(
        frame[frame["model"] == "har"], walk_forward(Har(), job.panel, job.folds, EVERY, [SPY])
    )
    climatology = frame[frame["model"] == "climatology"].reset_index(drop=True)
    pd.testing.assert_frame_equal(climatology, walk_forward(Climatology(), job.panel, job.folds, EVERY, [SPY]))


def test_the_lstm_and_the_har_are_calibrated_alike(job: Job) -> None:
    raw = backtest_symbol(SPY, job.panel, job.fold_models, EVERY, 0)
    loud = Residuals(
        closed=np.tile(np.arange(60) + date(2015, 1, 1).toordinal(), (500, 1)),
        scores=np.random.default_rng(0).normal(0.0, 2.0, (500, 60)).astype(np.float32),
        regime=np.arange(500) % 3,
    )
    residuals = {(model, informed): loud for model in ("lstm", "har") for informed in (False, True)}
    calibrated = calibrate_frame(raw, [FoldModel(job.folds[0], b"", residuals)], job.panel)
    others = ~raw["model"].isin(["lstm", "har"])
    pd.testing.assert_frame_equal(calibrated[others], raw[others])
    widths = [
        np.log(f.loc[~others, "q90"].astype(float) / f.loc[~others, "q10"].astype(float)) for f in (raw, calibrated)
    ]
    assert (widths[1] > widths[0]).all()


def test_a_calibrated_frame_uses_no_outcome_that_was_open(job: Job) -> None:
    raw = backtest_symbol(SPY, job.panel, job.fold_models, EVERY, 0, models=("lstm",))
    first = pd.Timestamp(raw["cutoff"].iloc[0])
    for model in job.fold_models:
        for residuals in model.residuals.values():
            assert (residuals.closed > first.toordinal()).all(), "all close after the first cut-off"
    earliest = raw["cutoff"] == first
    columns = list(COLUMNS)
    np.testing.assert_allclose(
        calibrate_frame(raw, job.fold_models, job.panel)[earliest][columns].astype(float),
        raw[earliest][columns].astype(float),
    )


def test_the_last_forecast_is_the_one_that_the_model_bytes_give(job: Job, spy: bytes) -> None:
    forecast = predict_symbol(SPY, job.panel, spy)
    assert forecast.cutoff == job.panel[SPY].last_session
    assert (np.diff(forecast.quantiles, axis=1) >= 0).all()
    np.testing.assert_array_equal(forecast.quantiles, predict_symbol(SPY, job.panel, spy).quantiles)


def test_a_forecast_has_no_kinks(job: Job) -> None:
    """Against the width at the end, each quantile bends about as little as the square root of time, .0029 at step 5."""
    for symbol in (SPY, TLT, NEW):
        log = np.log(predict_symbol(symbol, job.panel, job.model(symbol)).quantiles)
        width = log[-1, HIGH80] - log[-1, LOW80]
        bends = np.abs(np.diff(log[3:], n=2, axis=0)) / width
        assert bends.max() < 0.0045
        assert bends[10:].max() < 0.001, "nor mid-way"
        assert (np.diff(log[:, HIGH80] - log[:, LOW80]) > 0.0).all()


def test_the_model_forecasts_later_sessions_too(job: Job, spy: bytes) -> None:
    longer = with_vix(Panel([history("SPY", 1220, 1), *(job.panel[s] for s in job.panel if s != SPY)]))
    assert predict_symbol(SPY, longer, spy).cutoff == longer[SPY].last_session


@pytest.mark.parametrize("name", ["stale", "with a hole", "none"])
def test_without_a_usable_vix_the_forecast_is_the_plain_one_to_the_last_bit(job: Job, spy: bytes, name: str) -> None:
    vix = job.panel.vix
    assert vix is not None
    shown = {"stale": vix[:-3], "with a hole": vix.drop(vix.index[-9:-3]), "none": None}[name]
    bare = Panel(job.panel.values())
    fold_models = [fit_fold(bare, job.folds, k, EVERY, 0, TINY) for k in range(2)]
    weights = fit_symbol(SPY, bare, fit_panel(bare, 0, TINY), 0)
    plain = calibrated_model(weights, fold_models, bare[SPY].last_session)
    expected = predict_symbol(SPY, bare, plain).quantiles
    found = predict_symbol(SPY, Panel(job.panel.values(), shown), spy).quantiles
    np.testing.assert_array_equal(found, expected)
    assert not np.array_equal(predict_symbol(SPY, job.panel, spy).quantiles, expected), "the VIX says something"


def test_a_forecast_says_why_it_does_without_the_vix(job: Job, spy: bytes) -> None:
    vix = job.panel.vix
    assert vix is not None
    assert why_without_vix(SPY, job.panel, spy) == ""
    assert why_without_vix(SPY, Panel(job.panel.values(), vix[:-3]), spy).startswith(
        f"The VIX of the last days is missing or incomplete (the newest is of {vix.index[-4].date()})"
    )
    assert why_without_vix(SPY, Panel(job.panel.values()), spy).startswith("The VIX is not known, so")
    assert why_without_vix(TLT, Panel([job.panel[TLT]], vix), spy).startswith("There are no prices of SPY")
    plain = fit_panel(Panel(job.panel.values()), 0, TINY)
    assert why_without_vix(SPY, job.panel, plain).startswith("The model was trained without the VIX")


def test_under_60_sessions_there_is_no_forecast(job: Job, spy: bytes) -> None:
    young = with_vix(Panel([job.panel[SPY], history("BABY", 59, 1)]))
    with pytest.raises(NotEnoughHistory):
        predict_symbol(Symbol("BABY"), young, spy)


def test_damaged_bytes_are_no_model(job: Job, spy: bytes) -> None:
    with pytest.raises(ModelMissing, match="Retrain"):
        predict_symbol(SPY, job.panel, spy[:-20])


@pytest.mark.slow
def test_another_process_computes_the_same_bits(job: Job, spy: bytes) -> None:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        fold_model = pool.submit(fit_fold, job.panel, job.folds, 1, EVERY, 0, TINY).result()
        weights = pool.submit(fit_symbol, SPY, job.panel, job.weights, 0).result()
    assert fold_model.weights == job.fold_models[1].weights
    for key, residuals in job.fold_models[1].residuals.items():
        np.testing.assert_array_equal(fold_model.residuals[key].scores, residuals.scores)
    assert weights == fit_symbol(SPY, job.panel, job.weights, 0)


def test_a_symbols_result_does_not_depend_on_the_other_symbols_trained(job: Job, spy: bytes) -> None:
    job.model(NEW)
    assert job.model(SPY) == spy


def test_the_order_of_the_panel_does_not_matter(job: Job) -> None:
    turned = Panel(reversed(list(job.panel.values())), job.panel.vix)
    assert fit_fold(turned, job.folds, 0, EVERY, 0, TINY).weights == job.fold_models[0].weights


def test_a_fold_that_every_etf_is_too_young_for_is_left_out(job: Job) -> None:
    early = (session(job.panel, 300), session(job.panel, 1000))
    fold_models = [fit_fold(job.panel, early, k, EVERY, 0, TINY) for k in range(2)]
    frame = backtest_symbol(SPY, job.panel, fold_models, EVERY, 0, models=("lstm",))
    assert frame["cutoff"].min() == job.panel[SPY].sessions[1000]
