"""Prices through the store: what is asked of the source, how often, and what serves while it is down."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yfinance

from forecasting.errors import (
    PricesNotReady,
    PricesUnavailable,
    RateLimited,
    SymbolEnded,
    UnknownSymbol,
)
from forecasting.prices.fetching import Fetched
from forecasting.prices.sources.yahoo import YahooPrices
from forecasting.prices.store.changes import security_changes
from forecasting.prices.store.pacing import GIVE_UP, PATIENCE, PAUSE, SLOW_PAUSE, WAITS, Pacing
from forecasting.prices.store.store import PriceStore
from forecasting.prices.store.stored import StoredPrices
from forecasting.sessions import sessions_between
from forecasting.universe import Symbol
from tests.support.fetched import ARKK, FRIDAY, HYG, SPY, assert_same, run, stored_prices
from tests.support.vendors import Vendor, View, evening_of, simulated
from tests.support.yahoo_server import Quotes, serving, yahoo_server


def test_the_newest_session_not_there_yet(vendor: Vendor, store: PriceStore) -> None:
    run(vendor, store)
    view = vendor.views[SPY]
    vendor.views[SPY] = lambda day: view(FRIDAY)
    vendor.pass_days(3)
    with pytest.raises(PricesNotReady, match="no prices for 2024-12-16 yet"):
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
    assert change.sentence.startswith(
        "ARKK (ARKK fund) has been unknown to its source since 2024-12-20; it may have been delisted."
    )


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
    assert security_changes(store.engine, "yahoo") == ()


def test_one_symbol_that_fails_stops_no_other(vendor: Vendor, store: PriceStore) -> None:
    prices = stored_prices(vendor, store)
    with pytest.raises(UnknownSymbol):
        prices.history(Symbol("NONE"), FRIDAY)
    assert prices.history(SPY, FRIDAY).last_session == FRIDAY


def test_a_source_that_keeps_limiting_is_not_asked_again_in_this_run(vendor: Vendor, store: PriceStore) -> None:
    waits = _Waits()
    prices = StoredPrices(vendor, store, vendor.now, Pacing(waits, np.random.default_rng(1)))
    vendor.failure = RateLimited("Too often.")
    for symbol in (SPY, HYG, ARKK):
        with pytest.raises(PricesUnavailable):
            prices.history(symbol, FRIDAY)
    assert [symbol for symbol, _, _ in vendor.calls] == [SPY] * (len(WAITS) + 1)
    assert len(waits.seconds) == len(WAITS)


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


def test_ten_failures_in_a_row_slow_a_run_down_and_stop_no_other_symbol(store: PriceStore) -> None:
    bad = [Symbol(f"B{number}") for number in range(10)]
    vendor, waits = Vendor({HYG: simulated("HYG")}, FRIDAY), _Waits()
    vendor.failures = dict.fromkeys(bad, PricesUnavailable("Yahoo's answer contains no prices."))
    prices = StoredPrices(vendor, store, vendor.now, Pacing(waits, np.random.default_rng(1)))
    for symbol in bad:
        with pytest.raises(PricesUnavailable, match="contains no prices"):
            prices.update(symbol, FRIDAY)
    assert prices.update(HYG, FRIDAY) is not None
    assert len(vendor.calls) == 11
    assert max(waits.seconds[: PATIENCE - 1]) <= 1.25 * PAUSE
    assert min(waits.seconds[PATIENCE - 1 :]) >= 0.75 * SLOW_PAUSE


@pytest.mark.parametrize(("waits", "most"), [(WAITS, GIVE_UP), ((), PATIENCE)], ids=["run", "in a hurry"])
def test_a_run_stops_asking_after_many_failures_in_a_row(waits: tuple[float, ...], most: int) -> None:
    pacing, asked = Pacing(lambda seconds: None, waits=waits), []

    def request() -> None:
        asked.append(1)
        raise PricesUnavailable("No network.")

    for _ in range(2 * GIVE_UP):
        with pytest.raises(PricesUnavailable, match="No network"):
            pacing.call(request)
    assert len(asked) == most


@pytest.mark.slow
def test_the_second_fetch_and_each_fifteenth_after_it_ask_for_the_whole_history(
    vendor: Vendor, store: PriceStore
) -> None:
    """It costs no request more, and a fault of any answer is healed after 15 sessions at the latest."""
    days = sessions_between(date(2024, 12, 2), date(2025, 1, 31))[:33]
    for vendor.today in days:
        run(vendor, store)
    whole = [number for number, (_, since, _) in enumerate(vendor.calls) if since is None]
    assert len(vendor.calls) == 33
    assert whole == [0, 1, 16, 31]


def test_calls_are_spread() -> None:
    waits = _Waits()
    pacing = Pacing(waits, np.random.default_rng(1))
    for _ in range(5):
        pacing.call(lambda: None)
    assert len(waits.seconds) == 4
    assert all(0.75 * PAUSE <= seconds <= 1.25 * PAUSE for seconds in waits.seconds)


@pytest.mark.slow
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
