"""``etf-forecast doctor`` finds each fault that is planted, repairs what it promises to, and changes nothing else."""

from __future__ import annotations

import json
import os
import sqlite3
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from forecasting import ReportStore, Symbol, open_database
from forecasting.champion.decisions import DecisionStore, withdrawn
from forecasting.champion.registry import ModelRegistry
from forecasting.cli import cli
from forecasting.errors import ModelMissing
from forecasting.health import files
from forecasting.prices.store.store import PriceStore
from forecasting.record.verification import verify
from forecasting.settings.places import is_older
from forecasting.storage.lease import Lease
from tests.support.databases import open_file
from tests.support.fetched import FRIDAY, run
from tests.support.made_models import made_model
from tests.support.postgresql import new_database
from tests.support.reports import made_report, publish_into
from tests.support.vendors import Vendor, simulated

SPY, ARKK, FNGU = Symbol("SPY"), Symbol("ARKK"), Symbol("FNGU")
OLD_HOME = Path(__file__).parents[2] / "data" / "home-of-0.1.0.tar.xz"
FIRST = made_model(as_of=date(2024, 11, 29), data=b"earlier")
SECOND = made_model(
    data=b"later", holdout=b"holdout", stand_in="2022-12-30", stand_in_hash=sha256(b"holdout").hexdigest()
)
OTHER = made_model("ARKK")


@dataclass(frozen=True)
class Installation:
    """A database with reports, a record and fetched prices; SPY has two models, ARKK one."""

    folder: Path
    engine: Engine
    registry: ModelRegistry

    def doctor(self, *arguments: str) -> Result:
        return CliRunner().invoke(cli, ["doctor", *arguments], standalone_mode=False)

    def found(self) -> list[str]:
        """The lines of an examination that finds something."""
        done = self.doctor()
        assert done.return_value == 1, done.output
        return [line for line in done.stdout.splitlines() if not line.startswith("To repair")]

    def place(self, symbol: Symbol = SPY) -> Path:
        return self.registry.folder / "simulated" / symbol

    def file(self, name: str = "model.safetensors", version: str = SECOND.version, symbol: Symbol = SPY) -> Path:
        return self.place(symbol) / version / name

    def execute(self, *statements: str) -> None:
        """As somebody who edits the database by hand."""
        with self.engine.connect() as connection:
            if self.engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            for statement in statements:
                connection.execute(text(statement))
            connection.commit()
            connection.invalidate()

    def state(self) -> dict[str, object]:
        """All that may not change unasked."""
        kept: dict[str, object] = {
            str(path.relative_to(self.folder)): (path.read_bytes(), path.stat().st_mode)
            for path in self.folder.rglob("*")
            if path.is_file() and not path.name.startswith("forecasts.db")
        }
        if self.engine.dialect.name == "sqlite":
            with closing(sqlite3.connect(self.folder / "forecasts.db")) as connection:
                kept["database"] = list(connection.iterdump())
        return kept


@contextmanager
def installed(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("MODEL_DIR", str(tmp_path / "models"))
    engine, registry = open_database(url), ModelRegistry(tmp_path / "models")
    reports = [replace(made_report(name), model_version=f"{name}-planted") for name in ("SPY", "ARKK")]
    publish_into(engine, reports)
    for model, symbol in ((FIRST, SPY), (SECOND, SPY), (OTHER, ARKK)):
        registry.save("simulated", symbol, model)
        registry.promote("simulated", symbol, model.version)
    run(Vendor({SPY: simulated(SPY)}, FRIDAY), PriceStore(engine, "yahoo"))
    yield Installation(tmp_path, engine, registry)
    engine.dispose()


@pytest.fixture
def sqlite_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    open_file(tmp_path / "forecasts.db").dispose()
    with installed(f"sqlite:///{tmp_path}/forecasts.db", tmp_path, monkeypatch) as home:
        yield home


@pytest.fixture
def postgresql_home(
    postgresql_server: str, empty_postgresql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    with (
        new_database(postgresql_server, empty_postgresql) as url,
        installed(url, tmp_path, monkeypatch) as home,
    ):
        yield home


@pytest.fixture(params=["sqlite_home", "postgresql_home"])
def home(request: pytest.FixtureRequest) -> Installation:
    found: Installation = request.getfixturevalue(request.param)
    return found


@pytest.mark.slow
def test_where_all_is_well_it_finds_nothing_and_changes_nothing(home: Installation) -> None:
    before = home.state()
    for arguments in ((), ("--repair",)):
        done = home.doctor(*arguments)
        assert (done.return_value, done.output) == (0, "No problem was found.\n")
    assert home.state() == before
    assert home.doctor("--json").stdout == "[]\n"


def plant(home: Installation) -> dict[str, str]:
    """Every fault that can be repaired: the start of each line that tells of it."""
    home.file().write_bytes(b"latex")
    home.file("card.json", OTHER.version, ARKK).write_bytes(b"{}")
    spare = made_model(as_of=date(2023, 12, 29), data=b"spare")
    whole = made_model(
        as_of=date(2022, 12, 30), data=b"whole", holdout=b"h", stand_in="2020-12-30", stand_in_hash="0" * 64
    )
    for model in (spare, whole):
        home.registry.save("simulated", SPY, model)
    home.file("model.safetensors", spare.version).unlink()
    home.registry.save("simulated", FNGU, fngu := made_model("FNGU"))
    (home.place(FNGU) / "champion").write_bytes(b"../SPY\xff")
    home.execute(
        "UPDATE reports SET body = '{}' WHERE symbol = 'ARKK'",
        "INSERT INTO leases (name, token, purpose, host, pid, taken_at, heartbeat_at, first_taken_at) VALUES "
        "('schedule', 'abc', 'schedule', 'elsewhere', 1, '2020-01-01', '2020-01-01', '2020-01-01')",
    )
    old = home.place() / ".half-abc"
    old.mkdir()
    os.utime(old, (0, 0))
    (home.place() / ".half-new").mkdir()  # of a job that is at work
    (home.folder / ".env").write_text("DISCORD_TOKEN=\n")
    (home.folder / ".env").chmod(0o644)
    found = {
        f"models: The model {SECOND.version} of SPY cannot be read": f"goes back to {FIRST.version}.",
        f"models: The model {OTHER.version} of ARKK cannot be read": "There is no earlier one to go back to.",
        f"models: The model {spare.version} of SPY cannot be read": "not in use. A repair removes it.",
        f"models: The holdout model of {whole.version} is damaged": "A repair removes it.",
        f"models: The file {home.place(FNGU)}/champion, which": f"goes back to {fngu.version}.",
        "reports: Report 2 of ARKK from simulated prices cannot be read: ValueError: symbol": (
            "next refresh makes a new one."
        ),
        "database: Process 1 on elsewhere (schedule) is gone": "a repair frees it.",
        f"files: A program that was killed has left {old}": "A repair removes it.",
        "files: .env: other users": "A repair does so.",
    }
    if home.engine.dialect.name == "sqlite":
        home.execute(
            "UPDATE prices SET close = 'many' WHERE session > '2024-12-01'",
            "INSERT INTO price_rebasings VALUES (999, '2024-01-02', 1.0, 1.0)",
            "DROP TRIGGER issued_forecasts_no_delete",
            "DROP INDEX ix_reports_newest",
        )
        (home.folder / "forecasts.db").chmod(0o644)
        found |= {
            "prices: 10 rows of the table prices hold no prices": "next fetches bring them again.",
            "database: 1 rows of the table price_rebasings": "A repair removes them.",
            "database: Trigger issued_forecasts_no_delete is missing.": "A repair makes it anew.",
            "database: Index ix_reports_newest is missing.": "A repair makes it anew.",
            f"files: Other users of this machine may read or write {home.folder}/forecasts.db": "chmod 600",
        }
    return found


@pytest.mark.slow
def test_each_planted_fault_is_one_line_and_is_repaired_after_a_backup(home: Installation) -> None:
    expected = plant(home)
    before = home.state()

    lines = home.found()

    for start, remedy in expected.items():
        (line,) = (line for line in lines if line.startswith(start))
        assert remedy in line
    assert [line for line in lines if not line.startswith(tuple(expected))] == []
    assert home.state() == before, "nothing is changed unasked"

    done = home.doctor("--repair")

    assert done.return_value == 0, done.output
    (backup,) = home.folder.glob("before-repair-*.zip")
    assert done.stdout.splitlines()[0] == f"As everything was before the repair, it is in {backup}"
    for start in expected:
        assert any(line.startswith(f"repaired: {start}") for line in done.stdout.splitlines()), start
    assert done.stdout.splitlines()[-1] == "No problem is left."
    with zipfile.ZipFile(backup) as archive:
        assert archive.read(f"models/simulated/SPY/{SECOND.version}/model.safetensors") == b"latex"

    assert home.registry.champion("simulated", SPY) == FIRST
    with pytest.raises(ModelMissing, match="etf-forecast retrain ARKK"):
        home.registry.champion("simulated", ARKK)
    store = ReportStore(home.engine)
    assert store.latest(SPY, "simulated") is not None
    assert store.latest(ARKK, "simulated") is None
    assert verify(home.engine)[0].number == 2, "the record is as it was"
    assert (home.place() / ".half-new").is_dir()
    assert home.doctor().return_value == 0


def test_the_same_model_trained_once_more_may_become_champion_again(home: Installation) -> None:
    home.file().write_bytes(b"latex")
    assert home.doctor("--repair").return_value == 0

    decisions = DecisionStore(home.engine).of("simulated", SPY)

    assert [(decision.challenger, decision.verdict) for decision in decisions] == [(FIRST.version, "rolled back")]
    assert SECOND.version not in withdrawn(decisions)


def test_prices_that_were_removed_are_fetched_again(sqlite_home: Installation) -> None:
    store = PriceStore(sqlite_home.engine, "yahoo")
    whole = store.load(SPY)
    sqlite_home.execute("UPDATE prices SET close = 'many' WHERE session > '2024-12-01'")
    assert sqlite_home.doctor("--repair").return_value == 0

    run(Vendor({SPY: simulated(SPY)}, FRIDAY), store)

    again = store.load(SPY)
    assert whole is not None
    assert again is not None
    assert again.frame.equals(whole.frame)


def change_the_record(home: Installation) -> str:
    changed = "UPDATE issued_forecasts SET raw_close = raw_close + 1 WHERE number = 1"
    if home.engine.dialect.name == "postgresql":
        home.execute("SET session_replication_role = replica", changed)
    else:
        with home.engine.connect() as connection:
            guard = connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'issued_forecasts_no_update'"))
        home.execute("DROP TRIGGER issued_forecasts_no_update", changed, str(guard))
    return "record: Row 1"


def remove_a_table(home: Installation) -> str:
    home.execute("DROP TABLE track_charts")
    return "database: The table track_charts is missing"


def remove_a_column(home: Installation) -> str:
    home.execute("ALTER TABLE alerts DROP COLUMN language")
    return "database: The columns language of the table alerts are missing"


def a_recipe_that_is_none(home: Installation) -> str:
    os.environ["RECIPE"] = "calm-owl"
    return "models: RECIPE: "


BEYOND_REPAIR: dict[str, Callable[[Installation], str]] = {
    "a row of the record is changed": change_the_record,
    "a table is missing": remove_a_table,
    "a column is missing": remove_a_column,
    "the recipe is missing": a_recipe_that_is_none,
}


@pytest.mark.parametrize("fault", BEYOND_REPAIR)
def test_what_cannot_be_repaired_is_left_and_said(
    home: Installation, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECIPE", "default")
    start = BEYOND_REPAIR[fault](home)
    before = home.state()

    done = home.doctor("--repair")

    assert done.return_value == 1
    (line,) = done.stdout.splitlines()
    assert line.startswith(start)
    assert home.state() == before, "not even a backup is made, since there is nothing to repair"


def test_a_missing_trigger_of_postgresql_is_said(postgresql_home: Installation) -> None:
    postgresql_home.execute("DROP TRIGGER issued_forecasts_no_delete ON issued_forecasts")
    (line,) = postgresql_home.found()
    assert line.startswith("database: The trigger issued_forecasts_no_delete, which guards the record, is missing.")


def test_a_damaged_index_is_made_anew(sqlite_home: Installation) -> None:
    with sqlite_home.engine.connect() as connection:
        definition = connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'ix_runs_newest'"))
    rows = "INSERT INTO runs (kind, source, as_of, started_at, finished_at, ok, failed) VALUES "
    sqlite_home.execute(
        "PRAGMA writable_schema=ON",
        "UPDATE sqlite_master SET sql = 'CREATE INDEX ix_runs_newest ON runs (kind) WHERE 0' WHERE type = 'index' "
        "AND name = 'ix_runs_newest'",
    )
    sqlite_home.execute(
        rows + "('refresh', 'simulated', '2024-12-13', '2024-12-13 22:00:00', '2024-12-13 22:05:00', '[]', '[]')",
        "PRAGMA writable_schema=ON",
        f"UPDATE sqlite_master SET sql = '{definition}' WHERE name = 'ix_runs_newest'",  # noqa: S608 - its own
    )
    (line,) = sqlite_home.found()
    assert line.startswith("database: An index is damaged: ")
    assert "ix_runs_newest" in line
    assert sqlite_home.doctor("--repair").return_value == 0


def test_a_database_that_is_none_or_newer_or_damaged_is_left_alone(sqlite_home: Installation) -> None:
    file = sqlite_home.folder / "forecasts.db"
    with sqlite_home.engine.connect() as connection:
        root = connection.scalar(text("SELECT rootpage FROM sqlite_master WHERE name = 'price_faults'"))
        size = connection.scalar(text("PRAGMA page_size"))
    sqlite_home.engine.dispose()
    whole = file.read_bytes()
    start = (root - 1) * size
    damaged = whole[:start] + b"\xa5" * 64 + whole[start + 64 :]
    for content, words in ((b"no database" * 100, "is not an SQLite database"), (damaged, "The file is damaged")):
        file.write_bytes(content)
        sqlite_home.file().write_bytes(b"latex")

        done = sqlite_home.doctor("--repair")

        assert done.return_value == 1
        assert words in done.stdout
        assert f"models: The model {SECOND.version} of SPY cannot be read" in done.stdout
        assert "repaired:" not in done.stdout
        assert file.read_bytes() == content
        assert sqlite_home.file().read_bytes() == b"latex"
    file.write_bytes(whole)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "database: The database was made by a newer version" in sqlite_home.doctor("--repair").stdout


def test_an_older_database_is_upgraded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tarfile.open(OLD_HOME) as archive:
        # Our own archive; Python knows filters from 3.11.4 on and wants one from 3.12 on.
        archive.extractall(tmp_path, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))  # noqa: S202
    (file,) = tmp_path.rglob("*.db")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    monkeypatch.setenv("MODEL_DIR", str(tmp_path / "none"))
    done = CliRunner().invoke(cli, ["doctor"], standalone_mode=False)
    assert done.return_value == 1
    assert "database: An earlier version of this program made the database." in done.stdout

    done = CliRunner().invoke(cli, ["doctor", "--repair"], standalone_mode=False)

    assert "repaired: database: An earlier version" in done.stdout
    assert not is_older(f"sqlite:///{file}")


def test_without_a_database_there_is_nothing_to_examine_and_none_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/forecasts.db")
    monkeypatch.setenv("MODEL_DIR", str(tmp_path / "models"))
    done = CliRunner().invoke(cli, ["doctor", "--repair"], standalone_mode=False)
    assert (done.return_value, done.output) == (0, "No problem was found.\n")
    assert list(tmp_path.iterdir()) == []

    registry = ModelRegistry(tmp_path / "models")
    registry.save("simulated", SPY, FIRST)
    registry.promote("simulated", SPY, FIRST.version)
    done = CliRunner().invoke(cli, ["doctor"], standalone_mode=False)
    assert done.return_value == 1
    assert done.stdout.startswith("database: There are models, but no database at")


def test_a_place_that_cannot_be_read_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/forecasts.db")
    monkeypatch.setenv("MODEL_DIR", "x" * 300)
    done = CliRunner().invoke(cli, ["doctor"], standalone_mode=False)
    assert (done.return_value, done.exception) == (1, None)
    (line,) = done.stdout.splitlines()
    assert line.startswith(f"files: {'x' * 300}")
    assert "cannot be read (File name too long)" in line


def test_while_a_job_is_at_work_nothing_is_repaired(home: Installation) -> None:
    home.file().write_bytes(b"latex")
    other = Lease(home.engine, "job", "retrain")
    assert other.claim(datetime.now(UTC))
    with home.engine.begin() as connection:  # of a process that lives and is not this one
        connection.execute(text("UPDATE leases SET pid = :pid"), {"pid": os.getppid()})

    done = home.doctor("--repair")

    assert done.return_value == 1
    assert "Another job is using this database: retrain" in done.stderr
    assert home.file().read_bytes() == b"latex"
    assert list(home.folder.glob("before-repair-*")) == []


def test_without_a_backup_nothing_is_repaired(postgresql_home: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    postgresql_home.file().write_bytes(b"latex")
    monkeypatch.setenv("PATH", "")  # so that pg_dump is not found

    done = postgresql_home.doctor("--repair")

    assert done.return_value == 1
    assert done.stderr.startswith("Nothing was repaired, since there is no backup. pg_dump is not installed here.")
    assert postgresql_home.file().read_bytes() == b"latex"


def test_a_disk_that_is_nearly_full_is_said(sqlite_home: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "ROOM", 10**18)
    (line,) = sqlite_home.found()
    assert line.startswith("disk: ")
    assert line.endswith("Free some space.")


def test_programs_get_the_problems_as_json(sqlite_home: Installation) -> None:
    sqlite_home.file().write_bytes(b"latex")
    change_the_record(sqlite_home)

    done = sqlite_home.doctor("--repair", "--json")

    assert done.return_value == 1
    told = [(row["part"], row["can_be_repaired"], row["repaired"]) for row in json.loads(done.stdout)]
    assert told == [("models", True, True), ("record", False, False)]
