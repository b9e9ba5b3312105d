"""``etf-forecast doctor``: examines database, record, prices, models, files and disk, and repairs what can be."""

from __future__ import annotations

import json
from collections.abc import Collection

import click

from forecasting.cli.context import Context
from forecasting.cli.options import json_option
from forecasting.errors import BackupFailed, JobRunning
from forecasting.health.examination import Repaired, examine, opened, repair
from forecasting.health.problem import Problem


@click.command(epilog="Example: etf-forecast doctor --repair")
@click.option("--repair", "repairs", is_flag=True, help="Repair what can be repaired, after a backup.")
@json_option("Print an array of JSON objects, one per problem.")
def doctor(repairs: bool, as_json: bool) -> int:
    """Examine the database, the record, fetched prices, the models, their files and the disk.

    Each problem is one line with its remedy. Nothing is changed without --repair. The record is never repaired.
    The exit code is 1 if a problem is left.
    """
    context = Context()
    settings, now = context.settings, context.now()
    with opened(settings.database_url) as engine:
        problems = left = examine(settings, engine, now)
        done = Repaired(None, (), ())
        refusal = ""
        if repairs:
            try:
                done = repair(settings, engine, problems, now)
            except (BackupFailed, JobRunning) as error:
                refusal = str(error)
            else:
                left = examine(settings, engine, now) if done.backup else problems
    if as_json:
        mended = [problem.as_json() | {"repaired": True} for problem in done.done if not _is_in(problem, left)]
        click.echo(json.dumps([*mended, *(problem.as_json() | {"repaired": False} for problem in left)], indent=1))
    else:
        _print(done, left)
    for problem, reason in done.failed:
        click.echo(f"The repair failed: {problem.what} {reason}", err=True)
    if refusal:
        click.echo(refusal, err=True)
    return 1 if left else 0


def _print(done: Repaired, left: Collection[Problem]) -> None:
    if done.backup is not None:
        click.echo(f"As everything was before the repair, it is in {done.backup}")
    for problem in done.done:
        if not _is_in(problem, left):
            click.echo(f"repaired: {problem.part}: {problem.what}")
    for problem in left:
        click.echo(f"{problem.part}: {problem.what} {problem.remedy}")
    if left and done.backup is None and any(problem.repair for problem in left):
        click.echo("To repair what can be repaired, after a backup: etf-forecast doctor --repair")
    if not left:
        click.echo("No problem is left." if done.done else "No problem was found.")


def _is_in(problem: Problem, others: Collection[Problem]) -> bool:
    return any((problem.part, problem.what) == (other.part, other.what) for other in others)
