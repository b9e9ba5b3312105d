"""How a command answers: deferred at once or nearly so; only the asker sees a failure."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final, TypeVar

import aiohttp
import discord
from discord import app_commands

from bot.interactions import failures
from bot.interactions.arrivals import Arrivals
from bot.interactions.cooldowns import TooFast
from bot.jobs.job import WorkerState
from bot.texts import Texts, texts_for
from forecasting import ForecastingError, NoForecastYet, storage_failure

log = logging.getLogger(__name__)

QUICK_SECONDS: Final = 1.0
"""How long an answer may take before Discord is told to wait. Discord gives up after three seconds."""

PATIENCE_SECONDS: Final = 13 * 60.0
"""How long an answer may wait for a job. Discord takes none after fifteen minutes."""

_IS_PUBLIC: Final = "is_public"
"""Key in an interaction's extras: whether it was deferred for all to see."""
_IS_ACKNOWLEDGED: Final = "is_acknowledged"
"""Another key: that it was deferred, though discord.py does not know."""

ALREADY_ACKNOWLEDGED: Final = 40060
"""Discord's codes, here and below."""
UNANSWERABLE: Final = frozenset({10008, 10015, 10062, 50027, ALREADY_ACKNOWLEDGED})
"""The message, the webhook or the interaction is unknown, its token is invalid, or somebody else answers it."""
LIBRARY_REPEATS_AFTER: Final = 0.9
"""Seconds."""

T = TypeVar("T")

SendArguments = dict[str, Any]
"""An answer as arguments of discord.py's ``send``."""


class Refusal(app_commands.AppCommandError):
    """What was asked for makes no sense or is not allowed; the text says why, to the asker alone."""


class BotLacks(app_commands.CheckFailure):
    """The bot lacks permissions that this needs in the channel."""

    def __init__(self, permissions: tuple[str, ...], channel_id: int) -> None:
        self.permissions, self.channel_id = permissions, channel_id
        super().__init__(failures.bot_lacks(Texts(), permissions, channel_id))


async def deferred(
    interaction: discord.Interaction[Any], work: Callable[[], Coroutine[Any, Any, T]], *, private: bool = False
) -> T:
    """Do ``work``, and have Discord wait for an answer to it: a public one, or one for the asker alone.

    If the work lacks a forecast that a job is about to make, such as the first training, it is done again then.

    Discord decides with the deferral whether the answer is for all to see. So a failure that comes quickly, such as an
    unknown symbol, defers privately; work that takes longer, or waits for its turn, defers publicly and goes on.
    """
    arrivals: Arrivals = interaction.client.arrivals
    patience = 0.0 if arrivals.is_rush else QUICK_SECONDS
    task = asyncio.create_task(_once_forecast(interaction, work))
    try:
        await asyncio.wait({task}, timeout=patience)
        is_private = (task.done() and task.exception() is not None) or private
        interaction.extras[_IS_PUBLIC] = not is_private
        await acknowledge(interaction, ephemeral=is_private, thinking=True)
        return await task
    finally:
        task.cancel()


async def _once_forecast(interaction: discord.Interaction[Any], work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Do ``work``; where it lacks a forecast that a job is about to make, wait for that while Discord waits for us."""
    arrivals: Arrivals = interaction.client.arrivals
    forecasts = interaction.client.forecasts
    until = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while True:
        try:
            async with arrivals.turn():
                return await work()
        except NoForecastYet as missing:
            if missing.why:
                raise
            if not await forecasts.made(missing.symbol, until - asyncio.get_running_loop().time()):
                raise


async def acknowledge(
    interaction: discord.Interaction[Any], *, ephemeral: bool = False, thinking: bool = False
) -> None:
    """Have Discord wait for the answer. Commands that change something do this before they do.

    Raises:
        discord.HTTPException: it came too late, or another process with this token was first.
    """
    begun = asyncio.get_running_loop().time()
    try:
        await interaction.response.defer(ephemeral=ephemeral, thinking=thinking)
    except discord.HTTPException as error:
        # discord.py asks again, a second later, when an answer of Discord was lost. Then it was we who were first.
        if error.code != ALREADY_ACKNOWLEDGED or asyncio.get_running_loop().time() - begun < LIBRARY_REPEATS_AFTER:
            raise
        interaction.extras[_IS_ACKNOWLEDGED] = True


async def answer_press(interaction: discord.Interaction[Any], work: Coroutine[Any, Any, None]) -> None:
    """Do what a button asks for, and turn a failure into words. discord.py would only log it."""
    try:
        await work
    except Exception as error:
        await tell_failure(interaction, error)


def is_own(interaction: discord.Interaction) -> bool:
    """Whether the pressed message answers the member who pressed, so that it may be changed for them.

    Anybody may press. But what one member asked for must not turn into what another wants to see.
    """
    message = interaction.message
    asked = message.interaction_metadata if message is not None else None
    return asked is not None and asked.user.id == interaction.user.id


async def tell_failure(interaction: discord.Interaction[Any], error: Exception) -> None:
    """Explain a command's failure, only to the member who asked: not at all once Discord takes no answer."""
    cause = _cause(error)
    if isinstance(cause, discord.HTTPException) and cause.code in UNANSWERABLE:
        log.warning("Discord no longer takes an answer to /%s: %s", _command(interaction), cause)
        return
    text = failure_words(interaction, error, interaction.client.forecasts.job_state)
    try:
        await _tell_privately(interaction, text)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as refusal:
        log.warning("The failure of /%s could not be shown (%s): %s", _command(interaction), refusal, text)


def failure_words(interaction: discord.Interaction, error: Exception, jobs: WorkerState) -> str:
    """A failure fit to be shown speaks for itself; any other gets a reference number and a log entry."""
    cause = _cause(error)
    command = _command(interaction)
    server = interaction.guild.name if interaction.guild is not None else ""
    texts = texts_for(interaction.locale)
    match cause:
        case ForecastingError():
            return failures.forecasting_failure(texts, cause, jobs)
        case app_commands.MissingPermissions():
            return failures.member_lacks(texts, cause.missing_permissions, command, server)
        case app_commands.NoPrivateMessage():
            return texts("failure.only_in_servers", command=command)
        case TooFast():
            return failures.too_fast(texts, cause.again_at)
        case BotLacks():
            return failures.bot_lacks(texts, cause.permissions, cause.channel_id)
        case Refusal():
            return str(cause)
        case app_commands.TransformerError():
            return failures.unusable_option(texts, cause.value)
        case app_commands.CommandSignatureMismatch() | app_commands.CommandNotFound():
            return texts("failure.outdated", command=command)
        case discord.Forbidden() | discord.NotFound():
            log.warning("Discord refused what /%s needs: %s", command, cause)
            return failures.discord_refuses(texts, cause.text)
        case (
            discord.HTTPException(status=429 | 500 | 502 | 503 | 504)
            | discord.RateLimited()
            | aiohttp.ClientError()
            | ConnectionError()
        ):
            log.warning("Discord did not do what /%s needs: %s", command, cause)
            return texts("failure.discord_fails")
        case _:
            reference = uuid.uuid4().hex[:8]
            log.error("Reference %s: /%s broke", reference, command, exc_info=cause)
            if failure := storage_failure(cause):
                return failures.storage_failed(texts, failure.cause, reference)
            return texts("failure.unexpected", reference=reference)


def _cause(error: Exception) -> Exception:
    return error.original if isinstance(error, app_commands.CommandInvokeError) else error


def _command(interaction: discord.Interaction) -> str:
    """The command, or the button by its custom id; by its name a command that the bot no longer has."""
    if interaction.command is not None:
        return interaction.command.qualified_name
    data: Mapping[str, Any] = interaction.data or {}
    return str(data.get("custom_id") or data.get("name", "?"))


async def _tell_privately(interaction: discord.Interaction, text: str) -> None:
    if not interaction.response.is_done() and _IS_ACKNOWLEDGED not in interaction.extras:
        await interaction.response.send_message(text, ephemeral=True)
        return
    if interaction.extras.get(_IS_PUBLIC):
        # The first follow-up after a public deferral is public whatever it asks for; without that message it is not.
        try:
            await interaction.delete_original_response()
        except discord.HTTPException as error:
            log.warning("A failure is shown to all, because the deferral could not be taken back: %s", error)
    await interaction.followup.send(text, ephemeral=True)
