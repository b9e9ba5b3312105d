"""A refresh waits for the VIX of its session, but not the whole evening."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine

from forecasting import ReportStore, Run, Universe, open_database
from forecasting.champion.registry import ModelRegistry
from forecasting.job.pipeline import Pipeline
from forecasting.prices.store.pacing import Pacing
from forecasting.prices.store.store import PriceStore
from forecasting.prices.store.stored import StoredPrices
from forecasting.storage.lease import job_lock
from forecasting.universe import VIX, Symbol
from tests.support.inline import Inline
from tests.support.trained import Home
from tests.support.vendors import Vendor, simulated

pytestmark = pytest.mark.slow

SPY = Symbol("SPY")
MONDAY, FRIDAY = date(2021, 2, 1), date(2021, 1, 29)
AFTER_CLOSE, LATE = datetime(2021, 2, 1, 23, 0, tzinfo=UTC), datetime(2021, 2, 2, 0, 1, tzinfo=UTC)


@dataclass
class Evening:
    """Refreshes of SPY by Yahoo's prices, at a moment of one evening."""

    engine: Engine
    registry: ModelRegistry
    vendor: Vendor

    def refresh(self, now: datetime) -> Run:
        source = StoredPrices(self.vendor, PriceStore(self.engine, "yahoo"), lambda: now, Pacing(lambda _: None))
        with job_lock(self.engine, "refresh", lambda: now) as lock:
            pipeline = Pipeline(
                source, Universe.parse(""), ReportStore(self.engine), self.registry, lock, Inline(), lambda: now
            )
            return pipeline.refresh((SPY,), MONDAY, lambda _: None)


@pytest.fixture
def evening(trained: Home) -> Iterator[Evening]:
    registry = ModelRegistry(trained.model_dir)
    model = registry.champion("simulated", SPY)
    registry.save("yahoo", SPY, model)
    registry.promote("yahoo", SPY, model.version)
    engine = open_database(trained.database_url)
    yield Evening(engine, registry, Vendor({SPY: simulated(SPY, "2015-01")}, MONDAY))
    engine.dispose()


def test_it_waits_three_hours_for_the_vix_and_then_takes_an_older_one(evening: Evening) -> None:
    view = simulated(VIX, "2015-01")
    evening.vendor.views[VIX] = lambda day: view(FRIDAY)
    early = evening.refresh(AFTER_CLOSE)
    assert early.ok == ()
    assert [(f.error, f.message) for f in early.failed] == [
        ("PricesNotReady", "SPY: the VIX of 2021-02-01 is not out yet. Try again in an hour.")
    ]
    late = evening.refresh(LATE)
    assert (late.ok, late.as_of) == ((SPY,), MONDAY)
    report = ReportStore(evening.engine).latest(SPY, "yahoo")
    assert report is not None
    assert not [note for note in report.notes if "VIX" in note]


def test_a_vix_in_time_is_not_waited_for(evening: Evening) -> None:
    evening.vendor.views[VIX] = simulated(VIX, "2015-01")
    assert evening.refresh(AFTER_CLOSE).ok == (SPY,)


def test_a_source_without_a_vix_is_not_waited_for_and_the_report_says_so(evening: Evening) -> None:
    assert evening.refresh(AFTER_CLOSE).ok == (SPY,)
    report = ReportStore(evening.engine).latest(SPY, "yahoo")
    assert report is not None
    assert "The VIX is not known, so volatility is forecast from past prices alone." in report.notes
