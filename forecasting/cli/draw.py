"""``etf-forecast draw``: pictures on demand for another program, one JSON object per line in and out.

A request is ``{"kind": "forecast", "theme": "dark", "horizon": 20, "facts": [REPORT]}``, perhaps with a ``"price"``, or
``{"kind": "comparison", "theme": "light", "facts": [REPORT, …]}`` or the same of the kind ``overview``, with reports
as ``ForecastReport.to_json`` writes them; or ``{"kind": "portfolio", "theme": "dark", "facts": [MIX]}``, with a mix as
``MixForecast.to_json`` writes it. The answer is ``{"png": BASE64}``, or ``{"error": WORDS}`` for a request that
cannot be drawn. The program ends when its input does.
"""

from __future__ import annotations

import base64
import json
import sys
from typing import Any

import click

from forecasting.chart import draw_comparison, draw_forecast, draw_overview, draw_portfolio
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
    if asked["kind"] == "portfolio":
        return draw_portfolio(MixForecast.from_json(bodies[0]), asked["theme"])
    reports = [ForecastReport.from_json(body) for body in bodies]
    match asked["kind"]:
        case "forecast":
            return draw_forecast(reports[0], asked["theme"], asked["horizon"], asked.get("price"))
        case "comparison":
            return draw_comparison(reports, asked["theme"])
        case "overview":
            return draw_overview(reports, asked["theme"])
    raise ValueError(f"there is no picture of the kind {asked['kind']!r}")
