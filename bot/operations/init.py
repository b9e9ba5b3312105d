"""``etf-bot init``: the few questions whose answers make a first ``.env``."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click
import discord

from bot.client import invitation
from bot.connection.login import LoginFailed, explained
from bot.settings import BotSettings

ENV_FILE: Final = Path(".env")
FORMER: Final = Path(".env.old")
EXIT_BAD_SETTINGS: Final = 2

_FIRST = """\
You need a bot of your own at Discord, which is free and takes two minutes:
  1. Open https://discord.com/developers/applications and choose New Application.
  2. On the page Bot choose Reset Token, and copy the token. No privileged intent is needed.
"""
_HEAD = (
    "# Made by `etf-bot init`. All settings with their defaults: .env.example in the source, or docs/operations.md\n"
)


@click.command(epilog="Example: etf-bot init")
def init() -> None:
    """Ask for the bot's token and the ETFs, check them, and write .env."""
    here = Path.cwd()
    if not os.access(here, os.W_OK | os.X_OK):
        click.echo(
            f"This user may not write in the folder {here}, where {ENV_FILE} has to be. Go to another.", err=True
        )
        sys.exit(EXIT_BAD_SETTINGS)
    if ENV_FILE.exists() and not click.confirm(
        f"There is a {ENV_FILE} here already. Replace it, and keep it as {FORMER}?", default=False
    ):
        click.echo(f"{ENV_FILE} stays as it is. `etf-bot check` tells whether it is right.")
        sys.exit(1)
    click.echo(_FIRST)
    token, application = _token()
    universe = _answer("More ETFs than ARKK, SPY and FNGU, such as QQQ,TLT (empty: none)", "universe", "")
    prices = _answer("Prices: yahoo, simulated, or csv:DIR for a folder of SYMBOL.csv files", "prices", "yahoo")
    _write({"DISCORD_TOKEN": token, "UNIVERSE": universe, "PRICES": prices})
    click.echo(f"\nWrote {ENV_FILE}, which only you can read. Keep it secret.")
    if application is not None:
        click.echo(f"Invite the bot to your server: {invitation(application)}")
    click.echo("Start it: make run (or: etf-bot run)")


def _token() -> tuple[str, int | None]:
    """A token that Discord knows, and the application's id; None for that if Discord could not be asked."""
    while True:
        token = _answer("Bot token (it is not shown)", "discord_token", hidden=True)
        if not token:
            continue
        try:
            name, application = asyncio.run(_asked(token))
        except LoginFailed as failure:
            click.echo(str(failure))
            if failure.exit_code == EXIT_BAD_SETTINGS:
                continue
            if click.confirm("Discord could not be asked. Keep this token unchecked?", default=False):
                return token, None
        else:
            click.echo(f"Discord knows it as the token of {name}.")
            return token, application


async def _asked(token: str) -> tuple[str, int]:
    """The bot's name and its application's id. Raises LoginFailed."""
    try:
        async with discord.Client(intents=discord.Intents.none()) as client:
            await client.login(token)
            assert client.application_id is not None  # noqa: S101 - the login has read it
            return str(client.user), client.application_id
    except Exception as error:
        failure = explained(error, understood=False)
        raise failure or error from error


def _answer(question: str, field: str, default: str | None = None, *, hidden: bool = False) -> str:
    """An answer that the setting ``field`` can have; after any other the question is asked again."""

    def checked(text: str) -> str:
        if problem := BotSettings.problem_of(field, text.strip()):
            raise click.UsageError(problem)
        return text.strip()

    read: Callable[..., str] = click.prompt
    hide = hidden and sys.stdin.isatty()
    return read(question, default=default, show_default=bool(default), hide_input=hide, value_proc=checked)


def _write(values: dict[str, str]) -> None:
    lines = [f"{name}={_quoted(value)}" for name, value in values.items()]
    half = ENV_FILE.with_name(".env.half")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join((_HEAD, *lines, "")))
    if ENV_FILE.exists():
        ENV_FILE.replace(FORMER)
    half.replace(ENV_FILE)


def _quoted(value: str) -> str:
    """As ``.env`` reads it back: in single quotes where a sign would have a meaning of its own."""
    if not set(value) & set("#'\"\\ "):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
