"""The picture of the weekly report: every ETF's outlook in one row, in % from its last close."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from matplotlib.ticker import MaxNLocator

from forecasting.chart.sheet import MARGIN, WIDTH, Sheet
from forecasting.chart.text import LINE, SMALL, day, printable, source_in_words, text_width, wrapped
from forecasting.quantiles import HIGH50, HIGH80, LOW50, LOW80, MEDIAN
from forecasting.report import ForecastReport, Theme

_TITLE: Final = 14
_SMALL_ROW: Final = SMALL * LINE
_ROW: Final = 19  # height of an ETF's row
_NAMES: Final = 62  # width of the column of tickers
_EXPLANATION: Final = (
    "Short bar: the middle 50 % of outcomes. Long bar: 80 %. Mark: the median. Each ETF in % from its own last close."
)
_BANDS: Final = ((LOW80, HIGH80, 13, 1), (LOW50, HIGH50, 8, 2))
"""Lower and upper level, height of the bar, and its colour's place in the palette: the wide band first."""


@dataclass(frozen=True)
class _Scale:
    """From % to points of the sheet."""

    left: float
    width: float
    low: float
    high: float
    ticks: tuple[float, ...]

    def x(self, percent: float) -> float:
        inside = min(max(percent, self.low), self.high)
        return self.left + (inside - self.low) / (self.high - self.low) * self.width


def overview_sheet(reports: Sequence[ForecastReport], theme: Theme) -> Sheet:
    """Draw one row for each of ``reports``, in their order, at least one; the height grows with them."""
    words = wrapped(_EXPLANATION, WIDTH - 2 * MARGIN, 3)
    top = MARGIN + _TITLE * LINE + (1 + len(words)) * _SMALL_ROW + 10
    bottom = top + len(reports) * _ROW
    sheet = Sheet(bottom + 2 * _SMALL_ROW + 8 + MARGIN, theme)
    _draw_head(sheet, reports, words)
    labels = [_label(report) for report in reports]
    scale = _scale(reports, max(text_width(label, SMALL, "bold") for label in labels))
    _draw_grid(sheet, scale, top, bottom)
    for n, (report, label) in enumerate(zip(reports, labels, strict=True)):
        _draw_row(sheet, report, label, scale, top + (n + 0.5) * _ROW)
    source = source_in_words(reports[0].source)
    small = f"{source[0].upper()}{source[1:]}, dividends reinvested. Not investment advice."
    sheet.write(MARGIN, bottom + 1.5 * _SMALL_ROW + 8, small, color=sheet.palette.quiet)
    return sheet


def _draw_head(sheet: Sheet, reports: Sequence[ForecastReport], words: Sequence[str]) -> None:
    y = MARGIN + _TITLE * LINE / 2
    sheet.write(MARGIN, y, f"{len(reports[0].forecast)} sessions ahead", size=_TITLE, weight="bold")
    if reports[0].source == "simulated":
        sheet.flag_simulated(y)
    oldest, newest = min(r.as_of for r in reports), max(r.as_of for r in reports)
    as_of = day(newest) if oldest == newest else f"{day(oldest)} to {day(newest)}"
    y += _TITLE * LINE / 2 + _SMALL_ROW / 2
    for text in (f"From the closes of {as_of}", *words):
        sheet.write(MARGIN, y, text, color=sheet.palette.quiet)
        y += _SMALL_ROW


def _percents(report: ForecastReport) -> tuple[float, ...]:
    """The last step's quantiles in % from the last close."""
    return tuple(100 * (price / report.last_close - 1) for price in report.forecast[-1].quantiles)


def _label(report: ForecastReport) -> str:
    percent = round(_percents(report)[MEDIAN], 1)
    return f"{'−' if percent < 0 else '+' if percent > 0 else ''}{abs(percent):,.1f} %"


def _scale(reports: Sequence[ForecastReport], labels: float) -> _Scale:
    low_level, high_level = _BANDS[0][:2]
    low = min(0.0, *(_percents(report)[low_level] for report in reports))
    high = max(0.0, *(_percents(report)[high_level] for report in reports))
    room = 0.03 * (high - low) or 1.0
    low, high = low - room, high + room
    ticks = tuple(float(t) for t in MaxNLocator(nbins=6).tick_values(low, high) if low <= t <= high)
    left = MARGIN + _NAMES
    return _Scale(left, WIDTH - MARGIN - labels - 8 - left, low, high, ticks)


def _draw_grid(sheet: Sheet, scale: _Scale, top: float, bottom: float) -> None:
    gap = min((b - a for a, b in pairwise(scale.ticks)), default=1.0)
    decimals = max(0, -math.floor(math.log10(gap)))
    free = scale.left - _NAMES / 2
    for tick in scale.ticks:
        x = scale.x(tick)
        sheet.box(x - 0.35, top, 0.7, bottom - top, fill=sheet.palette.quiet if tick == 0 else sheet.palette.grid)
        text = f"{tick:+,.{decimals}f} %".replace("-", "−") if tick else "0 %"
        half = text_width(text) / 2
        if x - half >= free and x + half <= WIDTH - MARGIN:
            sheet.write(x, bottom + _SMALL_ROW / 2 + 2, text, color=sheet.palette.quiet, align="center")
            free = x + half + 6


def _draw_row(sheet: Sheet, report: ForecastReport, label: str, scale: _Scale, y: float) -> None:
    percents, palette = _percents(report), sheet.palette
    sheet.write(MARGIN, y, wrapped(printable(report.symbol), _NAMES - 6, 1, SMALL, "bold")[0], weight="bold")
    for low, high, height, color in _BANDS:
        x = scale.x(percents[low])
        sheet.box(x, y - height / 2, scale.x(percents[high]) - x, height, fill=palette.bands[color], edge=palette.edge)
    sheet.box(scale.x(percents[MEDIAN]) - 1, y - 7.5, 2, 15, fill=palette.line, edge=palette.background)
    sheet.write(WIDTH - MARGIN, y, label, weight="bold", align="right")
