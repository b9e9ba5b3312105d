"""Simulated prices look like real ones, and their past never changes."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from forecasting.errors import BadPrices, UnknownSymbol
from forecasting.prices.history import Array
from forecasting.prices.sources.simulated import FIRST_SESSION, SimulatedPrices
from forecasting.sessions import sessions_between
from forecasting.universe import Symbol

UNTIL = date(2026, 11, 20)
SYMBOLS = SimulatedPrices().symbols


def daily_returns(symbol: str, until: date = UNTIL, seed: int | None = None) -> Array:
    source = SimulatedPrices() if seed is None else SimulatedPrices(seed)
    return np.diff(np.log(source.history(Symbol(symbol), until).adjusted))


def test_sixteen_etfs_and_no_others() -> None:
    assert {"SPY", "ARKK", "FNGU", "TLT", "AGG", "GLD", "QQQ", "IWM", "EEM", "HYG", "USO", "VNQ"} <= set(SYMBOLS)
    assert len(set(SYMBOLS)) == 16
    with pytest.raises(UnknownSymbol, match="Available here: SPY, ARKK, FNGU"):
        SimulatedPrices().history(Symbol("MSFT"), UNTIL)


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_past_is_the_same_bit_for_bit_whenever_it_is_asked_for(symbol: Symbol) -> None:
    whole = SimulatedPrices().history(symbol, date(2031, 3, 14))
    for until in (date(2015, 1, 5), date(2019, 7, 3), date(2024, 12, 31), UNTIL, date(2026, 11, 23)):
        earlier = SimulatedPrices().history(symbol, until)
        assert earlier.frame.equals(whole.until(until).frame)


def test_every_session_is_there_and_no_other_day() -> None:
    history = SimulatedPrices().history(Symbol("SPY"), date(2025, 1, 9))  # a day of mourning, no session
    assert tuple(stamp.date() for stamp in history.sessions) == sessions_between(FIRST_SESSION, date(2025, 1, 8))


def test_no_prices_before_the_first_session() -> None:
    with pytest.raises(BadPrices, match="start on 2015-01-02"):
        SimulatedPrices().history(Symbol("SPY"), date(2015, 1, 1))


@pytest.mark.parametrize(("symbol", "low", "high"), [("SPY", 0.145, 0.20), ("ARKK", 0.35, 0.45), ("FNGU", 0.68, 0.84)])
def test_volatility_per_year_is_that_of_the_etf(symbol: str, low: float, high: float) -> None:
    assert low < daily_returns(symbol).std() * np.sqrt(252) < high


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_returns_have_fat_tails(symbol: str) -> None:
    returns = daily_returns(symbol)
    standard = (returns - returns.mean()) / returns.std()
    assert 1.0 < (standard**4).mean() - 3.0 < 25.0


def test_volatility_clusters_and_rises_when_prices_fall() -> None:
    # Pooled over seeds: in one path of twelve years the leverage effect is hardly larger than its noise.
    clustering, leverage = [], []
    for seed in range(8):
        returns = daily_returns("SPY", seed=seed)
        size = np.abs(returns)
        clustering.append(np.corrcoef(size[:-20], size[20:])[0, 1])
        leverage.append(np.corrcoef(returns[:-1], size[1:])[0, 1])
    assert np.mean(clustering) > 0.05
    assert np.mean(leverage) < -0.05


def test_equity_etfs_move_together_and_bonds_do_not() -> None:
    spy = daily_returns("SPY")
    assert np.corrcoef(spy, daily_returns("QQQ"))[0, 1] > 0.8
    assert np.corrcoef(spy, daily_returns("ARKK"))[0, 1] > 0.4
    assert np.corrcoef(daily_returns("TLT"), daily_returns("AGG"))[0, 1] > 0.8
    assert abs(np.corrcoef(spy, daily_returns("TLT"))[0, 1]) < 0.4


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_prices_are_sane_until_the_end_of_2030(symbol: Symbol) -> None:
    frame = SimulatedPrices().history(symbol, date(2030, 12, 31)).frame
    assert frame["close"].between(1.0, 5000.0).all()
    assert (frame["high"] >= frame[["open", "close"]].max(axis=1)).all()
    assert (frame["low"] <= frame[["open", "close"]].min(axis=1)).all()
    assert (frame["low"] > 0).all()
    assert (frame["volume"] > 0).all()
    quoted = frame[["open", "high", "low", "close"]]
    assert quoted.equals(quoted.round(2)), "quoted prices are whole cents"


def test_daily_range_agrees_with_daily_moves() -> None:
    # For a Brownian day, E[ln(high/low)] / sd = sqrt(8/pi) = 1.6 (Parkinson 1980); less, as nights have no range.
    frame = SimulatedPrices().history(Symbol("SPY"), UNTIL).frame
    ranges = np.log(frame["high"] / frame["low"])
    moves = np.log(frame["close"]).diff().abs()
    assert 1.4 < ranges.mean() / moves.mean() < 2.0


def test_adjusted_closes_carry_the_dividends() -> None:
    frame = SimulatedPrices().history(Symbol("SPY"), UNTIL).frame
    total_return = (frame["close"] + frame["dividend"]) / frame["close"].shift()
    adjusted_return = frame["adjusted"] / frame["adjusted"].shift()
    np.testing.assert_allclose(adjusted_return[1:], total_return[1:], rtol=1e-12)
    paid = frame.loc["2020", "dividend"]
    assert (paid > 0).sum() == 4
    assert 0.012 < paid.sum() / frame.loc["2020", "close"].mean() < 0.02


def test_etfs_without_dividends_have_adjusted_closes_like_quoted_ones() -> None:
    frame = SimulatedPrices().history(Symbol("ARKK"), UNTIL).frame
    assert frame["adjusted"].equals(frame["close"])


def test_another_seed_gives_other_prices() -> None:
    assert not np.array_equal(daily_returns("SPY"), daily_returns("SPY", seed=1))
