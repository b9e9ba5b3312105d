"""The daily report: a line per ETF with its close and the ranges of the coming days, short enough for every day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import discord

from bot.cogs.report.weekly import ROOM_FOR_LINES, unit_change
from bot.interactions.formats import (
    HORIZONS,
    answer_embed,
    closed_at,
    fitting,
    moment,
    range_of,
    session_close,
    short_price,
    shortened,
    signed_percent,
    small_print,
    step_at,
    usd,
)
from bot.texts import Texts
from forecasting import ForecastReport, Symbol

DAYS_AHEAD = HORIZONS[0]
ROOM_FOR_CROSSINGS = 300


def daily_embed(
    texts: Texts, reports: Sequence[ForecastReport], session: date, before: Mapping[Symbol, ForecastReport]
) -> discord.Embed:
    """Each ETF's last close, its change, and its 80% ranges for the next session and in five.

    Args:
        reports: at least one; the newest of each ETF.
        session: the one that the report is about.
        before: the forecasts from before the newest close, by ETF.
    """
    lines = [_line(texts, report, session) for report in reports]
    close = moment(max(map(closed_at, reports)))
    return answer_embed(
        texts("daily.title"),
        f"{_crossings(texts, reports, before)}{texts('daily.as_of', close=close, days=DAYS_AHEAD)}\n\n"
        f"{fitting(texts, lines, ROOM_FOR_LINES)}",
        footer=small_print(texts, reports[0].source),
    )


def crossing(report: ForecastReport, before: ForecastReport | None) -> str | None:
    """``above`` or ``below`` if the last close is outside the 80% range that was forecast for it; else None."""
    if before is None or (unit := unit_change(report, before)) is None:
        return None
    step = next((step for step in before.forecast if step.session == report.as_of), None)
    if step is None:
        return None
    low, _, high = range_of(step)
    return "above" if report.last_close > high * unit else "below" if report.last_close < low * unit else None


def _crossings(texts: Texts, reports: Sequence[ForecastReport], before: Mapping[Symbol, ForecastReport]) -> str:
    sides = {report.symbol: crossing(report, before.get(report.symbol)) for report in reports}
    outside = ", ".join(texts(f"daily.{side}", symbol=symbol) for symbol, side in sides.items() if side)
    return texts("daily.crossings", symbols=shortened(outside, ROOM_FOR_CROSSINGS)) + "\n" if outside else ""


def _line(texts: Texts, report: ForecastReport, session: date) -> str:
    def between(sessions: int) -> str:
        low, _, high = range_of(step_at(report, sessions))
        return texts(
            "daily.range", low=short_price(texts, low, report.currency), high=short_price(texts, high, report.currency)
        )

    closes = report.history[-2:]
    since = signed_percent(texts, report.last_close / closes[0].close - 1.0) if len(closes) == 2 else ""
    parts = [
        f"**{report.symbol}** {usd(texts, report.last_close, report.currency)}{f' ({since})' if since else ''}",
        texts("daily.next", range=between(1)),
        texts("daily.ahead", days=DAYS_AHEAD, range=between(DAYS_AHEAD)),
    ]
    if report.as_of < session:
        parts.append(texts("weekly.behind", session=session_close(report.symbol, report.as_of, "d")))
    return " · ".join(parts)
