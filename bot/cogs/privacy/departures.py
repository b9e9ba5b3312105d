"""Servers that the bot has left: their data is kept for 30 days. All methods block: call them in a thread."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine, bindparam, delete, select, union

from bot.cogs.privacy.stored_data import delete_server, server_tables
from bot.settings.shards import ALL, Shards
from bot.storage.exclusive import exclusive
from bot.storage.schema import StoredAlert, StoredDeparture

KEPT_FOR: Final = timedelta(days=30)

_LEFT_BY: Final = (  # made once: the schedule asks every few minutes
    select(StoredDeparture.server_id).where(StoredDeparture.left_at <= bindparam("moment"))
)


class Departures:
    """When the bot left which servers."""

    def __init__(self, engine: Engine, shards: Shards = ALL) -> None:
        self._engine = engine
        self._shards = shards

    def leave(self, server_id: int, now: datetime) -> None:
        """Remember that the bot is no longer in this server."""
        with exclusive(self._engine) as session:
            if session.get(StoredDeparture, server_id) is None:
                session.add(StoredDeparture(server_id=server_id, left_at=now))

    def come_back(self, server_id: int) -> None:
        """Forget that the bot was away: the server's settings count again."""
        with self._engine.begin() as connection:
            connection.execute(delete(StoredDeparture).where(StoredDeparture.server_id == server_id))

    def catch_up(self, present: frozenset[int], now: datetime) -> None:
        """Make up for joins and departures that the bot missed, given the servers that it is in now.

        Servers of another process's shards are left to that process.
        """
        with exclusive(self._engine) as session:
            session.execute(delete(StoredDeparture).where(StoredDeparture.server_id.in_(present)))
            departed = set(session.scalars(select(StoredDeparture.server_id)))
            known = set(session.scalars(union(*(select(table.c.server_id) for table in server_tables()))))
            for server_id in filter(self._shards.has, known - departed - present):
                session.add(StoredDeparture(server_id=server_id, left_at=now))

    def delete_expired(self, now: datetime) -> int:
        """Delete the data of servers that the bot left more than KEPT_FOR ago, and the alerts for their channels.

        Returns:
            The number of these servers.
        """
        with self._engine.connect() as connection:
            servers = tuple(connection.scalars(_LEFT_BY, {"moment": now - KEPT_FOR}))
            for server_id in servers:
                alerts = delete(StoredAlert).where(StoredAlert.server_id == server_id, StoredAlert.way == "channel")
                connection.execute(alerts)
                delete_server(connection, server_id)
            if servers:  # mostly there are none
                connection.commit()
        return len(servers)
