"""The pipeline: what it stores, what it keeps apart, and that one failure stays one."""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine, delete

from forecasting import (
    ForecastingError,
    NotEnoughHistory,
    ReportStore,
    Run,
    Symbol,
    Universe,
    UnknownSymbol,
    open_database,
)
from forecasting.champion.registry import ModelRegistry
from forecasting.errors import BadPrices, JobRunning, ModelDamaged
from forecasting.job.pipeline import Pipeline
from forecasting.job.progress import Progress
from forecasting.job.workers import worker_count, worker_pool
from forecasting.model.fingerprint import code_version, data_hash
from forecasting.prices.history import PriceHistory
from forecasting.prices.sources.csv import CsvPrices
from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.record.issued import issued_forecasts
from forecasting.report import THEMES
from forecasting.storage.lease import Lease, StoredLease, job_lock
from tests.support.inline import Broken, Inline
from tests.support.made_models import renamed
from tests.support.trained import AS_OF, Home

pytestmark = pytest.mark.slow

NOW = datetime(2021, 2, 1, 23, 0, tzinfo=UTC)
SPY, ARKK = Symbol("SPY"), Symbol("ARKK")
LAST = date(2021, 1, 29)

HEADINGS = {
    "adjusted": "Adj Close",
    "close": "Close",
    "open": "Open",
    "high": "High",
    "low": "Low",
    "volume": "Volume",
}


@pytest.fixture
def home(trained: Home) -> Home:
    """A home whose model of SPY forecasts SPY and ARKK from CSV prices too."""
    registry = ModelRegistry(trained.model_dir)
    model = registry.champion("simulated", SPY)
    for symbol in (SPY, ARKK):
        named = renamed(model, symbol)
        registry.save("csv", symbol, named)
        registry.promote("csv", symbol, named.version)
    return trained


@pytest.fixture
def engine(home: Home) -> Iterator[Engine]:
    engine = open_database(home.database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The simulated prices of SPY and ARKK until LAST as a CSV folder."""
    place = tmp_path / "prices"
    place.mkdir()
    for symbol in (SPY, ARKK):
        write(place, SimulatedPrices().history(symbol, LAST))
    return place


def write(folder: Path, history: PriceHistory, until: date = LAST, split: float = 1.0) -> None:
    """A CSV file as Yahoo would give it ``until`` a day, with every quoted price re-based by a later split."""
    frame = history.until(until).frame.copy()
    frame[["adjusted", "close", "open", "high", "low"]] /= split
    frame = frame.rename(columns=HEADINGS)
    frame.index.name = "Date"
    frame.to_csv(folder / f"{history.symbol}.csv", date_format="%Y-%m-%d")


def refresh(
    home: Home, engine: Engine, folder: Path, *symbols: Symbol, executor: Executor | None = None
) -> tuple[Run, list[Progress]]:
    heard: list[Progress] = []
    with job_lock(engine, "refresh", lambda: NOW) as lock:
        pipeline = Pipeline(
            CsvPrices(folder),
            Universe.parse(""),
            ReportStore(engine),
            ModelRegistry(home.model_dir),
            lock,
            executor or Inline(),
            lambda: NOW,
        )
        run = pipeline.refresh(symbols, date(2199, 12, 31), heard.append)
    return run, heard


def test_the_run_says_what_was_done_and_up_to_which_session(home: Home, engine: Engine, folder: Path) -> None:
    run, heard = refresh(home, engine, folder, SPY, ARKK)

    assert run == Run("refresh", "csv", LAST, NOW, NOW, (SPY, ARKK), ())
    assert ReportStore(engine).runs.last("refresh", "csv") == run
    assert {(progress.symbol, progress.stage) for progress in heard} == {
        (symbol, stage) for symbol in (SPY, ARKK) for stage in ("prices", "report")
    }
    store = ReportStore(engine)
    assert store.symbols("csv") == (ARKK, SPY)
    assert store.scores_chart("csv", "dark") is not None
    report = store.latest(SPY, "csv")
    assert report is not None
    assert report.name == "SPDR S&P 500 ETF Trust"
    (issued,) = issued_forecasts(engine, "csv", SPY)
    history = CsvPrices(folder).history(SPY, LAST)
    assert issued.data_hash == data_hash(history)
    assert issued.code_version == code_version()
    assert issued.issued_at == NOW
    assert (issued.raw_close, issued.adjustment) == (history.last_close, history.as_quoted)


def test_a_refresh_draws_the_forecast_anew_and_keeps_the_picture_of_the_models_scores(
    home: Home, engine: Engine, folder: Path
) -> None:
    store = ReportStore(engine)
    refresh(home, engine, folder, SPY)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE report_charts SET png = X'6265666F7265'")

    refresh(home, engine, folder, SPY)

    assert store.chart(SPY, "csv", "dark") != b"before"
    assert {store.scores_chart("csv", theme, SPY) for theme in THEMES} == {b"before"}
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE reports SET model_version = 'another'")

    refresh(home, engine, folder, SPY)

    assert b"before" not in {store.scores_chart("csv", theme, SPY) for theme in THEMES}


def test_a_split_since_the_training_rebases_the_dollars_and_nothing_else(
    home: Home, engine: Engine, folder: Path
) -> None:
    refresh(home, engine, folder, SPY)
    before = ReportStore(engine).latest(SPY, "csv")
    write(folder, SimulatedPrices().history(SPY, LAST), split=4)

    refresh(home, engine, folder, SPY)

    after = ReportStore(engine).latest(SPY, "csv")
    assert before is not None
    assert after is not None
    assert after.scores["lstm"].mae == pytest.approx(before.scores["lstm"].mae / 4)
    assert after.scores["lstm"].mse == pytest.approx(before.scores["lstm"].mse / 16)
    assert after.scores["lstm"].mae_pct == before.scores["lstm"].mae_pct
    assert after.forecast[-1].quantiles == pytest.approx([price / 4 for price in before.forecast[-1].quantiles])


def test_nobody_is_forecast_with_what_came_after_its_own_last_session(home: Home, engine: Engine, folder: Path) -> None:
    ended = date(2021, 1, 15)
    for symbol in (SPY, ARKK):
        write(folder, SimulatedPrices().history(symbol, LAST), until=ended)
    refresh(home, engine, folder, ARKK)
    alone = ReportStore(engine).latest(ARKK, "csv")
    write(folder, SimulatedPrices().history(SPY, LAST))

    run, _ = refresh(home, engine, folder, ARKK, SPY)

    together = ReportStore(engine).latest(ARKK, "csv")
    spy = ReportStore(engine).latest(SPY, "csv")
    assert run.as_of == LAST
    assert together == alone
    assert together is not None
    assert together.as_of == ended
    assert spy is not None
    assert spy.as_of == LAST


def test_one_broken_symbol_never_stops_the_others(home: Home, engine: Engine, folder: Path) -> None:
    tlt = Symbol("TLT")
    (folder / "ARKK.csv").write_text("Date,Adj Close\n2021-01-28,no price\n")
    write(folder, SimulatedPrices().history(tlt, LAST))

    run, _ = refresh(home, engine, folder, ARKK, tlt, Symbol("GONE"), SPY)

    assert run.ok == (SPY,)
    assert [(failure.symbol, failure.error) for failure in run.failed] == [
        ("ARKK", "BadPrices"),
        ("TLT", "ModelMissing"),
        ("GONE", "UnknownSymbol"),
    ]
    assert "etf-forecast retrain TLT" in run.failed[1].message


@pytest.mark.parametrize("file", ["champion", "card.json", "model.safetensors"])
def test_a_damaged_champion_is_replaced_at_the_next_refresh(
    home: Home, engine: Engine, folder: Path, file: str
) -> None:
    registry = ModelRegistry(home.model_dir)
    arkk = registry.champion("csv", ARKK)
    place = home.model_dir / "csv" / "SPY"
    damaged = place / file if file == "champion" else place / registry.champion_version("csv", SPY) / file
    damaged.write_bytes(b"\xff\xfe\x00")

    run, _ = refresh(home, engine, folder, SPY, ARKK)

    assert run.ok == (SPY, ARKK)
    assert registry.champion("csv", SPY).version.startswith(f"SPY-{LAST}-")
    assert registry.champion("csv", ARKK) == arkk


def test_no_forecast_is_issued_from_a_model_with_a_flipped_bit(home: Home, engine: Engine, folder: Path) -> None:
    """At 60 places spread over the file: its header, its numbers and its last byte."""
    registry = ModelRegistry(home.model_dir)
    whole = registry.champion("csv", SPY)
    file = home.model_dir / "csv" / "SPY" / whole.version / "model.safetensors"
    for place in np.linspace(0, len(whole.data) - 1, 60).astype(int):
        damaged = bytearray(whole.data)
        damaged[place] ^= 1 << int(place) % 8
        file.write_bytes(damaged)
        with pytest.raises(ModelDamaged):
            registry.champion("csv", SPY)

    run, _ = refresh(home, engine, folder, SPY)

    assert run.ok == (SPY,)
    (row,) = issued_forecasts(engine, "csv", SPY)
    assert row.model_version == registry.champion("csv", SPY).version != whole.version


def test_a_retrain_replaces_a_damaged_champion_and_trains_the_others(home: Home, folder: Path) -> None:
    """As the weekly job does it, twice for the same day: the second makes the very model that was damaged."""
    prices = f"csv:{folder}"
    assert home.run("retrain", "SPY", "ARKK", PRICES=prices).returncode == 0
    registry = ModelRegistry(home.model_dir)
    whole = registry.champion("csv", SPY)
    (home.model_dir / "csv" / "SPY" / whole.version / "card.json").write_bytes(b"{}")
    (home.model_dir / "csv" / "ARKK" / "champion").write_bytes(b"\xff\xfe\x00")

    again = home.run("retrain", "SPY", "ARKK", PRICES=prices)

    assert again.returncode == 0, again.stderr
    assert registry.champion("csv", SPY).data == whole.data
    assert registry.champion("csv", ARKK).version.startswith(f"ARKK-{LAST}-")


def test_a_stored_report_that_cannot_be_read_costs_the_picture_of_all_scores_alone(
    home: Home, engine: Engine, folder: Path
) -> None:
    refresh(home, engine, folder, ARKK)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE reports SET body = '{}'")

    run, _ = refresh(home, engine, folder, SPY)

    assert run.ok == (SPY,)
    assert ReportStore(engine).runs.last("refresh", "csv") == run


def test_a_model_does_not_forecast_days_that_it_has_learnt_from(home: Home, engine: Engine, folder: Path) -> None:
    write(folder, SimulatedPrices().history(SPY, LAST), until=date(2019, 12, 30))

    run, _ = refresh(home, engine, folder, SPY)

    assert [(failure.symbol, failure.error) for failure in run.failed] == [("SPY", "ModelMissing")]
    assert "2019-12-30" in run.failed[0].message
    assert ReportStore(engine).latest(SPY, "csv") is None


def test_workers_that_are_ended_from_outside_leave_a_named_failure(home: Home, engine: Engine, folder: Path) -> None:
    run, _ = refresh(home, engine, folder, SPY, executor=Broken())

    assert run.ok == ()
    assert [(failure.symbol, failure.error) for failure in run.failed] == [("SPY", "BrokenExecutor")]
    assert ReportStore(engine).latest(SPY, "csv") is None


def test_a_job_that_lost_its_lock_stores_nothing(home: Home, engine: Engine, folder: Path) -> None:
    class TakenOver(Inline):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            with engine.begin() as connection:
                connection.execute(delete(StoredLease))
            return super().submit(fn, *args, **kwargs)

    with pytest.raises(JobRunning):
        refresh(home, engine, folder, SPY, executor=TakenOver())

    assert ReportStore(engine).latest(SPY, "csv") is None
    assert ReportStore(engine).runs.last("refresh", "csv") is None


def test_no_write_goes_by_without_the_lock(home: Home, engine: Engine, folder: Path) -> None:
    pipeline = Pipeline(
        CsvPrices(folder),
        Universe.parse(""),
        ReportStore(engine),
        ModelRegistry(home.model_dir),
        Lease(engine, "never taken"),
        Inline(),
        lambda: NOW,
    )

    with pytest.raises(JobRunning):
        pipeline.refresh((SPY,), LAST, lambda _: None)


@pytest.mark.parametrize(
    "error", [UnknownSymbol("QQQX", ("SPY",)), NotEnoughHistory("NEW", 12, 60), BadPrices("SPY: broken.")]
)
def test_failures_come_back_from_a_worker_with_sentence_and_facts(error: ForecastingError) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes

    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_a_worker_hands_back_results_and_failures() -> None:
    with worker_pool(1) as pool:
        assert pool.submit(pow, 2, 5).result() == 32
        with pytest.raises(ZeroDivisionError):
            pool.submit(divmod, 1, 0).result()


def test_the_number_of_workers_is_as_asked_or_one_per_core() -> None:
    assert worker_count(3) == 3
    assert worker_count(None) >= 1


def made_history(close: float = 101.0, volume: float = np.nan) -> PriceHistory:
    frame = pd.DataFrame(
        {"adjusted": [100.0, close], "volume": [7.0, volume]}, index=pd.to_datetime(["2025-01-02", "2025-01-03"])
    )
    return PriceHistory.of(SPY, "csv", frame)


def test_the_data_hash_is_of_the_values_alone() -> None:
    odd_nan = np.array([0x7FF8000000000001], dtype="<u8").view("<f8")[0]

    assert data_hash(made_history()) == data_hash(made_history(volume=odd_nan))
    assert data_hash(made_history()) != data_hash(made_history(close=np.nextafter(101.0, 102.0)))
    assert data_hash(made_history()) != data_hash(made_history(volume=8.0))


def test_the_data_hash_follows_its_documented_form() -> None:
    nan = bytes.fromhex("000000000000f87f")
    days = [(date(2025, 1, day) - date(1970, 1, 1)).days for day in (2, 3)]
    adjusted = close = struct.pack("<2d", 100.0, 101.0)
    parts = [b"SPY csv USD\n", struct.pack("<2q", *days), adjusted, close, 6 * nan, struct.pack("<d", 7.0), nan]

    assert data_hash(made_history()) == sha256(b"".join(parts)).hexdigest()


def test_the_model_knows_the_days_it_was_trained_on(home: Home) -> None:
    card = ModelRegistry(home.model_dir).champion("simulated", SPY).card

    assert card["as_of"] == AS_OF
    assert card["data_hash"] == data_hash(SimulatedPrices().history(SPY, date.fromisoformat(AS_OF)))
    assert card["seed"] == 1
