"""The outbox: posts every message at most once, even if the bot stops in the middle.

A feature marks a message in its own table before the post (``sending``) and after it (``sent``, ``failed`` or
``refused``). A message that is found at ``sending`` may have arrived. It is posted again only while Discord still
recognises its nonce and answers with the first message. After that it is given up: no post is better than two.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, Protocol, TypeVar

import aiohttp
import discord

from bot.texts import Texts, texts_for

log = logging.getLogger(__name__)

ChannelProblem = Literal["forbidden", "gone"]
"""Why a channel is no longer tried: Discord says that the bot may not post there, or that there is no such channel."""

NONCE_LENGTH: Final = 25
NONCE_WINDOW: Final = timedelta(minutes=2)
"""How long Discord is sure to recognise a nonce; it documents "a few minutes"."""
RETRY_AFTER: Final = (timedelta(minutes=10), timedelta(minutes=30), timedelta(hours=2))
"""From each failed attempt to the next one."""
MAX_ATTEMPTS: Final = len(RETRY_AFTER) + 1

T = TypeVar("T")


class Marked(Protocol):
    """A message with its marks: a row, or a value made from one."""

    @property
    def state(self) -> str: ...
    @property
    def attempts(self) -> int: ...
    @property
    def tried_at(self) -> datetime | None: ...


def is_given_up(message: Marked) -> bool:
    """Whether it failed for the last time."""
    return message.state == "failed" and message.attempts >= MAX_ATTEMPTS


def is_lost(message: Marked, now: datetime) -> bool:
    """Whether the bot stopped during the post so long ago that a second post could be a duplicate."""
    return message.state == "sending" and now - (message.tried_at or now) > NONCE_WINDOW


def is_due(message: Marked, now: datetime) -> bool:
    """Whether a message that was tried before is to be tried again now."""
    if message.attempts >= MAX_ATTEMPTS:
        return False
    if message.state == "sending":
        return not is_lost(message, now)
    return message.state == "failed" and now - (message.tried_at or now) >= RETRY_AFTER[message.attempts - 1]


def nonce(*key: object) -> str:
    """The nonce of the message with this key. Discord answers a repeated nonce with the first message."""
    return hashlib.sha256(" ".join(map(str, key)).encode()).hexdigest()[:NONCE_LENGTH]


@dataclass(frozen=True)
class Outcome:
    """What came of a post.

    Attributes:
        state: arrived, to be tried again, or not to be tried again.
        problem: of the channel, if it refused.
        message_id: of the message, if it arrived.
    """

    state: Literal["sent", "failed", "refused"]
    problem: ChannelProblem | None = None
    message_id: int | None = None


class Outbox:
    """Posts what the features hand over. They store the marks."""

    def __init__(self, client: discord.Client, now: Callable[[], datetime]) -> None:
        self._client = client
        self._now = now

    async def deliver(
        self,
        what: str,
        begin: Callable[[datetime], T | None],
        post: Callable[[T], Awaitable[Outcome]],
        end: Callable[[T, Outcome], None],
    ) -> Outcome | None:
        """Mark a message, post it, mark it again.

        Args:
            what: the message in the log.
            begin: marks it at a moment and returns it; None if there is nothing to post (any more). Runs in a thread.
            post: posts it. If this raises, the message is marked as failed.
            end: marks what came of it. Runs in a thread.

        Returns:
            What came of it; None if there was nothing to post.
        """
        message = await asyncio.to_thread(begin, self._now())
        if message is None:
            return None
        try:
            outcome = await post(message)
        except Exception:
            await asyncio.to_thread(end, message, Outcome("failed"))
            raise
        await asyncio.to_thread(end, message, outcome)
        log.info("%s: %s", what, outcome.state)
        return outcome

    def channel(self, server_id: int | None, channel_id: int) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(channel_id, guild_id=server_id)

    async def to_channel(self, server_id: int | None, channel_id: int, **message: Any) -> Outcome:
        """Post into a channel. ``message`` are the arguments of discord.py's ``send``, the nonce among them."""
        return await _outcome(f"channel {channel_id}", self.channel(server_id, channel_id).send(**message))

    async def to_member(self, user_id: int, **message: Any) -> Outcome:
        """Post as a direct message; a member who accepts none refuses it."""

        async def send() -> discord.Message:
            return await (await self._client.create_dm(discord.Object(user_id))).send(**message)

        return await _outcome(f"member {user_id}", send())

    def texts_of(self, server_id: int) -> Texts:
        """The texts in the server's language."""
        guild = self._client.get_guild(server_id)
        return texts_for(None if guild is None else guild.preferred_locale)


async def for_each(items: Iterable[T], act: Callable[[T], Awaitable[object]]) -> None:
    """Do ``act`` for every item, even if it breaks for some.

    Raises:
        ExceptionGroup: it broke for some.
    """
    broken: list[Exception] = []
    for item in items:
        try:
            await act(item)
        except Exception as error:
            error.add_note(f"while delivering {item}")
            broken.append(error)
    if broken:
        raise ExceptionGroup("some messages could not be delivered", broken)


async def _outcome(where: str, sending: Awaitable[discord.Message]) -> Outcome:
    """A refusal is final: Discord blocks a bot that keeps posting where it may not."""
    try:
        message = await sending
    except (discord.Forbidden, discord.NotFound) as error:
        log.warning("Discord refused a post to %s: %s", where, error)
        return Outcome("refused", "gone" if isinstance(error, discord.NotFound) else "forbidden")
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        log.warning("A post to %s failed: %s", where, error)
        return Outcome("failed")
    return Outcome("sent", message_id=message.id)
