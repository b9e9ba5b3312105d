"""One job at a time per database: a lock row with the holder's process and a heartbeat."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import CheckConstraint, Engine, String, delete, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from forecasting.errors import JobRunning
from forecasting.storage.database import Base, UtcDateTime

HEARTBEAT: Final = timedelta(seconds=10)
"""How often the holder says that it lives."""

DEAD_AFTER: Final = timedelta(minutes=2)
"""A holder silent for so long is taken for dead: its machine is gone, or hung past use."""

log = logging.getLogger(__name__)


class StoredLock(Base):
    """The job that may write, if any: a table of at most one row."""

    __tablename__ = "job_lock"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    token: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16))
    host: Mapped[str] = mapped_column(String(255))
    pid: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    heartbeat_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class JobLock:
    """The right to write, held by this process."""

    engine: Engine
    token: str

    def confirm(self) -> None:
        """Look whether the lock is still ours: a machine asleep for minutes may have lost it.

        Raises:
            JobRunning: another job took it over.
        """
        holder = _holder(self.engine)
        if holder is None or holder.token != self.token:
            raise JobRunning(
                "This job was silent for too long and another took its lock, so it stores nothing more. Start it again."
            )


@contextmanager
def job_lock(engine: Engine, kind: str, now: Callable[[], datetime]) -> Iterator[JobLock]:
    """Hold the database's lock, with a heartbeat from a thread, until the block ends.

    Args:
        kind: what the job does, for the message to those who come second: ``retrain``.

    Raises:
        JobRunning: another job, which is alive, holds it.
    """
    lock = JobLock(engine, uuid4().hex)
    _take(lock, kind, now)
    done = threading.Event()
    heart = threading.Thread(target=_beat, args=(lock, now, done), name="heartbeat", daemon=True)
    heart.start()
    try:
        yield lock
    finally:
        done.set()
        heart.join()
        with engine.begin() as connection:
            connection.execute(delete(StoredLock).where(StoredLock.token == lock.token))


def _take(lock: JobLock, kind: str, now: Callable[[], datetime]) -> None:
    moment = now()
    holder = _holder(lock.engine)
    if holder is not None and _is_alive(holder, moment):
        raise JobRunning(_sentence(holder))
    mine = insert(StoredLock).values(
        id=1,
        token=lock.token,
        kind=kind,
        host=socket.gethostname(),
        pid=os.getpid(),
        started_at=moment,
        heartbeat_at=moment,
    )
    try:
        with lock.engine.begin() as connection:
            if holder is not None:
                log.warning("The job of process %s on %s is gone; its lock is taken over.", holder.pid, holder.host)
                connection.execute(delete(StoredLock).where(StoredLock.token == holder.token))
            connection.execute(mine)
    except IntegrityError:  # somebody was quicker since we looked
        winner = _holder(lock.engine)
        raise JobRunning(_sentence(winner) if winner else "Another job ran just now. Start this one again.") from None


def _holder(engine: Engine) -> StoredLock | None:
    with engine.connect() as connection:
        row = connection.execute(select(StoredLock.__table__)).first()
    return None if row is None else StoredLock(**row._mapping)


def _is_alive(holder: StoredLock, moment: datetime) -> bool:
    if abs(moment - holder.heartbeat_at) > DEAD_AFTER:  # abs: a clock that was wrong must not lock for ever
        return False
    if holder.host != socket.gethostname():
        return True
    # A restarted container may well give this job the dead one's number.
    return holder.pid != os.getpid() and _process_exists(holder.pid)


def _process_exists(pid: int) -> bool:
    if os.name != "posix":
        return True  # no harmless way to ask; the heartbeat decides
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _sentence(holder: StoredLock) -> str:
    return (
        f"Another job holds this database: {holder.kind}, process {holder.pid} on {holder.host}, "
        f"since {holder.started_at:%Y-%m-%d %H:%M} UTC. Wait until it has ended, or stop it, and start this one again."
    )


def _beat(lock: JobLock, now: Callable[[], datetime], done: threading.Event) -> None:
    while not done.wait(HEARTBEAT.total_seconds()):
        try:
            with lock.engine.begin() as connection:
                connection.execute(update(StoredLock).where(StoredLock.token == lock.token).values(heartbeat_at=now()))
        except SQLAlchemyError as error:  # the next beat may get through; before it writes, the job looks itself
            log.warning("The job's heartbeat could not be stored: %s", error)
