"""Messages and their files: made from the bodies that the bot sends, shown as Discord shows them."""

from __future__ import annotations

import copy
import itertools
import mimetypes
import re
import struct
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from standin.api_errors import Json

if TYPE_CHECKING:
    from standin.accounts import User
    from standin.guilds import Channel

EPHEMERAL, LOADING = 1 << 6, 1 << 7  # message flags
SENDABLE_FLAGS = 1 << 2 | EPHEMERAL | 1 << 12 | 1 << 15  # no embeds, ephemeral, silent, components v2
DEFAULT, CHAT_INPUT_COMMAND = 0, 20  # message types


@dataclass(frozen=True)
class Upload:
    """A file of a multipart request, by the number in its field's name."""

    index: int
    filename: str
    content: bytes


@dataclass(frozen=True)
class Attachment:
    """A file that came with a message; ``description`` is its alt text."""

    id: int
    filename: str
    content: bytes
    url: str
    description: str | None = None

    @property
    def content_type(self) -> str:
        return mimetypes.guess_type(self.filename)[0] or "application/octet-stream"

    def payload(self) -> Json:
        payload: Json = {
            "id": str(self.id),
            "filename": self.filename,
            "size": len(self.content),
            "url": self.url,
            "proxy_url": self.url,
            "content_type": self.content_type,
        }
        if self.description:
            payload["description"] = self.description
        return payload | png_size(self.content)


def png_size(content: bytes) -> dict[str, int]:
    """Width and height in pixels where ``content`` is a PNG, else nothing."""
    if content[:8] != b"\x89PNG\r\n\x1a\n" or len(content) < 24:
        return {}
    width, height = struct.unpack(">II", content[16:24])
    return {"width": width, "height": height}


@dataclass(eq=False)
class Message:
    """A message as it stands now. ``files`` are all its files; an embed's image is not among the shown attachments."""

    id: int
    channel: Channel
    author: User
    created_at: datetime
    type: int = DEFAULT
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    flags: int = 0
    nonce: str | None = None
    edited_at: datetime | None = None
    edits: int = 0
    deleted: bool = False
    invoked: Json | None = None
    """What Discord says of the interaction that the message answers."""
    invoked_by: User | None = None
    line: str = ""
    """What the member typed or pressed, where the message answers an interaction."""

    @property
    def ephemeral(self) -> bool:
        """Only the member who asked sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def thinking(self) -> bool:
        """Deferred and not answered yet."""
        return bool(self.flags & LOADING)

    @property
    def attachments(self) -> list[Attachment]:
        """The files shown below the message: those that no embed shows."""
        shown = {(embed.get(place) or {}).get("url") for embed in self.embeds for place in ("image", "thumbnail")}
        return [file for file in self.files if file.url not in shown]

    @property
    def text(self) -> str:
        """All that the message says in words, embeds and buttons included."""
        parts = [self.content]
        for embed in self.embeds:
            parts += [embed.get("title") or "", embed.get("description") or ""]
            parts += [f"{item['name']}\n{item['value']}" for item in embed.get("fields") or []]
            parts.append((embed.get("footer") or {}).get("text") or "")
        return "\n".join(filter(None, parts))

    def apply(self, body: Json, uploads: list[Attachment]) -> None:
        """Take over what ``body`` sets: an absent key leaves its part as it is, ``attachments`` lists what stays."""
        if "attachments" in body:
            kept = {int(entry["id"]) for entry in body["attachments"] or []}
            self.files = [file for file in self.files if file.id in kept]
        self.files = self.files + uploads
        if "content" in body:
            self.content = (body["content"] or "").strip()
        if "components" in body:
            self.components = numbered(body["components"] or [])
        if "embeds" in body:
            urls = {f"attachment://{file.filename}": file for file in self.files}
            self.embeds = [shown_embed(embed, urls) for embed in body["embeds"] or []]
        self.flags = self.flags & ~LOADING | (body.get("flags") or 0) & SENDABLE_FLAGS

    def payload(self) -> Json:
        payload: Json = {
            "id": str(self.id),
            "type": self.type,
            "channel_id": str(self.channel.id),
            "author": self.author.payload(),
            "content": self.content,
            "embeds": self.embeds,
            "components": self.components,
            "attachments": [file.payload() for file in self.attachments],
            "flags": self.flags,
            "timestamp": self.created_at.isoformat(),
            "edited_timestamp": self.edited_at.isoformat() if self.edited_at else None,
            "mentions": [],
            "mention_roles": [],
            "mention_everyone": False,
            "pinned": False,
            "tts": False,
        }
        if self.nonce:
            payload["nonce"] = self.nonce
        if self.invoked:
            payload |= {"interaction_metadata": self.invoked, "application_id": str(self.author.id)}
            payload["webhook_id"] = str(self.author.id)
        return payload


def uploaded(body: Json, uploads: list[Upload], ids: list[int], base_url: str) -> list[Attachment]:
    """The files of a request, with the names and alt texts that its ``attachments`` give them.

    Args:
        ids: a new id for each upload.
        base_url: where the files are served from.
    """
    described = {int(entry["id"]): entry for entry in body.get("attachments") or []}
    files = []
    for upload, file_id in zip(uploads, ids, strict=True):
        entry = described.get(upload.index, {})
        name = re.sub(r"[^\w.\-]", "_", entry.get("filename") or upload.filename)
        files.append(
            Attachment(file_id, name, upload.content, f"{base_url}/{file_id}/{name}", entry.get("description"))
        )
    return files


def shown_embed(embed: Json, files: dict[str, Attachment]) -> Json:
    """An embed as Discord gives it back: addresses for its attached pictures, their alt text, ``inline`` always set."""
    embed = copy.deepcopy(embed) | {"type": "rich"}
    for place in ("image", "thumbnail"):
        picture = embed.get(place)
        if picture and picture.get("url") in files:
            file = files[picture["url"]]
            embed[place] = {"url": file.url, "proxy_url": file.url, "content_type": file.content_type}
            embed[place] |= png_size(file.content) | ({"description": file.description} if file.description else {})
        elif picture and str(picture.get("url")).startswith("attachment://"):
            del embed[place]  # names no file of the message: Discord shows nothing
    for entry in embed.get("fields") or []:
        entry.setdefault("inline", False)
    return {key: value for key, value in embed.items() if value is not None}


def numbered(components: list[Json]) -> list[Json]:
    """Components as Discord gives them back: each with an ``id``, counted through in order."""
    count = itertools.count(1)

    def number(component: Json) -> Json:
        numbered_component: Json = {"id": next(count)} | component
        if "components" in component:
            numbered_component["components"] = [number(child) for child in component["components"]]
        return numbered_component

    return [number(component) for component in components]
