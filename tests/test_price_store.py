"""The price store keeps what it was given, knows a change of units for one, and overwrites nothing silently."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yfinance
from sqlalchemy import Engine

from forecasting.database import open_database
from forecasting.errors import (
    ModelMissing,
    PricesNotReady,
    PricesUnavailable,
    RateLimited,
    SymbolEnded,
    UnknownSymbol,
)
from forecasting.prices.changes import security_changes
from forecasting.prices.csv import CsvPrices
from forecasting.prices.fetching import Fetched
from forecasting.prices.history import Panel
from forecasting.prices.identity import Security
from forecasting.prices.merging import OVERLAP
from forecasting.prices.pacing import PATIENCE, PAUSE, WAITS, Pacing
from forecasting.prices.quality import gate
from forecasting.prices.store import PriceStore
from forecasting.prices.stored import StoredPrices
from forecasting.prices.yahoo import YahooPrices
from forecasting.registry import RegisteredModel
from forecasting.reporting import Subject, forecast_again
from forecasting.sessions import next_sessions
from forecasting.universe import Symbol
from tests.vendors import Vendor, View, evening_of, rebased_to, simulated, with_split
from tests.yahoo_server import Quotes, serving, yahoo_server

SPY, HYG, ARKK, FNGU = Symbol("SPY"), Symbol("HYG"), Symbol("ARKK"), Symbol("FNGU")
FRIDAY = date(2024, 12, 13)  # SPY and HYG pay their next dividends in the week after it


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path}/prices.db")
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: Engine) -> PriceStore:
    return PriceStore(engine, "yahoo")


@pytest.fixture
def vendor() -> Vendor:
    return Vendor({symbol: simulated(symbol) for symbol in (SPY, HYG, ARKK)}, FRIDAY)


def stored_prices(vendor: Vendor, store: PriceStore) -> StoredPrices:
    """One run: paced, but by a clock that doesn't wait."""
    return StoredPrices(vendor, store, vendor.now, Pacing(lambda seconds: None, np.random.default_rng(1)))


def run(vendor: Vendor, store: PriceStore, symbol: Symbol = SPY) -> pd.DataFrame:
    return stored_prices(vendor, store).history(symbol, vendor.today).frame


def assert_same(stored: pd.DataFrame, shown: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(stored, shown, rtol=1e-9, check_freq=False, check_names=False)


def test_what_was_fetched_is_kept_as_it_was(vendor: Vendor, store: PriceStore) -> None:
    assert_same(run(vendor, store), vendor.views[SPY](FRIDAY))
    assert store.symbols() == ("SPY",)


def test_a_second_run_asks_for_nothing(vendor: Vendor, store: PriceStore) -> None:
    first = run(vendor, store)
    assert run(vendor, store).equals(first)
    assert len(vendor.calls) == 1


def test_a_later_fetch_asks_for_what_is_new_and_an_overlap(vendor: Vendor, store: PriceStore) -> None:
    first = run(vendor, store, ARKK)
    vendor.pass_days(7)
    assert_same(run(vendor, store, ARKK), vendor.views[ARKK](vendor.today))
    assert vendor.calls[1] == (ARKK, first.index[-OVERLAP].date(), date(2024, 12, 20))


def test_a_past_day_that_is_stored_costs_no_request(vendor: Vendor, store: PriceStore) -> None:
    run(vendor, store)
    history = stored_prices(vendor, store).history(SPY, date(2024, 6, 1))
    assert history.last_session == date(2024, 5, 31)
    assert len(vendor.calls) == 1


@pytest.mark.parametrize("symbol", [SPY, HYG])
def test_dividends_between_fetches_rebase_the_stored_history(vendor: Vendor, store: PriceStore, symbol: Symbol) -> None:
    before = run(vendor, store, symbol)
    for _ in range(20):
        vendor.pass_days(7)
        shown = vendor.views[symbol](vendor.today)
        assert_same(run(vendor, store, symbol), shown)
    assert shown["adjusted"].iloc[0] < before["adjusted"].iloc[0] * 0.999
    assert store.revisions(symbol).empty, "a change of units is no revision"


def test_a_dividend_that_is_listed_late_is_a_revision_of_its_session(vendor: Vendor, store: PriceStore) -> None:
    view = vendor.views[SPY]
    paid = view(date(2024, 12, 31))["dividend"].loc["2024-12":].idxmax()
    vendor.today = paid.date()
    amount = view(vendor.today)["dividend"][paid]

    def unaware(day: date) -> pd.DataFrame:
        frame = view(day)
        frame.loc[frame.index < paid, "adjusted"] *= 1 + amount / frame["close"][paid]
        frame.loc[paid, "dividend"] = 0.0
        return frame

    vendor.views[SPY] = unaware
    run(vendor, store)
    vendor.views[SPY] = view
    vendor.pass_days(3)
    assert_same(run(vendor, store), view(vendor.today))
    assert store.revisions(SPY)["session"].tolist() == [paid.date()]


@pytest.mark.parametrize("rebased_after", [0, 4], ids=["at once", "days later"])
@pytest.mark.parametrize("ratio", [4.0, 0.1])
def test_a_split_rebases_prices_and_volumes(
    vendor: Vendor, store: PriceStore, ratio: float, rebased_after: int
) -> None:
    split = date(2024, 12, 18)
    vendor.views[SPY] = with_split(vendor.views[SPY], split, ratio, date(2024, 12, 18 + rebased_after))
    before = run(vendor, store)
    for _ in range(7):
        vendor.pass_days(1)
        run(vendor, store)
    vendor.pass_days(7)
    after = run(vendor, store)
    assert_same(after, vendor.views[SPY](vendor.today))
    assert after["close"].iloc[0] == pytest.approx(before["close"].iloc[0] / ratio)
    assert after["volume"].iloc[0] == pytest.approx(before["volume"].iloc[0] * ratio)
    assert store.revisions(SPY).empty
    assert gate([stored_prices(vendor, store).history(SPY, vendor.today)])[0].findings == ()


def test_another_close_is_reported_and_the_old_one_kept(
    vendor: Vendor, store: PriceStore, caplog: pytest.LogCaptureFixture
) -> None:
    before = run(vendor, store)
    view, session = vendor.views[SPY], pd.Timestamp("2024-12-12")

    def corrected(day: date) -> pd.DataFrame:
        frame = view(day)
        frame.loc[session, ["close", "adjusted", "low"]] *= 0.99
        frame.loc[session, "volume"] *= 2
        return frame

    vendor.views[SPY] = corrected
    vendor.pass_days(3)
    with caplog.at_level(logging.WARNING):
        assert_same(run(vendor, store), corrected(vendor.today))
    assert "SPY: yahoo says otherwise about 2024-12-12 than it did" in caplog.text
    (revision,) = store.revisions(SPY).to_dict("records")
    assert (revision["session"], revision["replaced_at"]) == (session.date(), vendor.now())
    assert revision["close"] == before["close"][session]
    assert revision["volume"] == before["volume"][session]


def test_changes_within_the_tolerance_are_no_revisions(vendor: Vendor, store: PriceStore) -> None:
    run(vendor, store)
    view = vendor.views[SPY]
    vendor.views[SPY] = lambda day: view(day).assign(volume=lambda f: f["volume"] * 1.02)
    vendor.pass_days(3)
    run(vendor, store)
    assert store.revisions(SPY).empty


def test_prices_as_they_were_known_on_a_past_day(vendor: Vendor, store: PriceStore) -> None:
    """Through dividends, a split and a revision: each week's view can be had again."""
    view = with_split(vendor.views[SPY], date(2025, 2, 4), 3.0)

    def revised(day: date) -> pd.DataFrame:
        frame = view(day)
        if day >= date(2025, 1, 20):
            frame.loc["2025-01-15", ["close", "adjusted", "high"]] *= 1.02
        return frame

    vendor.views[SPY] = revised
    weeks: list[date] = []
    for _ in range(20):
        run(vendor, store)
        weeks.append(vendor.today)
        vendor.pass_days(7)
    for week in weeks:
        known = store.load(SPY, known_at=evening_of(week))
        assert known is not None
        assert_same(known.frame, revised(week))
    assert store.load(SPY, known_at=datetime(2024, 1, 1, tzinfo=UTC)) is None


def test_postgresql_keeps_the_same(vendor: Vendor, postgresql: str) -> None:
    engine = open_database(postgresql)
    kept = PriceStore(engine, "yahoo")
    view = with_split(vendor.views[SPY], date(2024, 12, 18), 4.0)
    vendor.views[SPY] = view
    for _ in range(3):
        assert_same(run(vendor, kept), view(vendor.today))
        vendor.pass_days(7)
    known = kept.load(SPY, known_at=evening_of(FRIDAY))
    assert known is not None
    assert_same(known.frame, view(FRIDAY))
    engine.dispose()


def test_real_dividends_between_weekly_fetches_leave_returns_right(shared: Path, store: PriceStore) -> None:
    """What an issued forecast is scored by: the total return since, from real closes and dividends of SPY."""
    frame = CsvPrices(shared / "prices").history(SPY, date(2024, 12, 31)).frame.loc["2023":]
    paid = (1 + frame["dividend"] / frame["close"]).cumprod()
    frame = frame.assign(adjusted=frame["close"] * paid, split=0.0)
    vendor = Vendor({SPY: lambda day: rebased_to(frame, day)}, date(2024, 3, 8))
    issued = run(vendor, store)
    close, factor = issued["close"].iloc[-1], issued["adjusted"].iloc[-1]
    while vendor.today < date(2024, 7, 1):
        vendor.pass_days(7)
        now_known = run(vendor, store)
    since = now_known.loc["2024-03-08":]
    assert (since["dividend"][1:] > 0).sum() == 2, "of 15 March and 21 June"
    assert since["adjusted"].iloc[0] < factor * 0.994, "the stored history is re-based"
    total_return = ((since["close"] + since["dividend"]) / since["close"].shift())[1:].prod()
    outcome = close * since["adjusted"].iloc[-1] / since["adjusted"].iloc[0]  # in the issued forecast's prices
    assert outcome == pytest.approx(close * total_return, rel=1e-9)


def test_a_session_that_comes_late_fills_its_gap(vendor: Vendor, store: PriceStore) -> None:
    view = vendor.views[SPY]
    vendor.views[SPY] = lambda day: view(day).drop(pd.Timestamp("2024-12-11"))
    with pytest.raises(PricesNotReady, match="no prices of 2024-12-11 yet"):
        run(vendor, store)
    vendor.views[SPY] = view
    assert_same(run(vendor, store), view(FRIDAY))


def test_the_newest_session_not_there_yet(vendor: Vendor, store: PriceStore) -> None:
    run(vendor, store)
    view = vendor.views[SPY]
    vendor.views[SPY] = lambda day: view(FRIDAY)
    vendor.pass_days(3)
    with pytest.raises(PricesNotReady, match="no prices of 2024-12-16 yet"):
        run(vendor, store)


@pytest.mark.parametrize("failure", [PricesUnavailable("SPY: Yahoo is down."), RateLimited("SPY: too often.")])
def test_stored_prices_serve_while_the_source_is_down(
    vendor: Vendor, store: PriceStore, failure: PricesUnavailable
) -> None:
    before = run(vendor, store)
    vendor.failure = failure
    vendor.pass_days(7)
    history = stored_prices(vendor, store).history(SPY, vendor.today)
    assert history.frame.equals(before)
    assert history.last_session == FRIDAY
    (note,) = history.findings
    assert (note.kind, note.session, note.values) == ("stored prices", FRIDAY, {"reason": str(failure)})


def test_nothing_stored_and_the_source_down(vendor: Vendor, store: PriceStore) -> None:
    vendor.failure = PricesUnavailable("SPY: Yahoo cannot be reached.")
    with pytest.raises(PricesUnavailable, match="cannot be reached"):
        run(vendor, store)
    assert store.symbols() == ()


def test_a_symbol_that_nobody_knows(vendor: Vendor, store: PriceStore) -> None:
    with pytest.raises(UnknownSymbol):
        run(vendor, store, Symbol("NONE"))


def test_a_symbol_unknown_for_days_while_the_control_works_has_ended(vendor: Vendor, store: PriceStore) -> None:
    run(vendor, store, ARKK)
    del vendor.views[ARKK]
    vendor.pass_days(7)
    for _ in range(3):
        history = stored_prices(vendor, store).history(ARKK, vendor.today)
        assert history.last_session == FRIDAY
        vendor.pass_days(1)
    with pytest.raises(SymbolEnded, match="ARKK has been unknown to yahoo since 2024-12-20"):
        run(vendor, store, ARKK)
    (change,) = security_changes(store.engine, "yahoo")
    assert change.sentence == "ARKK (ARKK fund) has been unknown to its source since 2024-12-20. It may have ended."


def test_a_symbol_unknown_while_the_control_is_too_has_not_ended(vendor: Vendor, store: PriceStore) -> None:
    run(vendor, store, ARKK)
    vendor.views.clear()
    for _ in range(10):
        vendor.pass_days(1)
        assert stored_prices(vendor, store).history(ARKK, vendor.today).last_session == FRIDAY


def test_a_symbol_that_comes_back_is_not_counted_as_unknown_any_more(vendor: Vendor, store: PriceStore) -> None:
    run(vendor, store, ARKK)
    view = vendor.views.pop(ARKK)
    vendor.pass_days(3)
    run(vendor, store, ARKK)
    vendor.views[ARKK] = view
    run(vendor, store, ARKK)
    stored = store.load(ARKK)
    assert stored is not None
    assert stored.unknown_since is None


def test_a_reused_ticker_starts_a_history_of_its_own(vendor: Vendor, store: PriceStore) -> None:
    """As FNGU in 2025: another note, at another level, under the same symbol."""
    old = Security("MicroSectors FANG+ 3X 2018", "EQUITY", "USD", "NYSEArca", date(2018, 1, 23))
    new = Security("MicroSectors FANG+ 3X 2025", "EQUITY", "USD", "NYSEArca", date(2025, 2, 20))
    vendor.views[FNGU], vendor.securities[FNGU] = simulated("FNGU"), old
    vendor.today = date(2025, 3, 3)
    first = run(vendor, store, FNGU)
    young = simulated("SOXL", first="2025-02-20")
    vendor.views[FNGU], vendor.securities[FNGU] = young, new
    vendor.today = date(2025, 3, 14)
    history = stored_prices(vendor, store).history(FNGU, vendor.today)
    assert_same(history.frame, young(vendor.today))
    assert history.security == new
    (note,) = history.findings
    assert (note.kind, note.values["first traded"]) == ("another security", "2018-01-23 -> 2025-02-20")
    assert store.securities(FNGU) == (old, new)
    (change,) = security_changes(store.engine, "yahoo")
    assert (change.symbol, change.at, change.before, change.now) == (FNGU, vendor.now(), old, new)
    assert change.sentence.startswith("FNGU has meant another security since 2025-03-14: MicroSectors FANG+ 3X 2025")
    before = store.load(FNGU, known_at=evening_of(date(2025, 3, 13)))
    assert before is not None
    assert before.frame.equals(first), "old forecasts can still be scored against the old security"
    assert [since for _, since, _ in vendor.calls] == [None, first.index[-OVERLAP].date(), None]


def test_a_model_of_the_former_security_forecasts_nothing(vendor: Vendor, store: PriceStore) -> None:
    history = stored_prices(vendor, store).history(SPY, FRIDAY)
    card = {"as_of": "2024-12-06", "recipe": {"trained_from": "2018-01-23"}}
    model = RegisteredModel("v1", b"", card)
    with pytest.raises(ModelMissing, match="those were another security's"):
        forecast_again(Subject(SPY, "SPY"), Panel([history]), model)


def test_another_name_alone_is_the_same_security(vendor: Vendor, store: PriceStore) -> None:
    run(vendor, store)
    vendor.securities[SPY] = Security("State Street SPDR S&P 500", "ETF", "USD", "NYSEArca", None)
    vendor.pass_days(7)
    run(vendor, store)
    assert [security.name for security in store.securities(SPY)] == ["State Street SPDR S&P 500"]


def test_faulty_rows_are_stored_and_not_given(vendor: Vendor, store: PriceStore) -> None:
    """Quarantined rows are neither trained on nor lost."""
    view = vendor.views[SPY]

    def faulty(day: date) -> pd.DataFrame:
        frame = view(day)
        frame.loc["2024-03-05", "open"] = 0.0
        return frame

    vendor.views[SPY] = faulty
    history = stored_prices(vendor, store).history(SPY, FRIDAY)
    assert [(f.kind, f.session) for f in history.findings] == [("no positive price", date(2024, 3, 5))]
    assert pd.Timestamp("2024-03-05") not in history.sessions
    stored = store.load(SPY)
    assert stored is not None
    assert stored.frame.loc["2024-03-05", "open"] == 0.0


class _Waits:
    """A clock that only remembers how long it was asked to wait."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def test_rate_limits_are_waited_for_with_jitter() -> None:
    waits, answers = _Waits(), iter([RateLimited("no"), RateLimited("no"), "prices"])

    def request() -> str:
        answer = next(answers)
        if isinstance(answer, RateLimited):
            raise answer
        return answer

    assert Pacing(waits, np.random.default_rng(3)).call(request) == "prices"
    assert len(waits.seconds) == 2
    for seconds, wait in zip(waits.seconds, WAITS, strict=False):
        assert 0.75 * wait <= seconds <= 1.25 * wait
        assert seconds != wait


def test_a_source_that_keeps_limiting_is_not_asked_again_in_this_run(vendor: Vendor, store: PriceStore) -> None:
    waits = _Waits()
    prices = StoredPrices(vendor, store, vendor.now, Pacing(waits, np.random.default_rng(1)))
    vendor.failure = RateLimited("Too often.")
    for symbol in (SPY, HYG, ARKK):
        with pytest.raises(PricesUnavailable):
            prices.history(symbol, FRIDAY)
    assert [symbol for symbol, _, _ in vendor.calls] == [SPY] * (len(WAITS) + 1)
    assert len(waits.seconds) == len(WAITS)


def test_one_symbol_that_fails_stops_no_other(vendor: Vendor, store: PriceStore) -> None:
    prices = stored_prices(vendor, store)
    with pytest.raises(UnknownSymbol):
        prices.history(Symbol("NONE"), FRIDAY)
    assert prices.history(SPY, FRIDAY).last_session == FRIDAY


def test_a_run_stops_asking_after_a_few_failures_in_a_row() -> None:
    pacing, asked = Pacing(lambda seconds: None), []

    def request() -> None:
        asked.append(1)
        raise PricesUnavailable("No network.")

    for _ in range(10):
        with pytest.raises(PricesUnavailable, match="No network"):
            pacing.call(request)
    assert len(asked) == PATIENCE


def test_calls_are_spread() -> None:
    waits = _Waits()
    pacing = Pacing(waits, np.random.default_rng(1))
    for _ in range(5):
        pacing.call(lambda: None)
    assert len(waits.seconds) == 4
    assert all(0.75 * PAUSE <= seconds <= 1.25 * PAUSE for seconds in waits.seconds)


def test_killed_at_any_moment_the_store_holds_the_old_or_the_new_history(tmp_path: Path) -> None:
    """Fifty kills, each at another statement that a fetch of two symbols sends to the database."""
    script = Path(__file__).with_name("killed_fetches.py")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), "50"],
        capture_output=True,
        text=True,
        cwd=script.parent.parent,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "50 kills" in done.stdout


def test_a_hundred_symbols_cost_a_hundred_requests_and_then_none(tmp_path: Path, store: PriceStore) -> None:
    symbols = [Symbol(f"T{number:03}") for number in range(100)]
    view: View = simulated("SPY", first="2024-11")
    monday, thursday = date(2024, 12, 16), date(2024, 12, 19)
    with yahoo_server() as server:
        yahoo = YahooPrices(tmp_path / "cache", now=lambda: evening_of(thursday), session=server.session())
        server.script = serving(dict.fromkeys(symbols, Quotes(view(thursday))))
        prices = StoredPrices(yahoo, store, yahoo.now, Pacing(lambda seconds: None))
        security = yahoo.fetch(symbols[0], None, monday).security
        for symbol in symbols:
            store.take_in(symbol, Fetched(security, view(monday)), evening_of(monday))
            yfinance.cache.get_tz_cache().store(symbol, "America/New_York")  # as earlier fetches have left it
        server.charts.clear()
        for symbol in symbols:
            prices.update(symbol, thursday)
        assert len(server.charts) == 100
        for symbol in symbols:
            prices.update(symbol, thursday)
        assert len(server.charts) == 100
    assert_same(prices.history(symbols[-1], thursday).frame, view(thursday))


def test_next_sessions_of_the_vendor_exist() -> None:
    """The weekly steps above meet dividends: the two that this file's dates rely on."""
    frame = simulated("SPY")(date(2024, 12, 31))
    assert (frame["dividend"].loc["2024-12-16":"2024-12-20"] > 0).any()
    assert next_sessions(FRIDAY, 1) == (date(2024, 12, 16),)
    assert np.isfinite(frame["adjusted"]).all()
