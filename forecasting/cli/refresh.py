"""``etf-forecast refresh``: update the forecasts with the models that exist."""

from __future__ import annotations

from datetime import date

import click

from forecasting.cli.context import Context, prices_option
from forecasting.cli.job import JSON_HELP, Job
from forecasting.cli.options import as_of_option, json_option, workers_option


@click.command(epilog="Example: etf-forecast refresh SPY --prices csv:prices")
@click.argument("symbols", nargs=-1)
@prices_option
@as_of_option
@workers_option
@json_option(JSON_HELP)
def refresh(symbols: tuple[str, ...], context: Context, as_of: date | None, workers: int | None, as_json: bool) -> int:
    """Forecast each SYMBOL from the newest prices without training (default: all ETFs of the universe)."""
    return Job("refresh", symbols, as_of, workers).run(context, as_json=as_json)
