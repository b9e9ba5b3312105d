"""What tests of fetched prices share: a vendor whose prices are invented, a store, and runs that fetch into it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.prices.store.pacing import Pacing
from forecasting.prices.store.store import PriceStore
from forecasting.prices.store.stored import StoredPrices
from forecasting.universe import Symbol
from tests.support.databases import open_file
from tests.support.vendors import Vendor, simulated

SPY, HYG, ARKK, FNGU = Symbol("SPY"), Symbol("HYG"), Symbol("ARKK"), Symbol("FNGU")
FRIDAY = date(2024, 12, 13)  # SPY and HYG pay their next dividends in the week after it


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PriceStore]:
    engine = open_file(tmp_path / "prices.db")
    yield PriceStore(engine, "yahoo")
    engine.dispose()


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
