"""The quality gate between a source and everything that trains, forecasts or scores. docs/prices.md lists its rules.

It has two parts, because single rows can be judged at once and moves only by comparison with other ETFs: sources make
their histories with ``sound_history``; ``gate`` is applied to all of them together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from forecasting.errors import BadPrices
from forecasting.prices.findings import Finding, Kind
from forecasting.prices.history import PriceHistory, in_columns
from forecasting.prices.quality.adjustments import with_explained_adjustments, with_listed_adjustments
from forecasting.prices.quality.daily import require_daily
from forecasting.prices.quality.feeds import without_repeats, without_unfinished
from forecasting.prices.quality.measures import log_returns
from forecasting.prices.quality.rows import ROW_STEPS, SPARSE
from forecasting.prices.quality.spikes import without_spikes
from forecasting.prices.quality.splits import before_splits
from forecasting.prices.quality.ticks import has_long_wick, relative_wick, without_bad_ticks
from forecasting.sessions import closes_before_new_york, exchange_of, first_day, sessions_between
from forecasting.universe import Symbol

_MARKET: Final = Symbol("SPY")

ENDED_AFTER: Final = 10
"""Sessions. With more than this many missing at the end, an ETF counts as ended; with fewer, its prices are late."""

RECENT: Final = 60
"""Sessions at the end of a history whose faults are reported with the forecast: as many as it looks ahead."""

_MOST_FAULTS: Final = 20
"""Wrong rows that any history may have. With more than these and more than a twentieth of its rows it is refused."""

_NOT_USED: Final[Mapping[Kind, str]] = {
    "level shift": "they jump to a new level without unusual trade, and the next day's will decide",
    "repeated rows": "they repeat the day before, as if the source had stood still",
    "unfinished session": "their volume is that of a day that was not over",
    "no positive price": "a price is missing",
    "no volume": "the volume is missing",
    "inconsistent range": "they contradict each other",
    "doubled session": "there are two different rows for that day",
    "missing session": "there are none yet",
}
"""Why the rows after a history's end were left out."""

_CROWD: Final = 4
"""ETFs. With more, the median of their moves says how wild a day was."""


def sound_history(symbol: Symbol, source: str, rows: pd.DataFrame, until: date, currency: str = "USD") -> PriceHistory:
    """A history of the usable rows until ``until``, with a finding for each of the others.

    Args:
        rows: indexed by day, in any order, with any numbers; some of the columns of ``PriceHistory.frame``, at least
            ``adjusted``.

    Raises:
        BadPrices: no row is left.
    """
    frame = in_columns(rows)
    known = frame[frame.index <= pd.Timestamp(until)]
    if known.empty and not frame.empty:
        raise BadPrices(
            f"{symbol}: prices from {source} start on {frame.index.min().date()}, after {until}. Choose a later date."
        )
    require_daily(symbol, source, pd.DatetimeIndex(known.index))
    findings: list[Finding] = []
    for step in (*ROW_STEPS, without_repeats, without_unfinished):
        if not known.empty:
            known, found = step(symbol, known)
            findings += found
    if known.empty and findings:
        raise BadPrices(
            f"{symbol}: none of the {len(rows)} rows from {source} are usable. The first: {findings[0]}. "
            "Correct the source."
        )
    start = first_day(exchange_of(symbol))
    wrong = [f for f in findings if f.action in ("dropped", "quarantined") and f.session and f.session >= start]
    if len(wrong) > max(_MOST_FAULTS, SPARSE * len(known)):
        raise BadPrices(
            f"{symbol}: {len(wrong)} of {len(rows)} rows from {source} are wrong, too many for single faults. First: "
            f"{wrong[0]}. Check what the prices are of, or get them again."
        )
    return replace(PriceHistory.of(symbol, source, known, currency), findings=tuple(findings))


def unsifted_history(symbol: Symbol, source: str, rows: pd.DataFrame) -> PriceHistory:
    """A history of all ``rows`` with an adjusted close. An invalid quoted close is replaced by the adjusted one.

    Raises:
        BadPrices: no row is left, or they are out of order.
    """
    frame = in_columns(rows)
    require_daily(symbol, source, pd.DatetimeIndex(frame.index))
    frame = frame[np.isfinite(frame["adjusted"]) & (frame["adjusted"] > 0)]
    is_price = np.isfinite(frame["close"]) & (frame["close"] > 0)
    return PriceHistory.of(symbol, source, frame.assign(close=frame["close"].where(is_price, frame["adjusted"])))


def gate(histories: Iterable[PriceHistory], only: Collection[Symbol] | None = None) -> tuple[PriceHistory, ...]:
    """The histories without the rows that comparison with the others shows to be wrong, and with findings added.

    A history whose price level is doubtful from some session on ends before it (see ``refusal``).

    Args:
        only: the symbols whose moves are checked; the others serve for comparison. None for all.
    """
    histories = tuple(histories)
    moves = _market(histories, lambda frame: pd.Series(np.abs(log_returns(frame)), frame.index))
    wicks: tuple[pd.Series | None, pd.Series | None] | None = None
    newest: dict[str, date] = {}
    for history in histories:
        exchange = exchange_of(history.symbol)
        newest[exchange] = max(history.last_session, newest.get(exchange, date.min))
    copies = _copies(histories)
    gated = []
    for history in (with_end_gap(history, newest[exchange_of(history.symbol)]) for history in histories):
        if only is not None and history.symbol not in only:
            gated.append(history)
            continue
        frame, found = check_moves(history.symbol, history.frame, _wildness(history.symbol, *moves))
        if has_long_wick(frame):
            wicks = wicks or _market(histories, relative_wick)
            frame, ticks = without_bad_ticks(history.symbol, frame, _wildness(history.symbol, *wicks))
            found += ticks
        if history.symbol in copies:
            found.append(copies[history.symbol])
        gated.append(replace(history, frame=frame, findings=(*history.findings, *found)) if found else history)
    return tuple(gated)


def _copies(histories: Iterable[PriceHistory]) -> dict[Symbol, Finding]:
    """A finding for each history whose newest closes are those of another ETF: either may be the copy."""
    alike: dict[bytes, list[PriceHistory]] = {}
    for history in histories:
        if len(history) >= RECENT:
            newest = history.frame["close"].iloc[-RECENT:]
            alike.setdefault(newest.index.to_numpy().tobytes() + newest.to_numpy().tobytes(), []).append(history)
    return {
        history.symbol: Finding(
            history.symbol,
            history.sessions[-RECENT].date(),
            "same prices",
            "left open",
            {"as": ", ".join(other.symbol for other in twins if other is not history)},
        )
        for twins in alike.values()
        if len(twins) > 1
        for history in twins
    }


def refusal(history: PriceHistory) -> BadPrices | None:
    """The error to raise instead of forecasting, if the gate refused the end of the history; else None."""
    for finding in history.findings:
        if finding.action == "refused":
            return BadPrices(
                f"{finding}. Prices from that day on cannot be trusted, so there is no newer forecast of "
                f"{history.symbol}. Correct the source, or wait until it is corrected."
            )
    return None


def reader_notes(history: PriceHistory) -> tuple[str, ...]:
    """Sentences to show with a forecast: what was wrong with the prices that it was made from."""
    notes = []
    recent = history.sessions[-RECENT:][0].date()
    latest = [f for f in history.findings if f.session and recent <= f.session <= history.last_session]
    late = [f for f in history.findings if f.session and f.session > history.last_session and f.action != "dropped"]
    if late:
        reason = _NOT_USED.get(late[-1].kind, "they are wrong at the source")
        notes.append(f"The newest prices of {history.symbol}, of {_days(late)}, are not used: {reason}.")
    if lost := _days(f for f in latest if f.kind == "missing session" or f.action in ("quarantined", "refused")):
        notes.append(f"Prices of {history.symbol} on {lost} are missing or wrong at the source and were left out.")
    if doubtful := _days(f for f in latest if f.kind == "adjustment without an action" and f.action == "left open"):
        notes.append(f"Adjusted closes of {history.symbol} jump on {doubtful} without a known dividend.")
    if corrected := _days(f for f in latest if f.action == "recomputed"):
        notes.append(f"Adjusted closes of {history.symbol} were wrong at the source and were recomputed: {corrected}.")
    for finding in history.findings:
        if finding.kind == "stored prices":
            notes.append(f"Newer prices could not be fetched, so these end on {finding.session}.")
        elif finding.kind == "closes alone":
            notes.append(f"Prices of {history.symbol} are closes without known dividends, which look like falls.")
        elif finding.kind == "same prices":
            notes.append(
                f"The last {RECENT} closes of {history.symbol} are exactly those of {finding.values['as']}: one of the "
                "two is a copy of the other."
            )
        elif finding.kind == "another security":
            notes.append(
                f"{history.symbol} now means a different security ({finding.details}). Its prices start on "
                f"{finding.session}; older forecasts were of the previous one."
            )
    return tuple(notes)


def _days(findings: Iterable[Finding]) -> str:
    """The first three of their days, as text; empty if there are none."""
    days = sorted({f.session.isoformat() for f in findings if f.session})
    return ", ".join(days[:3]) + (" and others" if len(days) > 3 else "")


def unfinished(symbol: Symbol, closes: pd.Series, last: date) -> tuple[Finding, ...]:
    """A finding for each of ``closes`` (by day) after ``last``, the newest session that is over."""
    late = closes[closes.index > pd.Timestamp(last)]
    return tuple(
        Finding(symbol, day.date(), "unfinished session", "dropped", {"close": float(close)})
        for day, close in zip(pd.DatetimeIndex(late.index), late, strict=True)
    )


def with_end_gap(history: PriceHistory, newest: date) -> PriceHistory:
    """``history`` with a finding for each session missing between its end and ``newest``; none if it ended for good."""
    known = {finding.session for finding in history.findings}
    sessions = sessions_between(history.last_session, newest, exchange_of(history.symbol))
    missing = [day for day in sessions[1:] if day not in known]
    if not 0 < len(missing) <= ENDED_AFTER:
        return history
    gaps = tuple(Finding(history.symbol, day, "missing session", "left open") for day in missing)
    return replace(history, findings=(*history.findings, *gaps))


def check_moves(symbol: Symbol, frame: pd.DataFrame, others: pd.Series | None) -> tuple[pd.DataFrame, list[Finding]]:
    """The rows whose moves are believable, and a finding for each fault.

    A crash is not a fault: forty clean histories have 205 moves beyond eight robust standard deviations, and a
    forecast's bands need every one of them. So size alone proves nothing. A wrong price is undone at once while other
    ETFs stay calm; an unadjusted split has a split's ratio; a wrong adjustment has no dividend. Every rule looks at
    most two sessions ahead, so later prices do not change what was known before.

    Args:
        frame: columns of ``PriceHistory.frame``, one sound row a session.
        others: absolute log return of the market by session, to recognise wild days; None if it is unknown.
    """
    frame, spikes = without_spikes(symbol, frame, others)
    adjusted, recomputed = with_listed_adjustments(symbol, frame)
    level, splits = before_splits(symbol, adjusted, others)
    if recomputed and any(finding.action == "refused" for finding in splits):
        recomputed = []
        level, splits = before_splits(symbol, frame, others)
    # Listed dividends are in the units of one side of a split, so they prove nothing about the other side.
    frame, adjustments = with_explained_adjustments(symbol, level, dividends_hold=not splits)
    return frame, spikes + splits + recomputed + adjustments


def _market(
    histories: Iterable[PriceHistory], measure: Callable[[pd.DataFrame], pd.Series]
) -> tuple[pd.Series | None, pd.Series | None]:
    """What ``measure`` gives for SPY, and its median over all histories by session; None if unknown or too few."""
    frames = {history.symbol: history.frame for history in histories}
    if len(frames) <= _CROWD:
        return measure(frames[_MARKET]) if _MARKET in frames else None, None
    sizes = {symbol: measure(frame) for symbol, frame in frames.items()}
    return sizes.get(_MARKET), pd.DataFrame(sizes).median(axis=1)


def _wildness(symbol: Symbol, market: pd.Series | None, crowd: pd.Series | None) -> pd.Series | None:
    """How wild each day was for the others: SPY or the median ETF, whichever has more; None without others.

    Args:
        market, crowd: absolute log returns or relative wicks by session of SPY, and the median over all ETFs.
    """
    sizes = [size for size in (market if symbol != _MARKET else None, crowd) if size is not None]
    if not sizes:
        return None
    wildest = pd.concat(sizes, axis=1, sort=True).max(axis=1) if len(sizes) > 1 else sizes[0]
    # What New York does reaches an exchange that closes earlier on the next day.
    return wildest.rolling(2, min_periods=1).max() if closes_before_new_york(exchange_of(symbol)) else wildest
