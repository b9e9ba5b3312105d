"""Options that several commands take, and what their values mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from forecasting.cli.context import FIRST_DAY, LAST_DAY
from forecasting.errors import BadSettings
from forecasting.report import THEMES

_Command = TypeVar("_Command", bound=Callable[..., Any])

OUTPUT_FILE: Final = click.Path(dir_okay=False, path_type=Path)


class Parsed(click.ParamType[Any]):
    """What ``parse`` makes of a text; its ValueError is the sentence about one that it cannot read."""

    def __init__(self, name: str, parse: Callable[[str], Any]) -> None:
        self.name, self._parse = name, parse

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return self._parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _day(text: str) -> date:
    """Raises ValueError if ``text`` is not a day of the exchange calendar."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        raise ValueError(f"{text!r} is not a date. Write it like 2024-12-31.") from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"{day} is out of range. Use a day from {FIRST_DAY} to {LAST_DAY}.")
    return day


DAY: Final = Parsed("date", _day)


class Listed(click.ParamType[Any]):
    """Different values of another type, separated by commas."""

    def __init__(self, each: click.ParamType[Any], name: str) -> None:
        self.each, self.name = each, name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Any, ...]:
        if isinstance(value, tuple):
            return value
        return tuple(dict.fromkeys(self.each.convert(part.strip(), param, ctx) for part in value.split(",")))


def joined(_ctx: click.Context, _param: click.Parameter, lists: tuple[tuple[Any, ...], ...]) -> tuple[Any, ...]:
    """For an option that means both of its values when it is given twice."""
    return tuple(chain.from_iterable(lists))


as_of_option = click.option(
    "--as-of",
    type=DAY,
    help="Use prices up to and including this day (default: the last completed session; for a CSV folder, the newest "
    "session of the file).",
)

workers_option = click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Number of processes (default: the setting WORKERS, else one per core). Results do not depend on it.",
)


def json_option(help_text: str) -> Callable[[_Command], _Command]:
    return click.option("--json", "as_json", is_flag=True, help=help_text)


def chart_options(command: _Command) -> _Command:
    theme = click.option(
        "--theme", type=click.Choice(THEMES), default="light", show_default=True, help="Colours of the chart."
    )
    chart = click.option("--chart", type=OUTPUT_FILE, help="Write the chart to this PNG file.")
    return chart(theme(command))


@contextmanager
def writing(what: str, path: Path) -> Iterator[None]:
    """Turn a file that cannot be written in this block into a sentence about ``what``.

    Raises:
        BadSettings: an OSError.
    """
    try:
        yield
    except OSError as error:
        raise BadSettings(f"{what} cannot be written to {path}: {error.strerror}. Choose another file.") from error


def check_folder(path: Path) -> None:
    """Fail before the work is done instead of after it.

    Raises:
        BadSettings: the folder of the file ``path`` does not exist.
    """
    if not path.parent.is_dir():
        raise BadSettings(f"The folder {path.parent} does not exist. Create it, or choose another file.")
