"""Faults that show in the moves from row to row: single wrong prices, splits and adjustments that nothing explains.

A crash is not a fault: on forty clean histories 205 moves go beyond eight robust standard deviations, and the bands of
a forecast need every one of them. So size alone says nothing here. A wrong price is undone at once while the other
ETFs stay calm; a missed split has a split's ratio; a wrong adjustment is one that no dividend pays for.

Every rule looks back, and at most two sessions ahead. A level that is doubtful from some session on ends the history
there, so nothing that comes later changes what was known before.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.prices.findings import Action, Finding, Kind
from forecasting.prices.history import Array
from forecasting.prices.rows import keep
from forecasting.universe import Symbol

SPIKE_SIGMAS: Final = 8.0
SPIKE_LEAST: Final = 0.15  # log return
SPIKE_ALONE: Final = 0.5  # log return that a spike needs where no other ETF tells whether the day was wild
SPIKE_CERTAIN: Final = 1.0  # log return that no calm or wild day explains once it is undone
UNDONE: Final = (0.75, 1.33)
"""Share of a spike that the next one or two sessions take back. Above, it is a move of its own."""

SHARED: Final = 6.0
"""A move is shared by the others where SPY or the median ETF moved a sixth as much: leveraged ETFs move three times."""

SHARED_BOUNCE: Final = 10.0
"""The same of a move that is undone, by the others' moves on its day or on the way back: a panic has both."""

SPLIT_LEAST: Final = 0.5  # log return
SPLIT_TOLERANCE: Final = 0.1  # log return, or four robust standard deviations where that is more
SPLIT_SIGMAS: Final = 8.0
"""Robust standard deviations, of a history without opening prices: in a panic, leveraged ETFs halve in a day."""

SPLIT_RATIOS: Final = (2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 100.0)

CRASH_RANGES: Final = 3.0
"""Of the usual range between low and high: more on the day of a move like a split's speaks for a crash."""

CRASH_SHARE: Final = 0.25
"""Of the move, in log: more between the day's low and high than this share was traded, not re-based overnight."""

CRASH_VOLUME: Final = 4.0
"""Times the usual volume, in shares and in dollars: more, on a day of a wide range, speaks for a crash as well."""

CRASH_SIGMAS: Final = 4.0
"""Robust standard deviations of the days before: more on the day after it does too."""

ADJUSTMENT_KNOWN: Final = 0.02
"""Log of adjusted over quoted close may jump by this much more or less than the listed dividends say: they are rounded,
and the clean histories with listed dividends have differences of up to 0.01."""

ADJUSTMENT_DOWN: Final = 0.002
"""No dividend lowers adjusted closes against quoted ones; rounding does, by less than this."""

ADJUSTMENT_UP: Final = 0.03
"""With unknown dividends: a jump of this size is named where the history has no other, in a year or more."""

ADJUSTMENT_CERTAIN: Final = 0.35
"""No ETF pays out a third of its price, so such a jump is wrong. A smaller one may be a dividend that nobody listed: it
is named, and used, since one strange return harms less than the loss of all that follows."""

_LONG: Final = 250  # sessions
_EDGE: Final = 2
"""A level that changes this early is the first rows' fault, not that of all the others."""

_WINDOW, _LEAST_WINDOW = 60, 20  # sessions that the robust standard deviation looks back on
_RECENT: Final = 5  # sessions
_CENT: Final = 0.01

Mask = npt.NDArray[np.bool_]


def check_moves(symbol: Symbol, frame: pd.DataFrame, others: pd.Series | None) -> tuple[pd.DataFrame, list[Finding]]:
    """The rows whose moves can be believed, and a finding for each fault.

    Args:
        frame: columns of ``PriceHistory.frame``, one sound row a session.
        others: absolute log return of the market by session, to tell wild days; None where nothing else is known.
    """
    frame, spikes = _spikes(symbol, frame, others)
    frame, splits = _splits(symbol, frame, others)
    # Listed dividends are in the units of one side of a split only, so they prove nothing on the other.
    frame, adjustments = _adjustments(symbol, frame, dividends_hold=not splits)
    return frame, spikes + splits + adjustments


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


def _adjustments(symbol: Symbol, frame: pd.DataFrame, dividends_hold: bool) -> tuple[pd.DataFrame, list[Finding]]:
    excess, suspect = _unexplained_adjustment(frame, dividends_hold)
    lonely = _lonely_jump(symbol, frame, excess) if frame["dividend"].isna().any() else []
    # A row whose neighbours agree with each other is wrong alone.
    alone = suspect[:-1] & suspect[1:] & (np.abs(excess[:-1] + excess[1:]) < 0.25 * np.abs(excess[:-1]))
    wrong = np.append(alone, False)
    wrong[1:] &= ~wrong[:-1]
    findings = [
        _finding(symbol, frame, row, "adjustment without an action", "quarantined", excess[row])
        for row in np.flatnonzero(wrong).tolist()
    ]
    if wrong.any():
        frame = keep(frame, ~wrong)
        excess, suspect = _unexplained_adjustment(frame, dividends_hold)
    certain = np.abs(excess) > ADJUSTMENT_CERTAIN
    findings += lonely + [
        _finding(symbol, frame, row, "adjustment without an action", "left open", excess[row])
        for row in np.flatnonzero(suspect & ~certain).tolist()
    ]
    rows = np.flatnonzero(suspect & certain).tolist()
    return _levels(symbol, frame, findings, rows, excess, "adjustment without an action")


def _unexplained_adjustment(frame: pd.DataFrame, dividends_hold: bool) -> tuple[Array, Mask]:
    """What dividends don't explain of each session's change of log(adjusted / close), and where that is a fault."""
    adjusted, close = frame["adjusted"].to_numpy(), frame["close"].to_numpy()
    jump = np.diff(np.log(adjusted / close), prepend=np.log(adjusted[0] / close[0]))  # 0 for the first
    dividend = frame["dividend"].to_numpy()
    if dividends_hold and np.isfinite(dividend).all():
        before = np.concatenate([close[:1], close[:-1]])
        paid = np.minimum(dividend / before, 0.9)
        excess = jump + np.log1p(-paid)
        excess[0] = 0.0  # what was paid before the first row is in no ratio
        return excess, np.abs(excess) > ADJUSTMENT_KNOWN
    rounding = _CENT / np.minimum(adjusted, close)
    suspect = (jump < -(ADJUSTMENT_DOWN + rounding)) | (jump > ADJUSTMENT_CERTAIN)
    undone = np.append(np.abs(jump[:-1] + jump[1:]) < 0.25 * np.abs(jump[:-1]), False)
    return jump, suspect | (undone & (jump > ADJUSTMENT_UP + rounding))


def _lonely_jump(symbol: Symbol, frame: pd.DataFrame, jump: Array) -> list[Finding]:
    """With unknown dividends: the one jump of a history that has no other. It may be the only payment ever."""
    rows = np.flatnonzero(np.abs(jump) > ADJUSTMENT_DOWN)
    if len(frame) < _LONG or len(rows) != 1 or not ADJUSTMENT_UP < jump[rows[0]] <= ADJUSTMENT_CERTAIN:
        return []
    row = int(rows[0])
    return [_finding(symbol, frame, row, "adjustment without an action", "left open", float(jump[row]))]


def _spikes(symbol: Symbol, frame: pd.DataFrame, others: pd.Series | None) -> tuple[pd.DataFrame, list[Finding]]:
    returns = log_returns(frame)
    size = returns.abs()
    large = (size > SPIKE_SIGMAS * robust_sigma(returns)) & (size > SPIKE_LEAST)
    calm = (size > SPIKE_ALONE) & ~_wild_day(frame) if others is None else ~_shared_bounce(size, others)
    candidates = (large & (calm | (size > SPIKE_CERTAIN))).to_numpy()
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
                _finding(symbol, frame, wrong_row, "spike", "quarantined", move[row])
                for wrong_row in range(row, row + length)
            ]
    return keep(frame, ~wrong), findings


def _undone_after(move: Array, row: int) -> int:
    """After how many sessions, one or two, the move of ``row`` is taken back; 0 where it isn't."""
    low, high = UNDONE
    for length in (1, 2):
        back = move[row + 1 : row + 1 + length]
        if len(back) == length and low <= -back.sum() / move[row] <= high:
            return length
    return 0


def _shared(size: pd.Series, others: pd.Series) -> pd.Series:
    return size < SHARED * others.reindex(size.index).fillna(0.0)


def _shared_bounce(size: pd.Series, others: pd.Series) -> pd.Series:
    beside = others.reindex(size.index).fillna(0.0)
    wildest = pd.concat([beside, beside.shift(-1), beside.shift(-2)], axis=1).max(axis=1)
    return size < SHARED_BOUNCE * wildest


def _splits(symbol: Symbol, frame: pd.DataFrame, others: pd.Series | None) -> tuple[pd.DataFrame, list[Finding]]:
    returns = log_returns(frame)
    move, sigma = returns.to_numpy(), robust_sigma(returns).to_numpy()
    tolerance = np.maximum(SPLIT_TOLERANCE, 4 * sigma)
    gap = np.log((frame["open"] / frame["close"].shift(1)).to_numpy())
    overnight = np.where(np.isnan(gap), _from_calm(returns, sigma), _like_a_split(gap, tolerance))
    suspect = _like_a_split(move, tolerance) & overnight & (np.where(np.isnan(gap), move, gap) * move > 0)
    suspect &= ~_crash(frame, move, sigma)
    if others is not None:
        suspect &= ~_shared(returns.abs(), others).to_numpy()
    return _levels(symbol, frame, [], np.flatnonzero(suspect).tolist(), move, "unadjusted split")


def _from_calm(returns: pd.Series, sigma: Array) -> Mask:
    """Moves out of the ordinary even beside the last few, among which a panic's are large."""
    recent = np.sqrt((returns**2).rolling(_RECENT, min_periods=1).mean().shift(1)).fillna(0.0).to_numpy()
    return np.asarray(returns.abs().to_numpy() > SPLIT_SIGMAS * np.maximum(sigma, recent))


def _like_a_split(move: Array, tolerance: Array) -> Mask:
    """Which log returns are those of a split, give or take what the market did beside it."""
    distance = np.abs(np.abs(move)[:, None] - np.log(SPLIT_RATIOS)).min(axis=1)
    return np.asarray((np.abs(move) > SPLIT_LEAST) & (distance <= tolerance))


def _crash(frame: pd.DataFrame, move: Array, sigma: Array) -> Mask:
    """Where the day itself was wild and the next one too: a missed split leaves both as quiet as any.

    A range that holds much of the move is proof enough: a split happens overnight. Of a history without a range the day
    after decides; at the last session nothing speaks for a crash yet.
    """
    day = _range(frame)
    traded = (day > CRASH_SHARE * np.abs(move)).to_numpy()  # False where there is no range
    unusual = _usual(day).isna().to_numpy()  # nothing to compare the day with: its first weeks, or no range at all
    wild_day = np.where(unusual, traded | day.isna().to_numpy(), _wild_day(frame).to_numpy())
    wild_after = np.append(np.abs(move[1:]) > CRASH_SIGMAS * sigma[:-1], False)
    heavy = ~unusual & _heavy(frame["volume"]) & _heavy(frame["volume"] * frame["close"])
    return np.asarray(wild_day & (wild_after | traded | heavy))


def _heavy(traded: pd.Series) -> Mask:
    """Days of far more trade than usual. A split that nobody adjusted for multiplies shares or dollars, not both."""
    return np.asarray(traded > CRASH_VOLUME * _usual(traded))


def _wild_day(frame: pd.DataFrame) -> pd.Series:
    """Days of a range between low and high far beyond the usual; none where there is no range."""
    day = _range(frame)
    return day > CRASH_RANGES * _usual(day)


def _range(frame: pd.DataFrame) -> pd.Series:
    return pd.Series(np.log(frame["high"] / frame["low"]))


def _usual(numbers: pd.Series) -> pd.Series:
    """The median of the sessions before each."""
    return numbers.rolling(_WINDOW, min_periods=_LEAST_WINDOW).median().shift(1)


def _levels(
    symbol: Symbol, frame: pd.DataFrame, findings: list[Finding], rows: list[int], jump: Array, kind: Kind
) -> tuple[pd.DataFrame, list[Finding]]:
    """Keep the part of the history that stands on one level: up to the first change, or after one at its very start.

    Of a change at the start, the findings name the rows before it and the row that shows it.
    """
    start, end = 0, len(frame)
    for row in rows:
        if row > _EDGE:
            end = row
            findings.append(_finding(symbol, frame, row, kind, "refused", jump[row]))
            break
        findings += [_finding(symbol, frame, r, kind, "quarantined", jump[row]) for r in range(start, row + 1)]
        start = row
    return frame.iloc[start:end], findings


def _finding(symbol: Symbol, frame: pd.DataFrame, row: int, kind: Kind, action: Action, jump: float) -> Finding:
    close, adjusted = frame["close"].iloc[row], frame["adjusted"].iloc[row]
    values = {"close": float(close), "adjusted": float(adjusted), "ratio": float(np.exp(jump))}
    return Finding(symbol, frame.index[row].date(), kind, action, values)
