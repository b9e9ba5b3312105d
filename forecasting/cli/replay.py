"""``etf-forecast replay``: the weekly life of the bot over past weeks, for a record to start with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from forecasting.champion.registry import ModelRegistry
from forecasting.cli.options import (
    Day,
    last_known_session,
    log_to_stderr,
    prices_option,
    source_name,
    spelt_symbols,
    utc_now,
    workers_option,
)
from forecasting.cli.progress import failure_of, tell_failures
from forecasting.errors import BadSettings
from forecasting.job.workers import worker_count, worker_pool
from forecasting.reports.store import ReportStore
from forecasting.settings import ForecastSettings
from forecasting.storage.database import open_database
from forecasting.storage.lease import job_lock
from forecasting.universe import Universe, parse_teachers


@click.command()
@click.argument("symbols", nargs=-1)
@click.option("--from", "first", type=Day(), required=True, help="First day to go through.")
@click.option("--to", "last", type=Day(), required=True, help="Last day to go through, and to score by.")
@prices_option
@click.option(
    "--every",
    type=click.Choice(["week", "day"]),
    default="week",
    show_default=True,
    help="Issue at the last session of each week, or at every session.",
)
@click.option(
    "--retrain-every",
    metavar="WEEKS",
    type=click.IntRange(min=1),
    default=13,
    show_default=True,
    help="Train new models after so many weeks.",
)
@workers_option
def replay(
    symbols: tuple[str, ...],
    first: date,
    last: date,
    prices: str | None,
    every: str,
    retrain_every: int,
    workers: int | None,
) -> int:
    """Issue and score the forecasts of past weeks for each SYMBOL (without any: of the universe).

    They are marked as replayed and never counted with the live ones. Stopped, it goes on where it was.
    """
    log_to_stderr()
    settings = ForecastSettings.load()
    universe = Universe.parse(settings.universe)
    prices = prices or settings.prices
    last = min(last, last_known_session(None, source_name(prices)))
    if first > last:
        raise BadSettings(f"--from {first} lies after the last day to go through, {last}. Name an earlier one.")
    named, strangers = spelt_symbols(symbols, universe)
    engine = open_database(settings.database_url)
    with job_lock(engine, "replay", utc_now) as lock:
        # Imported once the request makes sense: pandas takes a second, torch two more.
        from forecasting.champion.recipes import RecipeBook
        from forecasting.job.pipeline import Pipeline
        from forecasting.job.replay import Replay, issue_days, replay_folder
        from forecasting.prices.sources.registry import open_source

        registry = ModelRegistry(replay_folder(settings.model_dir))
        registry.check_writable()
        source = open_source(prices, engine)
        recipe = RecipeBook(settings.model_dir).recipe(settings.recipe)
        days = issue_days(first, last, "day" if every == "day" else "week")
        if not days:
            raise BadSettings(
                f"From {first} to {last} no {every} ends at the exchange, so there is nothing to issue. Name a longer "
                "span with --from and --to."
            )
        with worker_pool(worker_count(workers or settings.workers)) as executor, _days_told(len(days)) as tell:
            pipeline = Pipeline(
                source,
                universe,
                ReportStore(engine),
                registry,
                lock,
                executor,
                utc_now,
                recipe=recipe,
                teachers=parse_teachers(settings.teachers),
                kind="replayed",
            )
            done = Replay(pipeline, days, last, retrain_every).run(named, tell)
    failed = (*(done.too_young | done.failed).values(), *(failure_of(error.text, error) for error in strangers))
    click.echo(
        f"{done.issued} forecasts issued as replayed, {done.trained} models trained for them. "
        "See them with: etf-forecast track"
    )
    tell_failures(failed)
    return 1 if failed else 0


@contextmanager
def _days_told(count: int) -> Iterator[Callable[[date], None]]:
    """What a replay of ``count`` days calls after each: a bar on a terminal, silence elsewhere."""
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=count)
        yield lambda day: bar.update(task, advance=1, description=day.isoformat())
