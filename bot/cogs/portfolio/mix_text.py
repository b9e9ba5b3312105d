"""What a member types as a portfolio: ``SPY:60 TLT:40``, ``SPY 60%, TLT 40%``, or tickers alone for equal weights."""

from __future__ import annotations

import re
from typing import Final

from bot.forecasts.door import Forecasts
from bot.interactions.answers import Refusal
from bot.interactions.formats import as_text
from bot.interactions.options import named
from bot.texts import Texts
from forecasting import FEWEST_PARTS, MOST_PARTS, Symbol

Weights = dict[Symbol, float]
"""What each ETF is worth, in the order typed, in any unit."""

LARGEST_WEIGHT: Final = 1e12

_PART: Final = re.compile(
    r"""(?P<name>[^\s:=,;%]+)
        (?:\s*[:=]\s*|\s+)
        (?P<weight>\d+(?:[.,]\d{1,2})?)\s*%?
        (?=$|[\s,;])""",
    re.VERBOSE,
)
_LAST_NAME: Final = re.compile(r"(?:^|(?<=[\s,;]))[^\s:=,;%\d][^\s:=,;%]*$")
_SEPARATORS: Final = " \t\n,;"


async def read_mix(texts: Texts, text: str, forecasts: Forecasts) -> Weights:
    """The ETFs and weights that ``text`` means.

    Raises:
        Refusal: it cannot be read, or names an ETF twice, too few or too many.
        UnknownSymbol: one of the names means no ETF.
    """
    parts = [(part["name"], float(part["weight"].replace(",", "."))) for part in _PART.finditer(text)]
    if not parts:
        parts = [(name, 1.0) for name in named(text, forecasts) if name]
    elif rest := _PART.sub(" ", text).strip(_SEPARATORS):
        raise Refusal(texts("portfolio.unreadable", text=as_text(rest)))
    weights: Weights = {}
    for name, weight in parts:
        symbol = await forecasts.resolve(name)
        if symbol in weights:
            raise Refusal(texts("portfolio.twice", symbol=symbol))
        if not 0.0 < weight <= LARGEST_WEIGHT:
            raise Refusal(texts("portfolio.bad_weight", symbol=symbol))
        weights[symbol] = weight
    if not FEWEST_PARTS <= len(weights) <= MOST_PARTS:
        raise Refusal(texts("portfolio.wrong_number", fewest=FEWEST_PARTS, most=MOST_PARTS))
    return weights


def completions(text: str, forecasts: Forecasts) -> list[str]:
    """The text with the ticker or name at its end completed; none where it ends with a weight. From memory."""
    found = _LAST_NAME.search(text)
    if found is None:
        return []
    before = text[: found.start()]
    taken = re.split(r"[\s:=,;%]+", before.upper())
    return [before + symbol for symbol, _ in forecasts.suggest(found[0]) if symbol not in taken]
