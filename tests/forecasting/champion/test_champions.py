"""A year's end at the desk: models of SPY are trained, promoted, refused, rolled back and trained again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from forecasting import ForecastReport, ReportStore, Run, Symbol, Universe
from forecasting.champion.decisions import Decision
from forecasting.champion.recipes import Recipe
from forecasting.champion.registry import ModelRegistry, RegisteredModel
from forecasting.job.pipeline import Pipeline
from forecasting.model.config import LstmConfig
from forecasting.model.serialization import pack, unpack
from forecasting.prices.sources.csv import CsvPrices
from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.storage.lease import job_lock
from forecasting.universe import VIX
from tests.forecasting.job.test_pipeline import write
from tests.support.databases import open_file
from tests.support.inline import Inline
from tests.support.made_models import renamed
from tests.support.panels import TINY

pytestmark = pytest.mark.slow

SPY = Symbol("SPY")
FIRST, SECOND, THIRD = date(2020, 12, 24), date(2020, 12, 31), date(2021, 1, 8)


def config_of(model: RegisteredModel) -> LstmConfig:
    return LstmConfig.of_card(unpack(model.data)[1])


@dataclass(frozen=True)
class Desk:
    """A database, models, and a folder with SPY's prices from 2016 on."""

    folder: Path

    @property
    def store(self) -> ReportStore:
        return ReportStore(open_file(self.folder / "forecasts.db"))

    @property
    def registry(self) -> ModelRegistry:
        return ModelRegistry(self.folder / "models")

    @property
    def champion(self) -> RegisteredModel:
        return self.registry.champion("csv", SPY)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        return self.store.decisions.of("csv", SPY)

    @property
    def report(self) -> ForecastReport:
        report = self.store.latest(SPY, "csv")
        assert report is not None
        return report

    def job(self, kind: str, day: date, config: LstmConfig = TINY) -> Run:
        moment = datetime(day.year, day.month, day.day, 23, 0, tzinfo=UTC)
        engine = open_file(self.folder / "forecasts.db")
        with job_lock(engine, kind, lambda: moment) as lock:
            pipeline = Pipeline(
                CsvPrices(self.folder / "prices"),
                Universe.parse(""),
                ReportStore(engine),
                self.registry,
                lock,
                Inline(),
                lambda: moment,
                recipe=Recipe("made", config),
            )
            run = (pipeline.retrain if kind == "retrain" else pipeline.refresh)((SPY,), day, lambda _: None)
        engine.dispose()
        return run

    def plant(self, width: float) -> RegisteredModel:
        """Make a champion of today's model with bands ``width`` times as far out."""
        model = self.champion
        arrays, card = unpack(model.data)
        arrays |= {name: width * array for name, array in arrays.items() if name.endswith("calibration.nodes")}
        planted = renamed(replace(model, data=pack(arrays, card)), SPY)
        self.registry.save("csv", SPY, planted)
        self.registry.promote("csv", SPY, planted.version)
        return planted


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """SPY was trained twice, a week apart. Each test leaves the second model champion or newer, in any order."""
    desk = Desk(tmp_path_factory.mktemp("desk"))
    (desk.folder / "prices").mkdir()
    for symbol in (SPY, VIX):
        write(desk.folder / "prices", SimulatedPrices().history(symbol, THIRD), until=THIRD)
    for day in (FIRST, SECOND):
        run = desk.job("retrain", day)
        assert run.failed == ()
        assert (desk.report.as_of, desk.report.model_version) == (day, desk.champion.version)
        assert desk.report.notes == ()
    return desk


def test_a_refit_is_judged_on_a_block_that_neither_model_trained_on(desk: Desk) -> None:
    second, first = desk.decisions[-2:]

    assert (first.verdict, first.champion, first.numbers["rule"]) == ("promoted", None, "first")
    assert (second.verdict, second.champion) == ("promoted", first.challenger)
    loss = second.numbers["loss"]
    eves = [desk.registry.load("csv", SPY, d.challenger).card["stand_in"] for d in (first, second)]
    assert eves == ["2018-12-21", "2018-12-27"], "the eves of the newest folds"
    assert loss["from"] > max(eves)
    assert loss["to"] < SECOND.isoformat()
    assert loss["cutoffs"] > 40
    assert abs(loss["difference"]) <= 2 * loss["standard_error"]
    assert f"{loss['cutoffs']} test dates" in second.reason


def test_a_challenger_out_of_scale_is_refused_and_the_champion_forecasts_on(desk: Desk) -> None:
    """The champion's bands are made a third as wide, so the next model's are three times its."""
    sound = desk.champion
    narrow = desk.plant(width=1 / 3)

    assert desk.job("retrain", THIRD).ok == (SPY,)

    newest = desk.decisions[0]
    assert (newest.verdict, newest.champion) == ("refused", narrow.version)
    assert newest.numbers["width_ratios"]["80 % at 20"] == pytest.approx(3.0, rel=0.2)
    assert desk.champion.version == narrow.version
    assert newest.challenger in desk.registry.versions("csv", SPY), "it is kept"
    assert desk.report.as_of == THIRD
    assert desk.report.model_version == narrow.version
    (note,) = desk.report.notes
    assert note.startswith("A newer model was trained but not accepted")
    assert "times as wide" in note

    assert desk.job("refresh", THIRD).ok == (SPY,)
    assert desk.report.notes == (note,), "as long as the newest model is not the one that forecasts"
    desk.registry.promote("csv", SPY, sound.version)


def test_a_changed_recipe_may_not_be_worse_on_the_newest_fold(desk: Desk) -> None:
    changed = replace(TINY, units=4, every=5)

    assert desk.job("retrain", THIRD, changed).ok == (SPY,)

    newest = desk.decisions[0]
    assert newest.numbers["rule"] == "recipe"
    loss = newest.numbers["loss"]
    assert newest.verdict == ("promoted" if loss["challenger"] <= loss["champion"] else "refused")
    challenger = desk.registry.load("csv", SPY, newest.challenger)
    assert config_of(challenger) == changed
    assert challenger.card["recipe"]["name"] == "made"
    assert config_of(desk.registry.load("csv", SPY, str(newest.champion))) == TINY
