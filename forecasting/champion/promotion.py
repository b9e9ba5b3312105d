"""Whether a newly trained model, the challenger, replaces the model in use, the champion.

A pure decision over values. No weights are judged on outcomes that they were trained on, and a model that was trained
up to today has no others. So two things are compared: the two forecasts of the newest session, which has no outcome
yet, and the losses of the two holdout models: each model's recipe, trained only on the sessions before the newest fold.

    no champion     promoted if its forecast is finite and ordered
    same recipe     promoted unless a check fails: finite and ordered, bands within SCALE_FACTOR of the champion's,
                    the holdout model's loss on the fold at most STANDARD_ERRORS worse than the champion's
    other recipe    the same checks, but the holdout model's mean loss must not be higher than the champion's

Two years of one ETF say little about a recipe. To compare recipes, use ``etf-forecast tune`` or
``etf-forecast backtest --recipe``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np

from forecasting.evaluation.scores import diebold_mariano, pinball
from forecasting.prices.history import Array
from forecasting.quantiles import HIGH80, HIGH95, HORIZON, LOW80, LOW95

SCALE_FACTOR: Final = 2.0
"""Factor by which a band may be wider or narrower than the champion's. Refits differ by a few percent."""

SCALE_STEPS: Final = (20, 60)

STANDARD_ERRORS: Final = 2.0

REFIT_LUCK: Final = 0.005
"""Standard deviation of the difference between two refits' mean losses, as a share of the loss: luck of training alone.

Twice what weekly refits of eight ETFs showed, since small panels have more of it (docs/model.md). The Diebold-Mariano
standard error takes both models as given and does not include it: if two forecasts are nearly the same, it calls a
fifth of a percent significant.
"""

FEWEST_BLOCKS: Final = 2
"""Separate horizons below which a mean loss has no useful standard error."""

_BANDS: Final = {"80 %": (LOW80, HIGH80), "95 %": (LOW95, HIGH95)}  # the names are keys in stored decisions


@dataclass(frozen=True, eq=False)
class Losses:
    """Mean pinball losses of two forecasts by cut-off, as shares of the close there.

    Attributes:
        cutoffs: in time order.
        challenger, champion: shape (cut-offs,).
        every: sessions between the cut-offs.
    """

    cutoffs: tuple[date, ...]
    challenger: Array
    champion: Array
    every: int

    @property
    def overlap(self) -> int:
        """Cut-offs whose outcomes overlap, the first included."""
        return math.ceil(HORIZON / self.every)

    @property
    def suffice(self) -> bool:
        """Whether there are enough of them to compare the means."""
        return len(self.cutoffs) >= FEWEST_BLOCKS * self.overlap


@dataclass(frozen=True, eq=False)
class Challenge:
    """What a decision rests on.

    Attributes:
        forecast: the challenger's quantiles of the coming sessions, shape (HORIZON, len(LEVELS)), USD.
        champion_forecast: the champion's, from the same session and prices; None if no champion can forecast.
        losses: on cut-offs that neither holdout model was trained on; None if the ETF is too young to have any.
        same_recipe: whether challenger and champion were made by the same recipe.
        remark: why there is no champion's forecast or there are no losses, if that needs a sentence.
    """

    forecast: Array
    champion_forecast: Array | None = None
    losses: Losses | None = None
    same_recipe: bool = True
    remark: str = ""


class Ruling(NamedTuple):
    """Whether the challenger is promoted, why (for a reader), and the numbers behind it, fit for JSON."""

    promoted: bool
    reason: str
    numbers: Mapping[str, Any]


class _Check(NamedTuple):
    """What one check found. A check without a sentence needs none when it passes."""

    passed: bool
    sentence: str
    numbers: Mapping[str, Any]


def decide(challenge: Challenge, *, withdrawn: bool = False) -> Ruling:
    """Decide a challenge.

    Args:
        withdrawn: an operator has rolled this very model back, so no training brings it back, whatever the checks say.
    """
    first = challenge.champion_forecast is None
    numbers: dict[str, Any] = {"rule": "first" if first else "refit" if challenge.same_recipe else "recipe"}
    if withdrawn and not first:
        reason = "An operator rolled this model back; etf-forecast rollback --to brings it back."
        return Ruling(False, reason, numbers)
    checks = [_soundness(challenge.forecast)]
    if checks[0].passed and challenge.champion_forecast is not None:
        checks.append(_scale(challenge.forecast, challenge.champion_forecast))
        if challenge.losses is not None:
            checks.append(_loss(challenge.losses, STANDARD_ERRORS if challenge.same_recipe else 0.0))
    failed = [check for check in checks if not check.passed]
    lead = "First model for this ETF." if first and not challenge.remark else ""
    reason = " ".join(filter(None, (lead, *(check.sentence for check in failed or checks), challenge.remark)))
    for check in checks:
        numbers |= check.numbers
    return Ruling(not failed, reason, numbers)


def is_sound(fan: Array) -> bool:
    """Whether every step of a fan, shape (HORIZON, len(LEVELS)), has positive prices in order."""
    return _soundness(fan).passed


def mean_losses(actual: Array, quantiles: Array, last: Array) -> Array:
    """Mean pinball losses by cut-off, shape (cut-offs,), as shares of the closes ``last`` (cut-offs,).

    Args:
        actual: shape (cut-offs, HORIZON).
        quantiles: shape (cut-offs, HORIZON, len(LEVELS)).
    """
    losses = pinball(actual.ravel(), quantiles.reshape(actual.size, -1)).reshape(len(last), -1)
    return np.asarray(losses.mean(axis=1) / last)


def _soundness(fan: Array) -> _Check:
    if not np.isfinite(fan).all() or not (fan > 0.0).all():
        return _Check(False, "The new model's forecast has days without a price.", {"finite": False})
    if (np.diff(fan, axis=1) < 0.0).any():
        return _Check(False, "The quantiles of the new model's forecast cross.", {"finite": True, "ordered": False})
    return _Check(True, "", {"finite": True, "ordered": True})


def _scale(fan: Array, champions: Array) -> _Check:
    ratios = {
        f"{band} at {step}": _width(fan, step, *levels) / _width(champions, step, *levels)
        for band, levels in _BANDS.items()
        for step in SCALE_STEPS
    }
    low, high = min(ratios.values()), max(ratios.values())
    passed = low >= 1.0 / SCALE_FACTOR and high <= SCALE_FACTOR
    sentence = f"The new model's bands are {low:.2f} to {high:.2f} times as wide as the previous model's."
    limits = "" if passed else f" The limits are {1.0 / SCALE_FACTOR:g} and {SCALE_FACTOR:g}."
    return _Check(passed, sentence + limits, {"width_ratios": ratios})


def _width(fan: Array, step: int, low: int, high: int) -> float:
    """Width of a band in logs, so that the price does not matter; a band without width counts as a very narrow one."""
    return max(math.log(fan[step - 1, high] / fan[step - 1, low]), 1e-9)


def _loss(losses: Losses, tolerance: float) -> _Check:
    ours, theirs = float(losses.challenger.mean()), float(losses.champion.mean())
    gap, error = ours - theirs, _standard_error(losses)
    first, last = losses.cutoffs[0], losses.cutoffs[-1]
    sentence = (
        f"On {len(losses.cutoffs)} test dates from {first} to {last}, not used for training, its mean error (pinball "
        f"loss) is {ours:.3%} of the price and the previous model's {theirs:.3%}: a difference of {gap:+.4%} with a "
        f"standard error of {error:.4%}."
    )
    numbers = {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "cutoffs": len(losses.cutoffs),
        "challenger": _number(ours),
        "champion": _number(theirs),
        "difference": _number(gap),
        "standard_error": _number(error),
    }
    return _Check(bool(gap <= tolerance * error), sentence, {"loss": numbers})  # False if a loss is NaN


def _standard_error(losses: Losses) -> float:
    """Standard error of the mean difference: chance in the outcomes, and the luck of training.

    The first as in the Diebold-Mariano test with the correction of Harvey, Leybourne and Newbold.
    """
    statistic, _ = diebold_mariano(losses.challenger, losses.champion, losses.overlap)
    gap = float((losses.challenger - losses.champion).mean())
    of_outcomes = gap / statistic if statistic else 0.0
    return math.hypot(of_outcomes, REFIT_LUCK * float(losses.champion.mean()))


def _number(value: float) -> float | None:
    """JSON has no NaN."""
    return value if math.isfinite(value) else None
