"""The hash chain: what was issued cannot be changed unseen, by nobody and by no accident."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from forecasting import ReportStore, connect_lazily, next_sessions, open_database
from forecasting.errors import ForecastMissing
from forecasting.prices.security import Security
from forecasting.record.chain import Head, newest_head
from forecasting.record.issued import issued_forecasts
from forecasting.record.verification import verify
from forecasting.storage.database import migrations_folder
from tests.support.issued import ARKK, database, evening, forecast_from, made_prices
from tests.support.tampering import Tamper, cut, deleted, edited, inserted, plain_hash, rehashed, swapped, tamper

FORECASTS = 12
PRICES = made_prices(date(2023, 12, 1), date(2024, 3, 1))
DAYS = next_sessions(date(2024, 1, 1), FORECASTS + 1)


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with some forecasts, for copying."""
    folder = tmp_path_factory.mktemp("issued")
    database(folder, FORECASTS).dispose()
    return folder / "track.db"


@pytest.fixture
def copy(issued: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(issued, tmp_path / "track.db"))


def engine_of(path: Path) -> Engine:
    return open_database(f"sqlite:///{path}")


def raw_rows(path: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT * FROM issued_forecasts ORDER BY number").fetchall()
    connection.close()
    return rows


def test_an_untouched_record_is_sound_with_any_head_that_was_ever_noted(copy: Path) -> None:
    engine = engine_of(copy)
    noted = newest_head(engine)
    assert noted.number == FORECASTS
    assert verify(engine) == (noted, None)
    ReportStore(engine).publish(forecast_from(PRICES, DAYS[-1]), evening(DAYS[-1]))
    assert verify(engine, noted)[1] is None
    assert verify(engine, Head.parse(str(noted)))[1] is None
    assert verify(engine, Head.parse("0:"))[1] is None


@pytest.mark.slow
@pytest.mark.parametrize(("how", "trials"), [(edited, 40), (inserted, 15), (swapped, 15), (deleted, 15)])
def test_random_tamperings_are_found_at_their_row(issued: Path, tmp_path: Path, how: Tamper, trials: int) -> None:
    random = np.random.default_rng(trials)
    for trial in range(trials):
        path = Path(shutil.copy(issued, tmp_path / f"{trial}.db"))
        first = tamper(path, how, random)
        engine = connect_lazily(f"sqlite:///{path}")
        _, fault = verify(engine)
        engine.dispose()
        assert fault is not None, (trial, first)
        assert fault.number == first, fault
        assert f"ow {first} " in fault.what or f"ow {first}:" in fault.what


@pytest.mark.parametrize(("how", "trials"), [(cut, 7), (rehashed, 8)])
def test_cut_tails_and_suffixes_hashed_anew_are_found_by_a_noted_head(
    issued: Path, tmp_path: Path, how: Tamper, trials: int
) -> None:
    random = np.random.default_rng(trials)
    engine = connect_lazily(f"sqlite:///{issued}")
    noted = Head.parse(str(newest_head(engine)))
    engine.dispose()
    for trial in range(trials):
        path = Path(shutil.copy(issued, tmp_path / f"{trial}.db"))
        first = tamper(path, how, random)
        engine = connect_lazily(f"sqlite:///{path}")
        assert verify(engine)[1] is None, "without a head nobody can tell"
        _, fault = verify(engine, noted)
        engine.dispose()
        assert fault is not None, trial
        assert fault.number == first, fault


def test_a_row_that_cannot_be_read_is_a_fault_and_no_crash(copy: Path) -> None:
    connection = sqlite3.connect(copy)
    connection.execute("DROP TRIGGER issued_forecasts_no_update")
    connection.execute("UPDATE issued_forecasts SET quantiles = '{broken' WHERE number = 7")
    connection.execute("UPDATE issued_forecasts SET as_of = 'long ago' WHERE number = 9")
    connection.commit()
    connection.close()

    sound, fault = verify(engine_of(copy))

    assert sound.number == 6
    assert fault is not None
    assert fault.number == 7


def test_the_database_refuses_to_change_or_delete_a_row(engine: Engine) -> None:
    facts = replace(
        forecast_from(PRICES, DAYS[0]), security=Security("Ünïque", "ETF", "USD", "PCX", date(2014, 10, 31))
    )
    ReportStore(engine).publish(facts, evening(DAYS[0]))
    forbidden = ["UPDATE issued_forecasts SET raw_close = raw_close + 1", "DELETE FROM issued_forecasts"]
    if engine.dialect.name == "postgresql":
        forbidden.append("TRUNCATE issued_forecasts CASCADE")

    for statement in forbidden:
        with pytest.raises(DBAPIError, match="never changed or deleted"), engine.begin() as connection:
            connection.execute(text(statement))

    assert verify(engine) == (newest_head(engine), None)
    assert newest_head(engine).number == 1
    engine.dispose()


def test_two_writers_cannot_both_append(copy: Path) -> None:
    engine = engine_of(copy)
    (newest,) = raw_rows(copy)[-1:]

    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.exec_driver_sql(f"INSERT INTO issued_forecasts VALUES ({', '.join('?' * len(newest))})", newest)  # noqa: S608


@pytest.mark.parametrize(
    "forged", [{"number": 4, "model_version": "another"}, {"number": 99}, {"number": 99, "corrects": 5}]
)
def test_no_insert_replaces_a_row(copy: Path, forged: dict[str, object]) -> None:
    """SQLite would delete the row of the same number or key, and no trigger for deletions would hear of it."""
    engine = engine_of(copy)
    right = replace(forecast_from(PRICES, DAYS[4]), data_hash="e" * 64)
    assert ReportStore(engine).issue(right, evening(DAYS[5]), "live", corrects=5) == FORECASTS + 1
    before = raw_rows(copy)
    connection = sqlite3.connect(copy)
    connection.row_factory = sqlite3.Row
    row = dict(connection.execute("SELECT * FROM issued_forecasts WHERE number = 4").fetchone()) | forged

    with pytest.raises(sqlite3.IntegrityError, match="never changed or deleted"):
        connection.execute(
            f"INSERT OR REPLACE INTO issued_forecasts ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",  # noqa: S608
            tuple(row.values()),
        )

    connection.close()
    assert raw_rows(copy) == before


def test_a_correction_is_a_new_row_that_names_the_old_one_once(copy: Path) -> None:
    engine = engine_of(copy)
    before = raw_rows(copy)
    store, again = ReportStore(engine), forecast_from(PRICES, DAYS[3])
    right = replace(again, data_hash="e" * 64)

    assert store.issue(again, evening(DAYS[4]), "live") is None
    assert store.issue(right, evening(DAYS[4]), "live", corrects=4) == FORECASTS + 1
    with pytest.raises(IntegrityError):
        store.issue(right, evening(DAYS[4]), "live", corrects=4)

    with pytest.raises(ValueError, match="its as_of is"):
        store.issue(right, evening(DAYS[4]), "live", corrects=5)
    with pytest.raises(ValueError, match="its kind is live"):
        store.issue(right, evening(DAYS[4]), "replayed", corrects=4)
    with pytest.raises(ForecastMissing, match="no forecast 99"):
        store.issue(right, evening(DAYS[4]), "live", corrects=99)

    assert raw_rows(copy)[:-1] == before
    assert issued_forecasts(engine, "simulated", ARKK)[-1].corrects == 4
    assert verify(engine)[1] is None


def test_live_and_replayed_forecasts_of_one_day_are_two_rows(copy: Path) -> None:
    engine = engine_of(copy)
    store, again = ReportStore(engine), forecast_from(PRICES, DAYS[3])

    assert store.issue(again, evening(DAYS[4]), "replayed") == FORECASTS + 1
    assert store.issue(again, evening(DAYS[4]), "replayed") is None
    assert verify(engine)[1] is None


def test_a_clock_that_is_moved_changes_no_row(copy: Path) -> None:
    before, engine = raw_rows(copy), engine_of(copy)
    store = ReportStore(engine)
    for now in (evening(DAYS[0]) - timedelta(days=9000), evening(DAYS[0]) + timedelta(days=9000)):
        for day in DAYS[:-1]:
            assert not store.publish(forecast_from(PRICES, day), now)
    assert raw_rows(copy) == before
    assert verify(engine)[1] is None


@pytest.mark.slow
def test_kills_at_random_points_change_no_issued_row(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "tests.support.killed_publications", str(tmp_path), "50"]
    done = subprocess.run(program, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "50 kills" in done.stdout


def test_an_outsider_gets_the_same_hashes_from_the_file_alone(copy: Path) -> None:
    connection = sqlite3.connect(copy)
    connection.row_factory = sqlite3.Row
    before = "0" * 64
    for row in connection.execute("SELECT * FROM issued_forecasts ORDER BY number"):
        before = plain_hash(before, dict(row))
        assert before == row["hash"]
    connection.close()


def test_the_program_of_the_page_checks_a_file(copy: Path, tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "record.md").read_text()
    program = page.split("```python\n")[1].split("```")[0]

    def run() -> tuple[int, str]:
        done = subprocess.run([sys.executable, "-c", program, str(copy)], check=False, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    assert run() == (0, f"{newest_head(engine_of(copy))}\n")
    tamper(copy, edited, np.random.default_rng(5))
    assert run()[0] == 1


@pytest.mark.parametrize("words", ["", "12", "0:ab", "12:", "x:ab", "12:xyz", f"1:{'a' * 65}", "-1:aa"])
def test_a_head_that_cannot_be_one_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match=r"head|digits"):
        Head.parse(words)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_forecasts_from_before_the_chain_are_kept_and_chained(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/old.db" if kind == "sqlite" else request.getfixturevalue("postgresql")
    engine = connect_lazily(url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
    old = text(
        "INSERT INTO issued_forecasts (id, source, symbol, as_of, model_version, raw_close, adjustment, quantiles, "
        "data_hash, code_version, seed, issued_at) VALUES (:id, 'csv', 'SPY', :as_of, 'SPY-a', 101.1, 1.01, "
        "'{\"2024-01-03\": [0.1, 2e-7, 99.0]}', 'd', '0.1.0', 1, '2024-01-02 23:00:00.000123')"
    )
    with engine.begin() as connection:
        for number, row_id in enumerate((9, 4, 30)):
            connection.execute(old, {"id": row_id, "as_of": f"2024-01-0{number + 2}"})
    engine.dispose()

    engine = open_database(url)

    assert verify(engine) == (newest_head(engine), None)
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT number, kind, as_of, raw_close FROM issued_forecasts ORDER BY number")
        ).all()
    assert [(row.number, row.kind, str(row.as_of), row.raw_close) for row in rows] == [
        (1, "live", "2024-01-03", 101.1),
        (2, "live", "2024-01-02", 101.1),
        (3, "live", "2024-01-04", 101.1),
    ]
    engine.dispose()
