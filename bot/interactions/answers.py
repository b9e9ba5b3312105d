"""How a command answers: deferred at once or nearly so, and a failure for the asker's eyes only."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Coroutine, Mapping
from typing import Any, Final, TypeVar

import aiohttp
import discord
from discord import app_commands

from bot.interactions import failures
from bot.interactions.cooldowns import TooFast
from bot.jobs.job import WorkerState
from bot.texts import Texts, texts_for
from forecasting import ForecastingError, storage_failure

log = logging.getLogger(__name__)

QUICK_SECONDS: Final = 1.0
"""How long an answer may take before Discord is told to wait. Discord gives up after three seconds."""

_IS_PUBLIC: Final = "is_public"
"""Key in an interaction's extras: whether it was deferred for all to see."""

T = TypeVar("T")

SendArguments = dict[str, Any]
"""An answer as arguments of discord.py's ``send``."""


class Refusal(app_commands.AppCommandError):
    """What was asked for makes no sense or is not allowed; the text says why, to the asker alone."""


class BotLacks(app_commands.CheckFailure):
    """The bot may not do in this channel what it is asked to do there."""

    def __init__(self, permissions: tuple[str, ...], channel_id: int) -> None:
        self.permissions, self.channel_id = permissions, channel_id
        super().__init__(failures.bot_lacks(Texts(), permissions, channel_id))


async def deferred(interaction: discord.Interaction, work: Coroutine[Any, Any, T], *, private: bool = False) -> T:
    """Do ``work``, and have Discord wait for an answer to it: a public one, or one for the asker alone.

    Discord decides with the deferral whether the answer is for all to see. So a failure that comes quickly, such as an
    unknown symbol, defers privately; work that takes longer defers publicly and goes on.
    """
    task = asyncio.create_task(work)
    try:
        await asyncio.wait({task}, timeout=QUICK_SECONDS)
        is_private = private or (task.done() and task.exception() is not None)
        interaction.extras[_IS_PUBLIC] = not is_private
        await interaction.response.defer(ephemeral=is_private, thinking=True)
        return await task
    finally:
        task.cancel()


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
    """Explain a command's failure, only to the member who asked."""
    text = failure_words(interaction, error, interaction.client.forecasts.job_state)
    try:
        await _tell_privately(interaction, text)
    except (discord.HTTPException, aiohttp.ClientError, OSError):
        log.exception("The failure of /%s could not be told: %s", _command(interaction), text)


def failure_words(interaction: discord.Interaction, error: Exception, jobs: WorkerState) -> str:
    """A failure fit to be shown speaks for itself; any other gets a reference number and a log entry."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    command = _command(interaction)
    server = interaction.guild.name if interaction.guild is not None else ""
    texts = texts_for(interaction.locale)
    match cause:
        case ForecastingError():
            return failures.forecasting_failure(texts, cause, jobs)
        case app_commands.MissingPermissions():
            return failures.member_lacks(texts, cause.missing_permissions, command, server)
        case app_commands.NoPrivateMessage():
            return failures.only_in_servers(texts, command)
        case TooFast():
            return failures.too_fast(texts, cause.again_at)
        case BotLacks():
            return failures.bot_lacks(texts, cause.permissions, cause.channel_id)
        case Refusal():
            return str(cause)
        case app_commands.TransformerError():
            return failures.unusable_option(texts, cause.value)
        case app_commands.CommandSignatureMismatch() | app_commands.CommandNotFound():
            return failures.outdated_command(texts, command)
        case _:
            reference = uuid.uuid4().hex[:8]
            log.error("Reference %s: /%s broke", reference, command, exc_info=cause)
            if failure := storage_failure(cause):
                return failures.storage_failed(texts, failure.cause, reference)
            return failures.unexpected_failure(texts, reference)


def _command(interaction: discord.Interaction) -> str:
    """The command, or the button by its custom id; by its name a command that the bot has no more."""
    if interaction.command is not None:
        return interaction.command.qualified_name
    data: Mapping[str, Any] = interaction.data or {}
    return str(data.get("custom_id") or data.get("name", "?"))


async def _tell_privately(interaction: discord.Interaction, text: str) -> None:
    if not interaction.response.is_done():
        await interaction.response.send_message(text, ephemeral=True)
        return
    if interaction.extras.get(_IS_PUBLIC):
        # The first follow-up after a public deferral is public whatever it asks for; without that message it is not.
        try:
            await interaction.delete_original_response()
        except discord.HTTPException as error:
            log.warning("A failure is told in public, because the deferral could not be taken back: %s", error)
    await interaction.followup.send(text, ephemeral=True)
