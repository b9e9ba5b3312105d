"""A PostgreSQL server of the tests' own, in a folder that goes with them."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from tests.support.leaks import PASSWORD

_names = (f"test_{number}" for number in count())


def _programs() -> Path:
    """The newest installed server's programs; Debian keeps them out of the PATH."""
    found = shutil.which("initdb")
    candidates = [Path(found)] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not candidates:
        pytest.skip("needs a PostgreSQL server (Debian: apt-get install postgresql), and none is installed")
    return candidates[-1].parent


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root: the user it runs as instead; None where we are not root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """URL of a running server's database ``postgres``; it listens on a socket in its own folder only."""
    programs, user = _programs(), _unprivileged_user()
    folder = Path(tempfile.mkdtemp(prefix="etf-postgresql-"))
    if user is not None:
        shutil.chown(folder, user)

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", str(folder / "data"), *arguments]
        subprocess.run(command, check=True, user=user, cwd=folder, capture_output=True)

    run("initdb", "-U", "tester", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    # pg_ctl's server keeps the output open, so it must not be a pipe of ours: it goes to the log.
    run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
    yield f"postgresql+psycopg://tester:{PASSWORD}@/postgres?host={folder}"
    run("pg_ctl", "-w", "-m", "immediate", "stop")
    shutil.rmtree(folder)


@contextmanager
def new_database(server: str, template: str = "template1") -> Iterator[str]:
    """URL of a new database of the server, a copy of ``template``; it goes with the block."""
    name = next(_names)
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    engine.dispose()
    url = server.replace("/postgres?", f"/{name}?")
    # PostgreSQL takes a password at both places, and neither may be seen.
    if not name.endswith(("0", "2", "4", "6", "8")):
        url = url.replace(f":{PASSWORD}@", "@") + f"&password={PASSWORD}"
    yield url
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


@pytest.fixture
def postgresql(postgresql_server: str) -> Iterator[str]:
    """URL of a new, empty PostgreSQL database."""
    with new_database(postgresql_server) as url:
        yield url
