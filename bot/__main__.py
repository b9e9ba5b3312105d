"""``etf-bot``: run the bot, try it without Discord, send its commands to Discord, or check its settings."""

from __future__ import annotations

import asyncio
import logging
import re
import signal
import sys
from collections.abc import Coroutine
from importlib import import_module
from typing import Any, NoReturn

import aiohttp
import click
import discord
from pydantic import SecretStr

from bot.client import ForecastBot, build_bot
from bot.settings import BotSettings
from forecasting import BadSettings, open_database

CANNOT_LOG_IN = (
    "DISCORD_TOKEN is not set: put your bot's token into .env (see .env.example), or try the bot without a Discord "
    "account: etf-bot playground"
)
LOGIN_REFUSED = (
    "Discord refused DISCORD_TOKEN: copy the token anew from your application's page, Bot, Reset Token, into .env"
)
NO_SUCH_FORM = (
    "ok, but it does not look like a bot's token, which is three parts with dots between them: not the application's "
    "id, its public key or its client secret. Copy it from your application's page, Bot, Reset Token, into .env"
)
"""Discord promises no form, so this is advice."""
TOKEN_FORM = re.compile(r"[\w-]{8,}\.[\w-]{4,}\.[\w-]{8,}")
EXIT_FAILED, EXIT_BAD_SETTINGS = 1, 2


class LazyCommands(click.Group):
    """Imports the playground only when it is asked for: it is no part of a bot that runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted((*super().list_commands(ctx), "playground"))

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name != "playground":
            return super().get_command(ctx, name)
        command = import_module("bot.playground.runner").playground
        assert isinstance(command, click.Command)  # noqa: S101
        return command


@click.group(cls=LazyCommands)
@click.version_option(package_name="etf-forecast-bot")
def main() -> None:
    """A Discord bot that posts honest 60-session forecasts of ETFs."""


@main.command()
def run() -> None:
    """Run the bot until it is told to stop (SIGTERM or Ctrl-C)."""
    settings = _settings()
    token = _token(settings)
    if finding := _prices_finding(settings):
        _quit(f"PRICES: {finding}", EXIT_BAD_SETTINGS)
    _discord(_run(build_bot(settings), token))


@main.command()
def sync() -> None:
    """Send the commands to Discord, changed or not. `run` does so when they have changed."""
    settings = _settings()
    token = _token(settings)
    _discord(_sync(build_bot(settings), token))
    click.echo("Discord has the commands.")


@main.command()
def check() -> None:
    """Say of each setting whether it will do, and what to do where not."""
    settings = _settings()
    findings = {
        "DATABASE_URL": _database_finding(settings),
        "PRICES": _prices_finding(settings),
        "DISCORD_TOKEN": None if settings.discord_token is not None else CANNOT_LOG_IN,
    }
    click.echo("settings: ok")
    for name, finding in findings.items():
        fine = NO_SUCH_FORM if name == "DISCORD_TOKEN" and _looks_odd(settings.discord_token) else "ok"
        click.echo(f"{name}: {finding or fine}")
    if any(findings.values()):
        sys.exit(EXIT_BAD_SETTINGS)


def _settings() -> BotSettings:
    try:
        settings = BotSettings.load()
    except BadSettings as error:
        _quit(str(error), EXIT_BAD_SETTINGS)
    _set_up_logs(settings)
    return settings


def _set_up_logs(settings: BotSettings) -> None:
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("alembic", "apscheduler"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # this bot says nothing


def _token(settings: BotSettings) -> str:
    if settings.discord_token is None:
        _quit(CANNOT_LOG_IN, EXIT_BAD_SETTINGS)
    return settings.discord_token.get_secret_value()


def _looks_odd(token: SecretStr | None) -> bool:
    return token is not None and TOKEN_FORM.fullmatch(token.get_secret_value()) is None


def _database_finding(settings: BotSettings) -> str | None:
    try:
        open_database(settings.database_url).dispose()
    except BadSettings as error:
        return str(error)
    return None


def _prices_finding(settings: BotSettings) -> str | None:
    """Only the folder of files: whether the setting can be understood at all is known by now."""
    folder = settings.prices_folder
    if folder is None or any(folder.glob("*.csv")):
        return None
    what = "holds no SYMBOL.csv" if folder.is_dir() else "is no folder"
    return f"{folder} {what}. Name a folder that holds such files, or write yahoo."


def _discord(work: Coroutine[Any, Any, None]) -> None:
    """Run it, and turn the failures that an operator can mend into one line each."""
    try:
        asyncio.run(work)
    except discord.LoginFailure:
        _quit(LOGIN_REFUSED, EXIT_BAD_SETTINGS)
    except BadSettings as error:
        _quit(str(error), EXIT_BAD_SETTINGS)
    except aiohttp.ClientConnectionError as error:
        _quit(f"Discord cannot be reached: {error}. Check the network, then start again.", EXIT_FAILED)


async def _run(bot: ForecastBot, token: str) -> None:
    """Until Discord or a signal ends it; either way the running job ends with it."""
    async with bot:
        running = asyncio.create_task(bot.start(token))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, running.cancel)
        try:
            await running
        except asyncio.CancelledError:
            logging.getLogger(__name__).info("Told to stop")


async def _sync(bot: ForecastBot, token: str) -> None:
    async with bot:
        await bot.sync_commands(token)


def _quit(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(code)


if __name__ == "__main__":
    main(prog_name="etf-bot")
