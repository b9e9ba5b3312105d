"""Which servers this process may post to, where several share them: of each shard, one process at a time posts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine

from bot.settings.shards import Shards
from forecasting import Lease

SILENCE: Final = timedelta(seconds=40)
"""Silence after which a process counts as dead. It is heard every 15 s, so another one takes over within 55 s."""


class Posting:
    """This process's claims to its own shards and, while nobody else has them, to those of others.

    Methods that claim or give back block on the database.
    """

    def __init__(self, engine: Engine, shards: Shards, now: Callable[[], datetime]) -> None:
        self._shards = shards
        self._now = now
        count = shards.count or 0
        self._leases = {shard: Lease(engine, f"posts {shard}/{count}", dead_after=SILENCE) for shard in range(count)}
        self._lock = threading.Lock()
        """A heartbeat and a run of the schedule come from different threads."""

    @property
    def held(self) -> frozenset[str]:
        """Names of the leases that are held."""
        return frozenset(lease.name for lease in self._leases.values() if lease.is_held)

    def may_post(self, server_id: int | None) -> bool:
        """Whether this process posts to that server, or direct messages; without shards it is the schedule's owner."""
        return not self._leases or self._leases[self._shards.of(server_id)].is_held

    def keep(self) -> None:
        """Claim or renew the own shards, and renew what is held of others'."""
        self._claim(shard for shard, lease in self._leases.items() if shard in self._shards.ids or lease.is_held)

    def stand_in(self) -> None:
        """Claim the shards of processes that are gone, or that were never there: to be given back soon."""
        self._claim(self._leases)

    def give_back(self) -> None:
        """Leave the shards of others to their processes, which may have returned."""
        self._release(shard for shard in self._leases if shard not in self._shards.ids)

    def release(self) -> None:
        """Leave all."""
        self._release(self._leases)

    def _claim(self, shards: Iterable[int]) -> None:
        with self._lock:
            for shard in list(shards):
                self._leases[shard].claim(self._now())

    def _release(self, shards: Iterable[int]) -> None:
        with self._lock:
            for shard in shards:
                if self._leases[shard].is_held:
                    self._leases[shard].release()
