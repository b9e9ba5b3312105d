"""Paths of one or several ETFs that agree with the forecast of each, and move together as the ETFs did in the past.

Filtered historical simulation (Barone-Adesi, Giannopoulos and Vosper 1999) gives the dependence: daily returns are
divided by the volatility known the day before, and each stretch of the past, the same for all ETFs, becomes a path.
Forecasts give the distributions: at each step the paths of an ETF are ranked, and the path of rank *r* of *n* gets the
price at the level (r − ½) / n of the forecast (Sklar 1959; the ranks are an empirical copula). Nothing is drawn at
random.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from statistics import NormalDist
from typing import Final

import numpy as np

from forecasting.errors import TooLittleInCommon
from forecasting.model.volatility import FAST_DECAY, ewma_sigma
from forecasting.prices.history import Array
from forecasting.quantiles import LEVELS
from forecasting.scenarios.past_returns import STRETCHES, WARM_UP, PastReturns

FEWEST_STRETCHES: Final = 250
"""A year of them: with fewer, the worst one in twenty is a dozen neighbours."""

_SMALLEST: Final = 1e-5
"""Daily volatility below which an ETF counts as not moving."""

_normal = NormalDist()


def joint_paths(fans: Sequence[Array], pasts: Sequence[PastReturns]) -> Array:
    """Paths of the closes of several ETFs.

    Args:
        fans: forecast quantiles of each ETF, shape (steps, len(LEVELS)), in any unit, non-decreasing.
        pasts: of the same ETFs.

    Returns:
        Shape (ETFs, steps, paths), at most STRETCHES paths, in the units of the fans. The paths of an ETF have its
        fan's quantiles at each step.

    Raises:
        TooLittleInCommon: there would be fewer than FEWEST_STRETCHES paths.
    """
    moves = common_moves(pasts)
    steps = len(fans[0])
    summed = np.concatenate([np.zeros((len(moves), 1)), np.cumsum(moves, axis=1)], axis=1)
    paths = summed.shape[1] - steps
    if paths < FEWEST_STRETCHES:
        raise TooLittleInCommon
    starts = np.arange(max(0, paths - STRETCHES), paths)
    ahead = np.arange(1, steps + 1)[:, None]
    found = np.empty((len(fans), steps, len(starts)))
    for own, past, fan in zip(found, summed, fans, strict=True):
        order = np.argsort(past[starts + ahead] - past[starts], axis=1, kind="stable")
        np.put_along_axis(own, order, prices_at(fan, _scores(len(starts))), axis=1)
    return found


def common_moves(pasts: Sequence[PastReturns]) -> Array:
    """Standardised returns of the sessions that all ETFs have, shape (ETFs, sessions), oldest first."""
    known = [dict(zip(past.sessions[WARM_UP:], standardised(past.returns)[WARM_UP:], strict=True)) for past in pasts]
    sessions = sorted(set.intersection(*(set(moves) for moves in known)))
    return np.array([[moves[session] for session in sessions] for moves in known])


def standardised(returns: Sequence[float]) -> Array:
    """Daily log returns divided by the volatility known the session before, same shape; the first is 0."""
    values = np.asarray(returns, dtype=np.float64)
    known = np.maximum(ewma_sigma(values, FAST_DECAY), _SMALLEST)
    return np.concatenate([[0.0], values[1:] / known[:-1]])


def prices_at(fan: Array, scores: Array) -> Array:
    """The inverse of ``quantiles.probability_above``: the prices at standard normal scores, never below 0.

    Args:
        fan: shape (steps, len(LEVELS)).
        scores: shape (n,), increasing.

    Returns:
        Shape (steps, n).
    """
    nodes = np.array([_normal.inv_cdf(level) for level in LEVELS])
    segment = np.clip(np.searchsorted(nodes, scores, side="right") - 1, 0, len(LEVELS) - 2)
    share = (scores - nodes[segment]) / (nodes[segment + 1] - nodes[segment])
    prices: Array = np.maximum(fan[:, segment] + share * (fan[:, segment + 1] - fan[:, segment]), 0.0)
    return prices


@lru_cache(maxsize=4)
def _scores(paths: int) -> Array:
    """Normal scores of the ranks of ``paths`` paths, increasing."""
    return np.array([_normal.inv_cdf((rank + 0.5) / paths) for rank in range(paths)])
