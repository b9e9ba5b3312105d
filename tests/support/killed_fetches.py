"""Kills fetches at random statements and looks at what is left: run by test_price_store.py, in a process of its own.

A fork of a process with one thread is exact: the child dies by SIGKILL before the statement, with all it has done.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import event

from forecasting.prices.store.pacing import Pacing
from forecasting.prices.store.store import PriceStore
from forecasting.prices.store.stored import StoredPrices
from forecasting.storage.database import connect_lazily, open_database
from forecasting.universe import Symbol
from tests.support.vendors import Vendor, simulated, with_split

SYMBOLS = (Symbol("SPY"), Symbol("HYG"))
BEFORE, AFTER = date(2024, 12, 13), date(2025, 1, 10)


VIEWS = {symbol: with_split(simulated(symbol, first="2024-11"), date(2025, 1, 3), 4.0) for symbol in SYMBOLS}


def fetch(database: Path, today: date, die_before: int | None = None) -> int:
    """Fetch all symbols; the number of statements sent. Dies before the statement of that number."""
    source = Vendor(VIEWS, today)
    engine = connect_lazily(f"sqlite:///{database}")
    sent = 0

    def count(*_: Any) -> None:
        nonlocal sent
        sent += 1
        if sent == die_before:
            os.kill(os.getpid(), signal.SIGKILL)

    for moment in ("before_cursor_execute", "commit"):
        event.listen(engine, moment, count)
    prices = StoredPrices(source, PriceStore(engine, "yahoo"), source.now, Pacing(lambda seconds: None))
    for symbol in SYMBOLS:
        prices.update(symbol, today)
    engine.dispose()
    return sent


def look(database: Path) -> dict[Symbol, pd.DataFrame]:
    engine = connect_lazily(f"sqlite:///{database}")
    store = PriceStore(engine, "yahoo")
    found = {symbol: store.load(symbol) for symbol in SYMBOLS}
    engine.dispose()
    return {symbol: stored.frame for symbol, stored in found.items() if stored is not None}


def same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return one.index.equals(other.index) and np.allclose(one, other, rtol=1e-9, atol=0, equal_nan=True)


def killed_at(database: Path, today: date, statement: int) -> None:
    child = os.fork()
    if child == 0:
        fetch(database, today, die_before=statement)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"statement {statement} was not reached"


def main(folder: Path, kills: int) -> None:
    random = np.random.default_rng(20241213)
    old = {symbol: view(BEFORE) for symbol, view in VIEWS.items()}
    new = {symbol: view(AFTER) for symbol, view in VIEWS.items()}
    empty, start, copy = folder / "empty.db", folder / "start.db", folder / "copy.db"
    open_database(f"sqlite:///{empty}").dispose()
    shutil.copy(empty, start)
    first = fetch(start, BEFORE)
    shutil.copy(start, copy)
    later = fetch(copy, AFTER)
    halves = 0
    for kill in range(kills):
        first_fetch = kill % 5 == 4  # into an empty store
        for file in folder.glob("copy.db*"):
            file.unlink()
        shutil.copy(empty if first_fetch else start, copy)
        statement = int(random.integers(1, (first if first_fetch else later) + 1))
        killed_at(copy, BEFORE if first_fetch else AFTER, statement)
        found = look(copy)
        states = []
        for symbol, frame in found.items():
            states.append("old" if same(frame, old[symbol]) else "new" if same(frame, new[symbol]) else "broken")
        assert "broken" not in states, (kill, states)
        assert first_fetch or len(states) == len(SYMBOLS), (kill, states)
        halves += len(set(states)) == 2
        fetch(copy, AFTER)
        assert all(same(frame, new[symbol]) for symbol, frame in look(copy).items()), kill
    assert halves, "no kill came between two symbols: the test tests nothing"
    sys.stdout.write(f"{kills} kills among {later} statements, {halves} between symbols\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
