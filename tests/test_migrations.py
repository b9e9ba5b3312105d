"""The migrations make exactly the tables that the two programs declare, in one history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from bot.storage.schema import Base as BotBase
from forecasting import Lease, connect_lazily, open_database
from forecasting.storage.database import Base, known_revisions, migrations_folder


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    sqlite = f"sqlite:///{tmp_path}/test.db"
    engine = open_database(sqlite if request.param == "sqlite" else request.getfixturevalue("postgresql"))
    yield engine
    engine.dispose()


def test_the_migrations_make_exactly_the_tables_of_both_programs(engine: Engine) -> None:
    """A table or column that is missing on either side would be in the list of differences.

    Except ``trials``: no longer used, but left in place with the searches that older versions stored.
    """
    with engine.connect() as connection:
        options = {"compare_type": True, "include_name": lambda name, kind, _: (kind, name) != ("table", "trials")}
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, [Base.metadata, BotBase.metadata])  # type: ignore[arg-type]
    assert differences == []


def test_the_names_of_the_files_are_the_history_that_alembic_reads() -> None:
    """So that a start need not load Alembic to see that the database is up to date."""
    scripts = ScriptDirectory(str(migrations_folder()))
    assert known_revisions() == tuple(script.revision for script in scripts.walk_revisions())


def test_no_table_is_declared_by_both_programs() -> None:
    assert not set(Base.metadata.tables) & set(BotBase.metadata.tables)


def test_the_leases_that_older_versions_held_are_taken_over(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    old, config = connect_lazily(url), Config()
    config.set_main_option("script_location", str(migrations_folder()))
    with old.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0013")
        for statement in (
            "INSERT INTO schedule_owner VALUES (1, '2026-01-03 13:00:00', NULL, 'here', 7, '2026-11-21 13:59:00')",
            "INSERT INTO job_lock VALUES (1, 'a', 'retrain', 'there', 8, '2026-11-21 13:00:00', '2026-11-21 13:59:00')",
        ):
            connection.execute(text(statement))
    old.dispose()

    engine = open_database(url)
    assert Lease(engine, "schedule").first_taken() == datetime(2026, 1, 3, 13, 0, tzinfo=UTC)
    now = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
    assert not Lease(engine, "job").claim(now), "that job is alive on another machine"
    assert Lease(engine, "schedule").claim(now), "it was given back"

    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0013")
        assert connection.execute(text("SELECT first_start FROM schedule_owner")).scalar() == "2026-01-03 13:00:00"
        assert connection.execute(text("SELECT kind FROM job_lock")).scalar() == "retrain"
    engine.dispose()
