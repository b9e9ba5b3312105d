"""A database and its models in one file, and back: for a move, before an upgrade, and for the day after a mishap.

The file is a ZIP with ``manifest.json``, ``models/…`` and either ``database.sqlite`` (SQLite's online backup) or
``database.dump`` (pg_dump's custom format). The token and the other settings are not in it.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, inspect, select
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

from forecasting.errors import BackupFailed
from forecasting.settings.places import is_older
from forecasting.storage.database import connect_lazily, database_file, known_revisions, open_database
from forecasting.storage.dump import copy_database, kind_of, put_database
from forecasting.storage.files import replacing
from forecasting.storage.lease import DEAD_AFTER, StoredLease

log = logging.getLogger(__name__)

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
MODELS: Final = "models/"
DATABASES: Final = {"sqlite": "database.sqlite", "postgresql": "database.dump"}


@dataclass(frozen=True)
class Contents:
    """What a backup holds.

    Attributes:
        kind: of the database: ``sqlite`` or ``postgresql``.
        revision: of the database's tables.
        made_at: when the backup was made.
        files: the number of files of models.
    """

    kind: str
    revision: str
    made_at: datetime
    files: int


def back_up(url: str, model_dir: Path, target: Path, now: datetime) -> Contents:
    """Write the database at ``url`` and the files of ``model_dir`` into the file ``target``.

    Bot and jobs may be at work: the database is copied as of one moment, and the models after it, since jobs store a
    model before they name it.

    Raises:
        BackupFailed: ``target`` exists, there is nothing to back up, or it cannot be read or written.
    """
    if os.path.lexists(target):
        raise BackupFailed(f"{target} exists already. Name another file, or remove it.")
    kind = kind_of(url)
    with (
        _failing(f"The backup cannot be written to {target}"),
        tempfile.TemporaryDirectory(dir=target.parent) as folder,
    ):
        copy = Path(folder) / DATABASES[kind]
        revision = copy_database(url, copy)
        packed = Path(folder) / target.name
        with replacing(packed) as half:
            os.close(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))  # it tells who follows what
            with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                archive.write(copy, copy.name)
                files = sum(_add(archive, path, model_dir) for path in _model_files(model_dir))
                contents = Contents(kind, revision, now, files)
                archive.writestr(MANIFEST, json.dumps(_as_json(contents), indent=2))
        packed.rename(target)
    return contents


def back_up_before_upgrade(url: str, model_dir: Path, now: datetime) -> None:
    """Back up a database that an earlier version made, beside it, before ``migrate`` changes it: at most once a day.

    A PostgreSQL that pg_dump cannot back up from here is upgraded without, and the log says so.

    Raises:
        BackupFailed: an SQLite database cannot be backed up.
    """
    if not is_older(url):
        return
    file = database_file(url)
    target = (model_dir if file is None else file).parent / f"before-upgrade-{now:%Y-%m-%d}.zip"
    if target.exists():
        return
    try:
        back_up(url, model_dir, target, now)
    except BackupFailed as error:
        if file is not None:
            raise
        log.warning("The database is upgraded without a backup. %s", error)
    else:
        log.info("An earlier version made the database. It is upgraded; as it was before, it is in %s", target)


def restore(source: Path, url: str, model_dir: Path, now: datetime, *, replace: bool = False) -> Contents:
    """Put the database and the models of a backup where the settings name theirs, and bring them to the newest form.

    Args:
        replace: whether a database and models that are there already may be replaced.

    Raises:
        BackupFailed: the file is no backup, or of a newer version; there is a database or a model already and
            ``replace`` is False; the bot or a job is at work on that database; or something cannot be written.
    """
    kind = kind_of(url)
    with _failing(f"{source} cannot be restored"), _opened(source) as archive:
        contents = _contents(source, archive)
        if contents.kind != kind:
            raise BackupFailed(
                f"{source} holds a database of the kind {contents.kind}, and DATABASE_URL names one of the kind {kind}."
                " Set DATABASE_URL to a database of the same kind."
            )
        _check_target(url, model_dir, now, replace=replace)
        model_dir.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=model_dir.parent, prefix=".restored-") as folder:
            archive.extractall(folder)
            database, models = Path(folder) / DATABASES[kind], Path(folder) / MODELS
            models.mkdir(exist_ok=True)
            put_database(database, url)
            if model_dir.exists():
                model_dir.rename(Path(folder) / "former")
            models.rename(model_dir)
    open_database(url).dispose()
    return contents


@contextmanager
def _failing(what: str) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error, DBAPIError, zipfile.BadZipFile) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BackupFailed(f"{what}: {' '.join(reason.split())}. Check its path, its rights and the disk.") from error


def _model_files(folder: Path) -> Iterator[Path]:
    """The files of ``folder`` except those that a job is only writing or has just removed."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def _add(archive: zipfile.ZipFile, path: Path, folder: Path) -> int:
    """The number of files added: 0 if a job has removed it meanwhile."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return 0
    archive.writestr(MODELS + path.relative_to(folder).as_posix(), content)
    return 1


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    if not source.is_file():
        raise BackupFailed(f"There is no file {source}. Name one that `etf-bot backup` has made.")
    with zipfile.ZipFile(source) as archive:
        yield archive


def _contents(source: Path, archive: zipfile.ZipFile) -> Contents:
    try:
        raw = json.loads(archive.read(MANIFEST))
        found = Contents(raw["database"], raw["revision"], datetime.fromisoformat(raw["made_at"]), raw["files"])
        is_whole = DATABASES[found.kind] in archive.namelist()
    except (KeyError, ValueError, TypeError):
        is_whole = False
    if not is_whole:
        raise BackupFailed(f"{source} is no backup of this program. Name a file that `etf-bot backup` has made.")
    if raw.get("format") != FORMAT or found.revision not in known_revisions():
        raise BackupFailed(f"{source} was made by a newer version of this program. Restore it with that version.")
    return found


def _as_json(contents: Contents) -> dict[str, object]:
    return {
        "format": FORMAT,
        "database": contents.kind,
        "revision": contents.revision,
        "made_at": contents.made_at.isoformat(),
        "files": contents.files,
    }


def _check_target(url: str, model_dir: Path, now: datetime, *, replace: bool) -> None:
    taken = []
    file = database_file(url)
    if file is None or file.exists():
        engine = connect_lazily(url)
        try:
            if inspect(engine).has_table("alembic_version"):
                taken.append("a database")
                _check_idle(engine, now)
        except OperationalError:  # it cannot be reached or is locked
            raise
        except DatabaseError:  # a damaged one, which is why it is to be replaced
            taken.append("a database")
        finally:
            engine.dispose()
    if model_dir.exists() and any(model_dir.iterdir()):
        taken.append(f"models in {model_dir}")
    if taken and not replace:
        raise BackupFailed(
            f"There is {' and there are '.join(taken)} already. Name other places in DATABASE_URL and MODEL_DIR, or "
            "replace them: --replace"
        )


def _check_idle(engine: Engine, now: datetime) -> None:
    if not inspect(engine).has_table(StoredLease.__tablename__):
        return
    with engine.connect() as connection:
        for row in connection.execute(select(StoredLease.__table__).where(StoredLease.token.is_not(None))):
            if now - row.heartbeat_at < DEAD_AFTER:
                raise BackupFailed(
                    f"Process {row.pid} on {row.host} is at work on this database ({row.purpose}). Stop it, wait two "
                    "minutes if it was killed, then restore again."
                )
