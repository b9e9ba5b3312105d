"""The answers to ``/watch``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.interactions.formats import MAX_CONTENT, change, range_of, session_close, shortened, usd
from bot.texts import Texts
from forecasting import HORIZON, Failure, ForecastReport, Symbol

FINAL_ERRORS: Final = frozenset({"UnknownSymbol", "NotAFund", "NotEnoughHistory", "SymbolEnded"})
"""Reasons that will not pass. After any other failure the same ETF may be followed later."""


def added(texts: Texts, report: ForecastReport, count: int, limit: int) -> str:
    """It is followed now, with its forecast in short."""
    _, median, _ = range_of(report.forecast[-1])
    return texts(
        "watch.added",
        symbol=report.symbol,
        close=usd(texts, report.last_close, report.currency),
        session=session_close(report.symbol, report.as_of, "D"),
        horizon=HORIZON,
        change=change(texts, report, median),
        count=count,
        limit=limit,
    )


def refused(texts: Texts, failure: Failure) -> str:
    """Why it cannot be followed."""
    if failure.error == "JobRunning":  # its words are for the operator
        return texts("watch.another_job", symbol=failure.symbol)
    key = "watch.refused" if failure.error in FINAL_ERRORS else "watch.not_now"
    return shortened(texts(key, symbol=failure.symbol, reason=texts.said(failure.message)), MAX_CONTENT)


def listed(texts: Texts, watched: Sequence[Symbol], universe: Sequence[Symbol], limit: int) -> str:
    """The ETFs that the server follows, and those of every server."""
    own = ", ".join(watched) or texts("watch.none")
    return texts("watch.list", own=own, count=len(watched), limit=limit, universe=shortened(", ".join(universe), 500))
