"""A vendor of prices for tests: what it shows depends on the day on which it is asked, as Yahoo's does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pandas as pd

from forecasting.errors import ForecastingError, UnknownSymbol
from forecasting.prices.fetching import Fetched
from forecasting.prices.security import Security
from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.universe import Symbol

View = Callable[[date], pd.DataFrame]
"""Rows that the vendor shows on a day, in that day's units."""


def evening_of(day: date) -> datetime:
    """A moment at which that day's session is over."""
    return datetime(day.year, day.month, day.day, 23, 0, tzinfo=UTC)


def rebased_to(frame: pd.DataFrame, day: date) -> pd.DataFrame:
    """Rows until ``day``, adjusted closes in the units of the last one: each dividend has re-based those before it."""
    known = frame[frame.index <= pd.Timestamp(day)].copy()
    known["adjusted"] *= known["close"].iloc[-1] / known["adjusted"].iloc[-1]
    return known


def simulated(symbol: str, first: str = "2023-01") -> View:
    frame = SimulatedPrices().history(Symbol(symbol), date(2026, 12, 31)).frame.loc[first:]
    return lambda day: rebased_to(frame, day)


def with_split(view: View, session: date, ratio: float, rebased_on: date | None = None) -> View:
    """``view`` with a split on ``session`` that the vendor applies to the past from ``rebased_on`` on (at once)."""

    def split(day: date) -> pd.DataFrame:
        frame = view(day).copy()
        later = frame.index >= pd.Timestamp(session)
        prices = ["adjusted", "close", "open", "high", "low", "dividend"]
        if day < session:
            return frame
        frame.loc[later & (frame.index == pd.Timestamp(session)), "split"] = ratio
        if day >= (rebased_on or session):
            frame[prices] /= ratio
            frame["volume"] *= ratio
        else:
            frame.loc[later, prices] /= ratio
            frame.loc[later, "volume"] *= ratio
        return frame

    return split


@dataclass
class Vendor:
    """A Fetcher. ``today`` moves; ``failure``, or a symbol's own, is raised instead of an answer."""

    views: dict[Symbol, View]
    today: date
    securities: dict[Symbol, Security] = field(default_factory=dict)
    failure: ForecastingError | None = None
    failures: dict[Symbol, ForecastingError] = field(default_factory=dict)
    calls: list[tuple[Symbol, date | None, date]] = field(default_factory=list)

    name = "yahoo"

    def now(self) -> datetime:
        return evening_of(self.today)

    def pass_days(self, days: int) -> None:
        self.today += timedelta(days=days)

    def fetch(self, symbol: Symbol, since: date | None, until: date) -> Fetched:
        self.calls.append((symbol, since, until))
        if failure := self.failure or self.failures.get(symbol):
            raise failure
        if symbol not in self.views:
            raise UnknownSymbol(symbol)
        rows = self.views[symbol](self.today)
        chosen = rows[(rows.index >= pd.Timestamp(since or date.min)) & (rows.index <= pd.Timestamp(until))]
        security = self.securities.get(symbol, Security(f"{symbol} fund", "ETF", "USD", "NYSEArca", None))
        return Fetched(security, chosen)
