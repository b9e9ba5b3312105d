"""The picture of a mix: what it was worth so far, the bands of its coming sessions, and what each ETF adds."""

from __future__ import annotations

import numpy as np

from forecasting.chart.axes import SESSIONS_HEIGHT, Plot, label_sessions, percent_labels, plot_of
from forecasting.chart.forecast import draw_fan, draw_key, label_ends, room_for
from forecasting.chart.sheet import INNER, MARGIN, WIDTH, Key, Sheet, stroke
from forecasting.chart.text import ROW, printable, text_width, wrapped
from forecasting.chart.words import ENGLISH, Words
from forecasting.prices.history import Array
from forecasting.quantiles import HIGH80, HIGH95, LOW80, LOW95, MEDIAN
from forecasting.report import PAST_PER_SESSION, Theme
from forecasting.scenarios.mix import WORST, MixForecast

_PLOT_HEIGHT = 175
_NAME = 78  # width of the column of names
_BAR = 9  # height of a bar
_DASHES = (4.0, 2.0)


def portfolio_sheet(mix: MixForecast, theme: Theme, words: Words = ENGLISH) -> Sheet:
    """Draw ``mix``; the sheet's height follows the number of its parts."""
    sheet = Sheet(theme, words)
    parts = ", ".join(f"{printable(part.symbol)} {words.share(part.weight)}" for part in mix.parts)
    ahead = words("picture.portfolio.ahead", sessions=len(mix.sessions), as_of=words.date(mix.as_of))
    top = sheet.head(words("picture.portfolio.title"), wrapped(parts, INNER, 2), [mix.source])
    below = _draw_values(sheet, mix, sheet.rows(top, wrapped(ahead, INNER, 2), color=sheet.palette.quiet) + 10)
    below = draw_key(sheet, below) + 3
    as_one = words("picture.portfolio.as_one", level=80)
    key = Key(as_one, color=sheet.palette.line, dashes=_DASHES, stroke=0.9, width=18)
    below = sheet.legend(below, [key]) + 8
    if mix.worst < 1.0:
        below = _draw_parts(sheet, mix, below)
    return sheet.foot(below + 6, [mix.source])


def _draw_values(sheet: Sheet, mix: MixForecast, top: float) -> float:
    """Past values and the fan, in % from today's. Returns the height below."""
    shown = mix.past[-PAST_PER_SESSION * len(mix.fan) :]
    past = [_change(value) for _, value in shown]
    fan = [[_change(value) for value in row] for row in mix.fan]
    as_one = [[_change(row[level]) for row in mix.as_one] for level in (LOW80, HIGH80)]
    words = sheet.words
    tag95, tag80, median = words.share(0.95), words.share(0.8), words("picture.median")
    chosen = ((tag95, HIGH95), (tag80, HIGH80), (median, MEDIAN), (tag80, LOW80), (tag95, LOW95))
    ends = [(f"{tag} {words.percent(fan[-1][level], 1)}", fan[-1][level]) for tag, level in chosen]
    sessions = len(past) + len(fan)
    values = [*past, *(value for row in fan for value in row), *as_one[0], *as_one[1]]
    labels, limits = percent_labels(words), (-0.5, sessions - 0.5)
    plot = plot_of(sheet, top, _PLOT_HEIGHT, values, limits, labels, right=room_for(ends))
    draw_fan(plot, past, _smooth(np.array(fan)).tolist())
    _draw_as_one(plot, as_one, len(past) - 1)
    label_sessions(plot, [session for session, _ in shown] + list(mix.sessions))
    label_ends(plot, ends, sessions - 1)
    return plot.bottom + SESSIONS_HEIGHT


def _smooth(fan: Array) -> Array:
    """The fan as cubics in the root of the sessions ahead: a quantile of some thousand paths jumps from day to day."""
    root = np.sqrt(np.arange(1, len(fan) + 1))
    powers = np.stack([root, root**2, root**3], axis=1)
    return np.sort(powers @ np.linalg.lstsq(powers, fan, rcond=None)[0], axis=1)


def _draw_as_one(plot: Plot, edges: list[list[float]], now: int) -> None:
    ahead = np.arange(now, now + len(edges[0]) + 1)
    for edge in edges:
        color = plot.sheet.palette.line
        plot.axes.plot(ahead, [0.0, *edge], color=color, linewidth=stroke(0.9), dashes=_DASHES, zorder=3)


def _draw_parts(sheet: Sheet, mix: MixForecast, top: float) -> float:
    """Two bars for each ETF: its share of the value and of the worst losses. Returns the height below."""
    palette, words = sheet.palette, sheet.words
    mean = words.percent(_change(mix.worst), 1)
    top = sheet.rows(top, wrapped(words("picture.portfolio.shares", share=words.share(WORST), mean=mean), INNER, 3)) + 4
    shares = [share for part in mix.parts for share in (part.weight, part.loss_share)]
    low, high = min(0.0, *shares), max(shares)
    room = text_width(words.share(-1.0)) + 6
    left = MARGIN + _NAME + (room if low < 0.0 else 0.0)
    scale = (WIDTH - MARGIN - room - left) / (high - low)
    zero = left - low * scale
    for part in mix.parts:
        sheet.write(MARGIN, top + _BAR, wrapped(printable(part.symbol), _NAME - 6, 1)[0], weight="bold")
        for share, fill in ((part.weight, palette.bands[0]), (part.loss_share, palette.bands[2])):
            start, end = sorted((zero, zero + share * scale))
            sheet.box(start, top, max(end - start, 0.5), _BAR - 1, fill=fill, edge=palette.edge)
            text = words.share(share)
            if share < 0.0:
                sheet.write(start - 3, top + (_BAR - 1) / 2, text, align="right")
            else:
                sheet.write(end + 3, top + (_BAR - 1) / 2, text)
            top += _BAR + 1
        top += 4
    keys = [
        Key(words("picture.portfolio.of_value"), fill=palette.bands[0]),
        Key(words("picture.portfolio.of_losses"), fill=palette.bands[2]),
    ]
    return sheet.legend(top, keys) + ROW / 4


def _change(value: float) -> float:
    return 100 * (value - 1)
