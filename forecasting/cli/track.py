"""``etf-forecast track``: how the forecasts that were issued have done. Fetches nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from sqlalchemy import Engine

from forecasting.cli.options import json_option, log_to_stderr, prices_option, source_name
from forecasting.cli.printed_tables import wide
from forecasting.cli.track_output import alarm_lines, call_lines, counts_table, record_table
from forecasting.errors import BadSettings, NoForecastYet
from forecasting.record.chain import Head
from forecasting.record.export import scored_sessions, write_export
from forecasting.record.record import Record, records
from forecasting.record.totals import alarms
from forecasting.record.verification import Fault, verify
from forecasting.settings import ForecastSettings
from forecasting.storage.database import open_database
from forecasting.universe import Symbol, Universe


class _Head(click.ParamType[Head]):
    """What the footer of a weekly report says."""

    name = "N:HEX"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - fixed by click
        return "N:HEX"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Head:
        if isinstance(value, Head):
            return value
        try:
            return Head.parse(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command()
@click.argument("symbols", nargs=-1)
@prices_option
@click.option("--verify", "is_verified", is_flag=True, help="Compute the hash of every issued forecast anew instead.")
@click.option("--head", type=_Head(), help="With --verify: what the footer of a weekly report said.")
@click.option(
    "--export",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every scored session there, as JSON where it is called so, else as CSV.",
)
@json_option("An array of JSON objects, one per ETF and kind (live or replayed).")
def track(
    symbols: tuple[str, ...],
    prices: str | None,
    is_verified: bool,
    head: Head | None,
    export: Path | None,
    as_json: bool,
) -> int:
    """Show how the forecasts issued for each SYMBOL (without any: for all) have done, beside what was promised."""
    log_to_stderr()
    settings = ForecastSettings.load()
    source = source_name(prices or settings.prices)
    engine = open_database(settings.database_url)
    if is_verified or head is not None:
        return _verify(engine, head, as_json=as_json)
    kept = records(engine, source)
    asked = _asked(symbols, Universe.parse(settings.universe), kept)
    chosen = [record for record in kept if record.symbol in asked]
    if export is not None:
        _export(engine, source, asked, export)
    if as_json:
        click.echo(json.dumps([record.published() for record in chosen]))
    elif chosen:
        _print(engine, source, chosen)
    missing = [symbol for symbol in asked if symbol not in {record.symbol for record in kept}]
    for symbol in missing:
        click.echo(str(NoForecastYet(symbol, source)), err=True)
    return 1 if missing else 0


def _asked(texts: Sequence[str], universe: Universe, kept: Sequence[Record]) -> tuple[Symbol, ...]:
    stored = tuple(dict.fromkeys(record.symbol for record in kept))
    named = tuple(dict.fromkeys(universe.resolve(text, also=stored) for text in texts))
    return named or stored or universe.symbols


def _verify(engine: Engine, noted: Head | None, *, as_json: bool) -> int:
    sound, fault = verify(engine, noted)
    if as_json:
        verdict = {"sound": fault is None, "head": str(sound), "row": fault and fault.number}
        click.echo(json.dumps([verdict | {"what": fault and fault.what}]))
    elif fault is None:
        compared = f" It continues {noted}." if noted is not None else ""
        click.echo(f"All {sound.number} issued forecasts are as they were issued. Head: {sound}.{compared}")
    if fault is not None:
        click.echo(f"{fault.what} {_remedy(sound, fault)}", err=True)
    return 0 if fault is None else 1


def _remedy(sound: Head, fault: Fault) -> str:
    if fault.number <= sound.number:
        return "Restore the record from a backup of that time or before it."
    return f"Rows up to {sound.number} hold together. Restore the rest from a backup."


def _export(engine: Engine, source: str, symbols: Sequence[Symbol], path: Path) -> None:
    try:
        write_export(path, scored_sessions(engine, source, symbols))
    except OSError as error:
        raise BadSettings(
            f"The scored sessions cannot be written to {path}: {error.strerror}. Name another file."
        ) from error


def _print(engine: Engine, source: str, chosen: Sequence[Record]) -> None:
    console = wide(Console())
    console.print(counts_table(chosen))
    if any(record.scores for record in chosen):
        console.print(record_table(chosen))
    for line in (*call_lines(chosen), *alarm_lines(alarms(engine, source), chosen)):
        console.print(line, highlight=False)
