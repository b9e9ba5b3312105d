"""Splits that nobody adjusted for are found, and crashes of their size stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import numpy as np
import pandas as pd
import pytest

from forecasting.prices.history import Panel, PriceHistory
from forecasting.prices.quality.gate import gate, refusal, sound_history
from forecasting.universe import Symbol
from tests.support.gated import ARKK, SPY, UNTIL, faults, simulated

RANGE = ["open", "high", "low"]


def leveraged(history: PriceHistory, times: float, with_range: bool) -> PriceHistory:
    """Of each day's move ``times`` as much, as an ETF of that leverage would have made it."""
    true = history.frame.copy()
    true[["close", *RANGE]] = true[["close", *RANGE]].mul(true["adjusted"] / true["close"], axis=0)  # no dividends
    before = true["close"].shift(1).fillna(true["close"])
    closes = 100 * (1 + times * (true["close"] / before - 1)).clip(lower=0.05).cumprod()
    frame = pd.DataFrame({"adjusted": closes, "close": closes})
    if with_range:
        start = closes.shift(1).fillna(100.0)
        day = pd.DataFrame({c: start * (1 + times * (true[c] / before - 1)).clip(lower=0.02) for c in RANGE})
        day = day.assign(close=closes)
        frame = frame.assign(open=day["open"], high=day.max(axis=1), low=day.min(axis=1), volume=true["volume"])
    return sound_history(history.symbol, "csv", frame, UNTIL)


@pytest.mark.slow
def test_panics_of_leveraged_etfs_are_no_faults(real: Panel) -> None:
    """They halve or double in a day of 2008 or 2020, and do it again on the next. Where nothing but closes are known,
    one such day in the middle of a quiet year looks like a split all the same."""
    symbols = ("SPY", "QQQ", "EEM", "EWZ", "XLE", "XLF", "USO", "INDA")
    for symbol, times, with_range in product(symbols, (3.0, -3.0), (True, False)):
        allowed = set() if with_range else {date(2017, 5, 18), date(2020, 11, 9)}
        history = leveraged(real[Symbol(symbol)], times, with_range)
        beside = [] if symbol == "SPY" else [real[SPY]]
        found = [finding for finding in faults(gate([history, *beside])) if finding.symbol == symbol]
        assert {finding.session for finding in found} <= allowed, (symbol, times, with_range)


def test_a_crash_that_lasts_is_no_fault() -> None:
    frame = simulated(ARKK).frame.copy()
    frame.loc["2020-06-01":, ["adjusted", "close", "open", "high", "low"]] *= 0.7
    frame.loc["2020-06-01", ["open", "high"]] /= 0.8
    assert faults(gate([sound_history(ARKK, "csv", frame, UNTIL), simulated()])) == []


@pytest.mark.parametrize("with_range", [True, False])
def test_a_crash_of_a_splits_size_is_no_split(with_range: bool) -> None:
    """Half the price gone in a day of wild trading, and no rest on the day after: that is how funds die."""
    frame = simulated(ARKK).frame.copy()
    prices = ["adjusted", "close", "open", "high", "low"]
    frame.loc["2020-06-01":, prices] *= 0.5
    frame.loc["2020-06-01", ["open", "high"]] *= 1.9
    frame.loc["2020-06-02":, prices] *= 1.25
    frame.loc["2020-06-02", "low"] /= 1.2
    if not with_range:
        frame[["open", "high", "low"]] = np.nan
    (history,) = gate([sound_history(ARKK, "csv", frame, UNTIL)])
    assert history.findings == ()
    assert len(history) == len(frame)


def test_a_fall_of_a_splits_size_that_was_traded_is_no_split_though_the_next_day_is_calm() -> None:
    frame = simulated().frame.copy()
    later = frame.index >= "2020-06-01"
    frame.loc[later, ["adjusted", "close", "open", "high", "low"]] *= 0.5
    overnight = sound_history(SPY, "csv", frame, UNTIL)
    frame.loc["2020-06-01", ["open", "high"]] *= 1.8
    traded = sound_history(SPY, "csv", frame, UNTIL)

    assert [f.kind for f in faults(gate([overnight]))] == ["unadjusted split"]
    assert faults(gate([traded])) == []


def test_a_split_beside_a_day_of_twice_the_trade_is_no_crash() -> None:
    """Shares before a split that nobody adjusted for count half, so twice the usual trade looks like four times."""
    frame = simulated().frame.copy()
    frame.loc[:"2020-06-01", ["adjusted", "close", "open", "high", "low"]] *= 2.0
    frame.loc[:"2020-06-01", "volume"] /= 2.0
    frame.loc["2020-06-02", "volume"] *= 3.0
    frame.loc["2020-06-02", "low"] *= 0.9
    (history,) = gate([sound_history(SPY, "csv", frame, UNTIL)])
    assert [(f.kind, f.session) for f in faults([history])] == [("unadjusted split", date(2020, 6, 2))]


def test_a_split_among_the_first_sessions_is_one_though_the_next_day_is_wild() -> None:
    frame = simulated().frame.loc["2020-06-01":].copy()
    level = np.ones(len(frame))
    level[:5], level[6:] = 3.0, 1.12
    for column in ("adjusted", "close", "open", "high", "low"):
        frame[column] *= level
    (history,) = gate([sound_history(SPY, "csv", frame, UNTIL)])
    assert [(f.kind, f.session) for f in faults([history])] == [("unadjusted split", frame.index[5].date())]


def test_an_unadjusted_split_ends_the_history_before_it() -> None:
    frame = simulated().frame.copy()
    frame.loc[:"2024-06-03", ["adjusted", "close", "open", "high", "low"]] *= 4.0
    (history,) = gate([sound_history(SPY, "csv", frame, UNTIL)])
    assert history.last_session == date(2024, 6, 3)
    (finding,) = history.findings
    assert (finding.kind, finding.session, finding.action) == ("unadjusted split", date(2024, 6, 4), "refused")


def test_a_refused_end_is_a_reason_not_to_forecast() -> None:
    frame = simulated().frame.copy()
    frame.loc["2024-06-04":, ["adjusted", "close", "open", "high", "low"]] /= 4.0
    (history,) = gate([sound_history(SPY, "csv", frame, UNTIL)])
    assert str(refusal(history)).startswith("SPY 2024-06-04: unadjusted split (close ")
    assert refusal(simulated()) is None


def test_a_crash_that_the_others_share_is_no_fault_and_alone_it_is_one() -> None:
    def dented(symbol: Symbol, factor: float) -> PriceHistory:
        frame = simulated(symbol).frame.copy()
        frame.loc["2020-06-01", ["adjusted", "close", "open", "high", "low"]] *= factor
        return sound_history(symbol, "csv", frame, UNTIL)

    calm, shared_crash = [dented(ARKK, 0.7), dented(SPY, 1.0)], [dented(ARKK, 0.7), dented(SPY, 0.9)]
    assert [(f.kind, f.session) for f in faults(gate(calm))] == [("spike", date(2020, 6, 1))]
    assert faults(gate(shared_crash)) == []


@pytest.mark.parametrize("factor", [1.25, 0.8])
def test_a_wrong_last_close_waits_for_the_next_day_even_if_the_range_reaches_to_it(factor: float) -> None:
    bonds, last = Symbol("TLT"), pd.Timestamp("2024-05-31")
    frame, market = simulated(bonds).frame.loc[:last].copy(), simulated().until(last.date())
    frame.loc[last, ["adjusted", "close"]] *= factor
    frame.loc[last, "high"] = frame.loc[last, ["high", "close"]].max()
    frame.loc[last, "low"] = frame.loc[last, ["low", "close"]].min()
    (wrong, _) = gate([sound_history(bonds, "csv", frame, UNTIL), market])
    assert [(f.kind, f.session) for f in faults([wrong])] == [("level shift", last.date())]
    frame.loc[last, "volume"] *= 10
    assert faults(gate([sound_history(bonds, "csv", frame, UNTIL), market])) == []


@pytest.mark.slow
def test_splits_in_a_crisis_are_found(real: Panel) -> None:
    """Every day of March 2020 was wild, and the next one too: that makes no crash of a split on it."""
    prices, missed = ["adjusted", "close", "open", "high", "low"], []
    for symbol, beside in product(("SPY", "AGG", "XLU", "XLF", "HYG"), (False, True)):
        frame = real[Symbol(symbol)].frame.loc["2018":"2020"]
        other = real[Symbol("QQQ" if symbol == "SPY" else "SPY")]
        others = [replace(other, frame=other.frame.loc["2018":"2020"])] if beside else []
        for number, stamp in enumerate(pd.DatetimeIndex(frame.loc["2020-02-24":"2020-04-09"].index)):
            split = frame.copy()
            split.loc[split.index < stamp, prices] *= (2.0, 0.25, 3.0, 0.1)[number % 4]
            gated = gate([sound_history(Symbol(symbol), "csv", split, UNTIL), *others])
            if ("unadjusted split", stamp.date()) not in [(f.kind, f.session) for f in faults(gated[:1])]:
                missed.append((symbol, beside, stamp.date()))
    assert missed == []


def test_a_split_on_a_wild_day_of_the_market_is_one(real: Panel) -> None:
    """SPY rose by 14.5% on 2008-10-13, and everything with it; that halved nothing."""
    frame = real[Symbol("AGG")].frame.loc["2007":"2009"].copy()
    frame.loc[:"2008-10-10", ["adjusted", "close", "open", "high", "low"]] *= 2.0
    (history, _) = gate([sound_history(Symbol("AGG"), "csv", frame, UNTIL), real[SPY]])
    assert [(f.kind, f.session) for f in faults([history])] == [("unadjusted split", date(2008, 10, 13))]


def test_a_squeeze_that_was_traded_is_no_spike() -> None:
    """As in shares of 2021-01-28: half the price gone in a day of wild and heavy trade, and back on the next."""
    frame = simulated(ARKK).frame.copy()
    prices = ["adjusted", "close", "open", "high", "low"]
    frame.loc["2020-06-01", prices] *= 0.6
    glitch = sound_history(ARKK, "csv", frame, UNTIL)
    frame.loc["2020-06-01", ["open", "high"]] *= 1.7
    frame.loc["2020-06-01", "volume"] *= 8
    squeeze = sound_history(ARKK, "csv", frame, UNTIL)
    assert [f.kind for f in faults(gate([glitch, simulated()]))] == ["spike"]
    assert faults(gate([squeeze, simulated()])) == []


@pytest.mark.parametrize("cents", [5, 9, 13])
def test_steps_of_a_cent_at_a_price_of_cents_are_no_splits(cents: int) -> None:
    """A cent of six is 17%. Such prices also stand still for days, which nobody can tell from a feed that does."""
    frame = simulated(ARKK).frame.copy()
    prices = ["adjusted", "close", *RANGE]
    frame[prices] = (frame[prices] * (cents / 100 / frame["close"].median())).round(2).clip(lower=0.01)
    kinds = {finding.kind for finding in faults(gate([sound_history(ARKK, "csv", frame, UNTIL), simulated()]))}
    assert not kinds & {"unadjusted split", "level shift"}


def test_a_split_at_a_price_of_cents_is_found() -> None:
    frame = simulated(ARKK).frame.copy()
    prices = ["adjusted", "close", *RANGE]
    frame[prices] = (frame[prices] * (0.3 / frame["close"].median())).round(2).clip(lower=0.01)
    frame.loc["2020-06-01":, prices] *= 5.0
    found = faults(gate([sound_history(ARKK, "csv", frame, UNTIL), simulated()]))[-1]
    assert (found.kind, found.session) == ("unadjusted split", date(2020, 6, 1))
