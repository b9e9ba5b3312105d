"""Bad ticks: a high or a low far beyond the day's other prices, while the close is right.

The model measures volatility by the day's range, so one such number widens its bands for weeks. The number is left out
and the row stays: without it, the day counts with its return.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecasting.prices.findings import Finding
from forecasting.prices.history import Array, columns_of
from forecasting.prices.quality.measures import day_range, log_returns, usual
from forecasting.prices.quality.rows import Sifted, day_of
from forecasting.universe import Symbol

WICK: Final = 0.25
"""Log distance from open and close to a high or low, from which on it may be wrong. In the forty clean histories only
2010-05-06 has larger ones, and on that day they are in most ETFs at once."""

WICK_ALONE: Final = float(np.log(3.0))
"""The same if no other ETF says how wild the day was: the flash crash has true ones of 0.66 and 0.75."""

USUAL: Final = 8.0
"""Times the usual range from low to high, that of three months or of the last week, that it is beyond besides."""

MOVES: Final = 4.0
"""Times the day's log return that it is beyond too: a day that moved far has long wicks."""

SHARED: Final = 2.5
"""Times the usual range. If the others have a wick like this, the day was wild, and nothing is wrong."""

_WEEK: Final = 5  # sessions


def relative_wick(frame: pd.DataFrame) -> pd.Series:
    """The longer wick of each session, in times the usual range; NaN if unknown."""
    return pd.Series(np.fmax(*_wicks(frame).T) / _usual_range(frame))


def has_long_wick(frame: pd.DataFrame) -> bool:
    """Whether there may be a bad tick, which is rare."""
    return bool((_wicks(frame) >= WICK).any())


def without_bad_ticks(symbol: Symbol, frame: pd.DataFrame, others: pd.Series | None) -> Sifted:
    """The frame with NaN for each high or low that is wrong.

    Args:
        others: ``relative_wick`` of the market or of most ETFs by session, the larger one; None if it is unknown.
    """
    wicks = _wicks(frame)
    far = wicks >= (WICK_ALONE if others is None else WICK)
    least = np.maximum(USUAL * _usual_range(frame).to_numpy(), MOVES * np.abs(log_returns(frame)))
    far &= wicks >= least[:, None]
    if others is not None:
        far &= ~(others.reindex(frame.index) > SHARED).to_numpy()[:, None]
    if not far.any():
        return frame, []
    findings = []
    for row in np.flatnonzero(far.any(axis=1)).tolist():
        sides = [side for side, is_far in zip(("high", "low"), far[row], strict=True) if is_far]
        values = {side: float(frame[side].iloc[row]) for side in (*sides, "close")}
        findings.append(Finding(symbol, day_of(frame.index[row]), "bad tick", "quarantined", values))
    return frame.assign(high=frame["high"].mask(far[:, 0]), low=frame["low"].mask(far[:, 1])), findings


def _usual_range(frame: pd.DataFrame) -> pd.Series:
    """The larger of the median ranges of the last 60 and 5 sessions before each; NaN in the first weeks."""
    day = day_range(frame)
    week = day.rolling(_WEEK).median().shift(1)
    months = usual(day)
    return months.where(months.isna() | ~(week > months), week)


def _wicks(frame: pd.DataFrame) -> Array:
    """Log distance from the higher of open and close to the high, and from the low to the lower of them.

    Returns:
        Shape (sessions, 2); NaN if unknown.
    """
    opened, high, low, close = columns_of(frame, ["open", "high", "low", "close"]).T
    opened = np.where(np.isnan(opened), close, opened)
    with np.errstate(over="ignore"):  # a cell may hold any number
        above, below = high / np.maximum(opened, close), np.minimum(opened, close) / low
    return np.asarray(np.log(np.column_stack([above, below])))
