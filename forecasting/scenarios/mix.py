"""The forecast of a mix: several ETFs that are bought today and held.

Plain values; what computes them is loaded when it is needed, since the bot imports this.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

from forecasting.quantiles import Fan
from forecasting.report import ForecastReport
from forecasting.scenarios.past_returns import PastReturns
from forecasting.storage.stored_json import from_json
from forecasting.universe import Symbol

FEWEST_PARTS, MOST_PARTS = 2, 6

WORST: Final = 0.05
"""The share of outcomes whose loss is told apart by part."""


@dataclass(frozen=True)
class Part:
    """One ETF of a mix.

    Attributes:
        weight: share of today's value; those of a mix add up to 1.
        loss_share: share of the mix's mean loss in its worst outcomes (WORST) at the last session; below 0 where the
            ETF makes up for losses of others. Those of a mix add up to 1.
    """

    symbol: Symbol
    weight: float
    loss_share: float


@dataclass(frozen=True)
class MixForecast:
    """The coming sessions of a mix. Values are multiples of today's.

    Attributes:
        as_of: last session whose closes it knows.
        past: what the same shares were worth in the past year, with the session, oldest first; the last is 1.
        sessions: the coming ones.
        fan: from the forecasts of the parts and how they moved together.
        loss_odds: probability of a value below today's, for each session.
        worst: mean of the worst outcomes (WORST) at the last session.
        as_one: the fan of the mix as if it were one ETF and had only its own past: climatology's.
    """

    parts: tuple[Part, ...]
    source: str
    as_of: date
    past: tuple[tuple[date, float], ...]
    sessions: tuple[date, ...]
    fan: Fan
    loss_odds: tuple[float, ...]
    worst: float
    as_one: Fan

    def to_json(self) -> str:
        """The form in which the process that draws gets it; ``from_json`` gives it back."""
        return json.dumps(asdict(self), default=date.isoformat)

    @classmethod
    def from_json(cls, text: str) -> MixForecast:
        return from_json(cls, text)


def forecast_mix(
    reports: Sequence[ForecastReport], weights: Sequence[float], pasts: Sequence[PastReturns]
) -> MixForecast:
    """Forecast a mix from its parts' reports. Takes some 50 ms of computing: call it in a thread.

    Args:
        reports: of the same as-of session and in one currency.
        weights: what each part is worth today, positive, in any unit.
        pasts: of the same ETFs.

    Raises:
        TooLittleInCommon: the parts were not traded together for long enough.
    """
    from forecasting.scenarios.outcomes import as_one_fan, mix_outcomes

    total = sum(weights)
    shares = [weight / total for weight in weights]
    fans = [[[price / report.last_close for price in step.quantiles] for step in report.forecast] for report in reports]
    outcomes = mix_outcomes(fans, shares, pasts, WORST)
    return MixForecast(
        parts=tuple(
            Part(report.symbol, share, loss)
            for report, share, loss in zip(reports, shares, outcomes.loss_shares, strict=True)
        ),
        source=reports[0].source,
        as_of=reports[0].as_of,
        past=_past(reports, shares),
        sessions=tuple(step.session for step in reports[0].forecast),
        fan=outcomes.fan,
        loss_odds=outcomes.loss_odds,
        worst=outcomes.worst,
        as_one=as_one_fan(shares, pasts, len(fans[0])),
    )


def _past(reports: Sequence[ForecastReport], shares: Sequence[float]) -> tuple[tuple[date, float], ...]:
    closes = [{row.session: row.close for row in report.history} for report in reports]
    common = sorted(set.intersection(*(set(known) for known in closes)))
    last = common[-1]
    return tuple(
        (day, sum(share * known[day] / known[last] for share, known in zip(shares, closes, strict=True)))
        for day in common
    )
