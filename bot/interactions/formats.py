"""Amounts, changes, moments and embeds, written the same way everywhere, inside Discord's limits."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Final

import discord

from bot.texts import Texts
from forecasting import (
    LEVELS,
    MODELS,
    ForecastReport,
    Scores,
    Step,
    Symbol,
    close_time,
    currency_sign,
    exchange_of,
    price_figure,
    source_named,
)

MAX_DESCRIPTION: Final = 4096
MAX_FIELD_VALUE: Final = 1024
MAX_TITLE: Final = 256
MAX_ALT_TEXT: Final = 1024
MAX_CONTENT: Final = 2000

HORIZONS: Final = (5, 20, 60)
"""Trading days ahead that an answer names: a week, a month and a quarter."""

MAX_TYPED: Final = 100
_MARKDOWN: Final = re.compile(r"[\\`*_~|<>\[\]@]|(?<=:)//")
"""What Discord reads as more than text; a backslash before it makes it text."""

LOW, MEDIAN, HIGH = LEVELS.index(0.10), LEVELS.index(0.50), LEVELS.index(0.90)
LOW95, HIGH95 = LEVELS.index(0.025), LEVELS.index(0.975)

BLUE: Final = discord.Colour(0x4C9BE8)
AMBER: Final = discord.Colour(0xE8A33D)


def answer_embed(
    title: str, description: str | None = None, *, warns: bool = False, picture: str | None = None, footer: str = ""
) -> discord.Embed:
    """An embed in the bot's colours: amber if it ``warns``. ``picture`` is the name of an attached file."""
    embed = discord.Embed(title=shortened(title, MAX_TITLE), description=description, colour=AMBER if warns else BLUE)
    if picture is not None:
        embed.set_image(url=f"attachment://{picture}")
    return embed.set_footer(text=footer) if footer else embed


def add_list(
    texts: Texts, embed: discord.Embed, name: str, lines: Sequence[str], longest: int, room: int = MAX_FIELD_VALUE
) -> None:
    """Add a field with ``lines``, each cut after ``longest`` characters; none if there are no lines."""
    if lines:
        kept = fitting(texts, [shortened(line, longest) for line in lines], room)
        embed.add_field(name=name, value=kept, inline=False)


def usd(texts: Texts, amount: float, currency: str = "USD") -> str:
    """``$1,234.56``, ``$0.0312``; currencies without a sign by their code. In German ``1.234,56 $``."""
    sign = "−" if amount < 0 else ""
    return f"{sign}{_priced(texts, texts.number(price_figure(abs(amount))), currency)}"


def short_price(texts: Texts, price: float, currency: str) -> str:
    """A price in at most seven characters beside the currency: ``$1.23M``."""
    return _priced(texts, compact(texts, price), currency)


def _priced(texts: Texts, figure: str, currency: str) -> str:
    if currency == "GBp":
        return texts("price.pence", figure=figure)
    sign = currency_sign(currency)
    return texts("price.code" if sign == currency else "price.sign", sign=sign, figure=figure)


def signed_percent(texts: Texts, share: float) -> str:
    """A change: ``+6.1%`` for 0.061."""
    rounded = round(share * 100, 1)
    sign = "−" if rounded < 0 else "+" if rounded > 0 else "±"
    return texts("percent", number=texts.number(f"{sign}{abs(rounded):.1f}"))


def percent(texts: Texts, share: float) -> str:
    """``81%`` for 0.81."""
    return texts("percent", number=round(share * 100))


def odds(texts: Texts, probability: float) -> str:
    """A probability, never shown as certain: ``58%``, ``less than 1%``."""
    if probability < 0.01:
        return texts("odds.under", bound=percent(texts, 0.01))
    return texts("odds.over", bound=percent(texts, 0.99)) if probability > 0.99 else percent(texts, probability)


def compact(texts: Texts, amount: float) -> str:
    """At most seven characters, for a table's columns: ``3.12e-5``, ``0.0312``, ``12.10``, ``4,821``, ``1.35M``."""
    return texts.number(_narrow(amount))


def _narrow(amount: float) -> str:
    if 0 < amount < 0.001:
        return f"{amount:.2e}".replace("e-0", "e-")
    if amount < 999.995:
        return price_figure(amount)
    if amount < 99_999.5:
        return f"{amount:,.0f}"
    for divisor, unit in ((1e3, "k"), (1e6, "M"), (1e9, "G")):
        if amount < 999.5 * divisor:
            return f"{amount / divisor:.3g}{unit}"
    return f"{amount:.1e}"


def moment(at: datetime, style: discord.utils.TimestampStyle = "f") -> str:
    """A moment, which each reader's Discord shows in their own time zone and language."""
    return discord.utils.format_dt(at, style)


def session_close(symbol: Symbol, session: date, style: discord.utils.TimestampStyle = "f") -> str:
    """The moment at which a session of the symbol's exchange closed."""
    return moment(close_time(session, exchange_of(symbol)), style)


def closed_at(report: ForecastReport) -> datetime:
    """The close that a report is as of (UTC)."""
    return close_time(report.as_of, exchange_of(report.symbol))


def step_at(report: ForecastReport, sessions: int) -> Step:
    """The forecast of the close that is ``sessions`` ahead, from 1."""
    return report.forecast[sessions - 1]


def range_of(step: Step) -> tuple[float, float, float]:
    """The 80% range and its median, in the report's currency: low, median, high."""
    return step.quantiles[LOW], step.quantiles[MEDIAN], step.quantiles[HIGH]


def change(texts: Texts, report: ForecastReport, price: float) -> str:
    """From the last close to ``price``: ``+6.1%``."""
    return signed_percent(texts, price / report.last_close - 1.0)


def skill(texts: Texts, scores: Scores) -> str:
    """MAE compared with that of no change: ``6% better than assuming no change``."""
    size = percent(texts, abs(scores.skill_rw))
    if round(scores.skill_rw * 100) == 0:
        return texts("skill.same")
    return texts("skill.better" if scores.skill_rw > 0 else "skill.worse", size=size)


def record_line(texts: Texts, report: ForecastReport) -> str:
    """How good forecasts of this model were in the backtest; for a young ETF, why there was none."""
    if not report.scores:
        return texts("record.young", symbol=report.symbol)
    scores = report.scores["lstm"]
    return texts(
        "record.line",
        mae=usd(texts, scores.mae, report.currency),
        skill=skill(texts, scores),
        cutoffs=texts.number(f"{scores.cutoffs:,}"),
        held=percent(texts, scores.cover80),
    )


def model_name(texts: Texts, model: str) -> str:
    """A model or baseline in the reader's language; the registry's label if it has no text yet."""
    return texts.named(f"model.{model}", MODELS[model].label)


def glossary(texts: Texts, *terms: str) -> str:
    """A line of small print with what each of ``terms`` means: keys that begin with ``term.``, without that."""
    return f"-# {' · '.join(texts(f'term.{term}') for term in (*terms, 'more'))}"


def source_words(texts: Texts, source: str) -> str:
    """Where prices come from, as part of a sentence: ``prices from Yahoo``."""
    return texts.named(f"source.{source}", source_named(source).label)


def small_print(texts: Texts, source: str) -> str:
    """The line under everything that shows a forecast from prices of ``source``."""
    return texts("small_print", source=source_words(texts, source))


def as_text(typed: str) -> str:
    """What somebody typed or named, shown as it is: at most MAX_TYPED characters, no markdown, link or mention.

    Characters that nobody sees, such as those that turn the direction of what follows, are shown by their numbers.
    """
    words = "".join(_visible(character) for character in shortened(" ".join(typed.split()), MAX_TYPED))
    return _MARKDOWN.sub(r"\\\g<0>", words)


def _visible(character: str) -> str:
    return f"(U+{ord(character):04X})" if unicodedata.category(character)[0] == "C" else character


def shortened(text: str, limit: int) -> str:
    """At most ``limit`` characters of ``text``, the last one … if it is longer."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def fitting(texts: Texts, lines: Sequence[str], limit: int) -> str:
    """As many of ``lines`` as fit into ``limit`` characters, and the number of the others."""

    def cut(kept: int) -> str:
        more = () if kept == len(lines) else (texts("and_more", count=len(lines) - kept),)
        return "\n".join((*lines[:kept], *more))

    if len(whole := "\n".join(lines)) <= limit:
        return whole
    return cut(most_that_fit(max(len(lines) - 1, 0), lambda kept: len(cut(kept)), limit))


def most_that_fit(most: int, size: Callable[[int], int], room: int) -> int:
    """The largest number of rows, up to ``most``, whose ``size`` is within ``room``; it grows with the number."""
    return bisect_right(range(1, most + 1), room, key=size)


def table(rows: Sequence[tuple[str, ...]]) -> str:
    """A code block with aligned columns: the first to the left, the others to the right."""
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
