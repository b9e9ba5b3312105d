"""The answer to ``/forecast``: embed, and the same in words for those who don't see the picture."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Final

import discord

from bot.messages.formats import (
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
from bot.messages.staleness import stale_badge
from forecasting import COLUMNS, HORIZON, ForecastReport, Step, Theme, probability_above

MAX_NOTE: Final = 500
"""Characters of a note: the start of a long one says more than that there is one."""


def forecast_embed(report: ForecastReport, picture: str | None, now: datetime) -> discord.Embed:
    """The newest forecast of one ETF, as it is seen ``now``. ``picture`` is the name of the attached chart."""
    badge = stale_badge(report, now)
    title = report.symbol if report.name == report.symbol else f"{report.symbol} · {report.name}"
    embed = discord.Embed(
        title=shortened(title, MAX_TITLE),
        colour=AMBER if badge else BLUE,
        description=(
            f"{badge}Last close **{usd(report.last_close, report.currency)}**, as of {session_close(report.as_of)}\n"
            f"Model trained {moment(report.trained_at)}"
        ),
    )
    for sessions in HORIZONS:
        embed.add_field(name=f"In {sessions} sessions", value=_outlook(report, step_at(report, sessions)))
    embed.add_field(name="How such forecasts did", value=record_line(report), inline=False)
    if report.notes:
        notes = [shortened(note, MAX_NOTE) for note in report.notes]
        embed.add_field(name="Please note", value=fitting(notes, MAX_FIELD_VALUE), inline=False)
    if picture is not None:
        embed.set_image(url=f"attachment://{picture}")
    return embed.set_footer(text=small_print(report))


def _outlook(report: ForecastReport, step: Step) -> str:
    low, median, high = (step.quantiles[level] for level in (LOW, MEDIAN, HIGH))
    return (
        f"{session_close(step.session, 'D')}\n"
        f"Median **{usd(median, report.currency)}** ({_change(report, median)})\n"
        f"80 %: {usd(low, report.currency)} to {usd(high, report.currency)}\n"
        f"({_change(report, low)} to {_change(report, high)})\n"
        f"Ends higher: **{odds(probability_above(step.quantiles, report.last_close))}**"
    )


def _change(report: ForecastReport, price: float) -> str:
    return signed_percent(price / report.last_close - 1.0)


def forecast_alt_text(report: ForecastReport, horizon: int = HORIZON) -> str:
    """What the chart of the coming ``horizon`` sessions shows, in words; fits Discord's limit."""
    shown = report.nearby(horizon)
    first, last = shown.history[0], shown.forecast[-1]
    outlook = " ".join(
        f"In {sessions} sessions: median {usd(step.quantiles[MEDIAN], report.currency)} "
        f"({_change(report, step.quantiles[MEDIAN])}), 80 % range {usd(step.quantiles[LOW], report.currency)} "
        f"to {usd(step.quantiles[HIGH], report.currency)}."
        for sessions, step in ((n, step_at(report, n)) for n in HORIZONS if n <= horizon)
    )
    text = (
        f"Chart of {report.symbol}: closes from {first.session} ({usd(first.close, report.currency)}) to "
        f"{report.as_of} ({usd(report.last_close, report.currency)}), then the forecast of "
        f"{len(shown.forecast)} sessions to {last.session} with bands of 50, 80 and 95 %. {outlook} "
        f"{record_line(report)}. {small_print(report)}."
    )
    return shortened(text, MAX_ALT_TEXT)


def horizon_label(horizon: int) -> str:
    return f"{horizon} sessions"


def theme_label(theme: Theme) -> str:
    return {"dark": "Dark", "light": "Light"}[theme]


SCORES_LABEL, TRACK_LABEL, CSV_LABEL = "Scores", "Past forecasts", "CSV"


def quantiles_csv(report: ForecastReport) -> bytes:
    """The forecast as a file for a spreadsheet: one line per session, its quantiles in closes of the as-of session."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("symbol", "as_of", "step", "session", *COLUMNS))
    for step in report.forecast:
        prices = (f"{price:.6g}" if price < 1 else f"{price:.4f}" for price in step.quantiles)
        rows.writerow((report.symbol, report.as_of, step.step, step.session, *prices))
    return text.getvalue().encode()


def csv_note(report: ForecastReport) -> str:
    return (
        f"The quantiles of {report.symbol} as of {session_close(report.as_of)}, in closes of that session "
        f"({report.currency}). {small_print(report)}."
    )
