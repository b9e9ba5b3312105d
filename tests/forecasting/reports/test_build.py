"""A worker's last step: the card, the notes and the report of a new model."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pytest

from forecasting.model.lifecycle import EVERY, FoldModel, backtest_symbol, fit_fold, fit_panel, fit_symbol
from forecasting.models import MODELS
from forecasting.prices.history import Panel, in_columns
from forecasting.report import ForecastReport
from forecasting.reports.build import TrainingResult, finish_training, quoted_closes
from forecasting.scenarios.past_returns import PastReturns
from forecasting.universe import Symbol
from tests.support.panels import SPY, TINY, history, session, small_panel, with_vix

KID = Symbol("KID")
NOW = datetime(2026, 11, 14, 13, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Job:
    """What a job has once the panel's models are fitted."""

    panel: Panel
    fold_models: tuple[FoldModel, ...]
    weights: bytes

    def train(self, symbol: Symbol) -> TrainingResult:
        return finish_training(
            symbol,
            f"{symbol} Trust",
            self.panel,
            tuple(self.panel),
            self.fold_models,
            backtest_symbol(symbol, self.panel, self.fold_models, EVERY, 0),
            fit_symbol(symbol, self.panel, self.weights, 0),
            None,
            seed=0,
            recipe="tiny",
            decided_for="csv",
            withdrawn=(),
            trained_at=NOW,
            drawn=False,
        )


@pytest.fixture(scope="module")
def job() -> Job:
    panel = with_vix(Panel([*small_panel(1200).values(), history("KID", 400, 7)]))
    folds = (session(panel, 860), session(panel, 1000))
    fold_models = tuple(fit_fold(panel, folds, k, EVERY, 0, TINY) for k in range(2))
    return Job(panel, fold_models, fit_panel(panel, 0, TINY))


@pytest.fixture(scope="module")
def spy(job: Job) -> TrainingResult:
    return job.train(SPY)


@pytest.mark.slow
def test_the_first_model_is_promoted_and_reported(spy: TrainingResult) -> None:
    assert spy.decision is not None
    assert (spy.decision.verdict, spy.decision.champion) == ("promoted", None)
    assert spy.decision.reason == "First model for this ETF."
    assert spy.publication is not None
    report = spy.publication.report
    assert (report.model_version, report.name) == (spy.model.version, "SPY Trust")
    assert set(report.scores) == set(MODELS)
    assert report.notes == (), "notes are for those who need them"
    assert spy.publication.charts == {}


@pytest.mark.parametrize("columns", [["adjusted"], ["adjusted", "close"], ["adjusted", "dividend", "split"]])
def test_closes_are_quoted_unless_the_source_has_adjusted_ones_alone(columns: list[str]) -> None:
    """Without payments and splits both are the same, and rightly so."""
    whole = history("SPY", 50, 1).frame.assign(dividend=0.0, split=0.0)
    whole["close"] = whole["adjusted"] * (2.0 if "close" in columns else 1.0)
    quoted = quoted_closes(in_columns(whole[columns]))
    assert quoted.isna().all() if columns == ["adjusted"] else quoted.equals(whole["close"])


def test_a_report_comes_with_the_returns_up_to_its_session(job: Job, spy: TrainingResult) -> None:
    assert spy.publication is not None
    returns, prices = spy.publication.past_returns, job.panel[SPY]
    assert returns is not None
    assert len(returns.returns) == len(prices) - 1
    assert returns.sessions[-1] == prices.last_session.toordinal()
    assert returns.returns[-1] == pytest.approx(np.log(prices.adjusted[-1] / prices.adjusted[-2]))
    body = returns.to_bytes()
    assert len(body) < 50_000
    assert PastReturns.from_bytes(body).sessions == returns.sessions
    assert PastReturns.from_bytes(body).returns == pytest.approx(returns.returns, rel=1e-6)


def test_a_report_says_how_far_expected_volatility_was_off_and_what_the_vix_is(job: Job, spy: TrainingResult) -> None:
    assert spy.publication is not None
    report = spy.publication.report
    assert [scores.sessions for scores in report.volatility] == [5, 20, 60]
    assert all(0.0 < scores.mae < 0.1 for scores in report.volatility)
    assert job.panel.vix is not None
    assert report.vix == job.panel.vix.iloc[-1]
    assert ForecastReport.from_json(report.to_json()) == report
    other = job.train(Symbol("TLT")).publication
    assert other is not None
    assert other.report.vix is None, "the VIX is the S&P 500's"


def test_the_card_is_json_and_says_what_the_model_is(job: Job, spy: TrainingResult) -> None:
    card = json.loads(json.dumps(spy.model.card))
    recipe = card["recipe"]
    assert (card["symbol"], card["seed"], recipe["name"]) == ("SPY", 0, "tiny")
    assert recipe["lstm"]["units"] == TINY.units
    assert recipe["windows"] == len(range(60 + TINY.lookback, 1140, TINY.every))
    assert recipe["panel"] == ["KID", "NEW", "SPY", "TLT"]
    assert recipe["scores"]["lstm"]["cutoffs"] == card["scores"]["lstm"]["cutoffs"]
    assert spy.model.holdout_until == session(job.panel, 999)


def test_an_etf_in_no_fold_is_forecast_and_its_notes_say_that_nothing_was_measured(job: Job) -> None:
    result = job.train(KID)
    assert result.publication is not None
    report = result.publication.report
    assert report.scores == {}
    assert report.backtest_from == report.backtest_to == job.panel[KID].last_session
    assert "only 400 days" in report.notes[0]
    assert "no past errors to show" in report.notes[1]
    assert np.isfinite([step.quantiles for step in report.forecast]).all()
    assert (result.model.holdout, result.model.holdout_until) == (None, None)
