"""Requests as they are read from the socket, recorded for tests to check."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from standin import errors
from standin.attachments import Upload
from standin.errors import ApiError
from standin.limits.messages import MAX_REQUEST_BYTES

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


async def read_body(request: web.Request) -> tuple[Any, list[Upload]]:
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
