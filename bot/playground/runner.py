"""``etf-bot playground``: the stand-in, the real bot and simulated prices in one command."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Coroutine, Iterable
from functools import partial
from pathlib import Path
from typing import Any, Literal

import click
import discord
from pydantic_settings import SettingsConfigDict

from bot.client import ForecastBot, build_bot, commands_under_way
from bot.jobs.job import JobFailed, WorkerState
from bot.playground.clock import PlaygroundClock, can_move
from bot.playground.conversation import begin_line
from bot.playground.page import Page
from bot.playground.transcript import Transcript
from bot.settings import BotSettings
from forecasting import BadSettings
from standin.exchange import NoAnswer
from standin.model import Channel, Guild, Member, User
from standin.standin import StandIn

HOME = Path("var/playground")
GUILD_ID = 420_000_000_000_000_000
"""Id of the playground's server. It is always the same, because an admin's settings must survive a restart; so are the
ids that follow it, of its channels, and those of the people, whose alerts must survive too."""
FIRST_PERSON = GUILD_ID + 100
FIRST_PORT, PORTS_TRIED = 8470, 20
ANSWER_WITHIN = 300.0  # seconds for the answer to one --send; it may have to wait for a job
UNFINISHED = f"the bot had not finished after {ANSWER_WITHIN:g} s."
EXIT_FAILED, EXIT_BAD_SETTINGS, EXIT_INTERRUPTED = 1, 2, 130


@click.command(epilog="Example: etf-bot playground --port 8480")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port of the page (0: any free port; default: the first free one from 8470).",
)
@click.option(
    "--send",
    "lines",
    multiple=True,
    metavar="LINE",
    help='Send this line, for example /forecast SPY or press "LABEL", instead of serving the page.',
)
@click.option(
    "--save", type=click.Path(file_okay=False, path_type=Path), help="Folder for the transcript and its pictures."
)
def playground(port: int | None, lines: tuple[str, ...], save: Path | None) -> None:
    """Try the bot on this machine, without Discord: on a page, or with --send without a browser."""
    if save and not lines:
        raise click.UsageError("--save stores the answers to --send: give at least one --send LINE.")
    try:
        settings = _usable_settings()
        _set_up_logs(settings)
        if save is not None:
            _make(save)
        code = asyncio.run(_until_signal(_send(settings, lines, save) if lines else _serve(settings, port)))
    except BadSettings as error:
        click.echo(str(error), err=True)
        code = EXIT_BAD_SETTINGS
    sys.exit(code)


def _usable_settings() -> BotSettings:
    """Raises BadSettings with a line for each setting that cannot be used."""
    settings, problems = PlaygroundSettings.checked()
    if problems:
        raise BadSettings("\n".join(f"{name}: {sentence}" for name, sentence in problems.items()))
    return settings


def _make(folder: Path) -> None:
    """Make the folder of --save before the work is done, not after it. Raises BadSettings."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadSettings(f"--save: the folder {folder} cannot be made ({error.strerror}). Name another.") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BadSettings(f"--save: this user may not write in the folder {folder}. Name another.")


class PlaygroundSettings(BotSettings):
    """The environment's settings, but not ``.env``. By default all files are in var/playground/, prices simulated."""

    model_config = SettingsConfigDict(env_file=None)

    database_url: str = f"sqlite:///{HOME / 'forecasts.db'}"
    model_dir: Path = HOME / "models"
    prices: str = "simulated"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "WARNING"


def _set_up_logs(settings: BotSettings) -> None:
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # the bot does not speak


async def _until_signal(work: Coroutine[Any, Any, int]) -> int:
    """Run ``work``. SIGINT and SIGTERM cancel it, which also ends a running job."""
    task = asyncio.create_task(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return EXIT_INTERRUPTED


async def _serve(settings: BotSettings, port: int | None) -> int:
    """Serve the page until a signal comes."""
    clock, page = PlaygroundClock(), Page(waits=True)
    async with _open_stand_in(page, port, clock) as stand_in:
        await asyncio.to_thread(clock.resume, settings)
        admin = admin_of(add_servers(stand_in))
        click.echo(f"The playground is at {stand_in.url}/ (Ctrl-C ends it)")
        bot = _build(settings, clock, admin)
        progress = _Progress(bot, page)
        clock.on_move = page.show_clock
        if can_move(settings):
            page.move_clock = partial(clock.move, bot)
        async with stand_in.running(bot) as started:
            with contextlib.suppress(asyncio.CancelledError):  # a signal
                await train_missing(bot)
                page.open()
                progress.finish(await bot.forecasts.missing(), await bot.schedule.problem())
                await asyncio.wait({started})
            if started.done():
                started.result()
            click.echo("Stopping.")
    return 0


async def _send(settings: BotSettings, lines: Iterable[str], save: Path | None) -> int:
    """Train what is missing, then write each line and its answer into a transcript."""
    clock = PlaygroundClock()
    await asyncio.to_thread(clock.resume, settings)
    transcript = Transcript(f"Playground, {clock.now():%Y-%m-%d %H:%M} UTC")
    async with StandIn(now=clock.now) as stand_in:
        guild = add_servers(stand_in)
        admin = admin_of(guild)
        bot = _build(settings, clock, admin)
        progress = _Progress(bot)
        async with stand_in.running(bot):
            await train_missing(bot)
            missing, problem = await bot.forecasts.missing(), await bot.schedule.problem()
            if missing:
                progress.finish(missing, problem)
            for line in lines:
                exchange = begin_line(stand_in, guild.general, admin, line)
                try:
                    await stand_in.wait(exchange, ANSWER_WITHIN)
                except NoAnswer as error:
                    transcript.add(exchange, str(error))
                else:
                    transcript.add(exchange, "" if await commands_end(ANSWER_WITHIN) else UNFINISHED)
        unasked = [m for c in guild.channels.values() for m in c.messages.values() if not m.invoked]
    if save is None:
        click.echo(transcript.text(unasked))
    else:
        click.echo(f"Wrote {transcript.write(save, unasked)}")
    return EXIT_FAILED if missing else 0


def add_servers(stand_in: StandIn) -> Guild:
    """Add the playground's two servers; returns the first.

    It has #general and #reports, an admin and an ordinary member. The second one never invited the bot, but its member
    has installed it.
    """
    guild = stand_in.add_guild("Playground", GUILD_ID)  # #general has the next id
    reports = Channel(GUILD_ID + 2, "reports", guild)
    guild.channels[reports.id] = stand_in.world.channels[reports.id] = reports
    admin = guild.join(User(FIRST_PERSON, "admin"))
    admin.roles.append(guild.add_role("admin", administrator=True))
    guild.join(User(FIRST_PERSON + 1, "member"))
    elsewhere = stand_in.add_guild("Elsewhere", has_bot=False)
    elsewhere.join(User(FIRST_PERSON + 2, "traveller", takes_bot_along=True))
    return guild


def _build(settings: BotSettings, clock: PlaygroundClock, owner: Member) -> ForecastBot:
    """The real bot, with ``clock``."""
    bot = build_bot(settings, now=clock.now)
    bot.owner_id = owner.id
    bot.can_be_invited = False
    clock.drive(bot)
    return bot


def admin_of(guild: Guild) -> Member:
    """The member that plays the person who runs the playground: an admin and the bot's owner."""
    return next(member for member in guild.members.values() if member.name == "admin")


async def commands_end(within: float) -> bool:
    """Wait until no command is running: some first answer with the progress of their job and edit that to the end.

    Returns:
        False if that took longer than ``within`` seconds.
    """
    invoked = commands_under_way()
    return not invoked or not (await asyncio.wait(invoked, timeout=within))[1]


async def train_missing(bot: ForecastBot) -> None:
    """Train until every ETF of the universe has a forecast or its job has failed."""
    await bot.schedule.run_due()
    if missing := await bot.forecasts.missing():  # not due, or another bot on this database runs the schedule
        try:
            await bot.forecasts.retrain(missing)
        except JobFailed as error:
            click.echo(str(error), err=True)


@contextlib.asynccontextmanager
async def _open_stand_in(page: Page, port: int | None, clock: PlaygroundClock) -> AsyncIterator[StandIn]:
    """Open it on ``port``, by default on the first free one from 8470.

    Raises:
        BadSettings: the port is taken, or this user may not use it.
    """
    choices = range(FIRST_PORT, FIRST_PORT + PORTS_TRIED) if port is None else (port,)
    failed: OSError | None = None
    async with contextlib.AsyncExitStack() as stack:
        for choice in choices:
            try:
                stand_in = await stack.enter_async_context(StandIn(now=clock.now, port=choice, extend=page.attach))
                break
            except OSError as error:
                failed = error
        else:
            forbidden = isinstance(failed, PermissionError)
            why = "may not be used by this user" if forbidden else "is taken"
            raise BadSettings(f"The port {choices[0]} {why}. Choose another with --port, or 0 for any free one.")
        yield stand_in


class _Progress:
    """Shows the progress of training on the page and in the terminal."""

    def __init__(self, bot: ForecastBot, page: Page | None = None) -> None:
        self._page = page
        self._printed: set[str] = set()
        bot.worker.listeners.append(self._follow)

    def _follow(self, state: WorkerState) -> None:
        job = state.running
        if job is not None and self._page is not None:
            self._page.open()  # what a command lacks, it can wait for now
        if job is None:
            self._show("", "")
            return
        verb = "Training" if job.job.kind == "retrain" else "Forecasting"
        if job.progress is None:
            self._show(f"{verb} {', '.join(job.job.symbols)}", f"{verb} {', '.join(job.job.symbols)} …")
        else:
            step = job.progress
            words = f"{verb} {step.symbol}: {step.stage}"
            self._show(words, f"{words} {step.done} of {step.of}")

    def finish(self, missing: Iterable[str], problem: str | None) -> None:
        """Report that training is over, or which ETFs have no forecast and why."""
        names = ", ".join(missing)
        failure = f"No forecast for {names}. {problem or ''}".strip()
        text = failure if names else "Every ETF has its forecast. Try /forecast SPY."
        self._show(text, text)

    def _show(self, printed: str, on_page: str) -> None:
        if self._page is not None:
            self._page.show_progress(on_page)
        if printed and printed not in self._printed:  # symbols take turns, but each stage is printed once
            click.echo(printed, err=True)
        self._printed.add(printed)
