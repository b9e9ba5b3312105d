"""``etf-forecast prices``: fetch into the store, check, export."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from forecasting.cli.options import (
    json_option,
    log_to_stderr,
    prices_option,
    source_name,
    spelt_symbols,
    utc_now,
)
from forecasting.cli.printed_tables import source_words, wide
from forecasting.cli.progress import failure_of, tell_failures
from forecasting.errors import BadSettings, ForecastingError, PricesError
from forecasting.prices.history import PriceSource
from forecasting.prices.quality.checking import check as check_prices
from forecasting.prices.quality.findings import Finding
from forecasting.prices.sources.csv import CsvPrices, write_folder
from forecasting.prices.sources.registry import open_source
from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.prices.store.store import PriceStore, Taken
from forecasting.prices.store.stored import KeptPrices, StoredPrices
from forecasting.reports.runs import Failure
from forecasting.sessions import last_completed_session
from forecasting.settings import ForecastSettings
from forecasting.storage.database import open_database
from forecasting.storage.lease import job_lock
from forecasting.universe import Symbol, Universe

_KEPT = "yahoo"
"""The one source whose prices are kept in the database; the others are at hand anyway."""


@click.group("prices")
def prices_group() -> None:
    """Fetch prices into the store, check them, write them out."""


@prices_group.command()
@click.argument("symbols", nargs=-1)
def fetch(symbols: tuple[str, ...]) -> int:
    """Fetch what the store lacks of each SYMBOL (without any: of the universe and all that is stored)."""
    log_to_stderr()
    settings = ForecastSettings.load()
    if source_name(settings.prices) != _KEPT:
        raise BadSettings(f"PRICES is {settings.prices}, and only {_KEPT} prices are fetched. Set PRICES={_KEPT}.")
    engine = open_database(settings.database_url)
    universe = Universe.parse(settings.universe)
    wanted, strangers = spelt_symbols(symbols, universe)
    if not symbols:
        wanted = tuple(sorted({*wanted, *PriceStore(engine, _KEPT).symbols()}))
    with job_lock(engine, "fetch", utc_now):
        source = open_source(_KEPT, engine)
        assert isinstance(source, StoredPrices)  # noqa: S101 - what open_source gives for yahoo with an engine
        outcome = _fetch(source, wanted)
    failed = [*outcome.failed, *(failure_of(error.text, error) for error in strangers)]
    if outcome.taken:
        console = wide(Console())
        console.print(_fetched_table(outcome))
        console.print("Prices from Yahoo are for personal use; its terms forbid handing them on.")
    tell_failures(failed)
    return 1 if failed else 0


@dataclass
class _Outcome:
    taken: dict[Symbol, Taken | None] = field(default_factory=dict)
    failed: list[Failure] = field(default_factory=list)


def _fetch(source: StoredPrices, symbols: Sequence[Symbol]) -> _Outcome:
    outcome, until = _Outcome(), last_completed_session(source.now())
    console = Console(stderr=True)
    for symbol in track(symbols, "Fetching prices", console=console, disable=not console.is_terminal):
        try:
            outcome.taken[symbol] = source.update(symbol, until)
        except ForecastingError as error:
            outcome.failed.append(failure_of(symbol, error))
    return outcome


def _fetched_table(outcome: _Outcome) -> Table:
    table = Table("ETF", "new sessions", "revised", "changes of units", title=f"Fetched · {source_words(_KEPT)}")
    for symbol, taken in outcome.taken.items():
        if taken is None:
            table.add_row(symbol, "nothing lacked", "", "")
            continue
        anew = " (another security now)" if taken.instead_of is not None else ""
        changes = taken.merge
        table.add_row(f"{symbol}{anew}", str(len(changes.new)), str(len(changes.revised)), str(len(changes.rebasings)))
    return table


@prices_group.command()
@prices_option
@json_option("An array of JSON objects, one for each fault.")
def check(prices: str | None, as_json: bool) -> int:
    """Name every fault in the prices at hand: of a folder, of the simulation, or of what is stored from Yahoo.

    Exit code 1 where there is one.
    """
    log_to_stderr()
    settings = ForecastSettings.load()
    source, symbols = _at_hand(prices or settings.prices, settings)
    findings = check_prices(source, symbols, last_completed_session(utc_now()))
    faults = [finding for finding in findings if finding.is_fault]
    if as_json:
        click.echo(json.dumps([finding.as_json() for finding in faults], indent=1))
    else:
        _print_findings(findings, len(symbols), source.name)
    return 1 if faults else 0


def _at_hand(prices: str, settings: ForecastSettings) -> tuple[PriceSource, tuple[Symbol, ...]]:
    if source_name(prices) == _KEPT:
        store = _store(settings)
        return KeptPrices(store), store.symbols()
    source = open_source(prices)
    assert isinstance(source, CsvPrices | SimulatedPrices)  # noqa: S101 - the other two sources
    return source, source.symbols


def _store(settings: ForecastSettings) -> PriceStore:
    """The stored prices.

    Raises:
        PricesError: there are none.
    """
    store = PriceStore(open_database(settings.database_url), _KEPT)
    if not store.symbols():
        raise PricesError(f"No {_KEPT} prices are stored yet. Fetch them first: etf-forecast prices fetch")
    return store


def _print_findings(findings: Sequence[Finding], etfs: int, source: str) -> None:
    console = wide(Console())
    faults = [finding for finding in findings if finding.is_fault]
    if faults:
        table = Table("ETF", "session", "fault", "values", "what was done", title=f"Faults · {source_words(source)}")
        for fault in faults:
            table.add_row(fault.symbol, str(fault.session or ""), fault.kind, fault.details, fault.action)
        console.print(table)
    for note in findings:
        if not note.is_fault:
            console.print(f"Note: {note}")
    console.print(f"{len(faults) or 'No'} faults in {etfs} ETFs of {source_words(source)}.")


@prices_group.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """Write the stored prices to FOLDER as SYMBOL.csv files, which csv:FOLDER reads."""
    log_to_stderr()
    store = _store(ForecastSettings.load())
    stored = {symbol: store.load(symbol) for symbol in store.symbols()}
    frames = {symbol: history.frame for symbol, history in stored.items() if history is not None}
    write_folder(folder, frames)
    click.echo(f"{len(frames)} ETFs are in {folder}. Yahoo's terms forbid handing its prices on.")
