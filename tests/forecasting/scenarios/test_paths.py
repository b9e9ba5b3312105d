"""Joint paths: each ETF's own forecast at every step, and the past's dependence."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from forecasting.errors import TooLittleInCommon
from forecasting.prices.history import Array
from forecasting.quantiles import LEVELS, probability_above
from forecasting.scenarios.past_returns import KEPT_RETURNS, STRETCHES, PastReturns
from forecasting.scenarios.paths import common_moves, joint_paths, prices_at, standardised

STEPS = np.arange(1, 61)[:, None]
SPREAD = np.array([-2.5, -1.3, -0.6, 0.1, 0.7, 1.2, 1.9])
NARROW, WIDE = (1.0 + 0.001 * STEPS + width * np.sqrt(STEPS) * SPREAD for width in (0.01, 0.03))


def past(seed: int, sessions: int = KEPT_RETURNS, first: int = 730_000) -> PastReturns:
    returns = np.random.default_rng(seed).standard_t(4, sessions) * 0.01
    return PastReturns(tuple(range(first, first + sessions)), tuple(map(float, returns)))


def mirrored(of: PastReturns) -> PastReturns:
    return PastReturns(of.sessions, tuple(-value for value in of.returns))


def test_the_paths_of_each_etf_have_its_forecast_at_every_step() -> None:
    paths = joint_paths([NARROW, WIDE], [past(1), past(2)])
    assert paths.shape == (2, 60, STRETCHES)
    for own, fan in zip(paths, (NARROW, WIDE), strict=True):
        np.testing.assert_allclose(np.quantile(own, LEVELS, axis=1, method="hazen").T, fan, atol=1e-3)


@pytest.mark.parametrize(("other", "width"), [(past(1), 1.0), (mirrored(past(1)), 0.0)])
def test_etfs_move_together_as_they_did(other: PastReturns, width: float) -> None:
    """The same past in two ETFs leaves the fan as wide as each; opposite pasts leave hardly any of it."""
    symmetric = 1.0 + 0.01 * np.sqrt(STEPS) * np.array([-1.96, -1.28, -0.67, 0.0, 0.67, 1.28, 1.96])
    one, two = joint_paths([symmetric, symmetric], [past(1), other])
    mix = np.quantile((one + two) / 2, LEVELS, axis=1).T
    assert np.ptp(mix, axis=1) == pytest.approx(width * np.ptp(symmetric, axis=1), abs=0.02)


def test_a_path_goes_through_one_stretch_of_the_past() -> None:
    """Ranks belong to the stretch: the path that fell furthest in one session is that of the worst session."""
    own = past(3)
    (paths,) = joint_paths([WIDE], [own])
    moves = common_moves([own])[0]
    assert paths[0].argmin() == moves[-STRETCHES - 59 : len(moves) - 59].argmin()


def test_a_move_is_standardised_by_what_was_known_the_day_before() -> None:
    returns = np.random.default_rng(4).normal(0.0, 0.01, 300)
    crash = returns.copy()
    crash[200] *= 10.0
    before, after = standardised(list(returns)), standardised(list(crash))
    np.testing.assert_array_equal(after[:200], before[:200])
    assert after[200] == pytest.approx(10.0 * before[200])
    assert np.all(np.abs(after[201:220]) < np.abs(before[201:220])), "the days after it count as troubled"


def test_only_sessions_of_all_etfs_count() -> None:
    one, two = past(5, 500), past(6, 500, first=730_100)
    known: Array = common_moves([one, two])
    assert known.shape == (2, 500 - 60 - 100)
    np.testing.assert_array_equal(known[0], standardised(one.returns)[160:])


def test_etfs_with_too_little_in_common_are_refused() -> None:
    with pytest.raises(TooLittleInCommon):
        joint_paths([WIDE, WIDE], [past(7), past(8, 300)])
    with pytest.raises(TooLittleInCommon):
        joint_paths([WIDE, WIDE], [past(7), past(8, 400, first=100)])


def test_prices_are_read_where_probabilities_are() -> None:
    scores = np.linspace(-3.0, 3.0, 61)
    (prices,) = prices_at(WIDE[9:10], scores)
    found = [probability_above(list(WIDE[9]), price) for price in prices]
    assert found == pytest.approx([1.0 - NormalDist().cdf(score) for score in scores])


def test_no_price_is_below_nothing() -> None:
    fan = np.array([[0.05, 0.5, 0.8, 1.0, 1.1, 1.5, 2.0]])
    assert prices_at(fan, np.array([-3.5]))[0, 0] == 0.0
