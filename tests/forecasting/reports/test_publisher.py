"""The publisher: what a job stores of a trained model, and what a killed one leaves for the next to finish."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import Engine

from forecasting import THEMES, ReportStore, Symbol
from forecasting.champion.decisions import Decision, Verdict
from forecasting.champion.promotion import Ruling
from forecasting.champion.registry import READY, ModelRegistry
from forecasting.errors import JobRunning, UnsoundModel
from forecasting.reports.build import TrainingResult
from forecasting.reports.publication import Publication
from forecasting.reports.publisher import Publisher
from forecasting.storage.lease import Lease, job_lock
from tests.support.databases import open_file
from tests.support.made_models import made_model
from tests.support.reports import PNG, made_report

SPY = Symbol("SPY")
NOW = datetime(2026, 11, 14, 13, 0, tzinfo=UTC)
PROMOTED = Ruling(True, "Every check passed.", {"rule": "refit"})
REFUSED = Ruling(False, "The bands are 3 times as wide.", {"rule": "refit"})


@dataclass(frozen=True)
class Office:
    publisher: Publisher
    engine: Engine

    @property
    def champion(self) -> str | None:
        model = self.publisher.champion(SPY)
        return None if model is None else model.version

    @property
    def verdicts(self) -> list[tuple[str, str, str | None]]:
        """Oldest first: verdict, challenger, champion."""
        decisions = self.publisher.store.decisions.of("simulated", SPY)
        return [(d.verdict, d.challenger, d.champion) for d in reversed(decisions)]

    def train(self, as_of: date, ruling: Ruling | None = PROMOTED) -> str:
        """Keep and publish a model as a job does; the champion reports where it is refused."""
        finished = self.finished(as_of, ruling)
        self.publisher.publish(self.publisher.keep(SPY, finished))
        return finished.model.version

    def finished(self, as_of: date, ruling: Ruling | None) -> TrainingResult:
        model = made_model(as_of=as_of, trained_at=NOW.isoformat())
        refused = ruling is not None and not ruling.promoted
        reporting = self.champion if refused else model.version
        report = replace(made_report("SPY", as_of=as_of), model_version=str(reporting))
        charts = dict.fromkeys(product(("forecast", "scores"), THEMES), PNG)
        publication = Publication(report, charts, adjustment=1.0, data_hash="0" * 64, code_version="test", seed=1)
        decision = None
        if ruling is not None:
            verdict: Verdict = "promoted" if ruling.promoted else "refused"
            decision = Decision(
                "simulated", SPY, model.version, self.champion, verdict, ruling.reason, ruling.numbers, NOW
            )
        return TrainingResult(model, decision, None if reporting is None else publication)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    engine = open_file(tmp_path / "forecasts.db")
    with job_lock(engine, "retrain", lambda: NOW) as lock:
        registry = ModelRegistry(tmp_path / "models")
        yield Office(Publisher("simulated", ReportStore(engine), registry, lock, lambda: NOW), engine)
    engine.dispose()


MONDAY = date(2026, 6, 1)


def weeks(number: int) -> date:
    return MONDAY + timedelta(days=7 * number)


def test_every_verdict_is_on_record_and_only_a_promotion_changes_the_champion(office: Office) -> None:
    first = office.train(weeks(0))
    refused = office.train(weeks(1), REFUSED)
    assert office.champion == first
    (note,) = office.publisher.refusal(SPY)
    assert "3 times as wide" in note
    second = office.train(weeks(2))

    assert office.champion == second
    assert office.publisher.refusal(SPY) == ()
    assert office.verdicts == [
        ("promoted", first, None),
        ("refused", refused, first),
        ("promoted", second, first),
    ]


def test_a_training_that_decides_nothing_leaves_the_champion(office: Office) -> None:
    champion = office.train(weeks(3))

    past = office.train(weeks(0), ruling=None)

    assert office.champion == champion
    assert len(office.verdicts) == 1
    assert past in office.publisher.registry.versions("simulated", SPY)


def test_a_job_killed_before_the_champion_changed_is_finished_by_the_next(office: Office) -> None:
    first = office.train(weeks(0))
    finished = office.finished(weeks(1), PROMOTED)
    second = finished.model.version
    office.publisher.registry.save("simulated", SPY, finished.model)
    decision = Decision("simulated", SPY, second, first, "promoted", PROMOTED.reason, PROMOTED.numbers, NOW)
    office.publisher.store.decisions.record(decision)
    assert office.champion == first

    office.publisher.publish(office.publisher.keep(SPY, finished))

    assert office.champion == second
    assert office.verdicts == [("promoted", first, None), ("promoted", second, first)]


def test_an_unsound_model_with_none_before_it_is_kept_and_told(office: Office) -> None:
    unsound = Ruling(False, "The forecast has days without a price.", {"rule": "first"})

    with pytest.raises(UnsoundModel, match="without a price"):
        office.train(weeks(0), unsound)

    assert office.champion is None
    assert office.publisher.registry.versions("simulated", SPY) == (made_model(as_of=weeks(0)).version,)
    assert [verdict for verdict, _, _ in office.verdicts] == ["refused"]
    assert office.publisher.store.latest(SPY, "simulated") is None


def test_models_that_issued_forecasts_name_are_kept_for_good_and_others_for_eight_more(office: Office) -> None:
    named = [office.train(weeks(0)), office.train(weeks(1))]
    unnamed = [office.train(weeks(2 + number), REFUSED) for number in range(READY + 3)]

    kept = office.publisher.registry.versions("simulated", SPY)

    assert kept == (*named, *unnamed[-READY:])
    assert office.champion == named[1]


def test_without_the_lock_nothing_is_stored(office: Office) -> None:
    office.train(weeks(0))
    finished = office.finished(weeks(1), PROMOTED)
    lost = replace(office.publisher, lock=Lease(office.engine, "never taken"))

    with pytest.raises(JobRunning):
        lost.keep(SPY, finished)
    with pytest.raises(JobRunning):
        lost.publish(finished.publication or pytest.fail("there is a report"))

    assert len(office.verdicts) == 1
    assert office.publisher.registry.versions("simulated", SPY) == (made_model(as_of=weeks(0)).version,)
