"""Yahoo's prices of ETFs outside the United States: their sessions, closes and currencies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.prices.files.adjusting import back_adjusted
from forecasting.prices.sources.yahoo import YahooPrices
from forecasting.prices.store.store import PriceStore
from forecasting.prices.store.stored import StoredPrices
from forecasting.sessions import session_on_or_before, session_stamps
from forecasting.universe import Symbol
from tests.support.databases import open_file
from tests.support.yahoo_server import Quotes, YahooServer, serving, yahoo_server

VWCE, ISF = Symbol("VWCE.DE"), Symbol("ISF.L")
FOREVER = date(2199, 12, 31)
OVER = datetime(2026, 1, 2, 17, 0, tzinfo=UTC)  # Xetra closes at 17:30 in Berlin


@pytest.fixture
def server() -> Iterator[YahooServer]:
    with yahoo_server() as running:
        yield running


def quotes(exchange: str, last: date, **more: str) -> Quotes:
    """A row for each session of an exchange until ``last``."""
    days = session_stamps(date(2024, 1, 2), last, exchange)
    closes = 100.0 * np.exp(np.cumsum(np.random.default_rng(1).normal(0.0, 0.01, len(days))))
    frame = pd.DataFrame({"adjusted": closes, "close": closes, "open": closes}, days)
    frame = frame.assign(high=closes * 1.01, low=closes / 1.01, volume=1e6, dividend=0.0, split=0.0)
    return Quotes(frame, **more)


@pytest.mark.parametrize(("now", "last"), [(OVER, date(2026, 1, 2)), (OVER - timedelta(seconds=1), date(2025, 12, 30))])
def test_holidays_of_the_exchange_are_not_waited_for(
    server: YahooServer, tmp_path: Path, now: datetime, last: date
) -> None:
    """24, 25, 26 and 31 December and 1 January have no closes."""
    server.script = serving({VWCE: quotes("XETR", date(2026, 1, 2), currency="EUR", zone="Europe/Berlin")})
    yahoo = YahooPrices(tmp_path / "cache", now=lambda: now, session=server.session(), timeout=5.0)
    history = yahoo.history(VWCE, FOREVER)
    assert (history.last_session, history.currency, history.findings) == (last, "EUR", ())


ETFS = {
    Symbol("VWCE.DE"): ("XETR", "EUR", "Europe/Berlin"),
    Symbol("ISF.L"): ("XLON", "GBp", "Europe/London"),
    Symbol("XIC.TO"): ("XTSE", "CAD", "America/Toronto"),
    Symbol("1306.T"): ("XTKS", "JPY", "Asia/Tokyo"),
    Symbol("SPY"): ("XNYS", "USD", "America/New_York"),
}
CHRISTMAS, EASTER = ("2025-12-24", "2025-12-26", "2025-12-31", "2026-01-02"), ("2026-04-03", "2026-04-06")
GOLDEN_WEEK, CLOCKS = (
    ("2026-04-29", "2026-05-04", "2026-05-07"),
    ("2026-03-09", "2026-03-30", "2026-10-26", "2026-11-02"),
)


@pytest.mark.slow
@pytest.mark.parametrize("symbol", ETFS)
def test_each_exchange_lives_through_its_own_year(server: YahooServer, tmp_path: Path, symbol: Symbol) -> None:
    exchange, currency, zone = ETFS[symbol]
    server.script = serving({symbol: quotes(exchange, date(2026, 11, 6), currency=currency, zone=zone)})
    clock = [OVER]
    yahoo = YahooPrices(tmp_path / "cache", now=lambda: clock[0], session=server.session(), timeout=5.0)
    engine = open_file(tmp_path / "prices.db")
    source = StoredPrices(yahoo, PriceStore(engine, "yahoo"), now=lambda: clock[0])
    for day in map(date.fromisoformat, sorted((*CHRISTMAS, *EASTER, *GOLDEN_WEEK, *CLOCKS))):
        clock[0] = datetime.combine(day, time(23, 30), UTC)
        history = source.history(symbol, FOREVER)
        assert history.last_session == session_on_or_before(day, exchange)
        assert (history.currency, history.findings) == (currency, ()), day
    engine.dispose()


def test_pounds_are_turned_into_pence(server: YahooServer, tmp_path: Path) -> None:
    """Yahoo gives some London prices in pounds on one day and in pence on the next."""
    pence = quotes("XLON", date(2026, 1, 6), currency="GBp", zone="Europe/London")
    pence.frame.loc["2025-12-18", "dividend"] = 0.5
    pence.frame["adjusted"] = back_adjusted(pence.frame["close"], pence.frame["dividend"])
    columns = ["adjusted", "close", "open", "high", "low", "dividend"]
    pounds = replace(pence, currency="GBP", frame=pence.frame.assign(**(pence.frame[columns] / 100.0)))
    clock = [datetime(2026, 1, 5, 18, 0, tzinfo=UTC)]
    server.script = serving({ISF: pence.until(date(2026, 1, 5))})
    engine = open_file(tmp_path / "prices.db")
    yahoo = YahooPrices(tmp_path / "cache", now=lambda: clock[0], session=server.session(), timeout=5.0)
    source = StoredPrices(yahoo, PriceStore(engine, "yahoo"), now=lambda: clock[0])
    before = source.history(ISF, FOREVER)
    clock[0] += timedelta(days=1)
    server.script = serving({ISF: pounds})
    after = source.history(ISF, FOREVER)
    engine.dispose()
    assert (before.currency, after.currency) == ("GBp", "GBp")
    assert after.last_session == date(2026, 1, 6)
    np.testing.assert_allclose(after.adjusted, pence.frame["adjusted"], rtol=1e-9)
    np.testing.assert_allclose(after.frame["dividend"], pence.frame["dividend"])
    assert [finding for finding in after.findings if finding.is_fault] == []
