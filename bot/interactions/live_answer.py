"""An answer that is edited while a job runs; once Discord takes no more edits, it goes on as a message."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
import discord

from bot.delivery import NONCE_WINDOW, nonce
from bot.forecasts.trainings import Training, TrainingState
from bot.interactions.formats import MAX_CONTENT, shortened
from bot.interactions.mentions import only_member
from bot.jobs.job import JobResult
from bot.logs import reason_of
from bot.texts import Texts

log = logging.getLogger(__name__)

TOKEN_USABLE: Final = timedelta(minutes=14)
"""An interaction's token lives 15 minutes. The last one is kept free for an edit that is slow to arrive."""

EDIT_SECONDS: float = 3.0
"""Between two edits, so that a job that tells much does not use up the channel's rate limit."""


PAUSE_SECONDS: float = 0.2
"""Between two edits of any answers: many may wait for the same job."""


class EditPace:
    """Hands out the moments at which answers may be edited."""

    def __init__(self) -> None:
        self._next = 0.0

    async def turn(self) -> None:
        """Wait until it is this edit's turn."""
        now = asyncio.get_running_loop().time()
        at = max(now, self._next)
        self._next = at + PAUSE_SECONDS
        await asyncio.sleep(at - now)


class TrainingStopped(Exception):
    """The bot ends, and the job with it."""


class LiveAnswer:
    """The answer to one interaction, which has been deferred."""

    def __init__(self, interaction: discord.Interaction[Any], texts: Texts, now: Callable[[], datetime]) -> None:
        self._interaction = interaction
        self.pace: EditPace = interaction.client.edit_pace
        self._texts = texts
        self._now = now
        self._shown: str | None = None
        self._message: discord.Message | None = None
        self._posted_at: datetime | None = None
        """When a message in the channel was first tried: its answer may have been lost."""
        self._is_refused = False

    async def show(self, text: str) -> None:
        """Make ``text`` the answer, or as much of it as a message holds.

        If Discord refuses, the job goes on and nothing more is shown.
        """
        if text == self._shown or self._is_refused:
            return
        self._shown = text
        try:
            await self._show(text)
        except (discord.Forbidden, discord.NotFound) as error:
            self._is_refused = True
            log.warning("The progress of a job may not be shown: %s", error)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.warning("The progress of a job could not be shown: %s", reason_of(error))

    async def _show(self, text: str) -> None:
        interaction = self._interaction
        if self._message is not None:
            await self._message.edit(content=self._addressed(text), allowed_mentions=discord.AllowedMentions.none())
        elif self._now() - interaction.created_at < TOKEN_USABLE:
            await interaction.edit_original_response(content=shortened(text, MAX_CONTENT))
        elif interaction.channel_id is not None and self._may_post():
            self._message = await self._post(interaction.channel_id, self._addressed(text))

    def _may_post(self) -> bool:
        """Whether a post cannot be a second one: none was tried, or Discord still knows its nonce."""
        now = self._now()
        self._posted_at = self._posted_at or now
        return now - self._posted_at <= NONCE_WINDOW

    async def _post(self, channel_id: int, text: str) -> discord.Message:
        """Post in the channel, or as a direct message if the bot may not post there."""
        interaction = self._interaction
        client: discord.Client = interaction.client
        key = nonce("answer", interaction.id)
        place = client.get_partial_messageable(channel_id, guild_id=interaction.guild_id)
        try:
            return await place.send(text, nonce=key, allowed_mentions=only_member(interaction.user.id))
        except (discord.Forbidden, discord.NotFound) as error:
            log.info("A job's progress goes on in direct messages: %s", error)
            direct = await interaction.user.create_dm()
            return await direct.send(text, nonce=key)

    def _addressed(self, text: str) -> str:
        member = f"<@{self._interaction.user.id}>"
        return shortened(self._texts("training.continued", member=member, text=text), MAX_CONTENT)


async def follow(
    answer: LiveAnswer,
    training: Training,
    words: Callable[[TrainingState], str],
) -> JobResult:
    """Show a training's progress until it has ended, then its result, once it is the answer's turn for an edit.

    Raises:
        JobFailed: it did not finish.
        TrainingStopped: the bot ends.
    """
    outcome = training.outcome
    while not outcome.done():
        await answer.pace.turn()
        changed: asyncio.Future[Any] = asyncio.ensure_future(training.changed.wait())  # before the look: none is missed
        if not outcome.done():
            await answer.show(words(training.state))
        await asyncio.wait({outcome}, timeout=EDIT_SECONDS)
        either: set[asyncio.Future[Any]] = {outcome, changed}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        changed.cancel()
    if outcome.cancelled():
        raise TrainingStopped
    await answer.pace.turn()
    return outcome.result()
