"""Spikes: wrong prices for up to three sessions, undone while other ETFs stay calm."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from forecasting.prices.findings import Finding
from forecasting.prices.history import Array, Mask
from forecasting.prices.quality.measures import (
    beside,
    is_heavy,
    is_untraded,
    is_wild,
    log_returns,
    move_finding,
    recent_sigma,
    robust_sigma,
)
from forecasting.prices.quality.rows import keep
from forecasting.universe import Symbol

SPIKE_SIGMAS: Final = 8.0  # robust standard deviations; real moves that large are rarely undone at once
SPIKE_LEAST: Final = 0.15  # log return
SPIKE_ALONE: Final = 0.5  # log return; without other ETFs to compare with, a spike must be this large
SPIKE_CERTAIN: Final = 1.0  # log return; if undone, it is a spike on any day

CALM_SIGMAS: Final = 10.0
"""Standard deviations, robust ones and those of the last week, beyond which a move of LEAST is a spike too, if the
others stayed calm until it was undone. Forty clean histories have 8.5 at most."""

UNTRADED_SIGMAS: Final = 3.0
"""The same if neither the move nor the way back was traded (``measures.is_untraded``). Clean histories have 1.7, and
with three times the moves 2.3."""

LEAST: Final = 0.02
"""Log return; a smaller move does no harm."""

UNDONE: Final = (0.75, 1.33)
"""Share of a spike that the next sessions take back, from least to most."""

LONGEST: Final = 3
"""Sessions after which it is undone, at most."""

SHARED_BOUNCE: Final = 10.0
"""A move is shared if SPY or the median ETF moved a tenth as much on its day or on the way back: a panic has both, and
leveraged ETFs move three times as far."""

CALM: Final = 4.0
"""The same for moves beyond CALM_SIGMAS or UNTRADED_SIGMAS: a quarter as much."""


@np.errstate(divide="ignore", invalid="ignore")  # prices that stand still have a deviation of 0
def without_spikes(symbol: Symbol, frame: pd.DataFrame, others: pd.Series | None) -> tuple[pd.DataFrame, list[Finding]]:
    """The rows without spikes, and a finding for each spike; see ``gate.check_moves``."""
    move = log_returns(frame)
    size, sigma = np.abs(move), robust_sigma(move)
    in_sigmas = size / sigma
    lately = size / np.maximum(sigma, recent_sigma(move))  # in a panic, large moves follow each other
    if np.isnan(frame["high"].to_numpy()).all():
        in_sigmas = lately  # no range says how wild the days are
    large = (in_sigmas > SPIKE_SIGMAS) & (size > SPIKE_LEAST)
    far = (lately > UNTRADED_SIGMAS) & (size > LEAST) if others is not None else large
    undone = {row: length for row in np.flatnonzero(large | far).tolist() if (length := _undone_after(move, row))}
    if not undone:
        return frame, []
    short = quiet = calm = untraded = np.zeros(len(frame), dtype=bool)
    if large.any():
        short = large & (_unexplained(frame, size, others) | (size > SPIKE_CERTAIN))
    if others is not None:
        quiet = far & ~is_heavy(frame)
        calm = quiet & (lately > CALM_SIGMAS) & ~_shared_bounce(frame, size, others, CALM, LONGEST)
        untraded = is_untraded(frame, size, others)
    strange = short | calm | (quiet & untraded)
    wrong = np.zeros(len(move), dtype=bool)
    findings = []
    for row, length in undone.items():
        if not strange[row] or wrong[row - 1]:  # the second: this is the way back
            continue
        if not (calm[row] or (short[row] and length < LONGEST) or (untraded[row] and untraded[row + length])):
            continue
        wrong[row : row + length] = True
        findings += [
            move_finding(symbol, frame, wrong_row, "spike", "quarantined", move[row])
            for wrong_row in range(row, row + length)
        ]
    return keep(frame, ~wrong), findings


def _unexplained(frame: pd.DataFrame, size: Array, others: pd.Series | None) -> Mask:
    """Moves on days on which neither the market nor the trade in the ETF was unusual."""
    if others is None:
        return (size > SPIKE_ALONE) & ~is_wild(frame)
    return ~_shared_bounce(frame, size, others, SHARED_BOUNCE, 2) & ~(is_wild(frame) & is_heavy(frame))


def _undone_after(move: Array, row: int) -> int:
    """After how many sessions, at most LONGEST, the move of ``row`` is undone; 0 if it is not."""
    low, high = UNDONE
    for length in range(1, LONGEST + 1):
        back = move[row + 1 : row + 1 + length]
        if len(back) == length and low <= -back.sum() / move[row] <= high:
            return length
    return 0


def _shared_bounce(frame: pd.DataFrame, size: Array, others: pd.Series, times: float, sessions: int) -> Mask:
    """Moves of which the others made a share on their day or one of the ``sessions`` after."""
    moves = np.append(beside(frame, others), np.zeros(sessions))
    return np.asarray(size < times * sliding_window_view(moves, sessions + 1).max(axis=1))
