"""The picture of errors: MAE, MSE and RMSE as three bar charts, every ETF, every model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from forecasting.chart.sheet import MARGIN, WIDTH, Sheet
from forecasting.chart.text import LINE, NORMAL, SMALL, Weight, day, printable, source_in_words, text_width, wrapped
from forecasting.models import MODELS, POSTED
from forecasting.report import ForecastReport, Theme

METRICS: Final = (("mae", "MAE", "USD"), ("mse", "MSE", "USD²"), ("rmse", "RMSE", "USD"))

_WITH_FIGURE = (POSTED, "random_walk")  # where there is no room for all: the posted one, and what it must beat
_TITLE = 14
_ROW = SMALL * LINE
_HEAD = MARGIN + _TITLE * LINE + 2 * _ROW + 6
_LEGEND = _ROW + 8
_PANEL_NAMES = _ROW + 8
_GAP = 8  # between panels
_ROOMY = 6  # ETFs up to which each bar has its name and its figure
_EXPLANATION = " ".join(
    f"{model.label[0].upper()}{model.label[1:]}: {model.description}"
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
        return _ROW + 4 + len(MODELS) * self.bar + 6

    @property
    def names(self) -> float:
        """Width of the column of names at the left."""
        return max(text_width(model.label) for model in MODELS.values()) + 5 if self.named else 0.0


def scores_sheet(reports: Sequence[ForecastReport], theme: Theme) -> Sheet:
    """Draw the errors of those ``reports`` that have scores, in their order; the height grows with them."""
    scored = [report for report in reports if report.scores]
    layout = _Layout(10.5, named=True) if len(scored) <= _ROOMY else _Layout(5.5, named=False)
    footer = _footer(reports, scored, layout)
    top = _HEAD + (0 if layout.named else _LEGEND) + _PANEL_NAMES
    bottom = top + (len(scored) * layout.height if scored else _ROW) + 4
    sheet = Sheet(bottom + len(footer) * _ROW + MARGIN, theme)
    _draw_head(sheet, any(report.source == "simulated" for report in reports))
    if not layout.named:
        _draw_legend(sheet, _HEAD)
    if scored:
        _draw_panels(sheet, scored, layout, top)
    else:
        sheet.write(MARGIN, top, "No ETF has scores yet: a backtest needs three years of prices.")
    for row, text in enumerate(footer):
        sheet.write(MARGIN, bottom + (row + 0.5) * _ROW, text, color=sheet.palette.quiet)
    return sheet


def _draw_head(sheet: Sheet, simulated: bool) -> None:
    y = MARGIN + _TITLE * LINE / 2
    sheet.write(MARGIN, y, "Errors of past forecasts", size=_TITLE, weight="bold")
    if simulated:
        sheet.flag_simulated(y)
    y += _TITLE * LINE / 2 + _ROW / 2
    for text in (
        "The median against the close, all 60 sessions. Shorter is better.",
        "Bars start at 0; each ETF has a scale of its own.",
    ):
        sheet.write(MARGIN, y, text, color=sheet.palette.quiet)
        y += _ROW


def _draw_legend(sheet: Sheet, top: float) -> None:
    y = top + _ROW / 2
    order = "From the top: "
    sheet.write(MARGIN, y, order)
    x = MARGIN + text_width(order)
    for model in MODELS.values():
        sheet.box(x, y - 4, 8, 8, fill=model.colours[sheet.theme], edge=sheet.palette.edge)
        sheet.write(x + 11, y, model.label)
        x += 11 + text_width(model.label) + 7


def _draw_panels(sheet: Sheet, scored: Sequence[ForecastReport], layout: _Layout, top: float) -> None:
    left = MARGIN + layout.names
    width = (WIDTH - left - MARGIN - 2 * _GAP) / 3
    for column, (metric, name, unit) in enumerate(METRICS):
        x = left + column * (width + _GAP)
        sheet.write(x, top - _PANEL_NAMES + _ROW / 2, f"{name}, {unit}", size=NORMAL, weight="bold")
        for n, report in enumerate(scored):
            _draw_group(sheet, report, metric, layout, x, top + n * layout.height, width)
    for n, report in enumerate(scored):
        _name_group(sheet, report, layout, top + n * layout.height)


def _name_group(sheet: Sheet, report: ForecastReport, layout: _Layout, top: float) -> None:
    """The ETF and what its errors stand on, above its bars, and the models beside them."""
    symbol = printable(report.symbol)
    sheet.write(MARGIN, top + _ROW / 2, symbol, weight="bold", size=NORMAL)
    count = next(iter(report.scores.values())).cutoffs
    basis = f"{count} cut-off{'s' * (count != 1)}, {day(report.backtest_from)} to {day(report.backtest_to)}"
    sheet.write(MARGIN + text_width(symbol, NORMAL, "bold") + 6, top + _ROW / 2, basis, color=sheet.palette.quiet)
    if layout.named:
        for row, model in enumerate(MODELS):
            sheet.write(
                MARGIN + layout.names - 5,
                _bar_middle(layout, top, row),
                MODELS[model].label,
                weight="bold" if row == 0 else "normal",
                align="right",
            )


def _draw_group(
    sheet: Sheet, report: ForecastReport, metric: str, layout: _Layout, left: float, top: float, width: float
) -> None:
    """One ETF's bars of one metric. Their scale ends at the longest, and the figures stand after it."""
    rows = [(row, model) for row, model in enumerate(MODELS) if model in report.scores]
    values = [float(getattr(report.scores[model], metric)) for _, model in rows]
    figures = _figures(values)
    longest = max((value for value in values if math.isfinite(value)), default=0.0)
    room = width - max(text_width(text, SMALL, "bold") for text in figures) - 4
    sheet.box(left - 0.5, top + _ROW + 2, 0.5, layout.height - _ROW - 6, fill=sheet.palette.quiet)
    for (row, model), value, text in zip(rows, values, figures, strict=True):
        length = value / longest * room if longest > 0 and math.isfinite(value) else 0.0
        middle, thickness = _bar_middle(layout, top, row), 0.8 * layout.bar
        fill = MODELS[model].colours[sheet.theme]
        sheet.box(left, middle - thickness / 2, length, thickness, fill=fill, edge=sheet.palette.edge)
        if layout.named or model in _WITH_FIGURE:
            weight: Weight = "bold" if row == 0 else "normal"
            sheet.write(left + room + 4, middle, text, weight=weight)


def _bar_middle(layout: _Layout, top: float, row: int) -> float:
    return top + _ROW + 4 + (row + 0.5) * layout.bar


def _figures(values: Sequence[float]) -> list[str]:
    """Errors in the same form, with three significant digits or more of the largest."""
    largest = max((value for value in values if math.isfinite(value)), default=0.0)
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


def _footer(reports: Sequence[ForecastReport], scored: Sequence[ForecastReport], layout: _Layout) -> list[str]:
    width = WIDTH - 2 * MARGIN
    sources = sorted({source_in_words(report.source) for report in reports})
    rows = [] if layout.named else ["Figures: the LSTM's in bold, no change below it."]
    rows += wrapped(_EXPLANATION, width, 4) if scored else []
    missing = [printable(report.symbol) for report in reports if not report.scores]
    if missing and scored:
        rows += wrapped(f"Not scored yet: {', '.join(missing)}.", width, 3)
    text = (
        f"{', '.join(sources)}, dividends reinvested. Not investment advice." if sources else "Not investment advice."
    )
    return rows + wrapped(text[0].upper() + text[1:], width, 2)
