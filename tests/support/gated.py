"""What tests of the quality gate share: real and invented histories, and the faults found in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from forecasting.prices.findings import Finding
from forecasting.prices.history import Panel, PriceHistory
from forecasting.prices.loading import load_panel
from forecasting.prices.sources.csv import CsvPrices
from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.universe import Symbol

SPY, ARKK = Symbol("SPY"), Symbol("ARKK")
UNTIL = date(2024, 12, 31)


@pytest.fixture(scope="session")
def real(shared: Path) -> Panel:
    source = CsvPrices(shared / "prices")
    panel, failures = load_panel(source, source.symbols, UNTIL)
    assert not failures
    return panel


@pytest.fixture(scope="session")
def histories(request: pytest.FixtureRequest) -> Panel:
    """The real ETFs, or simulated ones for whoever has no real prices."""
    from tests.conftest import SHARED  # here, because conftest imports this file

    if (SHARED / "prices").is_dir():
        panel: Panel = request.getfixturevalue("real")
        return panel
    source = SimulatedPrices()
    return Panel(source.history(symbol, UNTIL) for symbol in source.symbols)


def faults(histories: Iterable[PriceHistory]) -> list[Finding]:
    return [finding for history in histories for finding in history.findings if finding.is_fault]


def simulated(symbol: Symbol = SPY) -> PriceHistory:
    return SimulatedPrices().history(symbol, UNTIL)
