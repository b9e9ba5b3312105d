"""An issued forecast meets the closes that came.

It is scored by returns: the close that came is the as-of close as quoted at issue, times what an adjusted close has
become since. So it does not matter that adjusted closes are rewritten at each dividend and all prices at each split,
and dividends count as reinvested, as everywhere. All USD are of the as-of session.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from forecasting.prices.history import Array, PriceHistory
from forecasting.prices.identity import Security
from forecasting.quantiles import HORIZON
from forecasting.sessions import session_stamps
from forecasting.tables import IssuedForecast
from forecasting.track.baselines import Baselines

Days = npt.NDArray[np.datetime64]
_DAY: Final = "datetime64[D]"

_MEDIAN, _LOW80, _HIGH80, _LOW95, _HIGH95 = 3, 1, 5, 0, 6

WEEK: Final = 5
"""Sessions."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came of a forecast so far.

    Attributes:
        closes: what each of its sessions closed at, USD of the as-of session, shape (HORIZON,); NaN where it is not
            known.
        is_final: every session of it has closed and is known.
        problem: why one that has closed is not known, as a sentence; None where all are.
    """

    closes: Array
    is_final: bool
    problem: str | None


@dataclass(frozen=True)
class Errors:
    """Sums over scored sessions: errors of the median in USD and in % of the as-of close, and closes in the bands."""

    abs: float
    sq: float
    pct: float
    pct_sq: float
    in80: int
    in95: int


@dataclass(frozen=True)
class Score:
    """How a forecast did, beside random walk and drift on the same sessions.

    Attributes:
        sessions: how many are scored.
        week_in80: whether the fifth session closed inside the 80 % band; None where it is not scored.
        week_worse: whether it closed nearer to the as-of close than to the median.
    """

    sessions: int
    lstm: Errors
    random_walk: Errors
    drift: Errors
    week_in80: bool | None
    week_worse: bool | None


def meet(
    issued: IssuedForecast, history: PriceHistory | None, closed_until: date, before: Array | None = None
) -> Outcome:
    """Look up the closes of a forecast's sessions.

    Args:
        history: of the same symbol, as it is known now; None where its source gives none.
        closed_until: the newest session that is over; later ones are not missing but to come.
        before: the closes found when it was looked up before. They stay where ``history`` has none any more.
    """
    known = np.full(HORIZON, np.nan) if before is None else before
    sessions = np.array(list(issued.quantiles), dtype=_DAY)
    over = sessions <= np.datetime64(closed_until)
    # A day that the exchange closed on after the forecast was made is no session to wait for.
    calendar = _sessions_between(sessions[0].item(), sessions[-1].item())
    real = np.ones(HORIZON, dtype=bool) if np.array_equal(calendar, sessions) else np.isin(sessions, calendar)
    closes = f"{issued.symbol} could not be priced." if history is None else _closes(issued, history, sessions)
    if not isinstance(closes, str):
        known = np.where(np.isnan(closes) | ~over, known, closes)
    missing = sessions[over & real & np.isnan(known)]
    is_final = bool(np.all((over & ~np.isnan(known)) | ~real))
    if not len(missing):
        return Outcome(known, is_final, None)
    return Outcome(known, is_final, closes if isinstance(closes, str) else _missing(issued, missing))


def _closes(issued: IssuedForecast, history: PriceHistory, sessions: Days) -> Array | str:
    """The closes of ``sessions``, NaN where there is none, or why ``history`` cannot tell any."""
    if issued.security is not None and history.security is not None:
        security = Security.from_json(issued.security)
        if not security.is_same_as(history.security):
            return f"{issued.symbol} means another security now than {security.name}, of which this forecast is."
    days, adjusted = _days_and_prices(history)
    start = _adjusted_at(days, adjusted, np.array([issued.as_of], dtype=_DAY))[0]
    if np.isnan(start):
        return f"{issued.symbol} has no price of {issued.as_of}, from which this forecast counts."
    closes: Array = issued.raw_close * (_adjusted_at(days, adjusted, sessions) / start)
    return closes


def _adjusted_at(days: Days, adjusted: Array, sessions: Days) -> Array:
    """Of ``sessions``; NaN of those that are not among ``days``."""
    at = np.minimum(days.searchsorted(sessions), len(days) - 1)
    found: Array = np.where(days[at] == sessions, adjusted[at], np.nan)
    return found


@lru_cache(maxsize=128)
def _days_and_prices(history: PriceHistory) -> tuple[Days, Array]:
    """Kept for a while: sixty forecasts of each ETF are open at once."""
    return history.sessions.to_numpy().astype(_DAY), history.adjusted


@lru_cache(maxsize=256)
def _sessions_between(first: date, last: date) -> Days:
    days: Days = session_stamps(first, last).to_numpy().astype(_DAY)
    return days


def _missing(issued: IssuedForecast, sessions: Days) -> str:
    others = len(sessions) - 1
    more = f" and {others} later session{'s' * (others > 1)}" if others else ""
    return f"{issued.symbol} has no price of {sessions[0]}{more}."


def score(issued: IssuedForecast, outcome: Outcome, baselines: Baselines) -> Score:
    """Errors and coverage over the sessions whose closes are known."""
    quantiles = np.array(list(issued.quantiles.values()), dtype=np.float64)
    known = ~np.isnan(outcome.closes)
    closes = outcome.closes[known]

    def errors(fan: Array) -> Errors:
        return _errors(fan[known], closes, issued.raw_close)

    week = outcome.closes[WEEK - 1]
    is_known = bool(known[WEEK - 1])
    low, median, high = quantiles[WEEK - 1][[_LOW80, _MEDIAN, _HIGH80]]
    return Score(
        sessions=int(known.sum()),
        lstm=errors(quantiles),
        random_walk=errors(baselines.random_walk(issued.raw_close)),
        drift=errors(baselines.drift(issued.raw_close)),
        week_in80=bool(low <= week <= high) if is_known else None,
        week_worse=bool(abs(week - median) > abs(week - issued.raw_close)) if is_known else None,
    )


def _errors(fan: Array, closes: Array, close: float) -> Errors:
    error = np.abs(closes - fan[:, _MEDIAN])
    share = 100.0 * error / close
    return Errors(
        abs=float(error.sum()),
        sq=float((error**2).sum()),
        pct=float(share.sum()),
        pct_sq=float((share**2).sum()),
        in80=_inside(closes, fan[:, _LOW80], fan[:, _HIGH80]),
        in95=_inside(closes, fan[:, _LOW95], fan[:, _HIGH95]),
    )


def _inside(closes: Array, low: npt.NDArray[np.float64], high: npt.NDArray[np.float64]) -> int:
    return int(((closes >= low) & (closes <= high)).sum())
