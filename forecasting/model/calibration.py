"""Conformal bands: corrected by how often earlier out-of-sample forecasts contained their outcomes.

Each past forecast gives one normal score per step: where in its fan the close fell, as a standard normal quantile. If
the bands are right, 50% of the scores are within ±0.67, 80% within ±1.28 and 95% within ±1.96. If more lie outside, the
fan is read further out. These are conformalised quantiles in the spirit of Romano, Patterson and Candès (2019), with
the score on the fan's own scale; symmetric, since the direction of past markets says little about the next years; and
by regime (Mondrian conformal prediction, Vovk et al. 2003), since bands that are right on average may be wrong in calm
markets. A band that contained too much is narrowed half as far as one that contained too little is widened, and the
outermost is never narrowed: a quiet period is weak evidence, and a band that is too narrow is the worse fault.

Step k of a cut-off counts only once its outcome has closed. Outcomes of neighbouring cut-offs overlap and ETFs move
together, so coverage is not guaranteed: the correction is shrunk by how many separate 60-session blocks it rests on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from forecasting.model.steps import smooth_weights
from forecasting.model.volatility import Volatility
from forecasting.prices.history import Array
from forecasting.quantiles import GAUSSIAN, HORIZON, LEVELS

REGIMES: Final = 3
"""Calm, normal and turbulent: thirds of an ETF's own last five years by fast volatility."""

REGIME_SESSIONS: Final = 1260

HALF_LIFE_DAYS: Final = 1500.0
"""Calendar days after which a residual counts half: the correction adapts slowly, since there are few blocks."""

PRIOR_BLOCKS: Final = 20.0
"""Blocks of 60 sessions at which a correction has half of its weight."""

NARROWING: Final = np.array([0.5, 0.5, 0.0])
"""Fraction of a measured narrowing that is applied, per band from the inner one out."""

_DAYS_PER_BLOCK: Final = 60 * 365.25 / 252
_FEWEST: Final = 20
"""Outcomes below which nothing is corrected."""

_KNOTS: Final = (1, 5, 10, 20, 40, 60)
_FROM_KNOTS: Final = smooth_weights(_KNOTS)
_nodes: Final = np.array(GAUSSIAN)
_BANDS: Final = ((2, 4), (1, 5), (0, 6))
_COVERS: Final = np.array([LEVELS[high] - LEVELS[low] for low, high in _BANDS])
"""Promised coverage of the bands that the pairs of quantiles bound."""


def regimes(state: Volatility, origins: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Regime of an ETF at each origin from its past only, 0 (calm) to REGIMES - 1, shape (origins,)."""
    ranks = [
        float((state.fast[max(0, origin + 1 - REGIME_SESSIONS) : origin + 1] <= state.fast[origin]).mean())
        for origin in origins
    ]
    return np.minimum((np.array(ranks) * REGIMES).astype(np.int64), REGIMES - 1)


@dataclass(frozen=True, eq=False)
class Residuals:
    """Normal scores of past out-of-sample forecasts, pooled over ETFs.

    Attributes:
        closed: the session of each outcome as a proleptic ordinal, shape (forecasts, HORIZON).
        scores: shape (forecasts, HORIZON).
        regime: of the ETF at the cut-off, shape (forecasts,).
    """

    closed: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float32]
    regime: npt.NDArray[np.int64]

    @classmethod
    def pool(cls, parts: Sequence[Residuals]) -> Residuals:
        """All ``parts`` together; without any, no forecasts."""
        none = cls(np.zeros((0, HORIZON), np.int64), np.zeros((0, HORIZON), np.float32), np.zeros(0, np.int64))
        filled = [none, *parts]
        return cls(
            np.concatenate([part.closed for part in filled]),
            np.concatenate([part.scores for part in filled]),
            np.concatenate([part.regime for part in filled]),
        )


def normal_scores(actual: Array, quantiles: Array) -> Array:
    """Where in its fan each close fell, shape (…,): 0 at the median, ±1.96 at the outer quantiles, extrapolated beyond.

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
    """A fan read at other normal scores.

    Args:
        quantiles: shape (rows, len(LEVELS)), positive, non-decreasing.
        nodes: the normal scores to read at, same shape; those of LEVELS give the fan back.

    Returns:
        Quantiles of the same shape and units, non-decreasing.
    """
    log = np.log(quantiles)
    segment = np.clip(np.searchsorted(_nodes, nodes, side="right") - 1, 0, len(LEVELS) - 2)
    low, high = np.take_along_axis(log, segment, -1), np.take_along_axis(log, segment + 1, -1)
    share = (nodes - _nodes[segment]) / (_nodes[segment + 1] - _nodes[segment])
    return np.maximum.accumulate(np.exp(low + share * (high - low)), axis=-1)


def corrected_nodes(residuals: Residuals, known: date) -> Array:
    """The normal scores to read a fan at, shape (REGIMES, HORIZON, len(LEVELS)), non-decreasing.

    The median is left where it is.

    Args:
        residuals: of past out-of-sample forecasts.
        known: only outcomes that had closed by this day count.
    """
    return np.stack([nodes_of_regime(residuals, known, regime) for regime in range(REGIMES)])


def nodes_of_regime(residuals: Residuals, known: date, regime: int) -> Array:
    """One regime's part of ``corrected_nodes``, shape (HORIZON, len(LEVELS))."""
    today, factors = known.toordinal(), []
    for step in _KNOTS:
        closed, scores = residuals.closed[:, step - 1], residuals.scores[:, step - 1].astype(np.float64)
        first = int(closed.min()) if len(closed) else today
        usable = (closed <= today) & (residuals.regime == regime)
        age = (today - closed[usable]).astype(np.float64)
        factors.append(_factors(np.abs(scores[usable]), age, _blocks(today - first)))
    nodes = np.zeros((HORIZON, len(LEVELS)))
    smooth = _FROM_KNOTS @ np.array(factors)
    smooth = np.where(NARROWING > 0.0, smooth, np.maximum(smooth, 1.0))
    for (low, high), factor in zip(_BANDS, smooth.T, strict=True):
        nodes[:, low], nodes[:, high] = _nodes[low] * factor, _nodes[high] * factor
    # A band may not reach beyond the next wider one: widen that.
    upper = np.maximum.accumulate(nodes[:, len(LEVELS) // 2 :], axis=1)
    lower = np.minimum.accumulate(nodes[:, : len(LEVELS) // 2 + 1][:, ::-1], axis=1)[:, ::-1]
    return np.concatenate([lower, upper[:, 1:]], axis=1)


def _blocks(days: int) -> float:
    """Separate 60-session blocks in a span of calendar days, the older ones at their weight."""
    if days <= 0:
        return 0.0
    weight = HALF_LIFE_DAYS / np.log(2.0) * (1.0 - 0.5 ** (days / HALF_LIFE_DAYS))
    return float(weight / _DAYS_PER_BLOCK)


def _factors(sizes: Array, age: Array, blocks: float) -> Array:
    """How much further out to read each band, shape (bands,)."""
    if len(sizes) < _FEWEST:
        return np.ones(len(_BANDS))
    found = weighted_quantiles(sizes, 0.5 ** (age / HALF_LIFE_DAYS), _COVERS)
    promised = _nodes[[high for _, high in _BANDS]]
    trust = blocks / (blocks + PRIOR_BLOCKS)
    change = trust * (found / promised - 1.0)
    return np.asarray(1.0 + np.where(change < 0.0, NARROWING * change, change))


def weighted_quantiles(values: Array, weights: Array, levels: Array) -> Array:
    """Quantiles at ``levels``, shape (levels,), of values with weights."""
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    position = (total - 0.5 * weights[order]) / total[-1]
    return np.asarray(np.interp(levels, position, values[order]))
