"""Everything that the stand-in knows: servers, channels, people, messages and files; and how to wait for a change."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from discord import Permissions

from standin.attachments import Attachment, Upload
from standin.content import EPHEMERAL
from standin.errors import TOO_LARGE, ApiError, Json
from standin.limits.messages import check_message, check_not_empty
from standin.model import EVERYONE, Channel, Guild, Message, Role, User

EPOCH_MS = 1_420_070_400_000  # Discord's: the first millisecond of 2015
NONCE_MEMORY = timedelta(minutes=5)  # Discord: "uniqueness in the past few minutes"
Clock = Callable[[], datetime]


class Changes:
    """Lets a coroutine wait until something has become true, without polling."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def notify(self) -> None:
        """Something changed: everybody who waits looks again."""
        self._next.set()
        self._next = asyncio.Event()

    async def until(self, holds: Callable[[], bool], timeout: float) -> None:  # noqa: ASYNC109, the caller's bound
        """Wait until ``holds()``.

        Raises:
            TimeoutError: it did not hold within ``timeout`` seconds of real time.
        """
        async with asyncio.timeout(timeout):
            while not holds():
                await self._next.wait()


class World:
    """All state of the stand-in, and what changes it.

    Args:
        now: the clock of ids and messages.
        send: called with the name, the data and the server of each event that the bot should receive.
    """

    def __init__(self, now: Clock, send: Callable[[str, Mapping[str, Any], Guild | None], None]) -> None:
        self.now = now
        self._send = send
        self.url = ""
        """Where the stand-in listens; files are served from there."""
        self.changes = Changes()
        # Starts anywhere within the first millisecond: two worlds with the same clock share no id, so what a bot has
        # stored of one (its commands, for example) never seems to hold in the other.
        self._last_id = self._first_id_of_now() + secrets.randbits(21)
        self.bot = User(self.new_id(), "ETF forecasts", bot=True)
        self.users: dict[int, User] = {self.bot.id: self.bot}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.files: dict[int, Attachment] = {}
        """Every file ever sent."""
        self.watchers: list[Callable[[Message], None]] = []
        """Called with each message that was made, changed or deleted."""

    def new_id(self) -> int:
        """A snowflake: an id that contains the time and is larger than every id before."""
        self._last_id = max(self._last_id + 1, self._first_id_of_now())
        return self._last_id

    def _first_id_of_now(self) -> int:
        return int(self.now().timestamp() * 1000) - EPOCH_MS << 22

    def dispatch(self, event: str, data: Mapping[str, Any], guild: Guild | None) -> None:
        """Send an event of ``guild`` to the bot. Of a server without the bot it hears only that it has left."""
        if guild is None or guild.has_bot or event == "GUILD_DELETE":
            self._send(event, data, guild)

    def add_guild(self, name: str, guild_id: int | None = None, *, has_bot: bool = True) -> Guild:
        """Add a server with a channel #general. If ``guild_id`` is given, #general has the next id."""
        everyone = Role(guild_id or self.new_id(), "@everyone", Permissions(EVERYONE.value))
        guild = Guild(self, everyone.id, name, everyone, roles={everyone.id: everyone})
        if has_bot:
            guild.join(self.bot)
        general = Channel(guild_id + 1 if guild_id else self.new_id(), "general", guild=guild)
        guild.channels[general.id] = self.channels[general.id] = general
        self.guilds[guild.id] = guild
        joined = guild.payload()
        del joined["unavailable"]  # as Discord tells of a server that the bot joins
        self.dispatch("GUILD_CREATE", joined, guild)
        return guild

    def direct_channel(self, user: User) -> Channel:
        """The direct messages between the bot and ``user``; opened if they were not yet."""
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        channel = Channel(self.new_id(), user.name, recipient=user)
        self.channels[channel.id] = channel
        return channel

    def post(self, message: Message, body: Json, uploads: list[Upload], prefix: tuple[str, ...] = ()) -> Message:
        """Post ``message`` with what ``body`` says; the "thinking…" message says nothing.

        Args:
            prefix: where the message stands in the request's body.

        Returns:
            ``message``, or the earlier one with the same nonce if the body asks for that.

        Raises:
            ApiError: the body breaks a limit.
        """
        channel = message.channel
        if not message.thinking:
            self._check(channel, body, uploads, prefix)
            check_not_empty(body, len(uploads))
            message.nonce = str(body["nonce"]) if body.get("nonce") is not None else None
            if body.get("enforce_nonce") and message.nonce:
                for before in channel.messages.values():
                    if before.nonce == message.nonce and before.created_at >= self.now() - NONCE_MEMORY:
                        return before
            message.apply(body, self._attach(channel, body, uploads))
        channel.messages[message.id] = message
        self._announce("MESSAGE_CREATE", message)
        return message

    def edit(self, message: Message, body: Json, uploads: list[Upload], prefix: tuple[str, ...] = ()) -> Message:
        """Change a message. The first answer to a deferred interaction is such a change, but does not show as an edit.

        Raises:
            ApiError: the body breaks a limit.
        """
        self._check(message.channel, body, uploads, prefix)
        first_answer = message.thinking
        flags = (body.get("flags") or 0) & ~EPHEMERAL  # who sees a message is settled when it is made
        message.apply(body | {"flags": flags}, self._attach(message.channel, body, uploads))
        if not first_answer:
            message.edited_at = self.now()
            message.edits += 1
        self._announce("MESSAGE_UPDATE", message)
        return message

    def delete(self, message: Message) -> None:
        message.deleted = True
        self._announce("MESSAGE_DELETE", message)

    def _check(self, channel: Channel, body: Json, uploads: list[Upload], prefix: tuple[str, ...]) -> None:
        sizes = [len(upload.content) for upload in uploads]
        if channel.guild is not None and any(size > channel.guild.file_limit for size in sizes):
            raise ApiError(*TOO_LARGE)
        check_message(body, files=sizes, prefix=prefix)

    def _attach(self, channel: Channel, body: Json, uploads: list[Upload]) -> list[Attachment]:
        base_url = f"{self.url}/attachments/{channel.id}"
        files = [upload.attach(body, self.new_id(), base_url) for upload in uploads]
        self.files.update({file.id: file for file in files})
        return files

    def _announce(self, event: str, message: Message) -> None:
        for watch in self.watchers:
            watch(message)
        self.changes.notify()
        if message.ephemeral:
            return
        guild = message.channel.guild
        data: Json = {"id": str(message.id), "channel_id": str(message.channel.id)}
        if guild is not None:
            data["guild_id"] = str(guild.id)
        if event != "MESSAGE_DELETE":
            data = message.payload() | data
            if guild is not None and message.author.id in guild.members:
                data["member"] = guild.members[message.author.id].payload(with_user=False)
        self.dispatch(event, data, guild)
