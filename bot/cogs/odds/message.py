"""The answer to ``/odds``."""

from __future__ import annotations

from datetime import datetime

import discord

from bot.interactions.formats import (
    MAX_ALT_TEXT,
    answer_embed,
    change,
    closed_at,
    moment,
    odds,
    session_close,
    shortened,
    small_print,
    step_at,
    usd,
)
from bot.interactions.staleness import stale_badge
from bot.texts import Texts
from forecasting import ForecastReport, PriceOdds


def odds_embed(
    texts: Texts,
    report: ForecastReport,
    price: float,
    sessions: int,
    found: PriceOdds,
    picture: str | None,
    now: datetime,
) -> discord.Embed:
    """The odds of ``price`` by the close ``sessions`` ahead, as seen at ``now``."""
    badge = stale_badge(texts, report, now)
    head = texts(
        "odds.head",
        close=usd(texts, report.last_close, report.currency),
        session=moment(closed_at(report)),
        change=change(texts, report, price),
    )
    embed = answer_embed(
        _title(texts, report, price),
        f"{badge}{head}",
        warns=bool(badge),
        picture=picture,
        footer=small_print(texts, report.source),
    )
    embed.add_field(name=texts.counted("odds.at", sessions), value=_at(texts, report, sessions, found))
    return embed.add_field(name=texts("odds.until"), value=_until(texts, report, price, found))


def odds_alt_text(texts: Texts, report: ForecastReport, price: float, sessions: int, found: PriceOdds) -> str:
    """What the picture shows, in words; fits Discord's limit."""
    words = texts(
        "odds.alt",
        title=_title(texts, report, price),
        as_of=report.as_of,
        close=usd(texts, report.last_close, report.currency),
        session=step_at(report, sessions).session,
        above=odds(texts, found.above),
        below=odds(texts, 1.0 - found.above),
        until=_until(texts, report, price, found).replace("**", ""),
    )
    return shortened(words, MAX_ALT_TEXT)


def _title(texts: Texts, report: ForecastReport, price: float) -> str:
    return texts("odds.title", symbol=report.symbol, price=usd(texts, price, report.currency))


def _at(texts: Texts, report: ForecastReport, sessions: int, found: PriceOdds) -> str:
    return texts(
        "odds.closes",
        session=session_close(report.symbol, step_at(report, sessions).session, "D"),
        above=odds(texts, found.above),
        below=odds(texts, 1.0 - found.above),
    )


def _until(texts: Texts, report: ForecastReport, price: float, found: PriceOdds) -> str:
    key = "odds.rises_to" if price > report.last_close else "odds.falls_to"
    return texts(key, price=usd(texts, price, report.currency), odds=odds(texts, found.reached))
