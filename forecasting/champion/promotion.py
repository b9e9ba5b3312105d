"""Whether a newly trained model, the challenger, takes the place of the one that forecasts, the champion.

A pure decision over values. No weights are judged on outcomes that they trained on, and a model that was trained up to
today has no other outcomes. So two things are looked at: the model's own forecast of the newest session, which has no
outcome yet, and the losses of its stand-in, the same recipe trained on sessions before the newest fold alone.

    no champion     promoted if its forecast is finite and ordered
    same recipe     promoted unless a check fails: finite and ordered, bands within SCALE_FACTOR of the champion's,
                    the stand-in's loss on the fold at most STANDARD_ERRORS worse than the champion's stand-in's
    other recipe    finite, ordered and scaled as above, and promoted only if its mean loss in walk-forward is not
                    higher than the champion's recipe's, both refitted before each fold
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

import numpy as np

from forecasting.evaluation.scores import diebold_mariano, pinball
from forecasting.prices.history import Array
from forecasting.quantiles import HORIZON

SCALE_FACTOR: Final = 2.0
"""By how much a band may be wider or narrower than the champion's. Refits differ by a few percent."""

SCALE_STEPS: Final = (20, 60)

STANDARD_ERRORS: Final = 2.0

REFIT_LUCK: Final = 0.005
"""Standard deviation of the difference between two refits' mean losses, as a share of the loss: luck of training alone.

Twice what weekly refits of eight ETFs showed, since small panels have more of it (docs/model.md). The Diebold-Mariano
standard error takes both models as given and knows nothing of it: where two forecasts are nearly the same it calls a
fifth of a percent significant.
"""

FEWEST_BLOCKS: Final = 2
"""Separate horizons under which a mean loss has no standard error worth the name."""

_BANDS: Final = {"80 %": (1, 5), "95 %": (0, 6)}

Rule = Literal["first", "refit", "recipe"]


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
        return len(self.cutoffs) >= FEWEST_BLOCKS * self.overlap


@dataclass(frozen=True, eq=False)
class Contest:
    """What a decision rests on.

    Attributes:
        rule: ``first`` where no champion can forecast, ``refit`` of the same recipe, or another ``recipe``.
        forecast: the challenger's quantiles of the coming sessions, shape (HORIZON, len(LEVELS)), USD.
        rival: the champion's, from the same session and prices; None by the rule ``first``.
        losses: on cut-offs that neither side trained on; None where the ETF is too young to have any.
        remark: why there is no rival or there are no losses, where that needs a word.
    """

    rule: Rule
    forecast: Array
    rival: Array | None = None
    losses: Losses | None = None
    remark: str = ""


@dataclass(frozen=True)
class Judgement:
    """Whether the challenger is promoted, why, in a sentence, and the numbers, fit for JSON.

    ``champion_stays`` is False where it is not promoted and no champion can forecast in its place.
    """

    promoted: bool
    champion_stays: bool
    reason: str
    numbers: Mapping[str, Any]


@dataclass(frozen=True)
class _Finding:
    """What one check found: its words go on after "the challenger's"."""

    passed: bool
    words: str
    numbers: Mapping[str, Any]


def judge(contest: Contest, *, withdrawn: bool = False) -> Judgement:
    """The decision.

    Args:
        withdrawn: an operator has rolled this very model back: no training brings it back, whatever the checks say.
    """
    if withdrawn and contest.rival is not None:
        reason = "An operator rolled this very model back by hand; etf-forecast rollback --to takes it again."
        return Judgement(False, True, reason, {"rule": contest.rule})
    findings = [_soundness(contest.forecast)]
    if findings[0].passed and contest.rival is not None:
        findings.append(_scale(contest.forecast, contest.rival))
        if contest.losses is not None:
            findings.append(_loss(contest.losses, contest.rule))
    failed = [finding for finding in findings if not finding.passed]
    lead = {
        "first": "There is no champion to compare with",
        "refit": "A refit of the champion's recipe",
        "recipe": "A changed recipe",
    }[contest.rule]
    told = "; ".join(finding.words for finding in failed or findings)
    reason = f"{lead}: {told}." + (f" {contest.remark}" if contest.remark else "")
    numbers: dict[str, Any] = {"rule": contest.rule}
    for finding in findings:
        numbers |= finding.numbers
    return Judgement(not failed, bool(failed) and contest.rival is not None, reason, numbers)


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


def _soundness(fan: Array) -> _Finding:
    if not np.isfinite(fan).all() or not (fan > 0.0).all():
        return _Finding(False, "the forecast has steps without a price", {"finite": False})
    if (np.diff(fan, axis=1) < 0.0).any():
        return _Finding(False, "the forecast's quantiles cross", {"finite": True, "ordered": False})
    return _Finding(True, "the forecast is finite and ordered", {"finite": True, "ordered": True})


def _scale(fan: Array, rival: Array) -> _Finding:
    ratios = {
        f"{band} at {step}": _width(fan, step, *levels) / _width(rival, step, *levels)
        for band, levels in _BANDS.items()
        for step in SCALE_STEPS
    }
    low, high = min(ratios.values()), max(ratios.values())
    passed = low >= 1.0 / SCALE_FACTOR and high <= SCALE_FACTOR
    words = f"the bands are {low:.2f} to {high:.2f} times as wide as the champion's"
    bound = "" if passed else f", and may be {1.0 / SCALE_FACTOR:g} to {SCALE_FACTOR:g} times"
    return _Finding(passed, words + bound, {"width_ratios": ratios})


def _width(fan: Array, step: int, low: int, high: int) -> float:
    """Of a band in logs, so that the price does not matter; a band of no width counts as a very narrow one."""
    return max(math.log(fan[step - 1, high] / fan[step - 1, low]), 1e-9)


def _loss(losses: Losses, rule: Rule) -> _Finding:
    ours, theirs = float(losses.challenger.mean()), float(losses.champion.mean())
    gap, error = ours - theirs, _standard_error(losses)
    # Written so that a loss that is no number fails.
    passed = bool(gap <= (STANDARD_ERRORS * error if rule == "refit" else 0.0))
    first, last = losses.cutoffs[0], losses.cutoffs[-1]
    trained = "neither trained on" if rule == "refit" else "each recipe was refitted before"
    words = (
        f"the loss on {len(losses.cutoffs)} cut-offs from {first} to {last}, which {trained}, is {ours:.3%} of the "
        f"close against the champion's {theirs:.3%}, a difference of {gap:+.4%} with a standard error of {error:.4%}"
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
    return _Finding(passed, words, {"loss": numbers})


def _standard_error(losses: Losses) -> float:
    """Of the mean difference: from the outcomes, which chance might have made others, and from the luck of training.

    The first as in the Diebold-Mariano test with the correction of Harvey, Leybourne and Newbold.
    """
    statistic, _ = diebold_mariano(losses.challenger, losses.champion, losses.overlap)
    gap = float((losses.challenger - losses.champion).mean())
    of_outcomes = gap / statistic if statistic else 0.0
    return math.hypot(of_outcomes, REFIT_LUCK * float(losses.champion.mean()))


def _number(value: float) -> float | None:
    """JSON has no NaN."""
    return value if math.isfinite(value) else None
