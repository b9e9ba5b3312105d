"""Adjusted closes that move against quoted ones, with and without dividends that explain it."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.prices.history import Panel
from forecasting.prices.quality.gate import gate, reader_notes, sound_history
from forecasting.prices.sources.csv import CsvPrices
from forecasting.universe import Symbol
from tests.support.gated import ARKK, SPY, UNTIL, faults, simulated

HYG = Symbol("HYG")


def test_closes_without_quoted_ones_need_no_dividends(shared: Path, tmp_path: Path) -> None:
    """A list of dividends beside them explains nothing: there is no ratio that they could have changed."""
    shutil.copy(shared / "prices" / "dividends.csv", tmp_path)
    table = pd.read_csv(shared / "prices" / "EWZ.csv", usecols=["Date", "Adj Close"])
    table.to_csv(tmp_path / "EWZ.csv", index=False)
    assert faults(gate([CsvPrices(tmp_path).history(Symbol("EWZ"), UNTIL)])) == []


def test_a_price_of_cents_is_rounded_and_no_fault() -> None:
    """At 20 cents a cent is 5%: the quoted close moves against the adjusted one every day."""
    frame = simulated().frame.copy()
    frame["adjusted"] *= 0.2 / frame["adjusted"].iloc[0]
    in_cents = np.ceil(frame["adjusted"] * 100) / 100
    frame = frame.assign(close=in_cents, open=in_cents, high=in_cents, low=in_cents)
    frame["dividend"] = np.nan
    history = sound_history(SPY, "csv", frame, UNTIL)
    assert [f for f in faults(gate([history])) if f.kind.startswith("adjustment")] == []


def test_a_lasting_jump_of_the_adjustment_is_named_and_used() -> None:
    """The dividend may be one that the list lacks; the loss of all later sessions would harm more."""
    frame = simulated().frame.copy()
    frame.loc["2020-06-02":, ["close", "open", "high", "low"]] *= 0.95
    (history,) = gate([sound_history(SPY, "csv", frame, UNTIL)])
    assert [(f.session, f.action) for f in history.findings] == [(date(2020, 6, 2), "left open")]
    assert len(history) == len(frame)


PAID = 0.064
"""Share of the close that a fund pays out at once, dividend and capital gain together."""


def with_payment(adjusted_for: float, listed: float = PAID) -> tuple[pd.DataFrame, pd.DataFrame]:
    """SPY with a payment on 2020-06-02, as it is and as a source adjusts and lists it (shares of the close)."""
    frame = simulated().frame.copy()
    row = frame.index.get_loc(pd.Timestamp("2020-06-02"))
    quoted = ["close", "open", "high", "low"]
    frame.iloc[row:, [frame.columns.get_loc(column) for column in quoted]] *= 1 - PAID
    before = frame["close"].iloc[row - 1]
    frame.iloc[row, frame.columns.get_loc("dividend")] = PAID * before
    shown = frame.copy()
    shown.iloc[:row, shown.columns.get_loc("adjusted")] *= (1 - adjusted_for) / (1 - PAID)
    shown.iloc[row, shown.columns.get_loc("dividend")] = listed * before
    return frame, shown


@pytest.mark.parametrize("adjusted_for", [2 * PAID, 0.0, 0.2 * PAID])
def test_a_payment_that_is_adjusted_for_otherwise_than_listed_is_recomputed(adjusted_for: float) -> None:
    """Counted twice, not at all, or in part: no phantom return stays, and a reader is told."""
    true, shown = with_payment(adjusted_for)
    (history,) = gate([sound_history(SPY, "yahoo", shown, UNTIL)])
    (finding,) = history.findings
    assert (finding.session, finding.kind, finding.action) == (
        date(2020, 6, 2),
        "adjustment without an action",
        "recomputed",
    )
    np.testing.assert_allclose(history.adjusted, true["adjusted"], rtol=1e-12)
    (sentence,) = reader_notes(history.until(date(2020, 7, 1)))
    assert sentence == "Adjusted closes of SPY were wrong at the source and were recomputed: 2020-06-02."


def test_a_payment_that_is_adjusted_for_as_listed_keeps_its_bits() -> None:
    true, shown = with_payment(PAID)
    (history,) = gate([sound_history(SPY, "yahoo", shown, UNTIL)])
    assert history.findings == ()
    assert history.adjusted.tobytes() == true["adjusted"].to_numpy().tobytes()


@pytest.mark.parametrize("listed", [100 * PAID, 3 * PAID, 0.01 * PAID, 0.0])
def test_a_wrong_list_of_payments_changes_no_adjustment(listed: float) -> None:
    """The close fell by what the adjustment says, so the list is wrong: in other units, doubled, or incomplete."""
    true, shown = with_payment(PAID, listed)
    (history,) = gate([sound_history(SPY, "yahoo", shown, UNTIL)])
    assert "recomputed" not in {finding.action for finding in history.findings}
    np.testing.assert_array_equal(
        np.diff(np.log(history.adjusted)), np.diff(np.log(true["adjusted"]))[: len(history) - 1]
    )


@pytest.mark.parametrize("symbol", [SPY, HYG])
@pytest.mark.parametrize("column", ["close", "adjusted"])
def test_closes_that_are_not_adjusted_are_told_from_closes_that_are_already(symbol: Symbol, column: str) -> None:
    """The same column twice, and a list of dividends: only closes as quoted fall by them."""
    true = simulated(symbol).frame
    frame = true.assign(adjusted=true[column], close=true[column], open=np.nan, high=np.nan, low=np.nan)
    (history,) = gate([sound_history(symbol, "csv", frame, UNTIL)])
    paid = int((true["dividend"].iloc[1:] > 0).sum())
    recomputed = [finding for finding in history.findings if finding.action == "recomputed"]
    assert len(recomputed) == 0 if column == "adjusted" else 0.8 * paid < len(recomputed) <= paid


def test_the_only_jump_with_unknown_dividends_is_named_and_left_open() -> None:
    """It may be the one payment that the ETF ever made."""
    frame = simulated(ARKK).frame.assign(dividend=np.nan)
    frame.loc[:"2020-06-01", "adjusted"] *= 0.95
    (history,) = gate([sound_history(ARKK, "csv", frame, UNTIL)])
    assert [(f.session, f.action) for f in history.findings] == [(date(2020, 6, 2), "left open")]
    assert len(history) == len(frame)


def test_a_dividend_on_the_first_row_explains_nothing() -> None:
    frame = simulated().frame.copy()
    frame.iloc[0, frame.columns.get_loc("dividend")] = 20.0
    assert gate([sound_history(SPY, "yahoo", frame, UNTIL)])[0].findings == ()


def test_the_dividend_of_a_quarantined_row_is_not_lost() -> None:
    """It moves to the next row; else the next adjusted close would look wrong."""
    frame = simulated(Symbol("HYG")).frame.copy()
    paid = frame.index[frame["dividend"] > 0][40]
    frame.loc[paid, "open"] = np.nan
    (history,) = gate([sound_history(Symbol("HYG"), "csv", frame, UNTIL)])
    assert [finding.kind for finding in history.findings] == ["no positive price"]
    assert history.frame["dividend"].sum() == pytest.approx(frame["dividend"].sum())


@pytest.mark.slow
def test_prices_in_cents_are_rounded_with_known_dividends_too(real: Panel) -> None:
    """TQQQ's first closes are 20 cents in today's units."""
    history = real[Symbol("TQQQ")]
    in_cents = history.frame[["adjusted", "close", "open", "high", "low"]].round(2)
    frame = history.frame.assign(**{str(column): in_cents[column] for column in in_cents})
    assert faults(gate([sound_history(history.symbol, "csv", frame, UNTIL)])) == []


def test_a_jump_with_unknown_dividends_is_no_payment_where_the_adjusted_close_makes_it(histories: Panel) -> None:
    """On the day of a payment the quoted close falls. Here it stays, and the adjusted one falls or rises alone."""
    for factor in (1.05, 0.95):
        frame = histories[HYG].frame.assign(dividend=np.nan)
        frame.loc["2016-03-08":, "adjusted"] *= factor
        (history,) = gate([sound_history(HYG, "csv", frame, UNTIL)])
        assert [(f.session, f.action) for f in faults([history])] == [(date(2016, 3, 8), "left open")]


def test_prices_quoted_before_a_split_are_named_at_the_split(histories: Panel) -> None:
    """Dividends before it count in other units then, and a jump that they explain too well is not its place."""
    frame = histories[HYG].frame.copy()
    frame.loc[:"2022-06-01", ["close", "open", "high", "low"]] *= 0.1
    (history,) = gate([sound_history(HYG, "csv", frame, UNTIL)])
    assert [f.session for f in faults([history]) if f.action == "refused"] == [date(2022, 6, 2)]


def test_a_number_that_no_price_can_be_is_no_crash() -> None:
    frame = simulated().frame[["adjusted"]].copy()
    frame.iloc[-1] = 1e308
    (history,) = gate([sound_history(SPY, "csv", frame, UNTIL)])
    assert len(history) == len(frame), "nothing beside it tells that it is wrong"
