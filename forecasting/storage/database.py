"""The one database that jobs write and the bot reads: engine and migrations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from sqlite3 import Error as SqliteError
from typing import Final

from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    create_engine,
    event,
    inspect,
    make_url,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from forecasting.errors import BadSettings
from forecasting.storage.failures import storage_failure
from forecasting.storage.secrets import without_password

BUSY_SECONDS = 30
"""How long a writer waits for another one. The bot and a job write to the same SQLite file."""

POOL: Final = 5
OVERFLOW: Final = 10
"""Connections to a server that an engine keeps, and those that it opens besides while it needs them. A bot has two."""

_compact: Final = partial(json.dumps, separators=(",", ":"))
"""JSON without spaces: a twentieth of what an issued forecast takes."""

_MIGRATION_LOCK = 7_463_019
"""Key of PostgreSQL's advisory lock while migrating; any number that nobody else uses."""


NAMING_CONVENTION: Final = {  # a later migration can only change a constraint that has a name
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""How constraints are called, here and in the bot's tables: both are in one Alembic history."""


class Base(DeclarativeBase):
    """Parent of the tables of ``forecasting``. Each is declared in the room whose subject it is."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC. SQLite has no time zones, so a bare DateTime would come back naive from it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - fixed by SQLAlchemy
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone, so it names no moment")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def database_file(url: str) -> Path | None:
    """The file of an SQLite database; None for a server's."""
    return Path(make_url(url).database or "") if url.startswith("sqlite") else None


def open_database(url: str) -> Engine:
    """An engine on a database that is migrated to the newest form.

    Args:
        url: an SQLAlchemy URL, ``sqlite:///var/forecasts.db`` or ``postgresql+psycopg://…``. The folder of an SQLite
            file is made where it is missing.

    Raises:
        BadSettings: the URL cannot be understood or the database cannot be opened.
    """
    engine = connect_lazily(url)
    migrate(engine)
    return engine


def connect_lazily(url: str, patience: int = BUSY_SECONDS) -> Engine:
    """An engine that has touched nothing yet, for a program that is put together before it runs: see ``migrate``.

    Args:
        patience: seconds for which a writer waits for another one to leave an SQLite file; BUSY_SECONDS at most.

    Raises:
        BadSettings: the URL cannot be understood.
    """
    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgres", "postgresql"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        # A file has as many connections as there are threads that use it: none waits for one that waits for the file.
        is_file = parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:")
        pool = {"max_overflow": -1} if is_file else {}
        if parsed.get_backend_name() != "sqlite":  # a server may have ended a connection that waited in the pool
            pool = {"pool_size": POOL, "max_overflow": OVERFLOW, "pool_pre_ping": True}
        engine = create_engine(parsed, json_serializer=_compact, **pool)
        if engine.dialect.name == "postgresql":
            from forecasting.storage.postgresql import connect_with_limits  # needs the package psycopg

            event.listen(engine, "do_connect", connect_with_limits)
    except (ArgumentError, ModuleNotFoundError, ValueError) as error:
        raise BadSettings(f"DATABASE_URL is not usable: {error}. Example: sqlite:///var/forecasts.db") from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", partial(_configure_sqlite, patience))
    return engine


def migrate(engine: Engine) -> None:
    """Bring the database to the newest form, under a lock: of two programs that start together one waits.

    Raises:
        BadSettings: the database cannot be opened.
    """
    address, password = without_password(engine.url)
    shown = address.render_as_string()
    newest, *older = known_revisions()
    try:
        if engine.dialect.name == "sqlite":
            _make_file(engine.url.database or "")
        with engine.connect() as connection:
            current = None
            if inspect(connection).has_table("alembic_version"):
                current = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
            connection.rollback()  # only looked
            if current == newest:
                return  # the usual case, in which a reader need not wait for a writer
            is_known = current is None or current in older
            if is_known:
                with _migration_lock(connection):
                    _upgrade(connection)
    except (DBAPIError, OSError) as error:
        engine.dispose()
        failure = storage_failure(error)
        if failure is not None and failure.cause in ("locked", "full"):
            raise BadSettings(f"The database {shown} (DATABASE_URL) cannot be opened. {failure}") from error
        reason = str(error.orig if isinstance(error, DBAPIError) else error).strip().replace(password or "\0", "***")
        raise BadSettings(
            f"The database {shown} (DATABASE_URL) cannot be opened: {' '.join(reason.split())}. Check path, host and "
            "rights."
        ) from error
    if not is_known:
        engine.dispose()
        raise BadSettings(
            f"The database {shown} (DATABASE_URL) was made by a newer version of this program. Install that version "
            "again, or name another database."
        )


def _upgrade(connection: Connection) -> None:
    from alembic import command  # imported here: it costs 10 MB, and is seldom needed
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def known_revisions() -> tuple[str, ...]:
    """The forms of the database's tables that this version of the program knows, the newest first."""
    return tuple(sorted((path.name[:4] for path in (migrations_folder() / "versions").glob("[0-9]*.py")), reverse=True))


def _make_file(name: str) -> None:
    """Make the file of an SQLite database if it is missing, for this user alone. What exists keeps its rights."""
    if name in ("", ":memory:"):
        return
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        Path(name).touch(mode=0o600, exist_ok=False)


def _configure_sqlite(patience: int, connection: SqliteConnection, _record: object) -> None:
    cursor = connection.cursor()
    milliseconds = 1000 * min(patience, BUSY_SECONDS)
    try:
        cursor.execute(f"PRAGMA busy_timeout={milliseconds}")  # first: the next line has to wait for others too
        cursor.execute("PRAGMA journal_mode=WAL")  # the bot reads while a job writes
        cursor.execute("PRAGMA foreign_keys=ON")
    except SqliteError as error:  # SQLAlchemy wraps what statements raise, but not this
        raise DBAPIError.instance("PRAGMA", None, error, SqliteError) from error
    finally:
        cursor.close()


@contextmanager
def _migration_lock(connection: Connection) -> Iterator[None]:
    """Both programs migrate at start: one at a time, the other waits and finds the work done."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _MIGRATION_LOCK})
        connection.commit()
        try:
            yield
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _MIGRATION_LOCK})
            connection.commit()
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # the write lock of the file
        yield
        connection.commit()


def migrations_folder() -> Path:
    """Where the Alembic scripts are: next to this package in an installed wheel, at the top of a checkout."""
    installed = Path(__file__).parents[1] / "migrations"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "migrations"
