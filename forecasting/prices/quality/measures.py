"""What the rules about moves share: returns, their usual size, wild and heavy days, and cutting at a new level."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecasting.prices.findings import Action, Finding, Kind
from forecasting.prices.history import Array, Mask
from forecasting.universe import Symbol

WILD_RANGES: Final = 3.0
"""Times the usual range from low to high. A day with more is wild: a move of a split's size may be a crash."""

HEAVY_VOLUME: Final = 4.0
"""Times the usual volume, in shares and in dollars. A day with more of both has heavy trade."""

UNTRADED_SHARE: Final = 0.25
"""Fraction of a move. A day's range from low to high, or another ETF's move, that is smaller does not explain it."""

_EDGE: Final = 2
"""Rows. If the level changes this early, the first rows are at fault, not all later ones."""

_WINDOW, _LEAST_WINDOW = 60, 20  # sessions that "usual" looks back on: three months, at least one
_RECENT: Final = 5  # sessions
_YEAR, _FEW_STEPS = 250, 3

ONE_STEP: Final = 1.5
"""Times the median step of the closes, days without a move left out."""


def log_returns(frame: pd.DataFrame) -> Array:
    """Log returns of the adjusted closes, one a row; the first is NaN."""
    return np.diff(np.log(frame["adjusted"].to_numpy()), prepend=np.nan)


def robust_sigma(returns: Array) -> Array:
    """Standard deviation per session, from the median absolute return of the 60 sessions before.

    At least a quarter of that of the whole history, so that the end of a quiet month is not a fault.
    """
    size = pd.Series(np.abs(returns))
    whole = float(size.median()) * 1.4826  # ratio of the two in a normal distribution
    recent = usual(size).to_numpy() * 1.4826
    return np.asarray(np.fmax(np.where(np.isnan(recent), whole, recent), whole / 4))


def recent_sigma(returns: Array) -> Array:
    """Root mean square of the last five returns before each session; 0 before there are any."""
    squares = pd.Series(returns**2).rolling(_RECENT, min_periods=1).mean().to_numpy()
    return np.append(0.0, np.nan_to_num(squares[:-1] ** 0.5))


def beside(frame: pd.DataFrame, others: pd.Series) -> Array:
    """What the others did on each of the sessions; 0 if unknown."""
    return others.reindex(frame.index).fillna(0.0).to_numpy()


def is_one_step(frame: pd.DataFrame) -> Mask:
    """Days whose close moved by the usual step, or by less.

    At a price of six cents the smallest step is 17%, which says nothing of a split.
    """
    step = frame["close"].diff().abs()
    steps = step.where(step > 0).rolling(_YEAR, min_periods=_FEW_STEPS).median().shift(1)
    return np.asarray(step <= ONE_STEP * steps)


def day_range(frame: pd.DataFrame) -> pd.Series:
    """Log of high over low; NaN if unknown."""
    return pd.Series(np.log(frame["high"] / frame["low"]))


def usual(numbers: pd.Series) -> pd.Series:
    """The median of the 60 sessions before each; NaN in the first weeks."""
    return numbers.rolling(_WINDOW, min_periods=_LEAST_WINDOW).median().shift(1)


def is_wild(frame: pd.DataFrame) -> Mask:
    """Days with a range far beyond the usual; none if the range is unknown."""
    day = day_range(frame)
    return np.asarray(day > WILD_RANGES * usual(day))


def is_heavy(frame: pd.DataFrame) -> Mask:
    """Days with far more trade than usual. An unadjusted split multiplies shares or dollars, not both."""
    shares, dollars = frame["volume"], frame["volume"] * frame["close"]
    return np.asarray((shares > HEAVY_VOLUME * usual(shares)) & (dollars > HEAVY_VOLUME * usual(dollars)))


def is_untraded(frame: pd.DataFrame, size: Array, others: pd.Series) -> Mask:
    """Days with a move overnight and alone: the day's range and the others' moves are under a quarter of it.

    Args:
        size: absolute log returns.
        others: absolute log return of the market by session.
    """
    share = UNTRADED_SHARE * size
    return (day_range(frame).to_numpy() < share) & (beside(frame, others) < share)  # False if the range is unknown


def on_one_level(
    symbol: Symbol, frame: pd.DataFrame, findings: list[Finding], rows: list[int], jump: Array, kind: Kind
) -> tuple[pd.DataFrame, list[Finding]]:
    """The part of the history on one price level: up to the first change, or after changes at its very start.

    For a change at the start, the findings name the rows before it and the row that shows it.

    Args:
        rows: rows at which the level changes.
        jump: size of the change at each row of ``frame``, in log.
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
    """A finding about row number ``row``, whose prices are off by ``jump`` (in log)."""
    close, adjusted = frame["close"].iloc[row], frame["adjusted"].iloc[row]
    values = {"close": float(close), "adjusted": float(adjusted), "ratio": float(np.exp(jump))}
    return Finding(symbol, frame.index[row].date(), kind, action, values)
