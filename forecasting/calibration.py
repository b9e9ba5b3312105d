"""Conformal bands: quantiles corrected by how earlier out-of-sample forecasts met their outcomes.

Each past forecast gives one normal score per step: where in its fan the close fell, as a standard normal quantile. If
the bands hold, those scores are standard normal; where their own quantiles differ, the fan is read at those instead
(conformalised quantile regression in the spirit of Romano, Patterson and Candès, 2019, with the score on the fan's own
scale). Step k of a cut-off counts only once its outcome has closed. Outcomes of neighbouring cut-offs overlap and ETFs
move together, so that nothing exact is promised: the correction is shrunk by how many separate 60-session blocks it
rests on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from forecasting.prices.history import Array
from forecasting.quantiles import GAUSSIAN, HORIZON, LEVELS

HALF_LIFE_DAYS: Final = 1500.0
"""Calendar days after which a residual counts half: the correction adapts, slowly, for blocks are few."""

PRIOR_BLOCKS: Final = 12.0
"""Blocks of 60 sessions at which a correction has half of its weight."""

_DAYS_PER_BLOCK: Final = 60 * 365.25 / 252
_KNOTS: Final = (1, 5, 10, 20, 40, 60)
_nodes: Final = np.array(GAUSSIAN)
_MEDIAN: Final = 3


@dataclass(frozen=True, eq=False)
class Residuals:
    """Normal scores of past out-of-sample forecasts, pooled over ETFs.

    Attributes:
        closed: the session of each outcome as a proleptic ordinal, shape (forecasts, HORIZON).
        scores: shape (forecasts, HORIZON), NaN where the outcome is not known.
    """

    closed: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float32]

    @classmethod
    def pool(cls, parts: Sequence[Residuals]) -> Residuals:
        """All of them in one."""
        none = cls(np.zeros((0, HORIZON), np.int64), np.zeros((0, HORIZON), np.float32))
        filled = [none, *parts]
        return cls(np.concatenate([p.closed for p in filled]), np.concatenate([p.scores for p in filled]))


def normal_scores(actual: Array, quantiles: Array) -> Array:
    """Where in its fan each close fell, shape (…,): 0 at the median, ±1.96 at the outer quantiles, beyond in line.

    Args:
        actual: closes, shape (…,).
        quantiles: of the same closes, shape (…, len(LEVELS)), positive, non-decreasing.
    """
    log, at = np.log(quantiles), np.log(actual)
    # Segment of the fan that holds the close; the outermost two reach to infinity.
    segment = np.clip((log <= at[..., None]).sum(axis=-1) - 1, 0, len(LEVELS) - 2)
    low = np.take_along_axis(log, segment[..., None], -1)[..., 0]
    high = np.take_along_axis(log, segment[..., None] + 1, -1)[..., 0]
    share = (at - low) / np.maximum(high - low, 1e-12)
    scores = _nodes[segment] + share * (_nodes[segment + 1] - _nodes[segment])
    return np.asarray(np.clip(scores, -8.0, 8.0), dtype=np.float64)


def read_at(quantiles: Array, nodes: Array) -> Array:
    """A fan read at other normal scores: shape (HORIZON, len(LEVELS)) as both arguments."""
    log = np.log(quantiles)
    segment = np.clip(np.searchsorted(_nodes, nodes, side="right") - 1, 0, len(LEVELS) - 2)
    low, high = np.take_along_axis(log, segment, -1), np.take_along_axis(log, segment + 1, -1)
    share = (nodes - _nodes[segment]) / (_nodes[segment + 1] - _nodes[segment])
    return np.maximum.accumulate(np.exp(low + share * (high - low)), axis=-1)


def corrected_nodes(residuals: Residuals, known: date) -> Array:
    """At which normal scores to read a fan made at ``known``, shape (HORIZON, len(LEVELS)), increasing.

    Only outcomes that had closed by then count. The median is left where it is.
    """
    nodes = np.tile(_nodes, (HORIZON, 1))
    today = known.toordinal()
    at_knots = []
    for step in _KNOTS:
        closed, scores = residuals.closed[:, step - 1], residuals.scores[:, step - 1].astype(np.float64)
        usable = (closed <= today) & np.isfinite(scores)
        at_knots.append(_corrected(scores[usable], (today - closed[usable]).astype(np.float64)))
    steps = np.arange(1, HORIZON + 1)
    for level in range(len(LEVELS)):
        nodes[:, level] = np.interp(steps, _KNOTS, [row[level] for row in at_knots])
    return nodes


def _corrected(scores: Array, age: Array) -> Array:
    if not len(scores):
        return _nodes
    weights = 0.5 ** (age / HALF_LIFE_DAYS)
    # Kish's effective share of the span that the residuals cover, in blocks that don't overlap.
    day_weights = np.bincount(age.astype(np.int64), weights)
    days = float(day_weights.sum() ** 2 / (day_weights**2).sum()) if len(scores) else 0.0
    covered = min(days * _spacing(age), float(age.max() - age.min()) + _DAYS_PER_BLOCK)
    blocks = covered / _DAYS_PER_BLOCK
    trust = blocks / (blocks + PRIOR_BLOCKS)
    found = weighted_quantiles(scores, weights)
    found[_MEDIAN] = 0.0
    return np.maximum.accumulate(_nodes + trust * (found - _nodes))


def _spacing(age: Array) -> float:
    """Typical number of days between the outcomes' sessions."""
    different = np.unique(age)
    return float(np.median(np.diff(different))) if len(different) > 1 else 1.0


def weighted_quantiles(values: Array, weights: Array) -> Array:
    """Quantiles at LEVELS, shape (len(LEVELS),), of values with weights."""
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    position = (total - 0.5 * weights[order]) / total[-1]
    return np.interp(LEVELS, position, values[order])
