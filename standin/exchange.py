"""An interaction and everything that the bot answered to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum

from standin.attachments import Attachment
from standin.errors import Json
from standin.limits.messages import MAX_FILE_BYTES
from standin.model import Channel, Message, User

FIRST_ANSWER_WITHIN = timedelta(seconds=3)
TOKEN_LIFE = timedelta(minutes=15)


class InteractionType(IntEnum):
    COMMAND, COMPONENT, AUTOCOMPLETE = 2, 3, 4


class CallbackType(IntEnum):
    """Kinds of first answers to an interaction, by Discord's numbers."""

    MESSAGE, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9


class NoAnswer(TimeoutError):
    """The bot did not answer in time; a person would read "The application did not respond"."""


@dataclass(eq=False)
class Exchange:
    """One command or press of a member and the answer; it is updated as long as the bot goes on answering."""

    line: str
    """What was typed, or what was pressed."""
    channel: Channel
    user: User
    created_at: datetime
    id: int = 0
    token: str = ""
    kind: InteractionType = InteractionType.COMMAND
    data: Json = field(default_factory=dict)
    pressed: Message | None = None
    """The message whose button or menu was used."""
    refusal: str | None = None
    """Why Discord's client does not send the line; then nothing else is set."""
    answer_type: int | None = None
    """Type of the bot's first answer: 5 is a deferral ("thinking…")."""
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    choices: list[Json] | None = None
    modal: Json | None = None
    updated: bool = False
    """Whether the original answer was changed later."""

    @property
    def refused(self) -> bool:
        return self.refusal is not None

    @property
    def deferred(self) -> bool:
        """The first answer only asked for more time."""
        return self.answer_type in (CallbackType.DEFER, CallbackType.DEFER_UPDATE)

    @property
    def messages(self) -> list[Message]:
        """The answer as the member sees it now: the original message, then the follow-ups."""
        first = [self.original] if self.original else []
        return [message for message in first + self.followups if not message.deleted]

    @property
    def message(self) -> Message:
        """The only message of the answer.

        Raises:
            AssertionError: there is none, or there are several.
        """
        if self.refusal is not None:
            raise AssertionError(f"{self.line!r} was refused: {self.refusal}")
        if len(self.messages) != 1:
            raise AssertionError(f"{self.line!r} was answered with {len(self.messages)} messages, not one")
        return self.messages[0]

    @property
    def ephemeral(self) -> bool:
        """Only the member sees the answer."""
        return bool(self.messages) and all(message.ephemeral for message in self.messages)

    @property
    def embeds(self) -> list[Json]:
        return [embed for message in self.messages for embed in message.embeds]

    @property
    def files(self) -> list[Attachment]:
        return [file for message in self.messages for file in message.files]

    @property
    def text(self) -> str:
        """All words of the answer, or of the refusal."""
        return self.refusal or "\n".join(message.text for message in self.messages)

    @property
    def answered(self) -> bool:
        """The member has something to read and nothing is left "thinking"."""
        if self.refused:
            return True
        if self.answer_type == CallbackType.DEFER:
            if self.original is None or self.original.deleted:
                return bool(self.followups)  # a bot that deletes "thinking…" still has to say why
            return not self.original.thinking
        if self.answer_type == CallbackType.DEFER_UPDATE:
            return self.updated or bool(self.followups)
        return self.answer_type is not None

    def metadata(self) -> Json:
        """Discord's description of the interaction on the messages that answer it."""
        metadata: Json = {
            "id": str(self.id),
            "type": self.kind,
            "user": self.user.payload(),
            "authorizing_integration_owners": self._owners(),
        }
        if self.pressed:
            metadata["interacted_message_id"] = str(self.pressed.id)
        return metadata

    def _owners(self) -> dict[str, str]:
        """The installations that bring the bot here: the server's ("0") and the user's own ("1")."""
        guild = self.channel.guild
        owners = {"1": str(self.user.id)} if self.user.takes_bot_along else {}
        if guild is None or guild.has_bot:
            owners["0"] = str(guild.id if guild else 0)
        return owners

    def event(self, application_id: int) -> Json:
        """The data of INTERACTION_CREATE."""
        guild = self.channel.guild
        event: Json = {
            "id": str(self.id),
            "application_id": str(application_id),
            "type": self.kind,
            "token": self.token,
            "version": 1,
            "data": self.data,
            "channel": self.channel.payload(),
            "channel_id": str(self.channel.id),
            "locale": self.user.locale,
            "context": 0 if guild else 1,
            "attachment_size_limit": guild.file_limit if guild else MAX_FILE_BYTES,
            "entitlements": [],
            "authorizing_integration_owners": self._owners(),
        }
        if self.pressed:
            event["message"] = self.pressed.payload()
        if guild is None:
            return event | {"user": self.user.payload(), "app_permissions": "0"}
        permissions = self.channel.permissions(guild.bot).value if guild.has_bot else 0
        member = guild.members[self.user.id]
        return event | {
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
            "guild_locale": guild.locale,
            "member": member.payload() | {"permissions": str(self.channel.permissions(member).value)},
            "app_permissions": str(permissions),
        }
