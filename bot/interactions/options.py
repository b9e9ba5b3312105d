"""Options that several commands share."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

import discord
from discord import app_commands

from bot.forecasts.door import Forecasts

MAX_CHOICE_NAME: Final = 100

T = TypeVar("T")

SymbolText = app_commands.Range[str, 1, 100]
"""A ticker or a name, as a member types it."""

SymbolsText = app_commands.Range[str, 1, 400]
"""Several of them: 25 tickers and the commas between them fit."""

Price = app_commands.Range[float, 0.0001, 1_000_000_000.0]

Command = app_commands.Command[Any, ..., Any]


def everywhere(command: Command) -> Command:
    """A command that only reads: in servers, in direct messages, and wherever a member takes the bot along."""
    command = app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)(command)
    return app_commands.allowed_installs(guilds=True, users=True)(command)


def picture_files(picture: bytes | None, name: str, alt_text: str) -> list[discord.File]:
    """The picture of an answer as an attachment, if there is one."""
    return [] if picture is None else [discord.File(io.BytesIO(picture), name, description=alt_text)]


async def looked_up(interaction: discord.Interaction[Any], look: Callable[[], T]) -> T:
    """What a suggestion needs from the database, found in a thread that nothing else uses."""
    return await asyncio.get_running_loop().run_in_executor(interaction.client.suggestion_threads, look)


async def suggest_symbol(interaction: discord.Interaction[Any], text: str) -> list[app_commands.Choice[str]]:
    """The ETFs that ``text`` may be the beginning of. From memory: Discord waits three seconds and can't be asked to
    wait longer."""
    return _choices(interaction.client.forecasts, text)


async def suggest_list(interaction: discord.Interaction[Any], text: str) -> list[app_commands.Choice[str]]:
    """Complete the last one of a list; those before it stay, and are not offered again."""
    forecasts: Forecasts = interaction.client.forecasts
    *before, last = named(text, forecasts)
    taken = {name.upper() for name in before}
    return [
        app_commands.Choice(name=line, value=line)
        for choice in _choices(forecasts, last)
        if choice.value not in taken and len(line := ", ".join((*before, choice.value))) <= MAX_CHOICE_NAME
    ]


def _choices(forecasts: Forecasts, text: str) -> list[app_commands.Choice[str]]:
    return [
        app_commands.Choice(name=(symbol if name == symbol else f"{symbol} · {name}")[:MAX_CHOICE_NAME], value=symbol)
        for symbol, name in forecasts.suggest(text)
    ]


def named(text: str, forecasts: Forecasts) -> list[str]:
    """The ETFs of a list: between commas, and between spaces after tickers that are known. The last may be empty.

    So ``ARKK SPY`` is two, and ``ark inn`` one that is still being typed.
    """
    names = []
    for part in re.split("[,;]", text):
        *before, last = re.split(r"\s+", part.lstrip())
        names += [*before, last] if before and all(map(forecasts.knows, before)) else [part.strip()]
    return names
