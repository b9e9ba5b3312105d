"""Spikes: wrong prices for a session or two, undone at once while other ETFs stay calm."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecasting.prices.findings import Finding
from forecasting.prices.history import Array
from forecasting.prices.quality.measures import is_heavy, is_wild, log_returns, move_finding, robust_sigma
from forecasting.prices.quality.rows import keep
from forecasting.universe import Symbol

SPIKE_SIGMAS: Final = 8.0  # robust standard deviations; real moves that large are rarely undone at once
SPIKE_LEAST: Final = 0.15  # log return
SPIKE_ALONE: Final = 0.5  # log return; without other ETFs to compare with, a spike must be this large
SPIKE_CERTAIN: Final = 1.0  # log return; if undone, it is a spike on any day
UNDONE: Final = (0.75, 1.33)
"""Share of a spike that the next one or two sessions take back, from least to most."""

SHARED_BOUNCE: Final = 10.0
"""A move is shared if SPY or the median ETF moved a tenth as much on its day or on the way back: a panic has both, and
leveraged ETFs move three times as far."""


def without_spikes(symbol: Symbol, frame: pd.DataFrame, others: pd.Series | None) -> tuple[pd.DataFrame, list[Finding]]:
    """The rows without spikes, and a finding for each spike; see ``gate.check_moves``."""
    returns = log_returns(frame)
    size = returns.abs()
    large = (size > SPIKE_SIGMAS * robust_sigma(returns)) & (size > SPIKE_LEAST)
    if not large.any():
        return frame, []
    candidates = (large & (_unexplained(frame, size, others) | (size > SPIKE_CERTAIN))).to_numpy()
    move = returns.to_numpy()
    wrong = np.zeros(len(move), dtype=bool)
    findings = []
    for row in np.flatnonzero(candidates).tolist():
        if wrong[row - 1]:
            continue  # this is the way back
        length = _undone_after(move, row)
        if length:
            wrong[row : row + length] = True
            findings += [
                move_finding(symbol, frame, wrong_row, "spike", "quarantined", move[row])
                for wrong_row in range(row, row + length)
            ]
    return keep(frame, ~wrong), findings


def _unexplained(frame: pd.DataFrame, size: pd.Series, others: pd.Series | None) -> pd.Series:
    """Moves on days on which neither the market nor the trade in the ETF was unusual."""
    if others is None:
        return (size > SPIKE_ALONE) & ~is_wild(frame)
    return ~_shared_bounce(size, others) & ~(is_wild(frame) & is_heavy(frame))


def _undone_after(move: Array, row: int) -> int:
    """After how many sessions, one or two, the move of ``row`` is undone; 0 if it is not."""
    low, high = UNDONE
    for length in (1, 2):
        back = move[row + 1 : row + 1 + length]
        if len(back) == length and low <= -back.sum() / move[row] <= high:
            return length
    return 0


def _shared_bounce(size: pd.Series, others: pd.Series) -> pd.Series:
    beside = others.reindex(size.index).fillna(0.0)
    wildest = pd.concat([beside, beside.shift(-1), beside.shift(-2)], axis=1).max(axis=1)
    return size < SHARED_BOUNCE * wildest
