"""How a message comes to be, changes and goes: the same for channels and for answers to interactions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from standin.accounts import User
from standin.api_errors import (
    Json,
    missing_access,
    missing_permissions,
    other_users_message,
    too_large,
    unknown_channel,
    unknown_message,
)
from standin.guilds import Channel
from standin.limits import check_message, check_not_empty
from standin.messages import DEFAULT, EPHEMERAL, Attachment, Message, Upload, uploaded
from standin.world import World

NONCE_MEMORY = timedelta(minutes=5)  # Discord: "uniqueness in the past few minutes"


@dataclass(frozen=True)
class Invoked:
    """The interaction that a message answers."""

    by: User
    line: str
    metadata: Json


class Posting:
    """Makes, changes and deletes the bot's messages, and tells the gateway of it."""

    def __init__(self, world: World, url: str) -> None:
        self._world, self._url = world, url

    def allowed_channel(self, channel_id: int, body: Json | None = None, files: int = 0) -> Channel:
        """The channel, where the bot may see it and, with ``body``, post that there.

        Raises:
            ApiError: 404 unknown, 403 not allowed.
        """
        channel = self._world.channels.get(channel_id)
        if channel is None:
            raise unknown_channel()
        if channel.guild is None:
            return channel
        me = channel.guild.members.get(self._world.bot.id)
        permissions = channel.permissions(me) if me else None
        if permissions is None or not permissions.view_channel:
            raise missing_access()
        if body is not None:
            needed = (
                permissions.send_messages,
                permissions.embed_links or not body.get("embeds"),
                permissions.attach_files or not files,
            )
            if not all(needed):
                raise missing_permissions()
        return channel

    def create(
        self,
        channel: Channel,
        body: Json,
        uploads: list[Upload],
        *,
        flags: int = 0,
        message_type: int = DEFAULT,
        invoked: Invoked | None = None,
        empty: bool = False,
        prefix: tuple[str, ...] = (),
    ) -> Message:
        """Post a message.

        Args:
            flags: set beside those that the body may set.
            empty: the body has nothing to show, and need not (the "thinking" message).

        Raises:
            ApiError: the body breaks a limit.
        """
        if not empty:
            check_message(body, files=self._sizes(channel, uploads), prefix=prefix)
            check_not_empty(body, len(uploads))
        nonce = str(body["nonce"]) if body.get("nonce") is not None else None
        if body.get("enforce_nonce") and nonce and (before := self._with_nonce(channel, nonce)):
            return before
        message = Message(
            self._world.snowflakes.next(), channel, self._world.bot, self._world.now(), type=message_type, nonce=nonce
        )
        if invoked:
            message.invoked, message.invoked_by, message.line = invoked.metadata, invoked.by, invoked.line
        message.apply(body, self._files(channel, body, uploads))
        message.flags |= flags
        channel.messages[message.id] = message
        self._announce("MESSAGE_CREATE", message)
        return message

    def edit(self, message: Message, body: Json, uploads: list[Upload], prefix: tuple[str, ...] = ()) -> Message:
        """Change a message; the first answer to a deferred interaction is such a change, and no edit to the reader.

        Raises:
            ApiError: the body breaks a limit.
        """
        check_message(body, files=self._sizes(message.channel, uploads), prefix=prefix)
        first_answer = message.thinking
        lasting = (body.get("flags") or 0) & ~EPHEMERAL  # who sees a message is settled when it is made
        message.apply(body | {"flags": lasting}, self._files(message.channel, body, uploads))
        if not first_answer:
            message.edited_at = self._world.now()
            message.edits += 1
        self._announce("MESSAGE_UPDATE", message)
        return message

    def delete(self, message: Message) -> None:
        message.deleted = True
        self._announce("MESSAGE_DELETE", message)

    def message(self, channel: Channel, message_id: int) -> Message:
        """A message of the bot that others than one member can see.

        Raises:
            ApiError: 404 there is none.
        """
        message = channel.messages.get(message_id)
        if message is None or message.deleted or message.ephemeral:
            raise unknown_message()
        return message

    def own_message(self, channel: Channel, message_id: int) -> Message:
        """As ``message``; 403 where somebody else wrote it."""
        message = self.message(channel, message_id)
        if message.author is not self._world.bot:
            raise other_users_message()
        return message

    def _with_nonce(self, channel: Channel, nonce: str) -> Message | None:
        since = self._world.now() - NONCE_MEMORY
        recent = (m for m in channel.messages.values() if m.nonce == nonce and m.created_at >= since)
        return next(recent, None)

    def _sizes(self, channel: Channel, uploads: list[Upload]) -> list[int]:
        sizes = [len(upload.content) for upload in uploads]
        if channel.guild is not None and any(size > channel.guild.file_limit for size in sizes):
            raise too_large()
        return sizes

    def _files(self, channel: Channel, body: Json, uploads: list[Upload]) -> list[Attachment]:
        ids = [self._world.snowflakes.next() for _ in uploads]
        files = uploaded(body, uploads, ids, f"{self._url}/attachments/{channel.id}")
        self._world.files.update({file.id: file for file in files})
        return files

    def _announce(self, event: str, message: Message) -> None:
        self._world.touched(message)
        if message.ephemeral:
            return
        guild = message.channel.guild
        place: Json = {"id": str(message.id), "channel_id": str(message.channel.id)}
        if guild is not None:
            place["guild_id"] = str(guild.id)
        if event != "MESSAGE_DELETE":
            place = message.payload() | place
            if guild is not None and message.author.id in guild.members:
                member = guild.members[message.author.id].payload()
                place["member"] = {key: value for key, value in member.items() if key != "user"}
        self._world.tell(event, place, guild)
