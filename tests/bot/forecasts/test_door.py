"""The bot's only door to forecasting: what it finds, what it refuses, what it has trained."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.forecasts.door import Forecasts
from bot.jobs.job import JobFailed, WorkerState
from bot.jobs.worker import Worker
from forecasting import NoForecastYet, ReportStore, Symbol, Universe, UnknownSymbol, open_database
from tests.support.reports import AS_OF, PNG, made_report, publish_into

FRIDAY_EVENING = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
OPENING = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)

ECHO = """
import json, sys
kind, *symbols = sys.argv[1:sys.argv.index("--json")]
print(json.dumps({"event": "progress", "symbol": kind, "stage": sys.argv[-1], "done": 1, "of": 1}))
print(json.dumps({"event": "done", "ok": symbols, "failed": []}))
"""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path}/door.db")
    yield engine
    engine.dispose()


@pytest.fixture
def door(engine: Engine) -> Callable[..., Forecasts]:
    def make(universe: str = "", now: datetime = FRIDAY_EVENING, program: str = ECHO) -> Forecasts:
        command = (sys.executable, "-c", program)
        worker = Worker({}, time_limit=timedelta(minutes=1), now=lambda: now, command=command)
        return Forecasts(ReportStore(engine), worker, Universe.parse(universe), "simulated", lambda: now)

    return make


async def test_latest_reads_its_own_source_only(engine: Engine, door: Callable[..., Forecasts]) -> None:
    publish_into(engine, [made_report("SPY", source="csv"), made_report("ARKK")])
    assert await door().latest("arkk") == made_report("ARKK")
    with pytest.raises(NoForecastYet, match="SPY has no forecast from simulated"):
        await door().latest("SPY")


async def test_an_etf_outside_the_universe_is_known_once_it_has_a_forecast(
    engine: Engine, door: Callable[..., Forecasts]
) -> None:
    forecasts = door()
    with pytest.raises(UnknownSymbol):
        await forecasts.latest("TLT")
    publish_into(engine, [made_report("TLT")])
    assert (await forecasts.latest("tlt")).symbol == "TLT"


async def test_a_forecast_comes_with_its_picture_where_one_was_drawn(
    engine: Engine, door: Callable[..., Forecasts]
) -> None:
    publish_into(engine, [made_report("ARKK")])
    assert await door().with_chart("ARKK", "light") == (made_report("ARKK"), PNG)
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM report_charts")
    assert await door().with_chart("ARKK", "light") == (made_report("ARKK"), None)


async def test_the_universe_comes_first(engine: Engine, door: Callable[..., Forecasts]) -> None:
    publish_into(engine, [made_report(symbol) for symbol in ("AAA", "FNGU", "SPY", "TLT")])
    forecasts = door("TLT")
    assert [report.symbol for report in await forecasts.all_latest()] == ["SPY", "FNGU", "TLT", "AAA"]
    assert await forecasts.missing() == ("ARKK",)


async def test_an_etf_that_left_the_universe_leaves_the_overviews_after_two_weeks(
    engine: Engine, door: Callable[..., Forecasts]
) -> None:
    ages = {"SPY": 0, "ARKK": 40, "TLT": 14, "GONE": 15}
    publish_into(engine, [made_report(symbol, as_of=AS_OF - timedelta(days=age)) for symbol, age in ages.items()])
    forecasts = door("")

    reports, picture = await forecasts.all_with_scores_chart("dark")

    assert [report.symbol for report in reports] == ["ARKK", "SPY", "TLT"]
    assert picture == PNG
    assert len(await forecasts.all_latest()) == 4, "who asks for it by name still gets it"


async def test_suggestions_need_no_database(
    engine: Engine, door: Callable[..., Forecasts], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_into(engine, [made_report("TLT")])
    forecasts = door()
    await forecasts.remember_symbols()
    engine.dispose()
    monkeypatch.setattr(engine, "connect", None)
    assert forecasts.suggest("tl") == (("TLT", "TLT"),)
    assert forecasts.suggest("ark inn") == (("ARKK", "ARK Innovation ETF"),)


@pytest.mark.parametrize(("now", "as_of"), [(FRIDAY_EVENING, date(2026, 11, 20)), (OPENING, date(2026, 11, 19))])
async def test_jobs_know_prices_up_to_the_last_completed_session(
    door: Callable[..., Forecasts], now: datetime, as_of: date
) -> None:
    told: list[WorkerState] = []
    forecasts = door(now=now)
    stop_listening = forecasts.listen(told.append)
    assert (await forecasts.retrain([Symbol("SPY")])).ok == ("SPY",)
    stop_listening()
    assert (await forecasts.retrain()).ok == forecasts.universe.symbols
    assert (await forecasts.refresh()).ok == forecasts.universe.symbols
    steps = [state.running.progress for state in told if state.running is not None and state.running.progress]
    assert [(step.symbol, step.stage) for step in steps] == [("retrain", as_of.isoformat())]


async def test_a_failed_job_is_raised(door: Callable[..., Forecasts]) -> None:
    with pytest.raises(JobFailed):
        await door(program="raise SystemExit(1)").retrain()
