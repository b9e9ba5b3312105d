"""Expected volatility against what came."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecasting.evaluation.volatility import volatility_scores
from forecasting.prices.history import PriceHistory
from forecasting.quantiles import COLUMNS, GAUSSIAN, yearly_volatility
from forecasting.report import VOLATILITY_HORIZONS
from forecasting.universe import Symbol

SESSIONS = pd.bdate_range("2020-01-01", periods=300)


def history() -> PriceHistory:
    """Alternately up and down: by 1% a day before the 200th session, by 2% from there."""
    returns = np.where(np.arange(300) % 2, 1.0, -1.0) * np.where(np.arange(300) < 200, 0.01, 0.02)
    closes = 50.0 * np.exp(np.cumsum(returns))
    return PriceHistory.of(Symbol("SPY"), "made", pd.DataFrame({"adjusted": closes}, index=SESSIONS))


def frame(daily: float, *at: int) -> pd.DataFrame:
    """Normal forecasts of a daily volatility from these sessions."""
    rows = [
        {"model": model, "symbol": "SPY", "cutoff": SESSIONS[place], "step": step}
        | dict(zip(COLUMNS, 50.0 * np.exp(size * daily * step**0.5 * np.array(GAUSSIAN)), strict=True))
        for model, size in (("lstm", 1.0), ("har", 9.0))
        for place in at
        for step in range(1, 61)
    ]
    return pd.DataFrame(rows)


def test_a_band_of_normal_moves_says_their_volatility() -> None:
    low, high = (100.0 * np.exp(z * 0.01 * 20**0.5) for z in (GAUSSIAN[1], GAUSSIAN[5]))
    assert yearly_volatility(low, high, 20) == pytest.approx(0.01 * 252**0.5, rel=1e-6)


def test_expected_is_compared_with_what_came_and_with_the_past() -> None:
    found = volatility_scores(frame(0.02, 199), history())
    assert [scores.sessions for scores in found] == list(VOLATILITY_HORIZONS)
    for scores in found:
        assert scores.mae == pytest.approx(0.0, abs=1e-5), "2% a day came"
        assert scores.mae_past == pytest.approx(0.01 * 252**0.5), "1% a day was before"
        assert scores.mean_expected == pytest.approx(scores.mean_realised, rel=1e-5)
        assert scores.cutoffs == 1


def test_every_cut_off_counts_once() -> None:
    found = volatility_scores(frame(0.02, 100, 199), history())
    assert found[0].mae == pytest.approx(0.5 * 0.01 * 252**0.5, rel=1e-4)
    assert found[0].cutoffs == 2


def test_without_a_backtest_there_are_no_scores() -> None:
    assert volatility_scores(pd.DataFrame(columns=["model", "step", *COLUMNS]), history()) == ()
