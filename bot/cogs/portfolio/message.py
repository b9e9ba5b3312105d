"""The answers to ``/portfolio`` and ``/portfolios``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import discord

from bot.cogs.portfolio.store import MAX_SAVED, SavedMix
from bot.interactions.formats import (
    HIGH,
    HIGH95,
    HORIZONS,
    LOW,
    LOW95,
    MAX_ALT_TEXT,
    MAX_DESCRIPTION,
    MEDIAN,
    answer_embed,
    as_text,
    fitting,
    odds,
    percent,
    session_close,
    shortened,
    signed_percent,
    small_print,
)
from bot.interactions.staleness import as_of_words, stale_badges
from bot.texts import Texts
from forecasting import WORST, ForecastReport, MixForecast, Symbol

SHOWN: Final = HORIZONS[1:]
"""Trading days ahead that the answer names."""


def portfolio_embed(
    texts: Texts, mix: MixForecast, reports: Sequence[ForecastReport], picture: str | None, now: datetime
) -> discord.Embed:
    """The forecast of a portfolio whose parts have these reports."""
    badge = stale_badges(texts, reports, now)
    embed = answer_embed(
        texts("portfolio.title", parts=_weights_of(texts, mix)),
        f"{badge}{as_of_words(texts, reports)} {texts('portfolio.basis')}",
        warns=bool(badge),
        picture=picture,
        footer=small_print(texts, mix.source),
    )
    for sessions in SHOWN:
        close = session_close(reports[0].symbol, mix.sessions[sessions - 1], "D")
        embed.add_field(name=texts("forecast.in", sessions=sessions), value=f"{close}\n{_ahead(texts, mix, sessions)}")
    embed.add_field(name=texts("portfolio.as_one"), value=_as_one(texts, mix), inline=False)
    return embed.add_field(name=_parts_title(texts, mix), value=_parts(texts, mix, "\n"), inline=False)


def portfolio_alt_text(texts: Texts, mix: MixForecast) -> str:
    """What the picture shows, in words; fits Discord's limit."""
    ahead = " ".join(
        f"{texts('forecast.in', sessions=sessions)}: {_ahead(texts, mix, sessions)}.".replace("\n", ", ")
        for sessions in SHOWN
    )
    words = texts(
        "portfolio.alt",
        parts=_weights_of(texts, mix),
        ahead=ahead.replace("**", ""),
        as_one=_as_one(texts, mix),
        title=_parts_title(texts, mix),
        losses=_parts(texts, mix, ", ").replace("**", ""),
    )
    return shortened(words, MAX_ALT_TEXT)


def saved(texts: Texts, mix: SavedMix, *, replaced: bool) -> str:
    key = "portfolio.replaced" if replaced else "portfolio.saved"
    return texts(key, name=as_text(mix.name), parts=described(texts, mix.weights))


def too_many(texts: Texts) -> str:
    return texts("portfolio.too_many", most=MAX_SAVED)


def removed(texts: Texts, mix: SavedMix) -> str:
    return texts("portfolio.removed", name=as_text(mix.name))


def list_embed(texts: Texts, mixes: Sequence[SavedMix]) -> discord.Embed:
    """A member's saved portfolios, one per line."""
    lines = [f"**{as_text(mix.name)}** · {described(texts, mix.weights)}" for mix in mixes] or [texts("portfolio.none")]
    title = texts("portfolio.yours", count=len(mixes), most=MAX_SAVED)
    return answer_embed(title, fitting(texts, lines, MAX_DESCRIPTION))


def in_report(texts: Texts, mix: SavedMix, forecast: MixForecast | str, sessions: int) -> str:
    """The line of a saved portfolio in a report; the ``forecast`` may be why there is none."""
    name, parts = as_text(mix.name), described(texts, mix.weights)
    if isinstance(forecast, str):
        return texts("portfolio.not_in_report", name=name, parts=parts, why=forecast)
    values = forecast.fan[sessions - 1]
    return texts(
        "portfolio.in_report",
        name=name,
        parts=parts,
        sessions=sessions,
        median=_change(texts, values[MEDIAN]),
        range80=_range(texts, values[LOW], values[HIGH]),
        odds=odds(texts, forecast.loss_odds[sessions - 1]),
    )


def described(texts: Texts, weights: Mapping[Symbol, float]) -> str:
    """``SPY 60%, TLT 40%``"""
    total = sum(weights.values())
    return ", ".join(f"{symbol} {percent(texts, weight / total)}" for symbol, weight in weights.items())


def _weights_of(texts: Texts, mix: MixForecast) -> str:
    return described(texts, {part.symbol: part.weight for part in mix.parts})


def _ahead(texts: Texts, mix: MixForecast, sessions: int) -> str:
    values = mix.fan[sessions - 1]
    return texts(
        "portfolio.ahead",
        median=_change(texts, values[MEDIAN]),
        range80=_range(texts, values[LOW], values[HIGH]),
        range95=_range(texts, values[LOW95], values[HIGH95]),
        odds=odds(texts, mix.loss_odds[sessions - 1]),
    )


def _as_one(texts: Texts, mix: MixForecast) -> str:
    end = mix.as_one[-1]
    return texts("portfolio.as_one_range", sessions=len(mix.as_one), range80=_range(texts, end[LOW], end[HIGH]))


def _parts_title(texts: Texts, mix: MixForecast) -> str:
    return texts("portfolio.parts", worst=percent(texts, WORST), sessions=len(mix.fan), mean=_change(texts, mix.worst))


def _parts(texts: Texts, mix: MixForecast, between: str) -> str:
    if mix.worst >= 1.0:
        return texts("portfolio.no_loss")
    return between.join(
        texts(
            "portfolio.part",
            symbol=part.symbol,
            weight=percent(texts, part.weight),
            loss=percent(texts, part.loss_share).replace("-", "−"),
        )
        for part in mix.parts
    )


def _range(texts: Texts, low: float, high: float) -> str:
    return texts("portfolio.range", low=_change(texts, low), high=_change(texts, high))


def _change(texts: Texts, value: float) -> str:
    return signed_percent(texts, value - 1.0)
