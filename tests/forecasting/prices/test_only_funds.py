"""A training that somebody in a server asked for refuses shares, and says what they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest

from forecasting import ReportStore, Symbol, Universe, open_database
from forecasting.champion.registry import ModelRegistry
from forecasting.job.pipeline import Pipeline
from forecasting.prices.history import PriceHistory
from forecasting.prices.security import Security
from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.storage.lease import job_lock
from tests.support.inline import Inline
from tests.support.trained import Home

NOW = datetime(2016, 3, 2, 23, 0, tzinfo=UTC)
UNTIL = date(2016, 3, 1)


@pytest.mark.parametrize(
    ("name", "kind", "is_fund"),
    [
        ("SPDR S&P 500 ETF Trust", "ETF", True),
        ("S&P 500", "INDEX", True),
        ("MicroSectors FANG+ 3X Leveraged ETN", "EQUITY", True),  # Yahoo has no type for notes
        ("iPath Series B S&P 500 VIX Short-Term Futures ETN", "EQUITY", True),
        ("Credit Suisse X-Links Gold Shares Covered Call ETNs due 2033", "EQUITY", True),
        ("JPMorgan Alerian MLP Index-Linked Notes", "EQUITY", True),
        ("Vanguard S&P 500 ETF", "EQUITY", True),  # as in an answer now and then
        ("iShares Core MSCI World UCITS ETF USD (Acc)", "EQUITY", True),
        ("Adams Diversified Equity Fund, Inc.", "EQUITY", True),
        ("Apple Inc.", "EQUITY", False),
        ("Northern Trust Corporation", "EQUITY", False),
        ("WisdomTree, Inc.", "EQUITY", False),
        ("Netflix, Inc.", "EQUITY", False),
        ("Vanguard 500 Index Fund Admiral", "MUTUALFUND", False),
        ("Bitcoin USD", "CRYPTOCURRENCY", False),
        ("EUR/USD", "CURRENCY", False),
        ("a CSV file", "", True),
    ],
)
def test_what_counts_as_a_fund(name: str, kind: str, is_fund: bool) -> None:
    assert Security(name, kind, "USD", "NMS", None).is_fund == is_fund


@dataclass(frozen=True)
class Listed:
    """Simulated prices of securities of one type."""

    security: Security | None
    name = "simulated"

    def history(self, symbol: Symbol, until: date) -> PriceHistory:
        return replace(SimulatedPrices().history(symbol, until), security=self.security)


def test_a_share_is_refused_before_anything_is_trained(empty_home: Home) -> None:
    apple = Security("Apple Inc.", "EQUITY", "USD", "NMS", None)
    engine = open_database(empty_home.database_url)
    with job_lock(engine, "retrain", lambda: NOW) as lock:
        pipeline = Pipeline(
            Listed(apple),
            Universe.parse(""),
            ReportStore(engine),
            ModelRegistry(empty_home.model_dir),
            lock,
            Inline(),
            lambda: NOW,
            only_funds=True,
        )
        run = pipeline.retrain((Symbol("ARKK"),), UNTIL, lambda _: None)
    engine.dispose()
    (failure,) = run.failed
    assert failure.error == "NotAFund"
    assert "ARKK (Apple Inc.) is of the type EQUITY, not an ETF" in failure.message
    assert run.ok == ()
