"""Leases: of the processes that share a database, one at a time may run a job, and one the bot's schedule.

A lease is a row with its holder's process and a heartbeat. A holder that died is noticed at once on its own machine,
and by its silence from any other. Heartbeats are in the database's time, since the clocks of two machines may differ:
that of the server, or, for a file, that of the one machine that has it.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Engine, Row, String, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from forecasting.errors import JobRunning
from forecasting.storage.database import Base, UtcDateTime
from forecasting.storage.failures import storage_failure

HEARTBEAT: Final = timedelta(seconds=10)
"""How often a job says that it is alive."""

DEAD_AFTER: Final = timedelta(minutes=2)
"""A holder that has been silent for so long counts as dead: its machine is gone, or it hangs."""

log = logging.getLogger(__name__)


class StoredLease(Base):
    """Who holds a lease, or held it last."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    token: Mapped[str | None] = mapped_column(String(32))
    """The holder's token; none if it gave the lease back."""
    purpose: Mapped[str] = mapped_column(String(16))
    """What the holder does: ``retrain``."""
    host: Mapped[str] = mapped_column(String(255))
    pid: Mapped[int]
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    heartbeat_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When this lease was taken for the first time on this database."""


_ROW: Final = StoredLease.__table__.c
# Made once: every process asks every few seconds.
_SELECT: Final = select(StoredLease.__table__).where(_ROW.name == bindparam("lease"))
_RENEW: Final = (
    update(StoredLease)
    .where(_ROW.name == bindparam("lease"), _ROW.token == bindparam("holder"))
    .values(heartbeat_at=bindparam("at"))
)
_CHANGE: Final = update(StoredLease).where(
    _ROW.name == bindparam("lease"), _ROW.token.is_not_distinct_from(bindparam("seen"))
)


class Lease:
    """This process's claim to the lease ``name``. All methods block on the database."""

    def __init__(self, engine: Engine, name: str, purpose: str = "", *, dead_after: timedelta = DEAD_AFTER) -> None:
        """``dead_after`` is how long another holder may be silent."""
        self.engine = engine
        self._dead_after = dead_after
        self.name = name
        self._purpose = purpose or name
        self._token = uuid4().hex
        self.is_held = False
        """As of the last ``claim`` or ``renew``."""
        self._first_taken: datetime | None = None

    def claim(self, now: datetime) -> bool:
        """Take the lease if it is free, or renew it. False if a living process has it."""
        self.is_held = self.renew(now) or self._take(now)
        return self.is_held

    def renew(self, now: datetime) -> bool:
        """Store a heartbeat. False if another process has taken the lease meanwhile."""
        mine = {"lease": self.name, "holder": self._token, "at": self._in_its_time(now)}
        with self.engine.begin() as connection:
            self.is_held = connection.execute(_RENEW, mine).rowcount == 1
        return self.is_held

    def release(self) -> None:
        """Give the lease back, so that the next process need not wait for this one's silence."""
        self._change(self._token, {"token": None})  # no password: # nosec B105
        self.is_held = False

    def _row(self) -> Row[Any] | None:
        with self.engine.connect() as connection:
            return connection.execute(_SELECT, {"lease": self.name}).first()

    def first_taken(self) -> datetime:
        """When this lease was taken for the first time on this database, once it was."""
        if self._first_taken is None:  # it never changes, and the schedule asks at each look
            with Session(self.engine) as session:
                self._first_taken = session.get_one(StoredLease, self.name).first_taken_at
        return self._first_taken

    def confirm(self) -> None:
        """Check that the lease is still ours: a machine that slept for minutes may have lost it.

        Raises:
            JobRunning: another process has it.
        """
        row = self._row()
        if row is None or row.token != self._token:
            raise JobRunning(
                "This job was silent for too long and another job took over, so it stores nothing more. Start it again."
            )

    def held_by(self) -> str:
        """A sentence that says who holds the lease."""
        row = self._row()
        if row is None or row.token is None:
            return "Another job has just ended. Start this one again."
        return (
            f"Another job is using this database: {row.purpose}, process {row.pid} on {row.host}, "
            f"since {row.taken_at:%Y-%m-%d %H:%M} UTC. Wait until it has ended, or stop it, then start this one again."
        )

    def _take(self, now: datetime) -> bool:
        seen = self._row()
        its_now = self._in_its_time(now)
        mine: dict[str, object] = {
            "token": self._token,
            "purpose": self._purpose,
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "taken_at": its_now,
            "heartbeat_at": its_now,
        }
        if seen is None:
            try:
                with self.engine.begin() as connection:
                    connection.execute(insert(StoredLease).values(name=self.name, first_taken_at=now, **mine))
            except IntegrityError:  # another process was first
                return False
            return True
        if seen.token is not None:
            if _is_alive(seen, its_now, self._dead_after):
                return False
            log.warning("Process %s on %s (%s) is gone; its lease is taken over.", seen.pid, seen.host, seen.purpose)
        return self._change(seen.token, mine)

    def _in_its_time(self, now: datetime) -> datetime:
        """What the database's clock says; for a file ``now``."""
        if self.engine.dialect.name != "postgresql":
            return now
        with self.engine.connect() as connection:
            moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
            return moment

    def _change(self, seen: str | None, values: dict[str, object]) -> bool:
        """Change the lease if ``seen`` is still its token: of two processes that see it free, one gets it."""
        with self.engine.begin() as connection:
            return connection.execute(_CHANGE, {"lease": self.name, "seen": seen, **values}).rowcount == 1


def abandoned(engine: Engine, now: datetime) -> tuple[Row[Any], ...]:
    """The leases whose holders are gone, as rows of ``StoredLease``."""
    with engine.connect() as connection:
        rows = connection.execute(select(StoredLease.__table__).where(_ROW.token.is_not(None))).all()
    return tuple(row for row in rows if not _is_alive(row, Lease(engine, row.name)._in_its_time(now)))


def release_abandoned(engine: Engine, row: Row[Any]) -> None:
    """Free a lease of ``abandoned``, unless somebody has taken it meanwhile."""
    with engine.begin() as connection:
        statement = update(StoredLease).where(_ROW.name == row.name, _ROW.token == row.token)
        connection.execute(statement.values(token=None))


@contextmanager
def job_lock(engine: Engine, kind: str, now: Callable[[], datetime]) -> Iterator[Lease]:
    """Hold the right to write to the database, with a heartbeat from a thread, until the block ends.

    Args:
        kind: what the job does, for the message to a second job: ``retrain``.

    Raises:
        JobRunning: another job, which is alive, holds it.
    """
    lease = Lease(engine, "job", kind)
    if not lease.claim(now()):
        raise JobRunning(lease.held_by())
    done = threading.Event()
    heart = threading.Thread(target=_renew_until, args=(done, lease, now), name="heartbeat", daemon=True)
    heart.start()
    try:
        yield lease
    finally:
        done.set()
        heart.join()
        try:
            lease.release()
        except SQLAlchemyError as error:  # the next job finds this process gone
            log.warning("The job's lock could not be given back. %s", storage_failure(error) or error)


def _renew_until(done: threading.Event, lease: Lease, now: Callable[[], datetime]) -> None:
    while not done.wait(HEARTBEAT.total_seconds()):
        try:
            lease.renew(now())
        except SQLAlchemyError as error:  # the next beat may get through; before it writes, the job checks its lease
            log.warning("The job's heartbeat could not be stored. %s", storage_failure(error) or error)


def _is_alive(holder: Row[Any], now: datetime, dead_after: timedelta = DEAD_AFTER) -> bool:
    if abs(now - holder.heartbeat_at) > dead_after:  # abs: a clock that was wrong must not lock for ever
        return False
    if holder.host != socket.gethostname():
        return True
    # With our own number it is an earlier life: in a restarted container the processes get the same numbers again.
    return holder.pid != os.getpid() and _process_exists(holder.pid)


def _process_exists(pid: int) -> bool:
    if os.name != "posix":
        return True  # there is no harmless way to ask; the heartbeat decides
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's process
        pass
    return True
