"""``etf-forecast draw``: pictures on demand for another program, one JSON object per line in and out.

A request is ``{"kind": "forecast", "theme": "dark", "horizon": 20, "facts": [REPORT]}``, perhaps with a ``"price"``, or
``{"kind": "comparison", "theme": "light", "facts": [REPORT, …]}`` or the same of the kind ``overview`` or ``scores``,
with reports as ``ForecastReport.to_json`` writes them; ``{"kind": "portfolio", "theme": "dark", "facts": [MIX]}``, with
a mix as ``MixForecast.to_json`` writes it; or ``{"kind": "track", "theme": "dark", "facts": [PAST]}``, with what
``Past.to_json`` writes. ``"texts"`` may hold the words of a language other than English by their keys.

The answer is ``{"png": BASE64}``, or ``{"error": WORDS}`` for a request that cannot be drawn. The
program ends when its input does.
"""

from __future__ import annotations

import base64
import json
import sys
from typing import Any

import click

from forecasting.chart import (
    draw_comparison,
    draw_forecast,
    draw_overview,
    draw_past_forecasts,
    draw_portfolio,
    draw_scores,
)
from forecasting.report import ForecastReport
from forecasting.scenarios.mix import MixForecast


@click.command(hidden=True, epilog="Example: etf-forecast draw")
def draw() -> None:
    """Draw what each line of stdin asks for. The bot runs this."""
    for line in sys.stdin:
        click.echo(json.dumps(_answer(line)))


def _answer(line: str) -> dict[str, str]:
    try:
        return {"png": base64.b64encode(_picture(json.loads(line))).decode()}
    except (ValueError, KeyError, TypeError, IndexError) as error:
        return {"error": f"{type(error).__name__}: {error}"}


def _picture(asked: dict[str, Any]) -> bytes:
    bodies = [json.dumps(fact) for fact in asked["facts"]]
    theme, texts = asked["theme"], asked.get("texts", {})
    if asked["kind"] == "portfolio":
        return draw_portfolio(MixForecast.from_json(bodies[0]), theme, texts)
    if asked["kind"] == "track":
        from forecasting.record.past import Past  # loads pandas, which no other picture needs

        return draw_past_forecasts(Past.from_json(bodies[0]), theme, texts)
    reports = [ForecastReport.from_json(body) for body in bodies]
    match asked["kind"]:
        case "forecast":
            return draw_forecast(reports[0], theme, asked["horizon"], asked.get("price"), texts)
        case "comparison":
            return draw_comparison(reports, theme, texts)
        case "overview":
            return draw_overview(reports, theme, texts)
        case "scores":
            return draw_scores(reports, theme, texts)
    raise ValueError(f"there is no picture of the kind {asked['kind']!r}")
