"""SimulatedPrices: invented prices of well-known ETFs, to try the bot without a data source and for tests.

Daily log returns of an ETF are its drift plus its loadings on three shared factors (equities, technology, interest
rates) plus noise of its own. Factors and noise each follow a stochastic volatility process: Student t shocks, whose
log volatility is a slow and a fast AR(1) process driven partly by the negative of the shock (Taylor 1986; leverage as
in Harvey & Shephard 1996). That gives the fat tails, the clustering and the leverage effect of real ETFs.

The past never changes: random numbers are drawn in the order of the sessions, so a history until one day is, bit for
bit, the start of a history until a later day. Adjusted closes are therefore in dollars of the first session (they rise
above the quoted ones with each dividend), not re-based to the last one like Yahoo's.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate
from typing import Final

import numpy as np
import pandas as pd

from forecasting.errors import BadPrices, UnknownSymbol
from forecasting.prices.history import Array, PriceHistory
from forecasting.prices.sources.registry import Opening
from forecasting.sessions import session_stamps
from forecasting.universe import VIX, Symbol

FIRST_SESSION: Final = date(2015, 1, 2)

DEFAULT_SEED: Final = 2221
"""Of 500 seeds, the one whose paths look most like the real ETFs (prices in 2026, volatilities, SPY's kurtosis)."""

_YEAR = 252  # sessions
_TAIL_DEGREES = 7.0  # of the shocks' Student t
_LEAST_PRICE = 0.01  # USD; an unlucky seed may ruin a leveraged ETF, but a price stays positive
_VIX_PREMIUM = 1.1  # what options cost above the volatility to be expected
_OVERNIGHT = 0.3  # share of a day's variance that falls between close and open


@dataclass(frozen=True)
class _Character:
    """The parameters of one ETF.

    Attributes:
        price: first quoted close, USD.
        drift: expected log return, dividends included, per year.
        equities, technology, rates: loadings on the three factors.
        own: volatility of its own noise, per year.
        payout: dividends per year, as a share of the price.
        paid: dividends per year: 12, 4, 1 or 0.
        volume: shares traded in a quiet session.
    """

    price: float
    drift: float
    equities: float
    technology: float
    rates: float
    own: float
    payout: float
    paid: int
    volume: float


_CHARACTERS: Final = {
    "SPY": _Character(205.43, 0.11, 1.0, 0.0, 0.0, 0.015, 0.016, 4, 75e6),
    "ARKK": _Character(20.26, 0.10, 1.35, 1.6, 0.0, 0.27, 0.0, 0, 9e6),
    "FNGU": _Character(26.10, 0.18, 3.6, 3.6, 0.0, 0.25, 0.0, 0, 2e6),
    "AGG": _Character(110.58, 0.02, -0.01, 0.0, 0.33, 0.012, 0.026, 12, 6e6),
    "EEM": _Character(38.90, 0.05, 0.95, 0.0, 0.0, 0.12, 0.022, 1, 45e6),
    "GLD": _Character(114.08, 0.08, 0.05, 0.0, 0.25, 0.14, 0.0, 0, 8e6),
    "HYG": _Character(89.63, 0.045, 0.35, 0.0, 0.1, 0.035, 0.054, 12, 25e6),
    "IWM": _Character(119.03, 0.08, 1.15, 0.0, 0.0, 0.09, 0.013, 4, 28e6),
    "QQQ": _Character(102.94, 0.15, 1.1, 0.7, 0.0, 0.02, 0.007, 4, 40e6),
    "SOXL": _Character(8.24, 0.15, 4.0, 3.5, 0.0, 0.45, 0.0, 0, 30e6),
    "TLT": _Character(127.58, 0.01, -0.15, 0.0, 1.0, 0.02, 0.026, 12, 12e6),
    "TQQQ": _Character(11.92, 0.22, 3.3, 2.1, 0.0, 0.06, 0.0, 0, 60e6),
    "USO": _Character(158.64, -0.06, 0.5, 0.0, 0.0, 0.36, 0.0, 0, 4e6),
    "VNQ": _Character(81.97, 0.06, 0.9, 0.0, 0.35, 0.10, 0.038, 4, 5e6),
    "XLE": _Character(79.53, 0.05, 1.05, 0.0, 0.0, 0.24, 0.034, 4, 16e6),
    "XLU": _Character(47.20, 0.08, 0.55, 0.0, 0.3, 0.11, 0.031, 4, 14e6),
}

_FACTOR_VOLATILITY: Final = {"equities": 0.17, "technology": 0.10, "rates": 0.14}  # per year


@dataclass(frozen=True)
class _Returns:
    """Log returns with their volatility, and that of the next session as it is known then, each of shape (sessions,).

    Volatilities are per session.
    """

    returns: Array
    volatility: Array
    next_volatility: Array


class SimulatedPrices:
    """Prices of sixteen ETFs from 2015-01-02 to any day, equal to the last bit for equal seeds."""

    name = "simulated"

    def __init__(self, seed: int = DEFAULT_SEED) -> None:
        self.seed = seed

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """The simulated ETFs: the three that are always served, then in alphabetical order."""
        return tuple(Symbol(symbol) for symbol in _CHARACTERS)

    def history(self, symbol: Symbol, until: date) -> PriceHistory:
        """As ``PriceSource.history``. No session is unfinished here, not even today's or a future one."""
        if symbol not in {*_CHARACTERS, VIX}:
            raise UnknownSymbol(symbol, self.symbols)
        if until < FIRST_SESSION:
            raise BadPrices(f"{symbol}: simulated prices start on {FIRST_SESSION}, after {until}. Choose a later date.")
        sessions = session_stamps(FIRST_SESSION, until)
        frame = (
            _vix(sessions, self.seed) if symbol == VIX else _quotes(_CHARACTERS[symbol], sessions, self.seed, symbol)
        )
        return PriceHistory.of(symbol, self.name, frame)


def open_prices(_: Opening) -> SimulatedPrices:
    return SimulatedPrices()


def _random(seed: int, *names: str) -> np.random.Generator:
    """One stream for each quantity: if two shared a stream, a longer history would change both."""
    return np.random.default_rng([seed, *(zlib.crc32(name.encode()) for name in names)])


def _autoregressive(innovations: Array, persistence: float) -> Array:
    """x[t] = persistence x[t-1] + innovations[t], from x[-1] = 0; in order, so the start never depends on the end."""
    return np.fromiter(accumulate(innovations, lambda x, shock: persistence * x + shock), dtype=np.float64)


def _log_volatility(shocks: Array, seed: int, name: str) -> Array:
    """Deviation of log volatility from its mean: a slow plus a fast AR(1) process, both raised by falling prices."""
    total = np.zeros(len(shocks))
    # (persistence per session, standard deviation, correlation with the return's shock)
    for component, persistence, deviation, leverage in (("slow", 0.992, 0.32, -0.3), ("fast", 0.93, 0.28, -0.7)):
        fresh = _random(seed, name, component).standard_normal(len(shocks))
        mixed = leverage * shocks + np.sqrt(1 - leverage**2) * fresh
        innovations = deviation * np.sqrt(1 - persistence**2) * mixed
        total += _autoregressive(innovations, persistence) - deviation**2  # keeps the mean variance unchanged
    return total


def _stochastic_volatility(length: int, per_year: float, seed: int, name: str) -> _Returns:
    shocks = _random(seed, name, "shock").standard_t(_TAIL_DEGREES, length) * np.sqrt(1 - 2 / _TAIL_DEGREES)
    log_volatility = _log_volatility(shocks, seed, name)
    # Today's volatility follows from yesterday's state; today's shock moves tomorrow's.
    volatility = per_year / np.sqrt(_YEAR) * np.exp(np.concatenate([[0.0], log_volatility]))
    return _Returns(volatility[:-1] * shocks, volatility[:-1], volatility[1:])


@lru_cache(maxsize=4)
def _factors(length: int, seed: int) -> dict[str, _Returns]:
    return {
        name: _stochastic_volatility(length, volatility, seed, f"factor {name}")
        for name, volatility in _FACTOR_VOLATILITY.items()
    }


def _log_returns(character: _Character, length: int, seed: int, symbol: str) -> _Returns:
    own = _stochastic_volatility(length, character.own, seed, symbol)
    returns = character.drift / _YEAR + own.returns
    variance, coming = own.volatility**2, own.next_volatility**2
    for name, factor in _factors(length, seed).items():
        loading = getattr(character, name)
        returns = returns + loading * factor.returns
        variance = variance + (loading * factor.volatility) ** 2
        coming = coming + (loading * factor.next_volatility) ** 2
    returns[0] = 0.0  # the first session has the starting price
    return _Returns(returns, np.sqrt(variance), np.sqrt(coming))


def _quotes(character: _Character, sessions: pd.DatetimeIndex, seed: int, symbol: str) -> pd.DataFrame:
    """The frame of a PriceHistory, quoted prices in whole cents."""
    daily = _log_returns(character, len(sessions), seed, symbol)
    pays = _pays(sessions, character.paid)
    payout = np.where(pays, character.payout / max(character.paid, 1), 0.0)
    close = character.price * np.exp(np.cumsum(daily.returns + np.log1p(-payout)))
    close = np.maximum(np.round(close, 2), _LEAST_PRICE)
    previous = np.concatenate([close[:1], close[:-1]])
    dividend = np.round(payout * previous, 3)
    opened, high, low = _day_range(close, previous - dividend, daily.volatility, seed, symbol)
    return pd.DataFrame(
        {
            "adjusted": close * np.cumprod(1 + dividend / close),
            "close": close,
            "open": opened,
            "high": high,
            "low": low,
            "volume": _volume(character, daily, seed, symbol),
            "dividend": dividend,
            "split": 0.0,
        },
        index=sessions,
    )


def _vix(sessions: pd.DatetimeIndex, seed: int) -> pd.DataFrame:
    """The frame of the VIX: SPY's volatility in the next session, in % a year, with the premium of options."""
    daily = _log_returns(_CHARACTERS["SPY"], len(sessions), seed, "SPY").next_volatility
    close = np.round(100.0 * _VIX_PREMIUM * np.sqrt(_YEAR) * daily, 2)
    return pd.DataFrame({"adjusted": close, "close": close}, index=sessions)


def _pays(sessions: pd.DatetimeIndex, paid: int) -> np.ndarray:
    """Mask of the ex-dividend sessions: the first on or after the 15th, in ``paid`` months a year."""
    if not paid:
        return np.zeros(len(sessions), dtype=bool)
    late = sessions.day >= 15
    first = late & ~np.concatenate([[True], late[:-1]])
    return np.asarray(first & (sessions.month % (12 // paid) == 0))


def _day_range(close: Array, previous: Array, volatility: Array, seed: int, symbol: str) -> tuple[Array, Array, Array]:
    """Open, high and low. From open to close the price is a Brownian bridge, whose extremes have a known law."""
    move = np.log(close / previous)
    overnight_noise = _random(seed, symbol, "open").standard_normal(len(close))
    overnight = _OVERNIGHT * move + np.sqrt(_OVERNIGHT * (1 - _OVERNIGHT)) * volatility * overnight_noise
    opened = np.maximum(np.round(previous * np.exp(overnight), 2), _LEAST_PRICE)
    intraday = np.log(close / opened)
    spread = 2 * (1 - _OVERNIGHT) * volatility**2

    def extreme(side: str) -> Array:
        exponential = _random(seed, symbol, side).standard_exponential(len(close))
        return np.asarray(np.sqrt(intraday**2 + spread * exponential))

    high = np.round(opened * np.exp((intraday + extreme("high")) / 2), 2)
    low = np.round(opened * np.exp((intraday - extreme("low")) / 2), 2)
    low = np.maximum(low, _LEAST_PRICE)
    return opened, np.maximum(high, np.maximum(opened, close)), np.minimum(low, np.minimum(opened, close))


def _volume(character: _Character, daily: _Returns, seed: int, symbol: str) -> Array:
    """Shares traded: more in volatile times and on days of large moves."""
    noise = _random(seed, symbol, "volume").standard_normal(len(daily.returns))
    surprise = np.abs(daily.returns) / daily.volatility
    calm = daily.volatility / daily.volatility[0]
    return np.asarray(np.round(character.volume * np.sqrt(calm) * np.exp(0.25 * noise + 0.2 * surprise)))
