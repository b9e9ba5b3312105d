"""Points discord.py at the stand-in, and back at Discord afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import yarl
from discord.asset import Asset
from discord.gateway import DiscordWebSocket
from discord.http import Route


class Served(Protocol):
    """What listens on 127.0.0.1 in Discord's place."""

    @property
    def url(self) -> str: ...


@contextmanager
def redirected(discord: Served) -> Iterator[None]:
    """Within it every discord.py client of this process talks to ``discord`` instead of Discord."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY, Asset.BASE
    Route.BASE = f"{discord.url}/api/v10"
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(discord.url).with_scheme("ws") / "gateway"
    Asset.BASE = discord.url
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY, Asset.BASE = before
