"""The picture of the track record: past forecasts of one ETF with what happened drawn over them."""

from __future__ import annotations

from collections.abc import Sequence

from forecasting.chart.axes import SESSIONS_HEIGHT, label_sessions, money_labels, percent_scale, plot_of
from forecasting.chart.sheet import DASHED, INNER, MARGIN, WIDTH, Key, Sheet, stroke
from forecasting.chart.text import NORMAL, ROW, printable, text_width, wrapped
from forecasting.chart.words import ENGLISH, Words
from forecasting.record.calibration import FEWEST, SAID, Calibration, wilson
from forecasting.record.past import Past
from forecasting.report import Theme

_PLOT_HEIGHT = 180
_ROW = 14  # height of a band's row
_NAMES = 58  # least width of the bands' names


def past_forecasts_sheet(past: Past, theme: Theme, words: Words = ENGLISH) -> Sheet:
    """Draw ``past``, which has at least one forecast that has met a close."""
    sheet = Sheet(theme, words)
    inside, met = _inside(past)
    what = "picture.track.live" if past.kind == "live" else "picture.track.replayed"
    lines = wrapped(words(what, date=words.date(past.closes[-1].session)), INNER, 2)
    top = sheet.head(printable(past.symbol), lines, [past.source], size=16)
    top = sheet.rows(top, _in_words(words, past, len(past.fans), inside, met))
    prices = [row.close for row in past.closes] + [price for fan in past.fans for price in (*fan.low, *fan.high)]
    sessions = sorted({row.session for row in past.closes} | {session for fan in past.fans for session in fan.sessions})
    place = {session: n for n, session in enumerate(sessions)}
    limits = (-0.5, len(sessions) - 0.5)
    plot = plot_of(sheet, top + 8, _PLOT_HEIGHT, prices, limits, money_labels(words, past.currency))
    palette, axes = sheet.palette, plot.axes
    for fan in past.fans:
        places = [place[session] for session in (fan.as_of, *fan.sessions)]
        low, median, high = ((fan.close, *level) for level in (fan.low, fan.median, fan.high))
        axes.fill_between(places, low, high, color=palette.bands[1], linewidth=0, zorder=1)
        for edge in (low, high):
            axes.plot(places, edge, color=palette.edge, linewidth=stroke(0.6), zorder=2)
        axes.plot(places, median, color=palette.line, linewidth=stroke(0.9), dashes=DASHED, zorder=3)
        axes.plot(places[:1], [fan.close], "o", color=palette.line, markersize=stroke(4), zorder=5, clip_on=False)
    closes = [row.close for row in past.closes]
    axes.plot([place[row.session] for row in past.closes], closes, color=palette.line, linewidth=stroke(1.3), zorder=4)
    label_sessions(plot, sessions)
    keys = [
        Key(words("picture.track.band", level=80), fill=palette.bands[1]),
        Key(words("picture.median"), color=palette.line, dashes=DASHED, stroke=0.9),
        Key(words("picture.track.closes"), color=palette.line),
    ]
    below = sheet.legend(plot.bottom + SESSIONS_HEIGHT, keys) + 3
    below = sheet.rows(below, wrapped(words("picture.track.dots"), INNER, 2))
    enough = [calibration for calibration in past.calibration if calibration.is_long_enough]
    if enough:
        below = _draw_calibration(sheet, enough, below + 10)
    return sheet.foot(below, [past.source], *_missing(words, past.calibration))


def _in_words(words: Words, past: Past, drawn: int, inside: int, met: int) -> list[str]:
    """Which forecasts are drawn, and what all of them say: the table beside this picture counts all."""

    def counts(inside: int, met: int) -> dict[str, str]:
        figures = {"inside": f"{inside:,}", "met": f"{met:,}"}
        return {key: words.number(figure) for key, figure in figures.items()} | {"share": words.share(inside / met)}

    those = "picture.track.these" if drawn > 1 else "picture.track.these.one"
    lines = [words(those, drawn=drawn, level=80, **counts(inside, met))]
    if past.met > met:
        issued = words.number(f"{past.issued:,}")
        lines.append(words("picture.track.all", issued=issued, **counts(past.inside, past.met)))
    return [row for line in lines for row in wrapped(line, INNER, 2)]


def _draw_calibration(sheet: Sheet, enough: Sequence[Calibration], top: float) -> float:
    """What each band said and how often it was so, with the interval that chance leaves. Returns the height below."""
    palette, words = sheet.palette, sheet.words
    sheet.write(MARGIN, top + ROW / 2, words("picture.track.calibration"), size=NORMAL, weight="bold")
    bars = words("picture.track.bars", level=95)
    top = sheet.rows(top + ROW + 4, wrapped(bars, INNER, 5), color=palette.quiet) + 4
    group = (len(SAID) + 1) * _ROW + 2
    bottom = top + len(enough) * group
    right = WIDTH - MARGIN - text_width(_said(words, 0.8, 1.0)) - 8
    left = MARGIN + max(_NAMES, text_width(words("picture.track.band", level=95)) + 12)

    def shares(ticks: Sequence[float]) -> list[str]:
        return [words.share(tick / 100) for tick in ticks]

    x_of = percent_scale(sheet, 0, 100, left, right, top + 2, bottom, shares)
    for n, calibration in enumerate(enough):
        y = top + n * group
        group_name = words("picture.track.group", sessions=calibration.ahead, count=calibration.forecasts)
        sheet.box(MARGIN, y, INNER, _ROW, fill=palette.background)
        sheet.write(MARGIN, y + _ROW / 2, group_name, weight="bold")
        for row, (said, hits) in enumerate(zip(SAID, calibration.inside, strict=True), 1):
            middle, was = y + (row + 0.5) * _ROW, hits / calibration.forecasts
            low, high = wilson(hits, calibration.forecasts)
            sheet.write(MARGIN, middle, words("picture.track.band", level=round(100 * said)))
            sheet.line(x_of(100 * low), middle, x_of(100 * high), middle, color=palette.edge, width=1.6)
            sheet.box(x_of(100 * said) - 0.75, middle - 5, 1.5, 10, fill=palette.line)
            x = x_of(100 * was)
            sheet.line(x, middle, x, middle, color=palette.line, marker="o")
            sheet.write(WIDTH - MARGIN, middle, _said(words, said, was), align="right")
    return bottom + ROW + 8


def _said(words: Words, said: float, was: float) -> str:
    return words("picture.track.said", said=words.share(said), was=words.share(was))


def _missing(words: Words, calibrations: Sequence[Calibration]) -> list[str]:
    """What it takes for a calibration of the horizons that have none yet."""
    short = [
        words("picture.track.short", count=one.forecasts, sessions=one.ahead)
        for one in calibrations
        if not one.is_long_enough
    ]
    if not short:
        return []
    return [words("picture.track.missing", fewest=FEWEST, short=", ".join(short))]


def _inside(past: Past) -> tuple[int, int]:
    """How many closes fell inside the 80% band, of how many that were forecast."""
    closes = {row.session: row.close for row in past.closes}
    hits = [
        low <= closes[session] <= high
        for fan in past.fans
        for session, low, high in zip(fan.sessions, fan.low, fan.high, strict=True)
        if session in closes
    ]
    return sum(hits), len(hits)
