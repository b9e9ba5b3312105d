"""What the rules about moves measure by: returns, their usual size, wild and heavy days, and how a level ends."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.prices.history import Array
from forecasting.prices.quality.findings import Action, Finding, Kind
from forecasting.universe import Symbol

Mask = npt.NDArray[np.bool_]

WILD_RANGES: Final = 3.0
"""Of the usual range between low and high: more makes a wild day, on which a move of a split's size may be a crash."""

HEAVY_VOLUME: Final = 4.0
"""Times the usual volume, in shares and in dollars: more makes a day of heavy trade."""

_EDGE: Final = 2
"""A level that changes this early is the first rows' fault, not that of all the others."""

_WINDOW, _LEAST_WINDOW = 60, 20  # sessions that the robust standard deviation looks back on
_RECENT: Final = 5  # sessions


def log_returns(frame: pd.DataFrame) -> pd.Series:
    """Of the adjusted closes, by session; the first is NaN."""
    return pd.Series(np.log(frame["adjusted"])).diff()


def robust_sigma(returns: pd.Series) -> pd.Series:
    """Standard deviation per session from the median absolute return of the sessions before.

    Never below a quarter of that of the whole history, so that a quiet month makes no fault of its end.
    """
    size = returns.abs()
    whole = float(size.median()) * 1.4826  # of a normal distribution
    recent = size.rolling(_WINDOW, min_periods=_LEAST_WINDOW).median().shift(1) * 1.4826
    return recent.fillna(whole).clip(lower=whole / 4)


def recent_sigma(returns: pd.Series) -> pd.Series:
    """Root mean square of the last five returns before each session; 0 before there are any."""
    return ((returns**2).rolling(_RECENT, min_periods=1).mean().shift(1) ** 0.5).fillna(0.0)


def day_range(frame: pd.DataFrame) -> pd.Series:
    """Log of high over low; NaN where they are unknown."""
    return pd.Series(np.log(frame["high"] / frame["low"]))


def usual(numbers: pd.Series) -> pd.Series:
    """The median of the sessions before each; NaN in the first weeks."""
    return numbers.rolling(_WINDOW, min_periods=_LEAST_WINDOW).median().shift(1)


def is_wild(frame: pd.DataFrame) -> pd.Series:
    """Days of a range far beyond the usual; none where there is no range."""
    day = day_range(frame)
    return day > WILD_RANGES * usual(day)


def is_heavy(frame: pd.DataFrame) -> Mask:
    """Days of far more trade than usual. A split that nobody adjusted for multiplies shares or dollars, not both."""
    shares, dollars = frame["volume"], frame["volume"] * frame["close"]
    return np.asarray((shares > HEAVY_VOLUME * usual(shares)) & (dollars > HEAVY_VOLUME * usual(dollars)))


def on_one_level(
    symbol: Symbol, frame: pd.DataFrame, findings: list[Finding], rows: list[int], jump: Array, kind: Kind
) -> tuple[pd.DataFrame, list[Finding]]:
    """Keep the part of the history that stands on one level: up to the first change, or after one at its very start.

    Of a change at the start, the findings name the rows before it and the row that shows it.

    Args:
        rows: where the level changes, by ``jump`` in log.
    """
    start, end = 0, len(frame)
    for row in rows:
        if row > _EDGE:
            end = row
            findings.append(move_finding(symbol, frame, row, kind, "refused", jump[row]))
            break
        findings += [move_finding(symbol, frame, r, kind, "quarantined", jump[row]) for r in range(start, row + 1)]
        start = row
    return frame.iloc[start:end], findings


def move_finding(symbol: Symbol, frame: pd.DataFrame, row: int, kind: Kind, action: Action, jump: float) -> Finding:
    """A finding about the row numbered ``row``, whose prices stand ``jump`` (in log) from what was to be expected."""
    close, adjusted = frame["close"].iloc[row], frame["adjusted"].iloc[row]
    values = {"close": float(close), "adjusted": float(adjusted), "ratio": float(np.exp(jump))}
    return Finding(symbol, frame.index[row].date(), kind, action, values)
