"""Outcomes: an issued forecast is scored by the returns that came, and only those of its own security."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from forecasting import ReportStore, Symbol, next_sessions
from forecasting.errors import PricesUnavailable
from forecasting.job.follow_up import follow_up
from forecasting.prices.history import Panel, PriceHistory
from forecasting.prices.security import Security
from forecasting.record.baselines import Baselines
from forecasting.record.issued import issued_forecasts
from forecasting.record.outcomes import outcomes_of
from forecasting.record.schema import StoredOutcome
from forecasting.record.scoring import Scored, closes_of, open_symbols, score_open
from forecasting.sessions import NYSE
from tests.support.databases import open_file
from tests.support.issued import ARKK, evening, forecast_from, issue_daily, made_prices, publication

AS_OF = date(2024, 1, 5)
SESSIONS = next_sessions(AS_OF, 60)
PRICES = made_prices(date(2023, 6, 1), SESSIONS[-1])
NOTE = Security("A note", "EQUITY", "USD", "NYQ", date(2018, 1, 23))


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """A database of each kind with one forecast."""
    issue_daily(engine, PRICES, [AS_OF])
    return engine


def score_until(engine: Engine, day: date, prices: PriceHistory = PRICES) -> Scored:
    return score_open(engine, "simulated", {ARKK: prices.until(day)}, {NYSE: day}, evening(day))


def outcomes(engine: Engine) -> list[StoredOutcome]:
    with Session(engine, expire_on_commit=False) as session:
        return list(session.scalars(select(StoredOutcome).order_by(StoredOutcome.number)))


def expected(day: date, prices: PriceHistory = PRICES) -> np.ndarray:
    """Closes up to ``day`` in dollars of the as-of session, the plain way: the quoted close grows as adjusted ones."""
    frame = prices.frame
    at = pd.Timestamp(AS_OF)
    since = frame["adjusted"].loc[at + pd.Timedelta(days=1) : pd.Timestamp(day)] / frame["adjusted"].loc[at]
    return (since * PRICES.frame["close"].loc[at]).to_numpy()


def without(prices: PriceHistory, *days: date) -> PriceHistory:
    return replace(prices, frame=prices.frame.drop([pd.Timestamp(day) for day in days]))


def test_each_session_that_closes_is_scored_once_and_after_sixty_the_outcome_is_final(engine: Engine) -> None:
    assert open_symbols(engine, "simulated") == (ARKK,)
    assert score_until(engine, AS_OF) == Scored(0, 0, ())
    assert score_until(engine, SESSIONS[0]) == Scored(1, 0, ())
    assert score_until(engine, SESSIONS[0]) == Scored(0, 0, ())
    assert score_until(engine, SESSIONS[6]) == Scored(6, 0, ())
    (outcome,) = outcomes(engine)
    assert (outcome.sessions, outcome.is_final, outcome.last_scored) == (7, False, SESSIONS[6])
    np.testing.assert_allclose(closes_of(outcome.closes)[:7], expected(SESSIONS[6]), rtol=1e-12)
    assert np.isnan(closes_of(outcome.closes)[7:]).all()

    assert score_until(engine, SESSIONS[-1]) == Scored(53, 1, ())
    assert open_symbols(engine, "simulated") == ()
    assert outcomes(engine)[0].is_final
    (record,) = ReportStore(engine).track("simulated").records()
    assert (record.issued, record.open, record.final, record.sessions) == (1, 0, 1, 60)
    assert record.best == record.worst
    assert record.scores["lstm"].mae == pytest.approx(outcomes(engine)[0].lstm_abs / 60)
    assert record.promise["cover80"] == pytest.approx(0.81)
    assert ReportStore(engine).track("simulated").alarms() == ()
    assert set(ReportStore(engine).track("simulated").last_week(SESSIONS[4])) == {ARKK}


def test_the_sums_are_those_of_plain_arithmetic(engine: Engine) -> None:
    score_until(engine, SESSIONS[9])

    (outcome,) = outcomes(engine)
    (issued,) = issued_forecasts(engine, "simulated", ARKK)
    closes, close = expected(SESSIONS[9]), issued.raw_close
    fan = np.array(list(issued.quantiles.values()))[:10]
    step = np.arange(1, 11)
    for model, median, low80, high95 in (
        ("lstm", fan[:, 3], fan[:, 1], fan[:, 6]),
        ("random_walk", np.full(10, close), close * np.exp(-1.281552 * 0.02 * step**0.5), None),
        ("drift", close * np.exp(0.0004 * step), None, close * np.exp(0.0004 * step + 1.959964 * 0.018 * step**0.5)),
    ):
        error = abs(closes - median)
        assert getattr(outcome, f"{model}_abs") == pytest.approx(error.sum(), rel=1e-12)
        assert getattr(outcome, f"{model}_sq") == pytest.approx((error**2).sum(), rel=1e-12)
        assert getattr(outcome, f"{model}_pct") == pytest.approx((100 * error / close).sum(), rel=1e-12)
        assert getattr(outcome, f"{model}_pct_sq") == pytest.approx(((100 * error / close) ** 2).sum(), rel=1e-12)
        if low80 is not None:
            assert getattr(outcome, f"{model}_in80") <= (closes >= low80).sum()
        if high95 is not None:
            assert getattr(outcome, f"{model}_in95") <= (closes <= high95).sum()
    assert outcome.lstm_in80 == ((closes >= fan[:, 1]) & (closes <= fan[:, 5])).sum()
    assert outcome.lstm_in95 == ((closes >= fan[:, 0]) & (closes <= fan[:, 6])).sum()
    assert outcome.week_ends == SESSIONS[4]
    assert outcome.week_in80 == (fan[4, 1] <= closes[4] <= fan[4, 5])
    assert outcome.week_worse == (abs(closes[4] - fan[4, 3]) > abs(closes[4] - close))
    assert outcome.promised_cover80 == 0.81


def test_prices_in_other_units_score_the_same(engine: Engine) -> None:
    score_until(engine, SESSIONS[4])
    frame = PRICES.frame.copy()
    frame["adjusted"] *= 0.237  # a dividend later on
    frame["close"] /= 4  # a split later on

    score_until(engine, SESSIONS[19], replace(PRICES, frame=frame))

    np.testing.assert_allclose(closes_of(outcomes(engine)[0].closes)[:20], expected(SESSIONS[19]), rtol=1e-12)


def test_a_missing_price_leaves_it_open_and_says_so(engine: Engine) -> None:
    holes = without(PRICES, SESSIONS[3], SESSIONS[10])

    scored = score_until(engine, SESSIONS[-1], holes)

    assert scored == Scored(58, 0, (f"ARKK has no price of {SESSIONS[3]} and 1 later session.",))
    assert outcomes(engine)[0].problem == scored.waiting[0]
    assert score_until(engine, SESSIONS[-1]) == Scored(2, 1, ())
    assert outcomes(engine)[0].problem is None


def test_a_price_that_goes_away_again_takes_no_score_back(engine: Engine) -> None:
    score_until(engine, SESSIONS[8])
    closes = outcomes(engine)[0].closes

    assert score_until(engine, SESSIONS[8], without(PRICES, SESSIONS[2])) == Scored(0, 0, ())
    assert score_until(engine, SESSIONS[3]) == Scored(0, 0, ()), "a job that was told of a past day"
    assert outcomes(engine)[0].closes == closes


def test_without_the_as_of_price_or_any_it_waits(engine: Engine) -> None:
    for histories in ({ARKK: without(PRICES, AS_OF)}, {}):
        scored = score_open(engine, "simulated", histories, {NYSE: SESSIONS[1]}, evening(SESSIONS[1]))
        assert scored.sessions == scored.final == 0
        assert len(scored.waiting) == 1
    assert "could not be priced" in scored.waiting[0]


def test_what_could_not_be_priced_waits_for_sessions_that_are_over_and_for_no_others(engine: Engine) -> None:
    assert score_open(engine, "simulated", {}, {NYSE: AS_OF}, evening(AS_OF)) == Scored(0, 0, ())
    scored = score_open(engine, "simulated", {}, {NYSE: SESSIONS[0]}, evening(SESSIONS[0]))
    assert scored == Scored(0, 0, ("ARKK could not be priced.",))
    assert score_until(engine, SESSIONS[0]) == Scored(1, 0, ())
    assert score_open(engine, "simulated", {}, {NYSE: SESSIONS[0]}, evening(SESSIONS[0])) == Scored(0, 0, ())


def test_a_job_that_has_no_prices_at_all_says_what_waits(engine: Engine) -> None:
    class Silent:
        name = "simulated"

        def history(self, symbol: Symbol, until: date) -> PriceHistory:
            raise PricesUnavailable(f"{symbol} until {until}: nobody answers. Try again later.")

    scored = follow_up(engine, Silent(), Panel([]), SESSIONS[2], evening(SESSIONS[1]))

    assert scored == Scored(0, 0, ("ARKK could not be priced.",))
    assert ReportStore(engine).track("simulated").records()[0].waiting == 1


def test_a_reused_ticker_scores_nobody_elses_forecast(tmp_path: Path) -> None:
    engine = open_file(tmp_path / "track.db")
    first = replace(forecast_from(PRICES, AS_OF), security=NOTE)
    ReportStore(engine).publish(first, evening(AS_OF))
    another = replace(PRICES, security=replace(NOTE, first_traded=date(2025, 2, 20)))

    scored = score_until(engine, SESSIONS[5], another)

    assert scored == Scored(0, 0, ("ARKK now means a different security than A note, which this forecast is about.",))
    assert score_until(engine, SESSIONS[5], replace(PRICES, security=replace(NOTE, name="Its new name"))).sessions == 6


def test_a_day_that_turned_out_to_be_none_is_not_waited_for(tmp_path: Path) -> None:
    """The exchange closed on 2025-01-09 for a funeral; forecasts of December had it among their sessions."""
    as_of = date(2024, 12, 20)
    engine = open_file(tmp_path / "track.db")
    sessions = next_sessions(as_of, 60)
    prices = made_prices(date(2024, 6, 3), sessions[-1])
    made = forecast_from(prices, as_of)
    days = sorted({*sessions[:-1], date(2025, 1, 9)})
    steps = tuple(replace(step, session=day) for step, day in zip(made.report.forecast, days, strict=True))
    ReportStore(engine).publish(publication(replace(made.report, forecast=steps)), evening(as_of))

    assert score_until(engine, sessions[-1], prices) == Scored(59, 1, ())


def test_a_forecast_that_a_job_made_of_a_past_day_is_marked_late(tmp_path: Path) -> None:
    engine = open_file(tmp_path / "track.db")
    ReportStore(engine).publish(forecast_from(PRICES, AS_OF), evening(SESSIONS[0]))
    ReportStore(engine).publish(forecast_from(PRICES, SESSIONS[0]), evening(SESSIONS[0]))

    score_until(engine, SESSIONS[1])

    assert [outcome.is_late for outcome in outcomes(engine)] == [True, False]


def test_the_oldest_rows_get_their_baselines_from_the_prices_of_their_day(tmp_path: Path) -> None:
    engine = open_file(tmp_path / "track.db")
    ReportStore(engine).publish(replace(forecast_from(PRICES, AS_OF), baselines=None), evening(AS_OF))

    score_until(engine, SESSIONS[9])

    returns = np.diff(np.log(PRICES.until(AS_OF).adjusted))
    median = PRICES.until(AS_OF).last_close * np.exp(returns.mean() * np.arange(1, 11))
    assert outcomes(engine)[0].drift_abs == pytest.approx(abs(expected(SESSIONS[9]) - median).sum(), rel=1e-9)
    assert Baselines.of(PRICES.until(AS_OF)).walk_sigma == pytest.approx(returns.std(), rel=1e-9)


def test_one_symbol_scores_no_other(engine: Engine) -> None:
    other = made_prices(date(2023, 6, 1), SESSIONS[-1], "SPY", seed=2)
    ReportStore(engine).publish(forecast_from(other, AS_OF), evening(AS_OF))

    scored = score_open(engine, "simulated", {Symbol("SPY"): other}, {NYSE: SESSIONS[2]}, evening(SESSIONS[2]))

    assert scored == Scored(3, 0, ("ARKK could not be priced.",))
    assert open_symbols(engine, "yahoo") == ()


def test_looking_up_closes_needs_no_database(engine: Engine) -> None:
    (issued,) = issued_forecasts(engine, "simulated", ARKK)

    outcome = outcomes_of([issued], [PRICES], SESSIONS[1], [None])[0]

    assert not outcome.is_final
    assert np.isnan(outcome.closes).sum() == 58, "what is known beyond the last session that is over counts as unknown"
