"""Of the bots that share a database only one runs the schedule: whoever holds this lease."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Engine, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.storage.schema import StoredScheduleOwner

HEARTBEAT_SECONDS: Final = 30
LEASE: Final = timedelta(seconds=4 * HEARTBEAT_SECONDS)
"""Without a heartbeat for so long an owner on another machine counts as gone."""


def process_is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's process
        return True
    return True


class Ownership:
    """This process's claim to the schedule. All methods block on the database: call them in a thread."""

    def __init__(
        self, engine: Engine, *, pid: int | None = None, is_alive: Callable[[int], bool] = process_is_alive
    ) -> None:
        """``pid`` is this process's where it is not given."""
        self._engine = engine
        self._token = uuid.uuid4().hex
        self._host = socket.gethostname()
        self._pid = os.getpid() if pid is None else pid
        self._is_alive = is_alive
        self.is_claimed = False

    def claim(self, now: datetime) -> bool:
        """Take the schedule where it is free, or keep it: the heartbeat. False where another process has it."""
        self.is_claimed = self._claim(now)
        return self.is_claimed

    def _claim(self, now: datetime) -> bool:
        seen = self._row()
        if seen is None:
            if self._insert(now):
                return True
            seen = self._row()  # another process was first
        if seen is None or not self._is_free(seen, now):
            return False
        # What was seen is part of the condition, so that of two processes that see it free one gets it.
        values = {"token": self._token, "host": self._host, "pid": self._pid, "heartbeat_at": now}
        return self._change(StoredScheduleOwner.token.is_not_distinct_from(seen.token), values)

    def release(self) -> None:
        """Leave it to the next process, which needn't wait for the lease to run out."""
        self._change(StoredScheduleOwner.token == self._token, {"token": None})
        self.is_claimed = False

    def first_start(self) -> datetime:
        """When a schedule was first claimed on this database."""
        with Session(self._engine) as session:
            return session.get_one(StoredScheduleOwner, 1).first_start

    def _row(self) -> StoredScheduleOwner | None:
        with Session(self._engine, expire_on_commit=False) as session:
            return session.get(StoredScheduleOwner, 1)

    def _insert(self, now: datetime) -> bool:
        row = StoredScheduleOwner(
            id=1, first_start=now, token=self._token, host=self._host, pid=self._pid, heartbeat_at=now
        )
        try:
            with Session(self._engine) as session, session.begin():
                session.add(row)
        except IntegrityError:
            return False
        return True

    def _is_free(self, row: StoredScheduleOwner, now: datetime) -> bool:
        if row.token is None or row.token == self._token or now - row.heartbeat_at > LEASE:
            return True
        # A killed process on this machine leaves its row behind. With our own id it is a restart in a container, where
        # the bot is process 1 each time.
        return row.host == self._host and (row.pid == self._pid or not self._is_alive(row.pid))

    def _change(self, condition: ColumnElement[bool], values: dict[str, object]) -> bool:
        with self._engine.begin() as connection:
            changed = connection.execute(update(StoredScheduleOwner).where(condition).values(**values))
            return changed.rowcount == 1
