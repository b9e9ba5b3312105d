"""How likely an ETF closes above a price on a day, and reaches it on the way there."""

from __future__ import annotations

from dataclasses import dataclass

from forecasting.quantiles import probability_above
from forecasting.report import ForecastReport
from forecasting.scenarios.past_returns import PastReturns


@dataclass(frozen=True)
class PriceOdds:
    """Probabilities of one price by one coming session.

    Attributes:
        above: that the session closes above it, from the forecast of that session.
        reached: that this or an earlier coming session closes at it or beyond, seen from the last close; from paths,
            see ``forecasting.scenarios.paths``.
    """

    above: float
    reached: float


def price_odds(report: ForecastReport, price: float, sessions: int, past: PastReturns) -> PriceOdds:
    """The odds of ``price``, in the report's prices, by the session ``sessions`` ahead. Call it in a thread.

    Args:
        past: the returns that came with the report.

    Raises:
        TooLittleInCommon: the ETF has been traded for less than about a year and a half.
    """
    import numpy as np

    from forecasting.scenarios.paths import joint_paths

    (paths,) = joint_paths([np.array([step.quantiles for step in report.forecast])], [past])
    ahead = paths[:sessions]
    is_rise = price > report.last_close
    reached = ahead.max(axis=0) >= price if is_rise else ahead.min(axis=0) <= price
    above = probability_above(report.forecast[sessions - 1].quantiles, price)
    # Both estimate the same last close; a path and a fan may differ by a rank.
    return PriceOdds(above, max(float(reached.mean()), above if is_rise else 1.0 - above))
