"""What the page shows, as JSON: messages, notices and places."""

from __future__ import annotations

from standin.errors import Json
from standin.exchange import Exchange
from standin.model import FORUM, Channel, Guild, Message, User
from standin.world import World


def message_entry(message: Message) -> Json:
    """A message as the page needs it; a deleted one without its content."""
    entry: Json = {"kind": "message", "id": str(message.id), "channel": str(message.channel.id)}
    if message.deleted:
        return entry | {"deleted": True}
    files = [file.payload() | {"is_image": file.content_type.startswith("image/")} for file in message.attachments]
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
        "attachments": files,
        "ephemeral": message.ephemeral,
        "thinking": message.thinking,
        "edited": message.edits > 0,
    }


def notice_entry(exchange: Exchange, text: str, world: World) -> Json:
    """The client's own message to one member: why it did not send a line, or that the bot did not answer."""
    return {
        "kind": "notice",
        "id": str(world.new_id()),
        "channel": str(exchange.channel.id),
        "for": str(exchange.user.id),
        "by": exchange.user.name,
        "at": world.now().timestamp(),
        "line": exchange.line,
        "text": text,
        "exchange": str(exchange.id),
    }


def guild_place(guild: Guild) -> Json:
    """A server with its channels and members."""
    return {
        "id": str(guild.id),
        "name": guild.name if guild.has_bot else f"{guild.name} (without the bot)",
        "direct": False,
        "channels": [
            {"id": str(channel.id), "name": f"#{channel.name}"}
            for channel in guild.channels.values()
            if channel.kind != FORUM  # holds no messages
        ],
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
        "direct": True,
        "channels": [{"id": str(channel.id), "name": f"@{bot.name}"}],
        "members": [{"id": str(user.id), "name": user.name, "admin": False}],
    }
