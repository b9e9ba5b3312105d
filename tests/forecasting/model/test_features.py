from __future__ import annotations

import numpy as np
import pytest

from forecasting.model.features import (
    FEATURES,
    TARGET_STEPS,
    linear_features,
    session_features,
    targets,
    to_steps,
)
from forecasting.model.volatility import Volatility
from tests.support.panels import history


def test_inputs_are_finite_and_of_order_one() -> None:
    state = Volatility.of(history("SPY", 400, 1))
    features = session_features(state, state.log_range)
    assert features.shape == (400, len(FEATURES))
    assert np.isfinite(features).all()
    assert np.abs(features).max() <= 6.0


def test_a_crash_is_clipped_for_the_network_and_kept_for_the_averages() -> None:
    calm = history("SPY", 300, 1, ranges=False)
    calm.frame.iloc[200:, :2] *= 0.5
    state = Volatility.of(calm)
    assert session_features(state, state.log_range)[200, 0] == -6.0
    assert state.log_range[200, 0] > state.log_range[199, 0] + 1.0


def test_targets_are_the_volatility_of_the_coming_sessions() -> None:
    state = Volatility.of(history("SPY", 200, 1))
    wanted = targets(state)
    coming = state.returns[101 : 101 + TARGET_STEPS[2]]
    assert wanted[100, 2] == pytest.approx(np.log(np.sqrt((coming**2).mean())))
    assert np.isnan(wanted[-TARGET_STEPS[0] :, 0]).all()
    assert np.isfinite(wanted[: -TARGET_STEPS[-1]]).all()


def test_volatility_goes_smoothly_through_the_horizons_and_grows_with_the_root_of_time() -> None:
    constant = to_steps(np.full((1, 5), np.log(0.01)))[0]
    np.testing.assert_allclose(constant, 0.01 * np.sqrt(np.arange(1, 61)))
    rising = to_steps(np.log(np.array([[0.010, 0.011, 0.013, 0.016, 0.018]])))[0] / np.sqrt(np.arange(1, 61))
    assert (np.diff(rising) > 0.0).all()
    assert rising[[4, 59]] == pytest.approx([0.010, 0.018], rel=0.02)


def test_the_linear_model_sees_the_etf_and_the_market() -> None:
    state = Volatility.of(history("SPY", 100, 1))
    features = linear_features(state, np.zeros((100, 5)))
    assert features.shape == (100, 13)
    assert not features[:, -5:].any()
