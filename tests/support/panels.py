"""Small panels of made-up prices, and recipes small enough for tests."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from forecasting.model.config import LstmConfig, TrainingConfig
from forecasting.prices.history import Panel, PriceHistory
from forecasting.universe import Symbol

SPY, TLT, NEW = Symbol("SPY"), Symbol("TLT"), Symbol("NEW")

TINY = LstmConfig(
    units=3,
    dropout=0.0,
    every=8,
    validation=150,
    networks=1,
    panel=TrainingConfig(epochs=1, batch=16, rate=1e-2, shares=(0.5, 1.0)),
    own=TrainingConfig(epochs=1, batch=16, rate=1e-3, anchor=1.0),
)
"""Learns next to nothing, in a fraction of a second."""


def history(symbol: str, sessions: int, seed: int, sigma: float = 0.01, ranges: bool = True) -> PriceHistory:
    """A stochastic-volatility price from 2015 on; ``ranges`` gives it open, high and low."""
    rng = np.random.default_rng(seed)
    log_sigma = np.zeros(sessions)
    for i in range(1, sessions):
        log_sigma[i] = 0.97 * log_sigma[i - 1] + 0.1 * rng.standard_normal()
    returns = 0.0003 + sigma * np.exp(log_sigma) * rng.standard_normal(sessions)
    close = 50.0 * np.exp(np.cumsum(returns))
    frame = pd.DataFrame({"adjusted": close}, index=pd.bdate_range("2015-01-02", periods=sessions))
    if ranges:
        spread = sigma * np.exp(log_sigma)
        frame["open"] = close * np.exp(-0.5 * returns)
        frame["high"] = np.maximum(frame["open"], close) * np.exp(spread * rng.uniform(0.1, 0.6, sessions))
        frame["low"] = np.minimum(frame["open"], close) * np.exp(-spread * rng.uniform(0.1, 0.6, sessions))
    return PriceHistory.of(Symbol(symbol), "made", frame)


def small_panel(sessions: int = 1000) -> Panel:
    """SPY and TLT of ``sessions`` sessions, one of them without ranges, and NEW, 100 sessions short of them."""
    young = history("NEW", sessions, 3, 0.02)
    late = PriceHistory(NEW, young.source, young.frame.iloc[100:])
    return Panel([history("SPY", sessions, 1), history("TLT", sessions, 2, 0.006, ranges=False), late])


def with_vix(panel: Panel) -> Panel:
    """The panel with a VIX: SPY's recent volatility per year in %, and news of the coming days in it."""
    spy = panel[SPY]
    returns = np.diff(np.log(spy.adjusted), prepend=np.log(spy.adjusted[0]))
    around = pd.Series(returns**2, spy.sessions).rolling(21, center=True, min_periods=1).mean()
    return Panel(panel.values(), 100.0 * np.sqrt(252.0 * around))


def session(panel: Panel, number: int) -> date:
    """The date of SPY's session number ``number``."""
    return panel[SPY].sessions[number].date()


def forged_after(panel: Panel, cutoff: date, factor: float = 3.0) -> Panel:
    """The panel with every price and VIX after ``cutoff`` multiplied, and its wobble turned upside down."""

    def forge(original: PriceHistory) -> PriceHistory:
        frame = original.frame.copy()
        late = frame.index > pd.Timestamp(cutoff)
        frame.loc[late] = factor * frame.loc[late].iloc[::-1].to_numpy()
        return PriceHistory(original.symbol, original.source, frame)

    vix = panel.vix
    if vix is not None:
        late = vix.index > pd.Timestamp(cutoff)
        vix = pd.concat([vix[~late], pd.Series(factor * vix[late].to_numpy()[::-1], vix.index[late])])
    return Panel((forge(original) for original in panel.values()), vix)
