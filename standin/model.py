"""What Discord consists of: users, roles, members, channels, servers and messages, each with its JSON form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from discord import PermissionOverwrite, Permissions

from standin.content import Content
from standin.errors import Json
from standin.limits.messages import MAX_FILE_BYTES

TEXT_CHANNEL, DIRECT_CHANNEL, ANNOUNCEMENTS, ANNOUNCEMENT_THREAD, PUBLIC_THREAD, FORUM = 0, 1, 5, 10, 11, 15
REQUIRE_TAG = 1 << 4  # channel flag
DEFAULT, CHAT_INPUT_COMMAND = 0, 20  # message types

JOINED_AT = datetime(2024, 1, 1, tzinfo=UTC).isoformat()
EVERYONE = Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    embed_links=True,
    attach_files=True,
    add_reactions=True,
    read_message_history=True,
    use_application_commands=True,
)
"""What @everyone may do in a new server."""


@dataclass(eq=False)
class User:
    """An account: a person or the bot."""

    id: int
    name: str
    bot: bool = False
    locale: str = "en-US"
    """Language of the user's client; every interaction carries it."""
    accepts_direct: bool = True
    """False refuses direct messages from the bot (code 50007)."""
    takes_bot_along: bool = False
    """Whether the user has installed the bot for themselves: then its commands follow them everywhere."""

    def payload(self) -> Json:
        payload = {
            "id": str(self.id), "username": self.name, "global_name": None, "discriminator": "0", "avatar": None,
            "public_flags": 0, "flags": 0, "primary_guild": None,
        }  # fmt: skip
        return payload | {"bot": True} if self.bot else payload


@dataclass(eq=False)
class Role:
    id: int
    name: str
    permissions: Permissions
    mentionable: bool = True
    """Whether everybody may ping it."""

    def payload(self) -> Json:
        return {
            "id": str(self.id), "name": self.name, "permissions": str(self.permissions.value),
            "mentionable": self.mentionable, "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False, "position": 1, "managed": False, "flags": 0,
        }  # fmt: skip


@dataclass(eq=False)
class Member:
    """A user in a server; with a role of its own if it has more rights than everybody."""

    user: User
    guild: Guild
    roles: list[Role] = field(default_factory=list)

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def permissions(self) -> Permissions:
        """What the member may do in the server, before the overwrites of a channel."""
        bits = self.guild.everyone.permissions.value
        for role in self.roles:
            bits |= role.permissions.value
        return Permissions.all() if Permissions(bits).administrator else Permissions(bits)

    def payload(self, *, with_user: bool = True) -> Json:
        payload: Json = {"user": self.user.payload()} if with_user else {}
        return payload | {
            "roles": [str(role.id) for role in self.roles],
            "joined_at": JOINED_AT, "nick": None, "avatar": None, "banner": None, "premium_since": None,
            "communication_disabled_until": None, "deaf": False, "mute": False, "pending": False, "flags": 0,
        }  # fmt: skip


@dataclass(eq=False)
class Channel:
    """A channel of a server, a thread in one, or the direct messages between the bot and one user."""

    id: int
    name: str
    guild: Guild | None = None
    recipient: User | None = None
    topic: str | None = None
    parent: Channel | None = None
    """The channel that a thread is in."""
    kind: int = TEXT_CHANNEL
    """Of a server's channel: TEXT_CHANNEL, ANNOUNCEMENTS or FORUM. A forum holds threads and no messages."""
    requires_tag: bool = False
    """Whether a forum takes only posts with a tag."""
    owner: User | None = None
    """Who began a thread."""
    is_archived: bool = False
    """Of a thread: whether it is archived; clients hear nothing of it until somebody posts there."""
    messages: dict[int, Message] = field(default_factory=dict)
    """Every message by its id, deleted ones too, in their order."""
    _overwrites: dict[int, tuple[Permissions, Permissions]] = field(default_factory=dict)

    def permissions(self, member: Member) -> Permissions:
        """What ``member`` may do here. The overwrites of @everyone, the roles and the member apply in this order."""
        if self.parent is not None:
            return self.parent.permissions(member)
        base = member.permissions
        if base.administrator or self.guild is None:
            return base
        bits = base.value
        for targets in ([self.guild.id], [role.id for role in member.roles], [member.id]):
            pairs = [self._overwrites[target] for target in targets if target in self._overwrites]
            for _, deny in pairs:
                bits &= ~deny.value
            for allow, _ in pairs:
                bits |= allow.value
        return Permissions(bits if Permissions(bits).view_channel else 0)

    def set_permissions(self, who: Member | Guild, **changes: bool | None) -> None:
        """Allow (True), deny (False) or reset (None) rights of one member, or of everybody in the server, here."""
        if self.guild is None:
            raise ValueError("direct messages have no permissions to set")
        self._overwrites[who.id] = PermissionOverwrite(**changes).pair()
        self.guild.host.dispatch("CHANNEL_UPDATE", self.payload(), self.guild)

    def payload(self) -> Json:
        newest = next((m.id for m in reversed(self.messages.values()) if not m.deleted), None)
        payload: Json = {"id": str(self.id), "flags": 0, "last_message_id": str(newest) if newest else None}
        if self.guild is None:
            recipients = [self.recipient.payload()] if self.recipient else []
            return payload | {"type": DIRECT_CHANNEL, "recipients": recipients}
        if self.parent is not None:
            return payload | self._thread(self.guild, self.parent)
        overwrites = [
            {
                "id": str(target),
                "type": int(target != self.guild.id),
                "allow": str(allow.value),
                "deny": str(deny.value),
            }
            for target, (allow, deny) in self._overwrites.items()
        ]
        return payload | {
            "flags": REQUIRE_TAG if self.requires_tag else 0,
            "type": self.kind, "guild_id": str(self.guild.id), "name": self.name, "topic": self.topic,
            "position": list(self.guild.channels).index(self.id) if self.id in self.guild.channels else 0,
            "nsfw": False, "parent_id": None, "rate_limit_per_user": 0, "permission_overwrites": overwrites,
        }  # fmt: skip

    def _thread(self, guild: Guild, parent: Channel) -> Json:
        return {
            "type": ANNOUNCEMENT_THREAD if parent.kind == ANNOUNCEMENTS else PUBLIC_THREAD,
            "guild_id": str(guild.id), "parent_id": str(parent.id), "name": self.name,
            "owner_id": str(self.owner.id if self.owner else guild.id), "message_count": 0, "member_count": 1,
            "total_message_sent": len(self.messages), "rate_limit_per_user": 0,
            "thread_metadata": {
                "archived": self.is_archived, "locked": False, "auto_archive_duration": 1440,
                "archive_timestamp": JOINED_AT, "create_timestamp": JOINED_AT,
            },
        }  # fmt: skip

    def archive(self, *, archived: bool = True) -> None:
        """As Discord does with a thread in which nobody has written for a while; a new message undoes it."""
        if self.guild is not None and archived != self.is_archived:
            self.is_archived = archived
            self.guild.host.dispatch("THREAD_UPDATE", self.payload(), self.guild)


class Host(Protocol):
    """What a server uses of the world that it is in."""

    bot: User
    users: dict[int, User]
    channels: dict[int, Channel]

    def new_id(self) -> int: ...

    def dispatch(self, event: str, data: Mapping[str, Any], guild: Guild | None) -> None: ...


@dataclass(eq=False)
class Guild:
    """A server. It starts with a channel #general, and normally with the bot as a member."""

    host: Host
    id: int
    name: str
    everyone: Role
    file_limit: int = MAX_FILE_BYTES
    locale: str = "en-US"
    roles: dict[int, Role] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    threads: dict[int, Channel] = field(default_factory=dict)

    @property
    def general(self) -> Channel:
        """The channel that the server started with."""
        return next(channel for channel in self.channels.values() if channel.name == "general")

    @property
    def has_bot(self) -> bool:
        return self.host.bot.id in self.members

    @property
    def bot(self) -> Member:
        """The bot as a member here."""
        return self.members[self.host.bot.id]

    def add_member(self, name: str, **permissions: bool) -> Member:
        """A person joins, with these rights beyond everybody's, for example ``manage_guild=True``."""
        member = self.join(User(self.host.new_id(), name))
        if permissions:
            member.roles.append(self.add_role(f"{name}'s rights", **permissions))
        return member

    def join(self, user: User) -> Member:
        self.host.users[user.id] = user
        member = self.members[user.id] = Member(user, self)
        return member

    def add_role(self, name: str, **permissions: bool) -> Role:
        role = Role(self.host.new_id(), name, Permissions(**permissions))
        self.roles[role.id] = role
        self.host.dispatch("GUILD_ROLE_CREATE", {"guild_id": str(self.id), "role": role.payload()}, self)
        return role

    def add_channel(
        self, name: str, topic: str | None = None, *, kind: int = TEXT_CHANNEL, requires_tag: bool = False
    ) -> Channel:
        channel = Channel(self.host.new_id(), name, self, topic=topic, kind=kind, requires_tag=requires_tag)
        self.channels[channel.id] = self.host.channels[channel.id] = channel
        self.host.dispatch("CHANNEL_CREATE", channel.payload(), self)
        return channel

    def add_thread(self, name: str, parent: Channel, owner: User | None = None) -> Channel:
        thread = Channel(self.host.new_id(), name, guild=self, parent=parent, owner=owner)
        self.threads[thread.id] = self.host.channels[thread.id] = thread
        self.host.dispatch("THREAD_CREATE", thread.payload(), self)
        return thread

    def remove_channel(self, channel: Channel) -> None:
        del self.channels[channel.id], self.host.channels[channel.id]
        self.host.dispatch("CHANNEL_DELETE", channel.payload(), self)

    def remove_bot(self) -> None:
        """Somebody kicks the bot, or it leaves."""
        del self.members[self.host.bot.id]
        self.host.dispatch("GUILD_DELETE", {"id": str(self.id)}, self)

    def payload(self) -> Json:
        """As GUILD_CREATE carries it. The bot is its only member, because it lacks the intent for members."""
        return {
            "id": str(self.id),
            "name": self.name,
            "owner_id": str(self.id),  # nobody has this id: an owner may do everything
            "roles": [role.payload() for role in self.roles.values()],
            "channels": [channel.payload() for channel in self.channels.values()],
            "members": [member.payload() for member in self.members.values() if member.user.bot],
            "member_count": len(self.members),
            "preferred_locale": self.locale,
            "joined_at": JOINED_AT,
            "unavailable": False, "large": False, "premium_tier": 0, "verification_level": 0,
            "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0, "nsfw_level": 0,
            "afk_timeout": 300, "system_channel_flags": 0,
            "features": [], "emojis": [], "stickers": [],
            "threads": [thread.payload() for thread in self.threads.values() if not thread.is_archived],
            "voice_states": [], "presences": [],
            "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": [],
        }  # fmt: skip


@dataclass(eq=False)
class Message(Content):
    """A message as it is now."""

    id: int
    channel: Channel
    author: User
    created_at: datetime
    type: int = DEFAULT
    nonce: str | None = None
    edited_at: datetime | None = None
    edits: int = 0
    deleted: bool = False
    invoked: Json | None = None
    """Discord's description of the interaction that the message answers."""
    invoked_by: User | None = None
    line: str = ""
    """What the member typed or pressed, if the message answers an interaction."""

    def payload(self) -> Json:
        payload: Json = {
            "id": str(self.id),
            "type": self.type,
            "channel_id": str(self.channel.id),
            "author": self.author.payload(),
            "content": self.content,
            "embeds": self.embeds,
            "components": self.components,
            "attachments": [file.payload() for file in self.attachments],
            "flags": self.flags,
            "timestamp": self.created_at.isoformat(),
            "edited_timestamp": self.edited_at.isoformat() if self.edited_at else None,
            "mentions": [], "mention_roles": [], "mention_everyone": False, "pinned": False, "tts": False,
        }  # fmt: skip
        if self.nonce:
            payload["nonce"] = self.nonce
        if self.invoked:
            author = str(self.author.id)
            payload |= {"interaction_metadata": self.invoked, "application_id": author, "webhook_id": author}
        return payload
