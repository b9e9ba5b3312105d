"""Faults that a row shows by itself or beside its neighbours' dates: order, copies, calendar, values, range."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.prices.findings import Finding
from forecasting.sessions import closes_early, session_stamps
from forecasting.universe import Symbol

ROUNDING: Final = 1e-6
"""Relative. Vendors keep prices as 32-bit numbers, so a close at the day's high may stand this far above it."""

SPARSE: Final = 0.05
"""Share of rows without a valid open, high or low from which on the source is taken to have no range in them."""

LONGEST_REPEAT: Final = 4
"""Equal rows in a row that quiet ETFs truly have: 3 in forty real histories, each of zero volume."""

LONGEST_QUIET: Final = 8
"""The same where nobody traded: more is a feed that stands still."""

UNFINISHED_VOLUME: Final = 0.25
"""Of the median of twenty sessions. A last row with less was taken while its session was still going on."""

UNFINISHED_SHORT_VOLUME: Final = 0.1
"""The same for a session that closes early: half of the day's trade is missing from it anyway."""

_LIQUID: Final = 5e5  # shares; below that, a session of hardly any volume is nothing strange

_RANGE: Final = ["open", "high", "low"]
_PRICES: Final = ["adjusted", "close", *_RANGE]
_ACTIONS: Final = ["dividend", "split"]

Mask = npt.NDArray[np.bool_]
Sifted = tuple[pd.DataFrame, list[Finding]]


def sift(symbol: Symbol, frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """The rows that can be used, one per session in order, and a finding for each thing that was wrong.

    Args:
        frame: columns of ``PriceHistory.frame``, naive midnight stamps in any order, any numbers.
    """
    findings: list[Finding] = []
    steps: tuple[Callable[[Symbol, pd.DataFrame], Sifted], ...] = (
        _put_in_order,
        _without_copies,
        _on_sessions,
        _note_gaps,
        _with_valid_prices,
        _within_range,
        _moving,
        _finished,
    )
    for step in steps:
        if not frame.empty:
            frame, found = step(symbol, frame)
            findings += found
    return frame, tuple(findings)


def keep(frame: pd.DataFrame, kept: Mask) -> pd.DataFrame:
    """The rows ``kept``. A dividend or split of another row moves to the next one: it was paid all the same."""
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


def _day(stamp: Any) -> date:
    return pd.Timestamp(stamp).date()


def _days(frame: pd.DataFrame, chosen: Mask) -> list[date]:
    return [_day(stamp) for stamp in frame.index[chosen]]


def _put_in_order(symbol: Symbol, frame: pd.DataFrame) -> Sifted:
    if frame.index.is_monotonic_increasing:
        return frame, []
    stamps = frame.index.to_numpy()
    findings = [
        Finding(
            symbol,
            _day(frame.index[row]),
            "out of order",
            "put in order",
            {"stands after": _day(frame.index[row - 1]).isoformat()} if row else {},
        )
        for row in _displaced(stamps.astype("int64"))
    ]
    return frame.sort_index(kind="stable"), findings


def _displaced(stamps: npt.NDArray[np.int64]) -> list[int]:
    """Rows outside the longest rising subsequence: the fewest that must move (patience sorting)."""
    ends: list[int] = []  # smallest last stamp of a rising run of each length
    rows: list[int] = []
    before = np.full(len(stamps), -1)
    for row, stamp in enumerate(stamps.tolist()):
        # Equal stamps may follow each other: a copy is another kind of fault.
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


def _without_copies(symbol: Symbol, frame: pd.DataFrame) -> Sifted:
    """One row a session. Which of two different rows is right, nobody can tell: both go."""
    doubled = frame.index.duplicated(keep=False)
    if not doubled.any():
        return frame, []
    findings, kept = [], ~doubled
    for stamp in frame.index[doubled].unique():
        same = frame.index == stamp
        copies = frame[same].drop_duplicates()
        alike = len(copies) == 1
        if alike:
            kept[np.flatnonzero(same)[0]] = True
        closes = {f"close {number}": float(close) for number, close in enumerate(frame["close"][same], start=1)}
        findings.append(Finding(symbol, _day(stamp), "doubled session", "dropped" if alike else "quarantined", closes))
    return frame[kept], findings


def _on_sessions(symbol: Symbol, frame: pd.DataFrame) -> Sifted:
    sessions = session_stamps(_day(frame.index[0]), _day(frame.index[-1]))
    wrong = ~frame.index.isin(sessions)
    findings = [
        Finding(symbol, _day(stamp), "no session", "dropped", {"close": float(close)})
        for stamp, close in frame["close"][wrong].items()
    ]
    return keep(frame, ~wrong), findings


def _note_gaps(symbol: Symbol, frame: pd.DataFrame) -> Sifted:
    sessions = session_stamps(_day(frame.index[0]), _day(frame.index[-1]))
    missing = sessions.difference(pd.DatetimeIndex(frame.index))
    return frame, [Finding(symbol, _day(stamp), "missing session", "left open") for stamp in missing]


def _with_valid_prices(symbol: Symbol, frame: pd.DataFrame) -> Sifted:
    frame, findings = _without_sparse_range(symbol, frame)
    unknown = frame.isna() & frame[_RANGE].isna().mean().gt(SPARSE).reindex(frame.columns, fill_value=False)
    numbers = frame.to_numpy()
    valid = pd.DataFrame(np.isfinite(numbers) & (numbers > 0), frame.index, frame.columns) | unknown
    bad = (~valid[_PRICES]).any(axis=1).to_numpy()
    for stamp in frame.index[bad]:
        values = {column: float(frame.loc[stamp, column]) for column in _PRICES if not valid.loc[stamp, column]}
        findings.append(Finding(symbol, _day(stamp), "no positive price", "quarantined", values))
    return _with_volume(symbol, keep(frame, ~bad), findings)


def _without_sparse_range(symbol: Symbol, frame: pd.DataFrame) -> Sifted:
    """Many rows of old histories have a close only: no fault of each of them, but no range either."""
    findings = []
    for column in _RANGE:
        invalid = ~(np.isfinite(frame[column]) & (frame[column] > 0)).to_numpy()
        if invalid.mean() > SPARSE:
            frame = frame.assign(**{column: frame[column].where(~invalid)})
            if not invalid.all():
                first = _days(frame, invalid)[0]
                findings.append(Finding(symbol, first, "range unknown", "noted", {f"{column}s": int(invalid.sum())}))
    return frame, findings


def _with_volume(symbol: Symbol, frame: pd.DataFrame, findings: list[Finding]) -> Sifted:
    volume = frame["volume"].to_numpy()
    if np.isnan(volume).all():
        return frame, findings
    bad = ~(np.isfinite(volume) & (volume >= 0))
    for stamp, value in frame["volume"][bad].items():
        findings.append(Finding(symbol, _day(stamp), "no volume", "quarantined", {"volume": float(value)}))
    quiet = volume == 0
    if quiet.any():
        first = _days(frame, quiet)[0]
        findings.append(Finding(symbol, first, "zero volume", "noted", {"sessions": int(quiet.sum())}))
    return keep(frame, ~bad), findings


def _within_range(symbol: Symbol, frame: pd.DataFrame) -> Sifted:
    if frame[_RANGE].isna().all(axis=None):
        return frame, []
    top, bottom = frame["high"] * (1 + ROUNDING), frame["low"] * (1 - ROUNDING)
    bad = (frame["high"] < bottom) | (frame["low"] > top)  # comparisons with an unknown price are false
    for column in ("open", "close"):
        bad |= (frame[column] > top) | (frame[column] < bottom)
    columns = ["open", "high", "low", "close"]
    findings = [
        Finding(symbol, _day(stamp), "inconsistent range", "quarantined", dict(zip(columns, row, strict=True)))
        for stamp, row in zip(frame.index[bad], frame.loc[bad, columns].to_numpy().tolist(), strict=True)
    ]
    return keep(frame, ~bad.to_numpy()), findings


def _moving(symbol: Symbol, frame: pd.DataFrame) -> Sifted:
    """Without the copies of a row that a stuck feed repeats. Days on which nobody traded may well be equal."""
    prices = frame[_PRICES].to_numpy()
    same = (np.diff(prices, axis=0) == 0) | np.isnan(prices[1:])
    traded = frame["volume"].to_numpy()[1:] != 0  # true where the volume is unknown
    repeats = np.concatenate([[False], same.all(axis=1)])
    busy = repeats & np.concatenate([[False], traded])
    stuck = (busy & (_run_lengths(busy) >= LONGEST_REPEAT)) | (repeats & (_run_lengths(repeats) > LONGEST_QUIET))
    findings = [
        Finding(symbol, _day(stamp), "repeated rows", "quarantined", {"close": float(close)})
        for stamp, close in frame["close"][stuck].items()
    ]
    return keep(frame, ~stuck), findings


def _run_lengths(repeats: Mask) -> npt.NDArray[np.int64]:
    """Of each row, how many repeats its run has."""
    return pd.Series(repeats).groupby(np.cumsum(~repeats)).transform("sum").to_numpy()


def _finished(symbol: Symbol, frame: pd.DataFrame) -> Sifted:
    volume = frame["volume"].to_numpy()
    usual = float(np.median(volume[-21:-1])) if len(volume) > 20 else np.nan
    if not usual >= _LIQUID:
        return frame, []
    least = UNFINISHED_SHORT_VOLUME if closes_early(_day(frame.index[-1])) else UNFINISHED_VOLUME
    if not volume[-1] < least * usual:
        return frame, []
    values = {"volume": float(volume[-1]), "usual volume": usual}
    finding = Finding(symbol, _day(frame.index[-1]), "unfinished session", "quarantined", values)
    return frame.iloc[:-1], [finding]
