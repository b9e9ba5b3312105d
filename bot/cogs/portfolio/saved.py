"""A member's saved portfolio in other answers: suggested, forecast from reports at hand, and put into one line."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import discord
from discord import app_commands

from bot.cogs.portfolio.message import described, in_report
from bot.cogs.portfolio.store import MAX_NAME, SavedMix, SavedMixes
from bot.forecasts.door import Forecasts
from bot.interactions.answers import Refusal
from bot.interactions.failures import forecasting_failure
from bot.interactions.formats import as_text
from bot.interactions.options import MAX_CHOICE_NAME, looked_up
from bot.texts import Texts, texts_for
from forecasting import (
    Close,
    ForecastReport,
    MixForecast,
    NoForecastYet,
    NoPastReturns,
    Step,
    Symbol,
    TooLittleInCommon,
)

MAX_CHOICES = 25

MixName = app_commands.Range[str, 1, MAX_NAME]


@dataclass(frozen=True)
class MixLine:
    """A portfolio in a report.

    Attributes:
        words: its numbers, or why there are none.
        row: the same for the picture: in % of today's value. None if there are none.
    """

    words: str
    row: ForecastReport | None


async def saved_choices(
    interaction: discord.Interaction[Any], mixes: SavedMixes, text: str
) -> list[app_commands.Choice[str]]:
    """The member's own portfolios that ``text`` may mean."""
    texts = texts_for(interaction.locale)
    return [
        app_commands.Choice(name=f"{mix.name} · {described(texts, mix.weights)}"[:MAX_CHOICE_NAME], value=mix.name)
        for mix in await looked_up(interaction, partial(mixes.of, interaction.user.id))
        if text.strip().casefold() in mix.name.casefold()
    ]


async def own_mix(texts: Texts, mixes: SavedMixes, user_id: int, name: str) -> SavedMix:
    """The member's portfolio of that name.

    Raises:
        Refusal: they have none.
    """
    mix = await asyncio.to_thread(mixes.find, user_id, name)
    if mix is None:
        raise Refusal(texts("portfolio.unknown", name=as_text(name)))
    return mix


def check_alike(texts: Texts, reports: Sequence[ForecastReport]) -> None:
    """Raises Refusal if the forecasts are in different currencies or of different days."""
    if len({report.currency for report in reports}) > 1:
        facts = ", ".join(f"{report.symbol} ({report.currency})" for report in reports)
        raise Refusal(texts("portfolio.currencies", facts=facts))
    if len({report.as_of for report in reports}) > 1:
        facts = ", ".join(f"{report.symbol} ({report.as_of})" for report in reports)
        raise Refusal(texts("portfolio.days", facts=facts))


async def mix_line(
    texts: Texts, mix: SavedMix, reports: Mapping[Symbol, ForecastReport], sessions: int, forecasts: Forecasts
) -> MixLine:
    """The forecast of ``mix`` in so many sessions, from the newest ``reports`` by ETF."""
    try:
        parts = [_found(reports, symbol, forecasts.source) for symbol in mix.weights]
        check_alike(texts, parts)
        forecast = await asyncio.to_thread(forecasts.mix_now, parts, tuple(mix.weights.values()))
    except Refusal as error:
        return MixLine(in_report(texts, mix, str(error), sessions), None)
    except (NoForecastYet, NoPastReturns, TooLittleInCommon) as error:
        why = forecasting_failure(texts, error, forecasts.job_state)
        return MixLine(in_report(texts, mix, why, sessions), None)
    return MixLine(in_report(texts, mix, forecast, sessions), value_report(Symbol(mix.name), forecast, parts))


def _found(reports: Mapping[Symbol, ForecastReport], symbol: Symbol, source: str) -> ForecastReport:
    if symbol not in reports:
        raise NoForecastYet(symbol, source)
    return reports[symbol]


def value_report(symbol: Symbol, mix: MixForecast, parts: Sequence[ForecastReport]) -> ForecastReport:
    """The value of a portfolio in the form of an ETF's forecast: 100 today."""
    return ForecastReport(
        symbol=symbol,
        name=symbol,
        source=mix.source,
        as_of=mix.as_of,
        trained_at=max(part.trained_at for part in parts),
        model_version=repr([(part.symbol, part.weight) for part in mix.parts]),
        last_close=100.0,
        currency=parts[0].currency,
        history=tuple(Close(session, 100 * value) for session, value in mix.past),
        forecast=tuple(
            Step(step, session, tuple(100 * value for value in mix.fan[step - 1]))
            for step, session in enumerate(mix.sessions, 1)
        ),
        scores={},
        backtest_from=mix.as_of,
        backtest_to=mix.as_of,
    )
