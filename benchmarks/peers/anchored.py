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


def channels(log_close: Array, market: Array, origins: npt.NDArray[np.int64], horizon: int = 0) -> Array:
    """What a network sees of each origin's window, shape (origins, INPUT + ``horizon``, 1 or 3).

    The first channel is the ETF's scaled path, which is 0 at the origin. The others are there if ``market`` is not
    empty: the market's scaled path, and the log of the VIX's volatility over the market's in the window. For training,
    ``horizon`` adds the sessions after the origin.

    Args:
        log_close: of one ETF, oldest session first.
        origins: rows of the last session that each window knows, at least INPUT - 1.
        market: the market's log closes and log volatilities by the VIX, shape (sessions, 2) or (sessions, 0).
    """
    rows = origins[:, None] + np.arange(1 - INPUT, 1 + horizon)

    def path(closes: Array) -> Array:
        return (closes[rows] - closes[origins][:, None]) / scales(closes, origins)[:, None]

    found = [path(log_close)]
    if market.size:
        found += [path(market[:, 0]), market[:, 1][rows] - np.log(scales(market[:, 0], origins))[:, None]]
    return np.stack(found, axis=-1)


def prices(quantiles: Array, log_close: Array, origins: npt.NDArray[np.int64]) -> Array:
    """Quantiles of scaled moves as quantiles of closes, USD; both of shape (origins, horizon, levels).

    Networks let quantiles cross. They are put in order, which makes no quantile loss larger (Chernozhukov,
    Fernández-Val and Galichon 2010).
    """
    moves = np.sort(quantiles, axis=-1) * scales(log_close, origins)[:, None, None]
    return np.exp(log_close[origins][:, None, None] + moves)
