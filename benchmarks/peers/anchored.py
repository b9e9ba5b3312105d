"""Prices as the neural peers see them: paths that start from the last close, in units of their own volatility.

Raw log closes would show a global network levels, which mean nothing and differ from ETF to ETF. Each example is
therefore the log closes of the last INPUT sessions minus the last one, over the standard deviation of the window's
daily moves; outcomes are on the same scale. Location and scale come from the window alone.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

INPUT: Final = 120
"""Sessions that a network sees."""


def scales(log_close: Array, origins: npt.NDArray[np.int64]) -> Array:
    """Standard deviation of the daily log returns in the window that ends at each origin, shape (origins,)."""
    moves = np.diff(log_close)
    return np.array([max(float(moves[at - INPUT + 1 : at].std()), 1e-6) for at in origins])


def inputs(log_close: Array, origins: npt.NDArray[np.int64]) -> Array:
    """Scaled paths up to each origin, shape (origins, INPUT); the last column is 0.

    Args:
        log_close: of one ETF, oldest session first.
        origins: rows of the last session that each path knows, at least INPUT - 1.
    """
    rows = origins[:, None] + np.arange(1 - INPUT, 1)
    return (log_close[rows] - log_close[origins][:, None]) / scales(log_close, origins)[:, None]


def outcomes(log_close: Array, origins: npt.NDArray[np.int64], horizon: int) -> Array:
    """Scaled moves over the next 1 … ``horizon`` sessions, shape (origins, horizon)."""
    rows = origins[:, None] + np.arange(1, horizon + 1)
    return (log_close[rows] - log_close[origins][:, None]) / scales(log_close, origins)[:, None]


def prices(quantiles: Array, log_close: Array, origins: npt.NDArray[np.int64]) -> Array:
    """Quantiles of scaled moves as quantiles of closes, USD; both of shape (origins, horizon, levels).

    Networks let quantiles cross. They are put in order, which makes no quantile loss larger (Chernozhukov,
    Fernández-Val and Galichon 2010).
    """
    moves = np.sort(quantiles, axis=-1) * scales(log_close, origins)[:, None, None]
    return np.exp(log_close[origins][:, None, None] + moves)
