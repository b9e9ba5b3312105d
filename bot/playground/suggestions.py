"""What the client offers while a line is being typed: commands, then options, then the bot's own suggestions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from standin.accounts import Member, User
from standin.api_errors import Json
from standin.exchange import NoAnswer
from standin.guilds import Channel
from standin.lines import BOOLEAN, SUBCOMMAND, SUBCOMMAND_GROUP, Refused, find_target, visible_commands
from standin.lines import CHANNEL as CHANNEL_OPTION
from standin.standin import StandIn

SUGGESTIONS_WITHIN = 3.0  # seconds that Discord gives a bot for them
SHOWN = 25


@dataclass(frozen=True)
class Suggestion:
    """``line`` is the whole input after it was taken."""

    line: str
    label: str
    detail: str = ""


async def suggest(discord: StandIn, channel: Channel, sender: Member | User, line: str) -> list[Suggestion]:
    """At most 25 ways to go on with ``line``; none where it is no command."""
    line = line.lstrip()
    commands = visible_commands(*_offered(discord, channel, sender))
    if not line.startswith("/"):
        return []
    named = [s for command in commands for s in _named(command) if s.label.startswith(line.rstrip())]
    if named and not (line.endswith(" ") and any(s.label == line.rstrip() for s in named)):
        return named[:SHOWN]
    try:
        return (await _options(discord, channel, sender, line))[:SHOWN]
    except (Refused, NoAnswer):
        return []


def _offered(discord: StandIn, channel: Channel, sender: Member | User) -> tuple[list[Json], Channel, Member | None]:
    """The commands of the place, and for whom."""
    member, user = (sender, sender.user) if isinstance(sender, Member) else (None, sender)
    return discord.commands.in_channel(channel, user), channel, member


def _named(command: Json, before: str = "/") -> Iterator[Suggestion]:
    """The command, or each of its subcommands, by its full name."""
    name = before + command["name"]
    steps = [o for o in command.get("options") or [] if o["type"] in (SUBCOMMAND, SUBCOMMAND_GROUP)]
    if not steps:
        yield Suggestion(f"{name} ", name, command["description"])
    for step in steps:
        yield from _named(step, f"{name} ")


async def _options(discord: StandIn, channel: Channel, sender: Member | User, line: str) -> list[Suggestion]:
    """Values for the option that is being typed; before any is, also the options themselves."""
    typed, _, word = line.rpartition(" ")
    target = find_target(typed, *_offered(discord, channel, sender))
    options = {option["name"]: option for option in target.options}
    taken = {word.partition(":")[0] for word in target.words} & set(options)
    unnamed = sum(word.partition(":")[0] not in options for word in target.words)
    free = [option for name, option in options.items() if name not in taken][unnamed:]
    name, colon, partial = word.partition(":")
    if colon and name in options:
        return await _values(discord, channel, sender, typed, options[name], partial, f"{name}:")
    values = await _values(discord, channel, sender, typed, free[0], word, f"{free[0]['name']}:") if free else []
    names = [
        Suggestion(f"{typed} {option['name']}:", f"{option['name']}:", option["description"])
        for option in free
        if option["name"].startswith(word) and not (values and option is free[0])
    ]
    return values + names


async def _values(
    discord: StandIn, channel: Channel, sender: Member | User, typed: str, option: Json, partial: str, prefix: str
) -> list[Suggestion]:
    partial = partial.strip('"')
    if option.get("autocomplete"):
        asked = f'{typed} {option["name"]}:"{partial}"'
        choices = await discord.autocomplete(channel, sender, asked, option["name"], within=SUGGESTIONS_WITHIN)
    else:
        choices = [c for c in _fixed(option, channel) if partial.casefold() in str(c["name"]).casefold()]
    return [
        Suggestion(f"{typed} {prefix}{_quoted(str(choice['value']))} ", str(choice["name"]), option["description"])
        for choice in choices
    ]


def _fixed(option: Json, channel: Channel) -> list[Json]:
    """The values that the client knows without asking the bot."""
    if option.get("choices"):
        return list(option["choices"])
    if option["type"] == BOOLEAN:
        return [{"name": text, "value": text} for text in ("True", "False")]
    if option["type"] == CHANNEL_OPTION and channel.guild is not None:
        return [{"name": f"#{c.name}", "value": f"#{c.name}"} for c in channel.guild.channels.values()]
    return []


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value
