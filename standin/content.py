"""What a message shows: its text, embeds, components and files. A request's body sets them."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from standin.attachments import Attachment
from standin.errors import Json

CROSSPOSTED, EPHEMERAL, LOADING = 1 << 0, 1 << 6, 1 << 7  # message flags
SENDABLE_FLAGS = 1 << 2 | EPHEMERAL | 1 << 12 | 1 << 15  # no embeds, ephemeral, silent, components v2


@dataclass(eq=False, kw_only=True)
class Content:
    """``files`` are all files, those shown inside an embed too."""

    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    flags: int = 0

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
        """All words of the message and its embeds."""
        parts = [self.content]
        for embed in self.embeds:
            parts += [embed.get("title") or "", embed.get("description") or ""]
            parts += [f"{item['name']}\n{item['value']}" for item in embed.get("fields") or []]
            parts.append((embed.get("footer") or {}).get("text") or "")
        return "\n".join(filter(None, parts))

    @property
    def usable_components(self) -> list[Json]:
        """The buttons and menus that a member can use, at any depth; not those that only open a link."""
        return [c for c in _flattened(self.components) if "custom_id" in c and not c.get("disabled")]

    def apply(self, body: Json, uploads: list[Attachment]) -> None:
        """Set what ``body`` sets. A missing key changes nothing; ``attachments`` lists the old files to keep."""
        if "attachments" in body:
            kept = {int(entry["id"]) for entry in body["attachments"] or []}
            self.files = [file for file in self.files if file.id in kept]
        self.files = self.files + uploads
        if "content" in body:
            self.content = (body["content"] or "").strip()
        if "components" in body:
            self.components = _numbered(body["components"] or [], itertools.count(1))
        if "embeds" in body:
            by_name = {f"attachment://{file.filename}": file for file in self.files}
            self.embeds = [_shown_embed(embed, by_name) for embed in body["embeds"] or []]
        self.flags = self.flags & ~LOADING | (body.get("flags") or 0) & SENDABLE_FLAGS


def _shown_embed(embed: Json, files: Mapping[str, Attachment]) -> Json:
    """An embed as Discord returns it: addresses for its attached pictures, their alt text, ``inline`` always set."""
    embed = copy.deepcopy(embed) | {"type": "rich"}
    for place in ("image", "thumbnail"):
        url = str((embed.get(place) or {}).get("url"))
        if url in files:
            embed[place] = files[url].embedded()
        elif url.startswith("attachment://"):
            del embed[place]  # the message has no such file: Discord shows nothing
    for entry in embed.get("fields") or []:
        entry.setdefault("inline", False)
    return {key: value for key, value in embed.items() if value is not None}


def _flattened(components: list[Json]) -> Iterator[Json]:
    for component in components:
        yield component
        yield from _flattened(component.get("components") or [])


def _numbered(components: list[Json], ids: itertools.count[int]) -> list[Json]:
    """Components as Discord returns them: each has an ``id``, counted in order at all depths."""
    numbered: list[Json] = []
    for component in components:
        numbered.append({"id": next(ids)} | component)
        if "components" in component:
            numbered[-1]["components"] = _numbered(component["components"], ids)
    return numbered
