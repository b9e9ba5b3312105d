"""What prices are: one ETF's history, and the panel of all of them that a model learns from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.errors import BadPrices
from forecasting.prices.quality.findings import Finding
from forecasting.prices.store.identity import Security
from forecasting.universe import Symbol

Array = npt.NDArray[np.float64]

COLUMNS: Final = ("adjusted", "close", "open", "high", "low", "volume", "dividend", "split")


YAHOO_COLUMNS: Final = {
    "Adj Close": "adjusted",
    "Close": "close",
    "Open": "open",
    "High": "high",
    "Low": "low",
    "Volume": "volume",
}
"""Our columns by the names that Yahoo gives them, which price files have too."""


def in_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with the columns and the index of a history, in the order and with the numbers that it has.

    A missing ``close`` is taken to be the adjusted one, other missing columns to be unknown.
    """
    frame = frame if "close" in frame else frame.assign(close=frame["adjusted"])
    frame = frame.reindex(columns=list(COLUMNS)).astype(float)
    frame.index = pd.DatetimeIndex(frame.index).as_unit("ns").normalize()
    frame.index.name = "session"
    return frame


@dataclass(frozen=True, eq=False)
class PriceHistory:
    """Daily prices of one ETF from one source, oldest session first.

    Attributes:
        symbol: the ETF.
        source: the kind of source: ``yahoo``, ``csv`` or ``simulated``.
        frame: one row per session, indexed by session (naive midnight stamps, strictly increasing), with the float
            columns of COLUMNS. ``adjusted`` is the close with dividends reinvested, in the source's own units, USD;
            ``close`` the close as quoted, adjusted for splits only. ``open``, ``high``, ``low`` (in the units of
            ``close``) and ``volume`` are NaN where the source has none. ``dividend`` (USD a share, in the units of
            ``close``) and ``split`` (new shares for an old one) stand at the session from which they hold and are 0
            at others; both are NaN throughout where the source doesn't tell.
        currency: ISO code of the prices.
        findings: what the quality gate had to say about the rows that these are taken from.
        security: what the symbol means to the source, where it tells.
    """

    symbol: Symbol
    source: str
    frame: pd.DataFrame
    currency: str = "USD"
    findings: tuple[Finding, ...] = ()
    security: Security | None = None

    @classmethod
    def of(cls, symbol: Symbol, source: str, frame: pd.DataFrame, currency: str = "USD") -> PriceHistory:
        """A history of ``frame``, once it is what the attributes promise.

        A missing ``close`` is taken to be the adjusted one, other missing columns to be unknown. Rows that may be bad
        go through ``quality.sound_history``, which keeps the good ones.

        Raises:
            BadPrices: empty, unordered or doubled sessions, or an adjusted or quoted close that is no positive number.
        """
        if frame.empty:
            raise BadPrices(f"{symbol}: the {source} source gave no rows. Check that it covers this ETF.")
        frame = in_columns(frame)
        if not (frame.index.is_monotonic_increasing and frame.index.is_unique):
            raise BadPrices(f"{symbol}: the sessions from {source} are not in order, or one stands there twice.")
        for column in ("adjusted", "close"):
            bad = frame.index[~(np.isfinite(frame[column]) & (frame[column] > 0)).to_numpy()]
            if len(bad):
                raise BadPrices(
                    f"{symbol}: the {column} price from {source} of {bad[0].date()} is {float(frame[column][bad[0]])}, "
                    f"no positive number ({len(bad)} such sessions). Correct the source, or leave those rows out."
                )
        return cls(symbol, source, frame, currency)

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def sessions(self) -> pd.DatetimeIndex:
        return pd.DatetimeIndex(self.frame.index)

    @property
    def adjusted(self) -> Array:
        """Adjusted closes, shape (sessions,)."""
        return self.frame["adjusted"].to_numpy(dtype=np.float64)

    @property
    def last_session(self) -> date:
        return self.sessions[-1].date()

    @property
    def last_close(self) -> float:
        """The close of the last session as quoted."""
        return float(self.frame["close"].iloc[-1])

    @property
    def as_quoted(self) -> float:
        """What turns adjusted closes into prices of the last session, in which people see them."""
        return self.last_close / float(self.frame["adjusted"].iloc[-1])

    def until(self, session: date) -> PriceHistory:
        """What was known once ``session`` had closed. The only way to cut time.

        Raises:
            BadPrices: the history starts later.
        """
        rows = int(self.sessions.searchsorted(pd.Timestamp(session), side="right"))
        if rows == 0:
            raise BadPrices(
                f"{self.symbol}: prices from {self.source} start on {self.sessions[0].date()}, after {session}. "
                "Ask for a later day."
            )
        findings = tuple(f for f in self.findings if f.session is None or f.session <= session)
        return replace(self, frame=self.frame.iloc[:rows], findings=findings)


class Panel(Mapping[Symbol, PriceHistory]):
    """Histories by symbol. Iterates in alphabetical order, so that results don't depend on how it was put together."""

    def __init__(self, histories: Iterable[PriceHistory]) -> None:
        self._histories = {h.symbol: h for h in sorted(histories, key=lambda h: h.symbol)}

    def __getitem__(self, symbol: Symbol) -> PriceHistory:
        return self._histories[symbol]

    def __iter__(self) -> Iterator[Symbol]:
        return iter(self._histories)

    def __len__(self) -> int:
        return len(self._histories)

    def until(self, session: date) -> Panel:
        """Every history cut at ``session``; those that start later are left out."""
        first = pd.Timestamp(session)
        return Panel(h.until(session) for h in self._histories.values() if h.sessions[0] <= first)


class PriceSource(Protocol):
    """Where prices come from. One method; ``name`` becomes part of the key of all that is made from them."""

    @property
    def name(self) -> str: ...

    def history(self, symbol: Symbol, until: date) -> PriceHistory:
        """All sessions of ``symbol`` up to ``until``, included where it was one.

        Raises:
            UnknownSymbol: the source has no such ETF.
            PricesUnavailable: the source cannot be asked now.
            PricesNotReady: the newest session is not complete there yet.
            BadPrices: what it gave cannot be used.
        """
        ...
