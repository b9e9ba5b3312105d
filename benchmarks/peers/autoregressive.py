"""arch's GJR-GARCH with Student's t, and its HARX on range volatility: one fit per ETF and cut-off."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from arch import arch_model
from arch.univariate import HARX, StudentsT

from benchmarks.peers.task import MARKET, Array, Closes, Task, market, read_closes

SESSIONS = 2500
"""Sessions that both see: ten years if there are that many."""

PATHS = 4000
LAGS = (1, 5, 22)
"""Sessions whose mean log volatility HARX sees: a day, a week, a month (Corsi 2009)."""

FLOOR = 1e-10
"""Daily variance below which a price counts as not moving."""

QUIETEST = 0.1
"""Smallest volatility of a session, relative to the median: young ETFs have sessions with hardly a trade."""


def fit_gjr_garch(closes: Closes, task: Task) -> Callable[[], Array]:
    """GJR-GARCH(1,1,1) with a constant mean and Student's t, its quantiles from the library's simulated paths.

    Glosten, Jagannathan and Runkle (1993). It takes no other series.
    """
    returns = 100.0 * np.diff(closes.log_close)[-SESSIONS:]
    model = arch_model(returns, mean="Constant", vol="GARCH", p=1, o=1, q=1, dist="t", rescale=False)
    model.distribution = StudentsT(seed=np.random.default_rng(1))
    fitted = model.fit(disp="off", show_warning=False)

    def answer() -> Array:
        made = fitted.forecast(horizon=task.horizon, method="simulation", simulations=PATHS, reindex=False)
        return _quantiles(closes, made.simulations.values[0] / 100.0, task)

    return answer


def fit_harx(closes: Closes, task: Task) -> Callable[[], Array]:
    """HARX on the log of daily range volatility, with the log VIX and the market's log range volatility.

    Its volatility paths (residuals resampled by the library) multiply normal shocks around the mean return: a day's
    return over that day's own volatility is nearly normal (Andersen, Bollerslev, Diebold and Labys 2003). The VIX and
    the market stay at their last values.
    """
    known = log_range(task.prices, closes.symbol)[: len(closes.log_close)][-SESSIONS:]
    known = np.maximum(known, np.median(known) + np.log(QUIETEST))
    inputs = market(task, closes.days)[-SESSIONS:, 1:]
    if inputs.size and closes.symbol != MARKET:
        of_market = pd.Series(log_range(task.prices, MARKET), read_closes(task.prices, MARKET).days)
        held = of_market.reindex(closes.days, method="ffill").to_numpy(float)[-SESSIONS:]
        inputs = np.column_stack([inputs, held])
    before = np.concatenate([inputs[:1], inputs[:-1]]) if inputs.size else None  # a session's inputs: those before it
    fitted = HARX(known, before, lags=list(LAGS), rescale=False).fit(disp="off")
    returns = np.diff(closes.log_close)[-SESSIONS + 1 :]
    mean = float(returns.mean())
    scale = np.sqrt(np.sum((returns - mean) ** 2) / np.sum(np.exp(2.0 * known[1:])))  # returns over range volatility

    def answer() -> Array:
        held = np.tile(inputs[-1][:, None, None], (1, 1, task.horizon)) if inputs.size else None
        made = fitted.forecast(
            horizon=task.horizon,
            method="bootstrap",
            simulations=PATHS,
            x=held,
            reindex=False,
            random_state=np.random.RandomState(1),
        )
        volatility = np.exp(made.simulations.values[0])
        normal = np.random.default_rng(1).standard_normal(volatility.shape)
        return _quantiles(closes, mean + scale * volatility * normal, task)

    return answer


def _quantiles(closes: Closes, returns: Array, task: Task) -> Array:
    """Quantiles of log closes, (horizon, levels), from paths of log returns (paths, horizon)."""
    return np.asarray(closes.log_close[-1] + np.quantile(returns.cumsum(axis=1), task.levels, axis=0).T)


@lru_cache
def log_range(folder: str, symbol: str) -> Array:
    """Log of the volatility of each session, shape (sessions,), from its range and the night before.

    Garman and Klass (1980) plus the square of the overnight move, as ``forecasting.model.volatility`` has it. A session
    without a range gets its squared return.
    """
    prices = pd.read_csv(Path(folder, f"{symbol}.csv"))
    returns = np.log(prices["Adj Close"]).diff().fillna(0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        day = np.log(prices["Close"] / prices["Open"])
        high_low = np.log(prices["High"] / prices["Low"])
        variance = 0.5 * high_low**2 - (2.0 * np.log(2.0) - 1.0) * day**2 + (returns - day) ** 2
    usable = np.isfinite(variance) & (variance > 0.0) & (np.arange(len(variance)) > 0)
    return 0.5 * np.log(np.maximum(np.where(usable, variance, returns**2), FLOOR))
