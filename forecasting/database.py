"""The one database that jobs write and the bot reads: engine and migrations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import DeclarativeBase

from forecasting.errors import BadSettings

BUSY_SECONDS = 30
"""How long a writer waits for another one. The bot and a job write to the same SQLite file."""

_MIGRATION_LOCK = 7_463_019
"""Key of PostgreSQL's advisory lock while migrating; any number that nobody else uses."""


class Base(DeclarativeBase):
    """Parent of every table, the bot's too, so that one Alembic history holds them all."""


def open_database(url: str) -> Engine:
    """An engine on a database that is migrated to the newest form.

    Args:
        url: an SQLAlchemy URL, ``sqlite:///var/forecasts.db`` or ``postgresql+psycopg://…``. The folder of an SQLite
            file is made where it is missing.

    Raises:
        BadSettings: the URL cannot be understood or the database cannot be opened.
    """
    try:
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        engine = create_engine(parsed, pool_pre_ping=True)
    except (ArgumentError, ModuleNotFoundError) as error:
        raise BadSettings(f"DATABASE_URL is not usable: {error}. Example: sqlite:///var/forecasts.db") from None
    if engine.dialect.name == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        event.listen(engine, "connect", _configure_sqlite)
    try:
        with engine.connect() as connection, _migration_lock(connection):
            _migrate(connection)
    except OperationalError as error:
        shown = parsed.render_as_string(hide_password=True)
        raise BadSettings(
            f"DATABASE_URL {shown} cannot be opened: {error.orig}. Check path, host and rights."
        ) from None
    return engine


def _configure_sqlite(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]  # the driver's own connection
    cursor.execute("PRAGMA journal_mode=WAL")  # the bot reads while a job writes
    cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


@contextmanager
def _migration_lock(connection: Connection) -> Iterator[None]:
    """Both programs migrate at start: one at a time, the other waits and finds the work done."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _MIGRATION_LOCK})
        connection.commit()
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _MIGRATION_LOCK})
            connection.commit()
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield
        connection.commit()


def migrations_folder() -> Path:
    """Where the Alembic scripts are: beside this file in an installed wheel, at the top of a checkout."""
    installed = Path(__file__).parent / "migrations"
    return installed if installed.is_dir() else Path(__file__).parent.parent / "migrations"


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
