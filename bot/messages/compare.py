"""The answer to ``/compare``: several forecasts side by side, and how the ETFs go together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import combinations
from typing import Final

import discord

from bot.messages.formats import (
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
from bot.messages.staleness import as_of_words, stale_badges
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
ABOUT_PATHS: Final = "The medians are nearly straight lines, so their correlation says little but their direction."


def wrong_number(count: int) -> str:
    named = "one ETF" if count == 1 else f"{count} ETFs"
    return f"You named {named}. Name {FEWEST} to {MOST} different ones, separated by commas: `ARKK, SPY`."


def compare_embed(reports: Sequence[ForecastReport], picture: str | None, now: datetime) -> discord.Embed:
    """Each ETF's median and 80 % range in %, and which pairs go together most and least."""
    badge = stale_badges(reports, now)
    lines = [_line(report) for report in reports]
    symbols = ", ".join(report.symbol for report in reports)
    embed = discord.Embed(
        title=shortened(f"{symbols} compared", MAX_TITLE),
        colour=AMBER if badge else BLUE,
        description=f"{badge}{as_of_words(reports)} In {HORIZON} sessions, in % from the last close; in brackets the "
        f"80 % range.\n\n{fitting(lines, MAX_DESCRIPTION - ROOM_FOR_WORDS)}",
    )
    together = _extremes(reports, return_correlations(reports))
    embed.add_field(name="Daily returns of the past year", value=shortened(together, MAX_FIELD_VALUE), inline=False)
    if picture is None:  # what the picture would show
        words = _pairs(reports, path_correlations(reports))
        embed.add_field(name="Medians", value=shortened(f"{words}\n{ABOUT_PATHS}", MAX_FIELD_VALUE), inline=False)
    else:
        embed.set_image(url=f"attachment://{picture}")
    return embed.set_footer(text=small_print(reports[0]))


def compare_alt_text(reports: Sequence[ForecastReport]) -> str:
    """What the picture shows, in words; fits Discord's limit."""
    symbols = ", ".join(report.symbol for report in reports)
    lead = f"Chart of {symbols}: medians and 80 % ranges of {HORIZON} sessions, in % from the last close."
    ends = [f"{report.symbol} {_range(report)}." for report in reports]
    returns = f"Correlation of daily returns: {_pairs(reports, return_correlations(reports))}."
    paths = f"Of the medians: {_pairs(reports, path_correlations(reports))}."
    return shortened(" ".join((lead, *ends, returns, paths)), MAX_ALT_TEXT)


def _line(report: ForecastReport) -> str:
    above = odds(probability_above(report.forecast[-1].quantiles, report.last_close))
    return f"**{report.symbol}** {_range(report)} · above the last close: {above}"


def _range(report: ForecastReport) -> str:
    """``+6.0 % [−12.2 % to +26.4 %]``: where the forecast ends."""
    quantiles = report.forecast[-1].quantiles
    low, median, high = (signed_percent(quantiles[level] / report.last_close - 1) for level in (LOW, MEDIAN, HIGH))
    return f"{median} [{low} to {high}]"


def _pairs(reports: Sequence[ForecastReport], matrix: Matrix) -> str:
    """``ARKK and SPY 0.81, …``"""
    names = [report.symbol for report in reports]
    return ", ".join(
        f"{names[one]} and {names[other]} {_figure(matrix[one][other])}"
        for one, other in combinations(range(len(names)), 2)
    )


def _extremes(reports: Sequence[ForecastReport], matrix: Matrix) -> str:
    names = [report.symbol for report in reports]
    known = [
        (value, f"{names[one]} and {names[other]} ({_figure(value)})")
        for one, other in combinations(range(len(names)), 2)
        if (value := matrix[one][other]) is not None
    ]
    if not known:
        return "They have too few sessions in common to say how they go together."
    if len(known) == 1:
        return f"Correlation of {known[0][1]}."
    return f"Most together: {max(known)[1]}. Least: {min(known)[1]}."


def _figure(correlation: float | None) -> str:
    return "unknown" if correlation is None else f"{correlation:.2f}".replace("-", "−")
