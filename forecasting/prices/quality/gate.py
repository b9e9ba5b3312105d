"""The quality gate between a source and all that trains, forecasts or scores. docs/prices.md lists what it finds.

It has two parts, since a row's own faults can be seen at once and a wrong price only beside other ETFs:
``sound_history`` is what sources make their histories with, ``gate`` is applied to all of them together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from forecasting.errors import BadPrices
from forecasting.prices.history import PriceHistory, in_columns
from forecasting.prices.quality.feeds import without_repeats, without_unfinished
from forecasting.prices.quality.findings import Finding
from forecasting.prices.quality.measures import log_returns
from forecasting.prices.quality.moves import check_moves
from forecasting.prices.quality.rows import ROW_STEPS
from forecasting.sessions import sessions_between
from forecasting.universe import Symbol

_MARKET: Final = Symbol("SPY")

ENDED_AFTER: Final = 10
"""Sessions without a price after which an ETF counts as ended; with fewer, its prices are late."""

RECENT: Final = 60
"""Sessions at the end of a history whose faults a reader of the forecast must know of."""

_CROWD: Final = 4
"""With more ETFs than these, their median move says how wild a day was."""


def sound_history(symbol: Symbol, source: str, rows: pd.DataFrame, until: date, currency: str = "USD") -> PriceHistory:
    """A history of those rows until ``until`` that are sound by themselves, with a finding for each of the others.

    Args:
        rows: some of the columns of ``PriceHistory.frame``, ``adjusted`` at least, indexed by day; in any order, with
            any numbers.

    Raises:
        BadPrices: no row is left.
    """
    frame = in_columns(rows)
    known = frame[frame.index <= pd.Timestamp(until)]
    if known.empty and not frame.empty:
        raise BadPrices(
            f"{symbol}: prices from {source} start on {frame.index.min().date()}, after {until}. Ask for a later day."
        )
    frame, findings = _sifted(symbol, known)
    if frame.empty and findings:
        raise BadPrices(
            f"{symbol}: none of the {len(rows)} rows from {source} can be used. The first: {findings[0]}. "
            "Correct the source."
        )
    return replace(PriceHistory.of(symbol, source, frame, currency), findings=findings)


def _sifted(symbol: Symbol, frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    findings: list[Finding] = []
    for step in (*ROW_STEPS, without_repeats, without_unfinished):
        if not frame.empty:
            frame, found = step(symbol, frame)
            findings += found
    return frame, tuple(findings)


def unsifted_history(symbol: Symbol, source: str, rows: pd.DataFrame, currency: str = "USD") -> PriceHistory:
    """A history of all ``rows`` that have an adjusted close. A quoted close that is no price counts as unknown.

    Raises:
        BadPrices: no row is left, or they are out of order.
    """
    frame = in_columns(rows)
    frame = frame[np.isfinite(frame["adjusted"]) & (frame["adjusted"] > 0)]
    is_price = np.isfinite(frame["close"]) & (frame["close"] > 0)
    return PriceHistory.of(
        symbol, source, frame.assign(close=frame["close"].where(is_price, frame["adjusted"])), currency
    )


def gate(histories: Iterable[PriceHistory]) -> tuple[PriceHistory, ...]:
    """The histories without what beside each other turns out to be wrong, and the findings added.

    A history whose level is doubtful from some session on ends before it; whoever needs a later one has to refuse.
    """
    histories = tuple(histories)
    moves = {history.symbol: log_returns(history.frame).abs() for history in histories}
    crowd = pd.DataFrame(moves).median(axis=1) if len(moves) > _CROWD else None
    newest = max((history.last_session for history in histories), default=date.min)
    return tuple(
        _gated(with_end_gap(history, newest), _wildness(history.symbol, moves.get(_MARKET), crowd))
        for history in histories
    )


def refusal(history: PriceHistory) -> BadPrices | None:
    """Why no forecast can be made from the history's end: the gate refused what came after it."""
    for finding in history.findings:
        if finding.action == "refused":
            return BadPrices(
                f"{finding}. Prices from that session on cannot be trusted, so there is no newer forecast of "
                f"{history.symbol}. Correct the source, or wait until it is corrected."
            )
    return None


def reader_notes(history: PriceHistory) -> tuple[str, ...]:
    """Sentences for whoever reads a forecast made from the history's end."""
    notes = []
    recent = history.sessions[-RECENT:][0].date()
    latest = [f for f in history.findings if f.session and f.session >= recent]
    if lost := _days(f for f in latest if f.kind == "missing session" or f.action in ("quarantined", "refused")):
        notes.append(f"Prices of {history.symbol} on {lost} are missing or wrong at the source, and were left out.")
    if doubtful := _days(f for f in latest if f.kind == "adjustment without an action" and f.action == "left open"):
        notes.append(
            f"Adjusted closes of {history.symbol} jump on {doubtful}, and no dividend is known that explains it."
        )
    for finding in history.findings:
        if finding.kind == "stored prices":
            notes.append(f"The source could not be asked for newer prices, so these end on {finding.session}.")
        elif finding.kind == "another security":
            notes.append(
                f"{history.symbol} means another security than before ({finding.details}). Its prices start on "
                f"{finding.session}; older forecasts were of the other one."
            )
    return tuple(notes)


def _days(findings: Iterable[Finding]) -> str:
    """The first three of their days, as text; empty where there are none."""
    days = sorted({f.session.isoformat() for f in findings if f.session})
    return ", ".join(days[:3]) + (" and others" if len(days) > 3 else "")


def unfinished(symbol: Symbol, closes: pd.Series, last: date) -> tuple[Finding, ...]:
    """The rows after ``last``, the newest session that is over, of ``closes`` by day."""
    late = closes[closes.index > pd.Timestamp(last)]
    return tuple(
        Finding(symbol, day.date(), "unfinished session", "dropped", {"close": float(close)})
        for day, close in zip(pd.DatetimeIndex(late.index), late, strict=True)
    )


def with_end_gap(history: PriceHistory, newest: date) -> PriceHistory:
    """The sessions missing at its end, against the ETF with the newest prices. One far behind has ended for good."""
    known = {finding.session for finding in history.findings}
    missing = [day for day in sessions_between(history.last_session, newest)[1:] if day not in known]
    if not 0 < len(missing) <= ENDED_AFTER:
        return history
    gaps = tuple(Finding(history.symbol, day, "missing session", "left open") for day in missing)
    return replace(history, findings=(*history.findings, *gaps))


def _gated(history: PriceHistory, others: pd.Series | None) -> PriceHistory:
    frame, found = check_moves(history.symbol, history.frame, others)
    return replace(history, frame=frame, findings=(*history.findings, *found)) if found else history


def _wildness(symbol: Symbol, market: pd.Series | None, crowd: pd.Series | None) -> pd.Series | None:
    """How far the others moved on each day: SPY, or the median ETF where that is more; None where there are no others.

    Args:
        market, crowd: absolute log returns by session of SPY, and the median of all.
    """
    sizes = [size for size in (market if symbol != _MARKET else None, crowd) if size is not None]
    return pd.concat(sizes, axis=1).max(axis=1) if sizes else None
