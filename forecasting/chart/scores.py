"""The picture of errors: MAE, MSE and RMSE as three bar charts, every ETF, every model."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from forecasting.chart.sheet import INNER, MARGIN, Key, Sheet
from forecasting.chart.text import NORMAL, ROW, SMALL, day, printable, text_width, wrapped
from forecasting.models import MODELS, POSTED
from forecasting.report import ForecastReport, Theme

METRICS: Final = (("mae", "MAE", "USD"), ("mse", "MSE", "USD²"), ("rmse", "RMSE", "USD"))

_WITH_FIGURE = (POSTED, "random_walk")  # if there is no room for all: the posted one, and what it must beat
_PANEL_NAMES = ROW + 8
_GAP = 8  # between panels
_ROOMY = 6  # ETFs up to which each bar has its name and its figure
_METRICS_IN_WORDS = (
    "Average error of the median forecast over 60 trading days; shorter bars are better. MAE = average miss, RMSE = "
    "counts big misses more, MSE = RMSE squared. Bars start at 0; each ETF has its own scale."
)
_MODELS_IN_WORDS = " ".join(
    f"{model.label[0].upper()}{model.label[1:]}: {model.description[0].lower()}{model.description[1:]}"
    for name, model in MODELS.items()
    if name != POSTED
)


@dataclass(frozen=True)
class _Layout:
    """Of one ETF's group of bars, in points of the sheet. Many ETFs get thin bars without names."""

    bar: float
    named: bool

    @property
    def height(self) -> float:
        return ROW + 4 + len(MODELS) * self.bar + 6

    @property
    def names(self) -> float:
        """Width of the column of names at the left."""
        return max(text_width(model.label, SMALL, "bold") for model in MODELS.values()) + 5 if self.named else 0.0

    def middle(self, top: float, row: int) -> float:
        """Of a bar of the group that starts at the height ``top``."""
        return top + ROW + 4 + (row + 0.5) * self.bar


def scores_sheet(reports: Sequence[ForecastReport], theme: Theme) -> Sheet:
    """Draw the errors of those ``reports`` that have scores, in their order; the height grows with them."""
    scored = [report for report in reports if report.scores]
    layout = _Layout(10.5, named=True) if len(scored) <= _ROOMY else _Layout(5.5, named=False)
    sheet = Sheet(theme)
    sources = {report.source for report in reports}
    title = "Errors of past forecasts"
    if not scored:
        top = sheet.head(title, ["No ETF has scores yet: a backtest needs three years of prices."], sources)
        return sheet.foot(top + 6, sources)
    top = sheet.head(title, wrapped(_METRICS_IN_WORDS, INNER, 4), sources) + 6
    notes = [_MODELS_IN_WORDS]
    if not layout.named:
        order = [Key(model.label, fill=model.colours[theme], width=8) for model in MODELS.values()]
        top = sheet.legend(sheet.rows(top, ["Bars of each ETF, from the top:"]), order) + 8
        notes.insert(0, f"Numbers: {MODELS[POSTED].label} in bold, {MODELS['random_walk'].label} below it.")
    missing = [printable(report.symbol) for report in reports if not report.scores]
    if missing:
        notes.append(f"Not scored yet: {', '.join(missing)}.")
    return sheet.foot(_draw_panels(sheet, scored, layout, top + _PANEL_NAMES) + 4, sources, *notes)


def _draw_panels(sheet: Sheet, scored: Sequence[ForecastReport], layout: _Layout, top: float) -> float:
    """Three panels side by side. Returns the height below them."""
    left = MARGIN + layout.names
    width = (INNER - layout.names - 2 * _GAP) / 3
    for column, (metric, name, unit) in enumerate(METRICS):
        x = left + column * (width + _GAP)
        sheet.write(x, top - _PANEL_NAMES + ROW / 2, f"{name}, {unit}", size=NORMAL, weight="bold")
        for n, report in enumerate(scored):
            _draw_group(sheet, report, metric, layout, x, top + n * layout.height, width)
    for n, report in enumerate(scored):
        _name_group(sheet, report, layout, top + n * layout.height)
    return top + len(scored) * layout.height


def _name_group(sheet: Sheet, report: ForecastReport, layout: _Layout, top: float) -> None:
    """The ETF and what its errors are based on, above its bars, and the models at their left."""
    symbol = printable(report.symbol)
    sheet.write(MARGIN, top + ROW / 2, symbol, weight="bold", size=NORMAL)
    count = next(iter(report.scores.values())).cutoffs
    basis = f"{count} test date{'s' * (count != 1)}, {day(report.backtest_from)} to {day(report.backtest_to)}"
    sheet.write(MARGIN + text_width(symbol, NORMAL, "bold") + 6, top + ROW / 2, basis, color=sheet.palette.quiet)
    for row, (name, model) in enumerate(MODELS.items() if layout.named else ()):
        x, y = MARGIN + layout.names - 5, layout.middle(top, row)
        sheet.write(x, y, model.label, weight="bold" if name == POSTED else "normal", align="right")


def _draw_group(
    sheet: Sheet, report: ForecastReport, metric: str, layout: _Layout, left: float, top: float, width: float
) -> None:
    """One ETF's bars of one metric. Their scale ends at the longest, and the figures stand after it."""
    rows = [(row, model) for row, model in enumerate(MODELS) if model in report.scores]
    values = [float(getattr(report.scores[model], metric)) for _, model in rows]
    figures = _figures(values)
    longest = _largest(values)
    room = width - max(text_width(text, SMALL, "bold") for text in figures) - 4
    sheet.box(left - 0.5, top + ROW + 2, 0.5, layout.height - ROW - 6, fill=sheet.palette.quiet)
    for (row, model), value, text in zip(rows, values, figures, strict=True):
        length = value / longest * room if longest > 0 and math.isfinite(value) else 0.0
        middle, thickness = layout.middle(top, row), 0.8 * layout.bar
        fill = MODELS[model].colours[sheet.theme]
        sheet.box(left, middle - thickness / 2, length, thickness, fill=fill, edge=sheet.palette.edge)
        if layout.named or model in _WITH_FIGURE:
            sheet.write(left + room + 4, middle, text, weight="bold" if model == POSTED else "normal")


def _largest(values: Iterable[float]) -> float:
    return max((value for value in values if math.isfinite(value)), default=0.0)


def _figures(values: Sequence[float]) -> list[str]:
    """Errors in the same form, with three significant digits or more of the largest."""
    largest = _largest(values)
    if largest >= 1_000_000:
        divisor, unit = 1_000_000.0, "M"
    elif largest >= 100_000:
        divisor, unit = 1_000.0, "k"
    else:
        divisor, unit = 1.0, ""
    scaled = largest / divisor
    decimals = 0 if scaled >= 1000 else 1 if scaled >= 100 else 2 if scaled >= 1 else 3
    if 0 < scaled < 0.1:
        decimals = 2 - math.floor(math.log10(scaled))
    return [f"{value / divisor:,.{decimals}f}{unit}" if math.isfinite(value) else "n/a" for value in values]
