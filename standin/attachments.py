"""Files: as the bot uploads them and as Discord shows them."""

from __future__ import annotations

import mimetypes
import re
import struct
from dataclasses import dataclass

from standin.errors import Json


@dataclass(frozen=True)
class Upload:
    """A file of a multipart request, with the number in its field's name."""

    index: int
    filename: str
    content: bytes

    def attach(self, body: Json, file_id: int, base_url: str) -> Attachment:
        """The attachment that it becomes, with the name and alt text that ``attachments`` of ``body`` gives it."""
        entries: list[Json] = [e for e in body.get("attachments") or [] if int(e["id"]) == self.index]
        entry = entries[0] if entries else {}
        name = re.sub(r"[^\w.\-]", "_", entry.get("filename") or self.filename)
        return Attachment(file_id, name, self.content, f"{base_url}/{file_id}/{name}", entry.get("description"))


@dataclass(frozen=True)
class Attachment:
    """A file of a message; ``description`` is its alt text."""

    id: int
    filename: str
    content: bytes
    url: str
    description: str | None = None

    @property
    def content_type(self) -> str:
        return mimetypes.guess_type(self.filename)[0] or "application/octet-stream"

    def payload(self) -> Json:
        return {"id": str(self.id), "filename": self.filename, "size": len(self.content)} | self.embedded()

    def embedded(self) -> Json:
        """As an embed carries it: address, type and alt text, and of a PNG width and height in pixels."""
        payload: Json = {"url": self.url, "proxy_url": self.url, "content_type": self.content_type}
        if self.description:
            payload["description"] = self.description
        if self.content[:8] == b"\x89PNG\r\n\x1a\n" and len(self.content) >= 24:
            payload["width"], payload["height"] = struct.unpack(">II", self.content[16:24])
        return payload
