"""What the page shows: messages and notices as JSON, and the browsers that wait for new ones."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from standin.attachments import Attachment
from standin.errors import Json
from standin.model import Channel, Guild, Message, User


@dataclass(frozen=True)
class Notice:
    """The client's own message to one member: why it did not send a line, or that the bot did not answer."""

    id: int
    channel: Channel
    user: User
    at: datetime
    line: str
    text: str
    exchange_id: int = 0

    def entry(self) -> Json:
        return {
            "kind": "notice",
            "id": str(self.id),
            "channel": str(self.channel.id),
            "for": str(self.user.id),
            "by": self.user.name,
            "at": self.at.timestamp(),
            "line": self.line,
            "text": self.text,
            "exchange": str(self.exchange_id),
        }


def message_entry(message: Message) -> Json:
    """A message as the page needs it; a deleted one without its content."""
    entry: Json = {"kind": "message", "id": str(message.id), "channel": str(message.channel.id)}
    if message.deleted:
        return entry | {"deleted": True}
    return entry | {
        "for": str(message.invoked_by.id) if message.ephemeral and message.invoked_by else None,
        "author": message.author.name,
        "at": message.created_at.timestamp(),
        "by": message.invoked_by.name if message.invoked_by else None,
        "line": message.line,
        "exchange": (message.invoked or {}).get("id"),
        "content": message.content,
        "embeds": message.embeds,
        "components": message.components,
        "attachments": [_attachment(file) for file in message.attachments],
        "ephemeral": message.ephemeral,
        "thinking": message.thinking,
        "edited": message.edits > 0,
    }


def _attachment(file: Attachment) -> Json:
    return file.payload() | {"is_image": file.content_type.startswith("image/")}


def place(guild: Guild) -> Json:
    """A server with its channels and members."""
    return {
        "id": str(guild.id),
        "name": guild.name if guild.has_bot else f"{guild.name} (without the bot)",
        "channels": [{"id": str(channel.id), "name": f"#{channel.name}"} for channel in guild.channels.values()],
        "members": [
            {"id": str(member.id), "name": member.name, "admin": member.permissions.manage_guild}
            for member in guild.members.values()
            if not member.user.bot
        ],
    }


def direct_place(channel: Channel, user: User, bot: User) -> Json:
    """The direct messages of one person with the bot, in the form of a server."""
    return {
        "id": str(channel.id),
        "name": f"Direct messages of {user.name}",
        "channels": [{"id": str(channel.id), "name": f"@{bot.name}"}],
        "members": [{"id": str(user.id), "name": user.name, "admin": False}],
    }


class Listeners:
    """The open pages; each receives every entry."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[Json]] = set()

    def add(self) -> asyncio.Queue[Json]:
        queue: asyncio.Queue[Json] = asyncio.Queue()
        self._queues.add(queue)
        return queue

    def remove(self, queue: asyncio.Queue[Json]) -> None:
        self._queues.discard(queue)

    def send(self, entry: Json) -> None:
        for queue in self._queues:
            queue.put_nowait(entry)
