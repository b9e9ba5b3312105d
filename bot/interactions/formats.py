"""Amounts, changes, moments and limits, written the same way everywhere."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import discord

from bot.texts import Texts
from forecasting import LEVELS, MODELS, ForecastReport, Scores, Step, close_time

MAX_DESCRIPTION: Final = 4096
MAX_FIELD_VALUE: Final = 1024
MAX_TITLE: Final = 256
MAX_ALT_TEXT: Final = 1024
MAX_CONTENT: Final = 2000

HORIZONS: Final = (5, 20, 60)
"""Sessions ahead that an answer names: a week, a month and a quarter."""

LOW, MEDIAN, HIGH = LEVELS.index(0.10), LEVELS.index(0.50), LEVELS.index(0.90)

BLUE: Final = discord.Colour(0x4C9BE8)
AMBER: Final = discord.Colour(0xE8A33D)


def model_name(texts: Texts, model: str) -> str:
    """In the reader's language, or the registry's label until a new model has a text."""
    return texts.named(f"model.{model}", MODELS[model].label)


def usd(amount: float, currency: str = "USD") -> str:
    """``$1,234.56``, ``$0.0312``; another currency by its code."""
    sign = "−" if amount < 0 else ""
    return f"{sign}{_mark(currency)}{_figure(abs(amount))}"


def short_price(price: float, currency: str = "USD") -> str:
    """The same of a price in seven characters beside the mark: ``$1.23M``."""
    return f"{_mark(currency)}{compact(price)}"


def _mark(currency: str) -> str:
    return "$" if currency == "USD" else f"{currency} "


def _figure(amount: float) -> str:
    """Two decimals from one up, and three significant digits below: cents would make an error of a cent nothing."""
    if not 0 < amount < 1:
        return f"{amount:,.2f}"
    rounded = float(f"{amount:.2e}")
    return f"{rounded:.{2 - math.floor(math.log10(rounded))}f}"


def signed_percent(share: float) -> str:
    """A change, given as a share: ``+6.1 %``."""
    rounded = round(share * 100, 1)
    sign = "−" if rounded < 0 else "+" if rounded > 0 else "±"
    return f"{sign}{abs(rounded):.1f} %"


def percent(share: float) -> str:
    """``81 %``"""
    return f"{round(share * 100)} %"


def odds(texts: Texts, share: float) -> str:
    """A probability, never told as certain: ``58 %``, ``under 1 %``."""
    if share < 0.01:
        return texts("odds.under", bound="1 %")
    return texts("odds.over", bound="99 %") if share > 0.99 else percent(share)


def compact(amount: float) -> str:
    """In seven characters, for the columns of a table: ``3.12e-5``, ``0.0312``, ``12.10``, ``4,821``, ``1.35M``."""
    if 0 < amount < 0.001:
        return f"{amount:.2e}".replace("e-0", "e-")
    if amount < 999.995:
        return _figure(amount)
    if amount < 99_999.5:
        return f"{amount:,.0f}"
    for divisor, unit in ((1e3, "k"), (1e6, "M"), (1e9, "G")):
        if amount < 999.5 * divisor:
            return f"{amount / divisor:.3g}{unit}"
    return f"{amount:.1e}"


def moment(at: datetime, style: discord.utils.TimestampStyle = "f") -> str:
    """A moment that each reader's Discord shows in their own zone and language."""
    return discord.utils.format_dt(at, style)


def session_close(session: date, style: discord.utils.TimestampStyle = "f") -> str:
    """The same of the bell that ended a session."""
    return moment(close_time(session), style)


def skill(texts: Texts, scores: Scores) -> str:
    """MAE beside that of the random walk: ``6 % better than no change``."""
    size = round(abs(scores.skill_rw) * 100)
    if size == 0:
        return texts("skill.same")
    return texts("skill.better" if scores.skill_rw > 0 else "skill.worse", size=size)


def record_line(texts: Texts, report: ForecastReport) -> str:
    """How forecasts of this kind did, beside their baseline, in one line; of a young ETF, why nobody knows."""
    if not report.scores:
        return texts("record.young", symbol=report.symbol)
    scores = report.scores["lstm"]
    return texts(
        "record.line",
        mae=usd(scores.mae, report.currency),
        skill=skill(texts, scores),
        cutoffs=scores.cutoffs,
        held=percent(scores.cover80),
    )


def step_at(report: ForecastReport, sessions: int) -> Step:
    return report.forecast[sessions - 1]


def source_words(texts: Texts, source: str) -> str:
    """Where prices come from, for a line of small print."""
    known = source in ("simulated", "csv", "yahoo")
    return texts(f"source.{source}") if known else texts("source.other", source=source)


def small_print(texts: Texts, report: ForecastReport) -> str:
    """What stands under everything that shows a forecast."""
    return small_print_of(texts, report.source)


def small_print_of(texts: Texts, source: str) -> str:
    """The same of prices from ``source``."""
    return texts("small_print", source=source_words(texts, source))


def shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def fitting(texts: Texts, lines: Sequence[str], limit: int) -> str:
    """As many of ``lines`` as fit into ``limit`` characters, with the number of the others at the end."""
    text = "\n".join(lines)
    kept = len(lines)
    while len(text) > limit and kept:
        kept -= 1
        text = "\n".join((*lines[:kept], texts("and_more", count=len(lines) - kept)))
    return text


def table(rows: Sequence[tuple[str, ...]]) -> str:
    """A code block: the first column to the left, numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = (
        " ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    body = "\n".join(line.rstrip() for line in lines)
    return f"```\n{body}\n```"
