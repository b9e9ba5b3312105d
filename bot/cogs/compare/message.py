"""The answer to ``/compare``: several forecasts side by side, and how strongly the ETFs are correlated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import combinations
from typing import Final

import discord

from bot.interactions.formats import (
    MAX_ALT_TEXT,
    MAX_DESCRIPTION,
    MAX_FIELD_VALUE,
    answer_embed,
    change,
    fitting,
    glossary,
    odds,
    range_of,
    shortened,
    small_print,
)
from bot.interactions.staleness import as_of_words, stale_badges
from bot.texts import Texts
from forecasting import HORIZON, ForecastReport, probability_above, return_correlations

FEWEST, MOST = 2, 6
"""ETFs that can be compared: a chart with more lines cannot be read."""

ROOM_FOR_WORDS: Final = 700


def wrong_number(texts: Texts) -> str:
    return texts("compare.wrong_number", fewest=FEWEST, most=MOST)


def compare_embed(texts: Texts, reports: Sequence[ForecastReport], picture: str | None, now: datetime) -> discord.Embed:
    """Each ETF's median and 80% range in %, and the pairs that are correlated most and least."""
    badge = stale_badges(texts, reports, now)
    basis = texts("compare.basis", horizon=HORIZON)
    lines = fitting(texts, [_line(texts, report) for report in reports], MAX_DESCRIPTION - ROOM_FOR_WORDS)
    embed = answer_embed(
        texts("compare.title", symbols=_symbols(reports)),
        f"{badge}{as_of_words(texts, reports)} {basis}\n\n{lines}",
        warns=bool(badge),
        picture=picture,
        footer=small_print(texts, reports[0].source),
    )
    terms = glossary(texts, "median", "band", "correlation")
    extremes = f"{_extremes(texts, reports)}\n{terms}"
    return embed.add_field(name=texts("compare.returns"), value=shortened(extremes, MAX_FIELD_VALUE), inline=False)


def compare_alt_text(texts: Texts, reports: Sequence[ForecastReport]) -> str:
    """What the picture shows, in words; fits Discord's limit."""
    words = texts(
        "compare.alt",
        symbols=_symbols(reports),
        horizon=HORIZON,
        ends=" ".join(f"{report.symbol} {_range(texts, report)}." for report in reports),
        returns=", ".join(_pair(texts, *pair) for pair in _pairs(reports)),
    )
    return shortened(words, MAX_ALT_TEXT)


def _symbols(reports: Sequence[ForecastReport]) -> str:
    return ", ".join(report.symbol for report in reports)


def _line(texts: Texts, report: ForecastReport) -> str:
    above = odds(texts, probability_above(report.forecast[-1].quantiles, report.last_close))
    return texts("compare.line", symbol=report.symbol, range=_range(texts, report), odds=above)


def _range(texts: Texts, report: ForecastReport) -> str:
    """Where the forecast ends: ``+6.0% [−12.2% to +26.4%]``."""
    low, median, high = (change(texts, report, price) for price in range_of(report.forecast[-1]))
    return texts("compare.range", low=low, median=median, high=high)


def _extremes(texts: Texts, reports: Sequence[ForecastReport]) -> str:
    known = sorted((value, one, other) for one, other, value in _pairs(reports) if value is not None)
    if not known:
        return texts("compare.strangers")
    least, most = (_pair(texts, one, other, value) for value, one, other in (known[0], known[-1]))
    return f"{most}." if len(known) == 1 else texts("compare.extremes", most=most, least=least)


def _pairs(reports: Sequence[ForecastReport]) -> list[tuple[str, str, float | None]]:
    """Each pair of ETFs and the correlation of their daily returns; None if they share too little history."""
    matrix = return_correlations(reports)
    return [
        (reports[one].symbol, reports[other].symbol, matrix[one][other])
        for one, other in combinations(range(len(reports)), 2)
    ]


def _pair(texts: Texts, one: str, other: str, correlation: float | None) -> str:
    """``ARKK and SPY (0.81)``"""
    figure = texts("compare.unknown") if correlation is None else texts.number(f"{correlation:.2f}".replace("-", "−"))
    return texts("compare.pair", one=one, other=other, correlation=figure)
