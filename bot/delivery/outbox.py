"""The outbox posts what the features hand over. They store the marks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final, TypeVar

import aiohttp
import discord

from bot.delivery.marks import NONCE_WINDOW, Begun, Outage, Outcome
from bot.delivery.pace import POSTS, Pace
from bot.delivery.pauses import Pause, Pauses
from bot.delivery.places import ChannelPlace, ForumPlace, Place, TooMany
from bot.delivery.repeats import Unanswered, own_repeats
from bot.delivery.servers import Servers
from bot.settings.shards import ALL, Shards

log = logging.getLogger(__name__)

REPEATS_SECONDS: tuple[float, ...] = (2.0, 8.0)
"""Before each repeat of a post whose answer was lost, where the bot may not look for it: all within NONCE_WINDOW."""
ALREADY_PUBLISHED: Final = 40033
"""Discord's code."""

T = TypeVar("T", bound=Begun)

Arguments = Callable[[], dict[str, Any]]
"""Makes a message as arguments of discord.py's ``send``, the nonce among them: new ones each time, because sending uses
files up."""


class Outbox:
    """Posts each message at most once."""

    def __init__(
        self, client: discord.Client, now: Callable[[], datetime], processes: float = 1, shards: Shards = ALL
    ) -> None:
        """``processes`` is how many of this bot share Discord's limit of requests; ``shards`` are those of this one."""
        self._client = client
        self.servers = Servers(client, shards, self._request)
        self._now = now
        self._pace = Pace(POSTS / processes)
        self._marking = asyncio.Lock()
        """Writers of marks wait here in order: SQLite lets many writers wait in no order, some of them too long."""
        self._is_closed = False
        self._pauses = Pauses(now)
        self.last_post: datetime | None = None
        """When a message last arrived, since the bot started."""

    @property
    def pause(self) -> Pause | None:
        """The newest pause of all posts, if Discord has taken none since."""
        return self._pauses.of_all

    @property
    def outage(self) -> Outage | None:
        """The newest outage that is over."""
        return self._pauses.outage

    def may_post(self, place: int | None = None) -> bool:
        """Whether something may be posted now, in this channel or to this member if one is given."""
        return not self._is_closed and self._pauses.may_post(place)

    def close(self) -> None:
        """Begin no new posts. Those under way go on; the others are still due when the bot starts again."""
        self._is_closed = True

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
            post: posts it. If this raises, it did not arrive.
            end: marks what came of it. Runs in a thread.
            place: where it goes, if the message is to wait after any other post to that place has failed.

        Returns:
            What came of it; None if there was nothing to post, or if it has to wait.
        """
        if not self.may_post(place):
            return None
        async with self._marking:
            message = await asyncio.to_thread(begin, self._now())
        if message is None:
            return None
        try:
            outcome = await post(message)
        except Exception:
            async with self._marking:
                await asyncio.to_thread(
                    end, message, Outcome("unknown" if message.unsure or message.repeats else "failed")
                )
            raise
        if message.repeats and outcome.state in ("failed", "empty"):
            outcome = Outcome("unknown")  # this attempt did not arrive, but the one before it may have
        async with self._marking:
            await asyncio.to_thread(end, message, outcome)
        log.info("%s: %s", what, outcome.state)
        return outcome

    def place(self, server_id: int | None, channel_id: int, name: str = "") -> Place:
        """A channel, or a forum, in which a message begins a post of this ``name``."""
        forum = self.servers.forum(server_id, channel_id)
        if forum is not None:
            return ForumPlace(forum, name)
        channel = self._client.get_partial_messageable(channel_id, guild_id=server_id)
        return ChannelPlace(channel, self._client.user, self.servers.may_read(server_id, channel_id))

    def has_nonces(self, server_id: int, channel_id: int) -> bool:
        """Whether Discord knows a repeated post there by its nonce: not in a forum."""
        return self.servers.forum(server_id, channel_id) is None

    async def to_channel(
        self,
        server_id: int | None,
        channel_id: int,
        make: Arguments,
        unsure: datetime | None = None,
        *,
        others: frozenset[int] = frozenset(),
        name: str = "",
    ) -> Outcome:
        """Post into a channel, or begin a post in a forum.

        Args:
            unsure: when an earlier attempt was made, if that may have arrived, see ``unsure_since``.
            others: ids of messages there that are known to be others.
            name: of the post, if it is a forum.
        """
        if unsure is not None and not self.servers.knows(server_id):
            return Outcome("unknown")  # whether it is there can be seen once Discord tells of that server
        return await self._post(channel_id, self.place(server_id, channel_id, name), make, unsure, others)

    async def to_member(self, user_id: int, make: Arguments, unsure: datetime | None = None) -> Outcome:
        """Post as a direct message; a member who accepts none refuses it."""
        try:
            async with self._request():
                channel = await self._client.create_dm(discord.Object(user_id))
        except Exception as error:
            failed = self._pauses.failed(user_id, error)
            return failed if failed.state == "refused" else Outcome("unknown" if unsure else "failed")
        place = ChannelPlace(channel, self._client.user, may_read=True)
        return await self._post(user_id, place, make, unsure)

    async def publish(self, server_id: int, channel_id: int, message_id: int) -> bool:
        """Publish a message of an announcement channel to the channels that follow it. False if Discord did not."""
        channel = self._client.get_partial_messageable(channel_id, guild_id=server_id)
        message = channel.get_partial_message(message_id)
        error: Exception | None = None
        for seconds in (0.0, *REPEATS_SECONDS):
            await asyncio.sleep(seconds)
            try:
                async with self._request():
                    await message.publish()
            except (aiohttp.ClientError, OSError, Unanswered, discord.RateLimited) as failure:  # repeats are safe
                error = failure
            except discord.DiscordException as failure:
                error = failure
                if isinstance(failure, discord.HTTPException) and failure.code == ALREADY_PUBLISHED:
                    return True
                break
            else:
                return True
        log.warning("The message %d in channel %d was not published: %s", message_id, channel_id, error)
        return False

    @asynccontextmanager
    async def _request(self) -> AsyncIterator[None]:
        """Wait for the turn of a request whose repeats the outbox decides on."""
        await self._pace.turn()
        with own_repeats():
            yield

    async def _post(
        self,
        place_id: int,
        place: Place,
        make: Arguments,
        unsure: datetime | None,
        others: frozenset[int] = frozenset(),
    ) -> Outcome:
        if unsure is not None:
            if not place.may_read:
                return Outcome("lost")
            try:
                async with self._request():
                    found = await place.find(make(), unsure, others)
            except TooMany:
                return Outcome("lost")
            except Exception as error:
                failed = self._pauses.failed(place_id, error)
                return failed if failed.state == "refused" else Outcome("unknown")
            if found is not None:
                return self._arrived(place_id, found)
        clock = asyncio.get_running_loop().time
        forgotten = clock() + NONCE_WINDOW.total_seconds()
        outcome = await self._send(place_id, place, make, 1 if unsure is None else 2)
        if place.may_read or outcome.state != "unknown":
            return outcome
        for seconds in REPEATS_SECONDS:  # under the same nonce: a second post would be the first one
            await asyncio.sleep(seconds)
            if clock() > forgotten:  # the answer was waited for so long
                break
            outcome = await self._send(place_id, place, make)
            if outcome.state in ("sent", "refused"):
                return outcome
        return Outcome("lost")

    async def _send(self, place_id: int, place: Place, make: Arguments, requests: int = 1) -> Outcome:
        arguments = make()
        try:
            async with self._request():
                message_id = await place.send(arguments)
        except Exception as error:
            return self._pauses.failed(place_id, error, requests)
        return self._arrived(place_id, message_id)

    def _arrived(self, place_id: int, message_id: int) -> Outcome:
        self._pauses.arrived(place_id)
        self.last_post = self._now()
        return Outcome("sent", message_id=message_id)
