"""``etf-forecast show``: a stored forecast. It fetches nothing and loads neither pandas nor torch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from forecasting.champion.decisions import Decision
from forecasting.cli.context import Context, prices_option
from forecasting.cli.options import chart_options, json_option, writing
from forecasting.cli.printed_tables import forecast_table, scores_table, stale_lines
from forecasting.errors import NoForecastYet
from forecasting.report import Theme


@click.command(epilog="Example: etf-forecast show SPY --chart spy.png")
@click.argument("symbol")
@prices_option
@chart_options
@json_option("Print the whole report as one JSON object.")
def show(symbol: str, context: Context, chart: Path | None, theme: Theme, as_json: bool) -> None:
    """Show the newest stored forecast of SYMBOL."""
    store, source = context.store, context.source
    (known,) = context.known([symbol], store.symbols(source))
    found = store.with_chart(known, source, theme)
    if found is None:
        raise NoForecastYet(known, source, store.runs.failure_message(known, source))
    report, picture = found
    if chart is not None:
        with writing("The chart", chart):
            chart.write_bytes(picture)
    if as_json:
        click.echo(json.dumps(report.published()))
        return
    context.console.print(forecast_table(report))
    context.console.print(scores_table([report]))
    lines = [
        *stale_lines([report], context.now()),
        *(f"Warning: {alarm.sentence}" for alarm in store.track(source).alarms(known)),
        *(f"Note: {note}" for note in report.notes),
        *_decided(store.decisions.of(source, known), report.model_version),
    ]
    for line in lines:
        context.console.print(line)


def _decided(newest_first: Sequence[Decision], version: str) -> list[str]:
    """Since when a model is in use and why, and the last decision if that is another one."""
    made_champion = next((d for d in newest_first if not d.is_refusal and d.challenger == version), None)
    lines = []
    if made_champion is not None:
        lines.append(f"Champion since {made_champion.decided_at:%Y-%m-%d}. {made_champion.reason}")
    for decision in newest_first[:1]:
        if decision is not made_champion:
            what = {
                "promoted": f"{decision.challenger} was promoted",
                "refused": f"{decision.challenger} was refused",
                "rolled back": f"back to {decision.challenger}, from the next refresh on",
            }[decision.verdict]
            lines.append(f"Last decision, {decision.decided_at:%Y-%m-%d}: {what}. {decision.reason}")
    return lines
