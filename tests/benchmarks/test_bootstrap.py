from __future__ import annotations

import numpy as np
import pytest

from benchmarks.bootstrap import BINS, PROMISED, bins_met, block_weights, histogram, ratio_band, thirds
from forecasting.quantiles import GAUSSIAN


def test_closes_fall_into_the_bin_above_the_quantiles_that_lie_below_them() -> None:
    quantiles = np.tile([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], (5, 1))
    met = bins_met(np.array([0.5, 1.0, 1.5, 4.5, 9.0]), quantiles)
    assert met.tolist() == [0, 0, 1, 4, 7], "a close on a quantile lies not above it"
    assert histogram(met).tolist() == [0.4, 0.2, 0.0, 0.0, 0.2, 0.0, 0.0, 0.2]


def test_calibrated_forecasts_have_the_histogram_that_was_promised() -> None:
    actual = np.random.default_rng(0).standard_normal(50_000)
    found = histogram(bins_met(actual, np.tile(GAUSSIAN, (len(actual), 1))))
    assert found == pytest.approx(PROMISED, abs=0.006)
    assert PROMISED.tolist() == pytest.approx([0.025, 0.075, 0.15, 0.25, 0.25, 0.15, 0.075, 0.025])
    assert len(found) == BINS


def test_too_narrow_forecasts_fill_the_outer_bins() -> None:
    actual = 2.0 * np.random.default_rng(1).standard_normal(5_000)
    found = histogram(bins_met(actual, np.tile(GAUSSIAN, (len(actual), 1))))
    assert found[0] > 5 * PROMISED[0]
    assert found[-1] > 5 * PROMISED[-1]


def test_blocks_are_neighbours_and_the_first_date_follows_the_last() -> None:
    weights = block_weights(dates=7, block=7, draws=50, seed=0)
    assert np.array_equal(weights, np.ones((50, 7))), "one whole turn has every date once, wherever it starts"
    pairs = block_weights(dates=6, block=3, draws=400, seed=0)
    assert np.array_equal(pairs.sum(axis=1), np.full(400, 6.0))
    whole = {tuple(np.roll([1, 1, 1, 0, 0, 0], k) + np.roll([1, 1, 1, 0, 0, 0], m)) for k in range(6) for m in range(6)}
    assert {tuple(row) for row in pairs.astype(int)} <= whole
    assert len({tuple(row) for row in pairs.astype(int)}) > 10


def test_the_same_seed_draws_the_same_series() -> None:
    assert np.array_equal(block_weights(20, 6, 10, seed=4), block_weights(20, 6, 10, seed=4))
    assert not np.array_equal(block_weights(20, 6, 10, seed=4), block_weights(20, 6, 10, seed=5))


def test_the_band_of_independent_hits_is_the_binomial_one() -> None:
    hits = (np.random.default_rng(2).random((400, 1)) < 0.8).astype(float)
    low, high = ratio_band(hits, np.ones_like(hits), block_weights(400, 1, 4000, seed=0))
    half = 1.96 * np.sqrt(hits.mean() * (1 - hits.mean()) / 400)
    assert low[0] == pytest.approx(hits.mean() - half, abs=0.005)
    assert high[0] == pytest.approx(hits.mean() + half, abs=0.005)


@pytest.mark.slow
def test_bands_of_overlapping_outcomes_hold_the_truth_in_blocks_and_fail_without() -> None:
    """Means of six neighbours share five of them. Nineteen of twenty 95% bands should hold the mean, which is 0."""
    random = np.random.default_rng(3)
    held = {1: 0, 12: 0}
    trials = 150
    for _ in range(trials):
        series = np.convolve(random.standard_normal(205), np.ones(6) / 6, mode="valid")[:, None]
        for block in held:
            low, high = ratio_band(series, np.ones_like(series), block_weights(200, block, 300, seed=0))
            held[block] += int(low[0] <= 0.0 <= high[0])
    assert held[12] / trials > 0.84
    assert held[1] / trials < 0.70


def test_groups_are_resampled_together_and_weighed_by_their_rows() -> None:
    counts = np.array([[1.0, 3.0], [3.0, 1.0], [2.0, 2.0]])
    low, high = ratio_band(0.5 * counts, counts, block_weights(3, 2, 100, seed=0))
    assert low == pytest.approx([0.5, 0.5])
    assert high == pytest.approx([0.5, 0.5])


def test_a_draw_without_a_group_says_nothing_of_it() -> None:
    sums, counts = np.array([[1.0], [0.0], [0.0]]), np.array([[2.0], [0.0], [0.0]])
    low, high = ratio_band(sums, counts, np.array([[3.0, 0.0, 0.0], [0.0, 2.0, 1.0]]))
    assert (low[0], high[0]) == (0.5, 0.5)


def test_thirds_are_equal_in_number_whatever_the_ties() -> None:
    assert thirds(np.array([5.0, 1.0, 9.0, 3.0, 7.0, 2.0])).tolist() == [1, 0, 2, 1, 2, 0]
    assert np.bincount(thirds(np.ones(9))).tolist() == [3, 3, 3]
