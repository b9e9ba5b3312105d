"""The badge on everything whose prices end too long ago to pass for fresh ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.interactions.formats import session_close, shortened
from bot.texts import Texts
from forecasting import ForecastReport, Symbol, is_stale

ROOM_FOR_STALE: Final = 300
"""Characters that the badge of many ETFs takes at most."""


def stale_symbols(reports: Sequence[ForecastReport], now: datetime) -> tuple[Symbol, ...]:
    """The ETFs whose newest forecast knows none of the last two sessions."""
    return tuple(report.symbol for report in reports if is_stale(report.as_of, now))


def stale_badge(texts: Texts, report: ForecastReport, now: datetime) -> str:
    """The first line of an answer about one ETF, with its line break; empty where its prices are fresh."""
    if not is_stale(report.as_of, now):
        return ""
    return texts("stale.one") + "\n"


def stale_badges(texts: Texts, reports: Sequence[ForecastReport], now: datetime) -> str:
    """The same of an answer about many."""
    stale = stale_symbols(reports, now)
    if not stale:
        return ""
    which = texts("stale.all") if 1 < len(stale) == len(reports) else ", ".join(stale)
    return shortened(texts("stale.many", which=which), ROOM_FOR_STALE - 2) + ".\n"


def as_of_words(texts: Texts, reports: Sequence[ForecastReport]) -> str:
    """``As of …``, and how far back the oldest is where they end on different days."""
    newest, oldest = max(report.as_of for report in reports), min(report.as_of for report in reports)
    if oldest == newest:
        return texts("as_of.one", newest=session_close(newest))
    return texts("as_of.many", newest=session_close(newest), oldest=session_close(oldest))
