"""A job whose database or disk fails: a sentence, the last line, exit code 1."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from forecasting import open_database
from forecasting.__main__ import run
from forecasting.storage import database
from tests.support.small_disk import SmallDisk
from tests.support.trained import AS_OF, Home


@pytest.fixture
def use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Path]:
    """Makes a database in a folder the one of the settings."""

    def use(folder: Path) -> Path:
        url = f"sqlite:///{folder}/forecasts.db"
        open_database(url).dispose()
        settings = {"DATABASE_URL": url, "MODEL_DIR": f"{folder}/models", "PRICES": "simulated", "UNIVERSE": ""}
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        return folder / "forecasts.db"

    monkeypatch.setattr(database, "BUSY_SECONDS", 0)
    monkeypatch.chdir(tmp_path)
    return use


def check_it_is_told(capsys: pytest.CaptureFixture[str], sentence: str) -> None:
    for kind in ("retrain", "refresh"):
        assert run([kind, "SPY", "ARKK", "--json"]) == 1
        output, errors = capsys.readouterr()
        done = json.loads(output.splitlines()[-1])
        assert (done["event"], done["ok"]) == ("done", [])
        assert [(failure["symbol"], failure["error"]) for failure in done["failed"]] == [
            ("SPY", "StorageFailed"),
            ("ARKK", "StorageFailed"),
        ]
        for told in (errors, *(failure["message"] for failure in done["failed"])):
            assert sentence in told
            assert "Traceback" not in told
            assert "sqlalche.me" not in told


def test_a_locked_database_is_told(
    use: Callable[[Path], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(use(tmp_path))) as other:
        other.execute("BEGIN IMMEDIATE")
        check_it_is_told(capsys, "The database is locked by another program.")


def test_a_full_disk_is_told(
    use: Callable[[Path], Path], small_disk: SmallDisk, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(use(small_disk.folder))) as bot:  # has the files beside the database made already
        bot.execute("SELECT count(*) FROM reports").fetchone()
        with small_disk.full():
            check_it_is_told(capsys, "The disk is full.")


@pytest.mark.slow
def test_a_server_that_goes_away_in_the_middle_of_a_job_is_told(empty_home: Home, postgresql: str) -> None:
    engine = open_database(postgresql)
    server = create_engine(engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    engine.dispose()
    program = empty_home.start("retrain", "SPY", "--as-of", AS_OF, "--json", DATABASE_URL=postgresql)
    assert program.stdout is not None
    assert json.loads(program.stdout.readline())["stage"] == "prices"
    with server.connect() as connection:
        name = engine.url.database
        connection.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        ended = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
        connection.execute(ended, {"name": name})
    server.dispose()
    output, errors = program.communicate()
    (failure,) = json.loads(output.splitlines()[-1])["failed"]
    assert program.returncode == 1
    assert failure["error"] == "StorageFailed"
    assert errors.splitlines()[-1] == failure["message"]
    assert "The database does not answer" in failure["message"]
    assert "Traceback" not in errors
    assert "sqlalche.me" not in output + errors


def test_every_command_tells_it(
    use: Callable[[Path], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(use(tmp_path))) as other:
        other.execute("BEGIN IMMEDIATE")
        assert run(["replay", "SPY", "--from", "2020-01-01", "--to", "2020-02-01"]) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("The database is locked by another program.")


def test_a_mistake_of_the_program_has_its_last_line_too(
    use: Callable[[Path], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(use(tmp_path))) as other:
        other.execute("DROP TABLE leases")
    with pytest.raises(Exception, match="no such table"):
        run(["refresh", "SPY", "--json"])
    (failure,) = json.loads(capsys.readouterr().out.splitlines()[-1])["failed"]
    assert failure["symbol"] == "SPY"
    assert "unexpected OperationalError" in failure["message"]


@pytest.mark.slow
def test_a_job_that_breaks_at_its_end_says_what_it_has_stored(
    trained: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The picture of all scores comes after every forecast is stored."""
    for name, value in trained.environment().items():
        monkeypatch.setenv(name, value)
    with closing(sqlite3.connect(trained.folder / "forecasts.db")) as other:
        other.execute("DROP TABLE overview_charts")
    with pytest.raises(DBAPIError, match="no such table"):
        run(["refresh", "spy", "NOSUCH", "no ticker", "--as-of", AS_OF, "--json"])
    done = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert done["ok"] == ["SPY"]
    assert [failure["symbol"] for failure in done["failed"]] == ["no ticker", "NOSUCH"]
