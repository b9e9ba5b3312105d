"""The ETFs that are served, and the one place where user text becomes a Symbol."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NewType

from forecasting.errors import BadSettings, UnknownSymbol

Symbol = NewType("Symbol", str)
"""A ticker in capitals, made only by ``Universe.resolve`` and ``Universe.parse``."""

DEFAULT_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "ARKK": "ARK Innovation ETF",
        "SPY": "SPDR S&P 500 ETF Trust",
        "FNGU": "MicroSectors FANG+ 3X Leveraged ETN",
    }
)

DEFAULT_TEACHERS: Final = (
    "SPY,QQQ,IWM,DIA,EFA,EEM,EWJ,EWZ,FXI,TLT,IEF,LQD,HYG,GLD,SLV,USO,VNQ,XLE,XLF,XLK,XLU,XLV,XBI,SMH"
)
"""Long-lived ETFs of all kinds. What the panel learns of volatility, it learns from those served and these."""

_TICKER = re.compile(r"[A-Z0-9^][A-Z0-9.\-=]{0,14}")


def _normalise(text: str) -> str:
    return text.strip().lstrip("$").upper()


def parse_teachers(text: str) -> tuple[Symbol, ...]:
    """The symbols of the setting TEACHERS: ``"SPY,TLT"``; none for a blank.

    Raises:
        BadSettings: an entry is no ticker.
    """
    tickers = [_normalise(part) for part in text.split(",") if part.strip()]
    for ticker in tickers:
        if not _TICKER.fullmatch(ticker):
            raise BadSettings(f"TEACHERS has the entry {ticker!r}, which is no ticker. Write it like: TEACHERS=SPY,TLT")
    return tuple(dict.fromkeys(map(Symbol, tickers)))


@dataclass(frozen=True)
class Universe:
    """The ETFs served, by symbol, each with the name that people know it by."""

    names: Mapping[Symbol, str] = field(default_factory=lambda: Universe.parse("").names)

    @classmethod
    def parse(cls, text: str) -> Universe:
        """The default three ETFs and those of ``text``: ``"QQQ=Invesco QQQ Trust,TLT"``.

        An entry without a name is known by its ticker; an entry for one of the three renames it.

        Raises:
            BadSettings: an entry is no ticker.
        """
        names = dict(DEFAULT_NAMES)
        for entry in filter(None, (part.strip() for part in text.split(","))):
            ticker, _, name = entry.partition("=")
            ticker = _normalise(ticker)
            if not _TICKER.fullmatch(ticker):
                raise BadSettings(
                    f"UNIVERSE has the entry {entry!r}, which does not start with a ticker. "
                    "Write it like: UNIVERSE=QQQ=Invesco QQQ Trust,TLT"
                )
            names[ticker] = name.strip() or names.get(ticker, ticker)
        return cls(MappingProxyType({Symbol(ticker): name for ticker, name in names.items()}))

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        return tuple(self.names)

    def name(self, symbol: Symbol) -> str:
        """The ETF's name; its ticker where none is known."""
        return self.names.get(symbol, symbol)

    def resolve(self, text: str, also: Iterable[str] = ()) -> Symbol:
        """The symbol that ``text`` means: a ticker in any case, with or without ``$``, or the exact name of an ETF.

        Args:
            also: symbols outside the universe that are known too (those of a price folder, or with a stored forecast).

        Raises:
            UnknownSymbol: ``text`` means none of them.
        """
        ticker = _normalise(text)
        if ticker in self.names or ticker in also:
            return Symbol(ticker)
        for symbol, name in self.names.items():
            if name.casefold() == text.strip().casefold():
                return symbol
        raise UnknownSymbol(text, self.symbols)

    def ticker(self, text: str) -> Symbol:
        """The symbol spelt by ``text``, known or not: for sources that alone can tell whether they have it.

        Raises:
            UnknownSymbol: ``text`` cannot be a ticker.
        """
        ticker = _normalise(text)
        if not _TICKER.fullmatch(ticker):
            raise UnknownSymbol(text, self.symbols)
        return Symbol(ticker)

    def search(self, text: str, limit: int = 25) -> tuple[Symbol, ...]:
        """Symbols whose ticker starts with ``text`` or whose name has words that start with its words ("ark inn")."""
        words = text.casefold().strip().lstrip("$").split()
        by_ticker = [s for s in self.names if not words or s.casefold().startswith(words[0])]
        by_name = [
            s
            for s, name in self.names.items()
            if s not in by_ticker and all(any(w.startswith(q) for w in name.casefold().split()) for q in words)
        ]
        return tuple(by_ticker + by_name)[:limit]
