"""``etf-bot backup`` and ``etf-bot restore``: everything that a bot has, in one file."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.settings import BotSettings
from forecasting import BadSettings, ForecastingError, back_up
from forecasting import restore as put_back

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(epilog="Example: etf-bot backup forecasts-2026-11-28.zip")
@click.argument("file", type=_FILE)
def backup(file: Path) -> None:
    """Write the database and the models into FILE. The bot can go on meanwhile.

    The settings in .env, with the token, are not part of it: keep a copy of them in a safe place.
    """
    try:
        settings = BotSettings.load()
        contents = back_up(settings.database_url, settings.model_dir, file, datetime.now(UTC))
    except ForecastingError as error:
        _quit(error)
    click.echo(f"{file} has the database and its models ({contents.files} files).")


@click.command(epilog="Example: etf-bot restore forecasts-2026-11-28.zip")
@click.argument("file", type=_FILE)
@click.option("--replace", is_flag=True, help="Replace a database and models that are there already.")
def restore(file: Path, replace: bool) -> None:
    """Put the database and the models of FILE where the settings name theirs. Stop the bot before."""
    try:
        settings = BotSettings.load()
        contents = put_back(file, settings.database_url, settings.model_dir, datetime.now(UTC), replace=replace)
    except ForecastingError as error:
        _quit(error)
    click.echo(f"Restored what was backed up on {contents.made_at:%Y-%m-%d %H:%M} UTC. Start the bot: etf-bot run")


def _quit(error: ForecastingError) -> None:
    click.echo(str(error), err=True)
    sys.exit(2 if isinstance(error, BadSettings) else 1)
