"""What an issued forecast's sessions closed at, and how far off the forecast was.

Closes are compared by returns: the close that came is the as-of close as quoted at issue, times the growth of adjusted
closes since. So it does not matter that each dividend rewrites adjusted closes and each split all prices, and dividends
count as reinvested, as everywhere. All USD are of the as-of session.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import Row

from forecasting.prices.history import Array, Mask, PriceHistory
from forecasting.prices.security import Security
from forecasting.quantiles import HIGH80, HIGH95, HORIZON, LEVELS, LOW80, LOW95, MEDIAN
from forecasting.record.baselines import Baselines, fans_of
from forecasting.record.schema import TRACKED, WEEK, IssuedForecast
from forecasting.sessions import exchange_of, session_stamps

Days = npt.NDArray[np.datetime64]
Issued = IssuedForecast | Row[Any]
"""An issued forecast, or a row with its columns."""

_DAY: Final = "datetime64[D]"
_UNKNOWN: Final = np.full(HORIZON, np.nan)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What is known of a forecast's sessions.

    Attributes:
        days: its sessions, shape (HORIZON,).
        closes: what each closed at, USD of the as-of session, the same shape; NaN if it is not known.
        is_final: every session has closed and is known.
        problem: why one that has closed is not known, as a sentence; None if all are.
    """

    days: Days
    closes: Array
    is_final: bool
    problem: str | None

    def day(self, step: int) -> date:
        """Session number ``step``, counted from 0."""
        found: date = self.days[step].item()
        return found


def outcomes_of(
    issued: Sequence[Issued],
    histories: Sequence[PriceHistory | None],
    closed_until: date,
    before: Sequence[Array | None],
) -> list[Outcome]:
    """Look up what the sessions of forecasts closed at.

    Args:
        histories: of each, the prices of its symbol as they are known now; None if its source gives none.
        closed_until: the newest session that is over. Later ones are not missing, they are still to come.
        before: of each, the closes found the last time, if any. They stay if its history no longer has them.
    """
    sessions = [_sessions(one.as_of, tuple(one.quantiles), exchange_of(one.symbol)) for one in issued]
    wanted, is_session = map(np.stack, zip(*sessions, strict=True))
    days = wanted[:, 1:]
    closes, problems = _closes(issued, histories, wanted)
    over = days <= np.datetime64(closed_until)
    kept = np.stack([_UNKNOWN if one is None else one for one in before])
    known = np.where(np.isnan(closes) | ~over, kept, closes)
    # A day on which the exchange turned out to be closed is not waited for.
    waits = is_session & ~(over & ~np.isnan(known))
    is_final = np.logical_not(waits.any(axis=1)).tolist()
    told = [
        (problem or _missing(one.symbol, day[lack])) if lack.any() else None
        for one, problem, day, lack in zip(issued, problems, days, waits & over, strict=True)
    ]
    return list(map(Outcome, days, known, is_final, told))


@lru_cache(maxsize=256)
def _sessions(as_of: date, days: tuple[str, ...], exchange: str) -> tuple[Days, Mask]:
    """The as-of day with the days, and whether the exchange opens on each of these.

    An exchange's forecasts as of one day share them.
    """
    found: Days = np.array([as_of, *days], dtype=_DAY)
    calendar = session_stamps(found[1].item(), found[-1].item(), exchange).to_numpy().astype(_DAY)
    return found, np.isin(found[1:], calendar)


def _closes(
    issued: Sequence[Issued], histories: Sequence[PriceHistory | None], wanted: Days
) -> tuple[Array, list[str | None]]:
    """The closes of each forecast's sessions, NaN if unknown, and a sentence for each whose history cannot answer.

    Args:
        wanted: of each, its as-of day and then its sessions.
    """
    closes, problems = np.full((len(issued), HORIZON), np.nan), list(map(_mismatch, issued, histories))
    for history in dict.fromkeys(histories):
        rows = [row for row, own in enumerate(histories) if own is history and problems[row] is None]
        if history is None or not rows:
            continue
        known, adjusted = _days_and_prices(history)
        at = known.searchsorted(wanted[rows])
        then = np.where(known.take(at, mode="clip") == wanted[rows], adjusted.take(at, mode="clip"), np.nan)
        raw = np.array([issued[row].raw_close for row in rows])
        closes[rows] = raw[:, None] * (then[:, 1:] / then[:, :1])
        for row in np.array(rows)[np.isnan(then[:, 0])]:
            one = issued[row]
            problems[row] = f"{one.symbol} has no price of {one.as_of}, the session that this forecast starts from."
    return closes, problems


def _mismatch(issued: Issued, history: PriceHistory | None) -> str | None:
    """Why ``history`` can say nothing about a forecast, as a sentence."""
    if history is None:
        return f"{issued.symbol} could not be priced."
    if issued.security is not None and history.security is not None:
        security = Security.from_json(issued.security)
        if not security.is_same_as(history.security):
            return f"{issued.symbol} now means a different security than {security.name}, which this forecast is about."
    return None


@lru_cache(maxsize=128)
def _days_and_prices(history: PriceHistory) -> tuple[Days, Array]:
    """Kept for a while: sixty forecasts of each ETF are open at once."""
    return history.sessions.to_numpy().astype(_DAY), history.adjusted


def _missing(symbol: str, days: Days) -> str:
    others = len(days) - 1
    more = f" and {others} later session{'s' * (others > 1)}" if others else ""
    return f"{symbol} has no price of {days[0]}{more}."


def score(issued: Sequence[Issued], closes: Array, baselines: Sequence[Baselines]) -> list[dict[str, Any]]:
    """Errors and coverage of forecasts and of their baselines, over the sessions whose closes are known.

    Args:
        closes: shape (len(issued), HORIZON), USD of each as-of session; NaN if not known.

    Returns:
        Of each, the columns of ``StoredOutcome`` that hold sums, number of sessions, and what the fifth session said.
    """
    known, close = ~np.isnan(closes), np.array([one.raw_close for one in issued])
    values = chain.from_iterable(row for one in issued for row in one.quantiles.values())
    forecasts: Array = np.fromiter(values, dtype=np.float64).reshape(len(issued), HORIZON, len(LEVELS))
    columns = {"sessions": known.sum(axis=1)}
    columns |= _sums(np.stack([forecasts, *fans_of(baselines, close)], axis=1), closes, close)
    week_in80, week_worse = _fifth(forecasts, closes, close)
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*map(np.ndarray.tolist, columns.values()), strict=True)]
    for row, has_week, *week in zip(rows, known[:, WEEK - 1], week_in80.tolist(), week_worse.tolist(), strict=True):
        row["week_in80"], row["week_worse"] = week if has_week else (None, None)
    return rows


def _fifth(forecasts: Array, closes: Array, close: Array) -> tuple[Mask, Mask]:
    """Whether the fifth close was inside the 80% band, and further from the median than from the as-of close."""
    fifth, quantiles = closes[:, WEEK - 1], forecasts[:, WEEK - 1]
    inside = (quantiles[:, LOW80] <= fifth) & (fifth <= quantiles[:, HIGH80])
    return inside, np.abs(fifth - quantiles[:, MEDIAN]) > np.abs(fifth - close)


def _sums(fans: Array, closes: Array, close: Array) -> dict[str, npt.NDArray[Any]]:
    """The sums of the fans of TRACKED, by the names of their columns (SUMS of each).

    Args:
        fans: of TRACKED, shape (forecasts, len(TRACKED), HORIZON, len(LEVELS)).
        closes: shape (forecasts, HORIZON); NaN, if not known, adds nothing.
    """
    came = closes[:, None, :]
    error = np.where(np.isnan(came), 0.0, np.abs(came - fans[..., MEDIAN]))
    percent = 100.0 / close[:, None]  # of a USD in % of the as-of close
    sums: dict[str, npt.NDArray[Any]] = {"abs": error.sum(axis=2), "sq": (error**2).sum(axis=2)}
    sums |= {"pct": percent * sums["abs"], "pct_sq": percent**2 * sums["sq"]}
    for name, low, high in (("in80", LOW80, HIGH80), ("in95", LOW95, HIGH95)):
        sums[name] = ((came >= fans[..., low]) & (came <= fans[..., high])).sum(axis=2)
    return {f"{model}_{name}": each[:, place] for name, each in sums.items() for place, model in enumerate(TRACKED)}
