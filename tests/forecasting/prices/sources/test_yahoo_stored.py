"""What the store keeps of Yahoo's answers, whole or faulty, by the unmodified client: docs/prices.md's third column."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.errors import ForecastingError, PricesNotReady, SymbolEnded
from forecasting.prices.history import COLUMNS
from forecasting.prices.quality.gate import gate
from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.prices.sources.yahoo import YahooPrices
from forecasting.prices.store.pacing import Pacing
from forecasting.prices.store.store import PriceStore
from forecasting.prices.store.stored import StoredPrices
from forecasting.universe import Symbol
from tests.forecasting.prices.sources.test_yahoo import FAILING
from tests.support.yahoo_server import Answer, Quotes, YahooServer, in_turn, serving, yahoo_server

SPY = Symbol("SPY")
LAST = date(2024, 12, 31)
EVENING = datetime(2024, 12, 31, 22, 0, tzinfo=UTC)  # the session ended at 21:00
NOON = EVENING - timedelta(hours=5)


@pytest.fixture
def server() -> Iterator[YahooServer]:
    with yahoo_server() as running:
        yield running


def prices_from(server: YahooServer, store: PriceStore, folder: Path, now: datetime = EVENING) -> StoredPrices:
    yahoo = YahooPrices(folder / "cache", now=lambda: now, session=server.session(), timeout=5.0)
    return StoredPrices(yahoo, store, yahoo.now, Pacing(lambda seconds: None))


def rows_of(first: str = "2024-06") -> pd.DataFrame:
    return SimulatedPrices().history(SPY, LAST).frame.loc[first:].copy()


def without(day: str) -> pd.DataFrame:
    return rows_of().drop(pd.Timestamp(day))


def with_split(day: str) -> pd.DataFrame:
    frame = rows_of()
    frame.loc[day, "split"] = 4.0
    return frame


def tenfold(day: str) -> pd.DataFrame:
    frame = rows_of()
    frame.loc[day, ["adjusted", "close", "open", "high", "low"]] *= 10
    return frame


def with_nulls(day: str) -> pd.DataFrame:
    frame = rows_of()
    frame.loc[day, ["adjusted", "close", "open", "high", "low", "volume"]] = np.nan
    return frame


@dataclass(frozen=True)
class Case:
    """An answer, and what becomes of it.

    Attributes:
        stored: the rows that are in the store afterwards.
        used: the last session of the history, or why there is none.
        faults: kind and session of what the gate says.
    """

    shown: Callable[[], pd.DataFrame]
    stored: Callable[[], pd.DataFrame]
    used: date | type[ForecastingError]
    faults: tuple[tuple[str, date], ...] = ()
    now: datetime = EVENING


CASES: dict[str, Case] = {
    "200, with dividends": Case(rows_of, rows_of, LAST),
    "200, with a split": Case(lambda: with_split("2024-09-03"), lambda: with_split("2024-09-03"), LAST),
    "200, null rows": Case(
        lambda: with_nulls("2024-09-03"),
        lambda: without("2024-09-03"),
        LAST,
        (("missing session", date(2024, 9, 3)),),
    ),
    "200, today's candle unfinished": Case(rows_of, lambda: rows_of().iloc[:-1], date(2024, 12, 30), now=NOON),
    "200, yesterday's session missing": Case(
        lambda: without("2024-12-30"), lambda: without("2024-12-30"), PricesNotReady
    ),
    "200, prices end weeks ago": Case(
        lambda: rows_of().loc[:"2024-11-29"], lambda: rows_of().loc[:"2024-11-29"], SymbolEnded
    ),
    "200, a price ten times too high": Case(
        lambda: tenfold("2024-09-03"), lambda: tenfold("2024-09-03"), LAST, (("spike", date(2024, 9, 3)),)
    ),
}
"""By the row of docs/prices.md that tells of it."""


@pytest.mark.parametrize("row", CASES)
def test_what_is_stored(server: YahooServer, store: PriceStore, tmp_path: Path, row: str) -> None:
    case = CASES[row]
    server.script = serving({"SPY": Quotes(case.shown())})
    prices = prices_from(server, store, tmp_path, case.now)
    if isinstance(case.used, date):
        (history,) = gate([prices.history(SPY, LAST)])
        assert history.last_session == case.used
        assert tuple((f.kind, f.session) for f in history.findings) == case.faults
    else:
        with pytest.raises(case.used):
            prices.history(SPY, LAST)
    stored = store.load(SPY)
    assert stored is not None
    pd.testing.assert_frame_equal(stored.frame, case.stored(), rtol=1e-9, check_freq=False, check_names=False)


def test_capital_gains_are_stored_as_dividends(
    server: YahooServer, store: PriceStore, tmp_path: Path, shared: Path
) -> None:
    server.script = in_turn(Answer((shared / "yahoo" / "chart_VFINX_dividends_capitalGains.json").read_bytes()))
    prices = prices_from(server, store, tmp_path, datetime(2025, 9, 17, 22, 0, tzinfo=UTC))
    fetched = prices.fetcher.fetch(Symbol("VFINX"), None, date(2025, 9, 17))
    store.take_in(Symbol("VFINX"), fetched, EVENING)
    stored = store.load(Symbol("VFINX"))
    assert stored is not None
    assert stored.frame["dividend"].sum() == pytest.approx(fetched.rows["dividend"].sum())
    assert (stored.frame["dividend"] > 0).any()


def test_the_glitch_of_fngu_is_stored_as_it_came(
    server: YahooServer, store: PriceStore, tmp_path: Path, shared: Path
) -> None:
    """Closes of FNGU as Yahoo once gave them: 2021-02-11 stands at ten times its price. Nothing is lost by leaving it
    out, and nothing that comes later brings it back."""
    body = json.loads((shared / "dirty" / "FNGU_yahoo_x10_glitch_2021-02-11.json").read_text())
    closes = pd.Series(body["Close"]).rename(index=pd.Timestamp).astype(float).sort_index().dropna()
    rows = pd.DataFrame({"close": closes, "adjusted": closes}, index=closes.index).reindex(columns=list(COLUMNS))
    rows = rows.assign(dividend=0.0, split=0.0, volume=1e6)
    server.script = serving({"FNGU": Quotes(rows, kind="EQUITY")})
    last = pd.Timestamp(closes.index[-1])
    prices = prices_from(server, store, tmp_path, last.to_pydatetime().replace(hour=22, tzinfo=UTC))
    (history,) = gate([prices.history(Symbol("FNGU"), last.date())])
    stored = store.load(Symbol("FNGU"))
    assert stored is not None
    glitch = pd.Timestamp("2021-02-11")
    assert glitch not in history.sessions
    assert ("spike", glitch.date()) in [(f.kind, f.session) for f in history.findings]
    assert stored.frame["close"][glitch] == pytest.approx(closes[glitch])
    assert len(stored.frame) == len(closes)


@pytest.mark.parametrize("row", [row for row in FAILING if row not in {"400", "no answer for 60 s"}])
def test_a_first_fetch_fails_like_a_later_one(server: YahooServer, store: PriceStore, tmp_path: Path, row: str) -> None:
    """Though it is the question for the time zone that fails then."""
    new = Symbol(f"NEW{list(FAILING).index(row)}")  # the client's cache lives as long as the process
    server.script = in_turn(FAILING[row].answer)
    with pytest.raises(FAILING[row].error) as raised:
        prices_from(server, store, tmp_path).history(new, LAST)
    assert type(raised.value) is FAILING[row].error
    assert new in str(raised.value)
    assert store.symbols() == ()


def test_an_answer_without_one_price_takes_no_place(server: YahooServer, store: PriceStore, tmp_path: Path) -> None:
    """Zeros in all rows: what is stored stays, and serves."""
    before = date(2024, 12, 20)
    server.script = serving({"SPY": Quotes(rows_of())})
    prices_from(server, store, tmp_path).history(SPY, before)
    server.script = serving({"SPY": Quotes(rows_of() * 0)})
    history = prices_from(server, store, tmp_path).history(SPY, LAST)
    assert history.last_session == before
    assert [finding.kind for finding in history.findings] == ["stored prices"]
    assert store.revisions(SPY).empty


def test_rows_of_a_share_older_than_the_calendar(server: YahooServer, store: PriceStore, tmp_path: Path) -> None:
    """Somebody may ask for one, and reads that it is no ETF rather than of a fault of ours."""
    recent = rows_of()
    old = recent.iloc[:40].set_axis(pd.bdate_range("1989-10-30", periods=40), axis=0)
    server.script = serving({"OLD": Quotes(pd.concat([old, recent]), kind="EQUITY")})
    history = prices_from(server, store, tmp_path).history(Symbol("OLD"), LAST)
    assert history.sessions[0] == recent.index[0]
    assert history.security is not None
    assert history.security.kind == "EQUITY"
