"""The gateway: HELLO, IDENTIFY, READY, dispatches, heartbeats, RESUME with replay, and its failures on demand."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web
from discord import Intents

from standin.errors import Json
from standin.model import Guild
from standin.world import World

DISPATCH, RECONNECT, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 0, 7, 9, 10, 11
AUTHENTICATION_FAILED, INVALID_SHARD, DISALLOWED_INTENTS = 4004, 4010, 4014
"""Close codes after which a client must not reconnect."""
MAX_LOGINS = 1000
"""IDENTIFYs that Discord allows in a day."""

HEARTBEAT_INTERVAL_MS = 8_000
"""Below the 10 s above which discord.py warns of a slow connection. On one machine an acknowledgement can arrive before
discord.py has noted when it sent that heartbeat; then it measures from the heartbeat before."""


@dataclass(eq=False)
class Session:
    """One identified client. It outlives its connections, because a client can resume it."""

    id: str
    intents: Intents
    shard: list[int] | None
    socket: web.WebSocketResponse | None = None
    sent: list[Json] = field(default_factory=list)

    async def dispatch(self, event: str, data: Mapping[str, Any]) -> None:
        """Send an event with the next sequence number, and keep it for a replay."""
        frame = {"op": DISPATCH, "t": event, "s": len(self.sent) + 1, "d": data}
        self.sent.append(frame)
        await self.send(frame)

    async def send(self, frame: Json) -> None:
        if self.socket is not None and not self.socket.closed:
            try:
                await self.socket.send_str(json.dumps(frame))
            except ConnectionResetError:
                self.socket = None  # the connection is gone: the replay sends the frame again

    def wants(self, event: str, guild: Guild | None) -> bool:
        """Whether the session's intents cover an event of ``guild``, or of direct messages if that is None, and whether
        it is its shard's."""
        if not self.serves(guild):
            return False
        if event.startswith("MESSAGE_"):
            return self.intents.guild_messages if guild else self.intents.dm_messages
        return self.intents.guilds or not event.startswith(("GUILD_", "CHANNEL_", "THREAD_"))

    def serves(self, guild: Guild | None) -> bool:
        """Whether this server, or direct messages, are the session's shard's: the first shard has all the latter."""
        if self.shard is None:
            return True
        number, count = self.shard
        return number == (0 if guild is None else (guild.id >> 22) % count)


class Gateway:
    """All sessions of the bot, and ways to make them fail."""

    def __init__(self, world: World, token: str) -> None:
        self._world, self._token = world, token
        self.sessions: dict[str, Session] = {}
        self.identified = 0
        """How many IDENTIFYs there were."""
        self.max_concurrency = 1
        """How many shards may log in at the same time: those with different remainders."""
        self.login_seconds = 0.0
        """From one login of these to the next. Discord wants 5; 0 here, or tests would wait."""
        self._logins: dict[int, float] = {}
        self.resumed = 0
        self.refusals = 0
        """How many of the next connections are refused (503)."""
        self.url = ""
        self._sockets: set[web.WebSocketResponse] = set()
        self._outbox: asyncio.Queue[tuple[str, Mapping[str, Any], Guild | None]] = asyncio.Queue()

    def dispatch(self, event: str, data: Mapping[str, Any], guild: Guild | None) -> None:
        """Send an event to every session that wants it, after the events before it."""
        self._outbox.put_nowait((event, data, guild))

    async def send_outbox(self) -> None:
        """Send the dispatched events in order, until cancelled."""
        while True:
            event, data, guild = await self._outbox.get()
            for session in list(self.sessions.values()):
                if session.wants(event, guild):
                    await session.dispatch(event, data)

    @property
    def connected(self) -> bool:
        """A client is there, and has received every server."""
        return any(session.socket is not None for session in self.sessions.values())

    async def drop(self) -> None:
        """Cut every connection as a failing network does; the sessions can be resumed."""
        for socket in list(self._sockets):
            transport = socket._req.transport if socket._req else None
            if transport is not None:
                transport.abort()
        for session in self.sessions.values():
            session.socket = None

    async def ask_to_reconnect(self) -> None:
        """Op 7, as before a restart of Discord's servers."""
        for session in list(self.sessions.values()):
            await session.send({"op": RECONNECT, "d": None, "s": None, "t": None})

    async def invalidate(self, *, resumable: bool) -> None:
        """Op 9. If it is not resumable, the client must identify again."""
        sessions = list(self.sessions.values())
        if not resumable:
            self.sessions.clear()
        for session in sessions:
            await session.send({"op": INVALID_SESSION, "d": resumable, "s": None, "t": None})

    async def close(self) -> None:
        """Close every connection; clients reconnect unless they are closed first."""
        for socket in list(self._sockets):
            await socket.close(code=1001)

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """One connection, from HELLO to its end."""
        if self.refusals > 0:
            self.refusals -= 1
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(heartbeat=None, timeout=1.0)
        await socket.prepare(request)
        self._sockets.add(socket)
        await socket.send_json({"op": HELLO, "d": {"heartbeat_interval": HEARTBEAT_INTERVAL_MS}, "s": None, "t": None})
        session: Session | None = None
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    session = await self._receive(json.loads(message.data), socket) or session
        finally:
            self._sockets.discard(socket)
            if session is not None and session.socket is socket:
                session.socket = None
            self._world.changes.notify()
        return socket

    async def _receive(self, frame: Json, socket: web.WebSocketResponse) -> Session | None:
        """Answer one frame. Returns the session that it began or resumed."""
        match frame["op"]:
            case 1:  # HEARTBEAT
                await socket.send_json({"op": HEARTBEAT_ACK, "d": None, "s": None, "t": None})
            case 2:  # IDENTIFY
                return await self._identify(frame["d"], socket)
            case 6:  # RESUME
                return await self._resume(frame["d"], socket)
        return None

    async def _identify(self, data: Json, socket: web.WebSocketResponse) -> Session | None:
        self.identified += 1
        intents = Intents._from_value(data.get("intents", 0))
        if data["token"] != self._token:
            await socket.close(code=AUTHENTICATION_FAILED, message=b"Authentication failed.")
            return None
        if intents.members or intents.presences or intents.message_content:
            await socket.close(code=DISALLOWED_INTENTS, message=b"Disallowed intent(s).")
            return None
        shard = data.get("shard")
        if shard is not None and not 0 <= shard[0] < shard[1]:
            await socket.close(code=INVALID_SHARD, message=b"Invalid shard.")
            return None
        if not self._may_log_in(0 if shard is None else shard[0] % self.max_concurrency):
            await socket.send_json({"op": INVALID_SESSION, "d": False, "s": None, "t": None})
            return None
        session = Session(secrets.token_hex(16), intents, shard, socket)
        others = {known.id: known for known in self.sessions.values() if known.shard != shard}
        self.sessions = others | {session.id: session}
        await session.dispatch("READY", self._ready(session))
        for guild in self._guilds(session):
            await session.dispatch("GUILD_CREATE", guild.payload())
        self._world.changes.notify()
        return session

    def _may_log_in(self, turn: int) -> bool:
        """Whether the last login with this remainder is long enough ago."""
        now = asyncio.get_running_loop().time()
        is_early = now - self._logins.get(turn, -self.login_seconds) < self.login_seconds
        if not is_early:
            self._logins[turn] = now
        return not is_early

    @property
    def session_start_limit(self) -> Json:
        """What GET /gateway/bot says of logins."""
        return {
            "total": MAX_LOGINS,
            "remaining": MAX_LOGINS - self.identified,
            "reset_after": 86_400_000,
            "max_concurrency": self.max_concurrency,
        }

    def _guilds(self, session: Session) -> list[Guild]:
        return [guild for guild in self._world.guilds.values() if guild.has_bot and session.serves(guild)]

    def _ready(self, session: Session) -> Json:
        bot = self._world.bot
        ready = {
            "v": 10,
            "user": bot.payload() | {"mfa_enabled": True, "verified": True, "email": None},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in self._guilds(session)],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "application": {"id": str(bot.id), "flags": 0},
        }
        return ready | {"shard": session.shard} if session.shard else ready

    async def _resume(self, data: Json, socket: web.WebSocketResponse) -> Session | None:
        session = self.sessions.get(data["session_id"])
        if session is None or data["token"] != self._token:
            await socket.send_json({"op": INVALID_SESSION, "d": False, "s": None, "t": None})
            return None
        self.resumed += 1
        session.socket = socket
        for frame in session.sent[data["seq"] or 0 :]:
            await session.send(frame)
        await session.dispatch("RESUMED", {})
        self._world.changes.notify()
        return session
