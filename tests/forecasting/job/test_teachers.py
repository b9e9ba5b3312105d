"""Extra training ETFs (the setting TEACHERS): models learn from them besides the ETFs served, if they have prices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from forecasting.errors import BadSettings, ForecastingError, PricesUnavailable, RateLimited
from forecasting.prices.fetching import Fetched
from forecasting.prices.loading import EXTRA_FAILURES, extra_training_etfs, load_panel
from forecasting.prices.sources.csv import CsvPrices
from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.prices.store.pacing import Pacing
from forecasting.prices.store.store import PriceStore
from forecasting.prices.store.stored import StoredPrices
from forecasting.settings import ForecastSettings
from forecasting.universe import DEFAULT_TEACHERS, Symbol, parse_teachers
from tests.support.databases import open_file
from tests.support.vendors import Vendor, simulated

SERVED = (Symbol("ARKK"), Symbol("SPY"))
TEACHERS = tuple(map(Symbol, ("SPY", "TLT", "GLD", "QQQ", "IWM", "HYG", "EEM")))
UNTIL = date(2026, 5, 1)
EXAMPLE = Path(__file__).parents[3] / ".env.example"


@dataclass
class Moody(Vendor):
    """Fails for some symbols."""

    failing: dict[Symbol, ForecastingError] = field(default_factory=dict)

    def fetch(self, symbol: Symbol, since: date | None, until: date) -> Fetched:
        fetched = super().fetch(symbol, since, until)
        if symbol in self.failing:
            raise self.failing[symbol]
        return fetched

    @property
    def asked(self) -> list[Symbol]:
        return [symbol for symbol, _, _ in self.calls]


@pytest.fixture
def vendor() -> Moody:
    return Moody({Symbol(name): simulated(name) for name in ("ARKK", "SPY", "TLT", "GLD")}, UNTIL)


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def source(vendor: Moody, waits: list[float], tmp_path: Path) -> Iterator[StoredPrices]:
    engine = open_file(tmp_path / "prices.db")
    yield StoredPrices(vendor, PriceStore(engine, vendor.name), vendor.now, Pacing(waits.append))
    engine.dispose()


def test_teachers_are_those_of_yahoo_that_are_not_served(source: StoredPrices, tmp_path: Path) -> None:
    assert extra_training_etfs(source, TEACHERS, SERVED) == TEACHERS[1:]
    assert extra_training_etfs(CsvPrices(tmp_path), TEACHERS, SERVED) == ()
    assert extra_training_etfs(SimulatedPrices(), TEACHERS, SERVED) == ()


def test_they_join_the_panel_and_are_asked_for_last(source: StoredPrices, vendor: Moody) -> None:
    panel, failures = load_panel(source, SERVED, UNTIL, extras=TEACHERS[1:3])
    assert list(panel) == ["ARKK", "GLD", "SPY", "TLT"]
    assert not failures
    assert vendor.asked == ["ARKK", "SPY", "^VIX", "TLT", "GLD"]


def test_after_some_misses_in_a_row_the_others_are_not_asked_for(source: StoredPrices, vendor: Moody) -> None:
    panel, failures = load_panel(source, SERVED, UNTIL, extras=TEACHERS[1:])
    assert list(panel) == ["ARKK", "GLD", "SPY", "TLT"]
    assert list(failures) == ["QQQ", "IWM", "HYG"]
    assert len(failures) == EXTRA_FAILURES
    assert "EEM" not in vendor.asked


def test_nobody_waits_for_a_teacher_behind_a_rate_limit(
    source: StoredPrices, vendor: Moody, waits: list[float]
) -> None:
    vendor.failing = {Symbol("TLT"): RateLimited("Too many.")}
    panel, failures = load_panel(source, SERVED, UNTIL, extras=TEACHERS[1:2])
    assert list(panel) == ["ARKK", "SPY"]
    assert isinstance(failures[Symbol("TLT")], RateLimited)
    assert max(waits) < 1.0, "the pause between calls alone"


def test_their_failures_do_not_count_against_those_served(source: StoredPrices, vendor: Moody) -> None:
    hurried = source.in_a_hurry()
    vendor.views |= {symbol: simulated("SPY") for symbol in TEACHERS[1:4]}
    for symbol in TEACHERS[1:4]:
        vendor.failing[symbol] = PricesUnavailable("down")
        with pytest.raises(PricesUnavailable):
            hurried.history(symbol, UNTIL)
    assert len(source.history(Symbol("SPY"), UNTIL))


def test_the_setting_names_them_and_may_be_blank(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TEACHERS", raising=False)
    assert ForecastSettings.load().teachers == DEFAULT_TEACHERS
    monkeypatch.setenv("TEACHERS", "")
    assert parse_teachers(ForecastSettings.load().teachers) == ()
    assert parse_teachers(" spy, $TLT,,SPY") == ("SPY", "TLT")
    with pytest.raises(BadSettings, match="the entry '\\?' is not a ticker"):
        parse_teachers("SPY,?")


def test_the_example_shows_the_default() -> None:
    found = re.search(r"^TEACHERS=(.*)$", EXAMPLE.read_text(), flags=re.MULTILINE)
    assert found
    assert found[1] == DEFAULT_TEACHERS
    assert len(parse_teachers(found[1])) == 24
