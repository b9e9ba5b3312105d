"""``etf-forecast replay``: issue and score the forecasts of past weeks, to seed the track record."""

from __future__ import annotations

from datetime import date

import click

from forecasting.champion.registry import ModelRegistry
from forecasting.cli.context import Context, last_known_session, prices_option
from forecasting.cli.options import DAY, workers_option
from forecasting.cli.printed_tables import counted
from forecasting.cli.progress import counting_days, print_failures
from forecasting.errors import BadSettings


@click.command(epilog="Example: etf-forecast replay SPY --from 2023-01-01 --to 2024-12-31 --prices csv:prices")
@click.argument("symbols", nargs=-1)
@click.option("--from", "first", type=DAY, required=True, help="First day to replay.")
@click.option("--to", "last", type=DAY, required=True, help="Last day to replay and to score.")
@prices_option
@click.option(
    "--every",
    type=click.Choice(["week", "day"]),
    default="week",
    show_default=True,
    help="Issue a forecast at the last session of each week, or at every session.",
)
@click.option(
    "--retrain-every",
    metavar="WEEKS",
    type=click.IntRange(min=1),
    default=13,
    show_default=True,
    help="Retrain every WEEKS weeks.",
)
@workers_option
def replay(
    symbols: tuple[str, ...],
    first: date,
    last: date,
    context: Context,
    every: str,
    retrain_every: int,
    workers: int | None,
) -> int:
    """Issue and score the forecasts of past weeks for each SYMBOL (default: all ETFs of the universe).

    They are marked as replayed and never counted together with live ones. If you stop it, the same command continues.
    """
    context.check_settings()
    named, strangers = context.spelt(symbols)
    last = min(last, last_known_session(None, context.source, (*context.universe.symbols, *named)))
    if first > last:
        raise BadSettings(f"--from {first} is after the last day to replay, {last}. Choose an earlier one.")
    with context.lock("replay") as lock:
        # Imported once the request makes sense: pandas takes a second, torch two more.
        from forecasting.job.replay import Replay, issue_days, replay_folder

        registry = ModelRegistry(replay_folder(context.settings.model_dir))
        registry.check_writable()
        source = context.open_source()
        days = issue_days(first, last, "day" if every == "day" else "week")
        if not days:
            raise BadSettings(
                f"No trading {every} ends between {first} and {last}, so there is nothing to issue. Choose a longer "
                "span with --from and --to."
            )
        context.recipe  # noqa: B018 - one that does not exist is reported before processes start
        with context.workers(workers) as executor, counting_days(len(days)) as listener:
            pipeline = context.pipeline(source, lock, executor, registry, kind="replayed")
            done = Replay(pipeline, days, last, retrain_every).run(named, listener)
    click.echo(
        f"{counted(done.issued, 'forecast')} issued as replayed, {counted(done.trained, 'model')} trained for them. "
        "See them with: etf-forecast track"
    )
    return print_failures([*(done.too_young | done.failed).values(), *strangers])
