"""How several ETFs go together: correlations of their daily returns.

Plain Python, so that the bot can compute them without pandas.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from statistics import StatisticsError, correlation
from typing import Final

from forecasting.report import ForecastReport

Matrix = tuple[tuple[float | None, ...], ...]
"""A correlation for each pair, in the order of the ETFs; None if it is not defined."""

FEWEST_RETURNS: Final = 20
"""Common daily returns below which their correlation would be chance."""


def return_correlations(reports: Sequence[ForecastReport]) -> Matrix:
    """Pearson's correlation of daily log returns over the sessions that a pair has in common, a year at most."""
    returns = [_log_returns(report) for report in reports]
    return tuple(tuple(_of_common(ours, theirs) for theirs in returns) for ours in returns)


def _log_returns(report: ForecastReport) -> dict[date, float]:
    """By the session at whose close the return is complete."""
    return {b.session: math.log(b.close / a.close) for a, b in pairwise(report.history)}


def _of_common(ours: dict[date, float], theirs: dict[date, float]) -> float | None:
    common = sorted(ours.keys() & theirs.keys())
    if len(common) < FEWEST_RETURNS:
        return None
    try:
        found = correlation([ours[session] for session in common], [theirs[session] for session in common])
    except StatisticsError:  # one of them does not move
        return None
    return max(-1.0, min(1.0, found))
