"""A ticker that comes to mean another security: nothing of the two is mixed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from forecasting.champion.challenge import require_usable
from forecasting.champion.registry import RegisteredModel
from forecasting.errors import (
    ModelMissing,
)
from forecasting.job.follow_up import follow_up
from forecasting.prices.history import Panel, PriceHistory
from forecasting.prices.security import Security
from forecasting.prices.store.changes import security_changes
from forecasting.prices.store.merging import OVERLAP
from forecasting.prices.store.store import PriceStore
from forecasting.record.schema import StoredOutcome
from forecasting.record.scoring import closes_of
from forecasting.reports.build import forecast_again
from forecasting.reports.store import ReportStore
from tests.support.fetched import FNGU, FRIDAY, SPY, assert_same, run, stored_prices
from tests.support.issued import publication
from tests.support.reports import made_report
from tests.support.vendors import Vendor, evening_of, simulated

OLD = Security("MicroSectors FANG+ 3X 2018", "EQUITY", "USD", "NYSEArca", date(2018, 1, 23))
NEW = Security("MicroSectors FANG+ 3X 2025", "EQUITY", "USD", "NYSEArca", date(2025, 2, 20))
OLDER = Security("MicroSectors of 2015", "EQUITY", "USD", "NYSEArca", date(2015, 6, 1))


def test_a_reused_ticker_starts_a_history_of_its_own(vendor: Vendor, store: PriceStore) -> None:
    """As FNGU in 2025: another note, at another level, under the same symbol."""
    old, new = OLD, NEW
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
    assert change.sentence.startswith(
        "FNGU has meant a different security since 2025-03-14: MicroSectors FANG+ 3X 2025"
    )
    before = store.load(FNGU, known_at=evening_of(date(2025, 3, 13)))
    assert before is not None
    assert before.frame.equals(first), "old forecasts can still be scored against the old security"
    assert [since for _, since, _ in vendor.calls] == [None, None]


def test_a_model_of_the_former_security_forecasts_nothing(vendor: Vendor, store: PriceStore) -> None:
    history = stored_prices(vendor, store).history(SPY, FRIDAY)
    card = {"as_of": "2024-12-06", "recipe": {"trained_from": "2018-01-23"}}
    model = RegisteredModel("v1", b"", card)
    with pytest.raises(ModelMissing, match="they belong to another security"):
        forecast_again(SPY, "SPY", Panel([history]), model)


def test_another_name_alone_is_the_same_security(vendor: Vendor, store: PriceStore) -> None:
    run(vendor, store)
    vendor.securities[SPY] = Security("State Street SPDR S&P 500", "ETF", "USD", "NYSEArca", None)
    vendor.pass_days(7)
    run(vendor, store)
    assert [security.name for security in store.securities(SPY)] == ["State Street SPDR S&P 500"]


def test_an_answer_that_tells_no_type_is_of_the_same_security(vendor: Vendor, store: PriceStore) -> None:
    """Yahoo leaves things out of an answer now and then; what it told before stays known."""
    run(vendor, store)
    vendor.securities[SPY] = Security("SPY fund", "", "USD", "NYSEArca", None)
    vendor.pass_days(7)
    run(vendor, store)
    assert [security.kind for security in store.securities(SPY)] == ["ETF"]


BORN = date(1993, 1, 29)
FUND = Security("SPY fund", "ETF", "USD", "NYSEArca", BORN)


@pytest.mark.parametrize(
    "answered",
    [
        replace(FUND, first_traded=date(1993, 1, 28)),
        replace(FUND, kind="EQUITY"),
        replace(FUND, kind="EQUITY", first_traded=None),
        replace(FUND, first_traded=date(2005, 2, 25)),
    ],
    ids=["a day off", "a share", "a share of unknown age", "younger by years"],
)
@pytest.mark.parametrize("fetches", [1, 2], ids=["whole history", "overlap"])
def test_equal_prices_prove_the_same_security(
    vendor: Vendor, store: PriceStore, answered: Security, fetches: int
) -> None:
    """Whatever one answer says of it: nothing is announced, and its forecasts, models and record go on."""
    vendor.securities[SPY] = FUND
    for _ in range(fetches):
        run(vendor, store)
        vendor.pass_days(3)
    vendor.securities[SPY] = answered
    history = stored_prices(vendor, store).history(SPY, vendor.today)
    assert history.findings == ()
    assert history.security == FUND
    assert store.securities(SPY) == (FUND,)
    assert security_changes(store.engine, "yahoo") == ()
    assert len(vendor.calls) == fetches + 1, "no request more"


def test_a_share_that_turns_out_to_be_an_etf_counts_as_one(vendor: Vendor, store: PriceStore) -> None:
    vendor.securities[SPY] = replace(FUND, kind="EQUITY")
    run(vendor, store)
    vendor.pass_days(3)
    vendor.securities[SPY] = FUND
    run(vendor, store)
    assert store.securities(SPY) == (FUND,)


def test_another_security_in_the_overlap_alone_is_found(vendor: Vendor, store: PriceStore) -> None:
    """One request more then: for the whole history of the new one."""
    vendor.views[FNGU], vendor.securities[FNGU] = simulated("FNGU"), OLD
    vendor.today = date(2025, 2, 28)
    run(vendor, store, FNGU)
    vendor.pass_days(3)
    second = run(vendor, store, FNGU)
    vendor.views[FNGU], vendor.securities[FNGU] = simulated("SOXL", first="2025-02-20"), NEW
    vendor.today = date(2025, 3, 14)
    run(vendor, store, FNGU)
    assert store.securities(FNGU) == (OLD, NEW)
    assert [since for _, since, _ in vendor.calls] == [None, None, second.index[-OVERLAP].date(), None]


def issue(store: PriceStore, history: PriceHistory, as_of: date, security: Security) -> None:
    """A forecast of ``security`` as a job of the past issued it."""
    known = history.until(as_of)
    report = made_report(history.symbol, source="yahoo", as_of=as_of, last_close=known.last_close)
    issued = replace(publication(report, known.as_quoted), security=security)
    ReportStore(store.engine).publish(issued, evening_of(as_of))


def test_old_forecasts_are_scored_against_the_old_security(vendor: Vendor, store: PriceStore) -> None:
    """Though the symbol means another one by the time when they are scored."""
    vendor.views[FNGU], vendor.securities[FNGU], vendor.today = simulated("FNGU"), OLD, date(2025, 3, 3)
    old = stored_prices(vendor, store).history(FNGU, vendor.today)
    issue(store, old, date(2025, 2, 14), OLD)
    vendor.views[FNGU], vendor.securities[FNGU] = simulated("SOXL", first="2025-02-20"), NEW
    vendor.today = date(2025, 3, 14)
    source = stored_prices(vendor, store)
    panel = Panel([source.history(FNGU, vendor.today)])
    follow_up(store.engine, source, panel, vendor.today, vendor.now())
    with Session(store.engine) as session:
        (outcome,) = session.scalars(select(StoredOutcome))
        closes = closes_of(outcome.closes)
    true = old.frame.loc["2025-02-14":]
    expected = (true["close"].iloc[0] * true["adjusted"] / true["adjusted"].iloc[0]).to_numpy()[1:]
    assert outcome.sessions == len(expected) == 10, "until 3 March, when the old one was fetched last"
    assert closes[:10] == pytest.approx(expected, rel=1e-12)
    assert np.isnan(closes[10:]).all(), "what the new one closed at is no outcome"
    assert not outcome.is_final
    assert outcome.problem is not None
    assert outcome.problem.startswith("FNGU has no price of 2025-03-04")


@pytest.mark.parametrize(("now", "usable"), [(OLD, True), (replace(OLD, name="Renamed"), True), (OLDER, False)])
def test_a_model_serves_only_the_security_that_it_was_trained_on(
    vendor: Vendor, store: PriceStore, now: Security, usable: bool
) -> None:
    """Also where the new one's prices start before the old one's did."""
    vendor.securities[SPY] = now
    history = stored_prices(vendor, store).history(SPY, FRIDAY)
    card = {"as_of": "2024-12-06", "security": OLD.as_json(), "recipe": {"trained_from": "2023-06-01"}}
    model = RegisteredModel("v1", b"", card)
    if usable:
        require_usable(model, history)
    else:
        with pytest.raises(ModelMissing, match="SPY is now another security: MicroSectors of 2015"):
            require_usable(model, history)
