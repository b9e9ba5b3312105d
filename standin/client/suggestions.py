"""What the client offers while a line is being typed: commands, then options, then the bot's own suggestions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from standin.client.lines import BOOLEAN, CHANNEL, SUBCOMMAND, SUBCOMMAND_GROUP, Client, Refused
from standin.errors import Json

SHOWN = 25

Autocomplete = Callable[[str, str], Awaitable[list[Json]]]
"""Asks the bot: a line and the name of the option being typed -> choices."""


@dataclass(frozen=True)
class Suggestion:
    """``line`` is the whole input once the suggestion is taken."""

    line: str
    label: str
    detail: str = ""


async def suggest(client: Client, line: str, ask: Autocomplete) -> list[Suggestion]:
    """Ways to continue ``line``: every command that begins so, or at most 25 options and values.

    None if it is not a command or the bot does not answer.
    """
    line = line.lstrip()
    if not line.startswith("/"):
        return []
    named = [s for command in client.visible_commands() for s in _named(command) if s.label.startswith(line.rstrip())]
    if named and not (line.endswith(" ") and any(s.label == line.rstrip() for s in named)):
        return named
    try:
        return (await _options(client, line, ask))[:SHOWN]
    except (Refused, TimeoutError):
        return []


def _named(command: Json, before: str = "/") -> Iterator[Suggestion]:
    """The command, or each of its subcommands, by its full name."""
    name = before + command["name"]
    steps = [o for o in command.get("options") or [] if o["type"] in (SUBCOMMAND, SUBCOMMAND_GROUP)]
    if not steps:
        yield Suggestion(f"{name} ", name, command["description"])
    for step in steps:
        yield from _named(step, f"{name} ")


async def _options(client: Client, line: str, ask: Autocomplete) -> list[Suggestion]:
    """Values for the option that is being typed; if none is, also the names of the free options."""
    typed, _, word = line.rpartition(" ")
    target = client.find(typed)
    options, given = target.options, target.assign()
    name, colon, partial = word.partition(":")
    if colon and name in options:
        return await _values(client, typed, options[name], partial, ask)
    free = [option for option in options.values() if option["name"] not in given]
    values = await _values(client, typed, free[0], word, ask) if free else []
    names = [
        Suggestion(f"{typed} {option['name']}:", f"{option['name']}:", option["description"])
        for option in free
        if option["name"].startswith(word) and not (values and option is free[0])
    ]
    if values or names or not word:
        return values + names
    whole = client.find(line)  # perhaps the word continues the value before it, as in "/forecast ark inn"
    last, words = list(whole.assign().items())[-1]
    before = " ".join([whole.name, *whole.words[: -len(words)]])
    return await _values(client, before, options[last], " ".join(words), ask)


async def _values(client: Client, typed: str, option: Json, partial: str, ask: Autocomplete) -> list[Suggestion]:
    name, partial = option["name"], partial.strip('"')
    if option.get("autocomplete"):
        choices = await ask(f'{typed} {name}:"{partial}"', name)
    else:
        choices = [c for c in _fixed_choices(client, option) if partial.casefold() in str(c["name"]).casefold()]
    return [
        Suggestion(f"{typed} {name}:{_quoted(str(choice['value']))} ", str(choice["name"]), option["description"])
        for choice in choices
    ]


def _fixed_choices(client: Client, option: Json) -> list[Json]:
    """The values that the client knows without asking the bot."""
    if option.get("choices"):
        return list(option["choices"])
    if option["type"] == BOOLEAN:
        return [{"name": text, "value": text} for text in ("True", "False")]
    if option["type"] == CHANNEL and client.channel.guild is not None:
        takes, channels = option.get("channel_types"), client.channel.guild.channels.values()
        fit = [channel for channel in channels if not takes or channel.kind in takes]
        return [{"name": f"#{channel.name}", "value": f"#{channel.name}"} for channel in fit]
    return []


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value
