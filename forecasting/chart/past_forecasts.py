"""The picture of the track record: past forecasts of one ETF with what happened drawn over them."""

from __future__ import annotations

from collections.abc import Sequence

from forecasting.chart.axes import SESSIONS_HEIGHT, label_sessions, money_labels, percent_scale, plot_of
from forecasting.chart.sheet import DASHED, INNER, MARGIN, WIDTH, Key, Sheet, stroke
from forecasting.chart.text import NORMAL, ROW, day, printable, text_width, wrapped
from forecasting.record.calibration import FEWEST, SAID, Calibration, wilson
from forecasting.record.past import Past
from forecasting.report import Theme

_PLOT_HEIGHT = 180
_ROW = 14  # height of a band's row
_NAMES = 58  # width of the bands' names
_CALIBRATION_IN_WORDS = (
    "Bar: the share of closes that should be inside the band. Dot: the share that was, and its line what chance leaves "
    "open (95% interval). A band may be right as long as its line reaches its bar."
)


def past_forecasts_sheet(past: Past, theme: Theme) -> Sheet:
    """Draw ``past``, which has at least one forecast that has met a close."""
    sheet = Sheet(theme)
    what = "Past forecasts" if past.kind == "live" else "Forecasts replayed on past prices"
    inside, met = _inside(past)
    lines = [f"{what} and what happened until {day(past.closes[-1].session)}"]
    top = sheet.head(printable(past.symbol), lines, [past.source], size=16)
    top = sheet.rows(top, _in_words(past, len(past.fans), inside, met))
    prices = [row.close for row in past.closes] + [price for fan in past.fans for price in (*fan.low, *fan.high)]
    sessions = sorted({row.session for row in past.closes} | {session for fan in past.fans for session in fan.sessions})
    place = {session: n for n, session in enumerate(sessions)}
    limits = (-0.5, len(sessions) - 0.5)
    plot = plot_of(sheet, top + 8, _PLOT_HEIGHT, prices, limits, money_labels(past.currency))
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
        Key("80% band", fill=palette.bands[1]),
        Key("median", color=palette.line, dashes=DASHED, stroke=0.9),
        Key("actual closes", color=palette.line),
    ]
    below = sheet.legend(plot.bottom + SESSIONS_HEIGHT, keys) + 3
    below = sheet.rows(below, ["Each forecast was made at its dot, without seeing what followed."])
    enough = [calibration for calibration in past.calibration if calibration.is_long_enough]
    if enough:
        below = _draw_calibration(sheet, enough, below + 10)
    return sheet.foot(below, [past.source], *_missing(past.calibration))


def _in_words(past: Past, drawn: int, inside: int, met: int) -> list[str]:
    """Which forecasts are drawn, and what all of them say: the table beside this picture counts all."""
    those = f"These {drawn} do not overlap" if drawn > 1 else "This one"
    lines = [f"{those}: {inside:,} of {met:,} closes inside the 80% band ({inside / met:.0%})."]
    if past.met > met:
        share = f"{past.inside:,} of {past.met:,} ({past.inside / past.met:.0%})"
        lines.append(f"All {past.issued:,} forecasts, which the table counts: {share}.")
    return [row for line in lines for row in wrapped(line, INNER, 2)]


def _draw_calibration(sheet: Sheet, enough: Sequence[Calibration], top: float) -> float:
    """What each band said and how often it was so, with the interval that chance leaves. Returns the height below."""
    palette = sheet.palette
    sheet.write(MARGIN, top + ROW / 2, "What the bands said, and what happened", size=NORMAL, weight="bold")
    top = sheet.rows(top + ROW + 4, wrapped(_CALIBRATION_IN_WORDS, INNER, 4), color=palette.quiet) + 4
    group = (len(SAID) + 1) * _ROW + 2
    bottom = top + len(enough) * group
    right = WIDTH - MARGIN - text_width("said 80%, was 100%") - 8
    x_of = percent_scale(sheet, 0, 100, MARGIN + _NAMES, right, top + 2, bottom, _shares)
    for n, calibration in enumerate(enough):
        y = top + n * group
        words = f"{calibration.ahead} trading days ahead: {calibration.forecasts} forecasts that do not overlap"
        sheet.box(MARGIN, y, INNER, _ROW, fill=palette.background)
        sheet.write(MARGIN, y + _ROW / 2, words, weight="bold")
        for row, (said, hits) in enumerate(zip(SAID, calibration.inside, strict=True), 1):
            middle, was = y + (row + 0.5) * _ROW, hits / calibration.forecasts
            low, high = wilson(hits, calibration.forecasts)
            sheet.write(MARGIN, middle, f"{said:.0%} band")
            sheet.line(x_of(100 * low), middle, x_of(100 * high), middle, color=palette.edge, width=1.6)
            sheet.box(x_of(100 * said) - 0.75, middle - 5, 1.5, 10, fill=palette.line)
            x = x_of(100 * was)
            sheet.line(x, middle, x, middle, color=palette.line, marker="o")
            sheet.write(WIDTH - MARGIN, middle, f"said {said:.0%}, was {was:.0%}", align="right")
    return bottom + ROW + 8


def _shares(ticks: Sequence[float]) -> list[str]:
    return [f"{tick:.0f}%" for tick in ticks]


def _missing(calibrations: Sequence[Calibration]) -> list[str]:
    """What it takes for a calibration of the horizons that have none yet."""
    short = [f"{one.forecasts} for {one.ahead}" for one in calibrations if not one.is_long_enough]
    if not short:
        return []
    so_far = f"so far {', '.join(short)} trading days"
    return [f"What bands said is compared from {FEWEST} forecasts on that do not overlap; {so_far}."]


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
