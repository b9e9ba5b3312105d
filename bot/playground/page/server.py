"""The routes of the page. They answer only a browser on this machine, and only the page's own scripts run."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, TypeVar

import discord
from aiohttp import web
from pydantic import AfterValidator, BaseModel, ValidationError

from bot.playground.clock import ClockBusy
from bot.playground.page.entries import direct_place, guild_place, message_entry, notice_entry
from bot.texts import LANGUAGES, Texts, texts_for
from standin.errors import Json
from standin.exchange import FIRST_ANSWER_WITHIN, TOKEN_LIFE, Exchange
from standin.model import Channel, Member, Message, User
from standin.standin import StandIn, account_of

FILES = Path(__file__).parent / "files"
CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-ancestors 'none'"
)
NO_ANSWER = "The application did not respond"
HISTORY = 200  # entries shown when a channel is opened

OFFERED: Final = {
    next(locale.value for locale in discord.Locale if texts_for(locale) == texts): texts("language.name")
    for texts in map(Texts, LANGUAGES)
}
"""The languages that the page offers: each one's own name by a locale of Discord's client."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def _offered(locale: str) -> str:
    if locale not in OFFERED:
        raise ValueError(f"choose one of {', '.join(OFFERED)}")
    return locale


class _Act(BaseModel):
    """Something that a member did, in the language of their client."""

    channel: int
    member: int
    locale: Annotated[str, AfterValidator(_offered)] = "en-US"


class _Line(_Act):
    """A line that a member typed."""

    line: str


class _Press(_Act):
    """A button that a member pressed, or what they chose from a menu."""

    message: int
    custom_id: str
    values: list[str] = []


class _Move(BaseModel):
    """Where to move the clock."""

    to: Literal["close", "saturday"]


_Body = TypeVar("_Body", bound=BaseModel)


class Page:
    """The page, on the same server as the stand-in: ``StandIn(extend=page.attach)``.

    Args:
        waits: commands wait until ``open`` is called, because the bot is still starting.
    """

    def __init__(self, *, waits: bool = False) -> None:
        self.move_clock: Callable[[str], Awaitable[None]] | None = None
        """Moves the playground's clock to ``close`` or ``saturday``; None if it cannot. May raise ClockBusy."""
        self._is_open = asyncio.Event()
        if not waits:
            self._is_open.set()
        self._listeners: set[asyncio.Queue[Json]] = set()
        self._notices: list[Json] = []
        self._progress = ""
        self._waiting: set[asyncio.Task[None]] = set()

    def attach(self, discord: StandIn, app: web.Application) -> None:
        """Add the page to ``app``, the server that ``discord`` is about to start."""
        self._discord = discord
        discord.world.watchers.append(lambda message: self._publish(message_entry(message)))
        app.on_shutdown.append(self._end_streams)
        add = app.router.add_route
        add("GET", "/", self._guarded(self._index))
        for path in sorted(FILES.iterdir()):
            add("GET", f"/page/{path.name}", self._guarded(_file(path)))
        add("GET", "/page/api/state", self._guarded(self._state))
        add("GET", "/page/api/entries", self._guarded(self._entries))
        add("GET", "/page/api/suggestions", self._guarded(self._suggestions))
        add("GET", "/page/api/events", self._guarded(self._events))
        add("POST", "/page/api/send", self._guarded(self._send))
        add("POST", "/page/api/press", self._guarded(self._press))
        add("POST", "/page/api/clock", self._guarded(self._clock))

    def open(self) -> None:
        """The bot has started: what was typed meanwhile reaches it now."""
        self._is_open.set()

    def show_clock(self) -> None:
        """Tell every open page what time it is now, after the clock was moved."""
        self._publish({"kind": "clock", "now": self._discord.world.now().timestamp()})

    def show_progress(self, text: str) -> None:
        """Show a line above the input, such as the progress of training; an empty one removes it."""
        if text != self._progress:
            self._progress = text
            self._publish({"kind": "progress", "text": text})

    def _publish(self, entry: Json) -> None:
        """Send an entry to every open page."""
        for queue in self._listeners:
            queue.put_nowait(entry)

    def _guarded(self, handler: Handler) -> Handler:
        """Refuse what pages of other sites can send without asking. Other names are refused by the stand-in."""

        async def handle(request: web.Request) -> web.StreamResponse:
            if request.method == "POST" and request.content_type != "application/json":
                raise web.HTTPUnsupportedMediaType(text="Send JSON.")
            return await handler(request)

        return handle

    async def _index(self, request: web.Request) -> web.StreamResponse:
        response = await _file(FILES / "index.html")(request)
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY
        return response

    async def _state(self, _request: web.Request) -> web.Response:
        world = self._discord.world
        places = [guild_place(guild) for guild in world.guilds.values()]
        people = [user for user in world.users.values() if not user.bot]
        places += [direct_place(world.direct_channel(user), user, world.bot) for user in people]
        facts = {"bot": world.bot.name, "progress": self._progress, "now": world.now().timestamp()}
        facts |= {"guilds": places, "can_move_clock": self.move_clock is not None, "languages": OFFERED}
        return web.json_response(facts)

    async def _entries(self, request: web.Request) -> web.Response:
        channel, member = self._named(request.query)
        entries = [message_entry(m) for m in channel.messages.values() if not m.deleted]
        entries += [notice for notice in self._notices if notice["channel"] == str(channel.id)]
        shown = [entry for entry in entries if entry["for"] in (None, str(member.id))]
        return web.json_response(sorted(shown, key=lambda entry: int(entry["id"]))[-HISTORY:])

    async def _suggestions(self, request: web.Request) -> web.Response:
        channel, member = self._named(request.query)
        await self._is_open.wait()
        if request.query.get("locale") in OFFERED:
            account_of(member).locale = request.query["locale"]
        found = await self._discord.suggest(channel, member, request.query.get("line", ""))
        return web.json_response([{"line": s.line, "label": s.label, "detail": s.detail} for s in found])

    async def _send(self, request: web.Request) -> web.Response:
        asked = await _body(_Line, request)
        channel, member = self._where(asked.channel, asked.member)
        await self._is_open.wait()
        account_of(member).locale = asked.locale
        return self._begun(self._discord.begin(channel, member, asked.line))

    async def _press(self, request: web.Request) -> web.Response:
        asked = await _body(_Press, request)
        channel, member = self._where(asked.channel, asked.member)
        message = self._message(channel, asked.message)
        account_of(member).locale = asked.locale
        try:
            exchange = self._discord.begin_press(message, asked.custom_id, member, values=asked.values)
        except LookupError as error:
            raise web.HTTPNotFound(text=str(error)) from None
        return self._begun(exchange)

    async def _clock(self, request: web.Request) -> web.Response:
        """Move the clock, and answer when the bot has done what is due then; or why it cannot be moved now."""
        asked = await _body(_Move, request)
        try:
            await self._move(asked.to)
        except ClockBusy as busy:
            return web.json_response({"problem": str(busy)})
        return web.json_response({"now": self._discord.world.now().timestamp()})

    async def _move(self, to: str) -> None:
        if self.move_clock is None:
            raise ClockBusy("This clock cannot be moved: only simulated prices exist for days to come.")
        if not self._is_open.is_set():
            raise ClockBusy("The bot is still starting. Move the clock when it is ready.")
        await self.move_clock(to)

    def _begun(self, exchange: Exchange) -> web.Response:
        """Answer with the exchange's id; the member gets a notice if the bot does not answer."""
        if exchange.refusal:
            self._notify(exchange, exchange.refusal)
        else:
            task = asyncio.create_task(self._expect_answer(exchange))
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)
        return web.json_response({"exchange": str(exchange.id), "refused": exchange.refused})

    async def _expect_answer(self, exchange: Exchange) -> None:
        seconds = FIRST_ANSWER_WITHIN.total_seconds()
        try:
            await self._discord.world.changes.until(lambda: exchange.answer_type is not None, seconds)
        except TimeoutError:
            self._notify(exchange, NO_ANSWER)
            return
        if not exchange.answered:
            with contextlib.suppress(TimeoutError):
                await self._discord.world.changes.until(lambda: exchange.answered, TOKEN_LIFE.total_seconds())
        self._publish({"kind": "answered", "channel": str(exchange.channel.id), "exchange": str(exchange.id)})

    def _notify(self, exchange: Exchange, text: str) -> None:
        self._notices.append(notice_entry(exchange, text, self._discord.world))
        self._publish(self._notices[-1])

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """New entries as server-sent events."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        queue = asyncio.Queue[Json]()
        self._listeners.add(queue)
        with contextlib.suppress(ConnectionResetError):  # the page was closed
            await _write(response, {"kind": "progress", "text": self._progress})
            while entry := await queue.get():
                await _write(response, entry)
        self._listeners.discard(queue)
        return response

    async def _end_streams(self, _app: web.Application) -> None:
        """End the open streams, for which the server would wait, and wait for no answer any more."""
        for task in self._waiting:
            task.cancel()
        self._publish({})

    def _named(self, query: Mapping[str, str]) -> tuple[Channel, Member | User]:
        """As ``_where``, for ids as an address has them."""
        try:
            return self._where(int(query["channel"]), int(query["member"]))
        except (KeyError, ValueError):
            raise web.HTTPNotFound(text="There is no such channel or member.") from None

    def _where(self, channel_id: int, member_id: int) -> tuple[Channel, Member | User]:
        """The channel and the person in it that a request names."""
        channel = self._discord.world.channels.get(channel_id)
        people: Mapping[int, Member | User] = {}
        if channel is not None and channel.guild is not None:
            people = channel.guild.members
        elif channel is not None and channel.recipient is not None:
            people = {channel.recipient.id: channel.recipient}
        if channel is None or member_id not in people:
            raise web.HTTPNotFound(text="There is no such channel or member.")
        return channel, people[member_id]

    def _message(self, channel: Channel, message_id: int) -> Message:
        message = channel.messages.get(message_id)
        if message is None or message.deleted:
            raise web.HTTPNotFound(text="There is no such message.")
        return message


async def _body(form: type[_Body], request: web.Request) -> _Body:
    """The JSON object that a request has sent; 400 if it has another form."""
    try:
        return form.model_validate_json(await request.read())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "body"
        raise web.HTTPBadRequest(text=f"{where}: {first['msg']}") from None


def _file(path: Path) -> Handler:
    async def handle(_request: web.Request) -> web.StreamResponse:
        return web.FileResponse(path, headers={"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"})

    return handle


async def _write(response: web.StreamResponse, entry: Json) -> None:
    await response.write(f"data: {json.dumps(entry)}\n\n".encode())
