"""Tickers out of the names that sites and programs give to their files."""

from __future__ import annotations

import re
from typing import Final

from forecasting.universe import VIX, is_ticker

PLAIN_SUFFIX: Final = ".csv"
SUFFIXES: Final = (PLAIN_SUFFIX, ".txt", ".tsv", ".parquet")
"""Endings of price files; each may be followed by ``.gz``."""

_PACKED: Final = ".gz"

_ADDED: Final = frozenset(
    (
        "HIST", "HISTORY", "HISTORICAL", "HISTORIC", "HISTORIE", "DATA", "PRICE", "PRICES", "QUOTES", "KURSE", "OHLCV",
        "DAILY", "DAY", "D", "1D", "US", "ETF", "STOCK", "MAX", "FULL", "ADJUSTED", "DOWNLOAD", "EXPORT", "MACROTRENDS",
        "AMEX", "ARCA", "BATS", "CBOE", "NASDAQ", "NYSE",
    )
)  # fmt: skip
"""Words that sites add to a ticker: ``SPY_hist``, ``spy_us_d``, ``daily_adjusted_SPY``, ``BATS_SPY, 1D``."""

_SHORT: Final = re.compile(r"\^?[A-Z0-9]{1,5}([.-][A-Z]{1,3})?")
"""Tickers that are told from other words."""

_COPY: Final = re.compile(r"(\s*\(\d+\)|\s+-\s+(copy|kopie|copie))+$", re.IGNORECASE)


def suffix_of(name: str) -> str | None:
    """The ending by which a file may be one of prices, without ``.gz``; None if it has none."""
    name = name.lower().removesuffix(_PACKED)
    return next((suffix for suffix in SUFFIXES if name.endswith(suffix)), None)


def stem_of(name: str) -> str:
    """The name without its endings: ``spy.us`` of ``spy.us.txt.gz``."""
    if name.lower().endswith(_PACKED):
        name = name[: -len(_PACKED)]
    suffix = suffix_of(name)
    return name[: -len(suffix)] if suffix else name


def ticker_in(text: str) -> str | None:
    """The ticker that a file's stem or a cell means, in capitals; None if it means none or could mean several.

    Stooq's ``.US`` is left out, since other sources don't know it. ``VIX`` means the index ``^VIX``.
    """
    whole = text.strip().upper().removesuffix(".US")
    if whole.lstrip("^") == VIX.lstrip("^"):
        return VIX
    if is_ticker(whole):
        return whole
    words = [word for word in re.split(r"[\s_,]+", whole) if not all(map(_is_added, word.split("-")))]
    return ticker_in(words[0]) if len(words) == 1 and _SHORT.fullmatch(words[0]) else None


def is_same_ticker(one: str, other: str) -> bool:
    """Whether two tickers differ at most in an exchange's ending: ``XIC`` and ``XIC.TO``."""
    return one == other or (one.partition(".")[0] == other.partition(".")[0] and ("." in one) != ("." in other))


def _is_added(word: str) -> bool:
    return word in _ADDED or re.fullmatch(r"(\d[\d.]*)?", word) is not None


def ticker_of_download(stem: str) -> str | None:
    """As ``ticker_in``, also of a browser's or a file manager's copy: ``SPY (1)``."""
    return ticker_in(_COPY.sub("", stem))
