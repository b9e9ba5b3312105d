"""The forecasts of random walk and drift on the day of issue, as three numbers from which both can be recomputed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from forecasting.forecast import Forecast
from forecasting.model.baselines import Drift, RandomWalk
from forecasting.prices.history import Array, Panel, PriceHistory
from forecasting.quantiles import GAUSSIAN, HIGH95, HORIZON, MEDIAN

_STEPS = np.arange(1, HORIZON + 1)[:, None]
_SPREAD = np.sqrt(_STEPS) * np.array(GAUSSIAN)


@dataclass(frozen=True)
class Baselines:
    """Log returns a session: the random walk's volatility, the drift's mean and volatility.

    Their quantiles of step h are as-of close × exp(mean × h + volatility × √h × z), z of GAUSSIAN; a random walk's mean
    is 0.
    """

    walk_sigma: float
    drift_mean: float
    drift_sigma: float

    @classmethod
    def of(cls, history: PriceHistory) -> Baselines:
        """The baselines at the end of ``history``, read off the baselines' own forecasts of the next session.

        Raises:
            NotEnoughHistory: there are too few sessions for a forecast.
        """
        panel = Panel([history])
        _, walk_sigma = _moments(RandomWalk().predict(history.symbol, panel))
        return cls(walk_sigma, *_moments(Drift().predict(history.symbol, panel)))

    @classmethod
    def from_json(cls, stored: Mapping[str, float]) -> Baselines:
        return cls(stored["walk_sigma"], stored["drift_mean"], stored["drift_sigma"])


def fans_of(baselines: Sequence[Baselines], closes: Array) -> tuple[Array, Array]:
    """The quantiles of random walk and drift on several days of issue.

    Args:
        closes: the as-of closes, shape (len(baselines),).

    Returns:
        Two arrays, shape (len(baselines), HORIZON, len(LEVELS)), in the units of ``closes``.
    """
    walks = [(0.0, one.walk_sigma) for one in baselines]
    drifts = [(one.drift_mean, one.drift_sigma) for one in baselines]
    return _fans(closes, walks), _fans(closes, drifts)


def _moments(forecast: Forecast) -> tuple[float, float]:
    first = forecast.quantiles[0]
    mean = math.log(first[MEDIAN] / forecast.last)
    return mean, math.log(first[HIGH95] / first[MEDIAN]) / GAUSSIAN[HIGH95]


def _fans(closes: Array, moments: Sequence[tuple[float, float]]) -> Array:
    close, mean, sigma = (column[:, None, None] for column in (closes, *np.array(moments).T))
    fans: Array = close * np.exp(mean * _STEPS + sigma * _SPREAD)
    return fans
