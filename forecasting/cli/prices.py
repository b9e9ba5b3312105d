"""``etf-forecast prices``: fetch into the store, check, export, import."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from forecasting.cli.context import Context, prices_option
from forecasting.cli.options import json_option
from forecasting.cli.printed_tables import table
from forecasting.cli.progress import print_failures
from forecasting.errors import BadSettings, ForecastingError, PricesError
from forecasting.job.progress import failure_of
from forecasting.prices.files.cells import ORDERS, Order
from forecasting.prices.files.folder import write_folder
from forecasting.prices.findings import Finding
from forecasting.prices.history import PriceSource
from forecasting.prices.importing import Imported, import_file
from forecasting.prices.loading import check as check_prices
from forecasting.prices.sources.registry import SOURCES, source_named
from forecasting.prices.store.store import PriceStore, Taken
from forecasting.prices.store.stored import KeptPrices, StoredPrices
from forecasting.reports.runs import Failure
from forecasting.sessions import newest_completed
from forecasting.universe import VIX, Symbol


@click.group("prices", epilog="Example: etf-forecast prices check --prices csv:prices")
def prices() -> None:
    """Fetch prices into the database, check them, write them to files, or read them from downloads."""


@prices.command(short_help="Fetch new prices from the network.", epilog="Example: etf-forecast prices fetch SPY QQQ")
@click.argument("symbols", nargs=-1)
def fetch(symbols: tuple[str, ...]) -> int:
    """Fetch new prices of each SYMBOL (default: the universe and every ETF stored already) and keep them."""
    context = Context()
    if not source_named(context.source).is_stored:
        fetched = ", ".join(source.name for source in SOURCES.values() if source.is_stored)
        raise BadSettings(f"PRICES is {context.prices}, whose prices are not fetched. Set PRICES to: {fetched}.")
    wanted, failed = context.spelt(symbols)
    if not symbols:
        wanted = tuple(sorted({*wanted, *PriceStore(context.engine, context.source).symbols(), VIX}))
    with context.lock("fetch"):
        source = context.open_source()
        assert isinstance(source, StoredPrices)  # noqa: S101 - what open_source gives for stored sources
        taken, unavailable = _fetch(source, wanted)
    if taken:
        _print_fetched(context, taken)
    return print_failures([*unavailable, *failed])


def _fetch(source: StoredPrices, symbols: Sequence[Symbol]) -> tuple[dict[Symbol, Taken | None], list[Failure]]:
    taken: dict[Symbol, Taken | None] = {}
    failed = []
    until, console = newest_completed(source.now(), symbols), Console(stderr=True)
    for symbol in track(symbols, "Fetching prices", console=console, disable=not console.is_terminal):
        try:
            taken[symbol] = source.update(symbol, until)
        except ForecastingError as error:
            failed.append(failure_of(symbol, error))
    return taken, [failure for failure in failed if failure.symbol != VIX]  # forecasts can do without the VIX


def _print_fetched(context: Context, fetched: dict[Symbol, Taken | None]) -> None:
    made = table(
        f"Fetched · {source_named(context.source).label}", ("ETF",), ("new sessions", "revised", "changes of units")
    )
    for symbol, taken in fetched.items():
        if taken is None:
            made.add_row(symbol, "up to date", "", "")
            continue
        other = " (now a different security)" if taken.instead_of is not None else ""
        counts = (taken.merge.new, taken.merge.revised, taken.merge.rebasings)
        made.add_row(f"{symbol}{other}", *(str(len(changes)) for changes in counts))
    context.console.print(made)
    context.console.print(source_named(context.source).terms)


@prices.command(
    short_help="List the faults in prices.", epilog="Example: etf-forecast prices check --prices csv:prices"
)
@prices_option
@json_option("Print an array of JSON objects, one per fault.")
def check(context: Context, as_json: bool) -> int:
    """List every fault in the prices of a folder, of the simulation, or of those that were fetched.

    The exit code is 1 if there is one, or no prices at all.
    """
    source, symbols = _at_hand(context)
    findings = check_prices(source, symbols, context.now())
    faults = [finding for finding in findings if finding.is_fault]
    if as_json:
        click.echo(json.dumps([finding.as_json() for finding in faults], indent=1))
    else:
        _print_findings(context, findings, faults, len(symbols))
    return 1 if faults else 0


def _at_hand(context: Context) -> tuple[PriceSource, tuple[Symbol, ...]]:
    if source_named(context.source).is_stored:
        store = _store(context, context.source)
        return KeptPrices(store), tuple(symbol for symbol in store.symbols() if symbol != VIX)
    source = context.open_source(stored=False)
    symbols = getattr(source, "symbols", context.universe.symbols)
    if not symbols:
        raise PricesError(
            "The folder holds no SYMBOL.csv, so there is nothing to check. Name another: --prices csv:FOLDER"
        )
    return source, symbols


def _store(context: Context, source: str) -> PriceStore:
    """The stored prices of ``source``. Raises PricesError if there are none."""
    store = PriceStore(context.engine, source)
    if not store.symbols():
        raise PricesError(
            f"No {source_named(source).label} are stored yet. Fetch them first: etf-forecast prices fetch"
        )
    return store


def _print_findings(context: Context, findings: Sequence[Finding], faults: Sequence[Finding], etfs: int) -> None:
    words = source_named(context.source).label
    if faults:
        made = table(f"Faults · {words}", ("ETF", "session"), ())
        for heading in ("fault", "values", "action"):
            made.add_column(heading)
        for fault in faults:
            made.add_row(fault.symbol, str(fault.session or ""), fault.kind, fault.details, fault.action)
        context.console.print(made)
    for note in findings:
        if not note.is_fault:
            context.console.print(f"Note: {note}")
    count = f"{len(faults) or 'No'} fault{'s' * (len(faults) != 1)}"
    context.console.print(f"{count} in {etfs} ETF{'s' * (etfs != 1)} of {words}.")


@prices.command(short_help="Write stored prices to CSV files.", epilog="Example: etf-forecast prices export prices")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """Write the stored prices to FOLDER as SYMBOL.csv files, which --prices csv:FOLDER can read."""
    context = Context()
    source = next(s for s in (source_named(context.source), *SOURCES.values()) if s.is_stored)
    store = _store(context, source.name)
    stored = {symbol: found for symbol in store.symbols() if (found := store.load(symbol)) is not None}
    frames = {symbol: found.frame for symbol, found in stored.items()}
    write_folder(folder, frames, {symbol: found.security.currency for symbol, found in stored.items()})
    click.echo(f"{len(frames.keys() - {VIX})} ETFs are in {folder}. {source.terms}".rstrip())


@prices.command(
    "import",
    short_help="Turn downloaded files into a folder of prices.",
    epilog="Example: etf-forecast prices import spy.us.txt QQQ_hist.csv --to prices",
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--dates", "order", type=click.Choice(list(ORDERS)), help="The order of dates like 01/02/2024.")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("prices"),
    show_default=True,
    help="Folder to write SYMBOL.csv to.",
)
@click.option("--replace", is_flag=True, help="Replace files of the same symbols in the folder.")
def import_files(files: tuple[Path, ...], order: Order | None, folder: Path, replace: bool) -> int:
    """Read each FILE of daily prices as sites and programs write them, and write it as SYMBOL.csv.

    The layout is told by the content. Whatever is unclear is an error, and then nothing is written for that file.
    """
    done: dict[Symbol, Path] = {}
    failed = 0
    for path in files:
        try:
            imported = import_file(path, folder, order, replace=replace, done=done)
        except ForecastingError as error:
            failed += 1
            click.echo(str(error), err=True)
            continue
        for each in imported:
            done[each.symbol] = path
            _print_imported(each, path)
    if done:
        click.echo(f"Use the folder with: --prices csv:{folder}")
    return 1 if failed else 0


def _print_imported(imported: Imported, path: Path) -> None:
    click.echo(f"{imported.symbol}: {imported.target} written from {path}")
    lines = {
        "layout": imported.file.layout,
        "dates": f"like {imported.file.dates}",
        "rows": f"{imported.rows:,} from {imported.first} to {imported.last}",
        "columns": ", ".join(imported.file.columns),
        "unused": ", ".join(imported.file.unused),
    }
    for name, words in lines.items():
        if words:
            click.echo(f"  {name:8} {words}")
    for note in imported.notes:
        click.echo(f"  {'note':8} {note}")
