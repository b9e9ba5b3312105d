"""Verification finds whatever was done to a row, in every column, and never ends in a traceback."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.exc import OperationalError

from forecasting import ReportStore, next_sessions, open_database
from forecasting.prices.security import Security
from forecasting.record.chain import BEFORE_FIRST, Head, newest_head
from forecasting.record.verification import verify
from tests.support.databases import open_file
from tests.support.issued import evening, forecast_from, made_prices

FORECASTS = 6
CHANGED = 4
"""The row that somebody changes."""

COLUMNS = (
    "number", "kind", "corrects", "source", "symbol", "security", "currency", "as_of", "raw_close", "adjustment",
    "quantiles", "baselines", "promise", "model_version", "data_hash", "code_version", "seed", "issued_at", "hash",
)  # fmt: skip

NESTED = "[" * 100_000
VALUES: tuple[Any, ...] = (
    None, "", "text", "101.5", "7", "{}", "[]", "{broken", NESTED, '{"a": NaN}', '{"a": 1e999}', b"bytes", b"\xff\xfe",
    0, -1, 3, 2.5, float("inf"), 2**62,
)  # fmt: skip


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some forecasts in a table without types, constraints and triggers, as somebody may make it anew."""
    path = tmp_path_factory.mktemp("verified") / "track.db"
    engine = open_file(path)
    days = next_sessions(date(2024, 1, 1), FORECASTS)
    prices = made_prices(date(2023, 12, 1), days[-1])
    fund = Security("Ünïque: one, two", "ETF", "USD", "PCX", date(2014, 10, 31))
    for day in days:
        ReportStore(engine).publish(replace(forecast_from(prices, day), security=fund), evening(day))
    engine.dispose()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute(f"CREATE TABLE loose ({', '.join(COLUMNS)})")
    connection.execute(f"INSERT INTO loose SELECT {', '.join(COLUMNS)} FROM issued_forecasts")  # noqa: S608
    connection.execute("DROP TABLE issued_forecasts")
    connection.execute("ALTER TABLE loose RENAME TO issued_forecasts")
    connection.commit()
    connection.close()
    return path


@pytest.fixture
def copy(issued: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(issued, tmp_path / "track.db"))


def changed(path: Path, statement: str, *values: Any) -> tuple[Head, str | None]:
    """The last sound row and what is said of the next, after a statement that is then taken back."""
    connection = sqlite3.connect(path)
    before = connection.execute("SELECT rowid, * FROM issued_forecasts").fetchall()
    connection.execute(statement, values)
    connection.commit()
    engine = open_file(path)
    sound, fault = verify(engine)
    engine.dispose()
    connection.execute("DELETE FROM issued_forecasts")
    marks = ", ".join("?" * (len(COLUMNS) + 1))
    connection.executemany(f"INSERT INTO issued_forecasts (rowid, {', '.join(COLUMNS)}) VALUES ({marks})", before)  # noqa: S608
    connection.commit()
    connection.close()
    return sound, fault and fault.what


def test_the_columns_are_those_of_the_table(issued: Path) -> None:
    engine = open_database(f"sqlite:///{issued}")
    assert verify(engine) == (newest_head(engine), None)
    assert set(COLUMNS) == set(newest_row(issued))
    engine.dispose()


def newest_row(path: Path) -> dict[str, Any]:
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    row = dict(connection.execute("SELECT * FROM issued_forecasts ORDER BY number DESC").fetchone())
    connection.close()
    return row


@pytest.mark.parametrize("column", COLUMNS)
def test_any_other_value_in_any_column_is_found_and_is_no_crash(copy: Path, column: str) -> None:
    there = newest_row(copy)[column]
    for value in VALUES:
        if (value is None and there is None) or (value == there and type(value) is type(there)):
            continue
        sound, what = changed(copy, f"UPDATE issued_forecasts SET {column} = ? WHERE number = {CHANGED}", value)  # noqa: S608
        assert what is not None, (column, value)
        assert sound.number < CHANGED, (column, value)


@pytest.mark.parametrize("column", COLUMNS)
def test_the_same_value_as_another_type_is_found(copy: Path, column: str) -> None:
    if newest_row(copy)[column] is None:
        return
    for kind in ("BLOB", "TEXT") if column in ("number", "seed", "raw_close", "adjustment") else ("BLOB",):
        statement = f"UPDATE issued_forecasts SET {column} = CAST({column} AS {kind}) WHERE number = {CHANGED}"  # noqa: S608
        sound, what = changed(copy, statement)
        assert what is not None, (column, kind)
        assert sound.number < CHANGED, (column, kind)


def test_text_that_is_no_text_is_found_at_its_row(copy: Path) -> None:
    statement = f"UPDATE issued_forecasts SET symbol = CAST(x'fffe' AS TEXT) WHERE number = {CHANGED}"  # noqa: S608
    sound, what = changed(copy, statement)
    assert sound.number == CHANGED - 1
    assert f"Row {CHANGED} cannot be read as a forecast" in str(what)


def test_sessions_in_another_order_are_found_though_their_canonical_form_is_the_same(copy: Path) -> None:
    """Whoever scores a forecast counts its steps by their order."""
    quantiles = json.loads(newest_row(copy)["quantiles"])
    turned = json.dumps(dict(reversed(quantiles.items())))
    sound, what = changed(copy, f"UPDATE issued_forecasts SET quantiles = ? WHERE number = {FORECASTS}", turned)  # noqa: S608
    assert sound.number == FORECASTS - 1
    assert "not in their order" in str(what)


def test_json_spelt_otherwise_is_the_same_row(copy: Path) -> None:
    """A dump that was read into another database may have spaced it its own way."""
    for spelt in (json.dumps(json.loads(newest_row(copy)["quantiles"]), indent=1), newest_row(copy)["quantiles"]):
        statement = f"UPDATE issued_forecasts SET quantiles = ? WHERE number = {FORECASTS}"  # noqa: S608
        assert changed(copy, statement, spelt) == (Head(FORECASTS, newest_row(copy)["hash"]), None)


@pytest.mark.parametrize("number", ["4", "NULL", "'x'", "-5", "0"])
def test_a_row_of_no_number_of_its_own_is_found(copy: Path, number: str) -> None:
    others = ", ".join(COLUMNS[1:])
    statement = f"INSERT INTO issued_forecasts SELECT {number}, {others} FROM issued_forecasts WHERE number = 4"  # noqa: S608
    _, what = changed(copy, statement)
    assert what is not None


def test_an_empty_record_is_sound(tmp_path: Path) -> None:
    engine = open_file(tmp_path / "empty.db")
    assert verify(engine) == (Head(0, BEFORE_FIRST), None)
    assert verify(engine, Head.parse(str(newest_head(engine)))) == (Head(0, BEFORE_FIRST), None)
    _, fault = verify(engine, Head.parse("1:ab"))
    assert fault is not None
    assert fault.number == 1
    engine.dispose()


def test_a_database_that_goes_away_is_no_fault_of_the_record(postgresql: str) -> None:
    engine, other = open_database(postgresql), create_engine(postgresql)

    @event.listens_for(engine, "before_cursor_execute")
    def stop(*_: object) -> None:
        with other.connect() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )

    with pytest.raises(OperationalError):
        verify(engine)
    engine.dispose()
    other.dispose()
