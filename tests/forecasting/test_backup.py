"""A backup is whole although the bot writes, and what it holds goes on working elsewhere."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
import threading
import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from forecasting.backup import back_up, restore
from forecasting.errors import BackupFailed
from forecasting.storage.database import open_database
from forecasting.storage.lease import Lease
from tests.support.trained import Home

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


def url_of(folder: Path) -> str:
    return f"sqlite:///{folder}/forecasts.db"


@pytest.fixture
def live(tmp_path: Path) -> Path:
    """A folder with a migrated database and a model."""
    folder = tmp_path / "live"
    open_database(url_of(folder)).dispose()
    model = folder / "models" / "csv" / "SPY" / "SPY-1"
    model.mkdir(parents=True)
    (model / "model.safetensors").write_bytes(b"weights")
    (model.parent / "champion").write_text("SPY-1")
    (model.parent / ".half-SPY-2").mkdir()
    (model.parent / ".half-SPY-2" / "card.json").write_text("{")
    return folder


def names_in(backup: Path) -> set[str]:
    with zipfile.ZipFile(backup) as archive:
        return set(archive.namelist())


def test_a_backup_while_others_write_is_of_one_moment(live: Path, tmp_path: Path) -> None:
    """Each transaction adds a row to two tables; a copy in the middle of one, or without the newest part, differs."""
    with closing(sqlite3.connect(live / "forecasts.db")) as connection:
        for table in ("left_rows", "right_rows"):
            connection.execute(f"CREATE TABLE {table} (number INTEGER, filling TEXT)")
        connection.commit()
    enough, stop = threading.Event(), threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(live / "forecasts.db", timeout=30)) as connection:
            connection.execute("PRAGMA wal_autocheckpoint=0")  # the newest part stays in the file beside it
            number = 0
            while not stop.is_set():
                number += 1
                for table in ("left_rows", "right_rows"):
                    connection.execute(f"INSERT INTO {table} VALUES (?, ?)", (number, "x" * 2000))  # noqa: S608
                connection.commit()
                if number == 200:
                    enough.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert enough.wait(60)
        for count in range(5):
            back_up(url_of(live), live / "models", tmp_path / f"{count}.zip", NOW)
    finally:
        stop.set()
        writer.join()
    for count in range(5):
        elsewhere = tmp_path / f"elsewhere-{count}"
        restore(tmp_path / f"{count}.zip", url_of(elsewhere), elsewhere / "models", NOW)
        with closing(sqlite3.connect(elsewhere / "forecasts.db")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            left, right = (
                connection.execute(f"SELECT count(*), max(number) FROM {table}").fetchone()  # noqa: S608
                for table in ("left_rows", "right_rows")
            )
        assert left == right
        assert left[0] == left[1] >= 200


@pytest.mark.slow
def test_what_was_trained_goes_on_elsewhere(trained: Home, tmp_path: Path) -> None:
    before = trained.json("show", "SPY")
    contents = back_up(trained.database_url, trained.model_dir, tmp_path / "b.zip", NOW)
    assert contents.files >= 3
    (tmp_path / "elsewhere").mkdir()
    elsewhere = Home(tmp_path / "elsewhere")
    assert restore(tmp_path / "b.zip", elsewhere.database_url, elsewhere.model_dir, NOW) == contents
    shutil.rmtree(trained.folder)
    assert elsewhere.json("show", "SPY") == before
    assert elsewhere.run("track", "--verify").returncode == 0
    assert elsewhere.run("reproduce", "1").returncode == 0
    assert elsewhere.run("refresh", "SPY", "--as-of", "2020-01-03").returncode == 0


def test_it_holds_the_models_that_are_whole_and_only_its_owner_reads_it(live: Path, tmp_path: Path) -> None:
    contents = back_up(url_of(live), live / "models", tmp_path / "b.zip", NOW)
    assert names_in(tmp_path / "b.zip") == {
        "manifest.json",
        "database.sqlite",
        "models/csv/SPY/champion",
        "models/csv/SPY/SPY-1/model.safetensors",
    }
    assert contents.files == 2
    assert stat.S_IMODE((tmp_path / "b.zip").stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"b.zip", "live"}, "nothing half-made is left"


def test_nothing_is_overwritten_unless_it_is_told_to(live: Path, tmp_path: Path) -> None:
    back_up(url_of(live), live / "models", tmp_path / "b.zip", NOW)
    before = (tmp_path / "b.zip").read_bytes()
    with pytest.raises(BackupFailed, match="exists already"):
        back_up(url_of(live), live / "models", tmp_path / "b.zip", NOW)
    assert (tmp_path / "b.zip").read_bytes() == before
    (tmp_path / "link.zip").symlink_to(tmp_path / "nowhere.zip")
    with pytest.raises(BackupFailed, match="exists already"):
        back_up(url_of(live), live / "models", tmp_path / "link.zip", NOW)

    (live / "models" / "csv" / "SPY" / "champion").write_text("another")
    with pytest.raises(BackupFailed, match=r"a database and there are models in .* --replace"):
        restore(tmp_path / "b.zip", url_of(live), live / "models", NOW)
    assert (live / "models" / "csv" / "SPY" / "champion").read_text() == "another"

    restore(tmp_path / "b.zip", url_of(live), live / "models", NOW, replace=True)
    assert (live / "models" / "csv" / "SPY" / "champion").read_text() == "SPY-1"
    assert {path.name for path in live.iterdir()} - {"forecasts.db-shm", "forecasts.db-wal"} == {
        "forecasts.db",
        "models",
    }


def test_a_database_at_work_is_not_replaced(live: Path, tmp_path: Path) -> None:
    back_up(url_of(live), live / "models", tmp_path / "b.zip", NOW)
    engine = open_database(url_of(live))
    assert Lease(engine, "schedule").claim(NOW)
    engine.dispose()
    with pytest.raises(BackupFailed, match="is at work on this database"):
        restore(tmp_path / "b.zip", url_of(live), live / "models", NOW + timedelta(minutes=1), replace=True)
    restore(tmp_path / "b.zip", url_of(live), live / "models", NOW + timedelta(minutes=5), replace=True)


def test_a_damaged_database_is_not_backed_up_but_replaced(live: Path, tmp_path: Path) -> None:
    back_up(url_of(live), live / "models", tmp_path / "good.zip", NOW)
    database = live / "forecasts.db"
    database.write_bytes(database.read_bytes()[:4096] + b"\1" * (database.stat().st_size - 4096))
    with pytest.raises(BackupFailed):
        back_up(url_of(live), live / "models", tmp_path / "bad.zip", NOW)
    assert not (tmp_path / "bad.zip").exists()
    restore(tmp_path / "good.zip", url_of(live), live / "models", NOW, replace=True)
    assert back_up(url_of(live), live / "models", tmp_path / "again.zip", NOW).files == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"revision": "9999"}, "a newer version"),
        ({"format": 2}, "a newer version"),
        ({"database": "oracle"}, "is no backup of this program"),
        ({"database": "postgresql"}, "is no backup of this program"),
        (None, "is no backup of this program"),
    ],
)
def test_a_file_that_cannot_be_restored_is_refused_untouched(
    live: Path, tmp_path: Path, change: dict[str, object] | None, words: str
) -> None:
    back_up(url_of(live), live / "models", tmp_path / "b.zip", NOW)
    with zipfile.ZipFile(tmp_path / "b.zip") as good, zipfile.ZipFile(tmp_path / "changed.zip", "w") as changed:
        for name in good.namelist():
            content = good.read(name)
            if name == "manifest.json":
                if change is None:
                    continue
                content = json.dumps(json.loads(content) | change).encode()
            changed.writestr(name, content)
    with pytest.raises(BackupFailed, match=words):
        restore(tmp_path / "changed.zip", url_of(tmp_path / "new"), tmp_path / "new" / "models", NOW)
    assert not (tmp_path / "new").exists()


def test_no_backup_at_all_is_a_sentence(live: Path, tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("no archive")
    for file, words in ((tmp_path / "none.zip", "There is no file"), (tmp_path / "text.zip", "not a zip")):
        with pytest.raises(BackupFailed, match=words):
            restore(file, url_of(tmp_path / "new"), tmp_path / "new" / "models", NOW)
    with pytest.raises(BackupFailed, match="nothing to back up"):
        back_up(url_of(tmp_path / "new"), tmp_path / "new" / "models", tmp_path / "b.zip", NOW)
    with pytest.raises(BackupFailed, match="cannot be written"):
        back_up(url_of(live), live / "models", tmp_path / "no" / "such" / "b.zip", NOW)


def test_postgresql_is_backed_up_by_its_own_programs(postgresql: str, live: Path, tmp_path: Path) -> None:
    open_database(postgresql).dispose()
    engine = create_engine(postgresql)
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO departures (server_id, left_at) VALUES (7, now())")
    contents = back_up(postgresql, live / "models", tmp_path / "b.zip", NOW)
    assert contents.kind == "postgresql"
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM departures")
    with pytest.raises(BackupFailed, match="a database already"):
        restore(tmp_path / "b.zip", postgresql, tmp_path / "models", NOW)
    restore(tmp_path / "b.zip", postgresql, tmp_path / "models", NOW, replace=True)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT server_id FROM departures").scalars().all() == [7]
    assert "issued_forecasts" in inspect(engine).get_table_names()
    engine.dispose()
    with pytest.raises(BackupFailed, match="kind postgresql, and DATABASE_URL names one of the kind sqlite"):
        restore(tmp_path / "b.zip", url_of(tmp_path / "new"), tmp_path / "new" / "models", NOW)
