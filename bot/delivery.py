"""The outbox: posts every message at most once, whatever becomes of the bot or of Discord's answer in the middle.

A feature marks a message in its own table before the post (``sending``) and after it:

- ``sent``, or ``refused`` where Discord says that the bot may not post there or that there is no such place;
- ``failed``: it did not arrive, and is tried again;
- ``unknown``: Discord may have taken it, but its answer was lost. That also holds for a message that is found at
  ``sending``: the bot stopped. Before the next attempt the outbox looks for it among the bot's own last messages.
- ``lost``: the same where the bot may not read these. It is given up: no post is better than two.
- ``empty``: there is nothing to say yet.

Every repeat has a bound: MAX_ATTEMPTS requests a message, a growing pause for a place that fails, and one for all posts
while Discord takes none.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
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
RETRY_AFTER: Final = (timedelta(minutes=10), timedelta(minutes=50), timedelta(hours=22), timedelta(days=3, hours=16))
"""From each failed attempt to the next one: the fourth makes up for a day's failure, the fifth for one of days."""
MAX_ATTEMPTS: Final = len(RETRY_AFTER) + 1
"""Requests to post one message. A look for it counts as one."""
UNSURE: Final = ("sending", "unknown")
"""States of a message that may have arrived."""
REPEATS_SECONDS: tuple[float, ...] = (2.0, 8.0)
"""Before each repeat of a post whose answer was lost, where the bot may not look for it: all within NONCE_WINDOW."""
LOOKS_AT: Final = 100
"""Messages among which the outbox looks for its own: one request."""
PAUSE: Final = timedelta(minutes=10)
LONGEST_PAUSE: Final = timedelta(hours=1)
"""Of all posts, while Discord takes none: it doubles from PAUSE to this."""
LONGEST_BAN: Final = timedelta(days=1)
"""The longest pause that Discord itself may ask for."""
SILENT_PLACES: Final = 3
"""When so many places fail and none succeeds, it is Discord that fails."""

T = TypeVar("T")

Arguments = Callable[[], dict[str, Any]]
"""Makes a message as arguments of discord.py's ``send``, the nonce among them: new ones each time, because sending uses
files up."""


Outage = tuple[datetime, datetime]
"""When Discord began to take no posts, and when it took one again."""


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
    return message.state not in ("sent", "refused", "lost") and message.attempts >= MAX_ATTEMPTS


def is_due(message: Marked, now: datetime) -> bool:
    """Whether a message that was tried before is to be tried again now: at once if the bot stopped during the post."""
    if message.attempts >= MAX_ATTEMPTS:
        return False
    if message.state in ("failed", "unknown", "empty"):
        return now - (message.tried_at or now) >= RETRY_AFTER[message.attempts - 1]
    return message.state == "sending"


def is_owed(message: Marked, outage: Outage | None) -> bool:
    """Whether it failed in an outage of Discord that is over, not for the last time: it need not wait any longer."""
    if outage is None or message.tried_at is None or message.attempts >= MAX_ATTEMPTS:
        return False
    began, ended = outage
    return message.state in ("failed", "unknown") and began - NONCE_WINDOW <= message.tried_at < ended


def unsure_since(message: Marked, now: datetime) -> datetime | None:
    """When a message that may have arrived was last tried; None if it cannot have, or its nonce still tells."""
    if message.state in UNSURE and message.tried_at is not None and now - message.tried_at > NONCE_WINDOW:
        return message.tried_at
    return None


def nonce(*key: object) -> str:
    """The nonce of the message with this key. Discord answers a repeated nonce with the first message."""
    return hashlib.sha256(" ".join(map(str, key)).encode()).hexdigest()[:NONCE_LENGTH]


@dataclass(frozen=True)
class Outcome:
    """What came of a post.

    Attributes:
        state: see the top of this file.
        problem: of the channel, if it refused.
        message_id: of the message, if it arrived.
    """

    state: Literal["sent", "failed", "unknown", "lost", "empty", "refused"]
    problem: ChannelProblem | None = None
    message_id: int | None = None


@dataclass(frozen=True)
class Pause:
    """No posts ``until`` then, after ``failures`` in a row ``since`` then; ``why`` is the newest one."""

    failures: int
    since: datetime
    until: datetime
    why: str


class Unanswered(Exception):
    """Discord's server failed: it may have done what it was asked to do."""


_decides_on_repeats: ContextVar[bool] = ContextVar("the outbox decides on repeats", default=False)


def unanswered_posts_end() -> aiohttp.TraceConfig:
    """For discord.py's ``http_trace``: it repeats what is answered with 5xx; of posts the outbox decides on that."""

    async def end(_session: aiohttp.ClientSession, _context: Any, params: aiohttp.TraceRequestEndParams) -> None:
        if _decides_on_repeats.get() and params.response.status >= 500:
            params.response.close()
            raise Unanswered(f"HTTP {params.response.status}")

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(end)
    return trace


class Outbox:
    """Posts what the features hand over. They store the marks."""

    def __init__(self, client: discord.Client, now: Callable[[], datetime]) -> None:
        self._client = client
        self._now = now
        self._places: dict[int, Pause] = {}
        """Those whose last post failed, by the id of channel or member."""
        self._all: Pause | None = None
        self.outage: Outage | None = None
        """The newest that is over."""
        self._silent: set[int] = set()
        """Places that failed since the last success anywhere."""

    @property
    def pause(self) -> Pause | None:
        """The newest pause of all posts, if Discord has taken none since."""
        return self._all

    def may_post(self, place: int | None = None) -> bool:
        """Whether something may be posted now, in this channel or to this member if one is given."""
        pauses = (self._all, self._places.get(place) if place is not None else None)
        return all(pause is None or self._now() >= pause.until for pause in pauses)

    async def deliver(
        self,
        what: str,
        begin: Callable[[datetime], T | None],
        post: Callable[[T], Awaitable[Outcome]],
        end: Callable[[T, Outcome], None],
        place: int | None = None,
    ) -> Outcome | None:
        """Mark a message, post it, mark it again.

        Args:
            what: the message in the log.
            begin: marks it at a moment and returns it; None if there is nothing to post (any more). Runs in a thread.
            post: posts it. If this raises, the message is marked as failed.
            end: marks what came of it. Runs in a thread.
            place: where it goes, if it is to wait while that place fails whatever is posted there.

        Returns:
            What came of it; None if there was nothing to post, or if it has to wait.
        """
        if not self.may_post(place):
            return None
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

    async def to_channel(
        self, server_id: int | None, channel_id: int, make: Arguments, unsure: datetime | None = None
    ) -> Outcome:
        """Post into a channel.

        Args:
            unsure: when an earlier attempt was made, if that may have arrived, see ``unsure_since``.
        """
        channel = self.channel(server_id, channel_id)
        return await self._post(channel_id, channel, make, unsure, self._may_read(server_id, channel_id))

    async def to_member(self, user_id: int, make: Arguments, unsure: datetime | None = None) -> Outcome:
        """Post as a direct message; a member who accepts none refuses it."""
        try:
            with _own_repeats():
                channel = await self._client.create_dm(discord.Object(user_id))
        except Exception as error:
            failed = self._failed(user_id, error)
            return failed if failed.state == "refused" else Outcome("unknown" if unsure else "failed")
        return await self._post(user_id, channel, make, unsure, may_read=True)

    def texts_of(self, server_id: int) -> Texts:
        """The texts in the server's language."""
        guild = self._client.get_guild(server_id)
        return texts_for(None if guild is None else guild.preferred_locale)

    def _may_read(self, server_id: int | None, channel_id: int) -> bool:
        """Whether the bot is sure to see what it posted there."""
        guild = self._client.get_guild(server_id) if server_id is not None else None
        channel = guild.get_channel_or_thread(channel_id) if guild is not None else None
        if guild is None or channel is None:
            return False
        try:
            return channel.permissions_for(guild.me).read_message_history
        except discord.ClientException:  # a thread of a channel that the bot does not see
            return False

    async def _post(
        self, place: int, channel: discord.abc.Messageable, make: Arguments, unsure: datetime | None, may_read: bool
    ) -> Outcome:
        if unsure is not None:
            if not may_read:
                return Outcome("lost")
            arguments = make()
            try:
                with _own_repeats():
                    since = [found async for found in channel.history(after=unsure - NONCE_WINDOW, limit=LOOKS_AT)]
            except Exception as error:
                failed = self._failed(place, error)
                return failed if failed.state == "refused" else Outcome("unknown")
            for found in since:
                if found.author == self._client.user and _is_same(found, arguments):
                    return self._arrived(place, found.id)
            if len(since) == LOOKS_AT:  # there may be more
                return Outcome("lost")
        outcome = await self._send(place, channel, make, 1 if unsure is None else 2)
        if may_read or outcome.state != "unknown":
            return outcome
        for seconds in REPEATS_SECONDS:  # under the same nonce: a second post would be the first one
            await asyncio.sleep(seconds)
            outcome = await self._send(place, channel, make)
            if outcome.state in ("sent", "refused"):
                return outcome
        return Outcome("lost")

    async def _send(self, place: int, channel: discord.abc.Messageable, make: Arguments, requests: int = 1) -> Outcome:
        arguments = make()
        try:
            with _own_repeats():
                message = await channel.send(**arguments)
        except Exception as error:
            return self._failed(place, error, requests)
        return self._arrived(place, message.id)

    def _arrived(self, place: int, message_id: int) -> Outcome:
        self._places.pop(place, None)
        self._heard()
        return Outcome("sent", message_id=message_id)

    def _heard(self) -> None:
        """Discord has answered."""
        self._silent.clear()
        if self._all is not None:
            self.outage = self._all.since, self._now()
        self._all = None

    def _failed(self, place: int, error: Exception, requests: int = 1) -> Outcome:
        """What a failed post, after so many requests, means to the message, to the place and to all posts."""
        log.warning("Discord did not take a post to %d: %s", place, error or type(error).__name__)
        if isinstance(error, discord.Forbidden | discord.NotFound):  # final: Discord blocks a bot that goes on
            self._heard()
            return Outcome("refused", "gone" if isinstance(error, discord.NotFound) else "forbidden")
        before = self._places.get(place)
        failures = requests + (0 if before is None else before.failures)
        pause = RETRY_AFTER[failures - 1] if failures < MAX_ATTEMPTS else timedelta(weeks=1)
        self._places[place] = self._paused(before, failures, pause, error)
        if isinstance(error, discord.HTTPException) and error.status in (401, 429):  # the whole bot is refused
            self._stop(error, error.response.headers.get("Retry-After", ""))
            return Outcome("failed")
        if isinstance(error, aiohttp.ClientConnectorError):  # nothing was sent
            self._stop(error)
            return Outcome("failed")
        if isinstance(error, discord.HTTPException) and error.status < 500:
            self._heard()
            return Outcome("failed")
        self._silent.add(place)
        if len(self._silent) >= SILENT_PLACES:
            self._stop(error)
        if isinstance(error, discord.RateLimited):  # for longer than the bot waits: it was not taken
            return Outcome("failed")
        if not isinstance(error, discord.HTTPException | aiohttp.ClientError | OSError | Unanswered):
            log.error("An answer of Discord to a post cannot be understood", exc_info=error)
        return Outcome("unknown")

    def _stop(self, error: Exception, asked: str = "") -> None:
        """Post nothing for a while, or for the seconds that Discord has ``asked`` for."""
        failures = 1 if self._all is None else self._all.failures + 1
        pause = min(PAUSE * 2 ** min(failures - 1, 8), LONGEST_PAUSE)
        if asked.isdecimal():
            pause = max(pause, min(timedelta(seconds=int(asked)), LONGEST_BAN))
        self._all = self._paused(self._all, failures, pause, error)
        log.error("Discord takes no posts: the next one is tried at %s", self._all.until)

    def _paused(self, before: Pause | None, failures: int, pause: timedelta, error: Exception) -> Pause:
        now = self._now()
        return Pause(failures, now if before is None else before.since, now + pause, str(error))


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


@contextmanager
def _own_repeats() -> Iterator[None]:
    token = _decides_on_repeats.set(True)
    try:
        yield
    finally:
        _decides_on_repeats.reset(token)


def _is_same(found: discord.Message, message: dict[str, Any]) -> bool:
    """Whether one of the bot's messages is this one: by its nonce, else by the title of its embed and its text.

    Discord returns a nonce not everywhere. Numbers in an embed may be newer now, and another role be pinged.
    """
    if found.nonce is not None:
        return str(found.nonce) == str(message["nonce"])
    embed = message.get("embed")
    return _words(found.content, found.embeds) == _words(message.get("content"), () if embed is None else (embed,))


def _words(content: str | None, embeds: Iterable[discord.Embed]) -> tuple[str, list[str | None]]:
    return re.sub(r"<@&\d+>", "", content or "").strip(), [embed.title for embed in embeds]
