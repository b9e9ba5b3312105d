"""People, the bot, their roles and what they may do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from discord import Permissions

from standin.api_errors import Json

if TYPE_CHECKING:
    from standin.guilds import Channel, Guild

JOINED_AT = datetime(2024, 1, 1, tzinfo=UTC).isoformat()

EVERYONE = Permissions(
    view_channel=True,
    send_messages=True,
    embed_links=True,
    attach_files=True,
    add_reactions=True,
    read_message_history=True,
    use_application_commands=True,
)


@dataclass(eq=False)
class User:
    """An account: a person or the bot."""

    id: int
    name: str
    bot: bool = False
    locale: str = "en-US"
    """The language of the user's client, as interactions carry it."""
    accepts_direct: bool = True
    """False refuses direct messages from the bot (code 50007)."""
    takes_bot_along: bool = False
    """Whether the user has installed the bot for themselves: its commands then follow them everywhere."""

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
    mentionable: bool = True
    """Whether everybody may ping it."""

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
            "mentionable": self.mentionable,
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
            "joined_at": JOINED_AT,
            "premium_since": None,
            "communication_disabled_until": None,
            "deaf": False,
            "mute": False,
            "pending": False,
            "flags": 0,
        }
        return payload | {"permissions": str(channel.permissions(self).value)} if channel else payload
