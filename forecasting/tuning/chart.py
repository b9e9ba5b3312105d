"""The picture of a parameter search: score by trial with the best so far, and score against each parameter."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import accumulate
from statistics import fmean
from typing import Any, Final

from forecasting.chart.axes import Plot, decimal_labels, plot_of
from forecasting.chart.sheet import INNER, MARGIN, WIDTH, Sheet, stroke
from forecasting.chart.text import LINE, NORMAL, ROW, printable, text_width, wrapped
from forecasting.report import Theme
from forecasting.tuning.search import Trial, best
from forecasting.universe import Symbol

_TALL, _LOW = 120, 70  # heights of the plot of trials and of a parameter's
_GAP = 10  # between panels
_COLUMNS = 3
_LABELS = ROW + 4  # below a panel
_NAME = NORMAL * LINE + 2  # above it

_PARAMETERS: Final = {
    "units": "units",
    "layers": "layers",
    "lookback": "look-back",
    "batch": "batch",
    "epochs": "most epochs",
    "rate": "learning rate",
}
_LOGARITHMIC: Final = ("batch", "rate")


def draw_trials(trials: Sequence[Trial], symbols: Sequence[Symbol], source: str, theme: Theme) -> bytes:
    """A PNG of those ``trials`` that have a score; at least one must."""
    scored = [trial for trial in trials if trial.score is not None]
    sheet = Sheet(theme)
    top = sheet.head("Parameter search", wrapped(", ".join(map(printable, symbols)), INNER, 3), [source]) + _NAME + 4
    numbers = [trial.number for trial in scored]
    course = _panel(sheet, "Score by trial", scored, numbers, float, top, _TALL, MARGIN, WIDTH - 2 * MARGIN)
    so_far = list(accumulate((trial.score or 0.0 for trial in scored), max))
    course.axes.plot(numbers, so_far, drawstyle="steps-post", color=sheet.palette.edge, linewidth=stroke(1.2), zorder=2)
    top += _TALL + _LABELS + _NAME + 6
    width = (INNER - (_COLUMNS - 1) * _GAP) / _COLUMNS
    for number, (key, name) in enumerate(_PARAMETERS.items()):
        row, column = divmod(number, _COLUMNS)
        y, x = top + row * (_LOW + _LABELS + _NAME), MARGIN + column * (width + _GAP)
        place = math.log if key in _LOGARITHMIC else float
        _panel(sheet, name, scored, [trial.parameters[key] for trial in scored], place, y, _LOW, x, width)
    bottom = top + math.ceil(len(_PARAMETERS) / _COLUMNS) * (_LOW + _LABELS + _NAME) - _NAME + 6
    return sheet.foot(bottom, [source], *_notes(scored, len(trials) - len(scored))).png()


def _notes(scored: Sequence[Trial], diverged: int) -> tuple[str, ...]:
    won = best(scored).number > 0
    marks = "Square: the default. Star: the best trial." if won else "Star: the default, which is the best trial."
    missing = f" Trials that diverged and are not shown: {diverged}." if diverged else ""
    return (
        "Score: mean pinball skill against no change over the inner folds; higher is better. "
        f"{marks} Stepped line: the best so far. Dashed line: the linear HAR model, which has no parameters.{missing}",
        "The best trial is partly lucky, because all trials are scored on the same folds. What counts is its score on "
        "years that the search never saw.",
    )


def _panel(
    sheet: Sheet,
    name: str,
    trials: Sequence[Trial],
    values: Sequence[Any],
    place: Callable[[float], float],
    top: float,
    height: float,
    left: float,
    width: float,
) -> Plot:
    """Score against ``values``, with a circle per trial; the default and the best differ by their shape."""
    har = fmean(fold.har for fold in trials[0].folds)
    scores = [trial.score or 0.0 for trial in trials]
    places = [place(value) for value in values]
    room = 0.1 * (max(places) - min(places)) or 0.5
    limits = (min(places) - room, max(places) + room)
    plot = plot_of(sheet, top, height, [*scores, har], limits, decimal_labels, WIDTH - left - width, left)
    sheet.write(left, top - _NAME / 2, name, size=NORMAL, weight="bold")
    quiet, palette, winner = sheet.palette.quiet, sheet.palette, best(trials)
    plot.axes.axhline(har, color=quiet, linewidth=stroke(0.8), dashes=(4, 2), zorder=1)
    for trial, at, score in zip(trials, places, scores, strict=True):
        shape, size = ("*", 9.0) if trial is winner else ("s", 6.0) if trial.number == 0 else ("o", 5.0)
        plot.axes.plot(
            [at],
            [score],
            shape,
            color=palette.bands[2] if shape == "o" else palette.line,
            markeredgecolor=palette.line,
            markeredgewidth=stroke(0.6),
            markersize=stroke(size),
            zorder=4 if trial is winner else 3,
            clip_on=False,
        )
    free = plot.left - 4
    for value in sorted(set(values)):
        text = f"{value:.2g}" if isinstance(value, float) else str(value)
        x, half = plot.x(place(value)), text_width(text) / 2
        if x - half >= free and x + half <= plot.right + 4:
            plot.axes.axvline(place(value), ymax=4 / height, color=quiet, linewidth=stroke(0.7))
            sheet.write(x, plot.bottom + ROW / 2 + 2, text, color=quiet, align="center")
            free = x + half + 4
    return plot
