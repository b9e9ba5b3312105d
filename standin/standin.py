"""The stand-in as a whole: one server on 127.0.0.1, and what tests and the chat page do with it."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import discord
import yarl
from aiohttp import web
from discord.asset import Asset
from discord.gateway import DiscordWebSocket
from discord.http import Route

from standin.client.lines import Client, Refused
from standin.client.suggestions import Suggestion, suggest
from standin.errors import Json
from standin.exchange import FIRST_ANSWER_WITHIN, Exchange, InteractionType, NoAnswer
from standin.gateway import Gateway
from standin.model import Channel, Guild, Member, Message, User
from standin.rest.callbacks import Callbacks
from standin.rest.commands import Commands, in_language
from standin.rest.faults import Fault, RateLimits
from standin.rest.routes import BotRoutes
from standin.rest.server import Recorded, Server
from standin.world import Clock, World

ANSWER_WITHIN = 30.0  # seconds of real time: how long a test or a transcript waits for the bot


def utc_now() -> datetime:
    return datetime.now(UTC)


@contextlib.contextmanager
def redirected(url: str) -> Iterator[None]:
    """Point every discord.py client of this process at the server ``url``, and back at Discord afterwards."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY, Asset.BASE
    Route.BASE = f"{url}/api/v10"
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url).with_scheme("ws") / "gateway"
    Asset.BASE = url
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY, Asset.BASE = before


class StandIn:
    """Discord, as the bot sees it.

    Args:
        now: the clock of ids, of the 3 s for a first answer and of the 15 min of an interaction's token.
        port: 0 takes any free port.
        rate_limits: whether Discord's limits of requests per second apply too.
        extend: adds routes to the web application before it starts.
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
        """The bot's token; no other one may log in."""
        self.requests: deque[Recorded] = deque(maxlen=2000)
        """The bot's newest 2000 requests to the REST interface, oldest first."""
        self.faults: list[Fault] = []
        """Add one to make matching requests fail."""
        self.world = World(now, lambda *event: self.gateway.dispatch(*event))
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
        self.world.url = self._server.url
        self.gateway.url = f"ws{self._server.url.removeprefix('http')}/gateway"
        self.callbacks = Callbacks(self.world)
        rest = BotRoutes(self.world, self.commands, self.gateway.url, lambda: self.gateway.session_start_limit)
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
        """Add a server with a channel #general.

        Args:
            guild_id: makes it the same server after a restart.
            has_bot: False: nobody invited the bot, so only members who installed it for themselves can use it.
        """
        return self.world.add_guild(name, guild_id, has_bot=has_bot)

    def direct(self, user: User | Member) -> Channel:
        """The direct messages between the bot and a person."""
        return self.world.direct_channel(account_of(user))

    @contextlib.asynccontextmanager
    async def running(
        self, client: discord.Client, *, within: float = ANSWER_WITHIN
    ) -> AsyncIterator[asyncio.Task[None]]:
        """Log ``client`` in here and connect it until the block ends; then close it. Gives its running task.

        Raises:
            TimeoutError: it did not connect ``within`` this many seconds.
        """
        with redirected(self.url):
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
        """Type a line and wait for the bot's answer, or for the client's refusal.

        Raises:
            NoAnswer: the bot did not answer ``within`` this many seconds of real time.
        """
        return await self.wait(self.begin(channel, sender, line), within)

    def begin(self, channel: Channel, sender: Member | User, line: str) -> Exchange:
        """As ``send``, but without waiting; the bot's answer fills the exchange."""
        exchange = Exchange(line, channel, account_of(sender), self.world.now())
        try:
            exchange.data = self._client(channel, sender).invoke(line.strip())
        except Refused as refusal:
            exchange.refusal = str(refusal)
        else:
            self._interact(exchange, InteractionType.COMMAND)
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
        exchange = Exchange(line, channel, account_of(sender), self.world.now())
        exchange.data = self._client(channel, sender).complete(line, option)
        self._interact(exchange, InteractionType.AUTOCOMPLETE)
        await self.wait(exchange, within)
        return exchange.choices or []

    async def suggest(self, channel: Channel, sender: Member | User, line: str) -> list[Suggestion]:
        """At most 25 ways to continue ``line``, as Discord's client offers them."""

        async def ask(typed: str, option: str) -> list[Json]:
            return await self.autocomplete(channel, sender, typed, option, within=FIRST_ANSWER_WITHIN.total_seconds())

        return await suggest(self._client(channel, sender), line, ask)

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
            custom_id: the custom_id or the label of the component.

        Raises:
            LookupError: the message has no such component, or it is disabled.
            NoAnswer: the bot did not answer in time.
        """
        exchange = self.begin_press(message, custom_id, presser, values=values)
        return await self.wait(exchange, within)

    def begin_press(
        self, message: Message, custom_id: str, presser: Member | User, *, values: Sequence[str] = ()
    ) -> Exchange:
        """As ``press``, but without waiting."""
        found = (c for c in message.usable_components if custom_id in (c["custom_id"], c.get("label")))
        component = next(found, None)
        if component is None:
            raise LookupError(f"the message has no usable button or menu {custom_id!r}")
        label = component.get("label") or component["custom_id"]
        exchange = Exchange(label, message.channel, account_of(presser), self.world.now())
        exchange.pressed = message
        exchange.data = {"custom_id": component["custom_id"], "component_type": component["type"]}
        if component["type"] != 2:
            exchange.data["values"] = list(values)
        self._interact(exchange, InteractionType.COMPONENT)
        return exchange

    async def wait(self, exchange: Exchange, within: float = ANSWER_WITHIN) -> Exchange:
        """Wait for the answer to an exchange that was begun.

        Raises:
            NoAnswer: there was none ``within`` this many seconds.
        """
        try:
            await self.world.changes.until(lambda: exchange.answered, within)
        except TimeoutError:
            state = "only said that it is thinking" if exchange.deferred else "said nothing"
            raise NoAnswer(f"{exchange.line!r}: the bot {state} within {within:g} s") from None
        return exchange

    def _client(self, channel: Channel, sender: Member | User) -> Client:
        user = account_of(sender)
        commands = [in_language(body, user.locale) for body in self.commands.in_channel(channel, user)]
        return Client(commands, channel, sender if isinstance(sender, Member) else None)

    def _interact(self, exchange: Exchange, kind: InteractionType) -> None:
        exchange.id, exchange.token = self.world.new_id(), secrets.token_urlsafe(48)
        exchange.kind = kind
        self.callbacks.expect(exchange)
        self.gateway.dispatch("INTERACTION_CREATE", exchange.event(self.world.bot.id), exchange.channel.guild)


def account_of(person: Member | User) -> User:
    return person.user if isinstance(person, Member) else person
