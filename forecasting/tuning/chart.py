"""The picture of a parameter search: score by trial with the best so far, and score against each parameter."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from statistics import fmean
from typing import Final

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from forecasting.chart.sheet import INNER, MARGIN, WIDTH, Sheet, stroke
from forecasting.chart.text import LINE, NORMAL, ROW, printable, text_width, wrapped
from forecasting.report import Theme
from forecasting.tuning.trials import Trial
from forecasting.universe import Symbol

_TALL, _LOW = 120, 70  # heights of the plot of trials and of a parameter's
_GAP = 12  # between panels
_COLUMNS = 3
_FEW = 6  # different values of a parameter up to which each has its tick
_LABELS = ROW + 4  # below a panel
_NAME = NORMAL * LINE + 2  # above it


@dataclass(frozen=True)
class _Parameter:
    """A panel: its name, what it shows of a trial, where that lies on its axis, and how it is written."""

    name: str
    value: Callable[[Trial], float]
    place: Callable[[float], float]
    text: Callable[[float], str]


_PARAMETERS: Final = (
    _Parameter("units", lambda trial: trial.parameters.units, float, "{:.0f}".format),
    _Parameter("layers", lambda trial: trial.parameters.layers, float, "{:.0f}".format),
    _Parameter("look-back", lambda trial: trial.parameters.lookback, float, "{:.0f}".format),
    _Parameter("batch", lambda trial: trial.parameters.batch, math.log, "{:.0f}".format),
    _Parameter("epochs at most", lambda trial: trial.parameters.epochs, float, "{:.0f}".format),
    _Parameter("learning rate", lambda trial: trial.parameters.rate, math.log, "{:.1g}".format),
)


@dataclass(frozen=True)
class _Scale:
    """Scores that every panel has room for, and the lines across it."""

    low: float
    high: float
    ticks: tuple[float, ...]
    decimals: int

    @classmethod
    def of(cls, scores: Sequence[float]) -> _Scale:
        room = max(0.12 * (max(scores) - min(scores)), 0.0005)
        low, high = min(scores) - room, max(scores) + room
        ticks = tuple(float(tick) for tick in MaxNLocator(nbins=4).tick_values(low, high) if low <= tick <= high)
        step = min((b - a for a, b in pairwise(ticks)), default=0.001)
        return cls(low, high, ticks, next(n for n in (2, 3, 4, 5) if n == 5 or abs(round(step, n) - step) < step / 100))


def trials_sheet(trials: Sequence[Trial], symbols: Sequence[Symbol], source: str, theme: Theme) -> Sheet:
    """Draw those ``trials`` that have a score; at least one must."""
    scored = [trial for trial in trials if trial.score is not None]
    scale = _Scale.of([_score(trial) for trial in scored] + [_har(scored)])
    sheet = Sheet(theme)
    top = sheet.head("Parameter search", wrapped(", ".join(map(printable, symbols)), INNER, 3), [source]) + _NAME + 4
    small = top + _TALL + _LABELS + _NAME + 6
    rows = math.ceil(len(_PARAMETERS) / _COLUMNS)
    bottom = small + rows * (_LOW + _LABELS + _NAME) - _NAME + 6
    left = MARGIN + max(text_width(f"{tick:.{scale.decimals}f}") for tick in scale.ticks) + 5
    _draw_course(sheet, scored, scale, left, top)
    each = (WIDTH - left - MARGIN - (_COLUMNS - 1) * _GAP) / _COLUMNS
    for number, parameter in enumerate(_PARAMETERS):
        row, column = divmod(number, _COLUMNS)
        x, y = left + column * (each + _GAP), small + row * (_LOW + _LABELS + _NAME)
        _draw_parameter(sheet, parameter, scored, scale, x, y, each, ticks_at=left - 5 if column == 0 else None)
    return sheet.foot(bottom, [source], *_notes(scored, len(trials) - len(scored)))


def _notes(trials: Sequence[Trial], failed: int) -> tuple[str, ...]:
    best = max(trials, key=_score)
    marks = "Square: the default. Star: the best trial." if best.number else "Star: the default, the best of them."
    diverged = f" Left out because their forecasts were not finite: {failed} trials." if failed else ""
    return (
        "Score: mean pinball skill against no change over the inner folds; higher is better. "
        f"{marks} Stepped line: the best so far. Dashed line: the linear HAR model, which has no parameters.{diverged}",
        "All trials share their folds, so the best one is partly lucky. What counts is its score on years that the "
        "search never saw.",
    )


def _score(trial: Trial) -> float:
    assert trial.score is not None  # noqa: S101 - those without one were left out
    return trial.score


def _har(trials: Sequence[Trial]) -> float:
    return fmean(fold.har for fold in trials[0].folds)


def _draw_course(sheet: Sheet, trials: Sequence[Trial], scale: _Scale, left: float, top: float) -> None:
    """Score by trial, in the order in which they were made."""
    palette, width = sheet.palette, WIDTH - left - MARGIN
    sheet.write(left, top - _NAME / 2, "Score by trial", size=NORMAL, weight="bold")
    axes = _panel(sheet, scale, left, top, width, _TALL, ticks_at=left - 5)
    numbers = [trial.number for trial in trials]
    first, last = numbers[0] - 0.6, numbers[-1] + 0.6
    axes.set_xlim(first, last)
    best = list(accumulate((_score(trial) for trial in trials), max))
    axes.plot(numbers, best, drawstyle="steps-post", color=palette.edge, linewidth=stroke(1.2), zorder=2)
    axes.axhline(_har(trials), color=palette.quiet, linewidth=stroke(0.8), dashes=(4, 2), zorder=1)
    _draw_marks(sheet, axes, trials, numbers)
    step = math.ceil(len(numbers) / 12)
    for number in numbers[::step]:
        x = left + (number - first) / (last - first) * width
        sheet.write(x, top + _TALL + ROW / 2 + 2, str(number), color=palette.quiet, align="center")


def _draw_parameter(
    sheet: Sheet,
    parameter: _Parameter,
    trials: Sequence[Trial],
    scale: _Scale,
    left: float,
    top: float,
    width: float,
    ticks_at: float | None,
) -> None:
    """Score against one parameter."""
    sheet.write(left, top - _NAME / 2, parameter.name, weight="bold")
    axes = _panel(sheet, scale, left, top, width, _LOW, ticks_at)
    places = [parameter.place(parameter.value(trial)) for trial in trials]
    room = 0.1 * (max(places) - min(places)) or 0.5
    low, high = min(places) - room, max(places) + room
    axes.set_xlim(low, high)
    _draw_marks(sheet, axes, trials, places)
    free = left - 4
    for value in _named({parameter.value(trial) for trial in trials}):
        x, text = left + (parameter.place(value) - low) / (high - low) * width, parameter.text(value)
        half = text_width(text) / 2
        if x - half >= free and x + half <= left + width + 4:
            axes.axvline(parameter.place(value), ymax=4 / _LOW, color=sheet.palette.quiet, linewidth=stroke(0.7))
            sheet.write(x, top + _LOW + ROW / 2 + 2, text, color=sheet.palette.quiet, align="center")
            free = x + half + 4


def _named(values: set[float]) -> list[float]:
    """Where an axis has ticks: at the values themselves, or at round numbers between them where they are many."""
    if len(values) <= _FEW:
        return sorted(values)
    low, high = min(values), max(values)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [digit * 10.0**power for power in powers for digit in (1, 2, 5) if low <= digit * 10.0**power <= high]


def _panel(
    sheet: Sheet, scale: _Scale, left: float, top: float, width: float, height: float, ticks_at: float | None
) -> Axes:
    """Axes with lines across at the scale's ticks, named at their right end ``ticks_at`` where it is given."""
    axes = sheet.axes(left, top, width, height)
    axes.set_ylim(scale.low, scale.high)
    for tick in scale.ticks:
        axes.axhline(tick, color=sheet.palette.grid, linewidth=stroke(0.5), zorder=0)
        if ticks_at is not None:
            y = top + (scale.high - tick) / (scale.high - scale.low) * height
            sheet.write(ticks_at, y, f"{tick:.{scale.decimals}f}", color=sheet.palette.quiet, align="right")
    return axes


def _draw_marks(sheet: Sheet, axes: Axes, trials: Sequence[Trial], places: Sequence[float]) -> None:
    """A circle per trial; the default and the best differ by their shape, not by colour alone."""
    palette, scores = sheet.palette, [_score(trial) for trial in trials]
    best = scores.index(max(scores))
    for number, (trial, place, score) in enumerate(zip(trials, places, scores, strict=True)):
        form, size = ("s", 6.0) if trial.number == 0 else ("o", 5.0)
        axes.plot(
            [place],
            [score],
            "*" if number == best else form,
            color=palette.line if number == best or trial.number == 0 else palette.bands[2],
            markeredgecolor=palette.line,
            markeredgewidth=stroke(0.6),
            markersize=stroke(9.0 if number == best else size),
            zorder=4 if number == best else 3,
            clip_on=False,
        )


def draw_trials(trials: Sequence[Trial], symbols: Sequence[Symbol], source: str, theme: Theme) -> bytes:
    """A PNG of a parameter search: score by trial, and score against each parameter. One trial must have a score."""
    return trials_sheet(trials, symbols, source, theme).png()
