"""Where closes fell among the quantiles, and how certain averages over past forecasts are.

Forecasts of neighbouring cut-offs share most of their 60 sessions, and ETFs share a market. Dates are resampled
therefore, in blocks, and not rows: the circular block bootstrap of Politis and Romano (1992).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from forecasting.prices.history import Array
from forecasting.quantiles import LEVELS

BINS: Final = len(LEVELS) + 1

PROMISED: Final = np.diff([0.0, *LEVELS, 1.0])
"""Expected share of closes below the first quantile, between neighbours, and above the last; shape (BINS,)."""


def bins_met(actual: Array, quantiles: Array) -> npt.NDArray[np.int64]:
    """Number of quantiles that lie below each close, 0 … BINS - 1: the probability integral transform, in bins.

    Args:
        actual: shape (rows,).
        quantiles: shape (rows, len(LEVELS)), same units.
    """
    return np.asarray((quantiles < actual[:, None]).sum(axis=1), dtype=np.int64)


def histogram(bins: npt.NDArray[np.int64]) -> Array:
    """Share of each bin, shape (BINS,); equal to PROMISED if the forecasts are calibrated."""
    return np.bincount(bins, minlength=BINS) / len(bins)


def block_weights(dates: int, block: int, draws: int, seed: int) -> Array:
    """How often each date occurs in each resampled series, shape (draws, dates); each row sums to ``dates``.

    A series is made of blocks of ``block`` neighbouring dates from random places, the first date following the last,
    cut to length. Averages of draws are then matrix products: ``weights @ sums / (weights @ counts)``.

    Args:
        dates: number of dates, in time order.
        block: no less than the dates whose outcomes overlap.
    """
    random = np.random.default_rng(seed)
    starts = random.integers(dates, size=(draws, -(-dates // block)))
    drawn = (starts[:, :, None] + np.arange(block)).reshape(draws, -1)[:, :dates] % dates
    weights = np.zeros((draws, dates))
    np.add.at(weights, (np.arange(draws)[:, None], drawn), 1.0)
    return weights


def ratio_band(sums: Array, counts: Array, weights: Array, level: float = 0.95) -> tuple[Array, Array]:
    """Lower and upper bound of Σ sums / Σ counts by the percentiles of its bootstrap draws, each of shape (groups,).

    Draws without a row of a group are left out for that group.

    Args:
        sums, counts: per date and group, shape (dates, groups).
        weights: of ``block_weights``.
    """
    rows = weights @ counts
    drawn = np.divide(weights @ sums, rows, out=np.full_like(rows, np.nan), where=rows > 0.0)
    low, high = np.nanquantile(drawn, [(1.0 - level) / 2.0, (1.0 + level) / 2.0], axis=0)
    return low, high


def thirds(values: Array) -> npt.NDArray[np.int64]:
    """Third of each value among all, 0 (lowest) to 2, shape as ``values`` (rows,); ties stay in order."""
    ranks = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    return np.asarray(3 * ranks // max(1, len(values)), dtype=np.int64)
