"""The files around the database and the models: what killed programs left, who may read what, and room on the disk."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from forecasting.champion.registry import ModelRegistry
from forecasting.health.problem import Problem
from forecasting.settings.env_file import exposed_env_file

OLD: Final = timedelta(hours=1)
"""What is younger may be at work."""

ROOM: Final = 100_000_000
"""Bytes that should be free beside the size of the database and the models, which a backup needs again."""

_OTHERS: Final = stat.S_IRWXO


def examine_files(registry: ModelRegistry, database: Path | None, now: datetime) -> Iterator[Problem]:
    """What killed programs have left, files that other users may read, and a disk that is nearly full.

    Args:
        database: the file of an SQLite database; None for a server's.
    """
    for path in _leftovers(registry, database):
        try:
            is_old = now.timestamp() - path.stat().st_mtime > OLD.total_seconds()
        except FileNotFoundError:
            continue
        if is_old:
            yield Problem(
                "files", f"A program that was killed has left {path}.", "A repair removes it.", partial(_remove, path)
            )
    yield from _exposed(database)
    yield from _full(registry.folder, database)


def _leftovers(registry: ModelRegistry, database: Path | None) -> Iterator[Path]:
    yield from registry.leftovers()
    yield from sorted(registry.folder.parent.glob(".restored-*"))
    if database is not None:
        yield from sorted(database.parent.glob(".half-*"))
        yield from (path.parent for path in sorted(database.parent.glob("tmp*/database.sqlite")))  # of a backup


def _exposed(database: Path | None) -> Iterator[Problem]:
    if exposed := exposed_env_file():
        yield Problem("files", f".env: {exposed}.", "A repair does so.", partial(_hide, Path(".env")))
    if os.name != "posix" or database is None:
        return
    parts = [database.with_name(database.name + suffix) for suffix in ("", "-wal", "-shm")]
    open_to_others = [path for path in parts if path.is_file() and path.stat().st_mode & _OTHERS]
    if open_to_others:
        names = " ".join(map(str, open_to_others))
        yield Problem(
            "files",
            f"Other users of this machine may read or write {open_to_others[0]}, which tells who follows what.",
            f"A repair does this: chmod 600 {names}",
            partial(_hide, *open_to_others),
        )


def _full(models: Path, database: Path | None) -> Iterator[Problem]:
    needed = ROOM + sum(path.stat().st_size for path in models.rglob("*") if path.is_file())
    if database is not None and database.is_file():
        needed += database.stat().st_size
    disks: dict[int, Path] = {}
    for place in filter(None, (database, models)):
        there = next(folder for folder in place.absolute().parents if folder.exists())
        disks.setdefault(there.stat().st_dev, there)
    for folder in disks.values():
        free = shutil.disk_usage(folder).free
        if free < needed:
            yield Problem(
                "disk",
                f"{free // 1_000_000} MB are free in {folder}, and {needed // 1_000_000} MB should be, which is 100 MB "
                "and what a backup takes.",
                "Free some space.",
            )


def _hide(*paths: Path) -> None:
    for path in paths:
        path.chmod(0o600)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
