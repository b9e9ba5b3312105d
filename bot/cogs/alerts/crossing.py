"""When an alert is crossed: what a newer close means to it. It changes rows and asks neither clock nor database.

- ``above`` and ``below`` compare the close with a price. The price counts in dollars of the session at whose close it
  was last looked at: when a split re-bases the prices, the alert's price follows. A dividend changes nothing, because
  the price is compared with the close as quoted.
- ``band`` compares the session's close with the 80% band of the forecast that was the newest when the alert was set.
  Both count as growth since that forecast's close, dividends reinvested, so that neither splits nor dividends matter.
  When its 60 sessions are over the newest forecast's band takes its place.
"""

from __future__ import annotations

import math
from itertools import chain
from typing import Final, Literal, cast

from bot.storage.schema import StoredAlert
from forecasting import LEVELS, ForecastReport

Kind = Literal["above", "below", "band"]

LARGEST_DIVIDEND: Final = 0.15
"""A change of the past's prices by less is a distribution, by more a split: the smallest, 5:4, is a fifth."""
_SPLITS: Final[tuple[float, ...]] = tuple(
    chain.from_iterable((n, 1 / n) for n in (5 / 4, 4 / 3, 3 / 2, *range(2, 101)))
)
_LOW, _HIGH = LEVELS.index(0.10), LEVELS.index(0.90)


def start(row: StoredAlert, report: ForecastReport) -> None:
    """Count from this report on. What holds already has to end first."""
    row.base_session = row.checked = report.as_of
    row.base_close = report.last_close
    if row.kind == "band":
        row.band = {s.session.isoformat(): [s.quantiles[_LOW], s.quantiles[_HIGH]] for s in report.forecast}
    row.is_armed = not holds(cast(Kind, row.kind), report.last_close, *_bounds(row, report))


def check(row: StoredAlert, report: ForecastReport) -> None:
    """Have the alert meet a newer close: a crossing that it waited for is owed to the member from now on."""
    if row.kind == "band":
        if report.as_of.isoformat() not in (row.band or {}) or _then(row, report) is None:
            start(row, report)
            return
    else:
        _rebase(row, report)
    row.checked = report.as_of
    is_there = holds(cast(Kind, row.kind), report.last_close, *_bounds(row, report))
    if is_there and row.is_armed:
        row.state, row.attempts, row.problem = "owed", 0, None
        row.crossed_on, row.crossed_at = report.as_of, report.last_close
    row.is_armed = not is_there


def _rebase(row: StoredAlert, report: ForecastReport) -> None:
    """Bring the price into the report's prices, and count from the report's session on."""
    then = _then(row, report)
    if then is not None and row.level is not None:
        row.level *= split_ratio(then / row.base_close)
    row.base_session, row.base_close = report.as_of, report.last_close


def _bounds(row: StoredAlert, report: ForecastReport) -> tuple[float | None, float | None]:
    """Low and high in the report's prices."""
    if row.kind != "band":
        return (row.level, None) if row.kind == "below" else (None, row.level)
    band, then = (row.band or {}).get(report.as_of.isoformat()), _then(row, report)
    if band is None or then is None:
        return None, None
    low, high = (price * then / row.base_close for price in band)
    return low, high


def _then(row: StoredAlert, report: ForecastReport) -> float | None:
    """The close from which the alert counts, as the report quotes it."""
    return next((past.close for past in report.history if past.session == row.base_session), None)


def holds(kind: Kind, close: float, low: float | None, high: float | None) -> bool:
    """Whether a close meets the alert: over ``high`` or under ``low``, whichever the kind has."""
    over = high is not None and close > high
    under = low is not None and close < low
    return {"above": over, "below": under, "band": over or under}[kind]


def split_ratio(change: float) -> float:
    """The split behind a change of what past closes are quoted at, new over old; 1 if it was a distribution."""
    if abs(change - 1) < LARGEST_DIVIDEND:
        return 1.0
    return min(_SPLITS, key=lambda ratio: abs(math.log(change / ratio)))
