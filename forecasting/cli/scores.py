"""``etf-forecast scores``: stored errors of past forecasts. It fetches nothing and loads neither pandas nor torch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import click

from forecasting.cli.context import Context, prices_option
from forecasting.cli.options import chart_options, json_option, writing
from forecasting.cli.printed_tables import scores_table, stale_lines
from forecasting.report import Theme, current

_PUBLISHED: Final = ("symbol", "source", "as_of", "trained_at", "model_version", "last_close", "currency", "scores")


@click.command(epilog="Example: etf-forecast scores ARKK SPY")
@click.argument("symbols", nargs=-1)
@prices_option
@chart_options
@json_option("Print an array of JSON objects, one per ETF.")
def scores(symbols: tuple[str, ...], context: Context, chart: Path | None, theme: Theme, as_json: bool) -> int:
    """Show the errors of each SYMBOL's model next to those of simple methods (default: every ETF with a forecast)."""
    stored = {report.symbol: report for report in context.store.all_latest(context.source)}
    asked = context.known(symbols, stored)
    reports = [stored[symbol] for symbol in asked if symbol in stored]
    if chart is not None and reports:
        # The job drew two kinds of pictures: of all ETFs, and of each one. Any other choice of them is drawn now.
        every = not symbols and len(current(reports, context.universe.symbols)) == len(reports)
        only = reports[0].symbol if len(reports) == 1 else None
        picture = context.store.scores_chart(context.source, theme, only) if every or only else None
        if picture is None:
            from forecasting.chart import draw_scores  # loads matplotlib only when it comes to drawing

            picture = draw_scores(reports, theme)
        with writing("The chart", chart):
            chart.write_bytes(picture)
    if as_json:
        published = [report.published() for report in reports]
        click.echo(json.dumps([{name: report[name] for name in _PUBLISHED} for report in published]))
    elif reports:
        context.console.print(scores_table(reports))
        for line in stale_lines(reports, context.now()):
            context.console.print(line)
    return context.report_missing(asked, stored)
