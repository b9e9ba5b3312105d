"""A whole database in a file: SQLite's online backup, or pg_dump's custom format."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from forecasting.errors import BackupFailed
from forecasting.storage.database import connect_lazily, database_file
from forecasting.storage.files import replacing
from forecasting.storage.secrets import environment_without_secrets, without_password


def kind_of(url: str) -> str:
    """The kind of the database at ``url``: ``sqlite`` or ``postgresql``."""
    return "postgresql" if database_file(url) is None else "sqlite"


def copy_database(url: str, copy: Path) -> str:
    """Copy the database at ``url``, as of one moment, into the new file ``copy``.

    Returns:
        The revision of its tables.

    Raises:
        BackupFailed: there is none, it is damaged, or PostgreSQL's programs are missing or fail.
        OSError, sqlite3.Error, DBAPIError: it cannot be read, or the file cannot be written.
    """
    file = database_file(url)
    return _dump(url, copy) if file is None else _copy_file(file, copy)


def put_database(copy: Path, url: str) -> None:
    """Replace the database at ``url`` by ``copy``, a file of ``copy_database``; that of SQLite is moved, not copied.

    Raises:
        BackupFailed: PostgreSQL's programs are missing or fail.
        OSError: the file of an SQLite database cannot be written.
    """
    if (file := database_file(url)) is not None:
        _put_file(copy, file)
    else:
        _run("pg_restore", url, "--clean", "--if-exists", "--no-owner", "--single-transaction", copy)


def _copy_file(file: Path, copy: Path) -> str:
    """SQLite's online backup: a plain copy of a file that is written to would lack its newest part."""
    if not file.is_file():
        raise BackupFailed(f"There is no database at {file} (DATABASE_URL), so there is nothing to back up.")
    with closing(sqlite3.connect(file)) as live, closing(sqlite3.connect(copy)) as target:
        live.backup(target)
        (state,) = target.execute("PRAGMA quick_check").fetchone()
        if state != "ok":
            raise BackupFailed(f"The database {file} is damaged: {state}. Restore an earlier backup.")
        return str(target.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def _put_file(database: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    for leftover in ("-wal", "-shm"):  # of the former database: SQLite would read them as parts of this one
        target.with_name(target.name + leftover).unlink(missing_ok=True)
    with replacing(target) as half:
        shutil.move(database, half)
        half.chmod(0o600)


def _dump(url: str, copy: Path) -> str:
    engine = connect_lazily(url)
    try:
        with engine.connect() as connection:
            revision = str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one())
    finally:
        engine.dispose()
    _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", "--file", copy)
    return revision


def _run(program: str, url: str, *arguments: str | Path) -> None:
    """Run one of PostgreSQL's own programs on the database; the password is not among its arguments."""
    if shutil.which(program) is None:
        raise BackupFailed(f"{program} is not installed here. Install PostgreSQL's client (postgresql-client).")
    shown, password = without_password(make_url(url))
    address = shown.set(drivername="postgresql").render_as_string()
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own program, on the operator's own database
        [program, "--dbname", address, *arguments],
        env=environment_without_secrets() | ({"PGPASSWORD": password} if password else {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupFailed(f"{program} failed: {' '.join(done.stderr.split())}")
