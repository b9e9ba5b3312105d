"""A job that is stopped half-way: the next one of its kind goes on where it was, with the same results."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from forecasting import ReportStore, Run, Symbol, Universe
from forecasting.champion.recipes import Recipe
from forecasting.champion.registry import ModelRegistry
from forecasting.job.earlier import Earlier
from forecasting.job.groups import Group
from forecasting.job.pipeline import Pipeline
from forecasting.job.progress import Progress
from forecasting.model.fingerprint import data_hash
from forecasting.prices.files.folder import write_folder
from forecasting.prices.sources.csv import CsvPrices
from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.record.issued import issued_forecasts
from forecasting.reports.store import Written
from forecasting.storage.lease import job_lock
from tests.support.databases import open_file
from tests.support.inline import Inline
from tests.support.panels import TINY

NOW = datetime(2020, 1, 4, 14, 0, tzinfo=UTC)
LAST = date(2020, 1, 3)
ETFS = ARKK, SPY, TLT = (Symbol("ARKK"), Symbol("SPY"), Symbol("TLT"))


class _Stop(BaseException):
    """What Ctrl-C and SIGTERM are to a job."""


class _Counting(Inline):
    """Counts what it is asked to do, by function."""

    def __init__(self) -> None:
        self.done: Counter[str] = Counter()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.done[fn.__name__] += 1
        return super().submit(fn, *args, **kwargs)


class _Shop:
    """A database, models and prices, with a clock that tests move."""

    def __init__(self, folder: Path) -> None:
        self.engine = open_file(folder / "forecasts.db")
        self.store = ReportStore(self.engine)
        self.registry = ModelRegistry(folder / "models")
        self.folder = folder / "prices"
        self.now = NOW

    def job(self, kind: str, executor: Executor, stop_after: Symbol | None = None) -> Run:
        """The job on all ETFs; it is stopped once that of ``stop_after`` is done."""

        def listen(progress: Progress) -> None:
            if (progress.symbol, progress.stage) == (stop_after, "report"):
                raise _Stop

        with job_lock(self.engine, kind, lambda: self.now) as lock:
            pipeline = Pipeline(
                CsvPrices(self.folder),
                Universe.parse(""),
                self.store,
                self.registry,
                lock,
                executor,
                lambda: self.now,
                recipe=Recipe("tiny", TINY),
            )
            return (pipeline.retrain if kind == "retrain" else pipeline.refresh)(ETFS, LAST, listen)

    def stop(self, kind: str, after: Symbol) -> None:
        with pytest.raises(_Stop):
            self.job(kind, Inline(), after)
        self.now += timedelta(hours=1)

    def forecasts(self) -> dict[Symbol, object]:
        reports = self.store.all_latest("csv")
        return {report.symbol: replace(report, trained_at=NOW) for report in reports}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a shop whose training came to its end."""
    folder = tmp_path_factory.mktemp("shop")
    shop = _Shop(folder)
    source = SimulatedPrices()
    write_folder(shop.folder, {symbol: source.history(symbol, LAST).frame for symbol in ETFS})
    shop.job("retrain", Inline())
    shop.engine.dispose()
    return folder


@pytest.fixture
def shop(trained: Path, tmp_path: Path) -> Iterator[_Shop]:
    """An hour after its training."""
    shutil.copytree(trained, tmp_path / "shop")
    shop = _Shop(tmp_path / "shop")
    shop.now += timedelta(hours=1)
    yield shop
    shop.engine.dispose()


def numbers(engine: Engine) -> list[int]:
    return sorted(row.number for symbol in ETFS for row in issued_forecasts(engine, "csv", symbol))


@pytest.mark.slow
def test_a_training_goes_on_where_it_was(shop: _Shop, trained: Path, tmp_path: Path) -> None:
    shutil.copytree(trained / "prices", tmp_path / "prices")
    fresh = _Shop(tmp_path)
    fresh.stop("retrain", after=SPY)
    counted = _Counting()

    run = fresh.job("retrain", counted)

    assert run.ok == ETFS
    assert (counted.done["fit_symbol"], counted.done["finish_training"]) == (1, 1)
    assert counted.done["backtest_symbol"] == 2  # one for each fold
    assert numbers(fresh.engine) == [1, 2, 3]
    assert fresh.forecasts() == shop.forecasts()
    fresh.engine.dispose()


@pytest.mark.slow
def test_a_refresh_goes_on_where_it_was(shop: _Shop) -> None:
    shop.stop("refresh", after=SPY)
    counted = _Counting()

    run = shop.job("refresh", counted)

    assert run.ok == ETFS
    assert counted.done["forecast_again"] == 1


def test_only_what_a_job_would_write_again_is_taken_as_done(shop: _Shop) -> None:
    """By a job that did not finish, within a day, from the same prices."""
    history, model = CsvPrices(shop.folder).history(SPY, LAST), shop.registry.champion("csv", SPY)
    written = Written(LAST, model.version, shop.now, data_hash(history))
    earlier = Earlier("refresh", shop.now, {SPY: written}, {})

    assert earlier.has_done(history, model)
    assert replace(earlier, finished={SPY: shop.now - timedelta(minutes=1)}).has_done(history, model)
    assert not replace(earlier, finished={SPY: shop.now}).has_done(history, model)
    assert not replace(earlier, now=shop.now + timedelta(hours=25)).has_done(history, model)
    assert not replace(earlier, written={}).has_done(history, model)
    for other in ({"as_of": date(2020, 1, 2)}, {"model_version": "another"}, {"data_hash": "another"}):
        assert not replace(earlier, written={SPY: replace(written, **other)}).has_done(history, model)


def test_a_training_that_finished_is_done_anew_however_often_it_was_refreshed(shop: _Shop) -> None:
    history, model = CsvPrices(shop.folder).history(SPY, LAST), shop.registry.champion("csv", SPY)
    stored = Earlier.of(shop.store, "retrain", "csv", shop.now)

    assert stored.finished == dict.fromkeys(ETFS, NOW)
    assert not stored.has_done(history, model)
    assert replace(stored, finished={}).has_done(history, model)


@pytest.mark.slow
def test_an_etf_that_several_groups_see_is_done_once(shop: _Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    groups = tuple(Group(frozenset({symbol, SPY}), frozenset({symbol})) for symbol in ETFS)
    monkeypatch.setattr("forecasting.job.pipeline.panel_groups", lambda *_: groups)
    counted = _Counting()

    run = shop.job("refresh", counted)

    assert run.ok == ETFS
    assert counted.done["forecast_again"] == 3
