"""Check and act as one: a transaction during which no other one of its kind runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

_LOCK: Final = 7_463_020
"""Key of PostgreSQL's advisory lock; any number that nobody else uses."""


@contextmanager
def exclusive(engine: Engine) -> Iterator[Session]:
    """A transaction for code that checks something and then writes, such as a limit or a row that may exist.

    They wait for each other, also those of other bots on this database, so each sees what the one before has written.
    """
    with Session(engine) as session, session.begin():
        if engine.dialect.name == "sqlite":
            session.connection().exec_driver_sql("BEGIN IMMEDIATE")  # the write lock of the file, before the first look
        else:
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        yield session
