"""The picture of several ETFs: their forecasts in % from today in one chart, and two tables of correlations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from matplotlib.colors import to_hex, to_rgb
from matplotlib.ticker import MaxNLocator

from forecasting.chart.correlations import Matrix, path_correlations, return_correlations
from forecasting.chart.labels import spread
from forecasting.chart.plot import Plot
from forecasting.chart.sheet import MARGIN, WIDTH, Sheet, stroke
from forecasting.chart.text import LINE, MONTHS, SMALL, day, printable, source_in_words, text_width, wrapped
from forecasting.quantiles import HIGH80, LOW80, MEDIAN
from forecasting.report import ForecastReport, Theme

_LINES: Final[Mapping[Theme, tuple[str, ...]]] = MappingProxyType(
    {
        "dark": ("#7cc4f5", "#f0b03c", "#4fd6ab", "#ff8f66", "#f2e56b", "#e3a1cb"),
        "light": ("#0067a3", "#a85b00", "#00785a", "#c2410c", "#6b5b00", "#963a73"),
    }
)
"""One colour for each ETF, after Okabe and Ito, at least 4.5 : 1 against the background; each line has a label too."""

_WARM: Final[Mapping[Theme, str]] = MappingProxyType({"dark": "#84572b", "light": "#f0b97a"})
"""Of correlations below 0; those above are in the colour of the bands."""

_PLOT_HEIGHT = 200
_TITLE = 14
_ROW = SMALL * LINE
_CELL = 17  # height of a table's row
_NAME = 62  # width of a table's first column
_EXPLANATION = "Thick: the median. Dashed: the 80 % range, 8 in 10 outcomes."
_ABOUT_PATHS = "Medians are nearly straight, so this says little but their direction."


@dataclass(frozen=True)
class _Path:
    """One ETF's forecast in % from its last close, starting at 0 today."""

    symbol: str
    color: str
    low: tuple[float, ...]
    median: tuple[float, ...]
    high: tuple[float, ...]


def comparison_sheet(reports: Sequence[ForecastReport], theme: Theme) -> Sheet:
    """Draw two to six reports; the sheet's height follows their number."""
    table = 2 * _ROW + len(reports) * _CELL + 10
    top = MARGIN + _TITLE * LINE + _ROW + 10
    words = top + _PLOT_HEIGHT + 2 * _ROW + 8
    tables = words + _ROW + 10
    sheet = Sheet(tables + 2 * table + 2 * _ROW + MARGIN, theme)
    _head(sheet, reports)
    colors = _LINES[theme][: len(reports)]
    _draw_paths(sheet, reports, top, [_path(report, color) for report, color in zip(reports, colors, strict=True)])
    sheet.write(MARGIN, words + _ROW / 2, _EXPLANATION)
    names = [printable(report.symbol) for report in reports]
    _draw_table(
        sheet, tables, "Correlation of daily returns, the past year", names, return_correlations(reports), theme
    )
    _draw_table(
        sheet, tables + table, "Correlation of the forecasts' medians", names, path_correlations(reports), theme
    )
    end = tables + 2 * table
    source = source_in_words(reports[0].source)
    sheet.write(MARGIN, end + _ROW / 2, _ABOUT_PATHS, color=sheet.palette.quiet)
    small = f"{source[0].upper()}{source[1:]}, dividends reinvested. Not investment advice."
    sheet.write(MARGIN, end + 1.5 * _ROW, small, color=sheet.palette.quiet)
    return sheet


def _head(sheet: Sheet, reports: Sequence[ForecastReport]) -> None:
    y = MARGIN + _TITLE * LINE / 2
    sheet.write(MARGIN, y, f"{len(reports)} ETFs compared", size=_TITLE, weight="bold")
    if reports[0].source == "simulated":
        sheet.flag_simulated(y)
    oldest, newest = min(r.as_of for r in reports), max(r.as_of for r in reports)
    as_of = day(newest) if oldest == newest else f"{day(oldest)} to {day(newest)}"
    steps = len(reports[0].forecast)
    sheet.write(
        MARGIN,
        y + _TITLE * LINE / 2 + _ROW / 2,
        f"{steps} sessions ahead, in % from the last close, as of {as_of}",
        color=sheet.palette.quiet,
    )


def _path(report: ForecastReport, color: str) -> _Path:
    def percent(level: int) -> tuple[float, ...]:
        return (0.0, *(100 * (step.quantiles[level] / report.last_close - 1) for step in report.forecast))

    return _Path(printable(report.symbol), color, percent(LOW80), percent(MEDIAN), percent(HIGH80))


def _draw_paths(sheet: Sheet, reports: Sequence[ForecastReport], top: float, paths: Sequence[_Path]) -> None:
    labels = [f"{wrapped(path.symbol, 52, 1, SMALL, 'bold')[0]} {_signed(path.median[-1], 1)} %" for path in paths]
    plot = _prepare(sheet, top, paths, MARGIN + max(text_width(text, SMALL, "bold") for text in labels) + 16)
    for path in paths:
        for edge in (path.low, path.high):
            plot.axes.plot(edge, color=path.color, linewidth=stroke(0.8), dashes=(4, 2))
        plot.axes.plot(path.median, color=path.color, linewidth=stroke(2.0))
    order = sorted(range(len(paths)), key=lambda n: -paths[n].median[-1])
    wanted = [plot.y(paths[n].median[-1]) for n in order]
    for n, y in zip(order, spread(wanted, _ROW, plot.top, plot.top + _PLOT_HEIGHT), strict=True):
        here = plot.y(paths[n].median[-1])
        sheet.line(plot.right + 2, here, plot.right + 11, y, color=paths[n].color)
        sheet.write(plot.right + 14, y, labels[n], weight="bold", color=paths[n].color)
    _label_months(sheet, plot, reports[0])


def _prepare(sheet: Sheet, top: float, paths: Sequence[_Path], right: float) -> Plot:
    least = min(min(path.low) for path in paths)
    most = max(max(path.high) for path in paths)
    room = 0.06 * (most - least) or 1.0
    low, high = least - room, most + room
    ticks = [tick for tick in MaxNLocator(nbins=6).tick_values(low, high) if low <= tick <= high]
    step = min((b - a for a, b in pairwise(ticks)), default=1.0)
    labels = [f"{_signed(tick, 0 if step >= 1 else 1)} %" for tick in ticks]
    left = MARGIN + max(map(text_width, labels)) + 5
    width = WIDTH - left - right
    axes = sheet.axes(left, top, width, _PLOT_HEIGHT)
    steps = len(paths[0].median) - 1
    axes.set_xlim(0, steps)
    axes.set_ylim(low, high)
    plot = Plot(axes, left, top, width, _PLOT_HEIGHT)
    for tick, text in zip(ticks, labels, strict=True):
        color = sheet.palette.quiet if tick == 0 else sheet.palette.grid
        axes.axhline(tick, color=color, linewidth=stroke(0.5), zorder=0)
        sheet.write(left - 5, plot.y(tick), text, color=sheet.palette.quiet, align="right")
    return plot


def _label_months(sheet: Sheet, plot: Plot, report: ForecastReport) -> None:
    """A tick and a name at each month's first session, ``today`` at the start."""
    sessions = [report.as_of, *(step.session for step in report.forecast)]
    bottom = plot.top + _PLOT_HEIGHT
    sheet.write(plot.left, bottom + 8, "today", color=sheet.palette.quiet)
    free = plot.left + text_width("today") + 6
    for n, (before, session) in enumerate(pairwise(sessions), 1):
        if before.month == session.month or plot.x(n) < free:  # a tick over "today" would seem to be its own
            continue
        plot.axes.axvline(n, ymax=5 / _PLOT_HEIGHT, color=sheet.palette.quiet, linewidth=stroke(0.7))
        label = f"{MONTHS[session.month - 1]} {session.year}"
        half = text_width(label) / 2
        if plot.x(n) - half >= free:
            sheet.write(plot.x(n), bottom + 8, label, color=sheet.palette.quiet, align="center")
            free = plot.x(n) + half + 6


def _draw_table(sheet: Sheet, top: float, title: str, names: Sequence[str], matrix: Matrix, theme: Theme) -> None:
    """A heat map with its numbers: shade says how strong, colour which sign."""
    sheet.write(MARGIN, top + _ROW / 2, title, weight="bold")
    width = (WIDTH - 2 * MARGIN - _NAME) / len(names)
    head = top + 1.5 * _ROW
    for column, name in enumerate(names):
        x = MARGIN + _NAME + (column + 0.5) * width
        sheet.write(x, head, wrapped(name, width - 2, 1)[0], color=sheet.palette.quiet, align="center")
    for row, (name, values) in enumerate(zip(names, matrix, strict=True)):
        y = top + 2 * _ROW + row * _CELL
        sheet.write(MARGIN, y + _CELL / 2, wrapped(name, _NAME - 6, 1)[0])
        for column, value in enumerate(values):
            x = MARGIN + _NAME + column * width
            sheet.box(x, y, width - 1, _CELL - 1, fill=_shade(sheet, value, theme))
            text = "–" if value is None else f"{value:.2f}".replace("-", "−")
            sheet.write(x + (width - 1) / 2, y + (_CELL - 1) / 2, text, align="center")


def _shade(sheet: Sheet, value: float | None, theme: Theme) -> str:
    """Between the background at 0 and the full colour of the sign at 1."""
    red, green, blue = to_rgb(sheet.palette.background)
    full_red, full_green, full_blue = to_rgb(_WARM[theme] if (value or 0) < 0 else sheet.palette.bands[1])
    part = abs(value or 0)
    mixed = (red + (full_red - red) * part, green + (full_green - green) * part, blue + (full_blue - blue) * part)
    return to_hex(mixed)


def _signed(percent: float, decimals: int) -> str:
    rounded = round(percent, decimals)
    sign = "−" if rounded < 0 else "+" if rounded > 0 else ""
    return f"{sign}{abs(rounded):.{decimals}f}"
