"""New databases of both kinds, with all tables. They are copies: making the tables takes longer than most tests."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url

from forecasting.storage.database import open_database
from tests.support.postgresql import new_database


@functools.cache
def empty_file() -> bytes:
    """An SQLite file without rows."""
    with tempfile.TemporaryDirectory() as folder:
        open_database(f"sqlite:///{folder}/empty.db").dispose()
        return Path(folder, "empty.db").read_bytes()


def open_file(path: Path) -> Engine:
    """An engine on this SQLite file, which is a new database if there is none."""
    if not path.exists():
        path.touch(mode=0o600)  # as the program makes it
        path.write_bytes(empty_file())
    return open_database(f"sqlite:///{path}")


@pytest.fixture(scope="session")
def empty_postgresql(postgresql_server: str) -> Iterator[str]:
    """Name of a PostgreSQL database without rows."""
    with new_database(postgresql_server) as url:
        open_database(url).dispose()
        yield str(make_url(url).database)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a new database: each test runs with one in an SQLite file and with one in a PostgreSQL server."""
    if request.param == "sqlite":
        (tmp_path / "bot.db").write_bytes(empty_file())
        yield f"sqlite:///{tmp_path}/bot.db"
    else:
        server, template = map(request.getfixturevalue, ("postgresql_server", "empty_postgresql"))
        with new_database(server, template) as url:
            yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A new database, of each kind."""
    engine = open_database(database_url)
    yield engine
    engine.dispose()
