"""Discord's documented limits of application commands, and of the choices that autocomplete offers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from standin.errors import FormErrors, Json, Path

MAX_COMMANDS = 100  # chat-input commands of one scope
MAX_COMMAND_TEXT = 8000  # characters of names, descriptions and choices of one command with its options
MAX_CHOICES = 25
CHAT_INPUT = 1
SUBCOMMAND, SUBCOMMAND_GROUP = 1, 2

# Discord: ^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$, lower case if the script has one; \w covers the scripts.
_NAME = re.compile(r"[-_'\w]{1,32}")


def check_commands(commands: Sequence[Json]) -> None:
    """Refuse a list of commands if any of them breaks a limit.

    Raises:
        ApiError: 400, code 50035.
    """
    errors = FormErrors()
    if sum(command.get("type", CHAT_INPUT) == CHAT_INPUT for command in commands) > MAX_COMMANDS:
        errors.add(
            (), "APPLICATION_COMMAND_TOO_MANY", f"Maximum number of application commands reached ({MAX_COMMANDS})"
        )
    seen: set[tuple[int, str]] = set()
    for index, command in enumerate(commands):
        key = command.get("type", CHAT_INPUT), command.get("name", "")
        if key in seen:
            errors.add((index,), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
        seen.add(key)
        _check_command(command, errors, (index,))
    errors.raise_if_any()


def _check_command(command: Json, errors: FormErrors, path: Path) -> None:
    if command.get("type", CHAT_INPUT) != CHAT_INPUT:
        errors.not_empty((*path, "name"), command.get("name"), 32)
        return
    _check_name(command.get("name"), errors, (*path, "name"))
    errors.not_empty((*path, "description"), command.get("description"), 100)
    _check_options(command.get("options") or [], errors, (*path, "options"))
    if sum(map(len, _texts(command))) > MAX_COMMAND_TEXT:
        errors.add(path, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({MAX_COMMAND_TEXT})")


def check_choices(choices: Sequence[Json]) -> None:
    """Refuse choices of autocomplete that break a limit.

    Raises:
        ApiError: 400, code 50035.
    """
    errors = FormErrors()
    _check_choices(choices, errors, ("data", "choices"))
    errors.raise_if_any()


def _check_name(name: str | None, errors: FormErrors, path: Path) -> None:
    if not name:
        errors.required(path)
    elif not _NAME.fullmatch(name) or name != name.lower():
        errors.add(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _check_options(options: Sequence[Json], errors: FormErrors, path: Path) -> None:
    errors.longest(path, options, 25)
    names: set[str] = set()
    optional_seen = False
    for index, option in enumerate(options):
        here = (*path, index)
        name = option.get("name") or ""
        _check_name(name, errors, (*here, "name"))
        errors.not_empty((*here, "description"), option.get("description"), 100)
        if name in names:
            errors.add(here, "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Option names must be unique")
        names.add(name)
        if option.get("required") and optional_seen:
            message = "Required options must be placed before non-required options"
            errors.add(here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        optional_seen |= not option.get("required", False) and option.get("type") not in (SUBCOMMAND, SUBCOMMAND_GROUP)
        choices = option.get("choices") or []
        _check_choices(choices, errors, (*here, "choices"))
        if choices and option.get("autocomplete"):
            message = "Autocomplete options cannot have choices"
            errors.add((*here, "autocomplete"), "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES", message)
        _check_options(option.get("options") or [], errors, (*here, "options"))


def _check_choices(choices: Sequence[Json], errors: FormErrors, path: Path) -> None:
    """At most 25, each with a name of 1 to 100 characters and, if its value is a text, at most 100 of those."""
    errors.longest(path, choices, MAX_CHOICES)
    for index, choice in enumerate(choices):
        errors.not_empty((*path, index, "name"), choice.get("name"), 100)
        value = choice.get("value")
        if value is None or value == "":
            errors.required((*path, index, "value"))
        elif isinstance(value, str):
            errors.longest((*path, index, "value"), value, 100)


def _texts(node: Json) -> Iterator[str]:
    yield from (node.get("name") or "", node.get("description") or "")
    for choice in node.get("choices") or []:
        yield from (str(choice.get("name")), str(choice.get("value")))
    for option in node.get("options") or []:
        yield from _texts(option)
