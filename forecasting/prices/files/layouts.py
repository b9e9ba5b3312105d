"""The layouts of price files: the names that columns have, and what the closes of each site are.

Nothing here depends on a file's name. A new layout is an entry in LAYOUTS, new words for a column go into WORDS.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Closes = Literal["as quoted", "adjusted", "as traded"]
"""What the column of closes holds. ``as quoted``: adjusted for splits only. ``adjusted``: for dividends too.
``as traded``: for nothing, so closes before a split are on another level."""

WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "date": (
        "date", "dtyyyymmdd", "datum", "data", "fecha", "tag", "handelstag", "jour", "seance", "日付", "日期",
        "tradedate", "tradingdate", "observationdate", "asof", "timestamp", "datetime", "time",
    ),
    "adjusted": ("adjclose", "adjusted"),
    "close": (
        "close", "closelast", "closeprice", "closingprice", "last", "latest", "lastprice", "pxlast", "price", "vixcls",
        "schlusskurs", "schluss", "schlusspreis", "zuletzt", "letzter", "kurs",
        "cloture", "clot", "coursdecloture", "dernier", "fermeture", "cours",
        "zamkniecie", "ultimo", "cierre", "chiusura", "fechamento", "slot", "slotkoers", "koers", "laatste", "prezzo",
        "stangningskurs", "終値", "收盘", "quote", "nav", "navpershare", "value", "wert",
    ),
    "open": (
        "open", "openprice", "opening", "openingprice", "pxopen", "eroffnung", "eroffnungskurs", "eroffnungspreis",
        "eroffn", "erster", "offen", "ouverture", "ouv", "coursdouverture", "otwarcie", "apertura", "abertura",
        "openen", "始値", "开盘",
    ),
    "high": (
        "high", "highprice", "dayhigh", "pxhigh", "hoch", "tageshoch", "hochst", "hochstkurs",
        "plushaut", "haut", "eleve", "najwyzszy", "maximo", "maxima", "massimo", "hoogste", "hoog", "高値", "高",
    ),
    "low": (
        "low", "lowprice", "daylow", "pxlow", "tief", "tagestief", "tiefst", "tiefstkurs",
        "plusbas", "bas", "faible", "najnizszy", "minimo", "minima", "laagste", "laag", "安値", "低",
    ),
    "volume": (
        "volume", "vol", "pxvolume", "tickvol", "totalvolume", "numberofshares", "stucke", "stuecke", "stuck",
        "umsatzstuck", "volumen", "handelsvolumen", "wolumen", "titres", "出来高", "売買高", "交易量",
    ),
    "dividend": (
        "dividends", "dividend", "divcash", "dividendamount", "exdividend", "dividende", "dividenden", "dividendes",
    ),
    "gain": ("capitalgains",),
    "split": ("stocksplits", "splitfactor", "splitcoefficient", "splitratio", "splits"),
    "ticker": ("ticker", "symbol"),
    "currency": ("currency", "devise", "wahrung", "waehrung", "valuta", "moneda"),
}  # fmt: skip
"""Names of columns by what they hold, folded as by ``folded``. If a file has several of one kind, the first counts."""

_INDEX: Final = ("", "index", "unnamed0")
"""What pandas calls a first column of days that has no name."""

COLUMNS_IN_WORDS: Final = {"date": "Date", "close": "Close", "ticker": "Symbol", "dividend": "Dividends"}

_UNITS: Final = re.compile(r"[(\[][A-Z]{2}[A-Za-z][)\]]| in [A-Z]{2}[A-Za-z]$|[($€£¥)]|^\d+\.\s")

_ROLES: Final = {word: role for role, words in WORDS.items() for word in words}
_ADJUSTED: Final = re.compile(r"^(?=.*(adj|bereinig|ajust)).*(clos|schlu|kurs|clot|cours|price).*$")
"""Folded names of adjusted closes: ``bereinigterschlusskurs``, ``coursdeclotureajuste``."""


def folded(name: str) -> str:
    """A column's name without case, accents, signs and units: ``adjclose``."""
    name = unicodedata.normalize("NFKD", _UNITS.sub("", name.replace("ß", "ss")))
    return "".join(letter for letter in name.lower() if letter.isalnum())


def roles(names: Sequence[str]) -> dict[str, int]:
    """The place of the column for each kind of column that ``names`` has."""
    words = [_ADJUSTED.sub("adjclose", folded(name)) for name in names]
    found: dict[str, int] = {}
    for place, word in enumerate(words):
        role = _ROLES.get(word)
        if role is None:
            continue
        before = found.get(role)
        if before is None or WORDS[role].index(word) < WORDS[role].index(words[before]):
            found[role] = place
    if "date" not in found and words and words[0] in _INDEX:
        found["date"] = 0
    return found


@dataclass(frozen=True)
class Layout:
    """How one site or program writes prices.

    Attributes:
        label: what people call it.
        marks: sets of column names; a file with all names of one set has this layout. Names count as they are written.
        closes: see ``Closes``; files with adjusted closes too may call for another reading of the quoted ones.
    """

    label: str
    marks: tuple[frozenset[str], ...]
    closes: Closes = "as quoted"


def _marked(*names: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(each.split("|")) for each in names)


THREE_LINES: Final = Layout("yfinance, download()", (), "adjusted")
"""Recognised by its three lines of names: prices, tickers, and the word Date alone."""

LAYOUTS: Final = (
    Layout("Tiingo", _marked("adjClose|divCash|splitFactor"), "as traded"),
    Layout("Alpha Vantage", _marked("timestamp|open|high|low|close", "date|5. adjusted close"), "as traded"),
    Layout("Quandl", _marked("Ex-Dividend|Split Ratio", "ex-dividend|split_ratio"), "as traded"),
    Layout("EODHD", _marked("Date|Close|Adjusted_close"), "as traded"),
    Layout("yfinance, history()", _marked("Dividends|Stock Splits"), "adjusted"),
    Layout("nasdaq.com", _marked("Date|Close/Last")),
    Layout("Stooq", _marked("<TICKER>|<DATE>|<CLOSE>", "Data|Otwarcie|Zamkniecie"), "adjusted"),
    Layout(
        "investing.com",
        _marked("Date|Price|Change %", "Datum|Zuletzt|+/- %", "Date|Dernier|Variation %", "Fecha|Último|% var."),
    ),
    Layout("Barchart", _marked("Time|Open|High|Low|Last", "Time|Open|High|Low|Latest")),
    Layout("Cboe", _marked("DATE|OPEN|HIGH|LOW|CLOSE")),
    Layout("TradingView", _marked("time|open|high|low|close")),
    Layout("ariva.de", _marked("Datum|Erster|Schlusskurs")),
    Layout("Boursorama", _marked("date|ouv|haut|bas|clot")),
    Layout("Yahoo's columns", _marked("Date|Adj Close", "Date|Adj Close**")),
    Layout("German names", _marked("Datum")),
    Layout("French names", _marked("Date|Clôture", "Date|Cloture", "Date|Cours de clôture")),
)
"""The layouts in their order: the first one whose marks a file bears counts."""

_PLAIN: Final = Layout("a table of prices", ())


def layout_of(names: Collection[str]) -> Layout:
    """The layout of a file with these column names."""
    return next((layout for layout in LAYOUTS if any(mark <= set(names) for mark in layout.marks)), _PLAIN)
