from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecasting.evaluation.scores import (
    FEWEST_BLOCKS,
    crps,
    diebold_mariano,
    pinball,
    score,
    skill_standard_error,
    student_p,
)
from forecasting.evaluation.walk_forward import empty_frame
from forecasting.prices.history import PriceHistory
from forecasting.quantiles import COLUMNS, GAUSSIAN, LEVELS
from tests.support.panels import SPY, history


@pytest.fixture(scope="module")
def prices() -> PriceHistory:
    made = history("SPY", 70, 1, ranges=False)
    close = np.linspace(100.0, 169.0, 70)  # a dollar a session
    return PriceHistory(made.symbol, "made", made.frame.assign(adjusted=close, close=close))


def _rows(prices: PriceHistory, model: str, middles: tuple[float, ...], half: float) -> pd.DataFrame:
    """Forecasts from session 10 (110 USD): one row a step, medians ``middles``, all other quantiles ``half`` away."""
    steps = np.arange(1, len(middles) + 1)
    rows = pd.DataFrame({"symbol": SPY, "model": model, "cutoff": prices.sessions[10], "step": steps})
    rows["session"], rows["actual"] = prices.sessions[10 + steps], prices.adjusted[10 + steps]
    for column, level in zip(COLUMNS, LEVELS, strict=True):
        rows[column] = np.array(middles) + half * np.sign(level - 0.5)
    return rows


@pytest.fixture
def frame(prices: PriceHistory) -> pd.DataFrame:
    return pd.concat(
        [
            _rows(prices, "lstm", (111.0, 113.0), 0.5),
            _rows(prices, "random_walk", (110.0, 110.0), 1.0),
            _rows(prices, "drift", (111.0, 111.0), 9.0),
        ],
        ignore_index=True,
    )


def test_errors_are_in_dollars_and_in_percent_of_the_close_at_the_cutoff(
    frame: pd.DataFrame, prices: PriceHistory
) -> None:
    ours = score(frame, prices)["lstm"]  # closes are 111 and 112, medians 111 and 113
    assert ours.mae == pytest.approx(0.5)
    assert ours.mse == pytest.approx(0.5)
    assert ours.rmse == pytest.approx(np.sqrt(0.5))
    assert ours.mae_pct == pytest.approx(100 * 0.5 / 110)
    assert ours.mse_pct == pytest.approx(0.5 * (100 / 110) ** 2)
    assert ours.rmse_pct == pytest.approx(100 * np.sqrt(0.5) / 110)
    assert ours.cutoffs == 1


def test_skill_is_the_share_of_a_baselines_error_that_is_saved(frame: pd.DataFrame, prices: PriceHistory) -> None:
    scores = score(frame, prices)
    assert scores["lstm"].skill_rw == pytest.approx(1 - 0.5 / 1.5)
    assert scores["lstm"].skill_drift == pytest.approx(0.0)
    assert scores["random_walk"].skill_rw == 0.0


def test_coverage_is_the_share_inside_bounds_included(frame: pd.DataFrame, prices: PriceHistory) -> None:
    scores = score(frame, prices)
    assert (scores["lstm"].cover80, scores["drift"].cover80) == (0.5, 1.0)
    assert scores["random_walk"].cover95 == 0.5  # 111 is on the band's edge, 112 outside


def test_pinball_is_the_quantile_loss() -> None:
    loss = pinball(np.array([10.0]), np.array([[8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0]]))
    assert loss[0] == pytest.approx([0.05, 0.1, 0.0, 0.5, 0.5, 0.3, 0.1])


def test_crps_of_true_normal_forecasts_is_its_closed_form_less_what_seven_levels_leave_out() -> None:
    """Mean score of N(0, 1) where it is true: 1/√π (Gneiting and Raftery 2007)."""
    actual = np.random.default_rng(3).standard_normal(20_000)
    quantiles = np.tile(GAUSSIAN, (len(actual), 1))
    assert crps(actual, quantiles).mean() == pytest.approx(0.96 / np.sqrt(np.pi), rel=0.01)


def test_crps_of_a_single_price_is_nearly_the_distance_to_it() -> None:
    quantiles = np.full((2, len(LEVELS)), 10.0)
    assert crps(np.array([13.0, 7.0]), quantiles) == pytest.approx([3.0, 3.0], rel=0.03)


def test_order_of_rows_does_not_matter(frame: pd.DataFrame, prices: PriceHistory) -> None:
    assert score(frame.sample(frac=1, random_state=0), prices) == score(frame, prices)


def test_models_measured_at_other_cutoffs_are_refused(frame: pd.DataFrame, prices: PriceHistory) -> None:
    with pytest.raises(ValueError, match="lstm and random_walk were not measured at the same cut-offs"):
        score(frame.iloc[1:], prices)


def test_skill_without_its_baseline_is_refused(frame: pd.DataFrame, prices: PriceHistory) -> None:
    with pytest.raises(ValueError, match="drift"):
        score(frame[frame["model"] != "drift"], prices)


def test_no_forecasts_have_no_scores(prices: PriceHistory) -> None:
    assert score(empty_frame(), prices) == {}


def test_diebold_mariano_tells_better_from_worse_and_from_nothing() -> None:
    rng = np.random.default_rng(0)
    rival = rng.gamma(4.0, size=200)
    better, same = rival - 0.3 + 0.5 * rng.standard_normal(200), rival + 0.5 * rng.standard_normal(200)
    statistic, p = diebold_mariano(better, rival, 6)
    assert statistic < -3
    assert p < 0.01
    assert diebold_mariano(same, rival, 6)[1] > 0.05
    assert diebold_mariano(rival, better, 6)[0] == pytest.approx(-statistic)
    assert diebold_mariano(rival, rival, 6) == (0.0, 1.0)


def test_overlapping_outcomes_make_diebold_mariano_less_sure() -> None:
    rng = np.random.default_rng(1)
    gap = np.convolve(rng.standard_normal(205), np.ones(6) / 6, mode="valid") - 0.15
    rival = np.ones(200)
    assert abs(diebold_mariano(rival + gap, rival, 6)[0]) < 0.6 * abs(diebold_mariano(rival + gap, rival, 1)[0])


def test_diebold_mariano_is_the_t_test_where_nothing_overlaps() -> None:
    gap = np.random.default_rng(2).standard_normal(50) - 0.3
    expected = gap.mean() / (gap.std(ddof=1) / np.sqrt(50))
    assert diebold_mariano(gap, np.zeros(50), 1)[0] == pytest.approx(expected)


def test_diebold_mariano_is_what_the_formula_gives_by_hand() -> None:
    """Mean 1, autocovariances 12/8 and 7/8, so √(.40625) for the mean's error, times √(5.25 / 8) for 8 forecasts."""
    statistic, p = diebold_mariano(np.array([1.0, 2.0, 3.0, 2.0, 0.0, -1.0, 0.0, 1.0]), np.zeros(8), 2)
    assert statistic == pytest.approx(1.0 / np.sqrt(0.40625) * np.sqrt(5.25 / 8))
    assert statistic == pytest.approx(1.27098, abs=1e-5)
    assert p == pytest.approx(student_p(1.27098, 7), abs=1e-5)


def test_diebold_mariano_falls_back_on_bartlett_where_the_plain_variance_is_negative() -> None:
    """Autocovariances 28/8 and −17/8: 3.5 − 4.25 < 0, while half the weight leaves 3.5 − 2.125."""
    statistic, _ = diebold_mariano(np.array([1.0, -2.0, 3.0, 0.0, 2.0, -1.0, 4.0, 1.0]), np.zeros(8), 2)
    assert statistic == pytest.approx(1.0 / np.sqrt(1.375 / 8) * np.sqrt(5.25 / 8))


@pytest.mark.parametrize(
    ("statistic", "degrees", "p"),
    [
        (12.706, 1, 0.05),
        (4.303, 2, 0.05),
        (3.182, 3, 0.05),
        (2.571, 5, 0.05),
        (3.169, 10, 0.01),
        (1.812, 10, 0.10),
        (-2.042, 30, 0.05),
        (2.617, 120, 0.01),
        (0.0, 7, 1.0),
    ],
)
def test_students_p_is_that_of_the_printed_tables(statistic: float, degrees: int, p: float) -> None:
    assert student_p(statistic, degrees) == pytest.approx(p, rel=0.003)


def _overlapping(rng: np.random.Generator, count: int, overlap: int) -> np.ndarray:
    """Standard normal numbers of which neighbours share ``overlap`` - 1 of their shocks, as forecasts do."""
    return np.convolve(rng.standard_normal(count + overlap - 1), np.ones(overlap) / np.sqrt(overlap), "valid")


def test_two_standard_errors_of_a_skill_hold_the_true_one_about_19_times_in_20() -> None:
    rng, overlap, worse, hits = np.random.default_rng(1), 6, 0.15, 0
    true = 1.0 - 0.9 * np.exp(worse**2 / 2)
    for _ in range(400):
        reference = np.exp(0.5 * _overlapping(rng, 150, overlap))
        losses = 0.9 * reference * np.exp(worse * _overlapping(rng, 150, overlap))
        error = skill_standard_error(losses, reference, overlap)
        hits += abs(1.0 - losses.mean() / reference.mean() - true) <= 2 * error
    assert 0.90 <= hits / 400 <= 0.98


def test_too_few_test_dates_tell_no_standard_error() -> None:
    losses = np.random.default_rng(1).uniform(1.0, 2.0, FEWEST_BLOCKS * 6)
    reference = losses[::-1].copy()
    assert skill_standard_error(losses, reference, 6) > 0.0
    assert skill_standard_error(losses[1:], reference[1:], 6) == 0.0


def test_the_scores_of_a_backtest_know_how_sure_their_skill_is(prices: PriceHistory) -> None:
    made = history("SPY", 900, 1, ranges=False)
    cutoffs = np.arange(10, 830, 10)
    rng = np.random.default_rng(2)
    parts = []
    for model, noise in (("lstm", 0.01), ("random_walk", 0.02), ("drift", 0.02)):
        rows = pd.DataFrame({"cutoff": np.repeat(cutoffs, 60), "step": np.tile(np.arange(1, 61), len(cutoffs))})
        at = rows["cutoff"] + rows["step"]
        rows["actual"] = made.adjusted[at]
        for column in COLUMNS:
            rows[column] = made.adjusted[at] * (1 + noise * np.repeat(rng.standard_normal(len(cutoffs)), 60))
        parts.append(rows.assign(symbol=SPY, model=model, cutoff=made.sessions[rows["cutoff"]]))
    scores = score(pd.concat(parts, ignore_index=True), made)
    errors = [part["actual"].sub(part["q50"]).abs().to_numpy().reshape(-1, 60).mean(axis=1) for part in parts]
    assert scores["lstm"].skill_se == pytest.approx(skill_standard_error(errors[0], errors[1], overlap=6))
    assert scores["random_walk"].skill_se == 0.0
