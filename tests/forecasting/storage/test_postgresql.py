"""A PostgreSQL server that is frozen: nobody waits for it for ever, and once it goes on so does the program."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, QueuePool, text
from sqlalchemy.exc import DBAPIError

from forecasting import BadSettings, open_database, storage_failure
from forecasting.storage import postgresql as module


@pytest.fixture
def engine(postgresql: str) -> Iterator[Engine]:
    engine = open_database(postgresql)
    yield engine
    engine.dispose()


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def parent(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("PPid:")).split()[1])


def test_a_statement_is_given_up_and_the_next_one_takes_a_new_connection(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with engine.connect() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        monkeypatch.setattr(module, "ANSWER_SECONDS", 0.5)
        with frozen(pid), pytest.raises(DBAPIError) as raised:
            connection.exec_driver_sql("SELECT 1")
    failure = storage_failure(raised.value)
    assert failure is not None
    assert failure.cause == "gone"
    assert "silent for 0.5 seconds" in str(failure)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one() != pid


def test_so_is_a_connection_that_was_idle(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with engine.connect() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    monkeypatch.setattr(module, "ANSWER_SECONDS", 0.5)
    with frozen(pid), engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one() != pid


def test_a_server_that_accepts_nobody_is_refused_in_one_line(
    engine: Engine, postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with engine.connect() as connection:
        server = parent(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
    monkeypatch.setattr(module, "CONNECT_SECONDS", 2)
    with frozen(server), pytest.raises(BadSettings, match="cannot be opened: connection timeout expired") as raised:
        open_database(postgresql)
    assert "\n" not in str(raised.value)
    open_database(postgresql).dispose()


@pytest.mark.slow
def test_what_takes_longer_but_answers_is_waited_for(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWER_SECONDS", 5.0)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT pg_sleep(0.3), 7").one()[1] == 7
        assert len(connection.exec_driver_sql("SELECT * FROM generate_series(1, 200000)").all()) == 200_000


@pytest.mark.parametrize(("asked", "prepared"), [("", True), ("&prepare_threshold=none", False)])
def test_what_comes_again_and_again_is_prepared_unless_the_address_forbids_it(
    postgresql: str, asked: str, prepared: bool
) -> None:
    engine = open_database(postgresql + asked)
    with engine.connect() as connection:
        for number in range(10):
            connection.execute(text("SELECT CAST(:number AS integer)"), {"number": number})
        count = connection.exec_driver_sql("SELECT count(*) FROM pg_prepared_statements").scalar_one()
    engine.dispose()
    assert (count > 0) == prepared


def test_an_engine_has_so_many_connections_as_the_manual_says(engine: Engine) -> None:
    assert isinstance(engine.pool, QueuePool)
    assert (engine.pool.size(), engine.pool._max_overflow) == (5, 10)
