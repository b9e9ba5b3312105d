"""The stand-in as a whole: one server on 127.0.0.1, and what tests and the page do with it."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import discord
from aiohttp import web

from standin.accounts import Member, User
from standin.api_errors import Json
from standin.callbacks import Callbacks
from standin.exchange import AUTOCOMPLETE, COMMAND, COMPONENT, Exchange, NoAnswer
from standin.faults import Fault, RateLimits
from standin.gateway import Gateway
from standin.guilds import Channel, Guild
from standin.lines import Refused, assign, command_data, find_target, parse, typed_values
from standin.messages import Message
from standin.posting import Posting
from standin.recording import Recorded
from standin.redirect import redirected
from standin.rest import Commands, Rest
from standin.server import Server
from standin.world import Clock, World

ANSWER_WITHIN = 30.0  # seconds of real time: how long a test or a transcript waits for the bot


def utc_now() -> datetime:
    return datetime.now(UTC)


class StandIn:
    """Discord, as far as the bot can tell.

    Args:
        now: the clock of ids, of the 3 s for a first answer and of the 15 min of an interaction's token.
        port: 0 takes any free one.
        rate_limits: whether Discord's limits of requests per second are enforced too.
        extend: adds routes of its own to the web application before it is started.
    """

    def __init__(
        self,
        *,
        now: Clock = utc_now,
        port: int = 0,
        rate_limits: bool = False,
        extend: Callable[[StandIn, web.Application], None] | None = None,
    ) -> None:
        self.token = secrets.token_hex(24)
        """The bot's token: the only one that may log in."""
        self.requests: deque[Recorded] = deque(maxlen=2000)
        """What the bot asked of the REST interface, oldest first."""
        self.faults: list[Fault] = []
        """Put one in to have matching requests fail."""
        self.world = World(now, lambda event, data, guild: self.gateway.tell(event, data, guild))
        self.gateway = Gateway(self.world, self.token)
        self.commands = Commands(self.world)
        self.rate_limits = RateLimits(enforced=rate_limits)
        self._port, self._extend = port, extend

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return self._server.url

    async def __aenter__(self) -> Self:
        self._server = Server(self._port, self.token, self.world, self.requests, self.faults, self.rate_limits)
        posting = Posting(self.world, self._server.url)
        self.gateway.url = f"ws{self._server.url.removeprefix('http')}/gateway"
        self.callbacks = Callbacks(self.world, posting)
        rest = Rest(self.world, self.commands, posting, self.gateway.url)
        self._server.add_api([*rest.routes(), *self.callbacks.routes()])
        self._server.app.router.add_get("/gateway", self.gateway.handle)
        if self._extend:
            self._extend(self, self._server.app)
        await self._server.start()
        self._outbox = asyncio.create_task(self.gateway.send_outbox(), name="stand-in gateway")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._outbox.cancel()
        await self.gateway.close()
        await self._server.stop()

    def add_guild(self, name: str, guild_id: int | None = None, *, has_bot: bool = True) -> Guild:
        """A server with a channel #general; the same again after a restart with a ``guild_id``.

        Args:
            has_bot: False where the bot was never invited: only members who installed it for themselves can use it.
        """
        return self.world.add_guild(name, guild_id, has_bot=has_bot)

    def direct(self, user: User | Member) -> Channel:
        """The direct messages between the bot and a person."""
        return self.world.direct_channel(user.user if isinstance(user, Member) else user)

    @contextlib.asynccontextmanager
    async def running(
        self, client: discord.Client, *, within: float = ANSWER_WITHIN
    ) -> AsyncIterator[asyncio.Task[None]]:
        """``client`` logged in here and connected, until the block ends; then it is closed. Gives its running task.

        Raises:
            TimeoutError: it did not connect ``within`` so many seconds.
        """
        with redirected(self):
            running = asyncio.create_task(client.start(self.token), name="client")
            running.add_done_callback(lambda _: self.world.changes.notify())
            try:
                await self.world.changes.until(lambda: self.gateway.connected or running.done(), within)
                if running.done():
                    await running
                yield running
            finally:
                await client.close()
                running.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await running

    async def send(
        self, channel: Channel, sender: Member | User, line: str, *, within: float = ANSWER_WITHIN
    ) -> Exchange:
        """Type a line and wait until the bot has answered; a line that the client refuses is an answer too.

        Raises:
            NoAnswer: the bot did not answer ``within`` so many seconds of real time.
        """
        return await self._answered(self.begin(channel, sender, line), within)

    def begin(self, channel: Channel, sender: Member | User, line: str) -> Exchange:
        """As ``send`` without waiting: the exchange fills while the bot answers."""
        exchange = self._exchange(line, channel, sender)
        member = sender if isinstance(sender, Member) else None
        try:
            exchange.data = parse(line.strip(), self.commands.in_channel(channel, exchange.user), channel, member)
        except Refused as refusal:
            exchange.refusal = str(refusal)
        else:
            self._interact(exchange, COMMAND)
        return exchange

    async def autocomplete(
        self, channel: Channel, sender: Member | User, line: str, option: str, *, within: float = ANSWER_WITHIN
    ) -> list[Json]:
        """The choices that the bot offers for ``option`` once ``line`` is typed.

        Args:
            line: the command with the options so far, ``option`` among them: ``"/forecast symbol:ark"``.

        Raises:
            Refused: the line is no command with such an option.
            NoAnswer: the bot did not answer in time.
        """
        member = sender if isinstance(sender, Member) else None
        user = sender.user if isinstance(sender, Member) else sender
        target = find_target(line, self.commands.in_channel(channel, user), channel, member)
        texts = assign(target)
        options = {item["name"]: item for item in target.options}
        if not (options.get(option) or {}).get("autocomplete"):
            raise Refused(f"{target.name} has no option {option} with suggestions.")
        values, resolved = typed_values(target, {option: ""} | texts, option, channel)
        exchange = self._exchange(line, channel, sender)
        exchange.data = command_data(target, values, resolved)
        self._interact(exchange, AUTOCOMPLETE)
        await self._answered(exchange, within)
        return exchange.choices or []

    async def press(
        self,
        message: Message,
        custom_id: str,
        presser: Member | User,
        *,
        values: Sequence[str] = (),
        within: float = ANSWER_WITHIN,
    ) -> Exchange:
        """Press a button, or choose ``values`` of a menu, and wait for the answer.

        Args:
            custom_id: of the component; its label does too.

        Raises:
            LookupError: the message has no such component, or it is disabled.
            NoAnswer: the bot did not answer in time.
        """
        exchange = self.begin_press(message, custom_id, presser, values=values)
        return await self._answered(exchange, within)

    def begin_press(
        self, message: Message, custom_id: str, presser: Member | User, *, values: Sequence[str] = ()
    ) -> Exchange:
        """As ``press`` without waiting."""
        component = find_component(message.components, custom_id)
        if component is None or component.get("disabled"):
            raise LookupError(f"the message has no usable button or menu {custom_id!r}")
        exchange = self._exchange(component.get("label") or component["custom_id"], message.channel, presser)
        exchange.pressed = message
        exchange.data = {"custom_id": component["custom_id"], "component_type": component["type"]}
        if component["type"] != 2:
            exchange.data["values"] = list(values)
        self._interact(exchange, COMPONENT)
        return exchange

    async def wait(self, exchange: Exchange, within: float = ANSWER_WITHIN) -> Exchange:
        """Wait until an exchange that was begun is answered.

        Raises:
            NoAnswer: not ``within`` so many seconds.
        """
        return await self._answered(exchange, within)

    def _exchange(self, line: str, channel: Channel, sender: Member | User) -> Exchange:
        user = sender.user if isinstance(sender, Member) else sender
        return Exchange(line, channel, user, self.world.now())

    def _interact(self, exchange: Exchange, kind: int) -> None:
        exchange.id, exchange.token = self.world.snowflakes.next(), secrets.token_urlsafe(48)
        exchange.kind = kind
        self.callbacks.expect(exchange)
        self.gateway.tell("INTERACTION_CREATE", exchange.event(self.world.bot.id), exchange.channel.guild)

    async def _answered(self, exchange: Exchange, within: float) -> Exchange:
        try:
            await self.world.changes.until(lambda: exchange.answered, within)
        except TimeoutError:
            state = "only said that it is thinking" if exchange.deferred else "said nothing"
            raise NoAnswer(f"{exchange.line!r}: the bot {state} within {within:g} s") from None
        return exchange


def find_component(components: Sequence[Json], wanted: str) -> Json | None:
    """The button or menu with this custom_id or label, at any depth."""
    for component in components:
        if wanted in (component.get("custom_id"), component.get("label")) and "custom_id" in component:
            return component
        if found := find_component(component.get("components") or [], wanted):
            return found
    return None
