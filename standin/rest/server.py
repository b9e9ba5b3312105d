"""The HTTP server: authorises and records each request, applies faults and limits, and answers in Discord's JSON."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from standin import errors
from standin.attachments import Upload
from standin.errors import ApiError
from standin.limits.messages import MAX_REQUEST_BYTES
from standin.rest.faults import CUT, Fault, RateLimits
from standin.world import World

API = "/api/v10"
_NEEDS_NO_TOKEN = re.compile(r"/(interactions|webhooks)/|/gateway$")

Answer = tuple[int, Any]
"""Status and JSON; 204 with None."""


@dataclass(eq=False)
class Recorded:
    """One request to the REST interface and its answer. ``path`` is without ``/api/v10`` and without the query."""

    method: str
    path: str
    query: dict[str, str]
    params: dict[str, str] = field(default_factory=dict)
    """The variable parts of the path, by name."""
    body: Any = None
    """The JSON body; in a multipart request this is ``payload_json``."""
    files: list[Upload] = field(default_factory=list)
    status: int = 0
    answer: Any = None

    def number(self, name: str) -> int:
        """The id that the path has for ``name``.

        Raises:
            ApiError: 404, it is not a number.
        """
        if not self.params[name].isdecimal():
            raise ApiError(*errors.UNKNOWN_ROUTE)
        return int(self.params[name])


Handler = Callable[[Recorded], Awaitable[Answer]]
Routes = list[tuple[str, str, Handler]]
"""Method, path and handler."""


@web.middleware
async def _refuse_other_names(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Another site can give its own name the address of this machine: its page may then read what this server says."""
    _, port = request.transport.get_extra_info("sockname") if request.transport else ("", 0)
    here = f"127.0.0.1:{port}"
    if request.host != here:
        raise web.HTTPForbidden(text=f"This server answers at http://{here}/ only.")
    return await handler(request)


class Server:
    """Listens on 127.0.0.1 from the moment it is made, and serves once started."""

    def __init__(
        self,
        port: int,
        token: str,
        world: World,
        requests: deque[Recorded],
        faults: list[Fault],
        rate_limits: RateLimits,
    ) -> None:
        self._token, self._world, self._requests, self._faults = token, world, requests, faults
        self._rate_limits = rate_limits
        self._socket = socket.create_server(("127.0.0.1", port))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.app = web.Application(client_max_size=2 * MAX_REQUEST_BYTES, middlewares=[_refuse_other_names])
        self.app.router.add_get("/attachments/{channel}/{id}/{name}", self._attachment)

    def add_api(self, routes: Routes) -> None:
        """Serve ``routes`` under /api/v10, and Discord's 404 on every other path there."""
        for method, path, handler in routes:
            self.app.router.add_route(method, API + path, self._wrapped(handler))

        async def unknown(_asked: Recorded) -> Answer:
            raise ApiError(*errors.UNKNOWN_ROUTE)

        self.app.router.add_route("*", API + "/{rest:.*}", self._wrapped(unknown))

    async def start(self) -> None:
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.SockSite(self._runner, self._socket).start()

    async def stop(self) -> None:
        await self._runner.cleanup()

    def _wrapped(self, handler: Handler) -> Any:
        async def handle(request: web.Request) -> web.Response:
            path = request.path.removeprefix(API)
            asked = Recorded(request.method, path, dict(request.query), dict(request.match_info))
            self._requests.append(asked)
            status, body, headers = await self._answer(handler, request, asked)
            asked.status, asked.answer = status, body
            self._world.changes.notify()
            if status == CUT and request.transport is not None:
                request.transport.abort()
            if status in (CUT, 204):
                return web.Response(status=204, headers=headers)
            if isinstance(body, str):
                return web.Response(status=status, text=body, headers=headers)
            # exactly application/json, without a charset: discord.py reads anything else as text
            content = json.dumps(body).encode()
            return web.Response(status=status, body=content, content_type="application/json", headers=headers)

        return handle

    async def _answer(self, handler: Handler, request: web.Request, asked: Recorded) -> tuple[int, Any, dict[str, str]]:
        try:
            asked.body, asked.files = await _read_body(request)
            if not _NEEDS_NO_TOKEN.match(asked.path) and request.headers.get("Authorization") != f"Bot {self._token}":
                return 401, ApiError(*errors.UNAUTHORIZED).body(), {}
            if limited := self._rate_limits.check(asked.method, asked.path):
                return limited
            fault = next((fault for fault in self._faults if fault.matches(asked.method, asked.path)), None)
            if fault is None:
                return *(await handler(asked)), {}
            if fault.is_accepted or fault.doubles:
                await handler(asked)
            await asyncio.sleep(fault.delay)
            if not fault.fails:
                fault.times -= 1
                return *(await handler(asked)), {}
        except ApiError as error:
            return error.status, error.body(), {}
        return fault.answer()

    async def _attachment(self, request: web.Request) -> web.Response:
        """A file as it was sent. A browser shows only pictures, because the chat page has the same origin."""
        wanted = request.match_info["id"]
        file = self._world.files.get(int(wanted)) if wanted.isdecimal() else None
        if file is None or file.filename != request.match_info["name"]:
            raise web.HTTPNotFound
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}
        if file.content_type not in ("image/png", "image/jpeg", "image/gif", "image/webp"):
            headers["Content-Disposition"] = f'attachment; filename="{file.filename}"'
        return web.Response(body=file.content, content_type=file.content_type, headers=headers)


async def _read_body(request: web.Request) -> tuple[Any, list[Upload]]:
    """The JSON of a request and its files.

    Raises:
        ApiError: the body is too large (413) or is not JSON (400).
    """
    if (request.content_length or 0) > MAX_REQUEST_BYTES:
        await request.release()
        raise ApiError(*errors.TOO_LARGE)
    if request.content_type == "multipart/form-data":
        return await _read_multipart(request)
    raw = await request.read()
    if len(raw) > MAX_REQUEST_BYTES:
        raise ApiError(*errors.TOO_LARGE)
    return (_parse(raw) if raw else None), []


async def _read_multipart(request: web.Request) -> tuple[Any, list[Upload]]:
    body: Any = None
    files: list[Upload] = []
    size = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        content = bytes(await part.read(decode=True))
        size += len(content)
        if part.name == "payload_json":
            body = _parse(content)
        elif part.name and part.name.startswith("files["):
            files.append(Upload(int(part.name[len("files[") : -1]), part.filename or "file", content))
    if size > MAX_REQUEST_BYTES:
        raise ApiError(*errors.TOO_LARGE)
    return body, files


def _parse(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise ApiError(*errors.MALFORMED_JSON) from None
