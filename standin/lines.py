"""A typed line as Discord's client reads it: ``/forecast symbol:ARKK horizon:20`` becomes an interaction's data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from discord import Permissions

from standin.accounts import Member
from standin.api_errors import Json
from standin.guilds import Channel

SUBCOMMAND, SUBCOMMAND_GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER = range(1, 11)
KIND = {
    STRING: "text", INTEGER: "a whole number", BOOLEAN: "True or False", USER: "a member like @ann",
    CHANNEL: "a channel like #general", ROLE: "a role like @Admins", MENTIONABLE: "a member or a role",
    NUMBER: "a number",
}  # fmt: skip

_WORD = re.compile(r"""(?:[^\s"]|"[^"]*"?)+""")
_NAMED = re.compile(r"([a-z_][-\w]{0,31}):(?!//)(.*)", re.DOTALL)


class Refused(Exception):
    """The client would not send this line; the text says why."""


@dataclass(frozen=True)
class Target:
    """The command, or the subcommand, that a line names, and the words that are left for its options."""

    command: Json
    path: tuple[Json, ...]
    """The subcommand group and subcommand, outermost first."""
    words: tuple[str, ...]

    @property
    def options(self) -> list[Json]:
        return (self.path[-1] if self.path else self.command).get("options") or []

    @property
    def name(self) -> str:
        return "/" + " ".join([self.command["name"], *(step["name"] for step in self.path)])


def visible_commands(commands: Sequence[Json], channel: Channel, member: Member | None) -> list[Json]:
    """The commands that the client shows ``member`` in ``channel``: default permissions hide the others."""
    return [command for command in commands if not _missing(command, channel, member)]


def parse(line: str, commands: Sequence[Json], channel: Channel, member: Member | None) -> Json:
    """The ``data`` of the interaction that the line makes.

    Raises:
        Refused: no such command, hidden from the member, or its options do not fit.
    """
    target = find_target(line, commands, channel, member)
    texts = assign(target)
    resolved: Json = {}
    values = []
    for option in target.options:
        if option["name"] in texts:
            value = _value(option, texts[option["name"]], target.name, channel, resolved)
            values.append({"name": option["name"], "type": option["type"], "value": value})
        elif option.get("required"):
            offered = ", ".join(str(choice["name"]) for choice in option.get("choices") or [])
            what = f"{option['description']} (one of: {offered})" if offered else option["description"]
            raise Refused(f"{target.name} needs its option {option['name']}: {what}")
    return command_data(target, values, resolved)


def typed_values(target: Target, texts: dict[str, str], focused: str, channel: Channel) -> tuple[list[Json], Json]:
    """The options so far while ``focused`` is being typed, and what those mean that name a channel, member or role.

    Raises:
        Refused: one names what there is not.
    """
    resolved: Json = {}
    values = []
    for option in target.options:
        if (name := option["name"]) not in texts:
            continue
        is_named = option["type"] in (USER, CHANNEL, ROLE, MENTIONABLE)
        value = _value(option, texts[name], target.name, channel, resolved) if is_named else texts[name]
        values.append(
            {"name": name, "type": option["type"], "value": value} | ({"focused": True} if name == focused else {})
        )
    return values, resolved


def command_data(target: Target, values: list[Json], resolved: Json | None = None) -> Json:
    """The ``data`` of an interaction with ``target``, its options nested under the subcommands."""
    for step in reversed(target.path):
        values = [{"name": step["name"], "type": step["type"], "options": values}]
    data: Json = {"id": target.command["id"], "name": target.command["name"], "type": 1, "options": values}
    if "guild_id" in target.command:
        data["guild_id"] = target.command["guild_id"]
    return data | {"resolved": resolved} if resolved else data


def find_target(line: str, commands: Sequence[Json], channel: Channel, member: Member | None) -> Target:
    """The command that the line begins with.

    Raises:
        Refused: none, or one that the member cannot see.
    """
    if not line.startswith("/"):
        raise Refused("Only commands reach the bot: begin the line with a slash, such as /help.")
    words = tuple(_WORD.findall(line[1:]))
    name = words[0] if words else ""
    command = next((c for c in commands if c["name"] == name and c["type"] == 1), None)
    if command is None:
        known = ", ".join(f"/{c['name']}" for c in visible_commands(commands, channel, member))
        raise Refused(f"There is no command /{name} here. There are: {known or 'none yet'}.")
    if missing := _missing(command, channel, member):
        raise Refused(f"/{name} is hidden from you: it needs the permission {missing} in this server.")
    return _descend(command, words[1:])


def _descend(command: Json, words: tuple[str, ...]) -> Target:
    path: tuple[Json, ...] = ()
    node = command
    while steps := [o for o in node.get("options") or [] if o["type"] in (SUBCOMMAND, SUBCOMMAND_GROUP)]:
        chosen = next((s for s in steps if words and s["name"] == words[0]), None)
        if chosen is None:
            name = Target(command, path, words).name
            choices = ", ".join(f"{name} {step['name']}" for step in steps)
            raise Refused(f"{name} needs one of: {choices}.")
        path, words, node = (*path, chosen), words[1:], chosen
    return Target(command, path, words)


def assign(target: Target) -> dict[str, str]:
    """The text of each option: named ones where they are named, the others in order.

    Words that follow a text option and fit no other stay part of it, as they do in the client's input field.

    Raises:
        Refused: an option that the command does not have, given twice, or a word too many.
    """
    options = {option["name"]: option for option in target.options}
    texts: dict[str, str] = {}
    last: str | None = None
    for word in target.words:
        named = _NAMED.fullmatch(word)
        if named and named[1] in options:
            last = named[1]
            if last in texts:
                raise Refused(f"{target.name} got its option {last} twice.")
            texts[last] = named[2].replace('"', "")
            continue
        if named and not named[2].startswith("//") and not named[1].isdigit():
            has = ", ".join(options) or "none"
            raise Refused(f"{target.name} has no option {named[1]}; it has: {has}.")
        free = next((o for name, o in options.items() if name not in texts), None)
        text = word.replace('"', "")
        if free is not None and (last is None or _could_be(free, text)):
            last = free["name"]
            texts[last] = text
        elif last is not None and options[last]["type"] == STRING and not options[last].get("choices"):
            texts[last] += " " + text
        else:
            raise Refused(f"{target.name} does not know what to do with {text!r}.")
    return texts


def _missing(command: Json, channel: Channel, member: Member | None) -> str:
    """The permission that hides the command from the member; empty where it is shown."""
    wanted = command["default_member_permissions"]
    if wanted is None or member is None or channel.guild is None:
        return ""
    has, needed = channel.permissions(member), Permissions(int(wanted))
    if has.administrator or (int(wanted) and needed.value & has.value == needed.value):
        return ""
    names = (name.replace("_", " ").title().replace("Guild", "Server") for name, wanted_here in needed if wanted_here)
    return ", ".join(names) or "Administrator"


def _could_be(option: Json, text: str) -> bool:
    """Whether the word fits the option well enough to fill it without being asked to."""
    if option.get("choices"):
        return any(
            text.casefold() in (str(c["name"]).casefold(), str(c["value"]).casefold()) for c in option["choices"]
        )
    match option["type"]:
        case 4:  # INTEGER
            return re.fullmatch(r"[-+]?\d+", text) is not None
        case 5:  # BOOLEAN
            return text.casefold() in ("true", "false")
        case 10:  # NUMBER
            return re.fullmatch(r"[-+]?\d*\.?\d+", text) is not None
        case 7:  # CHANNEL
            return text.startswith(("#", "<#"))
        case 6 | 8 | 9:  # USER, ROLE, MENTIONABLE
            return text.startswith(("@", "<@"))
    return True


def _value(option: Json, text: str, command: str, channel: Channel, resolved: Json) -> Any:
    where = f"{command}: the option {option['name']}"
    if choices := option.get("choices"):
        for choice in choices:
            if text.casefold() in (str(choice["name"]).casefold(), str(choice["value"]).casefold()):
                return choice["value"]
        raise Refused(f"{where} is one of: {', '.join(str(choice['name']) for choice in choices)}; not {text!r}.")
    if option["type"] == STRING:
        return _bounded_text(option, text, where)
    if not _could_be(option, text):
        raise Refused(f"{where} takes {KIND.get(option['type'], 'something else')}, not {text!r}.")
    if option["type"] == BOOLEAN:
        return text.casefold() == "true"
    if option["type"] in (INTEGER, NUMBER):
        return _bounded_number(option, int(text) if option["type"] == INTEGER else float(text), where)
    return _mentioned(option, text, where, channel, resolved)


def _bounded_text(option: Json, text: str, where: str) -> str:
    least, most = option.get("min_length") or 0, option.get("max_length") or 6000
    if not least <= len(text) <= most:
        raise Refused(f"{where} takes {least} to {most} characters, not {len(text)}.")
    return text


def _bounded_number(option: Json, value: float, where: str) -> float:
    least, most = option.get("min_value", -(2**53)), option.get("max_value", 2**53)
    if not least <= value <= most:
        raise Refused(f"{where} takes {least} to {most}, not {value}.")
    return value


def _mentioned(option: Json, text: str, where: str, channel: Channel, resolved: Json) -> str:
    """The id that a mention means; what it is goes into ``resolved``, as the bot gets it."""
    guild, name = channel.guild, text.lstrip("<@#&!").rstrip(">")
    if guild is None:
        raise Refused(f"{where} has nothing to choose from in direct messages.")
    if option["type"] == CHANNEL:
        for found in guild.channels.values():
            if name in (found.name, str(found.id)):
                permissions = str(channel.permissions(guild.bot).value)
                resolved.setdefault("channels", {})[str(found.id)] = found.payload() | {"permissions": permissions}
                return str(found.id)
    if option["type"] in (USER, MENTIONABLE):
        for member in guild.members.values():
            if name in (member.name, str(member.id)):
                partial = {key: value for key, value in member.payload(channel).items() if key != "user"}
                resolved.setdefault("users", {})[str(member.id)] = member.user.payload()
                resolved.setdefault("members", {})[str(member.id)] = partial
                return str(member.id)
    if option["type"] in (ROLE, MENTIONABLE):
        for role in guild.roles.values():
            if name in (role.name.lstrip("@"), str(role.id)):
                resolved.setdefault("roles", {})[str(role.id)] = role.payload()
                return str(role.id)
    raise Refused(f"{where}: there is no {text} here.")
