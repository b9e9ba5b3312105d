"""Where the outbox posts: how a message gets there, and how it is found again after Discord's answer was lost."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import discord

from bot.delivery.marks import NONCE_WINDOW

LOOKS_AT: Final = 100
"""Messages of a channel that are searched for a lost one: what one request returns."""
CLOCK_ERROR: Final = timedelta(hours=36)
"""By how much this machine's clock may have been ahead of Discord's when it noted the attempt."""
MAX_THREAD_NAME: Final = 100
STAYS_OPEN: Final = 10_080
"""Minutes for which a post in a forum is among the active ones, where it is looked for: a week."""


class TooMany(Exception):
    """There may be more messages than were looked at."""


class Place(Protocol):
    @property
    def may_read(self) -> bool:
        """Whether the bot is sure to see there what it posted."""
        ...

    async def send(self, arguments: dict[str, Any]) -> int:
        """Post a message; its id."""
        ...

    async def find(self, arguments: dict[str, Any], unsure: datetime, others: frozenset[int]) -> int | None:
        """The id of this message if it has been there since ``unsure`` and is none of ``others``; else None.

        Raises:
            TooMany: nobody can tell.
        """
        ...


@dataclass(frozen=True)
class ChannelPlace:
    """A text channel, a thread, or direct messages."""

    channel: discord.abc.Messageable
    own: discord.abc.Snowflake | None
    """The bot."""
    may_read: bool

    async def send(self, arguments: dict[str, Any]) -> int:
        return (await self.channel.send(**arguments)).id

    async def find(self, arguments: dict[str, Any], unsure: datetime, others: frozenset[int]) -> int | None:
        newest = [found async for found in self.channel.history(limit=LOOKS_AT)]
        for found in newest:
            is_other = found.author != self.own or found.id in others or found.created_at < unsure - CLOCK_ERROR
            if not is_other and _is_same(found, arguments):
                return found.id
        if len(newest) == LOOKS_AT and newest[-1].created_at > unsure - NONCE_WINDOW:
            raise TooMany
        return None


@dataclass(frozen=True)
class ForumPlace:
    """A forum, in which each message begins a post of its own. Discord knows no nonces there."""

    forum: discord.ForumChannel
    name: str
    may_read: bool = True

    async def send(self, arguments: dict[str, Any]) -> int:
        first = {name: value for name, value in arguments.items() if name != "nonce"}
        begun = await self.forum.create_thread(name=self._short, auto_archive_duration=STAYS_OPEN, **first)
        return begun.thread.id

    async def find(
        self,
        arguments: dict[str, Any],  # noqa: ARG002 - the name tells
        unsure: datetime,
        others: frozenset[int],
    ) -> int | None:
        guild = self.forum.guild
        for thread in await guild.active_threads():
            is_own = thread.parent_id == self.forum.id and thread.owner_id == guild.me.id and thread.id not in others
            if is_own and thread.name == self._short:
                made_at = discord.utils.snowflake_time(thread.id)
                if made_at >= unsure - CLOCK_ERROR:
                    return thread.id
        return None

    @property
    def _short(self) -> str:
        return self.name if len(self.name) <= MAX_THREAD_NAME else f"{self.name[: MAX_THREAD_NAME - 1]}…"


def _is_same(found: discord.Message, message: dict[str, Any]) -> bool:
    """Whether one of the bot's messages is this one: by its nonce, else by the title of its embed and its text.

    Discord returns a nonce not everywhere. Numbers in an embed may be newer now, and another role be pinged.
    """
    if found.nonce is not None:
        return str(found.nonce) == str(message["nonce"])
    embed = message.get("embed")
    return _words(found.content, found.embeds) == _words(message.get("content"), () if embed is None else (embed,))


def _words(content: str | None, embeds: Iterable[discord.Embed]) -> tuple[str, list[str | None]]:
    return re.sub(r"<@&\d+>", "", content or "").strip(), [embed.title for embed in embeds]
