"""Servers, channels, members and their permissions, as Discord holds them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from discord import PermissionOverwrite, Permissions

from bot.playground.api_errors import Json
from bot.playground.limits import MAX_FILE_BYTES
from bot.playground.messages import Attachment, Message

EPOCH_MS = 1_420_070_400_000  # Discord's: the first millisecond of 2015
TEXT_CHANNEL, DIRECT_CHANNEL = 0, 1

EVERYONE = Permissions(
    view_channel=True,
    send_messages=True,
    embed_links=True,
    attach_files=True,
    add_reactions=True,
    read_message_history=True,
    use_application_commands=True,
)


class Clock(Protocol):
    def __call__(self) -> datetime: ...


class Snowflakes:
    """Ids that carry their time of birth, each larger than the one before."""

    def __init__(self, now: Clock) -> None:
        self._now, self._last = now, 0

    def next(self) -> int:
        milliseconds = int(self._now().timestamp() * 1000) - EPOCH_MS
        self._last = max(self._last + 1, milliseconds << 22)
        return self._last


class Changes:
    """Lets a coroutine wait until something has become true, without polling the clock."""

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


@dataclass(eq=False)
class User:
    """An account: a person or the bot."""

    id: int
    name: str
    bot: bool = False
    accepts_direct: bool = True
    """False refuses direct messages from the bot (code 50007)."""

    def payload(self) -> Json:
        payload = {
            "id": str(self.id),
            "username": self.name,
            "global_name": None,
            "discriminator": "0",
            "avatar": None,
            "public_flags": 0,
            "flags": 0,
            "primary_guild": None,
        }
        return payload | {"bot": True} if self.bot else payload


@dataclass(eq=False)
class Role:
    id: int
    name: str
    permissions: Permissions

    def payload(self) -> Json:
        return {
            "id": str(self.id),
            "name": self.name,
            "permissions": str(self.permissions.value),
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "position": 1,
            "managed": False,
            "mentionable": True,
            "flags": 0,
        }


@dataclass(eq=False)
class Member:
    """A user in a server, with a role of the user's own where rights beyond everybody's were given."""

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
        """What the member may do in the server, channels aside."""
        bits = self.guild.everyone.permissions.value
        for role in self.roles:
            bits |= role.permissions.value
        return Permissions.all() if Permissions(bits).administrator else Permissions(bits)

    def payload(self, channel: Channel | None = None) -> Json:
        """With ``channel``, as an interaction carries it: with the member's permissions there."""
        payload: Json = {
            "user": self.user.payload(),
            "nick": None,
            "avatar": None,
            "banner": None,
            "roles": [str(role.id) for role in self.roles],
            "joined_at": datetime(2024, 1, 1, tzinfo=UTC).isoformat(),
            "premium_since": None,
            "communication_disabled_until": None,
            "deaf": False,
            "mute": False,
            "pending": False,
            "flags": 0,
        }
        return payload | {"permissions": str(channel.permissions(self).value)} if channel else payload


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
    """A server. It starts with the bot in it and a channel #general."""

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
            "owner_id": str(next((m.id for m in self.members.values() if not m.user.bot), self.world.bot.id)),
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
            "joined_at": datetime(2024, 1, 1, tzinfo=UTC).isoformat(),
            "features": [], "emojis": [], "stickers": [], "threads": [], "voice_states": [], "presences": [],
            "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": [],
        }  # fmt: skip


class World:
    """Everything that the stand-in knows about, and the two ways in which it says that something changed."""

    def __init__(self, now: Clock, tell: Callable[[str, Mapping[str, Any], Guild | None], None]) -> None:
        self.now = now
        self.tell = tell
        """Sends an event to the bot through the gateway: its name, its data, the server it happened in."""
        self.changes = Changes()
        self.snowflakes = Snowflakes(now)
        self.bot = User(self.snowflakes.next(), "ETF forecasts", bot=True)
        self.users: dict[int, User] = {self.bot.id: self.bot}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.files: dict[int, Attachment] = {}
        """Every file ever sent, as it is served back over HTTP."""
        self.watchers: list[Callable[[Message], None]] = []
        """Called with each message that was made, changed or deleted."""

    def touched(self, message: Message) -> None:
        """Tell those who watch or wait that ``message`` changed."""
        for watch in self.watchers:
            watch(message)
        self.changes.notify()

    def add_guild(self, name: str) -> Guild:
        """A server that has invited the bot."""
        everyone = Role(self.snowflakes.next(), "@everyone", Permissions(EVERYONE.value))
        guild = Guild(self, everyone.id, name, everyone, roles={everyone.id: everyone})
        guild._add(self.bot)
        general = Channel(self.snowflakes.next(), "general", guild=guild)
        guild.channels[general.id] = self.channels[general.id] = general
        self.guilds[guild.id] = guild
        self.tell("GUILD_CREATE", guild.payload(), guild)
        return guild

    def direct_channel(self, user: User) -> Channel:
        """The direct messages between the bot and ``user``; opened where there were none."""
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        channel = Channel(self.snowflakes.next(), user.name, recipient=user)
        self.channels[channel.id] = channel
        return channel
