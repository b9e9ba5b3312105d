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

from forecasting.cli.context import Context, last_known_session, prices_option
from forecasting.cli.options import as_of_option, chart_options, check_folder, json_option, workers_option, writing
from forecasting.cli.progress import failure_of, print_failures
from forecasting.cli.tune_output import confirmation_table, published, trials_table, verdict, watching
from forecasting.errors import BadSettings
from forecasting.report import Theme
from forecasting.reports.runs import Failure
from forecasting.tuning.trials import TrialStore
from forecasting.universe import Symbol

if TYPE_CHECKING:
    from forecasting.prices.history import Panel
    from forecasting.tuning.outcome import Outcome

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Order:
    """What the command line asks for."""

    texts: Sequence[str]
    as_of: date | None
    trials: int
    name: str | None
    seed: int
    workers: int | None


@click.command(epilog="Example: etf-forecast tune SPY --prices csv:prices --trials 30")
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
    """Search parameters of the LSTM that forecast SYMBOL… better, and confirm them on years the search never saw.

    Each trial is kept in the database as it ends: the same command goes on where it was stopped. The winner becomes a
    configuration that nothing uses until RECIPE names it.
    """
    _require_optuna()
    if chart is not None:
        check_folder(chart)
    outcome, failures = _carry_out(context, _Order(symbols, as_of, trials, name, seed, workers))
    if outcome is not None:
        if chart is not None:
            _draw(outcome, theme, chart)
        if as_json:
            click.echo(json.dumps(published(outcome)))
        else:
            _print(context, outcome)
    return print_failures(failures) or int(outcome is None)


def _require_optuna() -> None:
    if find_spec("optuna") is None:
        raise BadSettings("tune needs Optuna, which is not installed here: pip install 'etf-forecast-bot[tune]'.")


def _carry_out(context: Context, order: _Order) -> tuple[Outcome | None, list[Failure]]:
    wanted, strangers = context.spelt(order.texts)
    context.source  # noqa: B018 - one that does not exist is reported before torch is loaded
    # Imported once the request makes sense: torch takes seconds.
    from forecasting.champion.recipes import RecipeBook, check_name
    from forecasting.tuning.outcome import planned, tuned

    if order.name is not None:
        check_name(order.name)
    panel, failures = _load(context, order, wanted)
    failures += strangers
    failed = {failure.symbol for failure in failures}
    served = tuple(symbol for symbol in wanted if symbol not in failed)
    if not served:
        return None, failures
    book = RecipeBook(context.settings.model_dir)
    plan = planned(panel, served, order.seed, order.name, book)
    store = TrialStore(context.engine)
    kept = len(store.of(plan.search.study))
    with context.workers(order.workers) as executor, watching(plan, order.trials, kept) as watcher:
        return tuned(plan, order.trials, store, book, executor, context.now, watcher), failures


def _load(context: Context, order: _Order, wanted: tuple[Symbol, ...]) -> tuple[Panel, list[Failure]]:
    """The panel that models learn from, and which of ``wanted`` are missing and why."""
    from forecasting.prices.loading import load_panel, panel_symbols
    from forecasting.prices.quality.gate import refusal

    # What is fetched is stored, so that no other job may write meanwhile. The search itself holds nobody up.
    with context.lock("tune"):
        source = context.open_source()
        until = last_known_session(order.as_of, source.name)
        panel, missing = load_panel(source, panel_symbols(source, context.universe, wanted), until)
    refused = {symbol: refusal(panel[symbol]) for symbol in wanted if symbol in panel}
    problems = missing | {symbol: error for symbol, error in refused.items() if error is not None}
    for symbol, error in problems.items():
        if symbol not in wanted:
            log.warning("The panel does without %s. %s", symbol, error)
    return panel, [failure_of(symbol, error) for symbol, error in problems.items() if symbol in wanted]


def _draw(outcome: Outcome, theme: Theme, path: Path) -> None:
    from forecasting.tuning.chart import draw_trials

    with writing("The chart", path):
        path.write_bytes(draw_trials(outcome.trials, outcome.plan.symbols, outcome.plan.source, theme))


def _print(context: Context, outcome: Outcome) -> None:
    context.console.print(trials_table(outcome))
    context.console.print(confirmation_table(outcome))
    context.console.print(verdict(outcome), soft_wrap=True)
