"""What a model sees at each session and what it predicts, in units of volatility so that all ETFs are comparable."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from forecasting.forecast import STEPS
from forecasting.model.steps import smooth_weights
from forecasting.model.volatility import WARM_UP, Volatility, realised_log_sigma
from forecasting.prices.history import Array
from forecasting.quantiles import HORIZON

TARGET_STEPS: Final = (5, 10, 20, 40, 60)
"""Horizons, in sessions, whose realised volatility is predicted. Other steps follow smoothly."""

LOOKBACK: Final = 15
"""Default number of sessions in the LSTM's window."""

FEATURES: Final = (
    "scaled_return",
    "size_of_scaled_return",
    "range_3_to_30",
    "range_10_to_120",
    "range_30_to_500",
    "close_to_range",
    "level",
    "market_3_to_30",
    "market_30_to_500",
    "own_to_market",
)
"""The LSTM's inputs per session, in the order of ``session_features``."""

_TO_STEPS: Final = smooth_weights(TARGET_STEPS)

_TYPICAL_LOG_SIGMA: Final = float(np.log(0.01))
_LARGEST_SCALED_RETURN: Final = 6.0
"""Larger moves, in volatilities, say no more to the network; the crash itself is in the averages."""


def linear_features(volatility: Volatility, market: Array) -> Array:
    """The panel HAR's inputs, shape (sessions, 13): logs of volatilities, the ETF's own and the market's.

    Args:
        market: ``MarketView.log_range``.
    """
    own = np.stack([volatility.log_fast, volatility.log_downside, volatility.log_long_run], axis=1)
    return np.concatenate([volatility.log_range, own, market], axis=1)


def session_features(volatility: Volatility, market: Array) -> Array:
    """The LSTM's inputs, shape (sessions, len(FEATURES)), without unit and of order one."""
    yesterday = np.concatenate([volatility.fast[:1], volatility.fast[:-1]])
    scaled = volatility.returns / np.maximum(yesterday, 1e-6)
    scaled = np.clip(scaled, -_LARGEST_SCALED_RETURN, _LARGEST_SCALED_RETURN)
    own = volatility.log_range
    columns = [
        scaled,
        np.abs(scaled) - 0.8,  # the mean size of a standard normal
        own[:, 0] - own[:, 2],
        own[:, 1] - own[:, 3],
        own[:, 2] - own[:, 4],
        volatility.log_fast - own[:, 1],
        own[:, 4] - _TYPICAL_LOG_SIGMA,
        market[:, 0] - market[:, 2],
        market[:, 2] - market[:, 4],
        own[:, 2] - market[:, 2],
    ]
    return np.stack(columns, axis=1)


def targets(volatility: Volatility) -> Array:
    """Log realised volatility over the next TARGET_STEPS sessions, shape (sessions, 5); NaN if not all are known.

    A price that does not move has no log volatility, so a tenth of the slow volatility is the minimum.
    """
    floor = np.log(np.maximum(volatility.slow, 1e-4)) + np.log(0.1)
    realised = [realised_log_sigma(volatility.returns, steps) for steps in TARGET_STEPS]
    return np.stack([np.maximum(column, floor) for column in realised], axis=1)


def window_origins(sessions: int, every: int, lookback: int) -> npt.NDArray[np.int64]:
    """Indices of the last sessions of a history's windows: averages warmed up before each, every outcome known."""
    return np.arange(WARM_UP + lookback, sessions - HORIZON, every)


def to_steps(log_sigma: Array) -> Array:
    """Log volatility at TARGET_STEPS, shape (…, 5), to volatility up to each step, shape (…, HORIZON).

    The daily volatility goes smoothly through the horizons (``smooth_weights``), and the volatility up to a step is the
    daily one times the square root of the step.
    """
    return np.asarray(np.exp(np.einsum("...j,kj->...k", log_sigma, _TO_STEPS)) * np.sqrt(STEPS))
