"""Options that several commands share."""

from __future__ import annotations

import io
from typing import Any, Final

import discord
from discord import app_commands

from bot.forecasts import Forecasts

MAX_CHOICE_NAME: Final = 100

SymbolText = app_commands.Range[str, 1, 100]
"""A ticker or a name, as a member types it."""


Command = app_commands.Command[Any, ..., Any]


def everywhere(command: Command) -> Command:
    """A command that only reads: in servers, in direct messages, and wherever a member takes the bot along."""
    command = app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)(command)
    return app_commands.allowed_installs(guilds=True, users=True)(command)


def picture_files(picture: bytes | None, name: str, alt_text: str) -> list[discord.File]:
    """The picture of an answer as Discord takes it, or nothing where there is none."""
    return [] if picture is None else [discord.File(io.BytesIO(picture), name, description=alt_text)]


def symbol_choices(forecasts: Forecasts, text: str) -> list[app_commands.Choice[str]]:
    """The ETFs that ``text`` may be the beginning of. From memory: Discord waits three seconds and can't be asked to
    wait longer."""
    return [
        app_commands.Choice(name=(symbol if name == symbol else f"{symbol} · {name}")[:MAX_CHOICE_NAME], value=symbol)
        for symbol, name in forecasts.suggest(text)
    ]
