"""How often closes fell inside the bands: of forecasts that do not overlap, each with what came."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from forecasting import next_sessions
from forecasting.quantiles import HIGH80, LOW80
from forecasting.record.calibration import AHEAD, FEWEST, SAID, Calibration, calibration_of, issued_days, wilson
from forecasting.record.scoring import score_open
from forecasting.sessions import NYSE
from tests.support.databases import open_file
from tests.support.issued import ARKK, evening, forecast_from, issue_daily, made_prices

DAYS = next_sessions(date(2024, 1, 1), 125)
PRICES = made_prices(date(2023, 6, 1), DAYS[-1])


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A forecast every third session, scored up to the last day."""
    folder: Path = tmp_path_factory.mktemp("record")
    engine = open_file(folder / "t.db")
    issue_daily(engine, PRICES, DAYS[::3])
    score_open(engine, "simulated", {ARKK: PRICES}, {NYSE: DAYS[-1]}, evening(DAYS[-1]))
    return engine


def calibration(engine: Engine, kind: str) -> tuple[Calibration, ...]:
    with engine.connect() as connection:
        return calibration_of(connection, PRICES, issued_days(connection, PRICES.source, PRICES.symbol, kind))


@pytest.mark.slow
def test_each_forecast_begins_where_the_one_before_met_its_close(engine: Engine) -> None:
    """Every third session has one: for 5 sessions ahead each second of them counts, for 20 each seventh."""
    week, month, quarter = calibration(engine, "live")
    assert (week.ahead, month.ahead, quarter.ahead) == AHEAD
    assert week.forecasts == len(range(0, 120, 6))
    assert month.forecasts == len(range(0, 105, 21))
    assert quarter.forecasts == len(range(0, 65, 60))


def test_closes_inside_each_band_are_counted(engine: Engine) -> None:
    week = calibration(engine, "live")[0]
    inside = 0
    for start in range(0, 120, 6):
        close = PRICES.frame["adjusted"].loc[str(DAYS[start + 5])] * PRICES.as_quoted
        band = forecast_from(PRICES, DAYS[start]).report.forecast[4].quantiles
        inside += band[LOW80] <= close <= band[HIGH80]
    assert week.inside[1] == inside
    assert week.inside[0] <= inside <= week.inside[2]


def test_another_kind_and_no_forecast_count_nothing(engine: Engine) -> None:
    assert [one.forecasts for one in calibration(engine, "replayed")] == [0, 0, 0]


def test_it_is_shown_from_twenty_on(engine: Engine) -> None:
    week, month, _ = calibration(engine, "live")
    assert week.forecasts == FEWEST
    assert week.is_long_enough
    assert not month.is_long_enough
    assert pytest.approx((0.5, 0.8, 0.95)) == SAID


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [(16, 20, 0.584, 0.919), (8, 10, 0.490, 0.943), (20, 20, 0.839, 1.0), (0, 5, 0, 0.434)],
)
def test_an_interval_is_wilsons(hits: int, count: int, low: float, high: float) -> None:
    assert wilson(hits, count) == pytest.approx((low, high), abs=0.001)


@pytest.mark.parametrize("share", [0.5, 0.8, 0.95])
def test_intervals_hold_the_share_about_19_times_in_20(share: float) -> None:
    chances = [math.comb(FEWEST, hits) * share**hits * (1 - share) ** (FEWEST - hits) for hits in range(FEWEST + 1)]
    held = [low <= share <= high for low, high in (wilson(hits, FEWEST) for hits in range(FEWEST + 1))]
    assert float(np.dot(chances, held)) >= 0.92
