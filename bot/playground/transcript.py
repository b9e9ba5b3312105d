"""What was typed and what the bot answered, as Markdown with its pictures."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from standin.attachments import Attachment
from standin.errors import Json
from standin.exchange import Exchange
from standin.model import Channel, Member, Message, Role

_TIME = re.compile(r"<t:(-?\d+)(?::([tTdDfFR]))?>")
_MENTION = re.compile(r"<(#|@&|@)(\d+)>")
_JUMP = re.compile(r"https://discord\.com/channels/(?:\d+|@me)/(\d+)/\d+")
_COMMAND = re.compile(r"</([-\w ]+):\d+>")
_UNITS = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))  # seconds


class Transcript:
    """Collects exchanges; ``write`` puts them into a folder, ``text`` into a string."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._parts: list[tuple[Exchange, tuple[Message, ...], str]] = []

    def add(self, exchange: Exchange, problem: str = "") -> None:
        """Add a line and its answer as it is now; a later press of a button may change the same message.

        Args:
            problem: why there is no answer, or why it is unfinished.
        """
        self._parts.append((exchange, tuple(copy.copy(message) for message in exchange.messages), problem))

    def write(self, folder: Path, unasked: Sequence[Message] = ()) -> Path:
        """Write transcript.md and every file of its messages into ``folder``; returns the transcript's path.

        Args:
            unasked: messages that answer no command.
        """
        folder.mkdir(parents=True, exist_ok=True)
        answers = [message for _, messages, _ in self._parts for message in messages]
        files = {file.id: file for message in (*answers, *unasked) for file in message.files}.values()
        names = {file.id: f"{number:02d}-{file.filename}" for number, file in enumerate(files, start=1)}
        for file in files:
            (folder / names[file.id]).write_bytes(file.content)
        path = folder / "transcript.md"
        path.write_text(self.text(unasked, names), encoding="utf-8")
        return path

    def text(self, unasked: Sequence[Message] = (), names: dict[int, str] | None = None) -> str:
        """The transcript as Markdown.

        Args:
            names: the file names to link, by the files' ids; without them a picture appears as its alt text only.
        """
        lines = [f"# {self._title}"]
        for number, (exchange, messages, problem) in enumerate(self._parts, start=1):
            lines += ["", f"## {number}. `{exchange.line}`", ""]
            lines.append(f"{exchange.user.name} in #{exchange.channel.name}")
            lines += _answer(exchange, messages, problem, names or {})
        for message in unasked:
            lines += ["", f"## Posted without a command in #{message.channel.name}", *_message(message, names or {})]
        return "\n".join(lines) + "\n"


def _answer(exchange: Exchange, messages: Sequence[Message], problem: str, names: dict[int, str]) -> Iterator[str]:
    if exchange.refusal:
        yield from ("", f"**Not sent by Discord:** {exchange.refusal}")
    for message in messages:
        yield from _message(message, names)
    if problem:
        yield from ("", f"**{'Unfinished' if messages else 'No answer'}:** {problem}")


def _message(message: Message, names: dict[int, str]) -> Iterator[str]:
    seen_by = " (only the asker sees this)" if message.ephemeral else ""
    yield from ("", f"**{message.author.name}**{seen_by}:")
    if message.content:
        yield from ("", readable(message.content, message))
    for embed in message.embeds:
        yield from _embed(embed, message, names)
    for file in message.attachments:
        yield from _file(file, names)
    if buttons := [c.get("label") or c.get("placeholder") or "?" for row in message.components
                   for c in row.get("components") or []]:  # fmt: skip
        yield from ("", "Buttons: " + " ".join(f"[{label}]" for label in buttons))


def _embed(embed: Json, message: Message, names: dict[int, str]) -> Iterator[str]:
    if embed.get("title"):
        yield from ("", f"### {readable(embed['title'], message)}")
    if embed.get("description"):
        yield from ("", readable(embed["description"], message))
    for item in embed.get("fields") or []:
        yield from ("", f"**{readable(item['name'], message)}**  ", readable(item["value"], message))
    shown = {(embed.get(place) or {}).get("url") for place in ("image", "thumbnail")}
    for file in message.files:
        if file.url in shown:
            yield from _file(file, names)
    if footer := (embed.get("footer") or {}).get("text"):
        yield from ("", f"*{readable(footer, message)}*")


def _file(file: Attachment, names: dict[int, str]) -> Iterator[str]:
    alt = file.description or "no description"
    if file.id not in names:
        yield from ("", f"[{file.filename}: {alt}]")
    elif file.content_type.startswith("image/"):
        yield from ("", f"![{file.filename}]({names[file.id]})", "", f"Alt text: {alt}")
    else:
        yield from ("", f"[{file.filename}]({names[file.id]})")


def readable(text: str, message: Message) -> str:
    """``text`` with Discord's timestamps, mentions, commands and links to messages in words, its line breaks kept.

    Timestamps are in UTC, relative ones counted from when the message was written.
    """
    text = _TIME.sub(lambda match: _moment(match, message.edited_at or message.created_at), text)
    text = _MENTION.sub(lambda match: f"{match[1][0]}{_named(match[1], int(match[2]), message.channel)}", text)
    text = _JUMP.sub(lambda match: f"the message in #{_named('#', int(match[1]), message.channel)}", text)
    text = _COMMAND.sub(r"/\1", text)
    prose, *blocks = re.split(r"(```.*?```)", text, flags=re.DOTALL)
    parts = [_with_breaks(prose)]
    for block, after in zip(blocks[::2], blocks[1::2], strict=True):
        parts += [block, _with_breaks(after)]
    return "\n".join(part for part in parts if part)


def _with_breaks(prose: str) -> str:
    return re.sub(r"(?<!\n)\n(?!\n)", "  \n", prose.strip("\n"))


def _moment(match: re.Match[str], seen_at: datetime) -> str:
    at = datetime.fromtimestamp(int(match[1]), UTC)
    return relative(at - seen_at) if match[2] == "R" else f"{at:%Y-%m-%d %H:%M} UTC"


def relative(away: timedelta) -> str:
    """``in 4 hours``, ``2 days ago``"""
    seconds = away.total_seconds()
    unit, length = next((unit for unit in _UNITS if abs(seconds) >= unit[1]), _UNITS[-1])
    count = round(abs(seconds) / length)
    words = f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return f"in {words}" if seconds > 0 else f"{words} ago"


def _named(mark: str, wanted: int, near: Channel) -> str:
    guild = near.guild
    if guild is None:
        return "unknown"
    named: Mapping[int, Channel | Role | Member] = guild.members
    if mark != "@":
        named = guild.channels if mark == "#" else guild.roles
    return named[wanted].name if wanted in named else "unknown"
