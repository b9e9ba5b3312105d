"""How a command reports progress, failures and logs.

Progress is JSON lines on stdout for programs, bars on a terminal, and log lines elsewhere.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from typing import Any

import click
from rich.console import Console
from rich.logging import RichHandler
from rich.progress import BarColumn, ProgressColumn, TaskID, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

from forecasting.job.progress import STAGES, Listener, Progress, Stage
from forecasting.reports.runs import Failure
from forecasting.universe import Symbol

log = logging.getLogger(__name__)


def log_to_stderr() -> None:
    """Data goes to stdout, everything else to stderr."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)


def print_failures(failures: Iterable[Failure]) -> int:
    """One line each on stderr. Returns the exit code: 1 if there is one."""
    code = 0
    for failure in failures:
        code = 1
        click.echo(f"{failure.symbol} failed. {failure.message}", err=True)
    return code


def print_event(event: str, **facts: Any) -> None:
    """Print a JSON object as a line on stdout, at once."""
    try:
        print(json.dumps({"event": event, **facts}), flush=True)  # noqa: T201 - the data of this command
    except BrokenPipeError:
        # The reader is gone. The work is still wanted: it goes on in silence.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def bars(*columns: str | ProgressColumn) -> RichProgress:
    """Bars on a terminal, which then shows warnings above them and no other log lines; elsewhere nothing is drawn."""
    console = Console(stderr=True)
    if console.is_terminal:
        logging.getLogger().handlers = [RichHandler(logging.WARNING, console, show_path=False, show_time=False)]
    return RichProgress(*columns, console=console, disable=not console.is_terminal)


@contextmanager
def listening(*, as_json: bool, stages: Sequence[Stage] = STAGES) -> Iterator[Listener]:
    """What a job of these ``stages`` calls with its progress, for as long as the block lasts: a bar for each symbol."""
    if as_json:
        yield lambda progress: print_event("progress", **asdict(progress))
        return
    tasks: dict[Symbol, TaskID] = {}

    def show(progress: Progress) -> None:
        log.info("%s: %s %d of %d", progress.symbol, progress.stage, progress.done, progress.of)
        if progress.symbol not in tasks:
            tasks[progress.symbol] = drawn.add_task(progress.symbol, total=len(stages), stage="")
        reached = stages.index(progress.stage) + progress.done / progress.of
        text = "done" if reached == len(stages) else f"{progress.stage} {progress.done}/{progress.of}"
        drawn.update(tasks[progress.symbol], completed=reached, stage=text)

    with bars("{task.description}", BarColumn(), "{task.fields[stage]}", TimeElapsedColumn()) as drawn:
        yield show


@contextmanager
def counting_days(count: int) -> Iterator[Callable[[date], None]]:
    """What a replay of ``count`` days calls after each: a bar on a terminal, silence elsewhere."""
    console = Console(stderr=True)
    columns = "{task.description}", BarColumn(), TimeElapsedColumn(), TimeRemainingColumn()
    with RichProgress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=count)
        yield lambda day: bar.update(task, advance=1, description=day.isoformat())
