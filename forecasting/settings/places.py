"""What the settings name outside of them: database, folders, recipe, cluster, device.

This only looks and writes nothing.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import DBAPIError

from forecasting.errors import BadSettings
from forecasting.model.device import CPU
from forecasting.prices.files.names import suffix_of
from forecasting.prices.sources.registry import VAR, find_source
from forecasting.settings.database_url import password
from forecasting.storage.database import database_file, known_revisions
from forecasting.storage.secrets import environment_without_secrets, without_password

CONNECT_SECONDS: Final = 10

_HEADER: Final = b"SQLite format 3\0"


def database_problem(url: str) -> str | None:
    """Why the database at ``url``, in a form that was checked, can't be used; None if it can, or can be made."""
    try:
        revisions = _revisions(url)
    except _Unusable as problem:
        return str(problem)
    if not revisions <= set(known_revisions()):
        return (
            "the database was made by a newer version of this program. Install that version again, or name another "
            "database."
        )
    return None


def is_older(url: str) -> bool:
    """Whether the database at ``url`` can be used and was made by an earlier version of the program."""
    try:
        return not _revisions(url).isdisjoint(known_revisions()[1:])
    except _Unusable:
        return False


def models_problem(folder: Path) -> str | None:
    """Why models cannot be stored in ``folder``; None if they can, or the folder can be made."""
    return _folder_problem(folder)


def prices_problem(text: str) -> str | None:
    """Why there can be no prices from ``text``, a source that exists; None if there can."""
    source, folder = find_source(text)
    if source.is_stored and (problem := _folder_problem(VAR)):
        return f"{source.name} needs the folder {VAR} for its cookies: {problem}"
    if folder is None:
        return None
    if not (os.access(folder, os.F_OK) and folder.is_dir()):
        return f"{folder} is not a folder. Name a folder with files like SPY.csv, or write yahoo."
    if not os.access(folder, os.R_OK | os.X_OK):
        return f"the folder {folder} cannot be read. Give this user the right to: chmod o+rx {folder}"
    if not any(suffix_of(path.name) for path in folder.iterdir()):
        return f"the folder {folder} holds no SYMBOL.csv. Name a folder with files like SPY.csv, or write yahoo."
    return None


def recipe_problem(name: str, model_dir: Path) -> str | None:
    """Why the LSTM cannot be configured by the recipe ``name``; None if it can."""
    if name == "default":
        return None
    from forecasting.champion.recipes import RecipeBook  # loads numpy, which the bot can do without

    try:
        RecipeBook(model_dir).recipe(name)
    except BadSettings as error:
        return str(error)
    return None


def cluster_problem(address: str | None) -> str | None:
    """Why jobs cannot run on the cluster at ``address``; None if they can, as far as this machine knows."""
    if address is None or find_spec("distributed") is not None:
        return None
    return f"Dask is not installed here. Install it: {sys.executable} -m pip install distributed"


def device_problem(device: str) -> str | None:
    """Why this machine cannot train on ``device``; None if it can. Another process asks torch, which takes 3 s."""
    if device == CPU:
        return None
    ask = "import sys; from forecasting.job.workers import device_problem; print(device_problem(sys.argv[1]) or '')"
    asked = subprocess.run(  # noqa: S603 - our own code, and a device that was checked
        [sys.executable, "-c", ask, device], env=environment_without_secrets(), capture_output=True, text=True
    )
    reason = (asked.stderr if asked.returncode else asked.stdout).strip().rpartition("\n")[2]
    if not reason:
        return None
    return (
        f"torch cannot use {device} here ({reason}). Install NVIDIA's driver and torch's build for CUDA "
        "(docs/cluster.md), or write cpu."
    )


class _Unusable(Exception):
    """A database that cannot be used; the text says why."""


def _revisions(url: str) -> set[str]:
    """What the database says of the form of its tables; empty if there are none yet. Raises _Unusable."""
    file = database_file(url)
    return _revisions_of_server(url) if file is None else _revisions_of_file(file)


def _revisions_of_file(path: Path) -> set[str]:
    if problem := _lookup_problem(path):
        raise _Unusable(problem)
    if not os.access(path, os.F_OK):  # unlike path.exists() it fails in no folder
        meant = Path(os.path.realpath(path)) if os.path.islink(path) else path  # noqa: PTH114 - it never fails
        if problem := _folder_problem(meant.parent):
            raise _Unusable(problem)
        return set()
    if path.is_dir():
        raise _Unusable(f"{path} is a folder. Name a file in it: sqlite:///{path}/forecasts.db")
    if not path.is_file():
        raise _Unusable(f"{path} is no file that can be written. Name another file.")
    if not os.access(path, os.R_OK | os.W_OK):
        raise _Unusable(f"this user may not read and write the file {path}. Give it to him: chown USER {path}")
    if problem := _folder_problem(path.parent):
        raise _Unusable(problem)  # SQLite writes its journal beside the file
    with path.open("rb") as file:
        start = file.read(len(_HEADER))
    if start and start != _HEADER:
        raise _Unusable(f"{path} is not an SQLite database. Name another file, or one that does not exist yet.")
    in_use = all(path.with_name(path.name + suffix).exists() for suffix in ("-wal", "-shm"))
    mode = "mode=ro" if in_use else "immutable=1"  # a file in use has its newest part in the other two
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True)
        try:
            return {row[0] for row in connection.execute("SELECT version_num FROM alembic_version")}
        finally:
            connection.close()
    except sqlite3.OperationalError:
        return set()  # no such table yet
    except sqlite3.DatabaseError as error:
        raise _Unusable(f"{path} cannot be read ({error}). Restore it from a backup, or name another file.") from None


def _revisions_of_server(url: str) -> set[str]:
    parsed = make_url(url).set(drivername="postgresql+psycopg")
    engine = create_engine(parsed, connect_args={"connect_timeout": CONNECT_SECONDS})
    try:
        with engine.connect() as connection:
            if connection.exec_driver_sql("SELECT to_regclass('alembic_version')").scalar() is None:
                return set()
            return set(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars())
    except DBAPIError as error:
        reason = " ".join(str(error.orig).split())
        for secret in filter(None, (password(url), without_password(parsed)[1])):
            reason = reason.replace(secret, "***")
        coded = " Write @ as %40, # as %23 and % as %25 in the password." if set(password(url)) & set("#/?%") else ""
        raise _Unusable(
            f"PostgreSQL cannot be used: {reason.rstrip('.?')}. Check that it runs, and host, name and password.{coded}"
        ) from None
    finally:
        engine.dispose()


def _folder_problem(folder: Path) -> str | None:
    """Why no file can be written in ``folder``, which may have to be made."""
    if problem := _lookup_problem(folder):
        return problem
    if (meant := Path(os.path.realpath(folder))) != folder.absolute():
        folder = meant  # a link leads elsewhere
    there = next(place for place in (folder, *folder.parents, Path()) if os.access(place, os.F_OK))
    if not there.is_dir():
        return f"{there} is a file, and a folder is needed. Name another path."
    if not os.access(there, os.W_OK | os.X_OK):
        return f"this user may not write in the folder {there}. Give it to him (chown USER {there}), or name another."
    return None


def _lookup_problem(path: Path) -> str | None:
    """Why the system cannot look for ``path``, whether it exists or not: too long, or links that lead in a circle."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        return f"{str(path)[:40]!r} cannot be used ({reason}). Name another path."
    return None
