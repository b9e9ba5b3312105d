"""Discord's documented limits: enforced, and answered so that discord.py raises what Discord would have it raise."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import discord
import pytest

from standin import Channel, StandIn
from standin.errors import ApiError
from standin.limits.commands import check_choices, check_commands
from standin.limits.messages import MAX_FILE_BYTES, check_message
from tests.support.tiny_client import TinyClient


@dataclass
class Posting:
    """A channel of the stand-in, as the bot and as Discord see it."""

    discord: StandIn
    there: Channel
    here: discord.TextChannel


@pytest.fixture
async def posting() -> AsyncIterator[Posting]:
    """Judged by no document: these tests send what Discord forbids."""
    async with StandIn() as stand_in:
        guild = stand_in.add_guild("Club")
        client = TinyClient()
        async with stand_in.running(client):
            channel = await client.fetch_channel(guild.general.id)
            assert isinstance(channel, discord.TextChannel)
            yield Posting(stand_in, guild.general, channel)


def embed(**parts: Any) -> discord.Embed:
    return discord.Embed.from_dict(parts)


def fields(count: int, name: str = "n", value: str = "v") -> list[dict[str, Any]]:
    return [{"name": name, "value": value, "inline": True}] * count


TOO_MUCH = {
    "content": ({"content": "x" * 2001}, "In content: Must be 2000 or fewer in length."),
    "title": ({"embed": embed(title="x" * 257)}, "In embeds.0.title: Must be 256 or fewer in length."),
    "description": ({"embed": embed(description="x" * 4097)}, "In embeds.0.description: Must be 4096 or fewer"),
    "fields": ({"embed": embed(fields=fields(26))}, "In embeds.0.fields: Must be 25 or fewer in length."),
    "field name": ({"embed": embed(fields=fields(1, name="x" * 257))}, "In embeds.0.fields.0.name: Must be 256"),
    "field value": ({"embed": embed(fields=fields(2, value="x" * 1025))}, "In embeds.0.fields.1.value: Must be 1024"),
    "empty field": ({"embed": embed(fields=fields(1, value=" "))}, "In embeds.0.fields.0.value: This field is req"),
    "footer": ({"embed": embed(title="t", footer={"text": "x" * 2049})}, "In embeds.0.footer.text: Must be 2048"),
    "author": ({"embed": embed(title="t", author={"name": "x" * 257})}, "In embeds.0.author.name: Must be 256"),
    "empty embed": ({"embed": discord.Embed()}, "In embeds.0.description: This field is required"),
    "scheme": ({"embed": embed(title="t", url="ftp://x")}, 'Scheme "ftp" must be one of'),
    "image's scheme": ({"embed": embed(image={"url": "ftp://x"})}, "In embeds.0.image.url: Scheme"),
    "6000 in all": (
        {"embeds": [embed(description="x" * 3001), embed(description="x" * 3000)]},
        "In embeds: Embed size exceeds maximum size of 6000",
    ),
    "nonce": ({"content": "x", "nonce": "n" * 26}, "In nonce: Must be 25 or fewer in length."),
}


@pytest.mark.parametrize(("message", "text"), TOO_MUCH.values(), ids=TOO_MUCH.keys())
async def test_a_message_past_a_limit_is_refused_with_its_place(
    posting: Posting, message: dict[str, Any], text: str
) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await posting.here.send(**message)
    assert (refused.value.status, refused.value.code) == (400, 50035)
    assert text in refused.value.text
    assert posting.there.messages == {}


async def test_a_message_at_every_limit_passes(posting: Posting) -> None:
    full = embed(
        title="x" * 256, description="x" * 2000, fields=fields(25, "n" * 40, "v" * 60), footer={"text": "x" * 1000},
        author={"name": "x" * 244},
    )  # fmt: skip
    assert len(full) == 6000
    await posting.here.send(
        "x" * 2000, embeds=[full, *[embed(image={"url": "https://x.org/i.png"})] * 9], nonce="n" * 25
    )
    assert len(posting.there.messages) == 1


async def test_an_empty_message_is_refused_with_its_own_code(posting: Posting) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await posting.here.send(" ")
    assert (refused.value.status, refused.value.code) == (400, 50006)


@pytest.mark.parametrize("sizes", [[MAX_FILE_BYTES + 1], [MAX_FILE_BYTES] * 3], ids=["one file", "the request"])
async def test_too_large_files_are_refused(posting: Posting, sizes: list[int]) -> None:
    files = [discord.File(io.BytesIO(bytes(size)), f"{index}.bin") for index, size in enumerate(sizes)]
    with pytest.raises(discord.HTTPException) as refused:
        await posting.here.send(files=files)
    assert (refused.value.status, refused.value.code) == (413, 40005)


async def test_the_alt_text_has_a_limit(posting: Posting) -> None:
    with pytest.raises(discord.HTTPException, match=r"In attachments\.0\.description: Must be 1024 or fewer"):
        await posting.here.send(file=discord.File(io.BytesIO(b"x"), "x.txt", description="x" * 1025))


def row(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(components)}


def button(custom_id: str = "a", **more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "b", "custom_id": custom_id} | more


def menu(options: int = 1, **more: Any) -> dict[str, Any]:
    choices = [{"label": "l", "value": str(index)} for index in range(options)]
    return {"type": 3, "custom_id": "m", "options": choices} | more


COMPONENTS: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "six rows": ([row(button(str(n))) for n in range(6)], ["components"]),
    "six buttons": ([row(*(button(str(n)) for n in range(6)))], ["components.0.components"]),
    "no buttons": ([row()], ["components.0.components"]),
    "label": ([row(button(label="x" * 81))], ["components.0.components.0.label"]),
    "no label": ([row(button(label=""))], ["components.0.components.0.label"]),
    "custom_id": ([row(button("x" * 101))], ["components.0.components.0.custom_id"]),
    "twice the same": ([row(button()), row(button())], ["components.1.components.0.custom_id"]),
    "link without address": (
        [row({"type": 2, "style": 5, "label": "b"})],
        ["components.0.components.0.url"],
    ),
    "26 options": ([row(menu(26))], ["components.0.components.0.options"]),
    "no options": ([row(menu(0))], ["components.0.components.0.options"]),
    "placeholder": ([row(menu(placeholder="x" * 151))], ["components.0.components.0.placeholder"]),
    "menu beside a button": ([row(menu(), button())], ["components.0.components"]),
    "at the limits": ([row(*(button(str(n), label="x" * 80) for n in range(5))), row(menu(25))], []),
}


def faults(check: Callable[[], None]) -> list[str]:
    """The places that Discord's answer names."""
    try:
        check()
    except ApiError as error:
        return sorted(places(error.errors or {})) if error.code == 50035 else [str(error)]
    return []


def places(tree: dict[str, Any], path: str = "") -> list[str]:
    if "_errors" in tree:
        return [path]
    return [found for key, node in tree.items() for found in places(node, f"{path}.{key}" if path else key)]


@pytest.mark.parametrize(("components", "expected"), COMPONENTS.values(), ids=COMPONENTS.keys())
def test_components(components: list[dict[str, Any]], expected: list[str]) -> None:
    assert faults(lambda: check_message({"content": "x", "components": components})) == expected


def test_eleven_embeds_and_eleven_files_are_too_many() -> None:
    many = {"embeds": [{"title": "t"}] * 11, "attachments": [{"id": n} for n in range(11)]}
    assert faults(lambda: check_message(many)) == ["attachments", "embeds"]


def test_choices() -> None:
    choice = {"name": "n", "value": "v"}
    assert faults(lambda: check_choices([choice] * 25)) == []
    assert faults(lambda: check_choices([choice] * 26)) == ["data.choices"]
    assert faults(lambda: check_choices([{"name": "x" * 101, "value": "x" * 101}])) == [
        "data.choices.0.name",
        "data.choices.0.value",
    ]
    assert faults(lambda: check_choices([{"name": "", "value": 5}])) == ["data.choices.0.name"]


def command(name: str = "a", **more: Any) -> dict[str, Any]:
    return {"name": name, "description": "d"} | more


def option(name: str = "o", **more: Any) -> dict[str, Any]:
    return {"type": 3, "name": name, "description": "d"} | more


COMMANDS: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "upper case": ([command("Forecast")], ["0.name"]),
    "too long a name": ([command("x" * 33)], ["0.name"]),
    "space": ([command("a b")], ["0.name"]),
    "no description": ([command(description="")], ["0.description"]),
    "long description": ([command(description="x" * 101)], ["0.description"]),
    "same name": ([command(), command()], ["1"]),
    "26 options": ([command(options=[option(f"o{n}") for n in range(26)])], ["0.options"]),
    "same option": ([command(options=[option(), option()])], ["0.options.1"]),
    "required last": ([command(options=[option("a"), option("b", required=True)])], ["0.options.1"]),
    "option name": ([command(options=[option("O")])], ["0.options.0.name"]),
    "26 choices": (
        [command(options=[option(choices=[{"name": str(n), "value": str(n)} for n in range(26)])])],
        ["0.options.0.choices"],
    ),
    "choices and autocomplete": (
        [command(options=[option(choices=[{"name": "n", "value": "v"}], autocomplete=True)])],
        ["0.options.0.autocomplete"],
    ),
    "deep fault": (
        [command(options=[option(type=1, options=[option(description="")])])],
        ["0.options.0.options.0.description"],
    ),
    "8000 in all": (
        [command(options=[
            option(f"o{n}", choices=[{"name": "x" * 100, "value": "x" * 100}] * 20) for n in range(2)
        ])],
        ["0"],
    ),
    "at the limits": ([command("x" * 32, description="x" * 100, options=[option(f"o{n}") for n in range(25)])], []),
    "other scripts": ([command("プロnb-1_'")], []),
}  # fmt: skip


@pytest.mark.parametrize(("commands", "expected"), COMMANDS.values(), ids=COMMANDS.keys())
def test_commands(commands: list[dict[str, Any]], expected: list[str]) -> None:
    assert faults(lambda: check_commands(commands)) == expected


def test_a_hundred_commands_are_allowed_and_no_more() -> None:
    assert faults(lambda: check_commands([command(f"c{n}") for n in range(100)])) == []
    assert faults(lambda: check_commands([command(f"c{n}") for n in range(101)])) == [""]
