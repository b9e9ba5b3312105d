from __future__ import annotations

import numpy as np
import pytest

from forecasting.model.volatility import (
    Volatility,
    ewma_sigma,
    log_returns,
    range_variance,
    realised_log_sigma,
    reverting_sigma,
)
from forecasting.prices.history import PriceHistory
from tests.support.panels import history


def test_ewma_is_the_recursion_that_the_benchmark_writes_out() -> None:
    returns = log_returns(history("SPY", 300, 1).adjusted)
    variance = float(np.var(returns[:60]))
    expected = []
    for value in returns:
        variance = 0.94 * variance + 0.06 * value * value
        expected.append(np.sqrt(variance))
    np.testing.assert_allclose(ewma_sigma(returns, 0.94), expected, rtol=1e-12)


def test_volatility_reverts_from_the_fast_one_to_the_slow_one() -> None:
    path = reverting_sigma(0.03, 0.01, np.array([1.0, 20.0, 1e6]))
    assert path[0] == pytest.approx(0.03, rel=0.02)
    assert path[2] == pytest.approx(0.01, rel=1e-3)
    assert np.all(np.diff(path) < 0)


def test_realised_volatility_is_of_the_sessions_after_each() -> None:
    returns = np.array([0.0, 0.01, -0.02, 0.03, 0.04])
    realised = np.exp(realised_log_sigma(returns, 2))
    assert realised[1] == pytest.approx(np.sqrt((0.02**2 + 0.03**2) / 2))
    assert np.isnan(realised[3:]).all()
    assert np.isfinite(realised[:3]).all()


def test_a_range_tells_volatility_that_closes_do_not_show() -> None:
    still = history("SPY", 100, 1)
    frame = still.frame.assign(adjusted=50.0, close=50.0, open=50.0, high=52.0, low=48.0)
    assert range_variance(PriceHistory(still.symbol, "made", frame))[1:] == pytest.approx(
        0.5 * np.log(52.0 / 48.0) ** 2
    )


def test_the_squared_return_stands_in_where_a_session_has_no_range() -> None:
    full = history("SPY", 100, 1)
    frame = full.frame.copy()
    frame.loc[frame.index[50], ["open", "high", "low"]] = np.nan
    frame.loc[frame.index[60], "open"] = 0.0  # seen in real files
    variance = range_variance(PriceHistory(full.symbol, "made", frame))
    squares = log_returns(full.adjusted) ** 2
    assert variance[50] == squares[50]
    assert variance[60] == squares[60]
    assert variance[55] != squares[55]


def test_a_dividend_is_no_move() -> None:
    paid = history("SPY", 100, 1)
    frame = paid.frame.copy()
    quoted = ["close", "open", "high", "low"]
    frame.loc[frame.index[50] :, quoted] *= 0.9  # goes ex 10%; the adjusted close does not move
    np.testing.assert_allclose(
        range_variance(PriceHistory(paid.symbol, "made", frame)), range_variance(paid), rtol=1e-9
    )


@pytest.mark.parametrize("ranges", [True, False])
def test_what_was_known_at_a_session_does_not_change_with_what_came(ranges: bool) -> None:
    whole = history("SPY", 400, 1, ranges=ranges)
    past = PriceHistory(whole.symbol, whole.source, whole.frame.iloc[:250])
    later, then = Volatility.of(whole), Volatility.of(past)
    for name in ("log_close", "returns", "fast", "slow", "log_range", "log_downside", "log_long_run"):
        np.testing.assert_array_equal(getattr(later, name)[:250], getattr(then, name), err_msg=name)


def test_a_price_that_stands_still_has_finite_logs() -> None:
    still = history("SPY", 200, 1, ranges=False)
    frame = still.frame.assign(adjusted=10.0, close=10.0)
    state = Volatility.of(PriceHistory(still.symbol, "made", frame))
    assert np.isfinite(state.log_range).all()
    assert np.isfinite(state.log_long_run).all()
