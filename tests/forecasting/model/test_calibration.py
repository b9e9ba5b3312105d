from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from forecasting.model.calibration import Residuals, corrected_nodes, normal_scores, read_at, regimes
from forecasting.model.volatility import Volatility
from forecasting.prices.history import PriceHistory
from forecasting.quantiles import GAUSSIAN, HORIZON
from tests.support.panels import history

NODES = np.array(GAUSSIAN)
FAN = np.exp(np.log(100.0) + 0.05 * np.tile(NODES, (HORIZON, 1)))
START = date(2015, 1, 1)


def _residuals(days: int, spread: float, seed: int = 0, start: date = START, regime: int | None = None) -> Residuals:
    """One forecast of each of 20 ETFs a day, whose normal scores have the standard deviation ``spread``."""
    rng = np.random.default_rng(seed)
    made = np.repeat(start.toordinal() + np.arange(days), 20)
    closed = made[:, None] + np.arange(1, HORIZON + 1)
    scores = (spread * rng.standard_normal(closed.shape)).astype(np.float32)
    return Residuals(closed, scores, np.arange(len(made)) % 3 if regime is None else np.full(len(made), regime))


def test_normal_scores_of_a_gaussian_fan_are_its_z_values() -> None:
    z = np.array([-3.0, -1.959964, -0.3, 0.0, 1.0, 5.0])
    closes = np.exp(np.log(100.0) + 0.05 * z)
    assert normal_scores(closes, FAN[: len(z)]) == pytest.approx(z, abs=1e-9)


def test_reading_a_fan_at_its_own_nodes_changes_nothing() -> None:
    np.testing.assert_allclose(read_at(FAN, np.tile(NODES, (HORIZON, 1))), FAN, rtol=1e-12)


def test_reading_further_out_goes_on_in_line() -> None:
    wide = read_at(FAN, np.tile(1.5 * NODES, (HORIZON, 1)))
    np.testing.assert_allclose(np.log(wide / 100.0), 1.5 * np.log(FAN / 100.0), atol=1e-12)


def test_bands_that_were_too_narrow_are_widened() -> None:
    today = START + timedelta(days=4000)
    nodes = corrected_nodes(_residuals(3900, 1.3), today)
    assert (nodes[..., 6] > 1.1 * NODES[6]).all()
    np.testing.assert_allclose(nodes[..., 0], -nodes[..., 6])
    assert (nodes[..., 3] == 0.0).all(), "the median does not move with the bands"


def test_bands_that_held_stay() -> None:
    today = START + timedelta(days=2100)
    np.testing.assert_allclose(corrected_nodes(_residuals(2000, 1.0), today), np.tile(NODES, (3, 60, 1)), atol=0.05)


def test_bands_that_held_more_are_narrowed_half_as_far_and_the_outermost_never() -> None:
    today = START + timedelta(days=2100)
    wide, narrow = (corrected_nodes(_residuals(2000, spread), today) for spread in (1.4, 0.6))
    widened, narrowed = wide[..., 5] / NODES[5] - 1.0, 1.0 - narrow[..., 5] / NODES[5]
    np.testing.assert_allclose(narrowed, 0.5 * widened, atol=0.02)
    np.testing.assert_allclose(narrow[..., [0, 6]], np.tile(NODES[[0, 6]], (3, 60, 1)), rtol=1e-14)


def test_each_regime_learns_from_its_own() -> None:
    calm, troubled = _residuals(2000, 1.5, regime=0), _residuals(2000, 1.0, regime=2)
    nodes = corrected_nodes(Residuals.pool([calm, troubled]), START + timedelta(days=2100))
    assert (nodes[0, :, 6] > 1.1 * NODES[6]).all()
    assert (nodes[1:, :, 6] < 1.03 * NODES[6]).all()


def test_little_evidence_moves_them_little() -> None:
    short = corrected_nodes(_residuals(60, 1.5), START + timedelta(days=160))
    long = corrected_nodes(_residuals(3000, 1.5), START + timedelta(days=3100))
    assert NODES[6] < short[0, 59, 6] < long[0, 59, 6] < 1.5 * NODES[6]


def test_newer_outcomes_count_more() -> None:
    later = START + timedelta(days=1500)
    rising = Residuals.pool([_residuals(1500, 1.1), _residuals(1500, 1.6, start=later)])
    falling = Residuals.pool([_residuals(1500, 1.6), _residuals(1500, 1.1, start=later)])
    today = START + timedelta(days=3100)
    assert corrected_nodes(rising, today)[1, 30, 6] > corrected_nodes(falling, today)[1, 30, 6] + 0.1


def test_an_outcome_that_has_not_closed_is_not_used() -> None:
    today = START + timedelta(days=900)
    known = _residuals(1500, 1.3)
    forged = known.scores.copy()
    forged[known.closed > today.toordinal()] = 8.0
    np.testing.assert_array_equal(
        corrected_nodes(Residuals(known.closed, forged, known.regime), today), corrected_nodes(known, today)
    )


def test_each_horizon_waits_for_its_own_outcomes() -> None:
    nodes = corrected_nodes(_residuals(20, 1.5), START + timedelta(days=30))
    assert nodes[0, 4, 6] > NODES[6]
    assert nodes[0, 59, 6] == NODES[6]


def test_bands_stay_inside_the_wider_ones() -> None:
    made = _residuals(3000, 1.0)
    middling = np.where(np.abs(made.scores) > 0.5, 1.9 * np.sign(made.scores), made.scores)
    nodes = corrected_nodes(Residuals(made.closed, middling, made.regime), START + timedelta(days=3100))
    assert (np.diff(nodes, axis=-1) >= 0).all()


def test_without_residuals_nothing_is_corrected() -> None:
    found = corrected_nodes(Residuals.pool(()), START)
    np.testing.assert_allclose(found, np.tile(NODES, (3, HORIZON, 1)), rtol=1e-14)


def test_a_regime_is_a_third_of_the_etfs_own_past() -> None:
    state = Volatility.of(history("SPY", 1500, 1))
    found = regimes(state, np.arange(300, 1500))
    assert np.bincount(found, minlength=3) == pytest.approx(400, abs=200)
    assert state.fast[300:][found == 2].mean() > 1.5 * state.fast[300:][found == 0].mean()


def test_a_regime_does_not_know_what_came() -> None:
    whole = history("SPY", 1500, 1)
    past = PriceHistory(whole.symbol, whole.source, whole.frame.iloc[:1000])
    origins = np.arange(300, 1000)
    np.testing.assert_array_equal(regimes(Volatility.of(whole), origins), regimes(Volatility.of(past), origins))
