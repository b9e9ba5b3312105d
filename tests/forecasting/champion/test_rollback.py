"""``etf-forecast rollback``: the earlier model forecasts again, or a sentence says why not."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, update

from forecasting import ReportStore, Symbol, open_database
from forecasting.__main__ import run
from forecasting.champion.decisions import Decision, Verdict, withdrawn
from forecasting.champion.registry import ModelRegistry
from forecasting.cli import cli
from forecasting.errors import CannotRollBack, JobRunning, ModelMissing, UnknownSymbol
from forecasting.prices.security import Security
from forecasting.storage.lease import StoredLease, job_lock
from tests.support.made_models import RECIPE, made_model
from tests.support.reports import LSTM, made_report, publish_into

SPY = Symbol("SPY")
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NEWEST_FORECAST = date(2026, 11, 13)


@dataclass(frozen=True)
class Desk:
    """A database and models of SPY, and an operator at the command line."""

    engine: Engine
    registry: ModelRegistry

    def train(
        self,
        as_of: str,
        *,
        trained_from: str = "1993-01-29",
        security: Security | None = None,
        verdict: Verdict | None = "promoted",
    ) -> str:
        """A model as a retrain leaves it; without a verdict, as before decisions were kept."""
        model = made_model(
            as_of=date.fromisoformat(as_of),
            data=f"weights of {as_of}".encode(),
            trained_at=f"{as_of}T13:00:00+00:00",
            recipe={**RECIPE, "trained_from": trained_from},
            security=None if security is None else security.as_json(),
            scores={"lstm": asdict(replace(LSTM, mae=12.345, skill_rw=0.0612, cutoffs=132))},
        )
        version = model.version
        before = self.champion if (self.registry.folder / "simulated" / "SPY" / "champion").exists() else None
        self.registry.save("simulated", SPY, model)
        if verdict is not None:
            ReportStore(self.engine).decisions.record(
                Decision("simulated", SPY, version, before, verdict, "Planted.", {}, NOW)
            )
        if verdict != "refused":
            self.registry.promote("simulated", SPY, version)
        return version

    @property
    def champion(self) -> str:
        return self.registry.champion("simulated", SPY).version

    @property
    def decisions(self) -> tuple[Decision, ...]:
        return ReportStore(self.engine).decisions.of("simulated", SPY)

    def rollback(self, *arguments: str) -> Result:
        return CliRunner().invoke(cli, ["rollback", *arguments])

    def refusal(self, *arguments: str) -> str:
        """What a rollback that changes nothing says."""
        before, decisions = self.champion, self.decisions
        error = self.rollback(*arguments).exception
        assert isinstance(error, (ModelMissing, CannotRollBack)), error
        assert (self.champion, self.decisions) == (before, decisions)
        return str(error)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    url = f"sqlite:///{tmp_path}/forecasts.db"
    for name, value in {"DATABASE_URL": url, "MODEL_DIR": f"{tmp_path}/models", "PRICES": "simulated"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("UNIVERSE", "")
    monkeypatch.chdir(tmp_path)
    engine = open_database(url)
    publish_into(engine, [made_report("SPY", as_of=NEWEST_FORECAST)])
    yield Desk(engine, ModelRegistry(tmp_path / "models"))
    engine.dispose()


def test_without_a_name_the_champion_before_this_one_forecasts_again(desk: Desk) -> None:
    first, second = desk.train("2026-10-30"), desk.train("2026-11-06")

    result = desk.rollback("spy")

    assert result.exit_code == 0, result.output
    assert desk.champion == first
    newest = desk.decisions[0]
    assert (newest.verdict, newest.challenger, newest.champion) == ("rolled back", first, second)
    assert newest.reason == "Rolled back by hand."
    assert first in result.output
    assert "etf-forecast refresh SPY" in result.output


def test_again_goes_one_further_back_and_not_forth(desk: Desk) -> None:
    versions = [desk.train(day) for day in ("2026-10-23", "2026-10-30", "2026-11-06")]

    for expected in reversed(versions[:-1]):
        assert desk.rollback("SPY").exit_code == 0
        assert desk.champion == expected

    assert "no model older than" in desk.refusal("SPY")


def test_a_refused_model_is_not_gone_back_to(desk: Desk) -> None:
    first = desk.train("2026-10-23")
    refused = desk.train("2026-10-30", verdict="refused")
    second = desk.train("2026-11-06")

    assert refused in desk.refusal("SPY", "--to", refused)
    assert desk.rollback("SPY").exit_code == 0
    assert desk.champion == first
    assert desk.rollback("SPY", "--to", second).exit_code == 0
    assert desk.champion == second


def test_models_older_than_the_decisions_are_gone_back_to_in_their_order(desk: Desk) -> None:
    versions = [desk.train(day, verdict=None) for day in ("2026-10-23", "2026-10-30", "2026-11-06")]

    assert desk.rollback("SPY").exit_code == 0

    assert desk.champion == versions[1]


def test_a_model_that_is_not_ready_is_answered_with_those_that_are(desk: Desk) -> None:
    versions = [desk.train((date(2026, 9, 1) + timedelta(days=7 * k)).isoformat()) for k in range(10)]

    for unknown in ("SPY-2020-01-01-nothing0", versions[1], "../../forecasts.db", ""):
        told = desk.refusal("SPY", "--to", unknown)
        assert all(version in told for version in versions[2:9])
        assert "trained 2026-10-27, MAE 12.35 USD on 132 cut-offs, skill +0.061" in told


def test_the_champion_itself_is_no_way_back(desk: Desk) -> None:
    desk.train("2026-10-30")
    champion = desk.train("2026-11-06")

    assert "already" in desk.refusal("SPY", "--to", champion)


def test_another_securitys_model_stays_where_it_is(desk: Desk) -> None:
    other = desk.train("2026-10-30", trained_from="1993-01-29")
    desk.train("2026-11-06", trained_from="2025-02-20")

    assert "another security" in desk.refusal("SPY")
    assert "2025-02-20" in desk.refusal("SPY", "--to", other)


def test_a_name_that_came_to_mean_another_security_is_no_way_back(desk: Desk) -> None:
    note = Security("A note of 2018", "ETF", "USD", "NYSEArca", date(2018, 1, 22))
    other = desk.train("2026-10-30", security=note)
    desk.train("2026-11-06", security=replace(note, name="A note of 2025", first_traded=date(2025, 2, 20)))

    assert "is now another security: A note of 2025" in desk.refusal("SPY", "--to", other)


def test_a_model_cannot_forecast_days_that_it_knows(desk: Desk) -> None:
    later = desk.train("2026-11-20", verdict=None)
    desk.train("2026-11-06")

    assert "2026-11-20" in desk.refusal("SPY", "--to", later)


def test_a_damaged_model_does_not_become_champion(desk: Desk) -> None:
    first = desk.train("2026-10-30")
    desk.train("2026-11-06")
    (desk.registry.folder / "simulated" / "SPY" / first / "model.safetensors").unlink()

    assert "cannot be read" in desk.refusal("SPY")


@pytest.mark.parametrize("file", ["card.json", "model.safetensors"])
def test_a_damaged_champion_can_be_left(desk: Desk, file: str) -> None:
    first, second = desk.train("2026-10-30"), desk.train("2026-11-06")
    (desk.registry.folder / "simulated" / "SPY" / second / file).write_bytes(b"{}")

    assert desk.rollback("SPY").exit_code == 0

    assert desk.champion == first
    assert desk.decisions[0].champion == second


def test_a_champion_whose_name_cannot_be_read_is_replaced_by_the_newest_that_was_not_rolled_back(desk: Desk) -> None:
    versions = [desk.train(day) for day in ("2026-10-30", "2026-11-06", "2026-11-13")]
    assert desk.rollback("SPY").exit_code == 0
    (desk.registry.folder / "simulated" / "SPY" / "champion").write_bytes(b"\xff\xfe\x00")

    result = desk.rollback("SPY")

    assert (result.exit_code, desk.champion) == (0, versions[1])
    assert desk.decisions[0].champion is None
    assert "whose name could not be read" in result.output


def test_without_a_model_it_says_how_to_make_one(desk: Desk) -> None:
    assert isinstance(desk.rollback("SPY").exception, ModelMissing)
    assert isinstance(desk.rollback("SPY", "--prices", "yahoo").exception, ModelMissing)
    assert isinstance(desk.rollback("QQQX").exception, UnknownSymbol)


def test_it_stays_out_of_the_way_of_a_job_that_writes(desk: Desk) -> None:
    desk.train("2026-10-30")
    champion = desk.train("2026-11-06")

    with job_lock(desk.engine, "retrain", lambda: datetime.now(UTC)):
        with desk.engine.begin() as connection:
            connection.execute(update(StoredLease).values(host="elsewhere"))  # else it would be this process's own
        assert isinstance(desk.rollback("SPY").exception, JobRunning)

    assert desk.champion == champion


def test_show_says_since_when_a_model_forecasts_and_what_was_decided_last(desk: Desk) -> None:
    def shown() -> str:
        return " ".join(CliRunner().invoke(cli, ["show", "SPY"]).output.split())

    assert "Champion" not in shown()
    first = desk.train("2026-11-06")
    champion = desk.train("2026-11-13")
    publish_into(desk.engine, [replace(made_report("SPY", as_of=NEWEST_FORECAST), model_version=champion)])
    assert shown().endswith("Champion since 2026-11-20. Planted.")

    refused = desk.train("2026-11-20", verdict="refused")
    assert shown().endswith(
        f"Champion since 2026-11-20. Planted. Last decision, 2026-11-20: {refused} was refused. Planted."
    )

    desk.rollback("SPY")
    assert f"back to {first}, from the next refresh on. Rolled back by hand." in shown()


@pytest.fixture
def terminations() -> Iterator[None]:
    """Running a command whole changes what SIGTERM does."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.usefixtures("terminations")
def test_exit_codes_are_those_of_every_command(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.train("2026-10-30")

    assert run(["rollback", "SPY"]) == 1
    assert "no model older than" in capsys.readouterr().err
    assert run(["rollback"]) == 2
    assert run(["rollback", "SPY", "--prices", "moon"]) == 2
    desk.train("2026-11-06")
    assert run(["rollback", "SPY"]) == 0


def test_a_model_rolled_back_by_hand_is_withdrawn_until_it_is_taken_again(desk: Desk) -> None:
    first, second = desk.train("2026-10-30"), desk.train("2026-11-06")
    assert withdrawn(desk.decisions) == frozenset()

    desk.rollback("SPY")
    assert withdrawn(desk.decisions) == {second}

    desk.rollback("SPY", "--to", second)
    assert withdrawn(desk.decisions) == {first}


def test_the_newest_decision_of_every_etf_is_read_at_once(desk: Desk) -> None:
    store = ReportStore(desk.engine).decisions
    desk.train("2026-10-30")
    desk.train("2026-11-06")
    for source, symbol in (("simulated", "ARKK"), ("yahoo", "TLT")):
        store.record(Decision(source, Symbol(symbol), "new", None, "promoted", "Planted.", {"rule": "first"}, NOW))

    newest = store.newest_of_all("simulated")

    assert list(newest) == ["ARKK", "SPY"]
    assert newest[SPY] == store.newest("simulated", SPY) == desk.decisions[0]
    assert newest[Symbol("ARKK")].numbers == {"rule": "first"}
    assert newest[Symbol("ARKK")].decided_at == NOW


def test_the_same_decision_is_kept_once(desk: Desk) -> None:
    store = ReportStore(desk.engine).decisions
    refusal = Decision("simulated", SPY, "new", "old", "refused", "Planted.", {}, NOW)

    assert store.record(refusal)
    assert not store.record(refusal)
    assert store.record(Decision("simulated", SPY, "new", "older", "refused", "Planted.", {}, NOW))
    assert len(store.of("simulated", SPY)) == 2
