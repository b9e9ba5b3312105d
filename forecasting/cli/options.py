"""Options that several commands take, and what their values mean."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from forecasting.errors import BadSettings, UnknownSymbol
from forecasting.report import THEMES
from forecasting.sessions import last_completed_session, session_on_or_before
from forecasting.universe import Symbol, Universe

_Command = TypeVar("_Command", bound=Callable[..., Any])

SOURCES: Final = ("yahoo", "csv", "simulated")

FIRST_DAY, LAST_DAY = date(1990, 1, 2), date(2199, 12, 31)
"""The days that ``--as-of`` and folds may name; what exchange calendars can tell ends there."""


class Day(click.ParamType[date]):
    """A date as YYYY-MM-DD."""

    name = "date"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - fixed by click
        return "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            day = datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            self.fail(f"{value!r} is no date. Write it like 2024-12-31.", param, ctx)
        if not FIRST_DAY <= day <= LAST_DAY:
            self.fail(f"{day} is out of range. Name a day from {FIRST_DAY} to {LAST_DAY}.", param, ctx)
        return day


def prices_option(command: _Command) -> _Command:
    return click.option("--prices", metavar="SOURCE", help="yahoo, csv:DIR or simulated; else the setting PRICES.")(
        command
    )


def as_of_option(command: _Command) -> _Command:
    return click.option(
        "--as-of",
        type=Day(),
        help="Last day that may be known, included; where it is no session, the one before. Without it the last "
        "completed session; for a CSV folder the newest session of the file.",
    )(command)


def workers_option(command: _Command) -> _Command:
    return click.option(
        "--workers",
        type=click.IntRange(min=1),
        help="Processes to spread the work over; else the setting WORKERS, else one per core. It changes no result.",
    )(command)


def cluster_option(command: _Command) -> _Command:
    return click.option(
        "--cluster",
        metavar="ADDRESS",
        help="Scheduler of a Dask cluster to do the work instead of processes here: tcp://HOST:8786.",
    )(command)


def json_option(help_text: str) -> Callable[[_Command], _Command]:
    return click.option("--json", "as_json", is_flag=True, help=help_text)


def chart_options(command: _Command) -> _Command:
    theme = click.option("--theme", type=click.Choice(THEMES), default="light", show_default=True)
    chart = click.option("--chart", type=click.Path(dir_okay=False, path_type=Path), help="Write the picture there.")
    return chart(theme(command))


def utc_now() -> datetime:
    """The one clock of the command line."""
    return datetime.now(UTC)


def source_name(text: str) -> str:
    """The kind of source that ``text`` names; the folder of a ``csv:DIR`` need not exist to read what was stored.

    Raises:
        BadSettings: it names none.
    """
    kind = text.strip().partition(":")[0]
    if kind not in SOURCES:
        raise BadSettings(f"{text!r} names no source of prices. Use yahoo, csv:DIR or simulated (PRICES or --prices).")
    return kind


def last_known_session(as_of: date | None, source: str) -> date:
    """The last session that a job may know."""
    if as_of is not None:
        return session_on_or_before(as_of)
    return LAST_DAY if source == "csv" else last_completed_session(utc_now())


def spelt_symbols(texts: Sequence[str], universe: Universe) -> tuple[tuple[Symbol, ...], tuple[UnknownSymbol, ...]]:
    """The symbols that ``texts`` spell, each once, and those that cannot be one; the universe for no texts at all.

    Whether there is such an ETF is for the source to tell.
    """
    if not texts:
        return universe.symbols, ()
    symbols: dict[Symbol, None] = {}
    strangers: list[UnknownSymbol] = []
    for text in texts:
        try:
            symbols[_spelt(text, universe)] = None
        except UnknownSymbol as error:
            strangers.append(error)
    return tuple(symbols), tuple(strangers)


def _spelt(text: str, universe: Universe) -> Symbol:
    try:
        return universe.resolve(text)
    except UnknownSymbol:
        return universe.ticker(text)


def log_to_stderr() -> None:
    """Data goes to stdout, everything else to stderr."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
