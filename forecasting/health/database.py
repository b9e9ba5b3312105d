"""The database itself: its pages, its tables and what guards them, its references, and locks that nobody holds."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import cache, partial
from typing import Final

from sqlalchemy import Engine, inspect
from sqlalchemy.exc import DBAPIError

from forecasting.health.problem import RESTORE, Problem
from forecasting.storage.database import migrate, open_database
from forecasting.storage.lease import abandoned, release_abandoned

_MOST_SHOWN: Final = 20

_ONLY_AN_INDEX: Final = re.compile(r"row \d+ missing from index|wrong # of entries in index|non-unique entry in index")

_FETCHED_AGAIN: Final = ("prices", "price_revisions", "price_rebasings", "report_charts")
"""Tables whose rows the next fetch or refresh brings again."""


def examine_older(engine: Engine) -> Problem:
    """What there is to say of a database that an earlier version made."""
    return Problem(
        "database",
        "An earlier version of this program made the database.",
        "The next start of the bot or of a job upgrades it, and so does a repair.",
        partial(migrate, engine),
    )


def examine_database(engine: Engine, now: datetime) -> Iterator[Problem]:
    """All problems of a database in the newest form.

    Raises:
        DBAPIError: the connection is lost, or the database is too damaged to be asked.
    """
    yield from _pages(engine)
    yield from _form(engine)
    if engine.dialect.name == "sqlite":  # PostgreSQL keeps them itself
        yield from _references(engine)
    for lease in abandoned(engine, now):
        yield Problem(
            "database",
            f"Process {lease.pid} on {lease.host} ({lease.purpose}) is gone and has not given its lock back.",
            "The next process takes the lock; a repair frees it.",
            partial(release_abandoned, engine, lease),
        )


def _pages(engine: Engine) -> Iterator[Problem]:
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            found = connection.exec_driver_sql(f"PRAGMA integrity_check({_MOST_SHOWN})").scalars().all()
        faults = [] if found == ["ok"] else found
        if faults and all(_ONLY_AN_INDEX.search(fault) for fault in faults):
            yield Problem("database", f"An index is damaged: {faults[0]}.", "A repair makes it anew.", _reindex(engine))
        elif faults:
            yield Problem("database", f"The file is damaged: {' '.join(faults[0].split())}.", RESTORE)
        return
    for table in inspect(engine).get_table_names():
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql(f'SELECT count(*) FROM (SELECT * FROM "{table}" OFFSET 0) AS every_row')  # noqa: S608 - its own name
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            reason = str(error.orig).partition("\n")[0]
            yield Problem("database", f"The table {table} cannot be read: {reason}.", RESTORE)


def _reindex(engine: Engine) -> partial[None]:
    return partial(_execute, engine, "REINDEX")


def _form(engine: Engine) -> Iterator[Problem]:
    """Whether it has what a new database has: tables and columns, and what keeps the record from being changed."""
    wanted, guards = _of_a_new_one()
    there = _columns(engine)
    for table, columns in wanted.items():
        if missing := sorted(columns - there.get(table, set())):
            what = f"columns {', '.join(missing)} of the table {table} are" if table in there else f"table {table} is"
            yield Problem("database", f"The {what} missing.", RESTORE)
    if engine.dialect.name != "sqlite":
        triggers = _triggers(engine)
        for trigger in ("issued_forecasts_no_update", "issued_forecasts_no_delete", "issued_forecasts_no_truncate"):
            if trigger not in triggers:
                yield Problem("database", f"The trigger {trigger}, which guards the record, is missing.", RESTORE)
        return
    present = _statements(engine)
    for name, statement in guards.items():
        if name not in present:
            yield Problem(
                "database",
                f"{name[0].capitalize()} {name[1]} is missing.",
                "A repair makes it anew.",
                partial(_execute, engine, statement),
            )


@cache
def _of_a_new_one() -> tuple[dict[str, set[str]], dict[tuple[str, str], str]]:
    """Columns and statements of a new SQLite database. Made once: a repair examines twice."""
    with tempfile.TemporaryDirectory() as folder:
        new = open_database(f"sqlite:///{folder}/new.db")
        try:
            return _columns(new), _statements(new)
        finally:
            new.dispose()


def _columns(engine: Engine) -> dict[str, set[str]]:
    found = inspect(engine).get_multi_columns()
    return {table: {column["name"] for column in columns} for (_, table), columns in found.items()}


def _statements(engine: Engine) -> dict[tuple[str, str], str]:
    """What makes each index and each trigger of an SQLite database, by its kind and name."""
    with engine.connect() as connection:
        query = "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
        return {(kind, name): sql for kind, name, sql in connection.exec_driver_sql(query)}


def _triggers(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.exec_driver_sql("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal").scalars())


def _references(engine: Engine) -> Iterator[Problem]:
    """Rows of SQLite that name a row that is not there."""
    with engine.connect() as connection:
        found = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    for (table, parent), count in Counter((row[0], row[2]) for row in found).items():
        rows = [row[1] for row in found if (row[0], row[2]) == (table, parent)]
        what = f"{count} rows of the table {table} belong to rows of {parent} that are missing."
        if table in _FETCHED_AGAIN:
            yield Problem("database", what, "A repair removes them.", partial(_remove, engine, table, rows))
        else:
            yield Problem("database", what, RESTORE)


def _remove(engine: Engine, table: str, rows: list[int]) -> None:
    with engine.begin() as connection:
        for row in rows:
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE rowid = ?", (row,))  # noqa: S608 - one of ours


def _execute(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
