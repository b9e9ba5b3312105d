"""The picture of skill: how much smaller past errors were than those of "no change", and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

from forecasting.chart.axes import percent_scale
from forecasting.chart.sheet import INNER, MARGIN, WIDTH, Sheet
from forecasting.chart.text import NORMAL, ROW, SMALL, Weight, printable, text_width, wrapped
from forecasting.chart.words import ENGLISH, REFERENCE, Words
from forecasting.models import MODELS, POSTED
from forecasting.report import ForecastReport, Scores, Theme

SURE: Final = 2
"""Standard errors to each side of a skill: about 19 in 20 such ranges hold it."""

MOST: Final = 50
"""ETFs in one picture: more would be taller than anybody looks at, and take a gigabyte to draw."""

_ROOMY = 6  # ETFs up to which every model has a row
_ROW = 14  # height of a model's row
_NAMES = 70  # width of the names at the left
_WIDEST = 100  # the scale's end, in %: beyond it only the figure tells


def scores_sheet(reports: Sequence[ForecastReport], theme: Theme, words: Words = ENGLISH) -> Sheet:
    """Draw the skill of the first MOST ``reports`` that have scores, in their order; the height grows with them."""
    count, reports = len(reports), reports[:MOST]
    scored = [report for report in reports if report.scores]
    sheet = Sheet(theme, words)
    sources = {report.source for report in reports}
    title = words("picture.scores.title")
    if not scored:
        top = sheet.head(title, wrapped(words("picture.scores.none"), INNER, 2), sources)
        return sheet.foot(top + 6, sources)
    top = sheet.head(title, wrapped(words("picture.scores.skill"), INNER, 6), sources) + 6
    shown = tuple(name for name in MODELS if name != REFERENCE) if len(scored) <= _ROOMY else (POSTED,)
    if len(shown) > 1:
        notes = [" ".join(words(f"picture.means.{name}") for name in shown if name != POSTED)]
    else:
        notes = [words("picture.scores.only", model=words(f"model.{POSTED}"))]
    if count > len(reports):
        notes.append(words("picture.scores.first", shown=len(reports), count=count))
    if not all(report.scores[POSTED].skill_se for report in scored):
        notes.append(words("picture.scores.few"))
    missing = [printable(report.symbol) for report in reports if not report.scores]
    if missing:
        notes.append(words("picture.scores.missing", symbols=", ".join(missing)))
    return sheet.foot(_draw_rows(sheet, scored, shown, top), sources, *notes)


def _draw_rows(sheet: Sheet, scored: Sequence[ForecastReport], shown: Sequence[str], top: float) -> float:
    """A row for each model of ``shown`` and each ETF, on one scale. Returns the height below them."""
    figures = [
        _figure(sheet.words, report.scores[model]) for report in scored for model in shown if model in report.scores
    ]
    right = WIDTH - MARGIN - max(text_width(text, SMALL, "bold") for text in figures) - 8
    left = MARGIN + _NAMES
    ends = [end for report in scored for model in shown if model in report.scores for end in _ends(report, model)]
    low, high = min(-1.0, *ends), max(1.0, *ends)
    room = 0.04 * (high - low)
    grouped = len(shown) > 1
    group = (ROW + 5 if grouped else 0) + len(shown) * _ROW + (4 if grouped else 0)
    top += ROW
    bottom = top + len(scored) * group
    x_of = percent_scale(sheet, low - room, high + room, left, right, top + 2 * grouped, bottom)
    sheet.write(
        x_of(0) - 5, top - ROW / 2 - 1, sheet.words("picture.scores.worse"), color=sheet.palette.quiet, align="right"
    )
    sheet.write(x_of(0) + 5, top - ROW / 2 - 1, sheet.words("picture.scores.better"), color=sheet.palette.quiet)
    for n, report in enumerate(scored):
        y = top + n * group
        if grouped:
            y = _name_group(sheet, report, y)
        for row, model in enumerate(shown):
            name = sheet.words(f"model.{model}") if grouped else printable(report.symbol)
            _draw_row(sheet, name, report, model, x_of, y + (row + 0.5) * _ROW)
    return bottom + ROW + 8


def _name_group(sheet: Sheet, report: ForecastReport, top: float) -> float:
    """The ETF and what its skill is measured on, on a ground that hides the scale. Returns the height below."""
    symbol = wrapped(printable(report.symbol), _NAMES, 1, NORMAL, "bold")[0]
    count = next(iter(report.scores.values())).cutoffs
    words, key = sheet.words, "picture.scores.basis.one" if count == 1 else "picture.scores.basis"
    first, last = words.date(report.backtest_from), words.date(report.backtest_to)
    basis = words(key, count=count, first=first, last=last)
    sheet.box(MARGIN, top, INNER, ROW + 5, fill=sheet.palette.background)
    y = top + ROW / 2 + 4
    sheet.write(MARGIN, y, symbol, weight="bold", size=NORMAL)
    sheet.write(MARGIN + text_width(symbol, NORMAL, "bold") + 8, y, basis, color=sheet.palette.quiet)
    return top + ROW + 5


def _draw_row(
    sheet: Sheet, name: str, report: ForecastReport, model: str, x_of: Callable[[float], float], y: float
) -> None:
    """Name, skill with what chance may do to it, and the figure."""
    weight: Weight = "bold" if model == POSTED else "normal"
    sheet.write(MARGIN, y, wrapped(name, _NAMES - 4, 1, SMALL, weight)[0], weight=weight)
    if model not in report.scores:
        return
    scores = report.scores[model]
    sheet.write(WIDTH - MARGIN, y, _figure(sheet.words, scores), weight=weight, align="right")
    if not math.isfinite(scores.skill_rw):
        return
    if scores.skill_se:
        low, high = _ends(report, model)
        sheet.line(x_of(low), y, x_of(high), y, color=sheet.palette.edge, width=1.6)
    x, color = x_of(100 * scores.skill_rw), sheet.palette.line if model == POSTED else sheet.palette.edge
    sheet.line(x, y, x, y, color=color, marker="o" if model == POSTED else "D")


def _ends(report: ForecastReport, model: str) -> tuple[float, float]:
    """Of the range about a skill, in %, inside the widest scale; 0 if it is no number."""
    scores = report.scores[model]
    if not math.isfinite(scores.skill_rw):
        return 0.0, 0.0
    reach = SURE * scores.skill_se
    low, high = (min(max(100 * end, -_WIDEST), _WIDEST) for end in (scores.skill_rw - reach, scores.skill_rw + reach))
    return low, high


def _figure(words: Words, scores: Scores) -> str:
    """``+6% ± 8``"""
    if not math.isfinite(scores.skill_rw):
        return words("picture.scores.unknown")
    chance = f" ± {100 * SURE * scores.skill_se:.0f}" if scores.skill_se else ""
    return f"{words.percent(100 * scores.skill_rw, 0)}{chance}"
