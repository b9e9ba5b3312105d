"""``etf-forecast retrain`` and ``etf-forecast refresh``: the jobs that write reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Literal

import click

from forecasting.cli.context import Context, last_known_session, prices_option
from forecasting.cli.options import as_of_option, json_option, workers_option
from forecasting.cli.printed_tables import scores_table
from forecasting.cli.progress import listening, print_event, print_failures
from forecasting.errors import BadSettings
from forecasting.job.clock import job_clock
from forecasting.job.progress import Progress, failure_of
from forecasting.reports.runs import Failure
from forecasting.storage.failures import storage_failure
from forecasting.universe import Symbol

_json_option = json_option("Print progress as JSON lines on stdout; the last line has the event done.")


@click.command(epilog="Example: etf-forecast retrain ARKK SPY --prices csv:prices --as-of 2024-12-31")
@click.argument("symbols", nargs=-1)
@prices_option
@as_of_option
@workers_option
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Run on the Dask cluster whose scheduler is at this address, such as tcp://HOST:8786.",
)
@click.option("--only-funds", is_flag=True, help="Refuse symbols that are not ETFs, exchange-traded notes or indices.")
@_json_option
def retrain(
    symbols: tuple[str, ...],
    context: Context,
    as_of: date | None,
    workers: int | None,
    cluster: str | None,
    only_funds: bool,
    as_json: bool,
) -> int:
    """Train a new model for each SYMBOL and store its forecast (default: all ETFs of the universe)."""
    return _run("retrain", symbols, context, as_of, workers, as_json, cluster, only_funds)


@click.command(epilog="Example: etf-forecast refresh SPY --prices csv:prices")
@click.argument("symbols", nargs=-1)
@prices_option
@as_of_option
@workers_option
@_json_option
def refresh(symbols: tuple[str, ...], context: Context, as_of: date | None, workers: int | None, as_json: bool) -> int:
    """Forecast each SYMBOL from the newest prices without training (default: all ETFs of the universe)."""
    return _run("refresh", symbols, context, as_of, workers, as_json)


def _run(
    kind: Literal["retrain", "refresh"],
    texts: Sequence[str],
    context: Context,
    as_of: date | None,
    workers: int | None,
    as_json: bool,
    address: str | None = None,
    only_funds: bool = False,
) -> int:
    """Run the job, print its result, and return the exit code."""
    ok: tuple[Symbol, ...] = ()
    symbols: tuple[Symbol, ...] = ()
    failed: list[Failure] = []
    stored: list[Symbol] = []
    try:
        context.check_settings(address=address)
        symbols, failed = context.spelt(texts)
        context.now = job_clock(context.source)
        until = last_known_session(as_of, context.source, (*context.universe.symbols, *symbols), context.now())
        context.registry.check_writable()
        context.engine  # noqa: B018 - a database that cannot be opened is reported before anything else
        if symbols:
            with context.lock(kind) as lock:
                source = context.open_source()
                context.recipe  # noqa: B018 - the same for a recipe that does not exist
                with context.workers(workers, address) as executor, listening(as_json=as_json) as show:

                    def listener(progress: Progress) -> None:
                        if progress.stage == "report":
                            stored.append(progress.symbol)
                        show(progress)

                    pipeline = context.pipeline(source, lock, executor, context.registry, only_funds=only_funds)
                    steps = pipeline.retrain if kind == "retrain" else pipeline.refresh
                    run = steps(symbols, until, listener)
            ok, failed = run.ok, [*run.failed, *failed]
    except Exception as error:
        known = storage_failure(error) or error
        if as_json:
            rest = [symbol for symbol in symbols if symbol not in stored] if symbols else _asked(texts, context)
            failed += [failure_of(text, known) for text in rest]
            print_event("done", ok=stored, failed=[asdict(failure) for failure in failed])
        if known is error:
            raise
        raise known from error
    if as_json:
        print_event("done", ok=ok, failed=[asdict(failure) for failure in failed])
        return 1 if failed else 0
    if ok:
        reports = [report for report in context.store.all_latest(context.source) if report.symbol in ok]
        context.console.print(scores_table(reports))
    return print_failures(failed)


def _asked(texts: Sequence[str], context: Context) -> Sequence[str]:
    """The symbols that the job was to do: those named, or the universe if that can be read."""
    try:
        return texts or context.universe.symbols
    except BadSettings:
        return ()
