"""``etf-forecast backtest``: the walk-forward frame of forecasts beside what came, for judging the recipe."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from forecasting.cli.options import (
    Day,
    last_known_session,
    log_to_stderr,
    prices_option,
    spelt_symbols,
    workers_option,
)
from forecasting.cli.progress import failure_of, listening, tell_failures
from forecasting.errors import BadSettings
from forecasting.job.workers import worker_count, worker_pool
from forecasting.models import MODELS
from forecasting.quantiles import HORIZON
from forecasting.settings import ForecastSettings
from forecasting.universe import Universe, parse_teachers

if TYPE_CHECKING:
    import pandas as pd


class _Listed(click.ParamType[Any]):
    """Different values of another type, separated by commas."""

    name = "list"

    def __init__(self, each: click.ParamType[Any], metavar: str) -> None:
        self.each, self.metavar = each, metavar

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - fixed by click
        return self.metavar

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Any, ...]:
        if isinstance(value, tuple):
            return value
        return tuple(dict.fromkeys(self.each.convert(part.strip(), param, ctx) for part in value.split(",")))


def _joined(_ctx: click.Context, _param: click.Parameter, lists: tuple[tuple[Any, ...], ...]) -> tuple[Any, ...]:
    """An option given twice means both."""
    return tuple(chain.from_iterable(lists))


@click.command()
@click.argument("symbols", nargs=-1, required=True)
@prices_option
@click.option(
    "--folds",
    type=_Listed(Day(), "DATE,DATE,…"),
    multiple=True,
    callback=_joined,
    required=True,
    help="A model is fitted before each.",
)
@click.option("--every", type=click.IntRange(min=1), required=True, help="Sessions from one cut-off to the next.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="FRAME.csv or .csv.gz")
@click.option("--models", type=_Listed(click.Choice(MODELS), "MODEL,…"), default=tuple(MODELS), help=", ".join(MODELS))
@workers_option
def backtest(
    symbols: tuple[str, ...],
    prices: str | None,
    folds: tuple[date, ...],
    every: int,
    out: Path,
    models: tuple[str, ...],
    workers: int | None,
) -> int:
    """Write forecasts at past cut-offs beside what came, in the source's adjusted closes.

    Rows of a CSV folder are taken as they are written, sound or not, so that the cut-offs are those that anybody
    counts in the same files. `etf-forecast prices check` says what is wrong with them.
    """
    log_to_stderr()
    _check(folds, out)
    settings = ForecastSettings.load()
    universe = Universe.parse(settings.universe)
    # Imported once the request is known to make sense: torch takes seconds.
    from forecasting.champion.recipes import RecipeBook
    from forecasting.evaluation.walk_forward import MIN_HISTORY
    from forecasting.job.tasks import walk
    from forecasting.prices.sources.registry import load_panel, open_source, panel_symbols, teachers_for

    recipe = RecipeBook(settings.model_dir).recipe(settings.recipe)
    source = open_source(prices or settings.prices, as_written=True)
    wanted, strangers = spelt_symbols(symbols, universe)
    until = last_known_session(None, source.name)
    members = panel_symbols(source, universe, wanted)
    teachers = teachers_for(source, parse_teachers(settings.teachers), members)
    panel, missing = load_panel(source, members, until, teachers=teachers, gated=False)
    failures = [failure_of(error.text, error) for error in strangers]
    failures += [failure_of(symbol, error) for symbol, error in missing.items() if symbol in wanted]
    served = tuple(symbol for symbol in wanted if symbol in panel)
    processes = worker_count(workers or settings.workers)
    with worker_pool(processes) as executor, listening(as_json=False, stages=("backtest",)) as listener:
        frame, broken = walk(executor, panel, served, folds, every, models, listener, recipe)
    failures += broken
    _write(frame, out)
    for symbol in sorted(set(served) - set(frame["symbol"]) - {failure.symbol for failure in failures}):
        click.echo(
            f"{symbol} is in no fold, so the frame holds none of it: a fold needs {MIN_HISTORY} sessions before its "
            f"date and {HORIZON} after its first cut-off.",
            err=True,
        )
    tell_failures(failures)
    return 1 if failures or frame.empty else 0


def _check(folds: Sequence[date], out: Path) -> None:
    if list(folds) != sorted(set(folds)):
        raise click.BadParameter("The dates must increase.", param_hint="--folds")
    if not out.name.endswith((".csv", ".csv.gz")):
        raise click.BadParameter("The file's name must end in .csv or .csv.gz.", param_hint="--out")
    if not out.parent.is_dir():
        raise BadSettings(f"The folder {out.parent} does not exist. Make it, or write the frame elsewhere.")


def _write(frame: pd.DataFrame, out: Path) -> None:
    """All of it or nothing. Floats as the shortest text that reads back as the same number."""
    half = out.with_name(f".half-{out.name}")
    compression: Any = {"method": "gzip", "mtime": 0} if out.suffix == ".gz" else None  # the same bytes every time
    try:
        frame.to_csv(half, index=False, date_format="%Y-%m-%d", compression=compression)
        half.replace(out)
    except OSError as error:
        raise BadSettings(f"The frame cannot be written to {out}: {error.strerror}. Name another file.") from error
