"""An issued forecast meets the closes that came.

It is scored by returns: the close that came is the as-of close as quoted at issue, times what an adjusted close has
become since. So it does not matter that adjusted closes are rewritten at each dividend and all prices at each split,
and dividends count as reinvested, as everywhere. All USD are of the as-of session.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

import numpy as np
from sqlalchemy import Row

from forecasting.prices.history import Array, PriceHistory
from forecasting.prices.security import Security
from forecasting.quantiles import HIGH80, HIGH95, HORIZON, LOW80, LOW95, MEDIAN
from forecasting.record.baselines import Baselines
from forecasting.record.issued_quantiles import DAY, Days, Timetable
from forecasting.record.schema import IssuedForecast

Issued = IssuedForecast | Row[Any]
"""An issued forecast, or a row with the columns of one."""


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
    issued: Issued,
    timetable: Timetable,
    history: PriceHistory | None,
    closed_until: date,
    before: Array | None = None,
) -> Outcome:
    """Look up the closes of a forecast's sessions.

    Args:
        timetable: its sessions.
        history: of the same symbol, as it is known now; None where its source gives none.
        closed_until: the newest session that is over; later ones are not missing but to come.
        before: the closes found when it was looked up before. They stay where ``history`` has none any more.
    """
    known = np.full(HORIZON, np.nan) if before is None else before
    sessions = timetable.days
    over = sessions <= np.datetime64(closed_until)
    # A day that the exchange closed on after the forecast was made is no session to wait for.
    real = timetable.is_session
    closes = f"{issued.symbol} could not be priced." if history is None else _closes(issued, history, sessions)
    if not isinstance(closes, str):
        known = np.where(np.isnan(closes) | ~over, known, closes)
    is_known = ~np.isnan(known)
    missing = sessions[over & real & ~is_known]
    is_final = bool(np.all((over & is_known) | ~real))
    if not len(missing):
        return Outcome(known, is_final, None)
    return Outcome(known, is_final, closes if isinstance(closes, str) else _missing(issued, missing))


def _closes(issued: Issued, history: PriceHistory, sessions: Days) -> Array | str:
    """The closes of ``sessions``, NaN where there is none, or why ``history`` cannot tell any."""
    if issued.security is not None and history.security is not None:
        security = Security.from_json(issued.security)
        if not security.is_same_as(history.security):
            return f"{issued.symbol} means another security now than {security.name}, of which this forecast is."
    days, adjusted = _days_and_prices(history)
    then = _adjusted_at(days, adjusted, np.concatenate([[np.datetime64(issued.as_of)], sessions]))
    start = then[0]
    if np.isnan(start):
        return f"{issued.symbol} has no price of {issued.as_of}, from which this forecast counts."
    closes: Array = issued.raw_close * (then[1:] / start)
    return closes


def _adjusted_at(days: Days, adjusted: Array, sessions: Days) -> Array:
    """Of ``sessions``; NaN of those that are not among ``days``."""
    at = np.minimum(days.searchsorted(sessions), len(days) - 1)
    found: Array = np.where(days[at] == sessions, adjusted[at], np.nan)
    return found


@lru_cache(maxsize=128)
def _days_and_prices(history: PriceHistory) -> tuple[Days, Array]:
    """Kept for a while: sixty forecasts of each ETF are open at once."""
    return history.sessions.to_numpy().astype(DAY), history.adjusted


def _missing(issued: Issued, sessions: Days) -> str:
    others = len(sessions) - 1
    more = f" and {others} later session{'s' * (others > 1)}" if others else ""
    return f"{issued.symbol} has no price of {sessions[0]}{more}."


def score(issued: Issued, prices: Array, closes: Array, baselines: Baselines) -> Score:
    """Errors and coverage over the sessions whose closes are known.

    Args:
        prices: what was forecast of its first sessions, a week of them at least, shape (sessions, len(LEVELS)).
        closes: what came, shape (HORIZON,); NaN where it is not known, and after those sessions.
    """
    first = len(prices)
    known, close = ~np.isnan(closes[:first]), issued.raw_close
    fans = np.stack([prices, baselines.random_walk(close)[:first], baselines.drift(close)[:first]])
    lstm, random_walk, drift = _errors(fans[:, known], closes[:first][known], close)
    week, is_known = closes[WEEK - 1], bool(known[WEEK - 1])
    low, median, high = prices[WEEK - 1, LOW80], prices[WEEK - 1, MEDIAN], prices[WEEK - 1, HIGH80]
    return Score(
        sessions=int(known.sum()),
        lstm=lstm,
        random_walk=random_walk,
        drift=drift,
        week_in80=bool(low <= week <= high) if is_known else None,
        week_worse=bool(abs(week - median) > abs(week - close)) if is_known else None,
    )


def _errors(fans: Array, closes: Array, close: float) -> tuple[Errors, ...]:
    """Of each of ``fans``, shape (fans, sessions, len(LEVELS)), at once."""
    error = np.abs(closes - fans[:, :, MEDIAN])
    sums, squares = error.sum(axis=1).tolist(), (error**2).sum(axis=1).tolist()
    in80 = ((closes >= fans[:, :, LOW80]) & (closes <= fans[:, :, HIGH80])).sum(axis=1).tolist()
    in95 = ((closes >= fans[:, :, LOW95]) & (closes <= fans[:, :, HIGH95])).sum(axis=1).tolist()
    share = 100.0 / close  # of a USD in % of the as-of close
    return tuple(
        Errors(abs=total, sq=square, pct=share * total, pct_sq=share**2 * square, in80=inner, in95=outer)
        for total, square, inner, outer in zip(sums, squares, in80, in95, strict=True)
    )
