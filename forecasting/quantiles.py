"""The shape that every forecast has: 60 sessions ahead, seven quantiles each."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from statistics import NormalDist
from typing import Final

HORIZON: Final = 60
"""Sessions ahead that are forecast."""

LEVELS: Final = (0.025, 0.10, 0.25, 0.50, 0.75, 0.90, 0.975)
"""Probabilities of the quantiles; the outer pairs bound the 95, 80 and 50% bands."""

COLUMNS: Final = ("q025", "q10", "q25", "q50", "q75", "q90", "q975")
"""Names of the quantiles in frames, JSON and the store, in the order of LEVELS."""

LOW95, LOW80, LOW50, MEDIAN, HIGH50, HIGH80, HIGH95 = range(len(LEVELS))
"""Places of the quantiles along the last axis of a forecast: the ends of the 95, 80 and 50% bands, and the median."""

Fan = tuple[tuple[float, ...], ...]
"""Quantiles at LEVELS, as plain values, for each coming session."""

GAUSSIAN: Final = (-1.959964, -1.281552, -0.674490, 0.0, 0.674490, 1.281552, 1.959964)
"""Standard normal quantiles at LEVELS, rounded as the public benchmark rounds them so that baselines agree exactly."""

SESSIONS_PER_YEAR: Final = 252

_NORMAL = NormalDist()


def yearly_volatility(low80: float, high80: float, sessions: int) -> float:
    """Yearly volatility of log returns, .2 for 20%, if moves are normal and the 80% band of their outcome is this one.

    Of the three bands, the 80% band came closest in backtests: the inner one knows less, and tails widen the outer one.

    Args:
        low80, high80: bounds of the band of the close, in one unit, positive.
        sessions: how far ahead that close is.
    """
    spread = _NORMAL.inv_cdf(LEVELS[HIGH80]) - _NORMAL.inv_cdf(LEVELS[LOW80])
    return math.log(high80 / low80) / spread * math.sqrt(SESSIONS_PER_YEAR / sessions)


def probability_above(quantiles: Sequence[float], price: float) -> float:
    """The probability of an outcome above ``price``, read from the seven quantiles at LEVELS.

    Each quantile is paired with the standard normal score of its level. Between two neighbours the score of ``price``
    is interpolated linearly; beyond the outer ones the line through the last two is extended. The answer is exact for
    normal outcomes and always between 0 and 1. Equal quantiles make it a step.
    """
    place = min(max(bisect_right(quantiles, price), 1), len(quantiles) - 1)
    low, high = quantiles[place - 1], quantiles[place]
    below, above = (_NORMAL.inv_cdf(level) for level in LEVELS[place - 1 : place + 1])
    if high > low:
        return 1.0 - _NORMAL.cdf(below + (above - below) * (price - low) / (high - low))
    return 1.0 - LEVELS[place] if price >= high else 1.0 - LEVELS[place - 1]
