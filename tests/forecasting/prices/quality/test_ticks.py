"""A wrong high or low is left out alone; a wild day's true ones stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from forecasting.model.volatility import Volatility
from forecasting.prices.history import Panel, PriceHistory
from forecasting.prices.quality.gate import gate, reader_notes
from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.universe import Symbol
from tests.support.gated import SPY, faults

AGG, GLD = Symbol("AGG"), Symbol("GLD")
UNTIL = date(2024, 12, 31)


def history(symbol: Symbol, row: int | None = None, side: str = "high", factor: float = 1.0) -> PriceHistory:
    """Simulated prices, with one high or low multiplied."""
    made = SimulatedPrices().history(symbol, UNTIL)
    if row is None:
        return made
    frame = made.frame.copy()
    frame.iloc[row, frame.columns.get_loc(side)] *= factor
    return replace(made, frame=frame)


@pytest.mark.parametrize(
    ("side", "factor"), [("high", 10.0), ("high", 2.0), ("high", 1.3), ("low", 0.5), ("low", 1e-4)]
)
@pytest.mark.parametrize("row", [-2, -1, 1500])
def test_a_bad_tick_is_left_out_and_the_rest_of_its_row_stays(side: str, factor: float, row: int) -> None:
    clean, spoilt = history(AGG), history(AGG, row, side, factor)
    day = spoilt.sessions[row]
    _, gated = gate([history(SPY), spoilt])
    assert [(f.kind, f.session, list(f.values)) for f in faults([gated])] == [("bad tick", day.date(), [side, "close"])]
    assert np.isnan(gated.frame.loc[day, side])
    kept = clean.frame.drop(columns=side)
    pd.testing.assert_frame_equal(gated.frame.drop(columns=side), kept)
    found, true = (Volatility.of(each).log_range[-1, 1:] for each in (gated, clean))
    np.testing.assert_allclose(found, true, atol=0.15)


def test_a_reader_is_told() -> None:
    _, gated = gate([history(SPY), history(AGG, -3, "low", 0.01)])
    assert any("are missing or wrong at the source" in note for note in reader_notes(gated))


def test_alone_only_what_triples_is_a_bad_tick() -> None:
    (triple,) = gate([history(AGG, -5, "high", 3.5)])
    (less,) = gate([history(AGG, -5, "high", 2.0)])
    assert [f.kind for f in faults([triple])] == ["bad tick"]
    assert faults([less]) == []


def test_a_flash_crash_is_no_bad_tick() -> None:
    crashed = [history(symbol, 1200, "low", 0.6) for symbol in (SPY, AGG, GLD)]
    assert faults(gate(crashed)) == []


@pytest.mark.slow
def test_real_wicks_stay(real: Panel) -> None:
    for each in gate(real.values()):
        assert [f for f in each.findings if f.kind == "bad tick"] == []
