"""The answer to ``/model``: which model makes an ETF's forecast, and how good it was in its backtest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import discord

from bot.interactions.formats import (
    MAX_FIELD_VALUE,
    add_list,
    answer_embed,
    glossary,
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
    """When, on what and with which settings it was trained, why it is in use, and its scores.

    Args:
        card: None if it is not stored on this machine.
        now: decides whether the prices are stale.
    """
    badge = stale_badge(texts, report, now)
    head = texts(
        "card.head",
        version=report.model_version,
        trained=moment(report.trained_at),
        ago=moment(report.trained_at, "R"),
        session=session_close(report.symbol, report.as_of),
    )
    embed = answer_embed(
        texts("card.title", symbol=report.symbol),
        f"{badge}{head}",
        warns=bool(badge),
        footer=small_print(texts, report.source),
    )
    for name, value in _facts(texts, report.symbol, card):
        embed.add_field(name=name, value=shortened(value, MAX_FIELD_VALUE), inline=False)
    add_list(texts, embed, texts("forecast.notes"), [texts.said(note) for note in report.notes], MAX_FIELD_VALUE // 2)
    scores = shortened(_scores(texts, report), MAX_FIELD_VALUE)
    return embed.add_field(name=texts("card.scores"), value=scores, inline=False)


def _facts(texts: Texts, symbol: str, card: ModelCard | None) -> Iterator[tuple[str, str]]:
    if card is None:
        yield texts("card.missing_name"), texts("card.missing")
        return
    yield texts("card.learnt"), _training_data(texts, symbol, card)
    settings = _settings(texts, card.settings)
    yield (
        texts("card.settings"),
        texts("card.settings_of", settings=settings, seed=card.seed, version=card.code_version),
    )
    yield texts("card.champion"), _reason(texts, card)


def _training_data(texts: Texts, symbol: str, card: ModelCard) -> str:
    own = texts(
        "card.learnt_from",
        sessions=card.sessions,
        symbol=symbol,
        first=card.trained_from,
        last=card.trained_to,
    )
    others = [other for other in card.panel if other != symbol]
    panel = shortened(", ".join(others), 600)
    return own + (texts.counted("card.panel", len(others), panel=panel) if others else "")


def _settings(texts: Texts, settings: Mapping[str, Any]) -> str:
    """``32 units, 1 layer, …``: those that the card has."""
    return ", ".join(texts.counted(f"card.{name}", settings[name]) for name in SHOWN_SETTINGS if name in settings)


def _reason(texts: Texts, card: ModelCard) -> str:
    """Since when it is in use, and why."""
    if card.champion_since is None:
        return texts("card.unchallenged")
    reign = texts("card.reign", since=moment(card.champion_since), reason=shortened(texts.said(card.reason), 500))
    return reign + (texts.counted("card.held", card.refused_since) if card.refused_since else "")


def _scores(texts: Texts, report: ForecastReport) -> str:
    lines = [record_line(texts, report)]
    if report.scores:
        lines.append(texts("card.cutoffs", first=report.backtest_from, last=report.backtest_to))
        lines += (
            texts(
                "card.line",
                model=model_name(texts, model),
                mae=usd(texts, scores.mae, report.currency),
                skill=signed_percent(texts, scores.skill_rw),
            )
            for model, scores in report.scores.items()
        )
        lines.append(glossary(texts, "mae", "skill", "har", "random_walk", "drift", "climatology", "cutoff"))
    return "\n".join(lines)
