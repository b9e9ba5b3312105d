"""ETFs of five exchanges, forecast through a year of their own holidays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import exchange_calendars
import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine

from forecasting import ReportStore, Symbol, Universe, open_database
from forecasting.champion.registry import ModelRegistry
from forecasting.job.follow_up import follow_up
from forecasting.job.pipeline import Pipeline
from forecasting.prices.loading import check, load_panel
from forecasting.prices.sources.csv import CsvPrices
from forecasting.record.issued import issued_forecasts
from forecasting.storage.lease import job_lock
from tests.support.inline import Inline
from tests.support.made_models import renamed
from tests.support.trained import Home

pytestmark = pytest.mark.slow

ETFS = {
    Symbol("VWCE.DE"): ("XETR", "Europe/Berlin", "EUR", 120.0),
    Symbol("ISF.L"): ("XLON", "Europe/London", "GBp", 800.0),
    Symbol("XIC.TO"): ("XTSE", "America/Toronto", "CAD", 35.0),
    Symbol("1306.T"): ("XTKS", "Asia/Tokyo", "JPY", 2700.0),
    Symbol("SPY"): ("XNYS", "America/New_York", "USD", 500.0),
}
FIRST, LAST = date(2022, 1, 3), date(2026, 10, 30)
EVENTS = {
    "Christmas and New Year": (date(2025, 12, 23), date(2026, 1, 5)),
    "clocks forward in America": (date(2026, 3, 6), date(2026, 3, 10)),
    "clocks forward in Europe": (date(2026, 3, 27), date(2026, 3, 31)),
    "Good Friday and Easter Monday": (date(2026, 4, 1), date(2026, 4, 8)),
    "Golden Week": (date(2026, 4, 28), date(2026, 5, 8)),
    "clocks back in Europe": (date(2026, 10, 23), date(2026, 10, 28)),
    "the half day before Christmas in London": (date(2025, 12, 24), date(2025, 12, 24)),
}


def calendar(exchange: str) -> exchange_calendars.ExchangeCalendar:
    return exchange_calendars.get_calendar(exchange, start="2020-01-01", end="2027-12-31")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file for each ETF, with a row for each session of its own exchange."""
    place = tmp_path_factory.mktemp("exchanges")
    random = np.random.default_rng(1)
    for symbol, (exchange, _, _, level) in ETFS.items():
        days = calendar(exchange).sessions_in_range(FIRST.isoformat(), LAST.isoformat())
        closes = level * np.exp(np.cumsum(random.normal(0.0002, 0.01, len(days))))
        wick = np.exp(np.abs(random.normal(0.0, 0.004, (2, len(days)))))
        opens = closes * np.exp(random.normal(0.0, 0.003, len(days)))
        high, low = np.maximum(opens, closes) * wick[0], np.minimum(opens, closes) / wick[1]
        frame = pd.DataFrame({"Open": opens, "High": high, "Low": low, "Close": closes, "Adj Close": closes}, days)
        frame["Volume"] = 1_000_000 + random.integers(0, 100_000, len(days))
        frame.rename_axis("Date").to_csv(place / f"{symbol}.csv", date_format="%Y-%m-%d")
    return place


@pytest.fixture
def engine(trained: Home) -> Iterator[Engine]:
    """A database whose models, which learned from simulated prices, forecast the five ETFs too."""
    registry = ModelRegistry(trained.model_dir)
    model = registry.champion("simulated", Symbol("SPY"))
    for symbol in ETFS:
        recipe = {**model.card["recipe"], "trained_from": "2022-02-01"}
        named = renamed(replace(model, card={**model.card, "recipe": recipe}), symbol)
        registry.save("csv", symbol, named)
        registry.promote("csv", symbol, named.version)
    engine = open_database(trained.database_url)
    yield engine
    engine.dispose()


def local(day: date, exchange: str, zone: str) -> datetime:
    """Half an hour after the close of ``day``, or noon if the exchange is closed."""
    known = calendar(exchange)
    if known.is_session(day.isoformat()):
        closes: datetime = known.session_close(day.isoformat()).to_pydatetime()
        return closes + timedelta(minutes=30)
    return datetime.combine(day, time(12), ZoneInfo(zone))


def test_each_forecast_has_sixty_sessions_of_its_own_exchange(trained: Home, engine: Engine, folder: Path) -> None:
    days = sorted({day.date() for first, last in EVENTS.values() for day in pd.date_range(first, last)})
    for day in days:
        now = datetime.combine(day, time(23, 30), UTC)
        with job_lock(engine, "refresh", lambda now=now: now) as lock:
            pipeline = Pipeline(
                CsvPrices(folder, now=lambda now=now: now),
                Universe.parse(",".join(ETFS)),
                ReportStore(engine),
                ModelRegistry(trained.model_dir),
                lock,
                Inline(),
                lambda now=now: now,
                kind="replayed",
            )
            run = pipeline.refresh(tuple(ETFS), day, lambda _: None)
        assert run.failed == (), day
    for symbol, (exchange, _, currency, _) in ETFS.items():
        known = calendar(exchange)
        issued = issued_forecasts(engine, "csv", symbol)
        sessions = {day for day in days if known.is_session(day.isoformat())}
        assert sessions <= {forecast.as_of for forecast in issued}, symbol
        for forecast in issued:
            first = known.sessions.searchsorted(pd.Timestamp(forecast.as_of)) + 1
            coming = [stamp.date().isoformat() for stamp in known.sessions[first : first + 60]]
            assert list(forecast.quantiles) == coming, (symbol, forecast.as_of)
            assert forecast.currency == currency
    source = CsvPrices(folder)
    panel, _ = load_panel(source, ETFS, LAST)
    scored = follow_up(engine, source, panel, LAST, datetime.combine(LAST, time(23, 30), UTC))
    assert scored.sessions > 0
    assert scored.waiting == (), "no session is waited for that never was"


@pytest.mark.parametrize("day", [date(2025, 12, 24), date(2025, 12, 26), date(2026, 1, 2), date(2026, 4, 3)])
def test_holidays_of_the_own_exchange_are_no_fault(folder: Path, day: date) -> None:
    """On 2 January, VWCE.DE has no closes of 24, 25, 26 and 31 December, because there were none."""
    now = datetime.combine(day, time(23, 30), UTC)
    source = CsvPrices(folder, now=lambda: now)
    panel, failures = load_panel(source, ETFS, day)
    assert failures == {}
    assert [finding for history in panel.values() for finding in history.findings if finding.is_fault] == []
    beyond = {finding.session for finding in check(source, ETFS, now) if finding.is_fault}
    assert all(session is not None and session > day for session in beyond), "only rows of days to come"


@pytest.mark.parametrize("symbol", ETFS)
@pytest.mark.parametrize("day", [date(2026, 3, 27), date(2026, 3, 30), date(2026, 10, 23), date(2026, 10, 26)])
def test_a_row_counts_half_an_hour_after_the_close_whatever_the_clocks(folder: Path, symbol: Symbol, day: date) -> None:
    exchange, zone, _, _ = ETFS[symbol]
    over = local(day, exchange, zone)
    for now, last in ((over, day), (over - timedelta(seconds=1), None)):
        history = CsvPrices(folder, now=lambda now=now: now).history(symbol, day)
        assert (history.last_session == day) is (last is not None)
