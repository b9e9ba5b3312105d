from __future__ import annotations

import numpy as np
import pytest

from forecasting.model.baselines import shrunk_sharpe
from forecasting.model.drift import guard_weights, sharpes, shrunk_sharpes
from forecasting.model.fan import guarded
from forecasting.model.volatility import Volatility
from forecasting.prices.history import PriceHistory
from tests.support.panels import history


def _trending(drift: float, sessions: int = 2500) -> Volatility:
    made = history("SPY", sessions, 5)
    wobble = np.log(made.adjusted) - np.linspace(0.0, np.log(made.adjusted[-1]), sessions)
    close = 50.0 * np.exp(0.3 * wobble + drift * np.arange(sessions))
    return Volatility.of(PriceHistory(made.symbol, "made", made.frame.assign(adjusted=close, close=close)))


def test_ratios_of_many_origins_are_those_of_each() -> None:
    returns = Volatility.of(history("SPY", 600, 1)).returns
    origins = np.array([60, 200, 599])
    one_by_one = [shrunk_sharpe(returns[1 : origin + 1]) for origin in origins]
    assert shrunk_sharpes(returns, origins) == pytest.approx(one_by_one, rel=1e-9)


def test_the_drift_rewards_risk_that_is_shared_with_the_market() -> None:
    state, origins = Volatility.of(history("SPY", 2521, 1)), np.array([252, 2520])
    yearly = state.returns[1 : origins[1] + 1].std() * np.sqrt(252)
    own = state.returns[1 : origins[1] + 1].mean() / state.returns[1 : origins[1] + 1].std() * np.sqrt(252)
    low, high = (sharpes(state, origins, np.full(2521, rho)) * np.sqrt(252) for rho in (0.0, 1.0))
    prior = min(0.02 / yearly, 0.4) + 0.5 * 1.0 - 0.75 * yearly / 2
    weight = 0.1**2 / (0.1**2 + 1 / 10)
    assert high[1] == pytest.approx(weight * own + (1 - weight) * prior)
    assert high - low == pytest.approx([0.5 * 0.1**-2 / (0.1**-2 + years) for years in (1.0, 10.0)])
    assert sharpes(state, origins, None) == pytest.approx(shrunk_sharpes(state.returns, origins))


def test_a_price_that_does_not_move_has_a_finite_drift() -> None:
    still = history("SPY", 300, 1)
    state = Volatility.of(PriceHistory(still.symbol, "made", still.frame.assign(adjusted=50.0)))
    assert np.isfinite(sharpes(state, np.array([60, 299]), np.full(300, 0.5))).all()


def test_a_median_with_skill_is_kept_and_one_without_is_reduced() -> None:
    origins = np.array([2400])
    skilled, unskilled = _trending(0.002), _trending(0.0)
    assert guard_weights(skilled, origins, None)[0] == pytest.approx(2400 / 252 / (2400 / 252 + 1))
    assert guard_weights(unskilled, origins, None)[0] < guard_weights(skilled, origins, None)[0]


def test_a_short_history_reduces_the_drift() -> None:
    state = _trending(0.002)
    weights = guard_weights(state, np.array([60, 252, 1000, 2400]), None)
    assert (np.diff(weights) > 0).all()
    assert weights[0] < 0.2


def test_the_guard_measures_closed_outcomes_only() -> None:
    state = _trending(0.001)
    before = guard_weights(state, np.array([1500]), None)
    cut = history("SPY", 2500, 5)
    close = np.exp(state.log_close[:1501])
    frame = cut.frame.iloc[:1501].assign(adjusted=close, close=close)
    assert guard_weights(Volatility.of(PriceHistory(cut.symbol, "made", frame)), np.array([1500]), None) == before


def test_the_median_moves_alone_and_stays_between_its_neighbours() -> None:
    fan = np.tile(np.array([80.0, 90.0, 104.0, 110.0, 120.0, 130.0, 140.0]), (1, 60, 1))
    kept = guarded(fan, np.array([100.0]), np.array([0.5]))
    assert kept[0, 0, 3] == pytest.approx(100.0 * np.sqrt(1.1))
    assert guarded(fan, np.array([100.0]), np.array([0.0]))[0, 0, 3] == 104.0
    np.testing.assert_array_equal(np.delete(kept, 3, axis=-1), np.delete(fan, 3, axis=-1))
