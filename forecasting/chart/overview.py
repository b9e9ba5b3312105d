"""The picture of the weekly report: every ETF's forecast in one row, in % from its last close."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from forecasting.chart.axes import percent_scale
from forecasting.chart.sheet import MARGIN, WIDTH, Key, Sheet
from forecasting.chart.text import ROW, SMALL, printable, text_width, wrapped
from forecasting.chart.words import ENGLISH, Words
from forecasting.quantiles import HIGH50, HIGH80, LOW50, LOW80, MEDIAN
from forecasting.report import ForecastReport, Theme

_HEIGHT: Final = 19  # of an ETF's row
_NAMES: Final = 62  # width of the column of tickers
_BANDS: Final = ((LOW80, HIGH80, 13, 1), (LOW50, HIGH50, 8, 2))
"""Lower and upper level, height of the bar, and its colour's place in the palette: the wide band first."""


def overview_sheet(reports: Sequence[ForecastReport], theme: Theme, words: Words = ENGLISH) -> Sheet:
    """Draw one row for each of ``reports``, in their order, at least one; the height grows with them."""
    sheet = Sheet(theme, words)
    sources = {report.source for report in reports}
    lines = [words("picture.as_of", date=words.as_of(reports)), words("picture.overview.change")]
    top = sheet.head(words("picture.overview.title", sessions=len(reports[0].forecast)), lines, sources) + 3
    palette = sheet.palette
    keys = [
        Key(words("picture.median"), fill=palette.line, width=2),
        Key(words("picture.overview.half"), fill=palette.bands[2]),
        Key(words("picture.overview.most", share=words.share(0.8)), fill=palette.bands[1]),
    ]
    top = sheet.legend(top, keys) + 7
    bottom = top + len(reports) * _HEIGHT
    x_of = _draw_scale(sheet, [_percents(report) for report in reports], top, bottom)
    for n, report in enumerate(reports):
        _draw_row(sheet, report, x_of, top + (n + 0.5) * _HEIGHT)
    return sheet.foot(bottom + ROW + 8, sources)


def _percents(report: ForecastReport) -> tuple[float, ...]:
    """The last step's quantiles in % from the last close."""
    return tuple(100 * (price / report.last_close - 1) for price in report.forecast[-1].quantiles)


def _draw_scale(
    sheet: Sheet, percents: Sequence[Sequence[float]], top: float, bottom: float
) -> Callable[[float], float]:
    """Lines down at round percentages, named below. Returns what gives a percentage its place."""
    low = min(0.0, *(each[LOW80] for each in percents))
    high = max(0.0, *(each[HIGH80] for each in percents))
    room = 0.03 * (high - low) or 1.0
    labels = max(text_width(sheet.words.percent(each[MEDIAN], 1), SMALL, "bold") for each in percents)
    return percent_scale(sheet, low - room, high + room, MARGIN + _NAMES, WIDTH - MARGIN - labels - 8, top, bottom)


def _draw_row(sheet: Sheet, report: ForecastReport, x_of: Callable[[float], float], y: float) -> None:
    percents, palette = _percents(report), sheet.palette
    sheet.write(MARGIN, y, wrapped(printable(report.symbol), _NAMES - 6, 1, SMALL, "bold")[0], weight="bold")
    for low, high, height, color in _BANDS:
        x, to = x_of(percents[low]), x_of(percents[high])
        sheet.box(x, y - height / 2, to - x, height, fill=palette.bands[color], edge=palette.edge)
    sheet.box(x_of(percents[MEDIAN]) - 1, y - 7.5, 2, 15, fill=palette.line, edge=palette.background)
    sheet.write(WIDTH - MARGIN, y, sheet.words.percent(percents[MEDIAN], 1), weight="bold", align="right")
