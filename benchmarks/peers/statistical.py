"""statsforecast's AutoETS, AutoTheta and GARCH(1,1): one fit per ETF and cut-off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from statsforecast.models import GARCH, AutoETS, AutoTheta

from benchmarks.peers.task import Array, Task

SESSIONS = 750
"""Log closes that the automatic models see: three years."""

GARCH_SESSIONS = 2500
"""Log returns that GARCH sees: ten years, where there are so many."""

PATHS = 4000
BANDS = {"lo-95": 0, "lo-80": 1, "lo-50": 2, "hi-50": 4, "hi-80": 5, "hi-95": 6}
"""Their bands by the number of the quantile; the mean stands for the median."""


def fit_auto_ets(log_close: Array, task: Task) -> Callable[[], Array]:
    return _fit(AutoETS(season_length=1), log_close, task)


def fit_auto_theta(log_close: Array, task: Task) -> Callable[[], Array]:
    return _fit(AutoTheta(season_length=1), log_close, task)


def _fit(model: Any, log_close: Array, task: Task) -> Callable[[], Array]:
    model.fit(log_close[-SESSIONS:])

    def answer() -> Array:
        made = model.predict(task.horizon, level=[50, 80, 95])
        quantiles = np.empty((task.horizon, len(task.levels)))
        quantiles[:, 3] = made["mean"]
        for band, column in BANDS.items():
            quantiles[:, column] = made[band]
        return quantiles

    return answer


def fit_garch(log_close: Array, task: Task) -> Callable[[], Array]:
    """GARCH(1,1) with a constant mean, its quantiles from simulated paths.

    Only the coefficients are the library's. Its ``predict`` gives one random path as the mean, takes a variance for a
    standard deviation, and forecasts single returns where sums of them are asked.
    """
    returns = 100.0 * np.diff(log_close[-GARCH_SESSIONS - 1 :])
    mean = float(returns.mean())
    model = GARCH(1, 1).fit(returns - mean)

    def answer() -> Array:
        coefficients = [float(c) for c in model.model_["coeff"]]
        variance = float(model.model_["sigma2_vals"][-1])
        sums = _simulated_sums(coefficients, variance, float(returns[-1] - mean), task.horizon)
        drift = mean * np.arange(1, task.horizon + 1)
        moves = np.quantile(sums + drift, task.levels, axis=0).T / 100.0
        return np.asarray(log_close[-1] + moves)

    return answer


def _simulated_sums(coefficients: list[float], variance: float, shock: float, horizon: int) -> Array:
    """Cumulated returns of Gaussian paths, shape (PATHS, horizon); every path has its mirror image beside it."""
    omega, alpha, beta = coefficients
    half = np.random.default_rng(1).standard_normal((PATHS // 2, horizon))
    normal = np.concatenate([half, -half])
    squared, variances = np.full(PATHS, shock**2), np.full(PATHS, variance)
    sums = np.zeros((PATHS, horizon))
    for step in range(horizon):
        variances = omega + alpha * squared + beta * variances
        moves = np.sqrt(variances) * normal[:, step]
        squared = moves**2
        sums[:, step] = moves
    return sums.cumsum(axis=1)
