"""The database: opened, migrated once whoever comes first, and refused in words."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text

from forecasting import BadSettings, open_database
from forecasting.storage import database
from forecasting.storage.database import BUSY_SECONDS

OPEN_AND_LIST = """
import json, sys
from sqlalchemy import inspect
from forecasting import open_database
print(json.dumps(sorted(inspect(open_database(sys.argv[1])).get_table_names())))
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new/folder/test.db"
    found: str = request.getfixturevalue("postgresql")
    return found


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path}/test.db")
    yield engine
    engine.dispose()


def tables_of(url: str) -> list[str]:
    engine = open_database(url)
    names = inspect(engine).get_table_names()
    engine.dispose()
    return names


def test_opening_twice_migrates_once(url: str) -> None:
    first = tables_of(url)
    assert tables_of(url) == first
    assert {"reports", "issued_forecasts", "runs", "leases"} <= set(first)


@pytest.mark.slow
def test_two_programs_that_start_at_once_both_find_a_migrated_database(url: str) -> None:
    command = [sys.executable, "-c", OPEN_AND_LIST, url]

    programs = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]

    answers = [program.communicate() for program in programs]
    assert [program.returncode for program in programs] == [0, 0], [errors for _, errors in answers]
    tables = [json.loads(output) for output, _ in answers]
    assert tables[0] == tables[1]
    assert "reports" in tables[0]


def test_postgresql_is_found_under_its_plain_name_too(postgresql: str) -> None:
    assert "reports" in tables_of(postgresql.replace("postgresql+psycopg:", "postgresql:"))


def test_sqlite_lets_the_bot_read_while_a_job_writes(sqlite: Engine) -> None:
    with sqlite.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == BUSY_SECONDS * 1000
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1

    with sqlite.connect() as writer, sqlite.connect() as reader:
        writer.exec_driver_sql("BEGIN IMMEDIATE")
        writer.exec_driver_sql("INSERT INTO overview_charts VALUES ('csv', 'dark', x'00')")
        assert reader.execute(text("SELECT count(*) FROM overview_charts")).scalar() == 0


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("no url at all", "DATABASE_URL"),
        ("nosuchdatabase://x/y", "DATABASE_URL"),
        ("postgresql://somebody:secret@127.0.0.1:1/x", "cannot be opened"),
        ("postgresql://somebody@host:port/x", "DATABASE_URL"),
    ],
)
def test_a_database_that_cannot_be_opened_is_refused_in_words(url: str, part: str) -> None:
    with pytest.raises(BadSettings, match=part) as caught:
        open_database(url)
    assert "secret" not in str(caught.value)


def test_a_database_of_a_newer_version_is_refused_in_one_line(url: str) -> None:
    engine = open_database(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(BadSettings, match="made by a newer version of this program") as caught:
        open_database(url)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("lock", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_a_database_that_another_program_holds_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lock: str, mode: str
) -> None:
    """It has to be migrated, so it has to be written: a reader of a database that is up to date need not wait."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 0)
    with closing(sqlite3.connect(tmp_path / "test.db")) as other:
        other.execute(f"PRAGMA journal_mode={mode}")
        other.execute("CREATE TABLE notes (text)")
        other.execute(lock)
        with pytest.raises(BadSettings, match=r"cannot be opened\. The database is locked by another") as caught:
            open_database(f"sqlite:///{tmp_path}/test.db")
    assert "\n" not in str(caught.value)
    open_database(f"sqlite:///{tmp_path}/test.db").dispose()


def test_the_files_of_a_new_database_are_for_this_user_alone(tmp_path: Path, sqlite: Engine) -> None:
    with sqlite.begin() as connection:
        connection.exec_driver_sql("INSERT INTO overview_charts VALUES ('csv', 'dark', x'00')")
        rights = {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir()}
    assert rights == dict.fromkeys(("test.db", "test.db-wal", "test.db-shm"), "0o600")
    (tmp_path / "test.db").chmod(0o644)
    open_database(f"sqlite:///{tmp_path}/test.db").dispose()
    assert (tmp_path / "test.db").stat().st_mode & 0o777 == 0o644, "an operator's choice stays"


def test_a_file_where_the_folder_should_be_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(BadSettings, match="cannot be opened"):
        open_database(f"sqlite:///{tmp_path}/file/test.db")


def test_a_file_that_is_no_database_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("just some notes, long enough to have no header of a database at all" * 9)

    with pytest.raises(BadSettings, match="not a database"):
        open_database(f"sqlite:///{tmp_path}/notes.db")


@pytest.mark.parametrize(
    "url", ["postgresql://bot:hidden@/x?host=/nowhere", "postgresql:///x?host=/nowhere&password=hidden"]
)
def test_a_password_is_shown_in_no_part_of_an_address(url: str) -> None:
    with pytest.raises(BadSettings) as raised:
        open_database(url)
    assert "hidden" not in str(raised.value)
