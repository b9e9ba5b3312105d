"""``etf-forecast record``: the record for others to see."""

from __future__ import annotations

from pathlib import Path

import click

from forecasting.cli.context import Context, prices_option
from forecasting.cli.options import writing
from forecasting.record.page import export_page


@click.group("record", epilog="Example: etf-forecast record export public/record")
def record() -> None:
    """Show the record of issued forecasts to others."""


@record.command(
    short_help="Write the record as a web page.", epilog="Example: etf-forecast record export public/record"
)
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@prices_option
def export(folder: Path, context: Context) -> int:
    """Write the record into DIR, as static files for any web server.

    The page shows every issued forecast with its outcome, and the reader's browser verifies all hashes. It loads
    nothing from elsewhere.
    """
    with writing("The record", folder):
        written = export_page(context.engine, context.source, folder)
    click.echo(f"{folder / 'index.html'} {'shows the record' if written else 'is up to date'}.")
    return 0
