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


def outcome_of(
    issued: Issued, history: PriceHistory | None, closed_until: date, before: Array | None = None
) -> Outcome:
    """Look up what the sessions of a forecast closed at.

    Args:
        history: of the same symbol, as it is known now; None if its source gives none.
        closed_until: the newest session that is over. Later ones are not missing, they are still to come.
        before: the closes found the last time. They stay if ``history`` no longer has them.
    """
    wanted, is_session = _sessions(issued.as_of, tuple(issued.quantiles), exchange_of(issued.symbol))
    days = wanted[1:]
    known = np.full(HORIZON, np.nan) if before is None else before
    over = days <= np.datetime64(closed_until)
    closes = f"{issued.symbol} could not be priced." if history is None else _closes(issued, history, wanted)
    if not isinstance(closes, str):
        known = np.where(np.isnan(closes) | ~over, known, closes)
    is_met = over & ~np.isnan(known)
    # A day on which the exchange turned out to be closed is not waited for.
    is_final = not (is_session & ~is_met).any()
    missing = days[over & is_session & ~is_met]
    if not len(missing):
        return Outcome(days, known, is_final, None)
    return Outcome(days, known, is_final, closes if isinstance(closes, str) else _missing(issued.symbol, missing))


@lru_cache(maxsize=256)
def _sessions(as_of: date, days: tuple[str, ...], exchange: str) -> tuple[Days, Mask]:
    """The as-of day with the days, and whether the exchange opens on each of these.

    An exchange's forecasts as of one day share them.
    """
    found: Days = np.array([as_of, *days], dtype=_DAY)
    calendar = session_stamps(found[1].item(), found[-1].item(), exchange).to_numpy().astype(_DAY)
    return found, np.isin(found[1:], calendar)


def _closes(issued: Issued, history: PriceHistory, wanted: Days) -> Array | str:
    """The closes of the days that follow the first one, NaN if there is none, or why ``history`` has no answer."""
    if issued.security is not None and history.security is not None:
        security = Security.from_json(issued.security)
        if not security.is_same_as(history.security):
            return f"{issued.symbol} now means a different security than {security.name}, which this forecast is about."
    known, adjusted = _days_and_prices(history)
    at = known.searchsorted(wanted)
    then = np.where(known.take(at, mode="clip") == wanted, adjusted.take(at, mode="clip"), np.nan)
    if np.isnan(then[0]):
        return f"{issued.symbol} has no price of {issued.as_of}, the session that this forecast starts from."
    closes: Array = issued.raw_close * (then[1:] / then[0])
    return closes


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
