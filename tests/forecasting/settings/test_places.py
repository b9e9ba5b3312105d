"""What the settings name is looked at, and left as it is."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from forecasting.settings import ForecastSettings
from forecasting.settings.database_url import checked_database_url
from forecasting.settings.places import database_problem, recipe_problem
from forecasting.storage.database import open_database


def bytes_of(folder: Path) -> Mapping[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def set_revision(file: Path, revision: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        connection.commit()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    open_database(f"sqlite:///{tmp_path}/x.db").dispose()
    return tmp_path / "x.db"


@pytest.mark.parametrize("revision", ["0001", "0003"])
def test_an_older_database_is_fine_and_is_not_migrated(database: Path, revision: str) -> None:
    set_revision(database, revision)
    before = bytes_of(database.parent)
    assert database_problem(f"sqlite:///{database}") is None
    assert bytes_of(database.parent) == before


def test_a_newer_database_is_refused(database: Path) -> None:
    set_revision(database, "9999")
    before = bytes_of(database.parent)
    assert "made by a newer version" in str(database_problem(f"sqlite:///{database}"))
    assert bytes_of(database.parent) == before


def test_a_database_in_use_is_read_with_its_newest_part(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
        assert database.with_name("x.db-wal").stat().st_size
        assert "made by a newer version" in str(database_problem(f"sqlite:///{database}"))


def test_a_damaged_file_is_named(database: Path) -> None:
    database.write_bytes(database.read_bytes()[:16] + b"\1" * 4096)
    assert "Restore it from a backup" in str(database_problem(f"sqlite:///{database}"))


def test_nothing_is_made_that_is_not_there(tmp_path: Path) -> None:
    assert database_problem(f"sqlite:///{tmp_path}/var/deep/x.db") is None
    assert recipe_problem("default", tmp_path / "models") is None
    assert list(tmp_path.iterdir()) == []


def test_postgresql_is_looked_at_too(postgresql: str) -> None:
    assert checked_database_url(postgresql) == postgresql
    assert database_problem(postgresql) is None
    engine = create_engine(postgresql)
    assert inspect(engine).get_table_names() == []
    open_database(postgresql).dispose()
    assert database_problem(postgresql) is None
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    assert "made by a newer version" in str(database_problem(postgresql))


def test_a_missing_driver_is_named_with_a_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ValueError, match=r"-m pip install 'psycopg\[binary\]'"):
        checked_database_url("postgresql://u:p@h/d")


def test_a_gpu_is_looked_for_on_the_machine_that_trains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEVICE", "cuda:99")
    assert "DEVICE" not in ForecastSettings.checked(cluster="tcp://10.0.0.5:8786")[1], "each worker is asked by the job"
    monkeypatch.setenv("CLUSTER", "tcp://10.0.0.5:8786")
    assert "DEVICE" not in ForecastSettings.checked()[1]


@pytest.mark.parametrize(
    "url",
    [
        "postgres://u:p@h/d",
        "postgresql+psycopg://u:p%40@h:5432/d?sslmode=require",
        "postgresql:///d?host=/tmp",
        "postgresql://u@/d?options=-csearch_path%3Da@b",
        "postgresql://u:p#x@h/d",
        "sqlite:////var/lib/x.db",
        "sqlite:///x.db?timeout=5",
    ],
)
def test_addresses_that_work_are_accepted(url: str) -> None:
    assert checked_database_url(url) == url
