"""The answer to ``/compare``: several forecasts side by side, and how the ETFs go together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import combinations
from typing import Final

import discord

from bot.interactions.formats import (
    AMBER,
    BLUE,
    HIGH,
    LOW,
    MAX_ALT_TEXT,
    MAX_DESCRIPTION,
    MAX_FIELD_VALUE,
    MAX_TITLE,
    MEDIAN,
    fitting,
    odds,
    shortened,
    signed_percent,
    small_print,
)
from bot.interactions.staleness import as_of_words, stale_badges
from bot.texts import Texts
from forecasting import (
    HORIZON,
    ForecastReport,
    Matrix,
    path_correlations,
    probability_above,
    return_correlations,
)

FEWEST, MOST = 2, 6
"""ETFs that can be compared: more lines than that nobody tells apart."""

ROOM_FOR_WORDS: Final = 700


def wrong_number(texts: Texts, count: int) -> str:
    named = texts("compare.one_etf") if count == 1 else texts("compare.etfs", count=count)
    return texts("compare.wrong_number", named=named, fewest=FEWEST, most=MOST)


def compare_embed(texts: Texts, reports: Sequence[ForecastReport], picture: str | None, now: datetime) -> discord.Embed:
    """Each ETF's median and 80 % range in %, and which pairs go together most and least."""
    badge = stale_badges(texts, reports, now)
    lines = [_line(texts, report) for report in reports]
    basis = texts("compare.basis", horizon=HORIZON)
    embed = discord.Embed(
        title=shortened(texts("compare.title", symbols=_symbols(reports)), MAX_TITLE),
        colour=AMBER if badge else BLUE,
        description=f"{badge}{as_of_words(texts, reports)} {basis}\n\n"
        f"{fitting(texts, lines, MAX_DESCRIPTION - ROOM_FOR_WORDS)}",
    )
    together = _extremes(texts, reports, return_correlations(reports))
    embed.add_field(name=texts("compare.returns"), value=shortened(together, MAX_FIELD_VALUE), inline=False)
    if picture is None:  # what the picture would show
        words = f"{_pairs(texts, reports, path_correlations(reports))}\n{texts('compare.about_medians')}"
        embed.add_field(name=texts("compare.medians"), value=shortened(words, MAX_FIELD_VALUE), inline=False)
    else:
        embed.set_image(url=f"attachment://{picture}")
    return embed.set_footer(text=small_print(texts, reports[0]))


def compare_alt_text(texts: Texts, reports: Sequence[ForecastReport]) -> str:
    """What the picture shows, in words; fits Discord's limit."""
    words = texts(
        "compare.alt",
        symbols=_symbols(reports),
        horizon=HORIZON,
        ends=" ".join(f"{report.symbol} {_range(texts, report)}." for report in reports),
        returns=_pairs(texts, reports, return_correlations(reports)),
        medians=_pairs(texts, reports, path_correlations(reports)),
    )
    return shortened(words, MAX_ALT_TEXT)


def _symbols(reports: Sequence[ForecastReport]) -> str:
    return ", ".join(report.symbol for report in reports)


def _line(texts: Texts, report: ForecastReport) -> str:
    above = odds(texts, probability_above(report.forecast[-1].quantiles, report.last_close))
    return texts("compare.line", symbol=report.symbol, range=_range(texts, report), odds=above)


def _range(texts: Texts, report: ForecastReport) -> str:
    """``+6.0 % [−12.2 % to +26.4 %]``: where the forecast ends."""
    quantiles = report.forecast[-1].quantiles
    low, median, high = (signed_percent(quantiles[level] / report.last_close - 1) for level in (LOW, MEDIAN, HIGH))
    return texts("compare.range", low=low, median=median, high=high)


def _pairs(texts: Texts, reports: Sequence[ForecastReport], matrix: Matrix) -> str:
    """``ARKK and SPY 0.81, …``"""
    return ", ".join(
        f"{_pair(texts, reports, one, other)} {_figure(texts, matrix[one][other])}"
        for one, other in combinations(range(len(reports)), 2)
    )


def _extremes(texts: Texts, reports: Sequence[ForecastReport], matrix: Matrix) -> str:
    known = [
        (value, f"{_pair(texts, reports, one, other)} ({_figure(texts, value)})")
        for one, other in combinations(range(len(reports)), 2)
        if (value := matrix[one][other]) is not None
    ]
    if not known:
        return texts("compare.strangers")
    if len(known) == 1:
        return texts("compare.only", pair=known[0][1])
    return texts("compare.extremes", most=max(known)[1], least=min(known)[1])


def _pair(texts: Texts, reports: Sequence[ForecastReport], one: int, other: int) -> str:
    return texts("compare.pair", one=reports[one].symbol, other=reports[other].symbol)


def _figure(texts: Texts, correlation: float | None) -> str:
    return texts("compare.unknown") if correlation is None else f"{correlation:.2f}".replace("-", "−")
