"""``etf-bot``: run the bot, try it without Discord, send its commands to Discord, or check its settings."""

from __future__ import annotations

import asyncio
import gc
import logging
import re
import signal
import sys
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager, nullcontext
from importlib import import_module
from typing import Any, Final, NoReturn

import click
import discord

from bot.client import ForecastBot, build_bot
from bot.connection.login import LoginFailed, explained
from bot.logs import set_up_logs
from bot.settings import COPY_TOKEN, BotSettings
from forecasting import (
    BadSettings,
    ForecastingError,
    Problems,
    environment_without_secrets,
    exposed_env_file,
    source_named,
    storage_failure,
    unused_names,
)

log = logging.getLogger(__name__)

NOT_SET: Final = (
    "it is not set. Put your bot's token into .env (etf-bot init helps), or try the bot without a Discord account: "
    "etf-bot playground"
)
ODD_FORM: Final = (
    "warning: this does not look like a bot token, which has three parts with dots between them. If Discord refuses "
    f"it: {COPY_TOKEN}."
)
"""Only a warning, because Discord does not document the form."""
TOKEN_FORM: Final = re.compile(r"[\w-]{8,}\.[\w-]{4,}\.[\w-]{8,}")
ASK_SECONDS: Final = 60
EXIT_FAILED: Final = 1
EXIT_BAD_SETTINGS: Final = 2


LAZY: Final = {
    "playground": "bot.playground.runner",
    "init": "bot.operations.init",
    "service": "bot.operations.service",
    "backup": "bot.operations.backup",
    "restore": "bot.operations.backup",
}
"""The commands that are imported only when they are used, since a running bot needs none of them, and their files."""


class LazyCommands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted((*super().list_commands(ctx), *LAZY))

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in LAZY:
            return super().get_command(ctx, name)
        command = getattr(import_module(LAZY[name]), name)
        assert isinstance(command, click.Command)  # noqa: S101
        return command


@click.group(
    cls=LazyCommands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: etf-bot playground --send '/forecast SPY'",
)
@click.version_option(package_name="etf-forecast-bot")
def main() -> None:
    """A Discord bot that posts honest 60-session forecasts of ETFs."""


@main.command(epilog="Example: etf-bot run")
def run() -> None:
    """Run the bot until SIGTERM or Ctrl-C."""
    settings, token = _usable_settings()
    _discord(_run(build_bot(settings), token))


@main.command(epilog="Example: etf-bot sync")
def sync() -> None:
    """Send the commands to Discord. `run` does this by itself when they have changed."""
    settings, token = _usable_settings()
    _discord(_sync(build_bot(settings), token))
    click.echo("Discord has the commands.")


@main.command(epilog="Example: etf-bot check --online")
@click.option("--online", is_flag=True, help="Ask Discord whether the token works, and Yahoo for prices, too.")
def check(online: bool) -> None:
    """Check every setting and say what to fix. This changes nothing."""
    settings, problems = _checked_settings()
    if not problems:
        click.echo("settings: ok")
    words = dict.fromkeys(("DATABASE_URL", "MODEL_DIR", "PRICES", "DISCORD_TOKEN"), "ok") | dict(problems)
    token = settings.discord_token
    if token is not None and TOKEN_FORM.fullmatch(token.get_secret_value()) is None:
        words["DISCORD_TOKEN"] = ODD_FORM
    if online:
        words |= asyncio.run(_asked(settings, problems))
    if exposed := exposed_env_file():
        words.setdefault(".env", f"warning: {exposed}")
    for name in unused_names(BotSettings.model_fields):
        words.setdefault(name, "warning: no setting has this name, so it does nothing. .env.example lists them all.")
    for name, sentence in words.items():
        click.echo(f"{name}: {sentence}")
    if any(not sentence.startswith(("ok", "warning")) for sentence in words.values()):
        sys.exit(EXIT_BAD_SETTINGS)


def _usable_settings() -> tuple[BotSettings, str]:
    """The settings and the token; ends the program if any cannot be used."""
    settings, problems = _checked_settings()
    if problems or settings.discord_token is None:
        _quit("\n".join(f"{name}: {sentence}" for name, sentence in problems.items()), EXIT_BAD_SETTINGS)
    set_up_logs(settings)
    if exposed := exposed_env_file():
        log.warning(".env: %s", exposed)
    return settings, settings.discord_token.get_secret_value()


def _checked_settings() -> tuple[BotSettings, Problems]:
    settings, problems = BotSettings.checked()
    if settings.discord_token is None and "DISCORD_TOKEN" not in problems:
        problems = {**problems, "DISCORD_TOKEN": NOT_SET}
    return settings, problems


async def _asked(settings: BotSettings, problems: Problems) -> dict[str, str]:
    """What Discord and the source of the prices say, for the settings that have no problem."""
    answers = {}
    if settings.discord_token is not None and "DISCORD_TOKEN" not in problems:
        try:
            async with discord.Client(intents=discord.Intents.none()) as client:
                await client.login(settings.discord_token.get_secret_value())
                answers["DISCORD_TOKEN"] = f"ok, Discord knows it as the token of {client.user}"
        except Exception as error:
            failure = explained(error, understood=False)
            if failure is None:
                raise
            answers["DISCORD_TOKEN"] = str(failure)
    if source_named(settings.source).is_stored and "PRICES" not in problems:
        asked = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "forecasting", "ask", "SPY", "--prices", settings.prices),
            env=environment_without_secrets(),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            out, err = await asyncio.wait_for(asked.communicate(), ASK_SECONDS)
        except TimeoutError:
            asked.kill()
            out, err = b"", f"no answer from {settings.source} within {ASK_SECONDS} s. Check the network.".encode()
        last = (out if asked.returncode == 0 else err).decode().strip().splitlines()[-1:]
        answers["PRICES"] = f"{'ok, ' if asked.returncode == 0 else ''}{' '.join(last)}"
    return answers


def _discord(work: Coroutine[Any, Any, None]) -> None:
    """Run ``work``; a failure that an operator can fix becomes one line and an exit code."""
    try:
        asyncio.run(work)
    except LoginFailed as failure:
        _quit(str(failure), failure.exit_code)
    except ForecastingError as error:
        _quit(str(error), EXIT_BAD_SETTINGS if isinstance(error, BadSettings) else EXIT_FAILED)
    except Exception as error:
        if (of_storage := storage_failure(error)) is None:
            raise
        _quit(str(of_storage), EXIT_FAILED)


async def _run(bot: ForecastBot, token: str) -> None:
    """Run the bot until Discord or a signal ends it; a running job ends too."""
    async with bot, _watched(bot):
        bot.add_listener(_settle, "on_ready")
        running = asyncio.create_task(_logged_in(bot, bot.start(token)))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, running.cancel)
        try:
            await running
        except asyncio.CancelledError:
            log.info("Told to stop")


async def _settle() -> None:
    """Leave what a start has made out of the garbage collector's rounds, which would hold up all answers for 0.1 s.

    What an earlier connection has left behind is collected first.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _watched(bot: ForecastBot) -> AbstractAsyncContextManager[None]:
    """What tells others how the bot is, if a setting asks for it. It costs a bot that nobody watches no memory."""
    if bot.settings.health_port is None and bot.settings.push_url is None:
        return nullcontext()
    watch = import_module("bot.health.watch")
    watched: AbstractAsyncContextManager[None] = watch.watched(bot)
    return watched


async def _sync(bot: ForecastBot, token: str) -> None:
    async with bot:
        await _logged_in(bot, bot.sync_commands(token))


async def _logged_in(bot: ForecastBot, work: Coroutine[Any, Any, None]) -> None:
    """Do ``work``, which logs in.

    Raises:
        LoginFailed: Discord does not let the bot in, or does not answer as Discord does.
    """
    try:
        await work
    except Exception as error:
        failure = explained(error, understood=bot.application is not None)
        if failure is None:
            raise
        raise failure from error


def _quit(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(code)


if __name__ == "__main__":
    main(prog_name="etf-bot")
