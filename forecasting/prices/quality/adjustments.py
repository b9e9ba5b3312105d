"""Adjustments without an action: adjusted closes move against quoted ones, and no dividend explains it.

Where dividends are known, the adjustment is recomputed from them if the quoted close moved like on any other day.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecasting.prices.findings import Finding, Kind
from forecasting.prices.history import Array, Mask
from forecasting.prices.quality.measures import log_returns, move_finding, on_one_level, robust_sigma
from forecasting.prices.quality.rows import keep
from forecasting.universe import Symbol

ADJUSTMENT_KNOWN: Final = 0.02
"""Log. Adjusted over quoted close may jump by this much more or less than listed dividends explain. They are rounded:
clean histories have differences of up to 0.01."""

LISTED: Final = 0.002
"""The same on the day of a listed dividend; clean histories are adjusted for these to 1e-5."""

ADJUSTMENT_DOWN: Final = 0.002
"""Log. No dividend lowers adjusted closes against quoted ones; rounding does, by less than this."""

ADJUSTMENT_UP: Final = 0.03
"""Log, with unknown dividends. A larger jump is a fault if it does not look like a payment or is the only one."""

PAYMENT_SIGMAS: Final = 3.0
"""Robust standard deviations. When a dividend is paid, the quoted close falls by it and the adjusted one moves as
usual. If the adjusted close moves by more than this, and by more than the quoted one, there was no payment."""

ADJUSTMENT_CERTAIN: Final = 0.35
"""Log. No ETF pays out a third of its price, so a larger jump is wrong. A smaller one may be an unlisted dividend: it
is reported and used, since one strange return does less harm than losing everything after it."""

_KIND: Final[Kind] = "adjustment without an action"
_LONG: Final = 250  # sessions, a year; within it, most ETFs pay more than once
_LEAST: Final = 1e-4  # log; a smaller jump is rounding
_CENT: Final = 0.01


def with_listed_adjustments(symbol: Symbol, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """The frame adjusted by the listed dividends wherever that makes the day's return an ordinary one.

    All adjusted closes before such a day change by one factor. Nothing changes if dividends are unknown.
    """
    paid = frame["dividend"].to_numpy()
    if not np.isfinite(paid).all():
        return frame, []
    jump, excess, suspect = _unexplained(frame, dividends_hold=True)
    rounding = _rounding(frame["adjusted"].to_numpy(), frame["close"].to_numpy())
    differs = np.abs(excess) > rounding + np.where(paid > 0, LISTED, ADJUSTMENT_KNOWN)
    if not differs.any():
        return frame, []
    returns = log_returns(frame)
    usual = PAYMENT_SIGMAS * robust_sigma(returns)
    before, after = np.abs(returns), np.abs(returns - excess)
    # The list may be wrong too: in other units, or incomplete. The returns tell which of the two is.
    phantom = (before > usual) & (after < before / 2)
    missing = differs & (paid > 0) & (np.abs(jump) <= rounding + _LEAST)
    # Closes that are adjusted already do not fall by the dividends, which only many of them show.
    missing &= np.nansum((before**2 - after**2)[missing] / usual[missing] ** 2) > 0
    large = (paid > 0) & (np.abs(excess) > ADJUSTMENT_KNOWN)
    differs &= phantom | (large & (after < before)) | (missing & ((after < before) | (after <= usual)))
    differs &= np.minimum(np.abs(excess), np.abs(jump)) <= ADJUSTMENT_CERTAIN
    single = _single(excess, suspect)
    differs &= ~(single | np.append(False, single[:-1]))  # such a row is left out
    if not differs.any():
        return frame, []
    factors = np.exp(np.where(differs, excess, 0.0))
    later = np.append(np.cumprod(factors[:0:-1])[::-1], 1.0)  # for each row the product of the factors after it
    findings = [
        move_finding(symbol, frame, row, _KIND, "recomputed", excess[row]) for row in np.flatnonzero(differs).tolist()
    ]
    return frame.assign(adjusted=frame["adjusted"] * later), findings


def with_explained_adjustments(
    symbol: Symbol, frame: pd.DataFrame, dividends_hold: bool
) -> tuple[pd.DataFrame, list[Finding]]:
    """The rows with believable adjustments, and a finding for each fault; see ``gate.check_moves``.

    Args:
        dividends_hold: whether the listed dividends are in the units of all quoted closes.
    """
    jump, excess, suspect = _unexplained(frame, dividends_hold)
    lonely = _lonely_jump(symbol, frame, excess, suspect) if frame["dividend"].isna().any() else []
    wrong = _single(excess, suspect)
    findings = [
        move_finding(symbol, frame, row, _KIND, "quarantined", excess[row]) for row in np.flatnonzero(wrong).tolist()
    ]
    if wrong.any():
        frame = keep(frame, ~wrong)
        jump, excess, suspect = _unexplained(frame, dividends_hold)
    # Dividends from before a change of units explain too much, so the jump itself must be too large as well.
    certain = np.minimum(np.abs(excess), np.abs(jump)) > ADJUSTMENT_CERTAIN
    findings += lonely + [
        move_finding(symbol, frame, row, _KIND, "left open", excess[row])
        for row in np.flatnonzero(suspect & ~certain).tolist()
    ]
    return on_one_level(symbol, frame, findings, np.flatnonzero(suspect & certain).tolist(), excess, _KIND)


def _single(excess: Array, suspect: Mask) -> Mask:
    """Rows that alone are wrong: their neighbours agree with each other."""
    alone = suspect[:-1] & suspect[1:] & (np.abs(excess[:-1] + excess[1:]) < 0.25 * np.abs(excess[:-1]))
    wrong = np.append(alone, False)
    wrong[1:] &= ~wrong[:-1]
    return wrong


def _unexplained(frame: pd.DataFrame, dividends_hold: bool) -> tuple[Array, Array, Mask]:
    """The change of log(adjusted / close) at each session, its part without a dividend, and where that is a fault."""
    adjusted, close = frame["adjusted"].to_numpy(), frame["close"].to_numpy()
    jump = np.diff(np.log(adjusted / close), prepend=np.log(adjusted[0] / close[0]))  # 0 for the first
    rounding = _rounding(adjusted, close)
    dividend = frame["dividend"].to_numpy()
    if dividends_hold and np.isfinite(dividend).all():
        before = np.concatenate([close[:1], close[:-1]])
        paid = np.minimum(dividend / before, 0.9)
        excess = jump + np.log1p(-paid)
        excess[0] = 0.0  # a payment at the first row changes no ratio
        return jump, excess, np.abs(excess) > ADJUSTMENT_KNOWN + rounding
    suspect = (jump < -(ADJUSTMENT_DOWN + rounding)) | (jump > ADJUSTMENT_CERTAIN)
    undone = np.append(np.abs(jump[:-1] + jump[1:]) < 0.25 * np.abs(jump[:-1]), False)
    returns = log_returns(frame)
    strange = np.abs(returns) > PAYMENT_SIGMAS * robust_sigma(returns)
    no_payment = undone | (strange & _moves_adjusted_more(frame, jump))
    return jump, jump, suspect | (no_payment & (jump > ADJUSTMENT_UP + rounding))


def _rounding(adjusted: Array, close: Array) -> Array:
    """How much log(adjusted / close) may change by rounding: half a cent of each price, on both days."""
    share = _half_a_cent(adjusted) + _half_a_cent(close)
    return np.asarray(share + np.concatenate([share[:1], share[:-1]]))


def _half_a_cent(prices: Array) -> Array:
    """Half a cent as a share of each price; 0 for prices not in whole cents. Vendors keep 32-bit numbers: 88.400002."""
    with np.errstate(over="ignore", invalid="ignore"):  # a cell may hold any number
        cents = prices / _CENT
        written = np.abs(cents - np.round(cents)) < 1e-3 + 1e-6 * cents
    return np.asarray(np.where(written, 0.5 * _CENT / prices, 0.0))


def _moves_adjusted_more(frame: pd.DataFrame, jump: Array) -> Mask:
    """Days on which the adjusted close moved more than the quoted one; a payment moves only the quoted one."""
    move = log_returns(frame)
    return np.asarray(np.abs(move) > np.abs(move - jump))


def _lonely_jump(symbol: Symbol, frame: pd.DataFrame, jump: Array, suspect: Mask) -> list[Finding]:
    """A history's only jump where dividends are unknown, reported because it may as well be its only payment."""
    rounding = _rounding(frame["adjusted"].to_numpy(), frame["close"].to_numpy())
    rows = np.flatnonzero(np.abs(jump) > _LEAST + rounding)
    if len(frame) < _LONG or len(rows) != 1 or not ADJUSTMENT_UP < jump[rows[0]] <= ADJUSTMENT_CERTAIN:
        return []
    row = int(rows[0])
    return [] if suspect[row] else [move_finding(symbol, frame, row, _KIND, "left open", float(jump[row]))]
