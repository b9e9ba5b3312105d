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
    "Discord refused DISCORD_TOKEN: copy the token again from your application's page (Bot, Reset Token) into .env"
)
ODD_FORM = (
    "warning: this does not look like a bot token, which has three parts with dots between them. It may be the "
    "application's id, public key or client secret. Copy the token from your application's page (Bot, Reset Token) "
    "into .env"
)
"""Only a warning, because Discord does not document the form."""
TOKEN_FORM = re.compile(r"[\w-]{8,}\.[\w-]{4,}\.[\w-]{8,}")
EXIT_FAILED, EXIT_BAD_SETTINGS = 1, 2


class LazyCommands(click.Group):
    """Imports the playground only when it is used: a running bot does not need it."""

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
    """Run the bot until SIGTERM or Ctrl-C."""
    settings = _settings()
    token = _token(settings)
    if finding := _prices_finding(settings):
        _quit(f"PRICES: {finding}", EXIT_BAD_SETTINGS)
    _discord(_run(build_bot(settings), token))


@main.command()
def sync() -> None:
    """Send the commands to Discord. `run` does this by itself when they have changed."""
    settings = _settings()
    token = _token(settings)
    _discord(_sync(build_bot(settings), token))
    click.echo("Discord has the commands.")


@main.command()
def check() -> None:
    """Check the settings and say what to fix."""
    settings = _settings()
    findings = {
        "DATABASE_URL": _database_finding(settings),
        "PRICES": _prices_finding(settings),
        "DISCORD_TOKEN": None if settings.discord_token is not None else CANNOT_LOG_IN,
    }
    click.echo("settings: ok")
    for name, finding in findings.items():
        fine = ODD_FORM if name == "DISCORD_TOKEN" and _looks_odd(settings.discord_token) else "ok"
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
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # this bot does not speak


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
    """What is wrong with the folder of ``csv:DIR``; BotSettings has checked the rest."""
    folder = settings.prices_folder
    if folder is None or any(folder.glob("*.csv")):
        return None
    what = "holds no SYMBOL.csv" if folder.is_dir() else "is not a folder"
    return f"{folder} {what}. Name a folder that holds such files, or write yahoo."


def _discord(work: Coroutine[Any, Any, None]) -> None:
    """Run ``work``; a failure that an operator can fix becomes one line and an exit code."""
    try:
        asyncio.run(work)
    except discord.LoginFailure:
        _quit(LOGIN_REFUSED, EXIT_BAD_SETTINGS)
    except BadSettings as error:
        _quit(str(error), EXIT_BAD_SETTINGS)
    except aiohttp.ClientConnectionError as error:
        _quit(f"Cannot reach Discord: {error}. Check the network, then start again.", EXIT_FAILED)


async def _run(bot: ForecastBot, token: str) -> None:
    """Run the bot until Discord or a signal ends it; a running job ends too."""
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
