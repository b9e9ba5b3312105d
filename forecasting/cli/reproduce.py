"""``etf-forecast reproduce``: make a forecast of the record again, and say whether it is the same."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click
from sqlalchemy import Engine

from forecasting.champion.registry import ModelRegistry
from forecasting.cli.options import json_option, log_to_stderr, prices_option, source_name
from forecasting.errors import BadSettings
from forecasting.record.issued import issued_forecast
from forecasting.record.schema import IssuedForecast
from forecasting.settings import ForecastSettings
from forecasting.storage.database import open_database
from forecasting.universe import Symbol, Universe

if TYPE_CHECKING:
    from forecasting.prices.history import PriceSource
    from forecasting.record.reproduce import Reproduction


@click.command()
@click.argument("forecast_id", type=click.IntRange(min=1), metavar="FORECAST_ID")
@prices_option
@json_option("What was found as one JSON object.")
def reproduce(forecast_id: int, prices: str | None, as_json: bool) -> int:
    """Make forecast FORECAST_ID of the record again from its model and the prices, and say what differs.

    Prices of yahoo are taken from the store, as they were known at issue. Exit code 1 where the two are not equal.
    """
    log_to_stderr()
    settings = ForecastSettings.load()
    engine = open_database(settings.database_url)
    issued = issued_forecast(engine, forecast_id)
    # Imported once there is something to make again: pandas takes a second, torch two more.
    from forecasting.job.replay import replay_folder
    from forecasting.prices.sources.registry import load_panel, panel_symbols
    from forecasting.record.reproduce import reproduce as made_again

    folder = settings.model_dir if issued.kind == "live" else replay_folder(settings.model_dir)
    symbol = Symbol(issued.symbol)
    model = ModelRegistry(folder).load(issued.source, symbol, issued.model_version)
    source = _source(issued, prices or settings.prices, engine)
    symbols = panel_symbols(source, Universe.parse(settings.universe), (symbol,))
    panel, failures = load_panel(source, symbols, issued.as_of)
    if symbol in failures:
        raise failures[symbol]
    found = made_again(issued, model, panel)
    if as_json:
        click.echo(json.dumps({**asdict(found), "equal": found.is_equal}))
    else:
        _print(issued, found)
    return 0 if found.is_equal else 1


def _source(issued: IssuedForecast, prices: str, engine: Engine) -> PriceSource:
    """Where the prices of the forecast are to be had, as they were known then."""
    from forecasting.prices.sources.registry import open_source
    from forecasting.prices.store.store import PriceStore
    from forecasting.prices.store.stored import KeptPrices

    if issued.source == "yahoo":
        return KeptPrices(PriceStore(engine, issued.source), issued.issued_at)
    if issued.source == "csv" and source_name(prices) != "csv":
        raise BadSettings(
            f"Forecast {issued.number} was made from a folder of files. Name it with --prices csv:DIR, or by PRICES."
        )
    return open_source(prices if issued.source == "csv" else issued.source)


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
