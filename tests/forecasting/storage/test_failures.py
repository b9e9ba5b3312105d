"""Real failures of databases and disks, in one sentence each."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from forecasting import Symbol, open_database, storage_failure
from forecasting.errors import StorageCause
from forecasting.job.progress import SymbolOutcomes
from forecasting.storage import database
from tests.support.databases import open_file
from tests.support.small_disk import SmallDisk

WRITE = text("INSERT INTO overview_charts (source, theme, png) VALUES ('csv', 'dark', zeroblob(1000000))")


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0)
    engine = open_file(tmp_path / "forecasts.db")
    yield engine
    engine.dispose()


@contextmanager
def locked(engine: Engine) -> Iterator[None]:
    with closing(sqlite3.connect(str(engine.url.database))) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def full(engine: Engine) -> Iterator[None]:
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    yield


@contextmanager
def only_to_be_read(engine: Engine) -> Iterator[None]:
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=1")
    yield


@contextmanager
def damaged(engine: Engine) -> Iterator[None]:
    engine.dispose()
    Path(str(engine.url.database)).write_bytes(b"no database " * 1000)
    yield


@contextmanager
def gone(engine: Engine) -> Iterator[None]:
    engine.dispose()
    Path(str(engine.url.database)).unlink()
    Path(str(engine.url.database)).mkdir()
    yield


@pytest.mark.parametrize(
    ("fails", "cause", "words"),
    [
        (locked, "locked", "locked by another program"),
        (full, "full", "The disk is full. Free some space"),
        (only_to_be_read, "read-only", "only read"),
        (damaged, "damaged", "restore a backup"),
        (gone, "gone", "does not answer: unable to open database file. Check"),
    ],
)
def test_what_fails_is_the_failure_of_an_etf_in_one_sentence(
    engine: Engine, fails: Callable[[Engine], AbstractContextManager[None]], cause: StorageCause, words: str
) -> None:
    spy = Symbol("SPY")
    outcomes = SymbolOutcomes((spy,), lambda _: None)
    with fails(engine):
        with outcomes.guard([spy]), engine.begin() as connection:
            connection.execute(WRITE)
        with pytest.raises(DBAPIError) as raised, engine.begin() as connection:
            connection.execute(WRITE)
    failure = storage_failure(raised.value)
    assert failure is not None
    assert failure.cause == cause
    told = outcomes.failed[spy]
    assert (told.error, told.message) == ("StorageFailed", str(failure))
    assert words in told.message
    assert "sqlalche.me" not in told.message
    assert "\n" not in told.message


def test_a_full_disk_is_one_cause_for_the_database_and_for_files(small_disk: SmallDisk) -> None:
    engine = open_file(small_disk.folder / "forecasts.db")
    with small_disk.full():
        with pytest.raises(DBAPIError) as of_database, engine.begin() as connection:
            connection.execute(WRITE)
        with pytest.raises(OSError, match="No space") as of_file:
            (small_disk.folder / "model").write_bytes(b"weights" * 1000)
    for error in (of_database.value, of_file.value):
        failure = storage_failure(error)
        assert failure is not None
        assert failure.cause == "full"
    engine.dispose()


def test_a_server_that_is_gone_is_told_with_its_own_first_line(postgresql: str) -> None:
    engine = open_database(postgresql)
    name = str(engine.url.database)
    server = create_engine(engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        ended = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
        connection.execute(ended, {"name": name})
    server.dispose()
    with pytest.raises(DBAPIError) as raised, engine.connect():
        pass
    failure = storage_failure(raised.value)
    assert failure is not None
    assert failure.cause == "gone"
    assert "not currently accepting connections" in str(failure)
    assert "\n" not in str(failure)
    engine.dispose()


@pytest.mark.parametrize("statement", ["SELECT * FROM no_such_table", "no SQL", "INSERT INTO leases (name) VALUES (1)"])
def test_a_wrong_statement_is_no_failure_of_the_database(engine: Engine, statement: str) -> None:
    with pytest.raises(DBAPIError) as raised, engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert storage_failure(raised.value) is None
    assert storage_failure(ValueError("database is locked")) is None
