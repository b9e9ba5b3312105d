"""Bad ticks: a high or a low far beyond the day's other prices, while the close is right.

The model measures volatility by the day's range, so one such number widens its bands for weeks. The number is left out
and the row stays: without it, the day counts with its return.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecasting.prices.findings import Finding
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
    return pd.Series(_wicks(frame).max(axis=1) / _usual_range(frame))


def without_bad_ticks(symbol: Symbol, frame: pd.DataFrame, others: pd.Series | None) -> Sifted:
    """The frame with NaN for each high or low that is wrong.

    Args:
        others: ``relative_wick`` of the market or of most ETFs by session, the larger one; None if it is unknown.
    """
    wicks = _wicks(frame)
    far = wicks >= (WICK_ALONE if others is None else WICK)
    if not far.any(axis=None):
        return frame, []
    far &= wicks.ge(np.maximum(USUAL * _usual_range(frame), MOVES * log_returns(frame).abs()), axis=0)
    if others is not None:
        far &= ~(others.reindex(frame.index) > SHARED).to_numpy()[:, None]
    if not far.any(axis=None):
        return frame, []
    findings = []
    for row in np.flatnonzero(far.any(axis=1)).tolist():
        sides = [side for side in ("high", "low") if far[side].iloc[row]]
        values = {side: float(frame[side].iloc[row]) for side in (*sides, "close")}
        findings.append(Finding(symbol, day_of(frame.index[row]), "bad tick", "quarantined", values))
    return frame.assign(high=frame["high"].mask(far["high"]), low=frame["low"].mask(far["low"])), findings


def _usual_range(frame: pd.DataFrame) -> pd.Series:
    """The larger of the median ranges of the last 60 and 5 sessions before each; NaN in the first weeks."""
    day = day_range(frame)
    week = day.rolling(_WEEK).median().shift(1)
    months = usual(day)
    return months.where(months.isna() | ~(week > months), week)


def _wicks(frame: pd.DataFrame) -> pd.DataFrame:
    """Log distance from the higher of open and close to the high, and from the low to the lower of them."""
    opened = frame["open"].fillna(frame["close"])
    above = np.log(frame["high"] / np.maximum(opened, frame["close"]))
    below = np.log(np.minimum(opened, frame["close"]) / frame["low"])
    return pd.DataFrame({"high": above, "low": below})
