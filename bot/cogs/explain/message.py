"""The answers to ``/explain``: how to read a forecast, and what the words of its scores mean."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import fmean
from typing import Final, Literal

import discord

from bot.interactions.formats import answer_embed, percent, table, usd
from bot.texts import Texts

Topic = Literal["reading", "errors", "skill", "coverage", "dates", "models", "baselines"]


@dataclass(frozen=True)
class Example:
    """One of a worked example's past forecasts, made when the price was START: its median, its 80% band, what came."""

    median: float
    low: float
    high: float
    close: float

    @property
    def miss(self) -> float:
        return abs(self.close - self.median)

    @property
    def miss_of_no_change(self) -> float:
        return abs(self.close - START)

    @property
    def is_inside(self) -> bool:
        return self.low <= self.close <= self.high


START: Final = 100.0
EXAMPLES: Final = (
    Example(102, 94, 110, 104),
    Example(101, 93, 109, 98),
    Example(103, 97, 108, 109),
    Example(100, 92, 108, 95),
    Example(101, 94, 109, 102),
)


def explain_embed(texts: Texts, topic: Topic = "reading") -> discord.Embed:
    """What ``topic`` is about, with a worked example where there are figures."""
    match topic:
        case "reading":
            text = f"{texts('explain.why_flat')}\n\n{texts('explain.bands')}"
        case "errors":
            text = _errors(texts)
        case "skill":
            text = _skill(texts)
        case "coverage":
            text = _coverage(texts)
        case _:
            text = texts(f"explain.about_{topic}")
    return answer_embed(texts(f"explain.title_{topic}"), text, footer=texts("advice"))


def _errors(texts: Texts) -> str:
    squares = [example.miss**2 for example in EXAMPLES]
    head = tuple(texts(f"explain.{column}") for column in ("median", "close", "miss", "square"))
    rows = [
        tuple(_plain(texts, value) for value in (one.median, one.close, one.miss, square))
        for one, square in zip(EXAMPLES, squares, strict=True)
    ]
    return texts(
        "explain.about_errors",
        start=usd(texts, START),
        table=table([head, *rows]),
        total=_plain(texts, sum(one.miss for one in EXAMPLES)),
        count=len(EXAMPLES),
        mae=usd(texts, fmean(one.miss for one in EXAMPLES)),
        squares=_plain(texts, sum(squares)),
        mse=_plain(texts, fmean(squares)),
        rmse=usd(texts, math.sqrt(fmean(squares))),
    )


def _skill(texts: Texts) -> str:
    ours, theirs = fmean(one.miss for one in EXAMPLES), fmean(one.miss_of_no_change for one in EXAMPLES)
    head = tuple(texts(f"explain.{column}") for column in ("close", "miss", "miss_of_no_change"))
    rows = [tuple(_plain(texts, value) for value in (one.close, one.miss, one.miss_of_no_change)) for one in EXAMPLES]
    return texts(
        "explain.about_skill",
        start=usd(texts, START),
        table=table([head, *rows]),
        mae=usd(texts, ours),
        mae_of_no_change=usd(texts, theirs),
        skill=texts.number(f"{1 - ours / theirs:.2f}"),
        better=percent(texts, 1 - ours / theirs),
    )


def _coverage(texts: Texts) -> str:
    head = tuple(texts(f"explain.{column}") for column in ("low", "high", "close", "is_inside"))
    rows = [
        (
            *(_plain(texts, value) for value in (one.low, one.high, one.close)),
            texts("explain.inside" if one.is_inside else "explain.outside"),
        )
        for one in EXAMPLES
    ]
    inside = sum(one.is_inside for one in EXAMPLES)
    return texts(
        "explain.about_coverage",
        table=table([head, *rows]),
        inside=inside,
        count=len(EXAMPLES),
        coverage=percent(texts, inside / len(EXAMPLES)),
    )


def _plain(texts: Texts, value: float) -> str:
    return texts.number(f"{value:g}")
