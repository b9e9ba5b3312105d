"""The drift of the median, and the guard that reduces it for an ETF whose drift has shown no skill.

The drift is a Sharpe ratio, the mean over the volatility of log returns, times the predicted volatility. No history is
long enough to measure such a ratio, so most of it is a prior: by the capital asset pricing model (Sharpe 1964), an ETF
is paid for the risk that it shares with the market.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from forecasting.model.baselines import PRIOR_SHARPE, PRIOR_SHARPE_SPREAD
from forecasting.model.volatility import SESSIONS_PER_YEAR, WARM_UP, Volatility
from forecasting.prices.history import Array
from forecasting.quantiles import HORIZON

Rows = npt.NDArray[np.int64]
"""Indices of sessions in a history."""

_LEAST_VOLATILITY: Final = 1e-4
"""Yearly; keeps the ratios of a price that does not move finite."""

_GUARD_FROM: Final = 2 * WARM_UP
_GUARD_EVERY: Final = 5
_GUARD_STEPS: Final = np.array([10, 20, 40, 60])

MARKET_SHARPE: Final = 0.5
"""The market's yearly Sharpe ratio, its reward for risk: about that of the long American record."""

BOND_RETURN: Final = 0.02
BOND_SHARPE: Final = 0.4
"""Yearly log return that any ETF is paid, whatever its correlation; at most BOND_SHARPE times its volatility."""

COMPOUNDING: Final = 0.75
"""Fraction of half the yearly variance by which compounding lowers the expected log return."""

SHARPE_SPREAD: Final = 0.1
"""Standard deviation of an ETF's yearly Sharpe ratio around that prior: the smaller, the more the prior counts."""

GUARD_PRIOR_WEIGHT: Final = 0.7
"""Weight of the drift if nothing has been measured yet."""

GUARD_GAIN_FOR_ONE: Final = 0.03
"""Gain over "no change", as a fraction of its error, that raises that weight to one; a loss lowers it as much."""

GUARD_PRIOR_BLOCKS: Final = 30.0
"""Blocks of 60 sessions at which a measured gain counts half."""

GUARD_PRIOR_YEARS: Final = 1.0
"""Years of history at which the drift has half of its weight, whatever was measured."""


def sharpes(state: Volatility, origins: Rows, correlation: Array | None) -> Array:
    """Daily Sharpe ratio expected at each origin, from what was known by then, shape (origins,).

    With σ the ETF's yearly volatility over all history, ρ its correlation with the market and all ratios per year, the
    prior is ``min(BOND_RETURN / σ, BOND_SHARPE) + MARKET_SHARPE × ρ − COMPOUNDING × σ / 2``. The ETF's own ratio weighs
    ``SHARPE_SPREAD² / (SHARPE_SPREAD² + 1 / years)``.

    Args:
        correlation: with the market at each session, shape (sessions,). If it is unknown, ``shrunk_sharpes``.
    """
    if correlation is None:
        return shrunk_sharpes(state.returns, origins)
    measured, spread = _measured(state.returns, origins)
    yearly = np.maximum(spread * np.sqrt(SESSIONS_PER_YEAR), _LEAST_VOLATILITY)
    own = np.minimum(BOND_RETURN / yearly, BOND_SHARPE) - COMPOUNDING * yearly / 2.0
    prior = own + MARKET_SHARPE * correlation[origins]
    return _shrunk(measured, prior, SHARPE_SPREAD, origins)


def shrunk_sharpes(returns: Array, origins: Rows) -> Array:
    """Daily ratio of mean to volatility up to each origin, shape (origins,), shrunk as in ``shrunk_sharpe``.

    Args:
        returns: daily log returns, shape (sessions,); the first session's is ignored.
        origins: indices of sessions.
    """
    measured, _ = _measured(returns, origins)
    return _shrunk(measured, np.full(len(origins), PRIOR_SHARPE), PRIOR_SHARPE_SPREAD, origins)


def _measured(returns: Array, origins: Rows) -> tuple[Array, Array]:
    """Daily ratio of mean to volatility up to each origin, and that volatility, both of shape (origins,)."""
    past = returns[1:]  # the first session has no return
    total, squares = np.cumsum(past)[origins - 1], np.cumsum(past**2)[origins - 1]
    mean = total / origins
    spread = np.sqrt(np.maximum(squares / origins - mean**2, 0.0))
    return np.divide(mean, spread, out=np.zeros_like(mean), where=spread > 0.0), spread


def _shrunk(measured: Array, prior: Array, spread: float, origins: Rows) -> Array:
    """The daily ratio ``measured``, shrunk to a yearly ``prior`` from which ETFs deviate by ``spread``."""
    weight = spread**2 / (spread**2 + SESSIONS_PER_YEAR / origins)
    return np.asarray(weight * measured + (1.0 - weight) * prior / np.sqrt(SESSIONS_PER_YEAR))


def guard_weights(state: Volatility, origins: Rows, correlation: Array | None) -> Array:
    """Fraction of the median's move that is kept at each origin, from 0 (no change) to 1, shape (origins,).

    On every fifth past session whose 60 sessions had closed by the origin, the absolute error of the drift forecast
    then is compared with that of "no change". The gain is shrunk by how many blocks of 60 sessions it rests on, and a
    short history lowers the weight further.

    Args:
        correlation: as for ``sharpes``.
    """
    years = origins / SESSIONS_PER_YEAR
    measured = np.zeros(len(origins))
    tried = np.arange(_GUARD_FROM, len(state.returns) - HORIZON, _GUARD_EVERY)
    if len(tried):
        moves = state.log_close[tried[:, None] + _GUARD_STEPS] - state.log_close[tried][:, None]
        sigma = np.maximum(state.slow[tried], 1e-6)[:, None]
        drift = sharpes(state, tried, correlation)[:, None] * _GUARD_STEPS  # in daily volatilities, as are the moves
        still = np.abs(moves / sigma).sum(axis=1)
        gain = np.cumsum(still - np.abs(moves / sigma - drift).sum(axis=1)) / np.maximum(np.cumsum(still), 1e-12)
        closed = np.searchsorted(tried + HORIZON, origins, side="right") - 1
        blocks = np.maximum(closed, 0) * _GUARD_EVERY / HORIZON
        measured = np.where(closed >= 0, gain[closed], 0.0) * blocks / (blocks + GUARD_PRIOR_BLOCKS)
    room = (1.0 - GUARD_PRIOR_WEIGHT) / GUARD_GAIN_FOR_ONE
    weight = np.clip(GUARD_PRIOR_WEIGHT + room * measured, 0.0, 1.0)
    return np.asarray(weight * years / (years + GUARD_PRIOR_YEARS))
