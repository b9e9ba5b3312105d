from __future__ import annotations

import importlib.util
from datetime import date
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from forecasting.errors import NotEnoughHistory
from forecasting.evaluation.walk_forward import walk_forward
from forecasting.forecast import Forecaster
from forecasting.model.baselines import Climatology, Drift, RandomWalk, fan
from forecasting.model.har import Har
from forecasting.prices.history import Panel
from forecasting.prices.sources.csv import CsvPrices
from forecasting.quantiles import COLUMNS
from forecasting.universe import Symbol
from tests.support.panels import SPY, history, small_panel

BASELINES = [RandomWalk(), Drift(), Climatology()]


@pytest.fixture(scope="module")
def judge(shared: Path) -> ModuleType:
    specification = importlib.util.spec_from_file_location("score", shared / "benchmark" / "score.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_baselines_equal_the_judges(judge: ModuleType, shared: Path) -> None:
    source = CsvPrices(shared / "prices")
    panel = Panel(source.history(Symbol(s), date(2024, 12, 31)) for s in ("FNGU", "HYG"))
    folds = [date(2019, 1, 1), date(2022, 1, 1)]
    for forecaster in BASELINES:
        frame = walk_forward(forecaster, panel, folds, 25)
        for symbol, rows in frame.groupby("symbol"):
            past = panel[Symbol(str(symbol))]
            pairs = judge.expected_cutoffs(past.sessions, [pd.Timestamp(fold) for fold in folds], 25)
            theirs = judge.baselines(past.adjusted, pairs)[forecaster.name]
            ours = rows[list(COLUMNS)].to_numpy().reshape(theirs.shape)
            np.testing.assert_allclose(ours, theirs, rtol=1e-9, err_msg=forecaster.name)


@pytest.mark.parametrize("forecaster", [*BASELINES, Har()], ids=lambda f: f.name)
def test_every_forecast_is_a_fan(forecaster: Forecaster) -> None:
    panel = small_panel(500)
    forecast = forecaster.fit(panel).predict(SPY, panel)
    assert forecast.quantiles.shape == (60, 7)
    assert forecast.last == panel[SPY].adjusted[-1]
    assert (forecast.quantiles > 0).all()
    assert (np.diff(forecast.quantiles, axis=1) >= 0).all()
    width = np.log(forecast.quantiles[:, 6] / forecast.quantiles[:, 0])
    assert width[59] > 2 * width[0]


@pytest.mark.parametrize("forecaster", [*BASELINES, Har()], ids=lambda f: f.name)
def test_under_60_sessions_nothing_is_forecast(forecaster: Forecaster) -> None:
    young = Panel([history("SPY", 400, 1), history("NEW", 59, 2)])
    with pytest.raises(NotEnoughHistory, match="NEW has prices for only 59 trading days"):
        forecaster.fit(young).predict(Symbol("NEW"), young)


@pytest.mark.parametrize("forecaster", [*BASELINES, Har()], ids=lambda f: f.name)
def test_60_sessions_are_enough(forecaster: Forecaster) -> None:
    young = Panel([history("SPY", 400, 1), history("NEW", 60, 2)])
    assert np.isfinite(forecaster.fit(young).predict(Symbol("NEW"), young).quantiles).all()


def test_the_random_walk_stays_where_it_is() -> None:
    panel = small_panel(300)
    forecast = RandomWalk().fit(panel).predict(SPY, panel)
    assert (forecast.quantiles[:, 3] == forecast.last).all()


def test_a_fan_never_crosses() -> None:
    crossing = np.array([-2.0, -1.0, -0.5, 0.0, -0.1, 1.0, 2.0])
    assert (np.diff(fan(10.0, np.zeros(60), np.ones(60), crossing), axis=1) >= 0).all()
