"""``etf-forecast tune``: a search for parameters of the LSTM, and its confirmation on later years."""

from __future__ import annotations

import json
import logging
import sys
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from forecasting.cli.context import Context, last_known_session, prices_option
from forecasting.cli.options import as_of_option, chart_options, check_folder, json_option, workers_option, writing
from forecasting.cli.progress import print_failures
from forecasting.cli.tune_output import confirmation_table, published, trials_table, verdict, watching
from forecasting.errors import BadSettings
from forecasting.job.progress import failure_of
from forecasting.report import Theme
from forecasting.reports.runs import Failure
from forecasting.universe import Symbol

if TYPE_CHECKING:
    from forecasting.prices.history import Panel

log = logging.getLogger(__name__)


@click.command(epilog="Example: etf-forecast tune SPY --prices csv:prices --trials 30")
@click.argument("symbols", nargs=-1, required=True)
@prices_option
@as_of_option
@click.option(
    "--trials",
    type=click.IntRange(min=1),
    default=30,
    show_default=True,
    help="Total number of trials, including earlier ones.",
)
@click.option("--name", help="Name for the resulting configuration (default: tuned-KEY).")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Random seed for the search.")
@workers_option
@chart_options
@json_option("Trials, winner and confirmation as one JSON object.")
def tune(
    symbols: tuple[str, ...],
    context: Context,
    as_of: date | None,
    trials: int,
    name: str | None,
    seed: int,
    workers: int | None,
    chart: Path | None,
    theme: Theme,
    as_json: bool,
) -> int:
    """Search for LSTM parameters that forecast SYMBOL… better, and test them on years the search never saw.

    Every finished trial is stored in MODEL_DIR: run the same command again to continue a search that was stopped. The
    winner becomes a configuration, which is used only if RECIPE names it.
    """
    if find_spec("optuna") is None:
        raise BadSettings(f"tune needs Optuna, which is not installed here: {sys.executable} -m pip install optuna")
    if chart is not None:
        check_folder(chart)
    context.check_settings()
    wanted, strangers = context.spelt(symbols)
    # Imported once the request makes sense: torch takes seconds.
    from forecasting.champion.recipes import RecipeBook, check_name
    from forecasting.tuning.chart import draw_trials
    from forecasting.tuning.outcome import planned, tuned
    from forecasting.tuning.search import finished_trials, open_study

    if name is not None:
        check_name(name)
    panel, failures = _load(context, as_of, wanted)
    failures += strangers
    failed = {failure.symbol for failure in failures}
    served = tuple(symbol for symbol in wanted if symbol not in failed)
    if not served:
        return print_failures(failures)
    book = RecipeBook(context.settings.model_dir)
    plan = planned(panel, served, seed, name, book)
    study = open_study(plan.search, book.folder)
    kept = len(finished_trials(study))
    with context.workers(workers) as executor, watching(plan, trials, kept) as watcher:
        outcome = tuned(plan, trials, study, book, executor, watcher)
    if chart is not None:
        with writing("The chart", chart):
            chart.write_bytes(draw_trials(outcome.trials, plan.symbols, plan.source, theme))
    if as_json:
        click.echo(json.dumps(published(outcome)))
    else:
        context.console.print(trials_table(outcome))
        context.console.print(confirmation_table(outcome))
        context.console.print(verdict(outcome), soft_wrap=True)
    return print_failures(failures)


def _load(context: Context, as_of: date | None, wanted: tuple[Symbol, ...]) -> tuple[Panel, list[Failure]]:
    """The panel to train on, and which of ``wanted`` are missing and why."""
    from forecasting.prices.loading import load_panel, panel_symbols
    from forecasting.prices.quality.gate import refusal

    # Prices that are fetched are stored, which needs the lock. The search itself does not.
    with context.lock("tune"):
        source = context.open_source()
        until = last_known_session(as_of, source.name, (*context.universe.symbols, *wanted))
        panel, missing = load_panel(source, panel_symbols(source, context.universe, wanted), until)
    refused = {symbol: refusal(panel[symbol]) for symbol in wanted if symbol in panel}
    problems = missing | {symbol: error for symbol, error in refused.items() if error is not None}
    for symbol, error in problems.items():
        if symbol not in wanted:
            log.warning("The panel lacks %s. %s", symbol, error)
    return panel, [failure_of(symbol, error) for symbol, error in problems.items() if symbol in wanted]
