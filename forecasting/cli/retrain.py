"""``etf-forecast retrain`` and ``refresh``: the jobs that write."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date

import click
from rich.console import Console

from forecasting.champion.registry import ModelRegistry
from forecasting.cli.options import (
    as_of_option,
    cluster_option,
    json_option,
    last_known_session,
    log_to_stderr,
    prices_option,
    source_name,
    spelt_symbols,
    utc_now,
    workers_option,
)
from forecasting.cli.printed_tables import scores_table, wide
from forecasting.cli.progress import JsonLines, failure_of, listening, tell_failures
from forecasting.errors import BadSettings, ForecastingError
from forecasting.job.workers import cluster, worker_count, worker_pool
from forecasting.reports.runs import Failure
from forecasting.reports.store import ReportStore
from forecasting.settings import ForecastSettings
from forecasting.storage.database import open_database
from forecasting.storage.lease import job_lock
from forecasting.universe import Symbol, Universe, parse_teachers

_JSON_HELP = "Progress as JSON lines on stdout, the last one with the event done."


@dataclass(frozen=True)
class _Order:
    """What the command line asks for."""

    kind: str
    texts: Sequence[str]
    prices: str | None
    as_of: date | None
    as_json: bool
    workers: int | None = None
    cluster: str | None = None
    only_funds: bool = False


@dataclass(frozen=True)
class _Outcome:
    source: str
    ok: tuple[Symbol, ...]
    failed: tuple[Failure, ...]
    store: ReportStore


@click.command()
@click.argument("symbols", nargs=-1)
@prices_option
@as_of_option
@workers_option
@cluster_option
@click.option("--only-funds", is_flag=True, help="Refuse what is no ETF, exchange-traded note or index.")
@json_option(_JSON_HELP)
def retrain(
    symbols: tuple[str, ...],
    prices: str | None,
    as_of: date | None,
    workers: int | None,
    cluster: str | None,
    only_funds: bool,
    as_json: bool,
) -> int:
    """Train a new model of each SYMBOL (without any: of the universe) and store its forecast."""
    return _carry_out(_Order("retrain", symbols, prices, as_of, as_json, workers, cluster, only_funds))


@click.command()
@click.argument("symbols", nargs=-1)
@prices_option
@as_of_option
@workers_option
@json_option(_JSON_HELP)
def refresh(
    symbols: tuple[str, ...], prices: str | None, as_of: date | None, workers: int | None, as_json: bool
) -> int:
    """Forecast the newest session with the models that are there, without training."""
    return _carry_out(_Order("refresh", symbols, prices, as_of, as_json, workers))


def _carry_out(order: _Order) -> int:
    log_to_stderr()
    try:
        outcome = _run(order)
    except ForecastingError as error:
        if order.as_json:
            JsonLines().done([], [failure_of(text, error) for text in _asked(order)])
        raise
    if order.as_json:
        JsonLines().done(outcome.ok, outcome.failed)
    else:
        _print(outcome)
    return 1 if outcome.failed else 0


def _asked(order: _Order) -> Sequence[str]:
    """The symbols that the job was to do: those named, or the universe where that can be read."""
    try:
        return order.texts or Universe.parse(ForecastSettings.load().universe).symbols
    except BadSettings:
        return ()


def _run(order: _Order) -> _Outcome:
    settings = ForecastSettings.load()
    universe = Universe.parse(settings.universe)
    prices = order.prices or settings.prices
    name = source_name(prices)
    symbols, strangers = spelt_symbols(order.texts, universe)
    refused = tuple(failure_of(error.text, error) for error in strangers)
    registry = ModelRegistry(settings.model_dir)
    registry.check_writable()
    engine = open_database(settings.database_url)
    store = ReportStore(engine)
    if not symbols:
        return _Outcome(name, (), refused, store)
    until = last_known_session(order.as_of, name)
    with job_lock(engine, order.kind, utc_now) as lock:
        # Imported once the request makes sense and may go on: pandas takes a second, torch two more.
        from forecasting.prices.sources.registry import open_source

        source = open_source(prices, engine)
        from forecasting.champion.recipes import RecipeBook
        from forecasting.job.pipeline import Pipeline

        recipe = RecipeBook(settings.model_dir).recipe(settings.recipe)
        with _workers(order, settings) as executor, listening(as_json=order.as_json) as listener:
            pipeline = Pipeline(
                source,
                universe,
                store,
                registry,
                lock,
                executor,
                utc_now,
                recipe=recipe,
                teachers=parse_teachers(settings.teachers),
                only_funds=order.only_funds,
            )
            steps = pipeline.retrain if order.kind == "retrain" else pipeline.refresh
            run = steps(symbols, until, listener)
    return _Outcome(name, run.ok, (*run.failed, *refused), store)


def _workers(order: _Order, settings: ForecastSettings) -> AbstractContextManager[Executor]:
    if order.cluster is not None:
        return cluster(order.cluster)
    return worker_pool(worker_count(order.workers or settings.workers))


def _print(outcome: _Outcome) -> None:
    if outcome.ok:
        reports = [report for report in outcome.store.all_latest(outcome.source) if report.symbol in outcome.ok]
        wide(Console()).print(scores_table(reports))
    tell_failures(outcome.failed)
