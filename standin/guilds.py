"""Servers and channels, with Discord's rule for who may do what where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from discord import PermissionOverwrite, Permissions

from standin.accounts import JOINED_AT, Member, Role, User
from standin.api_errors import Json
from standin.limits import MAX_FILE_BYTES
from standin.messages import Message

if TYPE_CHECKING:
    from standin.world import World

TEXT_CHANNEL, DIRECT_CHANNEL = 0, 1


@dataclass(eq=False)
class Channel:
    """A text channel of a server, or the direct messages between the bot and one user."""

    id: int
    name: str
    guild: Guild | None = None
    recipient: User | None = None
    topic: str | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    _overwrites: dict[int, tuple[Permissions, Permissions]] = field(default_factory=dict)

    def permissions(self, member: Member) -> Permissions:
        """Discord's rule: everybody's and the roles' rights, changed by the channel's overwrites, everybody's first."""
        base = member.permissions
        if base.administrator or self.guild is None:
            return base
        bits = base.value
        own = [role.id for role in member.roles]
        for targets in ([self.guild.id], own, [member.id]):
            pairs = [self._overwrites[target] for target in targets if target in self._overwrites]
            for _, deny in pairs:
                bits &= ~deny.value
            for allow, _ in pairs:
                bits |= allow.value
        return Permissions(bits if Permissions(bits).view_channel else 0)

    def set_permissions(self, who: Member | Guild, **changes: bool | None) -> None:
        """Allow (True), deny (False) or leave (None) rights of one member, or of everybody in the server, here."""
        if self.guild is None:
            raise ValueError("direct messages have no permissions to set")
        self._overwrites[who.id] = PermissionOverwrite(**changes).pair()
        self.guild.world.tell("CHANNEL_UPDATE", self.payload(), self.guild)

    def payload(self) -> Json:
        newest = max((m.id for m in self.messages.values() if not m.deleted), default=None)
        payload: Json = {"id": str(self.id), "flags": 0, "last_message_id": str(newest) if newest else None}
        if self.guild is None:
            recipients = [self.recipient.payload()] if self.recipient else []
            return payload | {"type": DIRECT_CHANNEL, "recipients": recipients}
        return payload | {
            "type": TEXT_CHANNEL,
            "guild_id": str(self.guild.id),
            "name": self.name,
            "position": list(self.guild.channels).index(self.id) if self.id in self.guild.channels else 0,
            "topic": self.topic,
            "nsfw": False,
            "parent_id": None,
            "rate_limit_per_user": 0,
            "permission_overwrites": [
                {
                    "id": str(target),
                    "type": 0 if target == self.guild.id else 1,
                    "allow": str(allow.value),
                    "deny": str(deny.value),
                }
                for target, (allow, deny) in self._overwrites.items()
            ],
        }


@dataclass(eq=False)
class Guild:
    """A server. It starts with a channel #general, and with the bot in it unless it never asked for it."""

    world: World
    id: int
    name: str
    everyone: Role
    file_limit: int = MAX_FILE_BYTES
    locale: str = "en-US"
    roles: dict[int, Role] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)

    @property
    def general(self) -> Channel:
        """The channel that the server started with."""
        return next(channel for channel in self.channels.values() if channel.name == "general")

    @property
    def has_bot(self) -> bool:
        return self.world.bot.id in self.members

    @property
    def bot(self) -> Member:
        """The bot as a member here."""
        return self.members[self.world.bot.id]

    def add_member(self, name: str, **permissions: bool) -> Member:
        """A person joins, with the named rights beyond everybody's, e.g. ``manage_guild=True``."""
        member = self._add(User(self.world.snowflakes.next(), name))
        if permissions:
            member.roles.append(self.add_role(f"{name}'s rights", **permissions))
        return member

    def add_role(self, name: str, **permissions: bool) -> Role:
        role = Role(self.world.snowflakes.next(), name, Permissions(**permissions))
        self.roles[role.id] = role
        self.world.tell("GUILD_ROLE_CREATE", {"guild_id": str(self.id), "role": role.payload()}, self)
        return role

    def add_channel(self, name: str, topic: str | None = None) -> Channel:
        channel = Channel(self.world.snowflakes.next(), name, guild=self, topic=topic)
        self.channels[channel.id] = self.world.channels[channel.id] = channel
        self.world.tell("CHANNEL_CREATE", channel.payload(), self)
        return channel

    def remove_channel(self, channel: Channel) -> None:
        del self.channels[channel.id], self.world.channels[channel.id]
        self.world.tell("CHANNEL_DELETE", channel.payload(), self)

    def remove_bot(self) -> None:
        """Somebody throws the bot out."""
        del self.members[self.world.bot.id]
        self.world.tell("GUILD_DELETE", {"id": str(self.id)}, self)

    def _add(self, user: User) -> Member:
        self.world.users[user.id] = user
        member = self.members[user.id] = Member(user, self)
        return member

    def payload(self) -> Json:
        """As GUILD_CREATE carries it: without the intent for members, the bot is the only one in it."""
        return {
            "id": str(self.id),
            "name": self.name,
            "owner_id": str(self.id),  # somebody whom nobody here is: an owner may do everything
            "roles": [role.payload() for role in self.roles.values()],
            "channels": [channel.payload() for channel in self.channels.values()],
            "members": [member.payload() for member in self.members.values() if member.user.bot],
            "member_count": len(self.members),
            "preferred_locale": self.locale,
            "unavailable": False,
            "large": False,
            "premium_tier": 0,
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "afk_timeout": 300,
            "system_channel_flags": 0,
            "joined_at": JOINED_AT,
            "features": [], "emojis": [], "stickers": [], "threads": [], "voice_states": [], "presences": [],
            "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": [],
        }  # fmt: skip
