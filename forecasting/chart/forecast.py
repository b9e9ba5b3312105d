"""The picture of one forecast: past closes, then for a third of the width the bands of the coming sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Final

import numpy as np

from forecasting.chart.axes import SESSIONS_HEIGHT, Plot, free_place, label_sessions, money_labels, plot_of, spread
from forecasting.chart.sheet import DASHED, INNER, MARGIN, Key, Sheet, stroke
from forecasting.chart.text import NORMAL, ROW, SMALL, Weight, printable, text_width, wrapped
from forecasting.chart.words import ENGLISH, Words
from forecasting.quantiles import HIGH50, HIGH80, HIGH95, HORIZON, LOW50, LOW80, LOW95, MEDIAN
from forecasting.report import ForecastReport, Theme

_PLOT_HEIGHT = 175
_DASHES = (4.0, 2.0)
_LEADER = 12  # from the last session to the amounts at the right end
BANDS: Final = (
    (LOW95, HIGH95, 0.95, "picture.band95"),
    (LOW80, HIGH80, 0.8, "picture.band80"),
    (LOW50, HIGH50, 0.5, "picture.band50"),
)
"""Lower and upper edge, share of outcomes, and the band in words; the widest first."""


def forecast_sheet(
    report: ForecastReport,
    theme: Theme,
    horizon: int = HORIZON,
    price: float | None = None,
    words: Words = ENGLISH,
) -> Sheet:
    """Draw ``report`` up to ``horizon`` sessions ahead; the sheet's height follows the length of the ETF's name.

    Args:
        price: marked by a line, unless that would leave too little of the picture for the forecast.
    """
    report = report.nearby(horizon)
    sheet = Sheet(theme, words)
    top = _head(sheet, report) + 9 + ROW
    ends, end_date = _ends(report, words), words("picture.forecast.on", date=words.date(report.forecast[-1].session))
    sessions = len(report.history) + len(report.forecast)
    values = [row.close for row in report.history] + [each for step in report.forecast for each in step.quantiles]
    marked = [] if price is None or not _is_near(price, values) else [price]
    plot = plot_of(
        sheet,
        top,
        _PLOT_HEIGHT,
        values + marked,
        (-0.5, sessions - 0.5),
        money_labels(words, report.currency),
        right=max(room_for(ends), MARGIN + text_width(end_date) + _LEADER),
    )
    draw_fan(plot, [row.close for row in report.history], [step.quantiles for step in report.forecast])
    label_sessions(plot, [row.session for row in report.history] + [step.session for step in report.forecast])
    label_ends(plot, ends, sessions - 1)
    sheet.write(plot.x(sessions - 1) + _LEADER, plot.top - ROW - 1, end_date, color=sheet.palette.quiet)
    _label_last_close(plot, report)
    below = draw_key(sheet, plot.bottom + SESSIONS_HEIGHT)
    for level in marked:
        asked = words("picture.forecast.asked", price=words.money(level, report.currency))
        color = sheet.palette.line
        ahead = (len(report.history) - 1, sessions - 1)
        plot.axes.plot(ahead, (level, level), color=color, linewidth=stroke(0.9), dashes=_DASHES, zorder=3)
        below = sheet.legend(below + 3, [Key(asked, color=color, dashes=_DASHES, width=18, stroke=0.9)])
    return sheet.foot(below + 5, [report.source], *_notes(report, words))


def _is_near(price: float, values: Sequence[float]) -> bool:
    least, most = min(values), max(values)
    return least - (most - least) <= price <= most + (most - least)


def _head(sheet: Sheet, report: ForecastReport) -> float:
    y = sheet.head(printable(report.symbol), (), [report.source], size=16)
    if report.name != report.symbol:
        y = sheet.rows(y, wrapped(printable(report.name), INNER, 2, NORMAL), size=NORMAL)
    words, trained = sheet.words, report.trained_at.astimezone(UTC).date()
    facts = {"as_of": words.date(report.as_of), "trained": words.date(trained)}
    ahead = words("picture.forecast.ahead", sessions=len(report.forecast), **facts)
    return sheet.rows(y, wrapped(ahead, INNER, 2), color=sheet.palette.quiet)


def _notes(report: ForecastReport, words: Words) -> list[str]:
    end = report.forecast[-1].quantiles
    is_flat = abs(end[MEDIAN] - report.last_close) < (end[HIGH80] - end[LOW80]) / 4
    return [words("picture.forecast.flat")] if is_flat else []


def draw_fan(plot: Plot, closes: Sequence[float], fan: Sequence[Sequence[float]]) -> None:
    """Put the past ``closes`` and the bands of the coming sessions, whose quantiles at LEVELS are the ``fan``."""
    palette, axes = plot.sheet.palette, plot.axes
    now = len(closes) - 1
    ahead = np.arange(now, now + len(fan) + 1)
    # The last close is known: the bands open from it.
    quantiles = np.array([[closes[-1]] * 7, *fan])
    root = np.sqrt(ahead - now)  # bands grow with the root of time, between sessions too
    between = np.unique(np.concatenate([root, np.linspace(0, root[-1], 200)]))
    edges = [np.interp(between, root, column) for column in quantiles.T]
    for (lower, upper, *_), color in zip(BANDS, palette.bands, strict=True):
        axes.fill_between(now + between**2, edges[lower], edges[upper], color=color, linewidth=0, zorder=1)
        for column in (lower, upper):
            axes.plot(now + between**2, edges[column], color=palette.edge, linewidth=stroke(0.5), zorder=2)
    axes.plot(ahead, quantiles[:, MEDIAN], color=palette.line, linewidth=stroke(1.3), dashes=DASHED, zorder=3)
    axes.plot(range(now + 1), closes, color=palette.line, linewidth=stroke(1.1), zorder=3)
    axes.axvline(now, color=palette.quiet, linewidth=stroke(0.6), dashes=(1, 2), zorder=2)
    axes.plot([now], closes[-1:], "o", color=palette.line, markersize=stroke(5), zorder=4, clip_on=False)


def draw_key(sheet: Sheet, top: float) -> float:
    """What the bands of ``draw_fan`` mean. Returns the height below."""
    words = sheet.words
    below = sheet.rows(top, [words("picture.bands")]) + 2
    keys = [
        Key(words(key, share=words.share(share)), fill=color)
        for (_, _, share, key), color in zip(BANDS, sheet.palette.bands, strict=True)
    ]
    return sheet.legend(below, keys[::-1])


def _ends(report: ForecastReport, words: Words) -> list[tuple[str, float]]:
    """The amounts at the right end, highest first."""
    end = report.forecast[-1].quantiles
    upper, lower = (HIGH95, HIGH80, HIGH50), (LOW50, LOW80, LOW95)
    shares = [words.share(share) for _, _, share, _ in BANDS]
    tags = (*shares, words("picture.median"), *reversed(shares))
    chosen = zip(tags, (*upper, MEDIAN, *lower), strict=True)
    return [(f"{tag} {words.money(end[level], report.currency)}", end[level]) for tag, level in chosen]


def room_for(ends: Sequence[tuple[str, float]]) -> float:
    """What ``label_ends`` needs at the right of a plot."""
    return MARGIN + max(text_width(text, SMALL, "bold") for text, _ in ends) + _LEADER + 2


def label_ends(plot: Plot, ends: Sequence[tuple[str, float]], last: int) -> None:
    """Put labels, highest first, to the right of the session ``last`` at the values that they name."""
    sheet, x = plot.sheet, plot.x(last)
    wanted = [plot.y(value) for _, value in ends]
    for (text, _), there, y in zip(ends, wanted, spread(wanted, ROW, plot.top, plot.bottom), strict=True):
        sheet.line(x + 1, there, x + _LEADER - 3, y, color=sheet.palette.edge)
        weight: Weight = "bold" if text.startswith(sheet.words("picture.median")) else "normal"
        sheet.write(x + _LEADER, y, text, weight=weight)


def _label_last_close(plot: Plot, report: ForecastReport) -> None:
    """The last close's amount next to its marker, if closes and bands leave room for it."""
    now, words = len(report.history) - 1, plot.sheet.words
    rows = (words("picture.forecast.last_close"), words.money(report.last_close, report.currency))
    width = max(map(text_width, rows)) + 4
    right = max(plot.x(now) - 8, plot.left + width)
    taken = [(plot.x(n), plot.y(row.close), plot.y(row.close)) for n, row in enumerate(report.history)]
    taken += [
        (plot.x(now + step.step), plot.y(step.quantiles[HIGH95]), plot.y(step.quantiles[LOW95]))
        for step in report.forecast
    ]
    wanted, floor = plot.y(report.history[-1].close), plot.bottom - 10
    middle = free_place(taken, right - width, right + 4, 2 * ROW, wanted, plot.top, floor)
    for row, text in enumerate(rows):
        plot.sheet.write(right, middle + (row - 0.5) * ROW, text, align="right")
