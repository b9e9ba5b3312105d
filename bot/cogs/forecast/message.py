"""The answer to ``/forecast``: embed, and the same in words for those who don't see the picture."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Final

import discord

from bot.interactions.formats import (
    AMBER,
    BLUE,
    HIGH,
    HORIZONS,
    LOW,
    MAX_ALT_TEXT,
    MAX_FIELD_VALUE,
    MAX_TITLE,
    MEDIAN,
    fitting,
    moment,
    odds,
    record_line,
    session_close,
    shortened,
    signed_percent,
    small_print,
    step_at,
    usd,
)
from bot.interactions.staleness import stale_badge
from bot.texts import Texts
from forecasting import COLUMNS, HORIZON, ForecastReport, Step, probability_above

MAX_NOTE: Final = 500
"""Characters of a note: the start of a long one says more than that there is one."""


def forecast_embed(texts: Texts, report: ForecastReport, picture: str | None, now: datetime) -> discord.Embed:
    """The newest forecast of one ETF, as it is seen ``now``. ``picture`` is the name of the attached chart."""
    badge = stale_badge(texts, report, now)
    head = texts(
        "forecast.head",
        close=usd(report.last_close, report.currency),
        session=session_close(report.as_of),
        trained=moment(report.trained_at),
    )
    title = report.symbol if report.name == report.symbol else f"{report.symbol} · {report.name}"
    embed = discord.Embed(
        title=shortened(title, MAX_TITLE),
        colour=AMBER if badge else BLUE,
        description=f"{badge}{head}",
    )
    for sessions in HORIZONS:
        name = texts("forecast.in", sessions=sessions)
        embed.add_field(name=name, value=_outlook(texts, report, step_at(report, sessions)))
    embed.add_field(name=texts("forecast.record"), value=record_line(texts, report), inline=False)
    if report.notes:
        notes = [shortened(note, MAX_NOTE) for note in report.notes]
        embed.add_field(name=texts("forecast.notes"), value=fitting(texts, notes, MAX_FIELD_VALUE), inline=False)
    if picture is not None:
        embed.set_image(url=f"attachment://{picture}")
    return embed.set_footer(text=small_print(texts, report))


def _outlook(texts: Texts, report: ForecastReport, step: Step) -> str:
    low, median, high = (step.quantiles[level] for level in (LOW, MEDIAN, HIGH))
    return texts(
        "forecast.outlook",
        session=session_close(step.session, "D"),
        median=usd(median, report.currency),
        median_change=_change(report, median),
        low=usd(low, report.currency),
        high=usd(high, report.currency),
        low_change=_change(report, low),
        high_change=_change(report, high),
        odds=_odds(texts, report, step),
    )


def _odds(texts: Texts, report: ForecastReport, step: Step) -> str:
    """How probable it is that the session ends above the last close."""
    return odds(texts, probability_above(step.quantiles, report.last_close))


def _change(report: ForecastReport, price: float) -> str:
    return signed_percent(price / report.last_close - 1.0)


def forecast_alt_text(texts: Texts, report: ForecastReport, horizon: int = HORIZON) -> str:
    """What the chart of the coming ``horizon`` sessions shows, in words; fits Discord's limit."""
    shown = report.nearby(horizon)
    first, last = shown.history[0], shown.forecast[-1]
    outlook = " ".join(_step_in_words(texts, report, sessions) for sessions in HORIZONS if sessions <= horizon)
    text = texts(
        "forecast.alt",
        symbol=report.symbol,
        first=first.session,
        first_close=usd(first.close, report.currency),
        as_of=report.as_of,
        last_close=usd(report.last_close, report.currency),
        sessions=len(shown.forecast),
        last=last.session,
        outlook=outlook,
        record=record_line(texts, report),
        small_print=small_print(texts, report),
    )
    return shortened(text, MAX_ALT_TEXT)


def _step_in_words(texts: Texts, report: ForecastReport, sessions: int) -> str:
    step = step_at(report, sessions)
    low, median, high = (step.quantiles[level] for level in (LOW, MEDIAN, HIGH))
    return texts(
        "forecast.alt_step",
        sessions=sessions,
        median=usd(median, report.currency),
        change=_change(report, median),
        low=usd(low, report.currency),
        high=usd(high, report.currency),
        odds=_odds(texts, report, step),
    )


def quantiles_csv(report: ForecastReport) -> bytes:
    """The forecast as a file for a spreadsheet: one line per session, its quantiles in closes of the as-of session."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("symbol", "as_of", "step", "session", *COLUMNS))
    for step in report.forecast:
        prices = (f"{price:.6g}" if price < 1 else f"{price:.4f}" for price in step.quantiles)
        rows.writerow((report.symbol, report.as_of, step.step, step.session, *prices))
    return text.getvalue().encode()


def csv_note(texts: Texts, report: ForecastReport) -> str:
    return texts(
        "forecast.csv",
        symbol=report.symbol,
        session=session_close(report.as_of),
        currency=report.currency,
        small_print=small_print(texts, report),
    )
