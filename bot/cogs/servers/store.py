"""How much each server uses. It blocks on the database: call it in a thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Select, func, select

from bot.storage.schema import StoredAlert, StoredSubscription, StoredWatch


@dataclass(frozen=True)
class Use:
    """Of one server: ETFs that it follows beside the universe, reports, and its members' alerts there."""

    etfs: int = 0
    reports: int = 0
    alerts: int = 0


def use_by_server(engine: Engine) -> Mapping[int, Use]:
    """Of those that use anything, by id."""
    watches = select(StoredWatch.server_id, func.count()).where(StoredWatch.ended_at.is_(None))
    reports = select(StoredSubscription.server_id, func.count())
    alerts = select(StoredAlert.server_id, func.count()).where(StoredAlert.server_id.is_not(None))
    with engine.connect() as connection:

        def counted(query: Select[*tuple[Any, ...]]) -> dict[int, int]:
            return {row[0]: row[1] for row in connection.execute(query.group_by("server_id"))}

        etfs, reported, alerted = counted(watches), counted(reports), counted(alerts)
    servers = etfs.keys() | reported.keys() | alerted.keys()
    return {server: Use(etfs.get(server, 0), reported.get(server, 0), alerted.get(server, 0)) for server in servers}
