from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from forecasting.calibration import Residuals, corrected_nodes, normal_scores, read_at
from forecasting.quantiles import GAUSSIAN, HORIZON

NODES = np.array(GAUSSIAN)
FAN = np.exp(np.log(100.0) + 0.05 * np.tile(NODES, (HORIZON, 1)))
START = date(2015, 1, 1)


def _residuals(days: int, spread: float, seed: int = 0, start: date = START) -> Residuals:
    """One forecast of each of 20 ETFs a day, whose normal scores have the standard deviation ``spread``."""
    rng = np.random.default_rng(seed)
    made = np.repeat(start.toordinal() + np.arange(days), 20)
    closed = made[:, None] + np.arange(1, HORIZON + 1)
    return Residuals(closed, (spread * rng.standard_normal(closed.shape)).astype(np.float32))


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
    assert (nodes[:, 6] > 1.1 * NODES[6]).all()
    assert (nodes[:, 0] < 1.1 * NODES[0]).all()
    assert (nodes[:, 3] == 0.0).all(), "the middle is not the bands' to move"


def test_bands_that_held_stay() -> None:
    nodes = corrected_nodes(_residuals(2000, 1.0), START + timedelta(days=2100))
    np.testing.assert_allclose(nodes, np.tile(NODES, (HORIZON, 1)), atol=0.05)


def test_little_evidence_moves_them_little() -> None:
    short = corrected_nodes(_residuals(60, 1.5), START + timedelta(days=160))
    long = corrected_nodes(_residuals(3000, 1.5), START + timedelta(days=3100))
    assert NODES[6] < short[59, 6] < long[59, 6] < 1.5 * NODES[6]


def test_newer_outcomes_count_more() -> None:
    first, second = _residuals(1500, 0.7), _residuals(1500, 1.4, start=START + timedelta(days=1500))
    nodes = corrected_nodes(Residuals.pool([first, second]), START + timedelta(days=3100))
    swapped = corrected_nodes(
        Residuals.pool([_residuals(1500, 1.4), _residuals(1500, 0.7, start=START + timedelta(days=1500))]),
        START + timedelta(days=3100),
    )
    assert nodes[30, 6] > swapped[30, 6] + 0.1


def test_an_outcome_that_has_not_closed_is_not_used() -> None:
    today = START + timedelta(days=900)
    known = _residuals(1500, 1.3)
    forged = known.scores.copy()
    forged[known.closed > today.toordinal()] = 8.0
    np.testing.assert_array_equal(
        corrected_nodes(Residuals(known.closed, forged), today), corrected_nodes(known, today)
    )


def test_each_horizon_waits_for_its_own_outcomes() -> None:
    nodes = corrected_nodes(_residuals(1, 1.5), START + timedelta(days=10))
    assert nodes[4, 6] != NODES[6]
    assert nodes[59, 6] == NODES[6]


def test_without_residuals_nothing_is_corrected() -> None:
    np.testing.assert_array_equal(corrected_nodes(Residuals.pool(()), START), np.tile(NODES, (HORIZON, 1)))
