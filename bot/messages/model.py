"""The answer to ``/model``: what the model behind an ETF's forecast is, and how it did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import discord

from bot.messages.formats import (
    AMBER,
    BLUE,
    MAX_FIELD_VALUE,
    MAX_TITLE,
    MODEL_NAMES,
    fitting,
    moment,
    record_line,
    session_close,
    shortened,
    signed_percent,
    small_print,
    usd,
)
from bot.messages.staleness import stale_badge
from forecasting import ForecastReport, ModelCard

NO_CARD: Final = (
    "The model's card is not on this machine, so there is only what the forecast itself says. Jobs that run elsewhere "
    "keep their models there."
)
SHOWN_SETTINGS: Final = {
    "units": ("unit", "units"),
    "layers": ("layer", "layers"),
    "lookback": ("session of look-back", "sessions of look-back"),
    "networks": ("network", "networks averaged"),
    "dropout": ("dropout", "dropout"),
}
"""Of the card's settings, in words: of one, and of any other number."""


def model_embed(report: ForecastReport, card: ModelCard | None, now: datetime) -> discord.Embed:
    """Trained when, on what, with which settings, champion since when, scores."""
    badge = stale_badge(report, now)
    embed = discord.Embed(
        title=shortened(f"{report.symbol} · its model", MAX_TITLE),
        colour=AMBER if badge else BLUE,
        description=f"{badge}`{report.model_version}`\nTrained {moment(report.trained_at)} "
        f"({moment(report.trained_at, 'R')}); newest forecast as of {session_close(report.as_of)}",
    )
    for name, value in _facts(card):
        embed.add_field(name=name, value=shortened(value, MAX_FIELD_VALUE), inline=False)
    if report.notes:
        notes = [shortened(note, MAX_FIELD_VALUE // 2) for note in report.notes]
        embed.add_field(name="Please note", value=fitting(notes, MAX_FIELD_VALUE), inline=False)
    embed.add_field(name="How it did in its backtest", value=shortened(_scores(report), MAX_FIELD_VALUE), inline=False)
    return embed.set_footer(text=small_print(report))


def _facts(card: ModelCard | None) -> Iterator[tuple[str, str]]:
    if card is None:
        yield "Card", NO_CARD
        return
    yield (
        "Learnt from",
        f"{card.sessions:,} sessions of its own, {card.trained_from} to {card.trained_to}, and from {len(card.panel)} "
        f"ETFs together: {shortened(', '.join(card.panel), 600)}",
    )
    yield "Settings", f"{_settings(card.settings)}, seed {card.seed}, program {card.code_version}"
    yield "Champion", _reign(card)


def _settings(settings: Mapping[str, Any]) -> str:
    """``32 units, 1 layer, …``: those that the card has."""
    told = (
        f"{settings[name]:g} {words[settings[name] != 1]}" for name, words in SHOWN_SETTINGS.items() if name in settings
    )
    return "LSTM: " + ", ".join(told)


def _reign(card: ModelCard) -> str:
    if card.champion_since is None:
        return "It forecasts since its training; no other model has challenged it."
    later = f" Since then it held against {card.refused_since} newer." if card.refused_since else ""
    return f"It forecasts since {moment(card.champion_since)}. {shortened(card.reason, 500)}{later}"


def _scores(report: ForecastReport) -> str:
    lines = [record_line(report)]
    if report.scores:
        lines.append(f"Cut-offs from {report.backtest_from} to {report.backtest_to}, unseen when they were forecast.")
        lines += (
            f"{MODEL_NAMES[model]}: MAE {usd(scores.mae, report.currency)}, skill {signed_percent(scores.skill_rw)}"
            for model, scores in report.scores.items()
        )
    return "\n".join(lines)
