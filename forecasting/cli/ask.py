"""``etf-forecast ask``: whether the source of prices answers. Nothing is stored."""

from __future__ import annotations

import atexit
import shutil
from pathlib import Path
from tempfile import mkdtemp

import click

from forecasting.cli.context import Context, last_known_session, prices_option
from forecasting.prices.sources.registry import open_source


@click.command(hidden=True, epilog="Example: etf-forecast ask SPY --prices yahoo")
@click.argument("symbol")
@prices_option
def ask(symbol: str, context: Context) -> None:
    """Ask the source for the prices of SYMBOL and name the newest one. `etf-bot check --online` runs this."""
    ((wanted,), _) = context.spelt([symbol])
    folder = mkdtemp()  # for yfinance's cookies, which the library may use until the process ends
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    source = open_source(context.prices, var=Path(folder))
    history = source.history(wanted, last_known_session(None, source.name))
    click.echo(f"{source.name} has prices of {wanted} up to {history.frame.index[-1]:%Y-%m-%d}")
