"""``etf-forecast reproduce``: recompute a recorded forecast and check that it matches."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from forecasting.champion.registry import ModelRegistry
from forecasting.cli.context import Context, prices_option
from forecasting.cli.options import json_option
from forecasting.errors import BadSettings
from forecasting.prices.sources.registry import source_named
from forecasting.record.issued import issued_forecast
from forecasting.record.schema import IssuedForecast
from forecasting.universe import Symbol

if TYPE_CHECKING:
    from forecasting.prices.history import PriceSource
    from forecasting.record.reproduce import Reproduction


@click.command(epilog="Example: etf-forecast reproduce 1204")
@click.argument("forecast_id", type=click.IntRange(min=1), metavar="FORECAST_ID")
@prices_option
@json_option("Print the result as one JSON object.")
def reproduce(forecast_id: int, context: Context, as_json: bool) -> int:
    """Recompute forecast FORECAST_ID of the record from its model and prices, and list any differences.

    Prices from Yahoo are taken from the database, as they were known when the forecast was issued. The exit code is 1
    if the two are not equal.
    """
    issued = issued_forecast(context.engine, forecast_id)
    # Imported once there is something to recompute: pandas takes a second, torch two more.
    from forecasting.job.groups import panel_groups
    from forecasting.job.replay import replay_folder
    from forecasting.prices.loading import load_panel, panel_symbols
    from forecasting.record.reproduce import reproduce as recomputed

    folder = context.settings.model_dir
    registry = ModelRegistry(folder if issued.kind == "live" else replay_folder(folder))
    symbol = Symbol(issued.symbol)
    model = registry.load(issued.source, symbol, issued.model_version)
    source = _source(issued, context)
    (group,) = panel_groups(panel_symbols(source, context.universe, (symbol,)), (symbol,))
    panel, failures = load_panel(source, sorted(group.panel), issued.as_of)
    if symbol in failures:
        raise failures[symbol]
    found = recomputed(issued, model, panel)
    if as_json:
        click.echo(json.dumps({**asdict(found), "equal": found.is_equal}))
    else:
        _print(issued, found)
    return 0 if found.is_equal else 1


def _source(issued: IssuedForecast, context: Context) -> PriceSource:
    """Where to take the prices of the forecast from, as they were known then."""
    from forecasting.prices.store.store import PriceStore
    from forecasting.prices.store.stored import KeptPrices

    source = source_named(issued.source)
    if source.is_stored:
        return KeptPrices(PriceStore(context.engine, issued.source), issued.issued_at)
    if not source.takes_folder:
        return Context(issued.source).open_source(stored=False)
    if context.source != source.name:
        raise BadSettings(
            f"Forecast {issued.number} was made from a folder of files. Name it: --prices {source.form}, or set PRICES."
        )
    return context.open_source(stored=False)


def _print(issued: IssuedForecast, found: Reproduction) -> None:
    name = f"Forecast {issued.number} ({issued.symbol} as of {issued.as_of}, {issued.kind})"
    if not found.is_equal:
        click.echo(f"{name}: not equal.")
    elif found.same_bits:
        click.echo(f"{name}: equal, to the last bit.")
    else:
        click.echo(f"{name}: equal, every quantile within {found.distance:.1e}.")
    for difference in found.differences:
        click.echo(f"  {difference}")
