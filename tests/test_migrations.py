"""The migrations make exactly the tables that the two programs declare, in one history."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

import forecasting.tuning.trials  # noqa: F401 - declares a table that nothing else here loads
from bot.storage.schema import Base as BotBase
from forecasting import open_database
from forecasting.storage.database import Base


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    sqlite = f"sqlite:///{tmp_path}/test.db"
    engine = open_database(sqlite if request.param == "sqlite" else request.getfixturevalue("postgresql"))
    yield engine
    engine.dispose()


def test_the_migrations_make_exactly_the_tables_of_both_programs(engine: Engine) -> None:
    """A table or column that is missing on either side would be in the list of differences."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, [Base.metadata, BotBase.metadata])  # type: ignore[arg-type]
    assert differences == []


def test_no_table_is_declared_by_both_programs() -> None:
    assert not set(Base.metadata.tables) & set(BotBase.metadata.tables)
