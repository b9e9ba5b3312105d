"""No forecast may know what came after its cut-off, and no fitted state what came after its fold.

Each case forges every price after a random cut-off, runs the whole chain again and compares what was forecast at it.
The test of the test gives the same check forecasters that leak, and expects it to fail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.evaluation.walk_forward import walk_forward
from forecasting.forecast import Forecast, Forecaster
from forecasting.model.baselines import Climatology, Drift, RandomWalk
from forecasting.model.har import Har
from forecasting.model.lifecycle import backtest_symbol, calibrate_frame, fit_fold
from forecasting.model.lstm import LstmForecaster
from forecasting.prices.history import Panel
from forecasting.quantiles import COLUMNS
from forecasting.universe import Symbol
from tests.support.panels import SPY, TINY, TLT, forged_after, session, small_panel, with_vix

FOLD, SECOND_FOLD = 800, 900
EVERY = 20
CLOSE_BY = 4
"""Sessions between cut-offs where calibration is tested: enough outcomes for it to act."""
SESSIONS = 1060

DEEP = LstmForecaster(replace(TINY, lookback=40, layers=2), name="deep_lstm")
"""What a parameter search may come to."""

FORECASTERS: tuple[Forecaster, ...] = (RandomWalk(), Drift(), Climatology(), Har(), LstmForecaster(TINY), DEEP)

Backtest = Callable[[Panel], pd.DataFrame]


@lru_cache
def _panel() -> Panel:
    return with_vix(small_panel(SESSIONS))


def _walk(forecaster: Forecaster) -> Backtest:
    folds = (session(_panel(), FOLD), session(_panel(), SECOND_FOLD))
    return lambda panel: walk_forward(forecaster, panel, folds, EVERY, [SPY, TLT])


def _as_posted(panel: Panel, closed_early: int = 0) -> pd.DataFrame:
    """What the backtest command writes as ``lstm``: the panel's models, the ETF's own network, calibration.

    ``closed_early`` makes it leak: calibration uses outcomes that many days before they close.
    """
    folds = (session(_panel(), FOLD), session(_panel(), SECOND_FOLD))
    fold_models = [fit_fold(panel, folds, k, CLOSE_BY, 0, TINY) for k in range(2)]
    frame = backtest_symbol(TLT, panel, fold_models, CLOSE_BY, 0, models=("lstm",))
    moved = [
        replace(m, residuals={k: replace(r, closed=r.closed - closed_early) for k, r in m.residuals.items()})
        for m in fold_models
    ]
    return calibrate_frame(frame, moved, panel)


@lru_cache
def _truth(backtest: Backtest) -> pd.DataFrame:
    return backtest(_panel())


def assert_blind(backtest: Backtest, number: int) -> None:
    """Forge all prices after the cut-off that is ``number`` sessions past the first; nothing up to it may change."""
    cutoff = session(_panel(), FOLD + number * EVERY)
    forged = backtest(forged_after(_panel(), cutoff))
    columns, stamp = list(COLUMNS), pd.Timestamp(cutoff)
    then, now = (frame[frame["cutoff"] <= stamp] for frame in (_truth(backtest), forged))
    assert len(then) == len(now) > 0
    np.testing.assert_array_equal(then[columns].to_numpy(float), now[columns].to_numpy(float))


CUTOFFS = st.integers(min_value=0, max_value=9)
BACKTESTS: dict[str, Backtest] = {forecaster.name: _walk(forecaster) for forecaster in FORECASTERS}


@pytest.mark.slow
@given(st.sampled_from(sorted(BACKTESTS)), CUTOFFS)
@settings(max_examples=12, deadline=None)
def test_no_forecast_knows_what_came_after_its_cutoff(name: str, number: int) -> None:
    assert_blind(BACKTESTS[name], number)


@pytest.mark.slow
@given(CUTOFFS)
@settings(max_examples=3, deadline=None)
def test_what_is_posted_knows_nothing_that_came_after(number: int) -> None:
    assert_blind(_as_posted, number)


@pytest.mark.parametrize("forecaster", FORECASTERS, ids=lambda f: f.name)
def test_a_folds_model_sees_sessions_before_the_fold_only(forecaster: Forecaster) -> None:
    """Prices from the fold on are forged, and the forecasts are asked for true ones: only fitted state could differ."""
    fold = session(_panel(), FOLD)
    true = forecaster.fit(_panel().until(fold - timedelta(days=1)))
    forged = forecaster.fit(forged_after(_panel(), fold - timedelta(days=1)).until(fold - timedelta(days=1)))
    shown = _panel().until(session(_panel(), FOLD + 40))
    np.testing.assert_array_equal(true.predict(SPY, shown).quantiles, forged.predict(SPY, shown).quantiles)


def test_re_basing_at_a_later_dividend_scales_a_forecast_and_changes_nothing_else() -> None:
    panel = small_panel(400)
    rebased = Panel(
        type(h)(h.symbol, h.source, h.frame.assign(adjusted=h.frame["adjusted"] * 0.97)) for h in panel.values()
    )
    for forecaster in FORECASTERS:
        before = forecaster.fit(panel).predict(SPY, panel).quantiles
        after = forecaster.fit(rebased).predict(SPY, rebased).quantiles
        np.testing.assert_allclose(after, 0.97 * before, rtol=1e-4, err_msg=forecaster.name)


@dataclass(frozen=True)
class FitsOnEverything:
    """Leaks through fitted state: learns from the whole panel, whatever it is given."""

    name: str = "fits_on_everything"

    def fit(self, panel: Panel) -> FitsOnEverything:
        return self

    def predict(self, symbol: Symbol, panel: Panel) -> Forecast:
        return Climatology().fit(WHOLE[0]).predict(symbol, panel)


@dataclass(frozen=True)
class KnowsTomorrow:
    """Leaks through the forecast: takes the session after the cut-off for its last."""

    name: str = "knows_tomorrow"

    def fit(self, panel: Panel) -> KnowsTomorrow:
        return self

    def predict(self, symbol: Symbol, panel: Panel) -> Forecast:
        tomorrow = len(panel[symbol])
        last = float(WHOLE[0][symbol].adjusted[tomorrow])
        known = RandomWalk().predict(symbol, panel)
        return Forecast(symbol, known.cutoff, last, known.quantiles / known.last * last)


WHOLE: list[Panel] = [small_panel(SESSIONS)]
"""What the leaking forecasters look at behind walk_forward's back."""


@pytest.mark.parametrize("forecaster", [FitsOnEverything(), KnowsTomorrow()], ids=lambda f: f.name)
def test_a_forecaster_that_leaks_is_caught(forecaster: Forecaster) -> None:
    honest = _walk(forecaster)

    def leaking(panel: Panel) -> pd.DataFrame:
        WHOLE[0] = panel
        return honest(panel)

    with pytest.raises(AssertionError):
        assert_blind(leaking, 3)


@pytest.mark.slow
def test_calibrating_with_open_outcomes_is_caught() -> None:
    with pytest.raises(AssertionError):
        assert_blind(lambda panel: _as_posted(panel, closed_early=90), 3)
