"""What came of forecasts is no part of the chain: it is made anew from the record and the prices, and is the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, text

from forecasting import THEMES, ReportStore, next_sessions, open_database
from forecasting.job.follow_up import follow_up
from forecasting.prices.history import Panel, PriceHistory
from forecasting.record.verification import verify
from tests.support.issued import ARKK, evening, forecast_from, issue_daily, live_through, made_prices
from tests.support.reports import PNG
from tests.support.trained import Home

DAYS = next_sessions(date(2024, 1, 1), 80)
PRICES = made_prices(date(2023, 6, 1), DAYS[-1])


class Given:
    """A source that has nothing of its own."""

    name = "simulated"

    def history(self, symbol: str, until: date) -> PriceHistory:
        raise AssertionError(f"{symbol} until {until} was asked for, and the panel has it")


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """Forecasts of many days, of which some are final, scored day by day as jobs do."""
    store = ReportStore(engine)
    issue_daily(engine, PRICES, DAYS[:25:3])
    store.issue(forecast_from(PRICES, DAYS[2]), evening(DAYS[9]), "replayed")
    store.issue(replace(forecast_from(PRICES, DAYS[3]), data_hash="e" * 64), evening(DAYS[4]), "live", corrects=2)
    for day in DAYS[30::7]:
        score(engine, day)
    score(engine, DAYS[-1])
    return engine


def score(engine: Engine, day: date) -> None:
    follow_up(engine, Given(), Panel([PRICES.until(day)]), day, evening(day))


def derived(engine: Engine) -> list[dict[str, Any]]:
    """All but the moment of scoring."""
    with engine.connect() as connection:
        outcomes = connection.execute(text("SELECT * FROM outcomes ORDER BY number")).mappings().all()
    return [{name: value for name, value in row.items() if name != "scored_at"} for row in outcomes]


@pytest.mark.parametrize("faked", [False, True])
def test_emptied_outcomes_are_made_anew_from_the_record_and_the_prices(engine: Engine, faked: bool) -> None:
    before = derived(engine)
    assert {row["is_final"] for row in before} == {0, 1}
    shown = ReportStore(engine).track("simulated").records()
    with engine.begin() as connection:
        if faked:
            closes = np.zeros(60).tobytes()
            connection.execute(text("UPDATE outcomes SET lstm_abs = 0, closes = :closes"), {"closes": closes})
        connection.execute(text("DELETE FROM outcomes"))

    score(engine, DAYS[-1])

    assert derived(engine) == before
    assert ReportStore(engine).track("simulated").records() == shown
    assert verify(engine)[1] is None


@pytest.mark.slow
def test_the_command_line_flags_a_forecast_whose_bands_fail(empty_home: Home) -> None:
    days = next_sessions(date(2025, 11, 1), 250)[::5]
    live_through(empty_home.database_url, days, sigma=0.05)
    engine = open_database(empty_home.database_url)
    made = forecast_from(made_prices(date(2025, 6, 2), days[-1]), days[-1])
    charts = {("forecast", theme): PNG for theme in THEMES}
    ReportStore(engine).publish(replace(made, charts=charts), evening(days[-1]))
    engine.dispose()
    for command in ("show", "track"):
        done = empty_home.run(command, ARKK)
        assert "Warning: ARKK: its bands are too narrow" in " ".join(done.stdout.split()), done.stderr
