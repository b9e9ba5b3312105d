"""What was typed and what the bot answered, as a Markdown file with its pictures beside it."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.playground.api_errors import Json
from bot.playground.exchange import Exchange
from bot.playground.guilds import Channel
from bot.playground.messages import Attachment, Message

_TIME = re.compile(r"<t:(-?\d+)(?::[tTdDfFR])?>")
_MENTION = re.compile(r"<#(\d+)>")
_COMMAND = re.compile(r"</([-\w ]+):\d+>")


class Transcript:
    """Gathers exchanges; ``write`` puts them into a folder, ``text`` into one string."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._parts: list[tuple[Exchange, tuple[Message, ...], str]] = []

    def add(self, exchange: Exchange, trouble: str = "") -> None:
        """The next line and its answer as it is now: a later line may press a button that changes the same message.

        ``trouble`` says that the answer never came, or not to its end.
        """
        self._parts.append((exchange, tuple(copy.copy(message) for message in exchange.messages), trouble))

    def write(self, folder: Path, unasked: Sequence[Message] = ()) -> Path:
        """Write transcript.md and every file of its messages into ``folder``; the transcript's path.

        Args:
            unasked: messages that the bot posted of itself.
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
            names: the file names to link, by the files' ids; without them pictures are told by their alt text only.
        """
        lines = [f"# {self._title}"]
        for number, (exchange, messages, trouble) in enumerate(self._parts, start=1):
            lines += ["", f"## {number}. `{exchange.line}`", ""]
            lines.append(f"{exchange.user.name} in #{exchange.channel.name}")
            lines += _answer(exchange, messages, trouble, names or {})
        for message in unasked:
            lines += ["", f"## Posted unasked in #{message.channel.name}", *_message(message, names or {})]
        return "\n".join(lines) + "\n"


def _answer(exchange: Exchange, messages: Sequence[Message], trouble: str, names: dict[int, str]) -> Iterator[str]:
    if exchange.refusal:
        yield from ("", f"**Not sent by Discord:** {exchange.refusal}")
    for message in messages:
        yield from _message(message, names)
    if trouble:
        yield from ("", f"**{'Not the end' if messages else 'No answer'}:** {trouble}")


def _message(message: Message, names: dict[int, str]) -> Iterator[str]:
    seen_by = " (only the asker sees this)" if message.ephemeral else ""
    yield from ("", f"**{message.author.name}**{seen_by}:")
    if message.content:
        yield from ("", readable(message.content, message.channel))
    for embed in message.embeds:
        yield from _embed(embed, message, names)
    for file in message.attachments:
        yield from _file(file, names)
    if buttons := [c.get("label") or c.get("placeholder") or "?" for row in message.components
                   for c in row.get("components") or []]:  # fmt: skip
        yield from ("", "Buttons: " + " ".join(f"[{label}]" for label in buttons))


def _embed(embed: Json, message: Message, names: dict[int, str]) -> Iterator[str]:
    channel = message.channel
    if embed.get("title"):
        yield from ("", f"### {readable(embed['title'], channel)}")
    if embed.get("description"):
        yield from ("", readable(embed["description"], channel))
    for item in embed.get("fields") or []:
        yield from ("", f"**{readable(item['name'], channel)}**  ", readable(item["value"], channel))
    shown = {(embed.get(place) or {}).get("url") for place in ("image", "thumbnail")}
    for file in message.files:
        if file.url in shown:
            yield from _file(file, names)
    if footer := (embed.get("footer") or {}).get("text"):
        yield from ("", f"*{readable(footer, channel)}*")


def _file(file: Attachment, names: dict[int, str]) -> Iterator[str]:
    alt = file.description or "no description"
    if file.id not in names:
        yield from ("", f"[{file.filename}: {alt}]")
    elif file.content_type.startswith("image/"):
        yield from ("", f"![{file.filename}]({names[file.id]})", "", f"Alt text: {alt}")
    else:
        yield from ("", f"[{file.filename}]({names[file.id]})")


def readable(text: str, channel: Channel) -> str:
    """Discord's own marks as words: timestamps in UTC, channels and commands by name; line breaks kept."""
    text = _TIME.sub(lambda match: f"{datetime.fromtimestamp(int(match[1]), UTC):%Y-%m-%d %H:%M} UTC", text)
    text = _MENTION.sub(lambda match: f"#{_channel_name(int(match[1]), channel)}", text)
    text = _COMMAND.sub(r"/\1", text)
    prose, *blocks = re.split(r"(```.*?```)", text, flags=re.DOTALL)
    parts = [_with_breaks(prose)]
    for block, after in zip(blocks[::2], blocks[1::2], strict=True):
        parts += [block, _with_breaks(after)]
    return "\n".join(part for part in parts if part)


def _with_breaks(prose: str) -> str:
    return re.sub(r"(?<!\n)\n(?!\n)", "  \n", prose.strip("\n"))


def _channel_name(channel_id: int, near: Channel) -> str:
    channels = near.guild.channels if near.guild else {}
    return channels[channel_id].name if channel_id in channels else "unknown"
