"""Options that several commands share."""

from __future__ import annotations

from typing import Final

from discord import app_commands

from bot.forecasts import Forecasts

MAX_CHOICE_NAME: Final = 100

SymbolText = app_commands.Range[str, 1, 100]
"""A ticker or a name, as a member types it."""


def symbol_choices(forecasts: Forecasts, text: str) -> list[app_commands.Choice[str]]:
    """The ETFs that ``text`` may be the beginning of. From memory: Discord waits three seconds and can't be asked to
    wait longer."""
    return [
        app_commands.Choice(name=(symbol if name == symbol else f"{symbol} · {name}")[:MAX_CHOICE_NAME], value=symbol)
        for symbol, name in forecasts.suggest(text)
    ]
