"""Kills publications and scorings at random statements: run by test_track_chain.py, in a process of its own.

A fork of a process with one thread is exact: the child dies by SIGKILL before the statement, with all it has done.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import event

from forecasting import connect_lazily, next_sessions, open_database
from forecasting.record.scoring import score_open
from forecasting.record.verification import verify
from forecasting.sessions import NYSE
from tests.support.issued import ARKK, evening, issue_daily, made_prices

DAYS = next_sessions(date(2024, 1, 1), 9)
PRICES = made_prices(date(2023, 12, 1), DAYS[-1])
BEFORE, AFTER = DAYS[:6], DAYS[6:]


def work(database: Path, die_before: int | None = None) -> int:
    """Publish three forecasts and score all; the number of statements sent. Dies before the one of that number."""
    engine = connect_lazily(f"sqlite:///{database}")
    sent = 0

    def count(*_: Any) -> None:
        nonlocal sent
        sent += 1
        if sent == die_before:
            os.kill(os.getpid(), signal.SIGKILL)

    # A killed process loses nothing that it has handed to the system; only a power cut would.
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    for moment in ("before_cursor_execute", "commit"):
        event.listen(engine, moment, count)
    issue_daily(engine, PRICES, AFTER)
    score_open(engine, "simulated", {ARKK: PRICES}, {NYSE: DAYS[-1]}, evening(DAYS[-1]))
    engine.dispose()
    return sent


def killed_at(database: Path, statement: int) -> None:
    child = os.fork()
    if child == 0:
        work(database, die_before=statement)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"statement {statement} was not reached"


def rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(database)
    found = connection.execute(query).fetchall()
    connection.close()
    return found


ISSUED = "SELECT * FROM issued_forecasts ORDER BY number"
VISIBLE = "SELECT as_of FROM reports ORDER BY as_of"
RECORDED = "SELECT as_of FROM issued_forecasts ORDER BY as_of"


def main(folder: Path, kills: int) -> None:
    random = np.random.default_rng(20240101)
    start, copy = folder / "start.db", folder / "copy.db"
    engine = open_database(f"sqlite:///{start}")
    issue_daily(engine, PRICES, BEFORE)
    engine.dispose()
    shutil.copy(start, copy)
    statements = work(copy)
    whole, between = rows(copy, ISSUED), 0
    for kill in range(kills):
        for file in folder.glob("copy.db*"):
            file.unlink()
        shutil.copy(start, copy)
        killed_at(copy, int(random.integers(1, statements + 1)))
        found = rows(copy, ISSUED)
        assert found == whole[: len(found)], kill
        assert len(found) >= len(BEFORE), kill
        assert rows(copy, VISIBLE) == rows(copy, RECORDED), f"kill {kill}: what is visible is not what is recorded"
        between += len(BEFORE) < len(found) < len(whole)
        engine = connect_lazily(f"sqlite:///{copy}")
        assert verify(engine)[1] is None, kill
        engine.dispose()
        if kill % 5 == 0:
            work(copy)
            assert rows(copy, ISSUED) == whole, f"kill {kill}: the next job did not complete it"
    assert between, "no kill came between two forecasts: the test tests nothing"
    sys.stdout.write(f"{kills} kills among {statements} statements, {between} between forecasts\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
