"""The real yfinance client against a stand-in for Yahoo: every way it fails is one of our errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.errors import (
    BadPrices,
    ForecastingError,
    PricesNotReady,
    PricesUnavailable,
    RateLimited,
    SymbolEnded,
    UnknownSymbol,
)
from forecasting.prices.quality.gate import gate
from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.prices.sources.yahoo import YahooPrices
from forecasting.prices.store.pacing import Pacing
from forecasting.prices.store.store import PriceStore
from forecasting.prices.store.stored import StoredPrices
from forecasting.universe import Symbol
from tests.support.databases import open_file
from tests.support.yahoo_server import UNKNOWN, Answer, Quotes, YahooServer, in_turn, serving, yahoo_server

SPY = Symbol("SPY")
UNTIL = date(2024, 12, 31)
EVENING = datetime(2024, 12, 31, 22, 0, tzinfo=UTC)  # the session ended at 21:00
FOREVER = date(2199, 12, 31)


@pytest.fixture
def server() -> Iterator[YahooServer]:
    with yahoo_server() as running:
        yield running


@pytest.fixture
def yahoo(server: YahooServer, tmp_path: Path) -> YahooPrices:
    return YahooPrices(tmp_path / "cache", now=lambda: EVENING, session=server.session(), timeout=5.0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PriceStore]:
    engine = open_file(tmp_path / "prices.db")
    yield PriceStore(engine, "yahoo")
    engine.dispose()


@pytest.fixture(scope="module")
def spy() -> Quotes:
    return Quotes(SimulatedPrices().history(SPY, UNTIL).frame.loc["2023-06":], name="Simulated S&P 500")


def refusal(kind: str, code: str, description: str) -> bytes:
    """A refusal in the form in which Yahoo words it."""
    return json.dumps({kind: {"result": None, "error": {"code": code, "description": description}}}).encode()


OCTOBER = datetime(2025, 10, 29, 22, 0, tzinfo=UTC)
JANUARY = datetime(2022, 1, 28, 22, 0, tzinfo=UTC)
NO_ROWS = {"meta": {"currency": "USD", "symbol": "SPY", "instrumentType": "ETF"}, "indicators": {"quote": [{}]}}
NO_TIMESTAMPS = json.dumps({"chart": {"result": [NO_ROWS], "error": None}}).encode()


def recorded(shared: Path, name: str) -> Answer:
    return Answer((shared / "yahoo" / name).read_bytes())


def test_prices_with_dividends(server: YahooServer, yahoo: YahooPrices, spy: Quotes) -> None:
    server.script = serving({"SPY": spy})
    history = yahoo.history(SPY, UNTIL)
    pd.testing.assert_frame_equal(history.frame, spy.frame, check_freq=False, check_names=False)
    assert (history.frame["dividend"] > 0).sum() == 7
    assert (history.source, history.currency, history.findings) == ("yahoo", "USD", ())


def test_history_until_a_past_day(server: YahooServer, yahoo: YahooPrices, spy: Quotes) -> None:
    server.script = serving({"SPY": spy})
    assert yahoo.history(SPY, date(2024, 7, 4)).last_session == date(2024, 7, 3)


def test_the_security_behind_the_symbol(server: YahooServer, yahoo: YahooPrices, spy: Quotes) -> None:
    server.script = serving({"SPY": replace(spy, first_traded=date(1993, 1, 29))})
    security = yahoo.fetch(SPY, None, UNTIL).security
    assert (security.name, security.kind, security.currency) == ("Simulated S&P 500", "ETF", "USD")
    assert (security.exchange, security.first_traded) == ("NYSEArca", date(1993, 1, 29))


def test_recorded_answers_with_dividends_a_split_and_capital_gains(
    server: YahooServer, tmp_path: Path, shared: Path
) -> None:
    def yahoo(name: str, now: datetime) -> YahooPrices:
        server.script = in_turn(recorded(shared, name))
        return YahooPrices(tmp_path, now=lambda: now, session=server.session())

    microsoft = yahoo("chart_MSFT_6mo_dividends.json", OCTOBER).history(Symbol("MSFT"), FOREVER)
    assert microsoft.last_session == date(2025, 10, 29)
    paid = microsoft.frame["dividend"]
    assert paid[paid > 0].to_dict() == {pd.Timestamp("2025-05-15"): 0.83, pd.Timestamp("2025-08-21"): 0.83}
    assert gate([microsoft])[0].findings == ()

    nvidia = yahoo("chart_NVDA_1y_split.json", JANUARY).history(Symbol("NVDA"), FOREVER)
    split = nvidia.frame["split"]
    assert split[split > 0].to_dict() == {pd.Timestamp("2021-07-20"): 4.0}
    assert gate([nvidia])[0].findings == (), "Yahoo's closes are adjusted for it"

    body = json.loads((shared / "yahoo" / "chart_VFINX_dividends_capitalGains.json").read_text())
    chart = body["chart"]["result"][0]
    first = chart["timestamp"][0]
    dividends, gains = (
        sum(event["amount"] for event in chart["events"][kind].values() if event["date"] >= first)
        for kind in ("dividends", "capitalGains")
    )
    rows = yahoo("chart_VFINX_dividends_capitalGains.json", OCTOBER).fetch(Symbol("VFINX"), None, FOREVER).rows
    assert dividends < rows["dividend"].sum() <= dividends + gains, "gains count as dividends, once"


def test_null_rows_are_not_there(server: YahooServer, yahoo: YahooPrices, spy: Quotes) -> None:
    frame = spy.frame.copy()
    frame.loc["2024-03-05"] = np.nan
    server.script = serving({"SPY": replace(spy, frame=frame)})
    history = yahoo.history(SPY, UNTIL)
    assert [(f.kind, f.session) for f in history.findings] == [("missing session", date(2024, 3, 5))]


def test_the_dividend_of_a_null_row_is_not_lost(server: YahooServer, yahoo: YahooPrices, spy: Quotes) -> None:
    """It was paid all the same, and the adjusted closes know of it."""
    frame = spy.frame.copy()
    row = int(np.flatnonzero(frame["dividend"] > 0)[2])
    paid = frame["dividend"].iloc[row]
    frame.iloc[row, [frame.columns.get_loc(c) for c in ("adjusted", "close", "open", "high", "low", "volume")]] = np.nan
    server.script = serving({"SPY": replace(spy, frame=frame)})
    history = yahoo.history(SPY, UNTIL)
    assert history.frame["dividend"].loc[frame.index[row + 1]] == paid
    assert [(f.kind, f.session) for f in history.findings] == [("missing session", frame.index[row].date())]


def test_unfinished_candle_of_today_is_dropped(server: YahooServer, tmp_path: Path, spy: Quotes) -> None:
    server.script = serving({"SPY": spy})
    for moment, last in (
        (datetime(2024, 12, 31, 21, 29, tzinfo=UTC), date(2024, 12, 30)),  # half an hour after the close is not over
        (datetime(2024, 12, 31, 21, 30, tzinfo=UTC), date(2024, 12, 31)),
        (datetime(2024, 12, 24, 18, 29, tzinfo=UTC), date(2024, 12, 23)),  # Christmas Eve ends at 13:00
        (datetime(2024, 12, 24, 18, 30, tzinfo=UTC), date(2024, 12, 24)),
    ):
        yahoo = YahooPrices(tmp_path, now=lambda moment=moment: moment, session=server.session())  # type: ignore[misc]
        assert yahoo.history(SPY, UNTIL).last_session == last


@pytest.mark.parametrize("missing", ["2024-12-31", "2024-12-30", "2024-12-17"])
def test_a_session_missing_of_the_last_ten_is_not_ready(
    server: YahooServer, yahoo: YahooPrices, spy: Quotes, missing: str
) -> None:
    server.script = serving({"SPY": replace(spy, frame=spy.frame.drop(pd.Timestamp(missing)))})
    with pytest.raises(PricesNotReady, match=f"SPY: yahoo has no prices for {missing} yet. Try again in an hour"):
        yahoo.history(SPY, UNTIL)


def test_prices_that_stopped_long_ago_have_ended(server: YahooServer, yahoo: YahooPrices, spy: Quotes) -> None:
    server.script = serving({"SPY": spy.until(date(2024, 11, 1))})
    with pytest.raises(SymbolEnded, match="no prices from yahoo after 2024-11-01"):
        yahoo.history(SPY, UNTIL)


@dataclass(frozen=True)
class Failing:
    """A bad answer, and what becomes of it."""

    answer: Answer
    error: type[ForecastingError]
    says: str


FAILING: dict[str, Failing] = {
    "404 “may be delisted”": Failing(UNKNOWN, UnknownSymbol, "No ETF called 'SPY' is known here."),
    "400": Failing(
        Answer(refusal("chart", "Bad Request", "Data doesn't exist for startDate = 1, endDate = 2"), 400),
        PricesUnavailable,
        "refused the request .Data does",
    ),
    "401 bad crumb": Failing(
        Answer(refusal("finance", "Unauthorized", "Invalid Crumb"), 401), PricesUnavailable, "contains no prices"
    ),
    "429 “Too Many Requests”": Failing(Answer(b"Too Many Requests\n", 429), RateLimited, "limits the rate of requests"),
    "429 “Edge: Too Many Requests”": Failing(Answer(b"Edge: Too Many Requests", 429), RateLimited, "limits the rate"),
    "500": Failing(Answer(b"", 500), PricesUnavailable, "contains no prices"),
    "200, empty body": Failing(Answer(b""), PricesUnavailable, "contains no prices"),
    "200, HTML": Failing(Answer(b"<html>hello</html>", kind="text/html"), PricesUnavailable, "contains no prices"),
    "200, “Will be right back”": Failing(Answer(b"Will be right back..."), PricesUnavailable, "contains no prices"),
    "200, `null`": Failing(Answer(b"null"), PricesUnavailable, "contains no prices"),
    "200, no result": Failing(Answer(b'{"chart":{"result":[],"error":null}}'), PricesUnavailable, "contains no prices"),
    "200, no timestamps": Failing(
        Answer(NO_TIMESTAMPS),
        PricesUnavailable,
        "no prices",
    ),
    "connection cut": Failing(Answer(b'{"chart":', cut=True), PricesUnavailable, "cannot be reached"),
    "no answer for 60 s": Failing(Answer(late=True), PricesUnavailable, r"cannot be reached \(Timeout\)"),
}
"""By the row of docs/prices.md that tells of it."""


@pytest.mark.parametrize("row", FAILING)
@pytest.mark.parametrize("known", [False, True], ids=["first fetch", "later fetch"])
def test_bad_answers(
    server: YahooServer, yahoo: YahooPrices, spy: Quotes, store: PriceStore, row: str, known: bool
) -> None:
    """Each is an error of ours; what is stored stays, and serves."""
    failing, until = FAILING[row], date(2024, 12, 20)
    impatient = replace(yahoo, timeout=0.3 if failing.answer.late else 5.0)
    prices = StoredPrices(impatient, store, impatient.now, Pacing(lambda seconds: None))
    if known:
        server.script = serving({"SPY": spy})
        prices.history(SPY, until)
    server.script = in_turn(failing.answer)
    with pytest.raises(ForecastingError, match=failing.says) as raised:
        impatient.fetch(SPY, None, UNTIL)
    assert type(raised.value) is failing.error
    assert "SPY" in str(raised.value)
    if known:
        history = prices.history(SPY, UNTIL)
        assert history.last_session == until
        assert [finding.kind for finding in history.findings] == ["stored prices"]
    else:
        with pytest.raises(failing.error):
            prices.history(SPY, UNTIL)
        assert store.symbols() == ()


def test_the_documentation_lists_every_failure() -> None:
    text = (Path(__file__).parents[4] / "docs" / "prices.md").read_text()
    rows = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| ")]
    assert set(FAILING) <= set(rows)
    for row, failing in FAILING.items():
        (line,) = (line for line in text.splitlines() if line.startswith(f"| {row} |"))
        assert f"`{failing.error.__name__}`" in line


def test_no_network(tmp_path: Path) -> None:
    with yahoo_server() as server:
        session = server.session()
    yahoo = YahooPrices(tmp_path, now=lambda: EVENING, session=session)
    for symbol in ("SPY", "QQQ", "TLT"):  # yfinance hides the reason from the third symbol on
        with pytest.raises(PricesUnavailable, match=f"{symbol}: Yahoo cannot be reached"):
            yahoo.history(Symbol(symbol), UNTIL)


def test_a_bad_answer_does_not_come_back_from_a_cache(server: YahooServer, yahoo: YahooPrices, spy: Quotes) -> None:
    server.script = serving({"SPY": spy})
    yahoo.history(SPY, UNTIL)
    server.script = in_turn(Answer(b'{"chart":{"result":[],"error":null}}'), serving({"SPY": spy}))
    with pytest.raises(PricesUnavailable):
        yahoo.history(SPY, UNTIL)
    assert yahoo.history(SPY, UNTIL).last_session == UNTIL


def test_nothing_until_the_wanted_day(server: YahooServer, yahoo: YahooPrices, spy: Quotes) -> None:
    server.script = serving({"SPY": spy})
    with pytest.raises((BadPrices, PricesUnavailable)):
        yahoo.history(SPY, date(2020, 1, 2))


def test_the_time_zone_is_asked_for_once(server: YahooServer, yahoo: YahooPrices, spy: Quotes) -> None:
    new = Symbol("TZONE")  # the cache lives as long as the process, so no other test may have asked for it
    server.script = serving({new: spy})
    yahoo.history(new, UNTIL)
    assert len(server.charts) == 2
    yahoo.history(new, UNTIL)
    assert len(server.charts) == 3
    assert len(server.price_requests) == 2
