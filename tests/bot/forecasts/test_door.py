"""The bot's only door to forecasting: what it finds and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from bot.forecasts.door import Forecasts
from forecasting import NoForecastYet, UnknownSymbol
from tests.support.reports import AS_OF, PNG, made_report, publish_into


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
