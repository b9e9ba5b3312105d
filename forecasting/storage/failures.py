"""What a person reads when the database or the disk fails: one sentence, without the library's own words."""

from __future__ import annotations

import errno
import sqlite3
from typing import Final

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from forecasting.errors import StorageCause, StorageFailed

_CAUSES: Final[tuple[tuple[StorageCause, tuple[str, ...]], ...]] = (
    ("locked", ("database is locked", "database table is locked")),
    ("full", ("disk is full", "no space left on device", "could not extend file")),
    ("read-only", ("readonly database", "read-only")),
    ("damaged", ("disk image is malformed", "file is not a database")),
    ("gone", ("unable to open database file", "disk i/o error")),
)
"""The driver's words that tell a cause. SQLite and psycopg have no common codes."""

_FULL: Final = {errno.ENOSPC, errno.EDQUOT}

_SENTENCES: Final[dict[StorageCause, str]] = {
    "locked": "The database is locked by another program. See which program holds it, then try again.",
    "full": "The disk is full. Free some space, then try again.",
    "read-only": "The database cannot be written, only read. Check the rights of its file and folder, then try again.",
    "damaged": "The database file is damaged. Stop the programs that use it, and restore a backup.",
    "gone": "The database does not answer: {reason}. Check that it runs and can be reached, then try again.",
}


def storage_failure(error: BaseException) -> StorageFailed | None:
    """The failure of the database or the disk that ``error`` is; None if it is something else, such as a bug."""
    if isinstance(error, StorageFailed):
        return error
    if isinstance(error, OSError):
        return _failed("full") if error.errno in _FULL else None
    if isinstance(error, PoolTimeout):
        return _failed("gone", "every connection is waiting for an answer")
    if not isinstance(error, (DBAPIError, sqlite3.Error)):
        return None
    reason = str(error.orig if isinstance(error, DBAPIError) else error).strip()
    shown = reason.partition("\n")[0].rstrip(". ")
    for cause, words in _CAUSES:
        if any(word in reason.lower() for word in words):
            return _failed(cause, shown)
    # SQLite's operational errors are statements that are wrong too; those of a server are its own.
    if isinstance(error, OperationalError) and not isinstance(error.orig, sqlite3.Error):
        return _failed("gone", shown)
    return None


def _failed(cause: StorageCause, reason: str = "") -> StorageFailed:
    return StorageFailed(cause, _SENTENCES[cause].format(reason=reason))
