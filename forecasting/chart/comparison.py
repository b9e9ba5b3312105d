"""The picture of several ETFs: their 80% ranges in % from today in one chart, and how their returns are correlated."""

from __future__ import annotations

from collections.abc import Sequence

from forecasting.chart.axes import SESSIONS_HEIGHT, Plot, label_sessions, percent_labels, plot_of, spread
from forecasting.chart.correlations import Matrix, return_correlations
from forecasting.chart.palette import DASHES, MARKERS
from forecasting.chart.sheet import INNER, MARGIN, Sheet, stroke
from forecasting.chart.text import ROW, SMALL, printable, text_width, wrapped
from forecasting.chart.words import ENGLISH, Words
from forecasting.quantiles import HIGH80, LOW80, MEDIAN
from forecasting.report import ForecastReport, Theme

_PLOT_HEIGHT = 200
_NAME = 62  # width of a name
_MEDIAN = 46  # width of the table's second column
_EVERY = 18  # sessions from one marker of a line to the next


def comparison_sheet(reports: Sequence[ForecastReport], theme: Theme, words: Words = ENGLISH) -> Sheet:
    """Draw two to six reports; the sheet's height follows their number."""
    sheet = Sheet(theme, words)
    sources = {report.source for report in reports}
    names = [printable(report.symbol) for report in reports]
    ahead = words("picture.compare.ahead", level=80, sessions=len(reports[0].forecast))
    lines = [
        row for line in (ahead, words("picture.as_of", date=words.as_of(reports))) for row in wrapped(line, INNER, 2)
    ]
    top = sheet.head(words("picture.compare.title", count=len(reports)), lines, sources)
    below = _draw_ranges(sheet, reports, names, top + 10)
    below = sheet.rows(below + 2, wrapped(words("picture.compare.lines"), INNER, 2), color=sheet.palette.quiet)
    below = _draw_table(sheet, below + 8, reports, names, return_correlations(reports))
    return sheet.foot(below + 6, sources)


def _draw_ranges(sheet: Sheet, reports: Sequence[ForecastReport], names: Sequence[str], top: float) -> float:
    """Both ends of each ETF's range in a colour, with dashes, a marker and labels of its own. Returns the height below.

    Medians are left out: next to such ranges they are one line.
    """
    paths = {level: [_path(report, level) for report in reports] for level in (LOW80, HIGH80)}
    labels = {
        (n, level): f"{wrapped(names[n], _NAME, 1, SMALL, 'bold')[0]} {sheet.words.percent(path[-1], 0)}"
        for level, some in paths.items()
        for n, path in enumerate(some)
    }
    values = [value for some in paths.values() for path in some for value in path]
    right = MARGIN + max(text_width(text, SMALL, "bold") for text in labels.values()) + 22
    plot = plot_of(sheet, top, _PLOT_HEIGHT, values, (0, len(reports[0].forecast)), percent_labels(sheet.words), right)
    plot.axes.axhline(0, color=sheet.palette.quiet, linewidth=stroke(0.5), zorder=0)
    for n, color in enumerate(sheet.palette.series[: len(reports)]):
        for some in paths.values():
            (line,) = plot.axes.plot(some[n], color=color, marker=MARKERS[n], markersize=stroke(4))
            line.set_markevery((8 + 2 * n, _EVERY))
            line.set_linewidth(stroke(1.4))
            line.set_dashes(DASHES[n])
    order = sorted(labels, key=lambda label: -paths[label[1]][label[0]][-1])
    places = spread([plot.y(paths[level][n][-1]) for n, level in order], ROW, plot.top, plot.bottom)
    for (n, level), y in zip(order, places, strict=True):
        _label_end(plot, n, plot.y(paths[level][n][-1]), y, labels[n, level])
    label_sessions(
        plot,
        [reports[0].as_of, *(step.session for step in reports[0].forecast)],
        start=sheet.words("picture.compare.today"),
    )
    return plot.bottom + SESSIONS_HEIGHT


def _label_end(plot: Plot, series: int, there: float, y: float, text: str) -> None:
    sheet, color = plot.sheet, plot.sheet.palette.series[series]
    sheet.line(plot.right + 2, there, plot.right + 9, y, color=color)
    sheet.line(plot.right + 14, y, plot.right + 14, y, color=color, marker=MARKERS[series])
    sheet.write(plot.right + 20, y, text, weight="bold", color=color)


def _path(report: ForecastReport, level: int) -> tuple[float, ...]:
    """A quantile in % from the last close, from 0 today on."""
    return (0.0, *(100 * (step.quantiles[level] / report.last_close - 1) for step in report.forecast))


def _draw_table(
    sheet: Sheet, top: float, reports: Sequence[ForecastReport], names: Sequence[str], matrix: Matrix
) -> float:
    """The medians, and each pair's correlation once. Returns the height below."""
    left = MARGIN + _NAME + _MEDIAN
    width = min(60.0, (INNER - _NAME - _MEDIAN) / (len(names) - 1))
    first = MARGIN + INNER - (len(names) - 2) * width  # where the first column ends
    quiet = sheet.palette.quiet
    sheet.write(left - 4, top + 1.5 * ROW, sheet.words("picture.median"), color=quiet, align="right")
    heading = sheet.words("picture.compare.correlation")
    sheet.write(MARGIN + INNER, top + ROW / 2, heading, color=quiet, align="right")
    for column, name in enumerate(names[:-1]):
        x = first + column * width
        sheet.write(x, top + 1.5 * ROW, wrapped(name, width - 6, 1)[0], color=quiet, align="right")
    top += 2 * ROW
    for row, (name, report, values) in enumerate(zip(names, reports, matrix, strict=True)):
        y = top + (row + 0.5) * (ROW + 2) + 1
        sheet.write(MARGIN, y, wrapped(name, _NAME - 6, 1, SMALL, "bold")[0], weight="bold")
        sheet.write(left - 4, y, sheet.words.percent(_path(report, MEDIAN)[-1], 1), align="right")
        for column, value in enumerate(values[:row]):
            text = "–" if value is None else sheet.words.number(f"{value:.2f}").replace("-", "−")
            sheet.write(first + column * width, y, text, align="right")
    return top + len(names) * (ROW + 2)
