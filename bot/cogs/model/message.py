"""The answer to ``/model``: what the model behind an ETF's forecast is, and how it did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import discord

from bot.interactions.formats import (
    AMBER,
    BLUE,
    MAX_FIELD_VALUE,
    MAX_TITLE,
    fitting,
    model_name,
    moment,
    record_line,
    session_close,
    shortened,
    signed_percent,
    small_print,
    usd,
)
from bot.interactions.staleness import stale_badge
from bot.texts import Texts
from forecasting import ForecastReport, ModelCard

SHOWN_SETTINGS: Final = ("units", "layers", "lookback", "networks", "dropout")
"""Of the card's settings."""


def model_embed(texts: Texts, report: ForecastReport, card: ModelCard | None, now: datetime) -> discord.Embed:
    """Trained when, on what, with which settings, champion since when, scores."""
    badge = stale_badge(texts, report, now)
    head = texts(
        "card.head",
        version=report.model_version,
        trained=moment(report.trained_at),
        ago=moment(report.trained_at, "R"),
        session=session_close(report.as_of),
    )
    embed = discord.Embed(
        title=shortened(texts("card.title", symbol=report.symbol), MAX_TITLE),
        colour=AMBER if badge else BLUE,
        description=f"{badge}{head}",
    )
    for name, value in _facts(texts, card):
        embed.add_field(name=name, value=shortened(value, MAX_FIELD_VALUE), inline=False)
    if report.notes:
        notes = [shortened(note, MAX_FIELD_VALUE // 2) for note in report.notes]
        embed.add_field(name=texts("forecast.notes"), value=fitting(texts, notes, MAX_FIELD_VALUE), inline=False)
    scores = shortened(_scores(texts, report), MAX_FIELD_VALUE)
    embed.add_field(name=texts("card.scores"), value=scores, inline=False)
    return embed.set_footer(text=small_print(texts, report))


def _facts(texts: Texts, card: ModelCard | None) -> Iterator[tuple[str, str]]:
    if card is None:
        yield texts("card.missing_name"), texts("card.missing")
        return
    learnt_from = texts(
        "card.learnt_from",
        sessions=f"{card.sessions:,}",
        first=card.trained_from,
        last=card.trained_to,
        count=len(card.panel),
        panel=shortened(", ".join(card.panel), 600),
    )
    yield texts("card.learnt"), learnt_from
    settings = _settings(texts, card.settings)
    yield (
        texts("card.settings"),
        texts("card.settings_of", settings=settings, seed=card.seed, version=card.code_version),
    )
    yield texts("card.champion"), _reign(texts, card)


def _settings(texts: Texts, settings: Mapping[str, Any]) -> str:
    """``32 units, 1 layer, …``: those that the card has."""
    return ", ".join(
        texts(f"card.{name}{'_one' if settings[name] == 1 else ''}", value=f"{settings[name]:g}")
        for name in SHOWN_SETTINGS
        if name in settings
    )


def _reign(texts: Texts, card: ModelCard) -> str:
    """Since when it is the champion, and why, which the decision says in English."""
    if card.champion_since is None:
        return texts("card.unchallenged")
    reign = texts("card.reign", since=moment(card.champion_since), reason=shortened(card.reason, 500))
    return reign + (texts("card.held", count=card.refused_since) if card.refused_since else "")


def _scores(texts: Texts, report: ForecastReport) -> str:
    lines = [record_line(texts, report)]
    if report.scores:
        lines.append(texts("card.cutoffs", first=report.backtest_from, last=report.backtest_to))
        lines += (
            texts(
                "card.line",
                model=model_name(texts, model),
                mae=usd(scores.mae, report.currency),
                skill=signed_percent(scores.skill_rw),
            )
            for model, scores in report.scores.items()
        )
    return "\n".join(lines)
