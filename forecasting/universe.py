"""Universe: the ETFs that are served, and the only place where user text becomes a Symbol."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NewType

from forecasting.errors import BadSettings, UnknownSymbol

Symbol = NewType("Symbol", str)
"""A ticker in capitals, made only by ``Universe.resolve`` and ``Universe.parse``."""

VIX: Final = Symbol("^VIX")
"""Cboe's volatility index: an input of the models, never an ETF to forecast or to learn from."""

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
"""Extra training ETFs: long-lived ETFs of all kinds, from which models learn volatility besides the ETFs served."""

_TICKER = re.compile(r"[A-Z0-9^][A-Z0-9.\-=]{0,14}")
_ENTRY = re.compile(r'(?:[^,"]|"[^"]*")+')
"""What stands between commas, where those in quotes are part of a name."""

_DASHES: Final = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-")

_FORM: Final = "QQQ=Invesco QQQ Trust,TLT"


def _folded(text: str) -> str:
    """``text`` with plain letters and hyphens, and without invisible characters, which web pages put into copies."""
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return "".join(letter for letter in plain if unicodedata.category(letter) != "Cf").strip()


def _normalise(text: str) -> str:
    return _folded(text).lstrip("$").upper()


def is_ticker(text: str) -> bool:
    """Whether ``text``, in capitals, can be the ticker of an ETF."""
    return _TICKER.fullmatch(text) is not None and text != VIX


def parse_teachers(text: str) -> tuple[Symbol, ...]:
    """The extra training ETFs of the setting TEACHERS: ``"SPY,TLT"``; none if it is blank.

    Raises:
        BadSettings: an entry is not a ticker.
    """
    tickers = [_normalise(part) for part in text.split(",") if part.strip()]
    for ticker in tickers:
        if not is_ticker(ticker):
            raise BadSettings(
                f"the entry {ticker[:40]!r} is not a ticker. Write tickers with commas between them: SPY,TLT"
            )
    return tuple(dict.fromkeys(map(Symbol, tickers)))


@dataclass(frozen=True)
class Universe:
    """The ETFs served, by symbol, each with its name."""

    names: Mapping[Symbol, str] = field(default_factory=lambda: Universe.parse("").names)

    @classmethod
    def parse(cls, text: str, instead: str = "") -> Universe:
        """The three default ETFs and those of ``text``: ``QQQ=Invesco QQQ Trust,TLT``.

        An entry without a name is called by its ticker; an entry for one of the three renames it. A name with a comma
        stands in double quotes: ``QQQ="Invesco QQQ, Trust"``.

        Args:
            instead: ETFs in place of the three, in the same form; blank for the three.

        Raises:
            BadSettings: an entry does not start with a ticker.
        """
        names: dict[Symbol, str] = {}
        for entries in (_entries(instead) or DEFAULT_NAMES, _entries(text)):
            for ticker, name in entries.items():
                names[Symbol(ticker)] = name or names.get(Symbol(ticker)) or DEFAULT_NAMES.get(ticker, ticker)
        return cls(MappingProxyType(names))

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        return tuple(self.names)

    def name(self, symbol: Symbol) -> str:
        """The ETF's name, or its ticker if it has none."""
        return self.names.get(symbol, symbol)

    def resolve(self, text: str, also: Iterable[str] = ()) -> Symbol:
        """The symbol that ``text`` means: a ticker in any case, with or without ``$``, or the exact name of an ETF.

        Args:
            also: other known symbols (files of a price folder, or ETFs with a stored forecast).

        Raises:
            UnknownSymbol: ``text`` means none of them.
        """
        ticker = _normalise(text)
        if ticker in self.names or ticker in also:
            return Symbol(ticker)
        for symbol, name in self.names.items():
            if name.casefold() == _folded(text).casefold():
                return symbol
        raise UnknownSymbol(text, self.symbols)

    def ticker(self, text: str) -> Symbol:
        """The symbol that ``text`` spells, known or not; only the source can say whether it exists.

        Raises:
            UnknownSymbol: ``text`` cannot be a ticker.
        """
        ticker = _normalise(text)
        if not is_ticker(ticker):
            raise UnknownSymbol(text, self.symbols)
        return Symbol(ticker)

    def search(self, text: str, limit: int = 25) -> tuple[Symbol, ...]:
        """Symbols whose ticker starts with ``text``, then those whose name matches word by word ("ark inn")."""
        words = _folded(text).casefold().lstrip("$").split()
        by_ticker = [s for s in self.names if not words or s.casefold().startswith(words[0])]
        by_name = [
            s
            for s, name in self.names.items()
            if s not in by_ticker and all(any(w.startswith(q) for w in name.casefold().split()) for q in words)
        ]
        return tuple(by_ticker + by_name)[:limit]


def _entries(text: str) -> dict[str, str]:
    """The names by ticker; blank for an entry without one."""
    if text.count('"') % 2:
        raise BadSettings(f"a double quote is never closed. Write it like: {_FORM}")
    names: dict[str, str] = {}
    after_name = False
    for entry in filter(None, (part.strip() for part in _ENTRY.findall(text))):
        spelt, equals, name = entry.strip('"').partition("=")
        ticker = _normalise(spelt)
        # After a name, a word that is not in capitals is more likely the rest of that name than a ticker.
        if not is_ticker(ticker) or (not equals and after_name and ticker != spelt.strip().lstrip("$")):
            rest = ' If it belongs to the name before it, put that into double quotes: QQQ="Invesco QQQ, Trust"'
            raise BadSettings(
                f"the entry {entry[:40]!r} does not start with a ticker in capitals. Write it like: {_FORM}."
                f"{rest if after_name else ''}"
            )
        names[ticker] = name.strip(' "') or names.get(ticker, "")
        after_name = bool(equals)
    return names
