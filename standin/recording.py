"""What the bot asked: each request as read from the socket, kept for those who check it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from standin.api_errors import malformed_json, not_found_route, too_large
from standin.limits import MAX_REQUEST_BYTES
from standin.messages import Upload


@dataclass(eq=False)
class Recorded:
    """One request to the REST interface and its answer. ``path`` is without ``/api/v10`` and without the query."""

    method: str
    path: str
    query: dict[str, str]
    params: dict[str, str] = field(default_factory=dict)
    """The variable parts of the path, by name."""
    body: Any = None
    """The JSON body; of a multipart request its ``payload_json``."""
    files: list[Upload] = field(default_factory=list)
    status: int = 0
    answer: Any = None

    def number(self, name: str) -> int:
        """The id that the path has for ``name``; what is no number names nothing.

        Raises:
            ApiError: 404.
        """
        if not self.params[name].isdecimal():
            raise not_found_route()
        return int(self.params[name])


async def read_body(request: web.Request) -> tuple[Any, list[Upload]]:
    """The JSON of a request and its files.

    Raises:
        ApiError: the body is larger than Discord takes (413) or no JSON (400).
    """
    if (request.content_length or 0) > MAX_REQUEST_BYTES:
        await request.release()
        raise too_large()
    if request.content_type == "multipart/form-data":
        return await _read_multipart(request)
    raw = await request.read()
    if len(raw) > MAX_REQUEST_BYTES:
        raise too_large()
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
        raise too_large()
    return body, files


def _parse(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise malformed_json() from None
