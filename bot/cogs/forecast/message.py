"""The answer to ``/forecast``: the embed, its alt text and the file of quantiles."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Final

import discord

from bot.interactions.formats import (
    HORIZONS,
    MAX_ALT_TEXT,
    add_list,
    answer_embed,
    change,
    glossary,
    moment,
    odds,
    range_of,
    record_line,
    session_close,
    shortened,
    small_print,
    step_at,
    usd,
)
from bot.interactions.staleness import stale_badge
from bot.texts import Texts
from forecasting import COLUMNS, HORIZON, ForecastReport, Step, probability_above

MAX_NOTE: Final = 500
"""Characters of a note; a longer one is cut, because its start says more than nothing."""


def forecast_embed(texts: Texts, report: ForecastReport, picture: str | None, now: datetime) -> discord.Embed:
    """The newest forecast of one ETF, as seen at ``now``. ``picture`` is the name of the attached chart."""
    badge = stale_badge(texts, report, now)
    head = texts(
        "forecast.head",
        close=usd(texts, report.last_close, report.currency),
        session=session_close(report.symbol, report.as_of),
        trained=moment(report.trained_at),
    )
    embed = answer_embed(
        report.symbol if report.name == report.symbol else f"{report.symbol} · {report.name}",
        f"{badge}{head}",
        warns=bool(badge),
        picture=picture,
        footer=small_print(texts, report.source),
    )
    for sessions in HORIZONS:
        step = step_at(report, sessions)
        embed.add_field(name=texts("forecast.in", sessions=sessions), value=_outcome(texts, report, step))
    embed.add_field(name=texts("forecast.record"), value=_record(texts, report), inline=False)
    add_list(texts, embed, texts("forecast.notes"), [texts.said(note) for note in report.notes], MAX_NOTE)
    return embed


def forecast_alt_text(texts: Texts, report: ForecastReport, horizon: int = HORIZON) -> str:
    """What the chart of the next ``horizon`` sessions shows, in words; fits Discord's limit."""
    shown = report.nearby(horizon)
    first, last = shown.history[0], shown.forecast[-1]
    ahead = " ".join(_step_in_words(texts, report, sessions) for sessions in HORIZONS if sessions <= horizon)
    text = texts(
        "forecast.alt",
        symbol=report.symbol,
        first=first.session,
        first_close=usd(texts, first.close, report.currency),
        as_of=report.as_of,
        last_close=usd(texts, report.last_close, report.currency),
        sessions=len(shown.forecast),
        last=last.session,
        ahead=ahead,
        record=record_line(texts, report),
        small_print=small_print(texts, report.source),
    )
    return shortened(text, MAX_ALT_TEXT)


def quantiles_csv(report: ForecastReport) -> bytes:
    """The forecast for a spreadsheet: a row per session, with its quantiles in USD at the as-of session's prices."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("symbol", "as_of", "step", "session", *COLUMNS))
    for step in report.forecast:
        prices = (f"{price:.6g}" if price < 1 else f"{price:.4f}" for price in step.quantiles)
        rows.writerow((report.symbol, report.as_of, step.step, step.session, *prices))
    return text.getvalue().encode()


def csv_note(texts: Texts, report: ForecastReport) -> str:
    """The message that comes with the file."""
    return texts(
        "forecast.csv",
        symbol=report.symbol,
        session=session_close(report.symbol, report.as_of),
        currency=report.currency,
        small_print=small_print(texts, report.source),
    )


def _record(texts: Texts, report: ForecastReport) -> str:
    terms = ("median", "band", *(("mae", "cutoff") if report.scores else ()))
    return f"{record_line(texts, report)}\n{glossary(texts, *terms)}"


def _outcome(texts: Texts, report: ForecastReport, step: Step) -> str:
    low, median, high = range_of(step)
    return texts(
        "forecast.ahead",
        session=session_close(report.symbol, step.session, "D"),
        median=usd(texts, median, report.currency),
        median_change=change(texts, report, median),
        low=usd(texts, low, report.currency),
        high=usd(texts, high, report.currency),
        low_change=change(texts, report, low),
        high_change=change(texts, report, high),
        odds=_odds_of_rise(texts, report, step),
    )


def _step_in_words(texts: Texts, report: ForecastReport, sessions: int) -> str:
    step = step_at(report, sessions)
    low, median, high = range_of(step)
    return texts(
        "forecast.alt_step",
        sessions=sessions,
        median=usd(texts, median, report.currency),
        change=change(texts, report, median),
        low=usd(texts, low, report.currency),
        high=usd(texts, high, report.currency),
        odds=_odds_of_rise(texts, report, step),
    )


def _odds_of_rise(texts: Texts, report: ForecastReport, step: Step) -> str:
    """The probability that this session closes above the last close."""
    return odds(texts, probability_above(step.quantiles, report.last_close))
