"""What ``/forecast`` answers, and the buttons and menus that ask the same."""

from __future__ import annotations

import io
from typing import Final

import discord

from bot.cogs.forecast.buttons import Shown, forecast_view
from bot.cogs.forecast.message import csv_note, forecast_alt_text, forecast_embed, quantiles_csv
from bot.forecasts.door import Forecasts
from bot.interactions.answers import SendArguments
from bot.interactions.options import picture_files
from bot.texts import Texts
from forecasting import HORIZON, Theme

PICTURE: Final = "forecast.png"


async def forecast_answer(
    forecasts: Forecasts, texts: Texts, symbol: str, theme: Theme, horizon: int = HORIZON
) -> SendArguments:
    """The newest forecast of the ETF that ``symbol`` means.

    Raises:
        UnknownSymbol: it means none.
        NoForecastYet: it has none.
    """
    report, chart = await forecasts.with_chart(symbol, theme, horizon, texts)
    return {
        "embed": forecast_embed(texts, report, PICTURE if chart else None, forecasts.now()),
        "files": picture_files(chart, PICTURE, forecast_alt_text(texts, report, horizon)),
        "view": forecast_view(Shown(report.symbol, theme, horizon), texts),
    }


async def csv_answer(forecasts: Forecasts, texts: Texts, symbol: str) -> SendArguments:
    """The quantiles of the same forecast as a CSV file. Raises as ``forecast_answer``."""
    report = await forecasts.latest(symbol)
    file = discord.File(io.BytesIO(quantiles_csv(report)), f"{report.symbol}-{report.as_of}.csv")
    return {"content": csv_note(texts, report), "file": file}
