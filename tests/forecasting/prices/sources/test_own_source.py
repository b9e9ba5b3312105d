"""The source that docs/prices.md shows as an example is one: its text is run here as it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from forecasting.errors import PricesUnavailable, UnknownSymbol
from forecasting.prices.history import PriceHistory, PriceSource
from forecasting.prices.loading import load_panel
from forecasting.prices.quality.gate import sound_history
from forecasting.prices.sources.registry import Opening
from forecasting.universe import Symbol

PAGE = Path(__file__).parents[4] / "docs" / "prices.md"
LINES = "GOLD,2024-12-27,100\nGOLD,2024-12-30,101\nGOLD,2024-12-30,101\nGOLD,2024-12-31,0\nOIL,2024-12-31,70\n"


def example(ledger: Path) -> PriceSource:
    (text,) = re.findall(r"```python\n(@dataclass.*?)```", PAGE.read_text(), re.DOTALL)
    names: dict[str, Any] = {
        thing.__name__: thing
        for thing in (
            dataclass,
            Path,
            Symbol,
            date,
            PriceHistory,
            PricesUnavailable,
            UnknownSymbol,
            sound_history,
            Opening,
        )
    }
    names["pd"] = pd
    exec(text, names)  # noqa: S102 - the page's own words
    source: PriceSource = names["open_prices"](Opening(None, ledger.parent, as_written=False))
    return source


def test_the_example_gives_what_the_gate_lets_through(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.csv"
    ledger.write_text(LINES)
    panel, failures = load_panel(example(ledger), [Symbol("GOLD"), Symbol("OIL"), Symbol("TIN")], date(2024, 12, 31))
    assert panel[Symbol("GOLD")].adjusted.tolist() == [100.0, 101.0]
    assert {finding.kind for finding in panel[Symbol("GOLD")].findings} == {"doubled session", "no positive price"}
    assert [type(error) for error in failures.values()] == [UnknownSymbol]


def test_the_examples_failures_are_ours(tmp_path: Path) -> None:
    with pytest.raises(PricesUnavailable, match=r"GOLD: .*ledger.csv cannot be read \(No such file or directory\)"):
        example(tmp_path / "none" / "ledger.csv").history(Symbol("GOLD"), date(2024, 12, 31))
