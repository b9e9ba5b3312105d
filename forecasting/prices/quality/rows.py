"""Faults of single rows: order, copies, calendar, values, range."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.prices.findings import Action, Finding
from forecasting.prices.history import Mask, columns_of
from forecasting.sessions import exchange_of, first_day, session_stamps
from forecasting.universe import Symbol

ROUNDING: Final = 1e-6
"""Relative. Vendors keep prices as 32-bit numbers, so a close at the day's high may be this far above it."""

SPARSE: Final = 0.05
"""Share of rows. If more lack a valid open, high, low or volume, the source is taken not to have it."""

FEW: Final = 3
"""Rows. Up to this many invalid or misplaced rows are single faults, however short the history is."""

LONG_GAP: Final = 60
"""Sessions. A longer gap is one finding: the date of a row may be mistyped by years."""

_HOLIDAYS: Final = timedelta(days=10)  # longer than any gap between two sessions

_RANGE: Final = ["open", "high", "low"]
PRICES: Final = ["adjusted", "close", *_RANGE]
_ACTIONS: Final = ["dividend", "split"]

Sifted = tuple[pd.DataFrame, list[Finding]]


def keep(frame: pd.DataFrame, kept: Mask) -> pd.DataFrame:
    """The rows ``kept``. A dividend or split of a dropped row moves to the next kept row: it was paid all the same."""
    if kept.all():
        return frame
    frame = frame.copy()
    for column in _ACTIONS:
        values = frame[column].to_numpy(copy=True)
        for row in np.flatnonzero(~kept & (values > 0)):
            later = np.flatnonzero(kept[row:])
            if len(later):
                values[row + later[0]] += values[row]
        frame[column] = values
    return frame[kept]


def day_of(stamp: Any) -> date:
    return pd.Timestamp(stamp).date()


def _days(frame: pd.DataFrame, chosen: Mask) -> list[date]:
    return [day_of(stamp) for stamp in frame.index[chosen]]


def _put_in_order(symbol: Symbol, frame: pd.DataFrame) -> Sifted:
    if frame.index.is_monotonic_increasing:
        return frame, []
    if frame.index.is_monotonic_decreasing and len(frame) > FEW:
        values = {"rows": len(frame), "first": "the newest"}
        return frame[::-1], [Finding(symbol, day_of(frame.index[-1]), "out of order", "noted", values)]
    stamps = frame.index.to_numpy().astype("int64")
    findings = [
        Finding(
            symbol,
            day_of(frame.index[row]),
            "out of order",
            "put in order",
            {"stands after": day_of(frame.index[row - 1]).isoformat()} if row else {},
        )
        for row in sorted({*_displaced(stamps), *_swapped(stamps)})
    ]
    return frame.sort_index(kind="stable"), findings


def _displaced(stamps: npt.NDArray[np.int64]) -> list[int]:
    """The fewest rows that must move: those outside the longest rising subsequence (patience sorting)."""
    ends: list[int] = []  # smallest last stamp of a rising run of each length
    rows: list[int] = []
    before = np.full(len(stamps), -1)
    for row, stamp in enumerate(stamps.tolist()):
        # Equal stamps are in order: a copy is a different fault.
        length = bisect_left(ends, stamp + 1)
        before[row] = rows[length - 1] if length else -1
        if length == len(ends):
            ends.append(stamp)
            rows.append(row)
        else:
            ends[length], rows[length] = stamp, row
    in_place = set()
    row = rows[-1]
    while row >= 0:
        in_place.add(row)
        row = int(before[row])
    return [row for row in range(len(stamps)) if row not in in_place]


def _swapped(stamps: npt.NDArray[np.int64]) -> list[int]:
    """Neighbours in each other's place; both, since either may have moved."""
    first, second = stamps[:-1], stamps[1:]
    fits_before = np.append(True, first[:-1] <= second[1:])
    fits_after = np.append(first[:-1] <= second[1:], True)
    rows = np.flatnonzero((first > second) & fits_before & fits_after)
    return [*rows.tolist(), *(rows + 1).tolist()]


def _from_the_calendar(symbol: Symbol, frame: pd.DataFrame) -> Sifted:
    """Without the rows before the calendar begins: the past of an old index or share, or wrong dates."""
    early = frame.index < pd.Timestamp(first_day(exchange_of(symbol)))
    if not early.any():
        return frame, []
    days, later = _days(frame, early), _days(frame, ~early)
    if len(days) > FEW and later and later[0] - days[-1] <= _HOLIDAYS:
        values = {"rows": len(days), "until": days[-1].isoformat()}
        return frame[~early], [Finding(symbol, days[0], "no session", "noted", values)]
    return frame[~early], [Finding(symbol, day, "no session", "dropped") for day in days]


def _without_copies(symbol: Symbol, frame: pd.DataFrame) -> Sifted:
    """One row a session. Of two different rows either may be wrong, so both go."""
    doubled = frame.index.duplicated(keep=False)
    if not doubled.any():
        return frame, []
    again = frame.index.duplicated()
    copy = frame.assign(stamp=frame.index).duplicated().to_numpy()
    differing = frame.index[again & ~copy].unique()
    findings = []
    for stamp, closes in frame["close"][doubled].groupby(level=0):
        values = {f"close {number}": float(close) for number, close in enumerate(closes, start=1)}
        action: Action = "quarantined" if stamp in differing else "dropped"
        findings.append(Finding(symbol, day_of(stamp), "doubled session", action, values))
    # A dividend or split was paid once: keep that of the first row.
    once = frame.assign(**{column: frame[column].mask(again & (frame[column] > 0), 0.0) for column in _ACTIONS})
    return keep(once, ~again & ~frame.index.isin(differing)), findings


def _on_sessions(symbol: Symbol, frame: pd.DataFrame) -> Sifted:
    sessions = session_stamps(day_of(frame.index[0]), day_of(frame.index[-1]), exchange_of(symbol))
    if frame.index.equals(sessions):
        return frame, []
    wrong = ~frame.index.isin(sessions)
    findings = [
        Finding(symbol, day_of(stamp), "no session", "dropped", {"close": float(close)})
        for stamp, close in frame["close"][wrong].items()
    ]
    return keep(frame, ~wrong), findings


def _note_gaps(symbol: Symbol, frame: pd.DataFrame) -> Sifted:
    sessions = session_stamps(day_of(frame.index[0]), day_of(frame.index[-1]), exchange_of(symbol))
    if frame.index.equals(sessions):
        return frame, []
    missing = sessions.difference(pd.DatetimeIndex(frame.index))
    gap = np.cumsum(np.diff(sessions.get_indexer(missing), prepend=-1) != 1)  # numbers the gaps
    findings = []
    for days in (missing[gap == number] for number in np.unique(gap)):
        if len(days) > LONG_GAP:
            values = {"sessions": len(days), "until": day_of(days[-1]).isoformat()}
            findings.append(Finding(symbol, day_of(days[0]), "missing session", "left open", values))
        else:
            findings += [Finding(symbol, day_of(day), "missing session", "left open") for day in days]
    return frame, findings


def _with_valid_prices(symbol: Symbol, frame: pd.DataFrame) -> Sifted:
    frame, findings, sparse = _without_sparse_range(symbol, frame)
    numbers = columns_of(frame, PRICES)
    valid = np.isfinite(numbers) & (numbers > 0)
    for at, column in enumerate(PRICES):
        if column in sparse:
            valid[:, at] |= np.isnan(numbers[:, at])
    bad = np.asarray((~valid).any(axis=1))
    for row in np.flatnonzero(bad).tolist():
        values = {column: float(numbers[row, at]) for at, column in enumerate(PRICES) if not valid[row, at]}
        findings.append(Finding(symbol, day_of(frame.index[row]), "no positive price", "quarantined", values))
    return _with_volume(symbol, keep(frame, ~bad), findings)


def _without_sparse_range(symbol: Symbol, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding], list[str]]:
    """The frame with NaN for invalid ranges, if many are invalid.

    Old histories have closes only, which is no fault of each row.

    Returns:
        The frame, the findings, and the columns that are partly or wholly unknown.
    """
    findings, sparse = [], []
    for column in _RANGE:
        prices = frame[column].to_numpy()
        invalid = ~(np.isfinite(prices) & (prices > 0))
        if not _is_sparse(invalid):
            continue
        sparse.append(column)
        frame = frame.assign(**{column: frame[column].where(~invalid)})
        if not invalid.all():
            first = _days(frame, invalid)[0]
            findings.append(Finding(symbol, first, "range unknown", "noted", {f"{column}s": int(invalid.sum())}))
    return frame, findings, sparse


def _is_sparse(invalid: Mask) -> bool:
    """Whether so many rows are invalid that the source is taken not to have this number."""
    return bool(invalid.all() or (invalid.mean() > SPARSE and invalid.sum() > FEW))


def _with_volume(symbol: Symbol, frame: pd.DataFrame, findings: list[Finding]) -> Sifted:
    volume = frame["volume"].to_numpy()
    if not len(volume) or np.isnan(volume).all():
        return frame, findings
    bad = ~(np.isfinite(volume) & (volume >= 0))
    unknown = np.isnan(volume)
    if _is_sparse(unknown):
        bad &= ~unknown
        first = _days(frame, unknown)[0]
        findings.append(Finding(symbol, first, "volume unknown", "noted", {"sessions": int(unknown.sum())}))
    for stamp, value in frame["volume"][bad].items():
        findings.append(Finding(symbol, day_of(stamp), "no volume", "quarantined", {"volume": float(value)}))
    quiet = volume == 0
    if quiet.any():
        first = _days(frame, quiet)[0]
        findings.append(Finding(symbol, first, "zero volume", "noted", {"sessions": int(quiet.sum())}))
    return keep(frame, ~bad), findings


def _within_range(symbol: Symbol, frame: pd.DataFrame) -> Sifted:
    columns = ["open", "high", "low", "close"]
    prices = columns_of(frame, columns)
    opened, high, low, close = prices.T
    with np.errstate(over="ignore"):  # a cell may hold any number
        top, bottom = high * (1 + ROUNDING), low * (1 - ROUNDING)
    bad: Mask = (high < bottom) | (low > top)  # comparisons with NaN are false
    for price in (opened, close):
        bad = bad | (price > top) | (price < bottom)
    findings = [
        Finding(symbol, day_of(stamp), "inconsistent range", "quarantined", dict(zip(columns, row, strict=True)))
        for stamp, row in zip(frame.index[bad], prices[bad].tolist(), strict=True)
    ]
    return keep(frame, ~bad), findings


ROW_STEPS: Final = (
    _put_in_order,
    _from_the_calendar,
    _without_copies,
    _on_sessions,
    _note_gaps,
    _with_valid_prices,
    _within_range,
)
"""The steps in their order. Each takes a frame with the columns of ``PriceHistory.frame`` and gives the usable rows
and a finding for each of the others."""
