"""``etf-forecast retrain``: train new models and store their forecasts."""

from __future__ import annotations

from datetime import date

import click

from forecasting.cli.context import Context, prices_option
from forecasting.cli.job import JSON_HELP, Job
from forecasting.cli.options import as_of_option, json_option, workers_option


@click.command(epilog="Example: etf-forecast retrain ARKK SPY --prices csv:prices --as-of 2024-12-31")
@click.argument("symbols", nargs=-1)
@prices_option
@as_of_option
@workers_option
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Run on the Dask cluster whose scheduler is at this address, such as tcp://HOST:8786.",
)
@click.option("--only-funds", is_flag=True, help="Refuse symbols that are not ETFs, exchange-traded notes or indices.")
@json_option(JSON_HELP)
def retrain(
    symbols: tuple[str, ...],
    context: Context,
    as_of: date | None,
    workers: int | None,
    cluster: str | None,
    only_funds: bool,
    as_json: bool,
) -> int:
    """Train a new model for each SYMBOL and store its forecast (default: all ETFs of the universe)."""
    return Job("retrain", symbols, as_of, workers, cluster, only_funds).run(context, as_json=as_json)
