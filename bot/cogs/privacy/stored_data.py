"""What is stored about a server or a member, found by its columns, so that no table can be forgotten.

A row with a ``user_id`` is that member's; any other with a ``server_id`` is that server's. All methods block on the
database: call them in a thread.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, Engine, Table, delete, func, select

from bot.storage.schema import Base


def server_tables() -> tuple[Table, ...]:
    """Those whose rows are a server's."""
    return tuple(t for t in Base.metadata.sorted_tables if "server_id" in t.c and "user_id" not in t.c)


def member_tables() -> tuple[Table, ...]:
    """Those whose rows are a member's."""
    return tuple(table for table in Base.metadata.sorted_tables if "user_id" in table.c)


class StoredData:
    """Counts them, and deletes them for good."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_server(self, server_id: int) -> Mapping[str, int]:
        """Number of rows by table, if any."""
        return self._count(server_tables(), "server_id", server_id)

    def of_member(self, user_id: int) -> Mapping[str, int]:
        """Number of rows by table, if any."""
        return self._count(member_tables(), "user_id", user_id)

    def forget_server(self, server_id: int) -> int:
        """Delete all rows of the server, but not its members' own. Returns their number."""
        with self._engine.begin() as connection:
            return delete_server(connection, server_id)

    def forget_member(self, user_id: int) -> int:
        """Delete all rows of the member, in every server. Returns their number."""
        with self._engine.begin() as connection:
            return _delete(connection, member_tables(), "user_id", user_id)

    def _count(self, tables: tuple[Table, ...], column: str, owner: int) -> Mapping[str, int]:
        with self._engine.connect() as connection:
            counts = {
                table.name: connection.scalar(select(func.count()).select_from(table).where(table.c[column] == owner))
                for table in tables
            }
        return {name: count for name, count in counts.items() if count}


def delete_server(connection: Connection, server_id: int) -> int:
    """Delete all rows of a server; their number."""
    return _delete(connection, server_tables(), "server_id", server_id)


def _delete(connection: Connection, tables: tuple[Table, ...], column: str, owner: int) -> int:
    return sum(connection.execute(delete(table).where(table.c[column] == owner)).rowcount for table in tables)
