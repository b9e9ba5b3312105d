"""``etf-forecast tune``: a search for parameters of the LSTM, and whether what it finds holds."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from forecasting.cli.options import (
    as_of_option,
    chart_options,
    json_option,
    last_known_session,
    log_to_stderr,
    prices_option,
    source_name,
    spelt_symbols,
    utc_now,
    workers_option,
)
from forecasting.cli.printed_tables import wide
from forecasting.cli.progress import failure_of, tell_failures
from forecasting.cli.tune_output import confirmation_table, published, trials_table, verdict, watching
from forecasting.errors import BadSettings
from forecasting.job.workers import worker_count, worker_pool
from forecasting.report import Theme
from forecasting.reports.runs import Failure
from forecasting.settings import ForecastSettings
from forecasting.storage.database import open_database
from forecasting.storage.lease import job_lock
from forecasting.tuning.trials import TrialStore
from forecasting.universe import Symbol, Universe

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from forecasting.prices.history import Panel
    from forecasting.tuning.outcome import Outcome

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Order:
    """What the command line asks for."""

    texts: Sequence[str]
    prices: str
    as_of: date | None
    trials: int
    name: str | None
    seed: int
    workers: int


@click.command()
@click.argument("symbols", nargs=-1, required=True)
@prices_option
@as_of_option
@click.option("--trials", type=click.IntRange(min=1), default=30, show_default=True, help="All in all, those kept too.")
@click.option("--name", help="Of the configuration that is made; else tuned- and the study's key.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of the proposals.")
@workers_option
@chart_options
@json_option("Trials, winner and confirmation as one JSON object.")
def tune(
    symbols: tuple[str, ...],
    prices: str | None,
    as_of: date | None,
    trials: int,
    name: str | None,
    seed: int,
    workers: int | None,
    chart: Path | None,
    theme: Theme,
    as_json: bool,
) -> int:
    """Search parameters of the LSTM that forecast SYMBOL… better, and confirm them on years the search never saw.

    Each trial is kept in the database as it ends: the same command goes on where it was stopped. The winner becomes a
    configuration that nothing uses until RECIPE names it.
    """
    log_to_stderr()
    _require_optuna()
    settings = ForecastSettings.load()
    if chart is not None and not chart.parent.is_dir():
        raise BadSettings(f"The folder {chart.parent} does not exist. Make it, or write the chart elsewhere.")
    processes = worker_count(workers or settings.workers)
    order = _Order(symbols, prices or settings.prices, as_of, trials, name, seed, processes)
    outcome, failures = _carry_out(order, settings)
    if outcome is not None:
        if chart is not None:
            _draw(outcome, theme, chart)
        if as_json:
            click.echo(json.dumps(published(outcome)))
        else:
            _print(outcome)
    tell_failures(failures)
    return 1 if failures or outcome is None else 0


def _require_optuna() -> None:
    if find_spec("optuna") is None:
        raise BadSettings("tune needs Optuna, which is not installed here: pip install 'etf-forecast-bot[tune]'.")


def _carry_out(order: _Order, settings: ForecastSettings) -> tuple[Outcome | None, list[Failure]]:
    universe = Universe.parse(settings.universe)
    wanted, strangers = spelt_symbols(order.texts, universe)
    source_name(order.prices)
    # Imported once the request makes sense: torch takes seconds.
    from forecasting.champion.recipes import RecipeBook, check_name
    from forecasting.tuning.outcome import planned, tuned

    if order.name is not None:
        check_name(order.name)
    engine = open_database(settings.database_url)
    panel, failures = _load(order, universe, wanted, engine)
    failures += [failure_of(error.text, error) for error in strangers]
    failed = {failure.symbol for failure in failures}
    served = tuple(symbol for symbol in wanted if symbol not in failed)
    if not served:
        return None, failures
    book = RecipeBook(settings.model_dir)
    plan = planned(panel, served, order.seed, order.name, book)
    store = TrialStore(engine)
    kept = len(store.of(plan.search.study))
    with worker_pool(order.workers) as executor, watching(plan, order.trials, kept) as watcher:
        return tuned(plan, order.trials, store, book, executor, utc_now, watcher), failures


def _load(order: _Order, universe: Universe, wanted: tuple[Symbol, ...], engine: Engine) -> tuple[Panel, list[Failure]]:
    """The panel that models learn from, and which of ``wanted`` are missing and why."""
    from forecasting.prices.quality.gate import refusal
    from forecasting.prices.sources.registry import load_panel, open_source, panel_symbols

    # What is fetched is stored, so that no other job may write meanwhile. The search itself holds nobody up.
    with job_lock(engine, "tune", utc_now):
        source = open_source(order.prices, engine)
        until = last_known_session(order.as_of, source.name)
        panel, missing = load_panel(source, panel_symbols(source, universe, wanted), until)
    refused = {symbol: refusal(panel[symbol]) for symbol in wanted if symbol in panel}
    problems = missing | {symbol: error for symbol, error in refused.items() if error is not None}
    for symbol, error in problems.items():
        if symbol not in wanted:
            log.warning("The panel does without %s. %s", symbol, error)
    return panel, [failure_of(symbol, error) for symbol, error in problems.items() if symbol in wanted]


def _draw(outcome: Outcome, theme: Theme, path: Path) -> None:
    from forecasting.tuning.chart import draw_trials

    try:
        path.write_bytes(draw_trials(outcome.trials, outcome.plan.symbols, outcome.plan.source, theme))
    except OSError as error:
        raise BadSettings(f"The chart cannot be written to {path}: {error.strerror}. Name another file.") from error


def _print(outcome: Outcome) -> None:
    console = wide(Console())
    console.print(trials_table(outcome))
    console.print(confirmation_table(outcome))
    console.print(verdict(outcome), soft_wrap=True)
