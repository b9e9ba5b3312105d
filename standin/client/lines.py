"""A typed line as Discord's client reads it: ``/forecast symbol:ARKK horizon:20`` becomes an interaction's data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from discord import Permissions

from standin.errors import Json
from standin.model import Channel, Member

SUBCOMMAND, SUBCOMMAND_GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER = range(1, 11)
KIND = {
    STRING: "text", INTEGER: "a whole number", BOOLEAN: "True or False", USER: "a member like @ann",
    CHANNEL: "a channel like #general", ROLE: "a role like @Admins", MENTIONABLE: "a member or a role",
    NUMBER: "a number",
}  # fmt: skip
FORM = {
    INTEGER: r"[-+]?\d+", NUMBER: r"[-+]?\d*\.?\d+", BOOLEAN: "(?i:true|false)", CHANNEL: "<?#.*", USER: "<?@.*",
    ROLE: "<?@.*", MENTIONABLE: "<?@.*",
}  # fmt: skip
"""Regular expression for a value of each type."""

_WORD = re.compile(r"""(?:[^\s"]|"[^"]*"?)+""")
_NAMED = re.compile(r"([a-z_][-\w]{0,31}):(?!//)(.*)", re.DOTALL)


class Refused(Exception):
    """The client does not send this line; the text says why."""


@dataclass(frozen=True)
class Target:
    """The command, or the subcommand, that a line names, and the words after it."""

    command: Json
    path: tuple[Json, ...]
    """The subcommand group and subcommand, outermost first."""
    words: tuple[str, ...]

    @property
    def options(self) -> dict[str, Json]:
        """The options by name."""
        return {option["name"]: option for option in (self.path or (self.command,))[-1].get("options") or []}

    @property
    def name(self) -> str:
        return "/" + " ".join([self.command["name"], *(step["name"] for step in self.path)])

    @property
    def usage(self) -> str:
        options = (name if option.get("required") else f"[{name}]" for name, option in self.options.items())
        return " ".join([self.name, *options])

    def assign(self) -> dict[str, list[str]]:
        """The words of each option's value, in the order typed: by name if named, otherwise in the command's order.

        A word that fits no other option continues the value before it: ``time:9 pm zone:CET``. After a named value,
        an option that takes any text has to be named too.

        Raises:
            Refused: an option that the command does not have or that is given twice, or a word too many.
        """
        options, values = self.options, dict[str, list[str]]()
        last, is_named = "", False
        for word in self.words:
            text = word.replace('"', "")
            named = _NAMED.fullmatch(word)
            if named and named[1] in options:
                last, is_named = named[1], True
                if last in values:
                    raise Refused(
                        f'{self.name} got its option {last} twice. Put a value with spaces in quotes: {last}:"…"'
                    )
                values[last] = [named[2].replace('"', "")]
                continue
            if named and not named[1].isdigit():
                raise Refused(f"{self.name} has no option {named[1]}; it has: {', '.join(options) or 'none'}.")
            free = next((option for name, option in options.items() if name not in values), None)
            fits = free is not None and _could_be(free, text) and not (is_named and _takes_any_text(free))
            if last and not fits and _may_begin(options[last], " ".join([*values[last], text])):
                values[last].append(text)
            elif free is not None and (not last or _could_be(free, text)):
                last, is_named = free["name"], False
                values[last] = [text]
            else:
                raise Refused(f"Unexpected “{text}”. Usage: {self.usage}")
        return values

    def data(self, values: list[Json], resolved: Json) -> Json:
        """The ``data`` of an interaction, with the options nested under the subcommands."""
        for step in reversed(self.path):
            values = [{"name": step["name"], "type": step["type"], "options": values}]
        data: Json = {"id": self.command["id"], "name": self.command["name"], "type": 1, "options": values}
        if "guild_id" in self.command:
            data["guild_id"] = self.command["guild_id"]
        return data | {"resolved": resolved} if resolved else data


@dataclass(frozen=True)
class Client:
    """Discord's client in the hands of one person, open at one channel.

    Args:
        commands: those that the bot has registered for this place.
        member: None in direct messages.
    """

    commands: Sequence[Json]
    channel: Channel
    member: Member | None

    def visible_commands(self) -> list[Json]:
        """The commands that the person sees: default permissions hide the others."""
        return [command for command in self.commands if not self._missing_permission(command)]

    def find(self, line: str) -> Target:
        """The command that the line begins with.

        Raises:
            Refused: there is none, or the person does not see it.
        """
        if not line.startswith("/"):
            raise Refused("Only commands reach the bot: begin the line with a slash, for example /help.")
        words = tuple(_WORD.findall(line[1:]))
        name = words[0] if words else ""
        command = next((c for c in self.commands if c["name"] == name and c["type"] == 1), None)
        if command is None:
            raise Refused(self._no_command(name))
        if missing := self._missing_permission(command):
            raise Refused(f"/{name} is hidden from you: it needs the permission {missing} in this server.")
        path: tuple[Json, ...] = ()
        node, words = command, words[1:]
        while steps := {o["name"]: o for o in node.get("options") or [] if o["type"] in (SUBCOMMAND, SUBCOMMAND_GROUP)}:
            chosen = steps.get(words[0]) if words else None
            if chosen is None:
                typed = Target(command, path, words).name
                raise Refused(f"{typed} needs one of: {', '.join(f'{typed} {name}' for name in steps)}.")
            path, words, node = (*path, chosen), words[1:], chosen
        return Target(command, path, words)

    def invoke(self, line: str) -> Json:
        """The ``data`` of the interaction that the line makes.

        Raises:
            Refused: there is no such command, it is hidden, or its options do not fit.
        """
        target = self.find(line)
        words, resolved = target.assign(), dict[str, Any]()
        values = []
        for name, option in target.options.items():
            if name in words:
                value = self._value(option, " ".join(words[name]), target.name, resolved)
                values.append({"name": name, "type": option["type"], "value": value})
            elif option.get("required"):
                offered = ", ".join(str(choice["name"]) for choice in option.get("choices") or [])
                what = f"{option['description']} (one of: {offered})" if offered else option["description"]
                raise Refused(f"{target.name} needs its option {name}: {what}")
        return target.data(values, resolved)

    def complete(self, line: str, focused: str) -> Json:
        """The ``data`` of the interaction that asks for suggestions while the option ``focused`` is being typed.

        Raises:
            Refused: the line is no command with such an option, or it mentions something unknown.
        """
        target = self.find(line)
        if not target.options.get(focused, {}).get("autocomplete"):
            raise Refused(f"{target.name} has no option {focused} with suggestions.")
        words, resolved = {focused: [""]} | target.assign(), dict[str, Any]()
        values: list[Json] = []
        for name, option in target.options.items():
            if name in words:
                value: Any = " ".join(words[name])
                if option["type"] in (USER, CHANNEL, ROLE, MENTIONABLE):
                    value = self._value(option, value, target.name, resolved)
                values.append({"name": name, "type": option["type"], "value": value})
                if name == focused:
                    values[-1]["focused"] = True
        return target.data(values, resolved)

    def _no_command(self, name: str) -> str:
        if self.channel.guild is not None and not self.channel.guild.has_bot and not self.commands:
            return "The bot is not in this server, and you have not installed it for yourself."
        known = ", ".join(f"/{command['name']}" for command in self.visible_commands())
        if not known:
            return "The bot is still starting; try again in a moment."
        return f"There is no command /{name} here. There are: {known}."

    def _missing_permission(self, command: Json) -> str:
        """The permissions that hide the command from the person; empty if it is shown."""
        wanted = command["default_member_permissions"]
        if wanted is None or self.member is None or self.channel.guild is None:
            return ""
        has, needed = self.channel.permissions(self.member), Permissions(int(wanted))
        if has.administrator or (needed.value and needed.value & has.value == needed.value):
            return ""
        names = (name.replace("_", " ").title().replace("Guild", "Server") for name, is_needed in needed if is_needed)
        return ", ".join(names) or "Administrator"

    def _value(self, option: Json, text: str, command: str, resolved: Json) -> Any:
        """The value that ``text`` means for the option; what it mentions goes into ``resolved``, as the bot gets it."""
        where = f"{command}: the option {option['name']}"
        if choices := option.get("choices"):
            for choice in choices:
                if _is_choice(choice, text):
                    return choice["value"]
            raise Refused(f"{where} is one of: {', '.join(str(choice['name']) for choice in choices)}; not {text!r}.")
        if not _could_be(option, text):
            raise Refused(f"{where} takes {KIND.get(option['type'], 'something else')}, not {text!r}.")
        if option["type"] == STRING:
            least, most = option.get("min_length") or 0, option.get("max_length") or 6000
            if not least <= len(text) <= most:
                raise Refused(f"{where} takes {least} to {most} characters, not {len(text)}.")
            return text
        if option["type"] == BOOLEAN:
            return text.casefold() == "true"
        if option["type"] in (INTEGER, NUMBER):
            number = int(text) if option["type"] == INTEGER else float(text)
            least, most = option.get("min_value", -(2**53)), option.get("max_value", 2**53)
            if not least <= number <= most:
                raise Refused(f"{where} takes {least} to {most}, not {number}.")
            return number
        return self._mentioned(option, text, where, resolved)

    def _mentioned(self, option: Json, text: str, where: str, resolved: Json) -> str:
        kind, takes = option["type"], option.get("channel_types")
        guild, name = self.channel.guild, text.lstrip("<@#&!").rstrip(">")
        if guild is None:
            raise Refused(f"{where} has nothing to choose from in direct messages.")
        if kind == CHANNEL:
            for found in (*guild.channels.values(), *guild.threads.values()):
                if name in (found.name, str(found.id)) and (not takes or found.payload()["type"] in takes):
                    permissions = str(found.permissions(guild.bot).value)
                    resolved.setdefault("channels", {})[str(found.id)] = found.payload() | {"permissions": permissions}
                    return str(found.id)
        if kind in (USER, MENTIONABLE):
            for member in guild.members.values():
                if name in (member.name, str(member.id)):
                    permissions = str(self.channel.permissions(member).value)
                    partial = member.payload(with_user=False) | {"permissions": permissions}
                    resolved.setdefault("users", {})[str(member.id)] = member.user.payload()
                    resolved.setdefault("members", {})[str(member.id)] = partial
                    return str(member.id)
        if kind in (ROLE, MENTIONABLE):
            for role in guild.roles.values():
                if name in (role.name.lstrip("@"), str(role.id)):
                    resolved.setdefault("roles", {})[str(role.id)] = role.payload()
                    return str(role.id)
        raise Refused(f"{where}: there is no {text} here.")


def _is_choice(choice: Json, text: str) -> bool:
    return text.casefold() in (str(choice["name"]).casefold(), str(choice["value"]).casefold())


def _could_be(option: Json, text: str) -> bool:
    """Whether ``text`` is a value for the option, by its form."""
    if option.get("choices"):
        return any(_is_choice(choice, text) for choice in option["choices"])
    return re.fullmatch(FORM.get(option["type"], ".*"), text, re.DOTALL) is not None


def _may_begin(option: Json, text: str) -> bool:
    """Whether a value of several words for the option may begin with ``text``."""
    if option.get("choices"):
        return any(str(choice["name"]).casefold().startswith(text.casefold()) for choice in option["choices"])
    return _takes_any_text(option)


def _takes_any_text(option: Json) -> bool:
    return option["type"] == STRING and not option.get("choices")
