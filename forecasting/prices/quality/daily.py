"""Whether rows can be daily prices at all: their spacing and their days of the week."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecasting.errors import BadPrices
from forecasting.sessions import exchange_of, first_day, session_stamps
from forecasting.universe import Symbol

_FEWEST: Final = 20
"""Rows from which on their spacing says something."""

_SHIFTED: Final = 0.1
"""Share of rows on one weekend day. If dates are shifted it is a fifth, and otherwise nearly nothing."""

_PRESENT: Final = 0.5
"""Share of the sessions that daily prices have at least."""

_OUTLIERS: Final = 0.01
"""Share of the dates at either end that are ignored, since a mistyped year would stretch the span."""

_WEEKLY, _MONTHLY = 8.0, 30.0  # sessions from one row to the next, on average

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def require_daily(symbol: Symbol, source: str, days: pd.DatetimeIndex) -> None:
    """Check that rows on ``days``, in any order, can be daily prices of an exchange that is open from Monday to Friday.

    Raises:
        BadPrices: most sessions are missing, as in weekly prices, or all dates are shifted by a day.
    """
    exchange = exchange_of(symbol)
    days = days[days >= pd.Timestamp(first_day(exchange))].unique().sort_values()
    if len(days) < _FEWEST:
        return
    share = np.bincount(days.day_of_week, minlength=7) / len(days)
    for weekend, lost, shift in ((6, 4, "early"), (5, 0, "late")):
        if share[weekend] > _SHIFTED and share[lost] < _SHIFTED / 5:
            raise BadPrices(
                f"{symbol}: the dates from {source} are a day too {shift}: {share[weekend]:.0%} are "
                f"{_WEEKDAYS[weekend]}s, and {_WEEKDAYS[lost]}s are missing, as in files written in another time zone. "
                "Write the day on which each price was traded at its exchange."
            )
    spare = int(_OUTLIERS * len(days))
    usual = days[spare : len(days) - spare]
    first, last = usual[0].date(), usual[-1].date()
    sessions = len(session_stamps(first, last, exchange))
    if len(usual) >= _PRESENT * sessions:
        return
    every = sessions / len(usual)
    kind = "weekly" if every < _WEEKLY else "monthly" if every < _MONTHLY else "incomplete"
    raise BadPrices(
        f"{symbol}: {source} has {len(usual)} rows for the {sessions} trading days from {first} to {last}. These look "
        f"like {kind} prices. Export daily ones."
    )
