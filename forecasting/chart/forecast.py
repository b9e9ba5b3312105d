"""The picture of one forecast: a year of closes, then the bands of the coming 60 sessions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date
from itertools import pairwise

import numpy as np
from matplotlib.ticker import MaxNLocator

from forecasting.chart.labels import free_place, spread
from forecasting.chart.plot import Plot
from forecasting.chart.sheet import MARGIN, WIDTH, Sheet, stroke
from forecasting.chart.text import (
    LINE,
    MONTHS,
    NORMAL,
    SMALL,
    Weight,
    day,
    money,
    printable,
    source_in_words,
    text_width,
    wrapped,
)
from forecasting.quantiles import HIGH80, HIGH95, HORIZON, LOW80, LOW95, MEDIAN
from forecasting.report import ForecastReport, Theme

_WEEKS_UP_TO = 45
"""Sessions of a picture that is labelled by weeks instead of months."""

_PLOT_HEIGHT = 175
_TITLE = 16
_ROW = SMALL * LINE
_AXIS = 30  # months and years below the plot
_LEGEND = 2 * _ROW + 8
_TICK = 5
_LEADER = 12  # from the last session to the amounts at the right end
_BANDS = ((0, 6, "95 %: 19 in 20"), (1, 5, "80 %: 8 in 10"), (2, 4, "50 %: half of outcomes"))
"""Indices into a step's quantiles, widest band first, and the band in words."""


def forecast_sheet(report: ForecastReport, theme: Theme, horizon: int = HORIZON) -> Sheet:
    """Draw ``report`` up to ``horizon`` sessions ahead; the sheet's height follows the length of the ETF's name."""
    report = report.nearby(horizon)
    name = wrapped(printable(report.name), WIDTH - 2 * MARGIN, 2, NORMAL) if report.name != report.symbol else []
    footer = _footer(report)
    top = MARGIN + _TITLE * LINE + len(name) * NORMAL * LINE + _ROW + 10
    legend = top + _PLOT_HEIGHT + _AXIS
    sheet = Sheet(legend + _LEGEND + len(footer) * _ROW + MARGIN / 2, theme)
    _head(sheet, report, name)
    plot = _prepare(sheet, report, top)
    _draw_prices(sheet, plot, report)
    _label_sessions(sheet, plot, _sessions(report))
    _label_ends(sheet, plot, report)
    _label_last_close(sheet, plot, report)
    _draw_legend(sheet, legend + _ROW / 2)
    for row, text in enumerate(footer):
        sheet.write(MARGIN, legend + _LEGEND + (row + 0.5) * _ROW, text, color=sheet.palette.quiet)
    return sheet


def _head(sheet: Sheet, report: ForecastReport, name: list[str]) -> None:
    y = MARGIN + _TITLE * LINE / 2
    sheet.write(MARGIN, y, printable(report.symbol), size=_TITLE, weight="bold")
    if report.source == "simulated":
        sheet.flag_simulated(y)
    y += _TITLE * LINE / 2 + NORMAL * LINE / 2
    for row in name:
        sheet.write(MARGIN, y, row, size=NORMAL)
        y += NORMAL * LINE
    trained = day(report.trained_at.astimezone(UTC).date())
    sheet.write(
        MARGIN,
        y,
        f"{len(report.forecast)} sessions ahead, as of {day(report.as_of)} (trained {trained})",
        color=sheet.palette.quiet,
    )


def _footer(report: ForecastReport) -> list[str]:
    end = report.forecast[-1].quantiles
    rows = []
    if abs(end[MEDIAN] - report.last_close) < (end[HIGH80] - end[LOW80]) / 4:
        rows.append("The middle moves little beside the bands: they carry the information.")
    source = source_in_words(report.source)
    rows.append(f"{source[0].upper()}{source[1:]}, dividends reinvested. Not investment advice.")
    return rows


def _prepare(sheet: Sheet, report: ForecastReport, top: float) -> Plot:
    """Axes that hold every price, between the amounts at their left and right."""
    palette = sheet.palette
    prices = [row.close for row in report.history] + [q for step in report.forecast for q in step.quantiles]
    least, most = min(prices), max(prices)
    room = 0.06 * (most - least) or 0.01 * most
    low, high = least - room, most + room
    ticks = [tick for tick in MaxNLocator(nbins=5).tick_values(low, high) if low <= tick <= high]
    labels = _tick_labels(ticks, report.currency)
    left = MARGIN + max(map(text_width, labels)) + 5
    right = MARGIN + max(text_width(text, SMALL, "bold") for text, _ in _ends(report)) + _LEADER + 2
    width = WIDTH - left - right
    axes = sheet.axes(left, top, width, _PLOT_HEIGHT)
    sessions = len(report.history) + len(report.forecast)
    axes.set_xlim(-0.5, sessions - 0.5)
    axes.set_ylim(low, high)
    plot = Plot(axes, left, top, width, _PLOT_HEIGHT)
    for tick, text in zip(ticks, labels, strict=True):
        axes.axhline(tick, color=palette.grid, linewidth=stroke(0.5), zorder=0)
        sheet.write(left - 5, plot.y(tick), text, color=palette.quiet, align="right")
    return plot


def _tick_labels(ticks: Sequence[float], currency: str) -> list[str]:
    """Amounts at the axis, with as many decimals as tell them apart."""
    step = min((b - a for a, b in pairwise(ticks)), default=1.0)
    sign = "$" if currency == "USD" else ""
    decimals = next(n for n in (0, 2, 3, 4, 5, 6, 8, 12) if n == 12 or abs(round(step, n) - step) < step / 100)
    return [f"{sign}{tick:,.{decimals}f}" for tick in ticks]


def _draw_prices(sheet: Sheet, plot: Plot, report: ForecastReport) -> None:
    palette, axes = sheet.palette, plot.axes
    closes = [row.close for row in report.history]
    now = len(closes) - 1
    ahead = np.arange(now, now + len(report.forecast) + 1)
    # The last close is known: the bands open from it.
    quantiles = np.array([[closes[-1]] * 7, *(step.quantiles for step in report.forecast)])
    for (lower, upper, _), color in zip(_BANDS, palette.bands, strict=True):
        axes.fill_between(ahead, quantiles[:, lower], quantiles[:, upper], color=color, linewidth=0, zorder=1)
        for column in (lower, upper):
            axes.plot(ahead, quantiles[:, column], color=palette.edge, linewidth=stroke(0.5), zorder=2)
    axes.plot(ahead, quantiles[:, MEDIAN], color=palette.line, linewidth=stroke(1.3), dashes=(3, 1.5), zorder=3)
    axes.plot(range(now + 1), closes, color=palette.line, linewidth=stroke(1.1), zorder=3)
    axes.axvline(now, color=palette.quiet, linewidth=stroke(0.6), dashes=(1, 2), zorder=2)
    axes.plot([now], closes[-1:], "o", color=palette.line, markersize=stroke(5), zorder=4, clip_on=False)


def _sessions(report: ForecastReport) -> list[date]:
    return [row.session for row in report.history] + [step.session for step in report.forecast]


def _label_sessions(sheet: Sheet, plot: Plot, sessions: Sequence[date]) -> None:
    """By weeks or by months, whichever the picture has room for."""
    if len(sessions) <= _WEEKS_UP_TO:
        _label_weeks(sheet, plot, sessions)
    else:
        _label_months(sheet, plot, sessions)


def _label_weeks(sheet: Sheet, plot: Plot, sessions: Sequence[date]) -> None:
    """Ticks at each week's first session with its day, as long as there is room for the day."""
    bottom, free = plot.top + _PLOT_HEIGHT, plot.left
    for start in _week_starts(sessions):
        plot.axes.axvline(start, ymax=_TICK / _PLOT_HEIGHT, color=sheet.palette.quiet, linewidth=stroke(0.7))
        label = f"{sessions[start].day} {MONTHS[sessions[start].month - 1]}"
        half = text_width(label) / 2
        if plot.x(start) - half >= free and plot.x(start) + half <= WIDTH - MARGIN:
            sheet.write(plot.x(start), bottom + 8, label, color=sheet.palette.quiet, align="center")
            free = plot.x(start) + half + 6


def _week_starts(sessions: Sequence[date]) -> Iterator[int]:
    return (n for n, (a, b) in enumerate(pairwise(sessions), 1) if a.isocalendar()[:2] != b.isocalendar()[:2])


def _label_months(sheet: Sheet, plot: Plot, sessions: Sequence[date]) -> None:
    """Ticks at each month's first session, and as many names as there is room for; years below their first name."""
    starts = [n for n, (a, b) in enumerate(pairwise(sessions), 1) if a.month != b.month]
    every = next(n for n in (1, 2, 3, 6, 12) if len(starts) / n <= 7 or n == 12)
    bottom = plot.top + _PLOT_HEIGHT
    year = None
    for start in starts:
        month = sessions[start]
        named = (month.month - 1) % every == 0
        plot.axes.axvline(
            start, ymax=_TICK / _PLOT_HEIGHT / (1 if named else 2), color=sheet.palette.quiet, linewidth=stroke(0.7)
        )
        if named:
            x = min(plot.x(start), WIDTH - MARGIN - 12)
            sheet.write(x, bottom + 8, MONTHS[month.month - 1], color=sheet.palette.quiet, align="center")
            if month.year != year:
                sheet.write(x, bottom + 8 + _ROW, str(month.year), color=sheet.palette.quiet, align="center")
            year = month.year


def _ends(report: ForecastReport) -> list[tuple[str, float]]:
    """The amounts at the right end, highest first."""
    end = report.forecast[-1].quantiles
    chosen = (
        ("95 %", end[HIGH95]),
        ("80 %", end[HIGH80]),
        ("median", end[MEDIAN]),
        ("80 %", end[LOW80]),
        ("95 %", end[LOW95]),
    )
    return [(f"{tag} {money(value, report.currency)}", value) for tag, value in chosen]


def _label_ends(sheet: Sheet, plot: Plot, report: ForecastReport) -> None:
    ends = _ends(report)
    places = spread([plot.y(value) for _, value in ends], _ROW, plot.top, plot.top + _PLOT_HEIGHT)
    sessions = len(_sessions(report))
    last = sessions - 1
    per_point = sessions / plot.width  # sessions
    for (text, value), y in zip(ends, places, strict=True):
        plot.axes.plot(
            [last + 1 * per_point, last + (_LEADER - 3) * per_point],
            [value, plot.value(y)],
            color=sheet.palette.edge,
            linewidth=stroke(0.6),
            clip_on=False,
        )
        weight: Weight = "bold" if text.startswith("median") else "normal"
        sheet.write(plot.x(last) + _LEADER, y, text, weight=weight)


def _label_last_close(sheet: Sheet, plot: Plot, report: ForecastReport) -> None:
    """The last close's amount beside its marker, where closes and bands leave room for it."""
    now = len(report.history) - 1
    rows = ("last close", money(report.last_close, report.currency))
    width, height = max(map(text_width, rows)) + 4, 2 * _ROW
    right = max(plot.x(now) - 8, plot.left + width)
    taken = [(plot.x(n), plot.y(row.close), plot.y(row.close)) for n, row in enumerate(report.history)]
    taken += [
        (plot.x(now + step.step), plot.y(step.quantiles[HIGH95]), plot.y(step.quantiles[LOW95]))
        for step in report.forecast
    ]
    floor = plot.top + _PLOT_HEIGHT - 2 * _TICK
    middle = free_place(taken, right - width, right + 4, height, plot.y(report.history[-1].close), plot.top, floor)
    for row, text in enumerate(rows):
        sheet.write(right, middle + (row - 0.5) * _ROW, text, align="right")


def _draw_legend(sheet: Sheet, y: float) -> None:
    """The bands in words."""
    palette = sheet.palette
    sheet.write(MARGIN, y, "Where the model expects a session's close to be:")
    x, y = float(MARGIN), y + _ROW + 2
    for (_, _, words), color in zip(reversed(_BANDS), reversed(palette.bands), strict=True):
        sheet.box(x, y - 4.5, 14, 9, fill=color, edge=palette.edge)
        sheet.write(x + 17, y, words)
        x += 17 + text_width(words) + 8
