"""The migrations make exactly the tables that the two programs declare, in one history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, Table, text

from bot.cogs.report.subscriptions import Subscriptions
from bot.storage.schema import Base as BotBase
from forecasting import COLUMNS, Lease, ReportStore, Run, connect_lazily, open_database
from forecasting.record.verification import verify
from forecasting.storage.database import Base, known_revisions, migrations_folder
from tests.support.reports import PNG, TRAINED_AT, made_report


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    postgresql: str = (
        f"sqlite:///{tmp_path}/test.db" if request.param == "sqlite" else request.getfixturevalue("postgresql")
    )
    return postgresql


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_database(url)
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


def fill(connection: Connection, table: str, **values: object) -> None:
    connection.execute(Table(table, MetaData(), autoload_with=connection).insert().values(**values))


def test_the_first_schema_is_upgraded_with_all_that_it_holds(url: str) -> None:
    report, config = made_report("SPY"), Config()
    config.set_main_option("script_location", str(migrations_folder()))
    about = {"source": "simulated", "symbol": "SPY", "as_of": report.as_of, "model_version": report.model_version}
    run = {"kind": "retrain", "source": "simulated", "as_of": report.as_of, "ok": ["SPY"], "failed": []}
    first = connect_lazily(url)
    with first.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        fill(connection, "reports", id=1, **about, written_at=TRAINED_AT, body=report.to_json())
        fill(connection, "report_charts", report_id=1, subject="forecast", theme="dark", png=PNG)
        fill(connection, "runs", id=1, **run, started_at=TRAINED_AT, finished_at=TRAINED_AT)
        for number, as_of in enumerate((date(2026, 11, 12), report.as_of), 1):
            issued = about | {"id": number, "as_of": as_of, "issued_at": TRAINED_AT, "seed": 7, "data_hash": "d" * 64}
            quantiles = {name: [50.0 + place] * 60 for place, name in enumerate(COLUMNS)}
            issued |= {"raw_close": 51.2, "adjustment": 1.0, "quantiles": quantiles, "code_version": "0.0.1"}
            fill(connection, "issued_forecasts", **issued)
        command.upgrade(config, "0002")
        fill(connection, "subscriptions", server_id=1001, channel_id=2001, since=TRAINED_AT)
    first.dispose()

    engine = open_database(url)
    store = ReportStore(engine)
    assert store.latest(report.symbol, "simulated") == report
    assert store.chart(report.symbol, "simulated", "dark") == PNG
    assert store.runs.last("retrain", "simulated") == Run(
        **run | {"ok": ("SPY",), "failed": ()}, started_at=TRAINED_AT, finished_at=TRAINED_AT
    )
    head, fault = verify(engine)
    assert (head.number, fault) == (2, None)
    (subscription,) = Subscriptions(engine).all_of(1001)
    assert (subscription.channel_id, subscription.is_active) == (2001, True)
    engine.dispose()


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
