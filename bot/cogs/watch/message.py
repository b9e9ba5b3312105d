"""The answers to ``/watch``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.interactions.formats import MAX_CONTENT, session_close, shortened, signed_percent, usd
from bot.interactions.formats import MEDIAN as MEDIAN_LEVEL
from bot.texts import Texts
from forecasting import Failure, ForecastReport, Symbol

FINAL_ERRORS: Final = frozenset({"UnknownSymbol", "NotAFund", "NotEnoughHistory", "SymbolEnded"})
"""Reasons for which a symbol cannot be followed, today or tomorrow. Others may pass."""


def added(texts: Texts, report: ForecastReport, count: int, limit: int) -> str:
    """It is followed now, and this is its forecast in short."""
    median = report.forecast[-1].quantiles[MEDIAN_LEVEL]
    return texts(
        "watch.added",
        symbol=report.symbol,
        close=usd(report.last_close, report.currency),
        session=session_close(report.as_of, "D"),
        change=signed_percent(median / report.last_close - 1.0),
        count=count,
        limit=limit,
    )


def refused(texts: Texts, failure: Failure) -> str:
    """Why it cannot be followed."""
    key = "watch.refused" if failure.error in FINAL_ERRORS else "watch.not_now"
    return shortened(texts(key, symbol=failure.symbol, reason=failure.message), MAX_CONTENT)


def listed(texts: Texts, watched: Sequence[Symbol], universe: Sequence[Symbol], limit: int) -> str:
    """The server's own and everybody's."""
    own = ", ".join(watched) if watched else texts("watch.none")
    everybody = shortened(", ".join(universe), 500)
    return texts("watch.list", own=own, count=len(watched), limit=limit, universe=everybody)
