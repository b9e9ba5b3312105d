"""The price store keeps what it was given, overwrites nothing silently, and survives being killed."""

from __future__ import annotations

import logging
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine

from forecasting.errors import (
    PricesNotReady,
)
from forecasting.prices.store.merging import OVERLAP
from forecasting.prices.store.store import PriceStore
from forecasting.sessions import next_sessions
from tests.support.fetched import ARKK, FRIDAY, SPY, assert_same, run, stored_prices
from tests.support.vendors import Vendor, evening_of, simulated, with_split


@pytest.fixture
def store(engine: Engine) -> PriceStore:
    return PriceStore(engine, "yahoo")


def test_what_was_fetched_is_kept_as_it_was(vendor: Vendor, store: PriceStore) -> None:
    assert_same(run(vendor, store), vendor.views[SPY](FRIDAY))
    assert store.symbols() == ("SPY",)


def test_a_second_run_asks_for_nothing(vendor: Vendor, store: PriceStore) -> None:
    first = run(vendor, store)
    assert run(vendor, store).equals(first)
    assert len(vendor.calls) == 1


def test_a_later_fetch_asks_for_what_is_new_and_an_overlap(vendor: Vendor, store: PriceStore) -> None:
    run(vendor, store, ARKK)
    vendor.pass_days(3)
    second = run(vendor, store, ARKK)
    vendor.pass_days(4)
    assert_same(run(vendor, store, ARKK), vendor.views[ARKK](vendor.today))
    assert vendor.calls[2] == (ARKK, second.index[-OVERLAP].date(), date(2024, 12, 20))


def test_a_past_day_that_is_stored_costs_no_request(vendor: Vendor, store: PriceStore) -> None:
    run(vendor, store)
    history = stored_prices(vendor, store).history(SPY, date(2024, 6, 1))
    assert history.last_session == date(2024, 5, 31)
    assert len(vendor.calls) == 1


def test_what_was_read_counts_no_more_once_another_run_has_fetched(vendor: Vendor, store: PriceStore) -> None:
    """As after a machine has slept: the dividend of these days would lower the stored prices twice."""
    run(vendor, store)
    read = store.load(SPY)
    assert read is not None
    vendor.pass_days(7)
    after = run(vendor, store)
    fetched = vendor.fetch(SPY, read.sessions[-OVERLAP].date(), vendor.today)
    taken = store.take_in(SPY, fetched, vendor.now(), read, in_part=True).merge
    assert (taken.rebasings, len(taken.new), len(taken.revised)) == ((), 0, 0)
    assert run(vendor, store).equals(after)


@pytest.mark.slow
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
    assert "SPY: yahoo changed its prices of 2024-12-12" in caplog.text
    (revision,) = store.revisions(SPY).to_dict("records")
    assert (revision["session"], revision["replaced_at"]) == (session.date(), vendor.now())
    assert revision["close"] == before["close"][session]
    assert revision["volume"] == before["volume"][session]


def test_a_history_told_anew_is_kept_whole_and_told_in_few_lines(
    vendor: Vendor, store: PriceStore, caplog: pytest.LogCaptureFixture
) -> None:
    """All closes at another level, and no split listed: every old row is kept, and the log stays readable."""
    before = run(vendor, store)
    view = vendor.views[SPY]
    prices = ["adjusted", "close", "open", "high", "low"]
    vendor.views[SPY] = lambda day: view(day).assign(**{price: view(day)[price] * 1.05 for price in prices})
    vendor.pass_days(3)
    with caplog.at_level(logging.WARNING):
        assert_same(run(vendor, store), vendor.views[SPY](vendor.today))
    assert len(store.revisions(SPY)) == len(before)
    assert len(caplog.records) == 11
    assert f"{len(before) - 10} earlier sessions changed too." in caplog.text


def test_changes_within_the_tolerance_are_no_revisions(vendor: Vendor, store: PriceStore) -> None:
    run(vendor, store)
    view = vendor.views[SPY]
    vendor.views[SPY] = lambda day: view(day).assign(volume=lambda f: f["volume"] * 1.02)
    vendor.pass_days(3)
    run(vendor, store)
    assert store.revisions(SPY).empty


@pytest.mark.slow
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


def test_a_session_that_comes_late_fills_its_gap(vendor: Vendor, store: PriceStore) -> None:
    view = vendor.views[SPY]
    vendor.views[SPY] = lambda day: view(day).drop(pd.Timestamp("2024-12-11"))
    with pytest.raises(PricesNotReady, match="no prices for 2024-12-11 yet"):
        run(vendor, store)
    vendor.views[SPY] = view
    assert_same(run(vendor, store), view(FRIDAY))


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


@pytest.mark.slow
def test_killed_at_any_moment_the_store_holds_the_old_or_the_new_history(tmp_path: Path) -> None:
    """Fifty kills, each at another statement that a fetch of two symbols sends to the database."""
    program = [sys.executable, "-m", "tests.support.killed_fetches", str(tmp_path), "50"]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "50 kills" in done.stdout


def test_next_sessions_of_the_vendor_exist() -> None:
    """The weekly steps above meet dividends: the two that this file's dates rely on."""
    frame = simulated("SPY")(date(2024, 12, 31))
    assert (frame["dividend"].loc["2024-12-16":"2024-12-20"] > 0).any()
    assert next_sessions(FRIDAY, 1) == (date(2024, 12, 16),)
    assert np.isfinite(frame["adjusted"]).all()
