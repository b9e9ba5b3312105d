"""The bot's features, a folder each. ``cog.py`` in a folder has ``async def setup(bot: FeatureBot)``."""

from __future__ import annotations

import pkgutil
from collections.abc import Awaitable, Callable
from importlib import import_module

from bot.interactions.feature_bot import FeatureBot

Setup = Callable[[FeatureBot], Awaitable[None]]


def find_features() -> tuple[Setup, ...]:
    """The ``setup`` of every feature, in alphabetical order of their folders."""
    return tuple(import_module(f"{__name__}.{folder.name}.cog").setup for folder in pkgutil.iter_modules(__path__))
