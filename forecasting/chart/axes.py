"""Axes with sessions from left to right and values from bottom to top, and places for labels that can be read.

Heights grow downwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from forecasting.chart.sheet import MARGIN, WIDTH, Sheet, stroke
from forecasting.chart.text import ROW, text_width
from forecasting.chart.words import Words

SESSIONS_HEIGHT: Final = 8 + 2 * ROW
"""Below a plot, for its dates."""

_WEEKS_UP_TO = 45
"""Sessions of a plot that is labelled by weeks instead of months."""

_TICK = 5


@dataclass(frozen=True)
class Plot:
    """Axes whose limits are set, and where they lie, in points of the sheet."""

    sheet: Sheet
    axes: Axes
    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def x(self, place: float) -> float:
        first, last = self.axes.get_xlim()
        return self.left + (place - first) / (last - first) * self.width

    def y(self, value: float) -> float:
        low, high = self.axes.get_ylim()
        return self.top + (high - value) / (high - low) * self.height


def plot_of(
    sheet: Sheet,
    top: float,
    height: float,
    values: Sequence[float],
    sessions: tuple[float, float],
    labels: Callable[[Sequence[float]], list[str]],
    right: float = MARGIN,
    left: float = MARGIN,
) -> Plot:
    """Axes with room for all ``values``, lines across at round ones, and their labels at the left.

    Args:
        sessions: limits of the horizontal axis, on which sessions are numbered.
        labels: of the round values, such as those of ``money_labels``.
        right, left: what to leave free at the sides; the labels begin at ``left``.
    """
    least, most = min(values), max(values)
    room = 0.06 * (most - least) or 0.01 * abs(most) or 1.0
    low, high = least - room, most + room
    ticks = [float(tick) for tick in MaxNLocator(nbins=5).tick_values(low, high) if low <= tick <= high]
    texts = labels(ticks)
    left += max(map(text_width, texts), default=0.0) + 5
    width = WIDTH - left - right
    axes = sheet.axes(left, top, width, height)
    axes.set_xlim(*sessions)
    axes.set_ylim(low, high)
    plot = Plot(sheet, axes, left, top, width, height)
    for tick, text in zip(ticks, texts, strict=True):
        axes.axhline(tick, color=sheet.palette.grid, linewidth=stroke(0.5), zorder=0)
        sheet.write(left - 5, plot.y(tick), text, color=sheet.palette.quiet, align="right")
    return plot


def money_labels(words: Words, currency: str) -> Callable[[Sequence[float]], list[str]]:
    """Amounts with as many decimals as it takes to tell them apart."""
    return lambda ticks: [
        words.priced(f"{tick:,.{_decimals(ticks, (0, 2, 3, 4, 5, 6, 8, 12))}f}", currency) for tick in ticks
    ]


def percent_labels(words: Words) -> Callable[[Sequence[float]], list[str]]:
    """``+5%``, with as many decimals as it takes to tell them apart."""
    return lambda ticks: [words.percent(tick, _decimals(ticks, (0, 1, 2, 3, 4))) for tick in ticks]


def decimal_labels(ticks: Sequence[float]) -> list[str]:
    """``0.05``, with as many decimals as it takes to tell them apart."""
    return [f"{tick:.{_decimals(ticks, (2, 3, 4, 5))}f}" for tick in ticks]


def _decimals(ticks: Sequence[float], choice: Sequence[int]) -> int:
    step = min((b - a for a, b in pairwise(ticks)), default=1.0)
    return next((n for n in choice if abs(round(step, n) - step) < step / 100), choice[-1])


def label_sessions(plot: Plot, sessions: Sequence[date], start: str = "") -> None:
    """Ticks and names of weeks or months, whichever there is room for; a year below the first of its months.

    Args:
        sessions: those of the horizontal axis, from its number 0 on.
        start: the name of the first of them.
    """
    sheet, quiet = plot.sheet, plot.sheet.palette.quiet
    weekly = len(sessions) <= _WEEKS_UP_TO
    starts = [n for n, (a, b) in enumerate(pairwise(sessions), 1) if _period(a, weekly) != _period(b, weekly)]
    every = 1 if weekly else next(n for n in (1, 2, 3, 6, 12) if len(starts) / n <= 7 or n == 12)
    y, free, year = plot.bottom + 8, float(MARGIN), None
    if start:
        sheet.write(plot.left, y, start, color=quiet)
        free = plot.left + text_width(start) + 6
    for n in starts:
        day = sessions[n]
        named = weekly or (day.month - 1) % every == 0
        label = sheet.words.day(day) if weekly else sheet.words.month(day)
        half = max(text_width(label), 0 if weekly or day.year == year else text_width(str(day.year))) / 2
        x = plot.x(n) if weekly else min(plot.x(n), WIDTH - MARGIN - half)
        fits = x - half >= free and x + half <= WIDTH - MARGIN
        length = _TICK if named else _TICK / 2
        if fits or not start:  # a tick over the name of the start would seem to be its own
            plot.axes.axvline(n, ymax=length / plot.height, color=quiet, linewidth=stroke(0.7))
        if not (named and fits):
            continue
        sheet.write(x, y, label, color=quiet, align="center")
        free = x + half + 6
        if not weekly and day.year != year:
            year = day.year
            sheet.write(x, y + ROW, str(year), color=quiet, align="center")


def _period(day: date, weekly: bool) -> tuple[int, int]:
    return day.isocalendar()[:2] if weekly else (day.year, day.month)


def percent_scale(
    sheet: Sheet,
    low: float,
    high: float,
    left: float,
    right: float,
    top: float,
    bottom: float,
    labels: Callable[[Sequence[float]], list[str]] | None = None,
) -> Callable[[float], float]:
    """Lines down at round percentages, named below. Returns what gives a percentage its place across, kept inside.

    Args:
        low, high: the ends of the scale, in %.
        left, right: their places.
        labels: of the round percentages, if not those of ``percent_labels``.
    """
    width = right - left
    ticks = [float(tick) for tick in MaxNLocator(nbins=6).tick_values(low, high) if low <= tick <= high]
    free = 0.0
    for tick, text in zip(ticks, (labels or percent_labels(sheet.words))(ticks), strict=True):
        x = left + (tick - low) / (high - low) * width
        sheet.box(x - 0.35, top, 0.7, bottom - top, fill=sheet.palette.quiet if tick == 0 else sheet.palette.grid)
        half = text_width(text) / 2
        if x - half >= free and x + half <= WIDTH - MARGIN:
            sheet.write(x, bottom + ROW / 2 + 2, text, color=sheet.palette.quiet, align="center")
            free = x + half + 6
    return lambda value: left + (min(max(value, low), high) - low) / (high - low) * width


def spread(wanted: Sequence[float], gap: float, top: float, bottom: float) -> list[float]:
    """Heights at least ``gap`` apart and between ``top`` and ``bottom``, as near to ``wanted`` as that allows.

    ``wanted`` is in ascending order, and so is the answer. Neighbours that are too close are moved as one block about
    their mean, which is the least-squares answer (pool adjacent violators). Where there is no room for all, the
    distance is kept and the bottom passed.
    """
    blocks: list[tuple[float, int]] = []  # of heights less what the labels above take up: mean and number of labels
    for n, height in enumerate(wanted):
        mean, count = height - n * gap, 1
        while blocks and blocks[-1][0] > mean:
            above, members = blocks.pop()
            mean, count = (above * members + mean * count) / (members + count), members + count
        blocks.append((mean, count))
    free = [mean for mean, count in blocks for _ in range(count)]
    highest = bottom - (len(wanted) - 1) * gap
    return [max(top, min(height, highest)) + n * gap for n, height in enumerate(free)]


def free_place(
    taken: Sequence[tuple[float, float, float]],
    left: float,
    right: float,
    height: float,
    wanted: float,
    top: float,
    bottom: float,
) -> float:
    """The middle of a box from ``left`` to ``right`` that nothing runs through, nearest to ``wanted``.

    Args:
        taken: what is drawn, from left to right: x, highest and lowest place there. Neighbours are joined.

    If nothing is free, the middle that crosses least.
    """
    spans = [(min(a[1], b[1]), max(a[2], b[2])) for a, b in pairwise(taken) if b[0] >= left and a[0] <= right]
    reach = height / 2 + 2
    places = [top + reach + n for n in range(max(1, int(bottom - top - 2 * reach) + 1))]

    def crossings(middle: float) -> int:
        return sum(high < middle + reach and low > middle - reach for high, low in spans)

    return min(places, key=lambda middle: (crossings(middle), abs(middle - wanted)))
