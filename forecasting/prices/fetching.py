"""Fetching: what a source on the network gives, and whether that is everything that was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Protocol

import pandas as pd

from forecasting.errors import PricesNotReady, SymbolEnded
from forecasting.prices.quality.gate import ENDED_AFTER
from forecasting.prices.security import Security
from forecasting.sessions import exchange_of, last_completed_session, session_on_or_before, sessions_between
from forecasting.universe import Symbol

SETTLED: Final = 10
"""Sessions at the end of a history that must all be there before a forecast is made from a fetch. Sources fill gaps in
them within hours or days."""


@dataclass(frozen=True, eq=False)
class Fetched:
    """An answer as it came, faulty rows included, but without sessions that are not over.

    Attributes:
        rows: columns of ``PriceHistory.frame``, indexed by naive midnight stamps.
    """

    security: Security
    rows: pd.DataFrame


class Fetcher(Protocol):
    """A source on the network, asked for one symbol and a span of sessions."""

    @property
    def name(self) -> str: ...

    def fetch(self, symbol: Symbol, since: date | None, until: date) -> Fetched:
        """Rows from ``since`` (None: the first there is) to ``until``, both included.

        Raises:
            UnknownSymbol, RateLimited, PricesUnavailable, PricesNotReady, SymbolEnded, BadPrices: see
                ``forecasting.errors``.
        """
        ...


def last_session(symbol: Symbol, until: date, now: datetime) -> date:
    """The newest session of the symbol's exchange not after ``until`` that is over by ``now`` (aware)."""
    exchange = exchange_of(symbol)
    return session_on_or_before(min(until, last_completed_session(now, exchange)), exchange)


def missing_sessions(symbol: Symbol, sessions: pd.DatetimeIndex, wanted: date) -> tuple[date, ...]:
    """The sessions missing from ``sessions`` among the ten up to ``wanted``, those before its start excepted."""
    exchange = exchange_of(symbol)
    first = session_on_or_before(wanted - timedelta(days=3 * SETTLED), exchange)
    last_ten = sessions_between(first, wanted, exchange)[-SETTLED:]
    start = sessions[0].date() if len(sessions) else wanted
    known = {stamp.date() for stamp in sessions[sessions >= pd.Timestamp(last_ten[0])]}
    return tuple(day for day in last_ten if day >= start and day not in known)


def require_complete(symbol: Symbol, source: str, sessions: pd.DatetimeIndex, wanted: date) -> None:
    """Check that the newest sessions until ``wanted`` are all there.

    Raises:
        SymbolEnded: the prices end so long ago that no more will come.
        PricesNotReady: one of the ten newest sessions is still missing.
    """
    missing = missing_sessions(symbol, sessions, wanted)
    if not missing:
        return
    last = sessions[-1].date()
    if len(sessions_between(last, wanted, exchange_of(symbol))) - 1 > ENDED_AFTER:
        raise SymbolEnded(
            f"{symbol} has no prices from {source} after {last}, so it is no longer traded under this symbol. "
            "Remove it from your lists or use its successor."
        )
    days = ", ".join(day.isoformat() for day in missing)
    raise PricesNotReady(f"{symbol}: {source} has no prices for {days} yet. Try again in an hour.")
