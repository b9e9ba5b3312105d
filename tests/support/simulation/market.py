"""Yahoo in a simulation: invented prices, known once a session is over, and its own ways to fail."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import Final, Literal

import pandas as pd

from forecasting.errors import BadPrices, PricesUnavailable, RateLimited, UnknownSymbol
from forecasting.prices.fetching import Fetched, last_session, require_complete
from forecasting.prices.history import PriceHistory
from forecasting.prices.security import Security
from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.sessions import last_completed_session
from forecasting.universe import VIX, Symbol
from tests.support.simulation.loop import Clock
from tests.support.vendors import rebased_to

MarketFault = Literal["gone", "limited", "late", "cut", "lost", "doubled", "empty", "malformed"]
MARKET_FAULTS: Final[tuple[MarketFault, ...]] = (
    "gone",
    "limited",
    "late",
    "cut",
    "lost",
    "doubled",
    "empty",
    "malformed",
)
PAST: Final = timedelta(days=250)
LAST_DAY: Final = date(2026, 12, 31)
"""Of its prices."""


@lru_cache(maxsize=8)
def _frame(symbol: Symbol) -> pd.DataFrame:
    return SimulatedPrices().history(symbol, LAST_DAY).frame


class Market:
    """A Fetcher.

    Attributes:
        fault: how it fails now, for ``failing`` symbols, or for all if there are none.
    """

    name = "yahoo"

    def __init__(self, symbols: tuple[Symbol, ...], start: date, clock: Clock, random: Random) -> None:
        self._clock, self._random = clock, random
        self._frames = {symbol: _frame(symbol).loc[pd.Timestamp(start - PAST) :] for symbol in (*symbols, VIX)}
        self._known = lru_cache(maxsize=20)(lambda symbol, day: rebased_to(self._frames[symbol], day))
        self.fault: MarketFault | None = None
        self.failing: tuple[Symbol, ...] = ()

    def history(self, symbol: Symbol, until: date) -> PriceHistory:
        """As a PriceSource that keeps nothing."""
        if symbol == VIX:
            raise UnknownSymbol(symbol)
        rows = self.fetch(symbol, None, until).rows
        wanted = last_session(symbol, until, self._clock())
        if rows.empty:
            raise BadPrices(f"{symbol}: no rows.")
        require_complete(symbol, self.name, pd.DatetimeIndex(rows.index), wanted)
        return PriceHistory.of(symbol, self.name, rows)

    def fetch(self, symbol: Symbol, since: date | None, until: date) -> Fetched:
        if symbol not in self._frames:
            raise UnknownSymbol(symbol)
        fault = self.fault if not self.failing or symbol in self.failing else None
        if fault in ("gone", "lost"):
            raise PricesUnavailable(f"{symbol}: Yahoo does not answer. Try again in an hour.")
        if fault == "limited":
            raise RateLimited("Yahoo limits the rate of requests.")
        if fault == "empty":
            raise UnknownSymbol(symbol)
        if fault == "malformed":
            raise BadPrices(f"{symbol}: Yahoo's answer cannot be read.")
        today = last_completed_session(self._clock())
        rows = self._known(symbol, today)
        if fault == "late":
            rows = rows.iloc[:-1]
        rows = rows[(rows.index >= pd.Timestamp(since or date.min)) & (rows.index <= pd.Timestamp(until))]
        if fault == "cut":
            rows = rows.iloc[: self._random.randint(0, len(rows))]
        if fault == "doubled" and len(rows):
            rows = pd.concat([rows, rows.iloc[-1:]])
        return Fetched(Security(f"{symbol} fund", "INDEX" if symbol == VIX else "ETF", "USD", "NYSEArca", None), rows)
