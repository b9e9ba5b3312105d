"""Registers the commands with Discord, but only when they have changed: Discord limits how often."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any, Final

import aiohttp
import discord
from discord import app_commands
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.logs import reason_of
from bot.storage.exclusive import exclusive
from bot.storage.schema import StoredCommands
from forecasting import Lease

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0
"""Pause between checks of what another process sends."""
FIRST_PAUSE: float = 600.0
LONGEST_PAUSE: Final = 6 * 3600.0
"""Seconds before commands that Discord refused are sent again, which double."""


async def tree_hash(tree: app_commands.CommandTree[Any]) -> str:
    """Hash of what ``tree.sync`` sends: it changes with any command, option, description or translation."""
    if tree.translator is None:
        payloads = [command.to_dict(tree) for command in tree.get_commands()]
    else:
        payloads = [await command.get_translated_payload(tree, tree.translator) for command in tree.get_commands()]
    payloads.sort(key=lambda payload: payload["name"])
    return hashlib.sha256(json.dumps(payloads, sort_keys=True).encode()).hexdigest()


class Registration:
    """Keeps what was last sent, per application."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    async def sync(self, tree: app_commands.CommandTree[Any], application_id: int, *, always: bool = False) -> bool:
        """Send the commands if they differ from what was sent last, or ``always``. Returns whether they were sent."""
        current = await tree_hash(tree)
        lease = Lease(self._engine, "commands")
        while True:
            if not always and await self._are_known(application_id, current):
                return False
            if await asyncio.to_thread(lease.claim, self._now()):
                break
            await asyncio.sleep(LOOK_SECONDS)  # another process sends them
        try:
            if not always and await self._are_known(application_id, current):
                return False
            sent = await tree.sync()
            await asyncio.to_thread(self._store, application_id, current)
        finally:
            await asyncio.to_thread(lease.release)
        log.info("Sent the commands to Discord: %d", len(sent))
        return True

    async def sync_later(self, tree: app_commands.CommandTree[Any], application_id: int) -> None:
        """Send again the commands that Discord refused, after growing pauses: Discord takes only so many a day."""
        for attempt in count():
            await asyncio.sleep(min(FIRST_PAUSE * 2**attempt, LONGEST_PAUSE))
            try:
                await self.sync(tree, application_id)
            except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                log.warning("Discord did not accept the commands: %s", reason_of(error))
            else:
                return

    async def _are_known(self, application_id: int, current: str) -> bool:
        if await asyncio.to_thread(self._stored, application_id) != current:
            return False
        log.info("The commands are the same as before")
        return True

    def _stored(self, application_id: int) -> str | None:
        with Session(self._engine) as session:
            row = session.get(StoredCommands, application_id)
            return None if row is None else row.tree_hash

    def _store(self, application_id: int, current: str) -> None:
        row = StoredCommands(application_id=application_id, tree_hash=current, synced_at=self._now())
        with exclusive(self._engine) as session:
            session.merge(row)
