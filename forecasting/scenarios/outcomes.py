"""What may become of a mix: its distribution from joint paths, and what each part does to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from forecasting.model.baselines import Climatology
from forecasting.prices.history import Array, Panel, PriceHistory
from forecasting.quantiles import LEVELS, Fan
from forecasting.scenarios.past_returns import PastReturns
from forecasting.scenarios.paths import joint_paths
from forecasting.universe import Symbol

_MIX = Symbol("MIX")


@dataclass(frozen=True)
class Outcomes:
    """See ``MixForecast`` and ``Part``, which have the same names."""

    fan: Fan
    loss_odds: tuple[float, ...]
    worst: float
    loss_shares: tuple[float, ...]


def mix_outcomes(
    fans: Sequence[Sequence[Sequence[float]]], shares: Sequence[float], pasts: Sequence[PastReturns], tail: float
) -> Outcomes:
    """The outcomes of buying the parts today and holding them.

    Args:
        fans: quantiles of each part's coming closes as multiples of today's, (parts, steps, len(LEVELS)).
        shares: of today's value, summing to 1.
        tail: the share of outcomes that are the worst.

    Raises:
        TooLittleInCommon: the parts were not traded together for long enough.
    """
    held = np.array(shares)[:, None, None] * joint_paths([np.array(fan) for fan in fans], pasts)
    mix = held.sum(axis=0)
    at_end, gains = mix[-1], held[:, -1] - np.array(shares)[:, None]
    worst = np.argsort(at_end, kind="stable")[: max(1, round(tail * len(at_end)))]
    return Outcomes(
        fan=fan_of(np.quantile(mix, LEVELS, axis=1, method="hazen").T),
        loss_odds=tuple(map(float, (mix < 1.0).mean(axis=1))),
        worst=float(at_end[worst].mean()),
        loss_shares=_as_shares(gains[:, worst].mean(axis=1)),
    )


def as_one_fan(shares: Sequence[float], pasts: Sequence[PastReturns], steps: int) -> Fan:
    """Climatology's fan of the mix's own past with these weights every day, as multiples of today's value."""
    known = [pd.Series(list(past.returns), [date.fromordinal(day) for day in past.sessions]) for past in pasts]
    returns = pd.concat(known, axis=1, join="inner")
    growth = np.exp(returns.to_numpy()) @ np.array(shares)
    history = PriceHistory.of(_MIX, "mix", pd.DataFrame({"adjusted": np.cumprod(growth)}, index=returns.index))
    panel = Panel([history])
    forecast = Climatology().fit(panel).predict(_MIX, panel)
    return fan_of(forecast.quantiles[:steps] / forecast.last)


def fan_of(quantiles: Array) -> Fan:
    return tuple(tuple(map(float, row)) for row in quantiles)


def _as_shares(parts: Array) -> tuple[float, ...]:
    """Parts of a whole, as shares of it; all equal where the whole is nothing."""
    total = float(parts.sum())
    return tuple(float(part) / total if total else 1.0 / len(parts) for part in parts)
