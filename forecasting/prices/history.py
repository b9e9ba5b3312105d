"""What prices are: one ETF's history, and the panel of histories that a model learns from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.errors import BadPrices
from forecasting.prices.findings import Finding
from forecasting.prices.security import Security
from forecasting.universe import Symbol

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

COLUMNS: Final = ("adjusted", "close", "open", "high", "low", "volume", "dividend", "split")

_INDEX: Final = pd.Index(COLUMNS)

YAHOO_COLUMNS: Final = {
    "Adj Close": "adjusted",
    "Close": "close",
    "Open": "open",
    "High": "high",
    "Low": "low",
    "Volume": "volume",
}
"""Our columns by Yahoo's names for them, which price files use too."""


def in_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with the columns and the index of a history; rows and numbers stay as they are.

    A missing ``close`` is taken to be the adjusted one; other missing columns are unknown (NaN).
    """
    index = frame.index
    if (
        frame.columns.equals(_INDEX)
        and (frame.dtypes == np.float64).all()
        and isinstance(index, pd.DatetimeIndex)
        and (index.name, index.unit, index.tz) == ("session", "ns", None)
        and index.is_normalized
    ):
        return frame.copy(deep=False)
    frame = frame if "close" in frame else frame.assign(close=frame["adjusted"])
    frame = frame.reindex(columns=list(COLUMNS)).astype(float)
    frame.index = pd.DatetimeIndex(frame.index).as_unit("ns").normalize()
    frame.index.name = "session"
    return frame


def columns_of(frame: pd.DataFrame, names: Sequence[str]) -> Array:
    """The columns ``names``, shape (rows, names). Faster than ``frame[names].to_numpy()``; all columns are floats."""
    columns = frame.columns.tolist()
    return np.asarray(frame.to_numpy()[:, [columns.index(name) for name in names]])


@dataclass(frozen=True, eq=False)
class PriceHistory:
    """Daily prices of one ETF from one source, oldest session first.

    Attributes:
        symbol: the ETF.
        source: name of the source, see ``sources.registry``.
        frame: one row per session, indexed by session (naive midnight stamps, strictly increasing), with the float
            columns of COLUMNS. ``adjusted`` is the close with dividends reinvested, in the source's own units, USD;
            ``close`` the close as quoted, adjusted for splits only. ``open``, ``high``, ``low`` (in the units of
            ``close``) and ``volume`` (shares) are NaN if unknown. ``dividend`` (USD a share, in the units of
            ``close``) and ``split`` (new shares for an old one) are at the session from which they hold and 0
            elsewhere, or NaN throughout if unknown.
        currency: ISO code of the prices.
        findings: what the quality gate found in the source's rows.
        security: what the symbol means at the source; None if unknown.
    """

    symbol: Symbol
    source: str
    frame: pd.DataFrame
    currency: str = "USD"
    findings: tuple[Finding, ...] = ()
    security: Security | None = None

    @classmethod
    def of(cls, symbol: Symbol, source: str, frame: pd.DataFrame, currency: str = "USD") -> PriceHistory:
        """A history of ``frame``, whose columns may be incomplete as for ``in_columns``.

        For rows that may be faulty, use ``quality.gate.sound_history``, which keeps the good ones.

        Raises:
            BadPrices: no sessions, sessions out of order or twice, or an adjusted or quoted close that is not a
                positive number.
        """
        if frame.empty:
            raise BadPrices(f"{symbol}: the {source} source gave no rows. Check that it covers this ETF.")
        frame = in_columns(frame)
        if not (frame.index.is_monotonic_increasing and frame.index.is_unique):
            raise BadPrices(f"{symbol}: sessions from {source} are out of order or occur twice.")
        for column in ("adjusted", "close"):
            prices = frame[column].to_numpy()
            sound = np.isfinite(prices) & (prices > 0)
            if not sound.all():
                bad = frame.index[~sound]
                raise BadPrices(
                    f"{symbol}: the {column} price from {source} on {bad[0].date()} is {float(frame[column][bad[0]])}, "
                    f"not a positive number ({len(bad)} such sessions). Correct the source or remove those rows."
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
        """The close of the last session as quoted, in ``currency``."""
        return float(self.frame["close"].iloc[-1])

    @property
    def as_quoted(self) -> float:
        """Factor that turns adjusted closes into prices of the last session, which people are shown."""
        return self.last_close / float(self.frame["adjusted"].iloc[-1])

    def until(self, session: date) -> PriceHistory:
        """The part that was known once ``session`` had closed. The only way to cut time.

        Raises:
            BadPrices: the history starts after ``session``.
        """
        rows = int(self.sessions.searchsorted(pd.Timestamp(session), side="right"))
        if rows == 0:
            raise BadPrices(
                f"{self.symbol}: prices from {self.source} start on {self.sessions[0].date()}, after {session}. "
                "Choose a later date."
            )
        findings = tuple(f for f in self.findings if f.session is None or f.session <= session)
        return replace(self, frame=self.frame.iloc[:rows], findings=findings)


class Panel(Mapping[Symbol, PriceHistory]):
    """Histories by symbol, in alphabetical order however they were collected.

    Attributes:
        vix: closes of the VIX by session (naive midnight stamps, increasing), which is no member; None if unknown.
    """

    def __init__(self, histories: Iterable[PriceHistory], vix: pd.Series | None = None) -> None:
        self._histories = {h.symbol: h for h in sorted(histories, key=lambda h: h.symbol)}
        self.vix = vix

    # As of a history: equal if it is the same object, so that what is computed from it can be kept for it.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __getitem__(self, symbol: Symbol) -> PriceHistory:
        return self._histories[symbol]

    def __iter__(self) -> Iterator[Symbol]:
        return iter(self._histories)

    def __len__(self) -> int:
        return len(self._histories)

    def until(self, session: date) -> Panel:
        """Every history and the VIX cut at ``session``; histories that start after it are left out."""
        last = pd.Timestamp(session)
        vix = None if self.vix is None else self.vix[self.vix.index <= last]
        return Panel((h.until(session) for h in self._histories.values() if h.sessions[0] <= last), vix)

    def only(self, symbols: Iterable[Symbol]) -> Panel:
        """These histories and the VIX."""
        return Panel((self._histories[symbol] for symbol in symbols), self.vix)


class PriceSource(Protocol):
    """Where prices come from. ``name`` becomes part of the key of everything made from them."""

    @property
    def name(self) -> str: ...

    def history(self, symbol: Symbol, until: date) -> PriceHistory:
        """All sessions of ``symbol`` up to and including ``until``.

        Raises:
            UnknownSymbol: the source has no such ETF.
            PricesUnavailable: the source does not answer, or refuses to.
            PricesNotReady: the newest session is not complete there yet.
            SymbolEnded: the ETF is no longer traded under this symbol.
            BadPrices: what it gave cannot be used.
        """
        ...
