"""All that the stand-in knows: servers, channels, people, files; ids, and how to wait for a change."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from discord import Permissions

from standin.accounts import EVERYONE, Role, User
from standin.guilds import Channel, Guild
from standin.messages import Attachment, Message

EPOCH_MS = 1_420_070_400_000  # Discord's: the first millisecond of 2015


class Clock(Protocol):
    def __call__(self) -> datetime: ...


class Snowflakes:
    """Ids that carry their time of birth, each larger than the one before."""

    def __init__(self, now: Clock) -> None:
        # Starts anywhere within the first millisecond: two worlds with the same clock share no id, so that nothing
        # that a bot has stored of one (its commands, say) seems to hold in the other.
        self._now = now
        self._last = self._born() + secrets.randbits(21)

    def next(self) -> int:
        self._last = max(self._last + 1, self._born())
        return self._last

    def _born(self) -> int:
        return int(self._now().timestamp() * 1000) - EPOCH_MS << 22


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


class World:
    """Everything that the stand-in knows about, and the two ways in which it says that something changed."""

    def __init__(self, now: Clock, tell: Callable[[str, Mapping[str, Any], Guild | None], None]) -> None:
        self.now = now
        self._tell = tell
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

    def tell(self, event: str, data: Mapping[str, Any], guild: Guild | None) -> None:
        """Send an event to the bot through the gateway: its name, its data, the server it happened in.

        Of servers without it the bot hears nothing but that it has left.
        """
        if guild is None or guild.has_bot or event == "GUILD_DELETE":
            self._tell(event, data, guild)

    def touched(self, message: Message) -> None:
        """Tell those who watch or wait that ``message`` changed."""
        for watch in self.watchers:
            watch(message)
        self.changes.notify()

    def add_guild(self, name: str, guild_id: int | None = None, *, has_bot: bool = True) -> Guild:
        """A server that has invited the bot, or not; with an id of its own choice, its #general has the next one."""
        everyone = Role(guild_id or self.snowflakes.next(), "@everyone", Permissions(EVERYONE.value))
        guild = Guild(self, everyone.id, name, everyone, roles={everyone.id: everyone})
        if has_bot:
            guild._add(self.bot)
        general = Channel(guild_id + 1 if guild_id else self.snowflakes.next(), "general", guild=guild)
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
