"""When an alert is crossed: what a newer close means to it. It changes rows and asks neither clock nor database.

- ``above`` and ``below`` compare the close with a price. The price counts in dollars of the session at whose close it
  was last looked at: when a split re-bases the closes as quoted, the alert's price follows. A dividend changes nothing.
  If past closes change and nothing tells a split from a dividend, the member is told so, and the price stays.
- ``band`` compares the session's close with the 80% band of the forecast that was the newest when the alert was set.
  Both count as growth since that forecast's close, dividends reinvested, so that neither splits nor dividends matter.
  When its 60 sessions are over the newest forecast's band takes its place.
"""

from __future__ import annotations

import math
from itertools import chain
from typing import Final, Literal, cast

from bot.storage.schema import StoredAlert
from forecasting import LEVELS, Close, ForecastReport

Kind = Literal["above", "below", "band"]

SMALLEST_SPLIT: Final = 0.15
"""A change of the past's prices by less is no split: the smallest, 6:5, is a sixth."""

LIKE_A_SPLIT: Final = 0.03
"""Log. How near a change of quoted closes is to a split's ratio: sources correct single closes."""

_SPLITS: Final[tuple[float, ...]] = tuple(
    chain.from_iterable((n, 1 / n) for n in (6 / 5, 5 / 4, 4 / 3, 3 / 2, 5 / 2, *range(2, 101)))
)
_LOW, _HIGH = LEVELS.index(0.10), LEVELS.index(0.90)


def start(row: StoredAlert, report: ForecastReport) -> None:
    """Count from this report on. A condition that holds already has to end first."""
    row.base_session = row.checked = report.as_of
    row.base_close = report.last_close
    row.currency = report.currency
    if row.kind == "band":
        row.band = {s.session.isoformat(): [s.quantiles[_LOW], s.quantiles[_HIGH]] for s in report.forecast}
    row.is_armed = not holds(cast(Kind, row.kind), report.last_close, *_bounds(row, report))


def check(row: StoredAlert, report: ForecastReport) -> None:
    """Compare the alert with a newer close. If that crosses it, a notice is due to the member from now on."""
    is_clear = True
    if row.kind == "band":
        if report.as_of.isoformat() not in (row.band or {}) or _then(row, report) is None:
            start(row, report)
            return
    else:
        is_clear = _rebase(row, report)
    row.checked, row.currency = report.as_of, report.currency
    is_there = holds(cast(Kind, row.kind), report.last_close, *_bounds(row, report))
    if not is_clear or (is_there and row.is_armed):
        row.state, row.attempts, row.problem = "owed", 0, None
        row.crossed_on, row.crossed_at = report.as_of, report.last_close if is_clear else None
    row.is_armed = not is_there


def _rebase(row: StoredAlert, report: ForecastReport) -> bool:
    """Bring the price into the report's prices, and count from the report's session on; False if it is unclear how."""
    then = _past(row, report)
    ratio = None if then is None else split_ratio(row.base_close, then)
    if ratio is not None and row.level is not None:
        row.level *= ratio
    row.base_session, row.base_close = report.as_of, report.last_close
    return then is None or ratio is not None


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
    """The close from which the alert counts, in the report's prices."""
    past = _past(row, report)
    return None if past is None else past.close


def _past(row: StoredAlert, report: ForecastReport) -> Close | None:
    return next((past for past in report.history if past.session == row.base_session), None)


def holds(kind: Kind, close: float, low: float | None, high: float | None) -> bool:
    """Whether a close meets the alert: over ``high`` or under ``low``, whichever the kind has."""
    over = high is not None and close > high
    under = low is not None and close < low
    return {"above": over, "below": under, "band": over or under}[kind]


def split_ratio(before: float, now: Close) -> float | None:
    """The split behind a change of what a past session's close is quoted at, new over old; 1 if there was none.

    None if the change may as well be a dividend, or a close that was wrong.

    Args:
        before: what it was quoted at.
    """
    change = (now.close if now.quoted is None else now.quoted) / before
    if abs(change - 1) < SMALLEST_SPLIT:
        return 1.0
    nearest = min(_SPLITS, key=lambda ratio: abs(math.log(change / ratio)))
    is_split = now.quoted is not None and abs(math.log(change / nearest)) < LIKE_A_SPLIT
    return nearest if is_split else None
