"""The picture of the record: past forecasts of one ETF with what happened drawn over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from matplotlib.ticker import MaxNLocator

from forecasting.chart.plot import Plot
from forecasting.chart.sheet import MARGIN, WIDTH, Sheet, stroke
from forecasting.chart.text import LINE, MONTHS, SMALL, day, money, printable, source_in_words, text_width
from forecasting.record.past import Fan, Past
from forecasting.report import Theme

_PLOT_HEIGHT = 180
_TITLE = 16
_ROW = SMALL * LINE
_AXIS = 30  # months and years below the plot
_TICK = 5


@dataclass(frozen=True)
class _Timeline(Plot):
    """With the place of each session."""

    places: Mapping[date, int]


def track_sheet(past: Past, theme: Theme) -> Sheet:
    """Draw ``past``, which has at least one forecast that has met a close."""
    top = MARGIN + _TITLE * LINE + 2 * _ROW + 8
    legend = top + _PLOT_HEIGHT + _AXIS
    sheet = Sheet(legend + 3 * _ROW + MARGIN, theme)
    _head(sheet, past)
    plot = _prepare(sheet, past, top)
    for fan in past.fans:
        _draw_fan(sheet, plot, fan)
    places = [plot.places[row.session] for row in past.closes]
    plot.axes.plot(
        places, [row.close for row in past.closes], color=sheet.palette.line, linewidth=stroke(1.3), zorder=4
    )
    _label_months(sheet, plot)
    _draw_legend(sheet, past, legend)
    return sheet


def _head(sheet: Sheet, past: Past) -> None:
    y = MARGIN + _TITLE * LINE / 2
    sheet.write(MARGIN, y, printable(past.symbol), size=_TITLE, weight="bold")
    if past.source == "simulated":
        sheet.flag_simulated(y)
    y += _TITLE * LINE / 2 + _ROW / 2
    what = "Past forecasts" if past.kind == "live" else "Forecasts replayed on past prices"
    sheet.write(MARGIN, y, f"{what}, and what happened until {day(past.closes[-1].session)}", color=sheet.palette.quiet)
    inside, met = _inside(past)
    sheet.write(MARGIN, y + _ROW, f"Of these {met} closes {inside} were inside the 80 % band ({inside / met:.0%}).")


def _inside(past: Past) -> tuple[int, int]:
    closes = {row.session: row.close for row in past.closes}
    hits = [
        low <= closes[session] <= high
        for fan in past.fans
        for session, low, high in zip(fan.sessions, fan.low, fan.high, strict=True)
        if session in closes
    ]
    return sum(hits), len(hits)


def _prepare(sheet: Sheet, past: Past, top: float) -> _Timeline:
    """Axes that hold every price, with room for the amounts at their left."""
    prices = [row.close for row in past.closes] + [price for fan in past.fans for price in (*fan.low, *fan.high)]
    least, most = min(prices), max(prices)
    room = 0.05 * (most - least) or 0.01 * most
    low, high = least - room, most + room
    ticks = [tick for tick in MaxNLocator(nbins=5).tick_values(low, high) if low <= tick <= high]
    labels = [_amount(tick, ticks, past.currency) for tick in ticks]
    left = MARGIN + max(map(text_width, labels)) + 5
    width = WIDTH - left - MARGIN
    axes = sheet.axes(left, top, width, _PLOT_HEIGHT)
    days = sorted({row.session for row in past.closes} | {session for fan in past.fans for session in fan.sessions})
    axes.set_xlim(-0.5, len(days) - 0.5)
    axes.set_ylim(low, high)
    plot = _Timeline(axes, left, top, width, _PLOT_HEIGHT, {session: place for place, session in enumerate(days)})
    for tick, text in zip(ticks, labels, strict=True):
        axes.axhline(tick, color=sheet.palette.grid, linewidth=stroke(0.5), zorder=0)
        sheet.write(left - 5, plot.y(tick), text, color=sheet.palette.quiet, align="right")
    return plot


def _amount(tick: float, ticks: Sequence[float], currency: str) -> str:
    whole = all(abs(value - round(value)) < 1e-9 for value in ticks)
    return money(tick, currency).removesuffix(".00") if whole else money(tick, currency)


def _draw_fan(sheet: Sheet, plot: _Timeline, fan: Fan) -> None:
    palette = sheet.palette
    places = [plot.places[fan.as_of], *(plot.places[session] for session in fan.sessions)]
    low, median, high = ((fan.close, *level) for level in (fan.low, fan.median, fan.high))
    plot.axes.fill_between(places, low, high, color=palette.bands[1], linewidth=0, zorder=1)
    for edge in (low, high):
        plot.axes.plot(places, edge, color=palette.edge, linewidth=stroke(0.6), zorder=2)
    plot.axes.plot(places, median, color=palette.line, linewidth=stroke(0.9), dashes=(3, 2), zorder=3)
    plot.axes.plot(places[:1], [fan.close], "o", color=palette.line, markersize=stroke(4), zorder=5, clip_on=False)


def _label_months(sheet: Sheet, plot: _Timeline) -> None:
    """As many names of months as there is room for; years below their first name."""
    days = list(plot.places)
    starts = [n for n, (a, b) in enumerate(pairwise(days), 1) if a.month != b.month]
    every = next(n for n in (1, 2, 3, 6, 12) if len(starts) / n <= 8 or n == 12)
    bottom = plot.top + _PLOT_HEIGHT
    year = None
    for start in starts:
        month = days[start]
        if (month.month - 1) % every:
            continue
        plot.axes.axvline(start, ymax=_TICK / _PLOT_HEIGHT, color=sheet.palette.quiet, linewidth=stroke(0.7))
        x = min(plot.x(start), WIDTH - MARGIN - 14)
        sheet.write(x, bottom + 8, MONTHS[month.month - 1], color=sheet.palette.quiet, align="center")
        if month.year != year:
            sheet.write(x, bottom + 8 + _ROW, str(month.year), color=sheet.palette.quiet, align="center")
        year = month.year


def _draw_legend(sheet: Sheet, past: Past, top: float) -> None:
    palette = sheet.palette
    y = top + _ROW / 2
    sheet.box(MARGIN, y - 4.5, 14, 9, fill=palette.bands[1], edge=palette.edge)
    x = MARGIN + 17.0
    words = "80 % band of a forecast made at the dot"
    sheet.write(x, y, words)
    sheet.write(x + text_width(words) + 10, y, "dashed: median")
    sheet.write(MARGIN, y + _ROW, "Line: closes. Each forecast knew none of those that it is drawn under.")
    source = source_in_words(past.source)
    small = f"{source[0].upper()}{source[1:]}, dividends reinvested. Not investment advice."
    sheet.write(MARGIN, y + 2 * _ROW, small, color=palette.quiet)
