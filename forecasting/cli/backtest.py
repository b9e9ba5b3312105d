"""``etf-forecast backtest``: the walk-forward frame of forecasts and what happened, for judging the recipe."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from forecasting.cli.context import Context, last_known_session, prices_option
from forecasting.cli.options import DAY, OUTPUT_FILE, Listed, check_folder, joined, workers_option, writing
from forecasting.cli.progress import listening, print_failures
from forecasting.job.progress import failure_of
from forecasting.models import MODELS
from forecasting.quantiles import HORIZON
from forecasting.storage.files import replacing

if TYPE_CHECKING:
    import pandas as pd


@click.command(
    epilog="Example: etf-forecast backtest SPY --prices csv:prices --folds 2022-01-01,2023-01-01 --every 20 "
    "--out frame.csv"
)
@click.argument("symbols", nargs=-1, required=True)
@prices_option
@click.option(
    "--folds",
    type=Listed(DAY, "DATE,DATE,…"),
    multiple=True,
    callback=joined,
    required=True,
    help="Dates at which a new model is trained, on earlier prices only.",
)
@click.option("--every", type=click.IntRange(min=1), required=True, help="Sessions from one test date to the next.")
@click.option("--out", type=OUTPUT_FILE, required=True, help="Write to this file: FRAME.csv or FRAME.csv.gz.")
@click.option(
    "--models", type=Listed(click.Choice(MODELS), "MODEL,…"), default=tuple(MODELS), help=f"Any of {', '.join(MODELS)}."
)
@click.option("--recipe", metavar="NAME", help="Configuration of the LSTM (default: the setting RECIPE).")
@workers_option
def backtest(
    symbols: tuple[str, ...],
    context: Context,
    folds: tuple[date, ...],
    every: int,
    out: Path,
    models: tuple[str, ...],
    recipe: str | None,
    workers: int | None,
) -> int:
    """Write forecasts made on past test dates and what happened, in the source's adjusted closes.

    Rows of a CSV folder are used as they are, even faulty ones, so that anyone can count the same test dates in the
    files. `etf-forecast prices check` lists the faults.
    """
    _check(folds, out)
    context.check_settings(recipe)
    # Imported once the request is known to make sense: torch takes seconds.
    from forecasting.champion.recipes import RecipeBook
    from forecasting.evaluation.walk_forward import MIN_HISTORY
    from forecasting.job.backtest import run_backtest
    from forecasting.prices.loading import extra_training_etfs, load_panel, panel_symbols

    configuration = RecipeBook(context.settings.model_dir).recipe(recipe or context.settings.recipe)
    source = context.open_source(stored=False, as_written=True)
    wanted, failures = context.spelt(symbols)
    members = panel_symbols(source, context.universe, wanted)
    teachers = extra_training_etfs(source, context.teachers, members)
    until = last_known_session(None, source.name, members)
    panel, missing = load_panel(source, members, until, extras=teachers, gated=False)
    failures += [failure_of(symbol, error) for symbol, error in missing.items() if symbol in wanted]
    served = tuple(symbol for symbol in wanted if symbol in panel)
    with context.workers(workers) as executor, listening(as_json=False, stages=("backtest",)) as listener:
        frame, broken = run_backtest(executor, panel, served, folds, every, models, listener, configuration)
    failures += broken
    _write(frame, out)
    for symbol in sorted(set(served) - set(frame["symbol"]) - {failure.symbol for failure in failures}):
        click.echo(
            f"{symbol} has too few prices for these folds, so the file has no row of it. A fold needs {MIN_HISTORY} "
            f"sessions before its date and {HORIZON} after its first test date.",
            err=True,
        )
    return print_failures(failures) or int(frame.empty)


def _check(folds: Sequence[date], out: Path) -> None:
    if list(folds) != sorted(set(folds)):
        raise click.BadParameter("The dates must increase.", param_hint="--folds")
    if not out.name.endswith((".csv", ".csv.gz")):
        raise click.BadParameter("The file's name must end in .csv or .csv.gz.", param_hint="--out")
    check_folder(out)


def _write(frame: pd.DataFrame, out: Path) -> None:
    """All of it or nothing. Floats as the shortest text that reads back as the same number."""
    compression: Any = {"method": "gzip", "mtime": 0} if out.suffix == ".gz" else None  # the same bytes every time
    with writing("The frame", out), replacing(out) as half:
        frame.to_csv(half, index=False, date_format="%Y-%m-%d", compression=compression)
