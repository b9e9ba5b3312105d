"""Adjustments without an action: adjusted closes that move against quoted ones, and no dividend pays for it."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecasting.prices.history import Array
from forecasting.prices.quality.findings import Finding, Kind
from forecasting.prices.quality.measures import Mask, log_returns, move_finding, on_one_level, robust_sigma
from forecasting.prices.quality.rows import keep
from forecasting.universe import Symbol

ADJUSTMENT_KNOWN: Final = 0.02
"""Log of adjusted over quoted close may jump by this much more or less than the listed dividends say: they are rounded,
and the clean histories with listed dividends have differences of up to 0.01."""

ADJUSTMENT_DOWN: Final = 0.002
"""No dividend lowers adjusted closes against quoted ones; rounding does, by less than this."""

ADJUSTMENT_UP: Final = 0.03
"""With unknown dividends: a jump of this size is named where it doesn't look like a payment, or is the only one."""

PAYMENT_SIGMAS: Final = 3.0
"""On the day of a payment the quoted close falls by it, and the adjusted one moves as on any other day. Where the
adjusted close moves by more than this many robust standard deviations, and by more than the quoted one, none was."""

ADJUSTMENT_CERTAIN: Final = 0.35
"""No ETF pays out a third of its price, so such a jump is wrong. A smaller one may be a dividend that nobody listed: it
is named, and used, since one strange return harms less than the loss of all that follows."""

_KIND: Final[Kind] = "adjustment without an action"
_LONG: Final = 250  # sessions
_LEAST: Final = 1e-4  # log; a smaller jump is rounding, a larger one may be a dividend
_CENT: Final = 0.01


def with_explained_adjustments(
    symbol: Symbol, frame: pd.DataFrame, dividends_hold: bool
) -> tuple[pd.DataFrame, list[Finding]]:
    """The rows whose adjustment can be believed, and a finding for each fault; see ``moves.check_moves``.

    Args:
        dividends_hold: whether the listed dividends are in the units of all quoted closes.
    """
    jump, excess, suspect = _unexplained(frame, dividends_hold)
    lonely = _lonely_jump(symbol, frame, excess, suspect) if frame["dividend"].isna().any() else []
    # A row whose neighbours agree with each other is wrong alone.
    alone = suspect[:-1] & suspect[1:] & (np.abs(excess[:-1] + excess[1:]) < 0.25 * np.abs(excess[:-1]))
    wrong = np.append(alone, False)
    wrong[1:] &= ~wrong[:-1]
    findings = [
        move_finding(symbol, frame, row, _KIND, "quarantined", excess[row]) for row in np.flatnonzero(wrong).tolist()
    ]
    if wrong.any():
        frame = keep(frame, ~wrong)
        jump, excess, suspect = _unexplained(frame, dividends_hold)
    # Dividends before a change of units count in other ones, and explain too much: the jump itself must be beyond them.
    certain = np.minimum(np.abs(excess), np.abs(jump)) > ADJUSTMENT_CERTAIN
    findings += lonely + [
        move_finding(symbol, frame, row, _KIND, "left open", excess[row])
        for row in np.flatnonzero(suspect & ~certain).tolist()
    ]
    return on_one_level(symbol, frame, findings, np.flatnonzero(suspect & certain).tolist(), excess, _KIND)


def _unexplained(frame: pd.DataFrame, dividends_hold: bool) -> tuple[Array, Array, Mask]:
    """Each session's change of log(adjusted / close), what dividends don't explain of it, and where that is a fault."""
    adjusted, close = frame["adjusted"].to_numpy(), frame["close"].to_numpy()
    jump = np.diff(np.log(adjusted / close), prepend=np.log(adjusted[0] / close[0]))  # 0 for the first
    rounding = _rounding(adjusted, close)
    dividend = frame["dividend"].to_numpy()
    if dividends_hold and np.isfinite(dividend).all():
        before = np.concatenate([close[:1], close[:-1]])
        paid = np.minimum(dividend / before, 0.9)
        excess = jump + np.log1p(-paid)
        excess[0] = 0.0  # what was paid before the first row is in no ratio
        return jump, excess, np.abs(excess) > ADJUSTMENT_KNOWN + rounding
    suspect = (jump < -(ADJUSTMENT_DOWN + rounding)) | (jump > ADJUSTMENT_CERTAIN)
    undone = np.append(np.abs(jump[:-1] + jump[1:]) < 0.25 * np.abs(jump[:-1]), False)
    returns = log_returns(frame)
    strange = returns.abs().to_numpy() > PAYMENT_SIGMAS * robust_sigma(returns).to_numpy()
    no_payment = undone | (strange & _moves_adjusted_more(frame, jump))
    return jump, jump, suspect | (no_payment & (jump > ADJUSTMENT_UP + rounding))


def _rounding(adjusted: Array, close: Array) -> Array:
    """By how much log(adjusted / close) may change where prices are written in cents: half a cent of each, each day."""
    share = _half_a_cent(adjusted) + _half_a_cent(close)
    return np.asarray(share + np.concatenate([share[:1], share[:-1]]))


def _half_a_cent(prices: Array) -> Array:
    """As a share of each price; 0 for prices that are written more finely. Vendors keep 32-bit numbers: 88.400002."""
    with np.errstate(over="ignore", invalid="ignore"):  # no price, but a cell may hold any number
        cents = prices / _CENT
        written = np.abs(cents - np.round(cents)) < 1e-3 + 1e-6 * cents
    return np.asarray(np.where(written, 0.5 * _CENT / prices, 0.0))


def _moves_adjusted_more(frame: pd.DataFrame, jump: Array) -> Mask:
    """Days on which the adjusted close moved by more than the quoted one, which a payment would have moved."""
    move = log_returns(frame).to_numpy()
    return np.asarray(np.abs(move) > np.abs(move - jump))


def _lonely_jump(symbol: Symbol, frame: pd.DataFrame, jump: Array, suspect: Mask) -> list[Finding]:
    """With unknown dividends: the one jump of a history that has no other. It may be the only payment ever."""
    rounding = _rounding(frame["adjusted"].to_numpy(), frame["close"].to_numpy())
    rows = np.flatnonzero(np.abs(jump) > _LEAST + rounding)
    if len(frame) < _LONG or len(rows) != 1 or not ADJUSTMENT_UP < jump[rows[0]] <= ADJUSTMENT_CERTAIN:
        return []
    row = int(rows[0])
    return [] if suspect[row] else [move_finding(symbol, frame, row, _KIND, "left open", float(jump[row]))]
