"""Promotions, decided on planted forecasts and losses."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import pytest

from forecasting.champion.promotion import Challenge, Losses, decide, mean_losses
from forecasting.prices.history import Array
from forecasting.quantiles import GAUSSIAN

SQUARE_ROOTS = np.sqrt(np.arange(1, 61))


def fan(width: float = 0.01, median: float = 100.0) -> Array:
    """A forecast whose bands widen with the root of the steps."""
    return np.asarray(median * np.exp(width * SQUARE_ROOTS[:, None] * np.array(GAUSSIAN)))


def losses(worse_by: float, cutoffs: int = 60, every: int = 10) -> Losses:
    """Losses that differ by ``worse_by`` standard errors in the mean, as the decision reckons them."""
    rng = np.random.default_rng(5)
    champion = 0.011 + 0.002 * rng.random(cutoffs)
    gap = rng.normal(0.0, 0.0005, cutoffs)
    gap -= gap.mean()
    days = tuple(date(2022, 1, 3) + timedelta(days=14 * k) for k in range(cutoffs))
    noise = decide(Challenge(fan(), fan(), Losses(days, champion + gap + 1e-4, champion, every)))
    error = noise.numbers["loss"]["standard_error"]
    return Losses(days, champion + gap + worse_by * error, champion, every)


def test_an_equal_challenger_is_promoted() -> None:
    same = losses(0.0)
    ruling = decide(Challenge(fan(), fan(), Losses(same.cutoffs, same.champion, same.champion, 10)))

    assert ruling.promoted
    assert ruling.numbers["width_ratios"] == pytest.approx(dict.fromkeys(ruling.numbers["width_ratios"], 1.0))
    assert ruling.numbers["loss"]["difference"] == 0.0
    assert ruling.numbers["loss"]["cutoffs"] == 60


@pytest.mark.parametrize(("worse_by", "promoted"), [(-3.0, True), (0.5, True), (1.9, True), (2.1, False), (3.0, False)])
def test_a_refit_may_be_worse_by_two_standard_errors(worse_by: float, promoted: bool) -> None:
    ruling = decide(Challenge(fan(), fan(), losses(worse_by)))

    assert ruling.promoted is promoted
    numbers = ruling.numbers["loss"]
    assert numbers["difference"] / numbers["standard_error"] == pytest.approx(worse_by)


@pytest.mark.parametrize(("worse_by", "promoted"), [(-0.1, True), (0.0, True), (0.1, False), (1.9, False)])
def test_a_changed_recipe_may_not_be_worse_at_all(worse_by: float, promoted: bool) -> None:
    planted = losses(worse_by)
    if worse_by == 0.0:
        planted = Losses(planted.cutoffs, planted.champion, planted.champion, 10)

    ruling = decide(Challenge(fan(), fan(), planted, same_recipe=False))

    assert ruling.promoted is promoted
    assert ruling.numbers["rule"] == "recipe"


@pytest.mark.parametrize(("share", "promoted"), [(0.009, True), (0.011, False)])
def test_a_difference_that_every_cutoff_shares_may_be_the_luck_of_training(share: float, promoted: bool) -> None:
    """Nothing varies from cut-off to cut-off, so that the outcomes alone would call any difference significant."""
    champion = losses(0.0).champion

    challenge = Challenge(fan(), fan(), Losses(losses(0.0).cutoffs, (1.0 + share) * champion, champion, 10))

    assert decide(challenge).promoted is promoted


@pytest.mark.parametrize(
    ("factor", "promoted"), [(1.0, True), (1.9, True), (0.55, True), (3.0, False), (2.1, False), (0.4, False)]
)
def test_bands_stay_within_a_factor_of_two(factor: float, promoted: bool) -> None:
    ruling = decide(Challenge(fan(0.01 * factor, median=90.0), fan()))

    assert ruling.promoted is promoted
    assert list(ruling.numbers["width_ratios"].values()) == pytest.approx([factor] * 4)


def test_a_single_band_out_of_scale_is_enough() -> None:
    wide = fan()
    wide[19, 6] *= 1.2

    ruling = decide(Challenge(wide, fan(), losses(0.0)))

    assert not ruling.promoted
    assert "times as wide" in ruling.reason
    assert "error" not in ruling.reason, "what passed is not blamed"


def broken(how: str) -> Array:
    forecast = fan()
    if how == "nan":
        forecast[59, 3] = np.nan
    elif how == "infinite":
        forecast[0, 6] = np.inf
    elif how == "negative":
        forecast[30, 0] = -1.0
    else:
        forecast[7, [2, 4]] = forecast[7, [4, 2]]
    return forecast


@pytest.mark.parametrize("how", ["nan", "infinite", "negative", "crossed"])
def test_a_forecast_that_is_none_is_never_promoted(how: str) -> None:
    against_champion = decide(Challenge(broken(how), fan(), losses(-3.0)))
    alone = decide(Challenge(broken(how)))

    assert not against_champion.promoted
    assert not alone.promoted
    assert ("cross" in alone.reason) == (how == "crossed")


def test_a_loss_that_is_no_number_fails_and_is_stored_as_none() -> None:
    planted = losses(0.0)
    ours = planted.challenger.copy()
    ours[3] = np.nan

    ruling = decide(Challenge(fan(), fan(), Losses(planted.cutoffs, ours, planted.champion, 10)))

    assert not ruling.promoted
    assert ruling.numbers["loss"]["challenger"] is None
    json.dumps(ruling.numbers, allow_nan=False)


def test_the_first_model_needs_only_to_be_sound() -> None:
    ruling = decide(Challenge(fan(), remark="The previous model can no longer be used."))

    assert ruling.promoted
    assert ruling.reason == "The previous model can no longer be used."
    assert decide(Challenge(fan())).reason == "First model for this ETF."


def test_what_an_operator_rolled_back_no_check_brings_back() -> None:
    challenge = Challenge(fan(), fan(), losses(-3.0))

    assert decide(challenge).promoted
    assert not decide(challenge, withdrawn=True).promoted
    assert decide(Challenge(fan()), withdrawn=True).promoted, "better than no forecast"


def test_outcomes_that_overlap_make_the_standard_error_larger() -> None:
    """The same losses count for less when each outcome shares most of its sessions with the next."""
    walk = np.repeat(np.random.default_rng(1).normal(0.0, 0.001, 12), 5)
    days = losses(0.0).cutoffs

    def error(every: int) -> float:
        planted = Losses(days, 0.012 + walk, np.full(60, 0.012), every)
        return float(decide(Challenge(fan(), fan(), planted)).numbers["loss"]["standard_error"])

    assert error(every=10) > 1.5 * error(every=60)


def test_a_dozen_cutoffs_are_the_fewest_to_compare_losses_on() -> None:
    assert losses(0.0, cutoffs=12).suffice
    assert not Losses(losses(0.0).cutoffs[:11], np.ones(11), np.ones(11), 10).suffice


def test_losses_are_mean_pinball_as_a_share_of_the_close() -> None:
    actual, last = np.full((2, 60), 101.0), np.array([100.0, 50.0])
    flat = np.full((2, 60, 7), 100.0)

    # One USD above every quantile costs each its level: .5 on average.
    assert mean_losses(actual, flat, last) == pytest.approx([0.005, 0.01])
