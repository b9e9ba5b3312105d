"""The picture of several ETFs: their forecasts in % from today in one chart, and how their returns are correlated."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.colors import to_hex, to_rgb

from forecasting.chart.axes import SESSIONS_HEIGHT, label_sessions, percent_labels, plot_of, spread
from forecasting.chart.correlations import Matrix, return_correlations
from forecasting.chart.palette import MARKERS
from forecasting.chart.sheet import INNER, MARGIN, Key, Sheet, stroke
from forecasting.chart.text import ROW, SMALL, as_of_words, percent, printable, text_width, wrapped
from forecasting.quantiles import HIGH80, LOW80, MEDIAN
from forecasting.report import ForecastReport, Theme

_PLOT_HEIGHT = 200
_CELL = 17  # height of a table's row
_NAME = 62  # width of a table's first column
_EVERY = 18  # sessions from one marker of a line to the next
_DASHES = (4.0, 2.0)


def comparison_sheet(reports: Sequence[ForecastReport], theme: Theme) -> Sheet:
    """Draw two to six reports; the sheet's height follows their number."""
    sheet = Sheet(theme)
    sources = {report.source for report in reports}
    names = [printable(report.symbol) for report in reports]
    ahead = f"{len(reports[0].forecast)} trading days ahead, change from the last close"
    top = sheet.head(f"{len(reports)} ETFs compared", [ahead, f"As of {as_of_words(reports)}"], sources)
    below = _draw_paths(sheet, reports, names, top + 10)
    keys = [
        Key("median", color=sheet.palette.line, stroke=2.0),
        Key("80% range: 8 in 10 outcomes", color=sheet.palette.line, dashes=_DASHES, stroke=0.8, width=18),
    ]
    below = sheet.legend(below + 2, keys) + 10
    below = _draw_table(sheet, below, names, return_correlations(reports))
    return sheet.foot(below + 6, sources)


def _draw_paths(sheet: Sheet, reports: Sequence[ForecastReport], names: Sequence[str], top: float) -> float:
    """Median and 80% range of each ETF in a colour and with a marker of its own. Returns the height below."""
    paths = {level: [_path(report, level) for report in reports] for level in (LOW80, MEDIAN, HIGH80)}
    ends = [path[-1] for path in paths[MEDIAN]]
    labels = [
        f"{wrapped(name, 52, 1, SMALL, 'bold')[0]} {percent(end, 1)}" for name, end in zip(names, ends, strict=True)
    ]
    values = [value for some in paths.values() for path in some for value in path]
    right = MARGIN + max(text_width(text, SMALL, "bold") for text in labels) + 22
    plot = plot_of(sheet, top, _PLOT_HEIGHT, values, (0, len(reports[0].forecast)), percent_labels, right)
    plot.axes.axhline(0, color=sheet.palette.quiet, linewidth=stroke(0.5), zorder=0)
    for n, color in enumerate(sheet.palette.series[: len(reports)]):
        for level in (LOW80, HIGH80, MEDIAN):
            (line,) = plot.axes.plot(paths[level][n], color=color, marker=MARKERS[n], markersize=stroke(4))
            line.set_markevery((8 + 2 * n, _EVERY))
            line.set_linewidth(stroke(2.0 if level == MEDIAN else 0.8))
            if level != MEDIAN:
                line.set_dashes(_DASHES)
    order = sorted(range(len(reports)), key=lambda n: -ends[n])
    places = spread([plot.y(ends[n]) for n in order], ROW, plot.top, plot.bottom)
    for n, y in zip(order, places, strict=True):
        color = sheet.palette.series[n]
        sheet.line(plot.right + 2, plot.y(ends[n]), plot.right + 9, y, color=color)
        sheet.line(plot.right + 14, y, plot.right + 14, y, color=color, marker=MARKERS[n])
        sheet.write(plot.right + 20, y, labels[n], weight="bold", color=color)
    label_sessions(plot, [reports[0].as_of, *(step.session for step in reports[0].forecast)], start="today")
    return plot.bottom + SESSIONS_HEIGHT


def _path(report: ForecastReport, level: int) -> tuple[float, ...]:
    """A quantile in % from the last close, from 0 today on."""
    return (0.0, *(100 * (step.quantiles[level] / report.last_close - 1) for step in report.forecast))


def _draw_table(sheet: Sheet, top: float, names: Sequence[str], matrix: Matrix) -> float:
    """A heat map with its numbers: shade shows how strong, colour which sign. Returns the height below."""
    sheet.write(MARGIN, top + ROW / 2, "Correlation of daily returns, past year", weight="bold")
    width = (INNER - _NAME) / len(names)
    for column, name in enumerate(names):
        x = MARGIN + _NAME + (column + 0.5) * width
        sheet.write(x, top + 1.7 * ROW, wrapped(name, width - 2, 1)[0], color=sheet.palette.quiet, align="center")
    top += 2.4 * ROW
    for name, values in zip(names, matrix, strict=True):
        sheet.write(MARGIN, top + _CELL / 2, wrapped(name, _NAME - 6, 1)[0])
        for column, value in enumerate(values):
            x = MARGIN + _NAME + column * width
            sheet.box(x, top, width - 1, _CELL - 1, fill=_shade(sheet, value))
            text = "–" if value is None else f"{value:.2f}".replace("-", "−")
            sheet.write(x + (width - 1) / 2, top + (_CELL - 1) / 2, text, align="center")
        top += _CELL
    return top


def _shade(sheet: Sheet, value: float | None) -> str:
    """Between the background at 0 and the full colour of the sign at 1."""
    palette, part = sheet.palette, abs(value or 0)
    full = to_rgb(palette.negative if (value or 0) < 0 else palette.bands[1])
    red, green, blue = (a + (b - a) * part for a, b in zip(to_rgb(palette.background), full, strict=True))
    return to_hex((red, green, blue))
