"""``etf-forecast track``: how the issued forecasts turned out. Fetches nothing."""

from __future__ import annotations

import json
from pathlib import Path

import click

from forecasting.cli.context import Context, prices_option
from forecasting.cli.options import OUTPUT_FILE, Parsed, json_option, writing
from forecasting.cli.printed_tables import counts_table, record_lines, record_table
from forecasting.record.chain import Head
from forecasting.record.export import scored_sessions, write_export
from forecasting.record.record import Record
from forecasting.record.verification import verify


@click.command(epilog="Example: etf-forecast track SPY --export scored.csv")
@click.argument("symbols", nargs=-1)
@prices_option
@click.option("--verify", "is_verified", is_flag=True, help="Recompute every forecast's hash and report changes.")
@click.option(
    "--head",
    type=Parsed("N:HEX", Head.parse),
    help="Verify against this head, from the footer of a weekly report.",
)
@click.option("--export", type=OUTPUT_FILE, help="Write every scored session to this file (.json, else CSV).")
@json_option("Print an array of JSON objects, one per ETF and kind (live or replayed).")
def track(
    symbols: tuple[str, ...],
    context: Context,
    is_verified: bool,
    head: Head | None,
    export: Path | None,
    as_json: bool,
) -> int:
    """Show how the forecasts issued for each SYMBOL turned out, next to what the backtest promised (default: all)."""
    source = context.source
    if is_verified or head is not None:
        return _verify(context, head, as_json=as_json)
    kept = context.store.track(source).records()
    stored = dict.fromkeys(record.symbol for record in kept)
    asked = context.known(symbols, stored)
    chosen = [record for record in kept if record.symbol in asked]
    if export is not None:
        with writing("The scored sessions", export):
            write_export(export, scored_sessions(context.engine, source, asked))
    if as_json:
        click.echo(json.dumps([record.published() for record in chosen]))
    elif chosen:
        _print(context, chosen)
    return context.report_missing(asked, stored)


def _verify(context: Context, noted: Head | None, *, as_json: bool) -> int:
    sound, fault = verify(context.engine, noted)
    if as_json:
        verdict = {"sound": fault is None, "head": str(sound), "row": fault and fault.number}
        click.echo(json.dumps([verdict | {"what": fault and fault.what}]))
    elif fault is None:
        compared = f" It continues {noted}." if noted is not None else ""
        click.echo(f"All {sound.number} issued forecasts are unchanged. Head: {sound}.{compared}")
    if fault is not None:
        remedy = f"Rows up to {sound.number} are intact. Restore the rest from a backup."
        if fault.number <= sound.number:
            remedy = "Restore the record from a backup of that time or earlier."
        click.echo(f"{fault.what} {remedy}", err=True)
    return 0 if fault is None else 1


def _print(context: Context, chosen: list[Record]) -> None:
    context.console.print(counts_table(chosen))
    if any(record.scores for record in chosen):
        context.console.print(record_table(chosen))
    shown = {record.symbol for record in chosen}
    warnings = [alarm for alarm in context.store.track(context.source).alarms() if alarm.symbol in shown]
    for line in (*record_lines(chosen), *(f"Warning: {alarm.sentence}" for alarm in warnings)):
        context.console.print(line, highlight=False)
