"""The picture of the track record: past forecasts of one ETF with what happened drawn over them."""

from __future__ import annotations

from forecasting.chart.axes import SESSIONS_HEIGHT, label_sessions, money_labels, plot_of
from forecasting.chart.sheet import DASHED, Key, Sheet, stroke
from forecasting.chart.text import day, printable
from forecasting.record.past import Past
from forecasting.report import Theme

_PLOT_HEIGHT = 180


def past_forecasts_sheet(past: Past, theme: Theme) -> Sheet:
    """Draw ``past``, which has at least one forecast that has met a close."""
    sheet = Sheet(theme)
    what = "Past forecasts" if past.kind == "live" else "Forecasts replayed on past prices"
    inside, met = _inside(past)
    lines = [f"{what} and what happened until {day(past.closes[-1].session)}"]
    top = sheet.head(printable(past.symbol), lines, [past.source], size=16)
    top = sheet.rows(top, [f"{inside} of {met} closes fell inside the 80% band ({inside / met:.0%})."])
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
    return sheet.foot(below, [past.source])


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
