"""The warning on every answer whose prices are stale."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.interactions.formats import closed_at, moment, shortened
from bot.texts import Texts
from forecasting import ForecastReport, Symbol, exchange_of, is_stale

ROOM_FOR_STALE: Final = 300
"""Characters of the warning about many ETFs, at most."""


def stale_symbols(reports: Sequence[ForecastReport], now: datetime) -> tuple[Symbol, ...]:
    """The ETFs whose newest forecast knows none of the last two sessions."""
    return tuple(report.symbol for report in reports if is_stale(report.as_of, now, exchange_of(report.symbol)))


def stale_badge(texts: Texts, report: ForecastReport, now: datetime) -> str:
    """The first line of an answer about one ETF, with its line break; empty if its prices are fresh."""
    return texts("stale.one") + "\n" if is_stale(report.as_of, now, exchange_of(report.symbol)) else ""


def stale_badges(texts: Texts, reports: Sequence[ForecastReport], now: datetime) -> str:
    """The same for an answer about many."""
    stale = stale_symbols(reports, now)
    if not stale:
        return ""
    which = texts("stale.all") if 1 < len(stale) == len(reports) else shortened(", ".join(stale), ROOM_FOR_STALE // 2)
    return texts("stale.many", which=which) + "\n"


def as_of_words(texts: Texts, reports: Sequence[ForecastReport]) -> str:
    """``As of …``, and the oldest date if they differ."""
    newest, oldest = max(reports, key=closed_at), min(reports, key=closed_at)
    if oldest.as_of == newest.as_of:
        return texts("as_of.one", newest=moment(closed_at(newest)))
    return texts("as_of.many", newest=moment(closed_at(newest)), oldest=moment(closed_at(oldest)))
