"""statsforecast's AutoETS, AutoTheta and GARCH(1,1): one fit per ETF and cut-off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from statsforecast.models import GARCH, AutoETS, AutoTheta

from benchmarks.peers.task import Array, Closes, Task

SESSIONS = 750
"""Log closes that the automatic models see: three years."""

GARCH_SESSIONS = (2500, 2250, 2000, 1750, 1500, 1250, 1000, 750)
"""Log returns that GARCH sees: ten years if there are that many, fewer if its search fails on those."""

PERSISTENCE = (0.8, 1.0 + 1e-6)
"""Plausible sum of the two coefficients. Daily returns have .9 and more; above 1 the variance explodes."""

PATHS = 4000
BANDS = {"lo-95": 0, "lo-80": 1, "lo-50": 2, "hi-50": 4, "hi-80": 5, "hi-95": 6}
"""Quantile index of each bound of their bands; the mean is used as the median."""


def fit_auto_ets(closes: Closes, task: Task) -> Callable[[], Array]:
    return _fit(AutoETS(season_length=1), closes.log_close, task)


def fit_auto_theta(closes: Closes, task: Task) -> Callable[[], Array]:
    return _fit(AutoTheta(season_length=1), closes.log_close, task)


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


def fit_garch(closes: Closes, task: Task) -> Callable[[], Array]:
    """GARCH(1,1) with a constant mean, its quantiles from simulated paths.

    Only the coefficients come from the library, and only if its search converged: otherwise they can explode. Its
    ``predict`` returns one random path as the mean, uses a variance as a standard deviation, and forecasts single
    returns instead of their sums.
    """
    log_close = closes.log_close
    model, returns = _converged(np.diff(log_close))
    mean = float(returns.mean())

    def answer() -> Array:
        coefficients = [float(c) for c in model["coeff"]]
        variance = float(model["sigma2_vals"][-1])
        sums = _simulated_sums(coefficients, variance, float(returns[-1] - mean), task.horizon)
        drift = mean * np.arange(1, task.horizon + 1)
        return np.asarray(log_close[-1] + (drift[:, None] + np.quantile(sums, task.levels, axis=0).T) / 100.0)

    return answer


def _converged(all_returns: Array) -> tuple[dict[str, Any], Array]:
    """The first fit whose search converged, with the returns (%) that it saw.

    The search always starts near the coefficients of returns in percent; with returns of unit variance it mostly ends
    at a variance that does not persist.

    Raises:
        ValueError: no search converged.
    """
    for sessions in GARCH_SESSIONS:
        returns = 100.0 * all_returns[-sessions:]
        model: dict[str, Any] = GARCH(1, 1).fit(returns - returns.mean()).model_
        _, alpha, beta = model["coeff"]
        if "successfully" in model["message"] and PERSISTENCE[0] <= alpha + beta <= PERSISTENCE[1]:
            return model, returns
    raise ValueError(f"GARCH found no coefficients for {len(all_returns)} returns")


def _simulated_sums(coefficients: list[float], variance: float, shock: float, horizon: int) -> Array:
    """Cumulated returns of Gaussian paths, shape (PATHS, horizon); every path has a mirror image."""
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
